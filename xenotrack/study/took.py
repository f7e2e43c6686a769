"""Mice whose tumour never took: nothing measurable ever, in a study that began with tumours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from xenotrack.study.exclusions import Exclusion, place_of
from xenotrack.study.frames import Groups
from xenotrack.study.ledger import Origin
from xenotrack.study.rules import ExcludeRule

REASON = (
    "its tumour never took (no measurable reading; most mice had one at baseline), so it is in no "
    'index and no rate (`never_took = "keep"` keeps it)'
)


def mice_that_never_took(mice: pd.DataFrame, readings: pd.DataFrame) -> frozenset[str]:
    """Mice that were read and never had a measurable tumour, in a study that began with tumours.

    It began with tumours if most mice with a baseline had one. Where tumours are awaited, in a
    study or an arm of prevention, none is said not to have taken: those that stay free of a tumour
    are what it is about.
    """
    based = mice["baseline_mm3"].notna()
    bore = based & ~mice["baseline_below_limit"] & (mice["baseline_mm3"] > 0)
    if not bore.sum() > based.sum() / 2:
        return frozenset()
    measurable = ~readings["below_limit"].to_numpy(dtype=bool) & (readings["volume_mm3"] > 0)
    by_mouse = Groups.of(readings["mouse"])
    took = np.zeros(len(by_mouse.names), dtype=bool)
    took[by_mouse.codes[measurable]] = True
    untaken = frozenset(by_mouse.names[~took].tolist())
    if not untaken:
        return untaken
    awaited = _arms_of_prevention(mice[based], bore[based], untaken)
    return untaken - frozenset(mice.loc[mice["arm"].isin(awaited), "mouse"])


def _arms_of_prevention(mice: pd.DataFrame, bore: pd.Series, untaken: frozenset[str]) -> list[str]:
    """The arms that mostly began without a tumour, and in which one appeared later."""
    later = ~bore & ~mice["mouse"].isin(untaken)
    began, appeared = (flags.groupby(mice["arm"]) for flags in (bore, later))
    return began.mean().index[(began.mean() <= 1 / 2) & appeared.any()].tolist()


def exclusions_of(
    names: frozenset[str], measurements: pd.DataFrame, origins: Sequence[Origin]
) -> Iterator[Exclusion]:
    """A line for each of them, as of what is declared: its arm, rows and reason."""
    if not names:
        return
    readings = measurements[measurements["mouse"].isin(names)]
    for mouse, rows in readings.groupby("mouse", sort=False):
        rule = ExcludeRule(mouse=str(mouse), reason=REASON)
        yield Exclusion(rule, str(rows["arm"].iloc[0]), len(rows), place_of(rows, origins))
