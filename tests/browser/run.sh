#!/bin/sh
# Try a report in headless Chromium; what is not installed is said, and nothing is tested.
# usage: run.sh REPORT.html...
set -eu
here=$(cd "$(dirname "$0")" && pwd)
from=$(pwd)
CHROMIUM=${CHROMIUM:-$(command -v chromium || true)}
for need in "$CHROMIUM" node npm; do
  if ! command -v "$need" >/dev/null 2>&1; then
    echo "Skipped: the browser tests need chromium, node and npm." >&2
    exit 0
  fi
done
bench=$here/../../build/browser
mkdir -p "$bench"
cp "$here/package.json" "$here/report.test.mjs" "$bench"
cd "$bench"
npm install --silent --no-audit --no-fund --no-package-lock
failed=0
for report in "$@"; do
  echo "# $report"
  REPORT=$(cd "$from" && realpath "$report") CHROMIUM=$CHROMIUM node --test report.test.mjs || failed=1
done
exit $failed
