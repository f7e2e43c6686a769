"""What tests of many studies are written with: sheets that differ, and what lies in a folder."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

WAIT = 600  # seconds, on a machine that has other things to do


def held(folder: Path) -> dict[str, bytes]:
    """Every file in a folder and below, with what it holds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def sheets_like(source: Path, names: Iterable[str], folder: Path) -> Path:
    """A folder of sheets that are one sheet but for the name of its drug."""
    folder.mkdir()
    text = source.read_text(encoding="utf-8")
    for name in names:
        renamed = text.replace("alpelisib", f"drug {name}")
        (folder / f"{name}.csv").write_text(renamed, encoding="utf-8")
    return folder


def wait_for(out: Path, number: int, driver: subprocess.Popen) -> None:
    """Wait until so many studies are done, as long as the driver lives."""
    until = time.monotonic() + WAIT
    while len(list(out.glob("*/manifest.json"))) < number:
        assert driver.poll() is None, "the driver ended before"
        assert time.monotonic() < until, "too few studies were done"
        time.sleep(0.02)
