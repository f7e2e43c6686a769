"""The stored reference numbers are what R says today, where R and its packages are installed."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

REFERENCE = Path(__file__).parent / "reference"
PACKAGES = [
    "lme4",
    "lmerTest",
    "pbkrtest",
    "emmeans",
    "nlme",
    "clubSandwich",
    "cmprsk",
    "mvtnorm",
    "survival",
    "jsonlite",
    "metafor",
    "numDeriv",
]

# How an optimiser went, and with which versions, is told beside the numbers and is not one.
NOT_NUMBERS = {
    "made_with",
    "attempts",
    "certificate",
    "largest_gradient",
    "smallest_lift",
    "reml_loglik_default",
    "largest_gap_to_coxph",
}
# A second opinion, where its optimiser came to rest: that hangs on the last digits of the machine.
NOT_ALWAYS_THERE = {"by_nlme"}
# Quasi-Monte-Carlo and an approximation that rests on it.
LOOSE = ("mvt", "dunnettx")


def r_has_everything() -> bool:
    if shutil.which("Rscript") is None:
        return False
    names = ", ".join(f"'{name}'" for name in PACKAGES)
    asked = f"quit(status = !all(vapply(c({names}), requireNamespace, NA, quietly = TRUE)))"
    return subprocess.run(["Rscript", "--vanilla", "-e", asked], check=False).returncode == 0


def differences(found: Any, stored: Any, place: str = "") -> Iterator[str]:
    """Where two JSON values part by more than other versions of R's packages may move them."""
    if isinstance(stored, dict) and isinstance(found, dict):
        if stored.keys() != found.keys():
            yield f"{place}: {sorted(found.keys() ^ stored.keys())}"
        for key in stored:
            if key in found and key not in NOT_NUMBERS:
                yield from differences(found[key], stored[key], f"{place}.{key}")
    elif isinstance(stored, list) and isinstance(found, list) and len(stored) == len(found):
        for number, (one, other) in enumerate(zip(found, stored, strict=True)):
            yield from differences(one, other, f"{place}[{number}]")
    elif None in (stored, found) and place.rsplit(".")[-1] in NOT_ALWAYS_THERE:
        return
    elif isinstance(stored, float) or isinstance(found, float):
        loose = any(word in place for word in LOOSE)
        close = {"rel_tol": 1e-5, "abs_tol": 2e-3 if loose else 1e-8}
        if not isinstance(found, int | float) or not math.isclose(found, stored, **close):
            yield f"{place}: {found} is not {stored}"
    elif found != stored:
        yield f"{place}: {found} is not {stored}"


@pytest.mark.r
@pytest.mark.slow
def test_r_says_today_what_is_stored(tmp_path):
    if not r_has_everything():
        pytest.skip(f"R with {', '.join(PACKAGES)} is not installed")
    subprocess.run(["sh", REFERENCE / "make.sh", tmp_path], check=True, capture_output=True)
    stored = {path.name: path for path in REFERENCE.glob("*.json")}
    assert {path.name for path in tmp_path.glob("*.json")} == stored.keys()
    found = [
        place
        for name, path in stored.items()
        for place in differences(
            json.loads((tmp_path / name).read_text(encoding="utf-8")),
            json.loads(path.read_text(encoding="utf-8")),
            name,
        )
    ]
    assert not found


def test_a_number_that_moved_is_found():
    stored = {"a": [{"estimate": 1.0, "p_mvt": 0.1}], "made_with": {"R": "4.2"}}
    same = {"a": [{"estimate": 1.000001, "p_mvt": 0.101}], "made_with": {"R": "4.5"}}
    moved = {"a": [{"estimate": 1.0001, "p_mvt": None}], "made_with": {"R": "4.2"}}
    assert not list(differences(same, stored))
    assert [text.split(":")[0] for text in differences(moved, stored)] == [
        ".a[0].estimate",
        ".a[0].p_mvt",
    ]
    assert list(differences({"a": []}, stored))
