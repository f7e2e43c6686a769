#!/bin/sh
# Make the reference numbers anew: make.sh [OUT]. Without OUT they replace those in this folder.
set -eu
out=$(cd "${1:-$(dirname "$0")}" && pwd)
cd "$(dirname "$0")"
export OPENBLAS_NUM_THREADS=1 # small matrices: threads only cost time
for script in growth.R survival.R incidence.R proportional.R interval.R groups.R synergy.R tumors.R diagnostics.R leave_one_out.R curve.R phases.R residual.R formulas.R blocks.R pool.R panel.R panel_outcomes.R power.R; do
  Rscript --vanilla "$script" studies "$out"
done
