"""What a study declares as left out: mice, days of mice, values; each with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.errors import StudyError, did_you_mean
from xenotrack.study.finding import row_ranges
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger, Origin
from xenotrack.study.rules import ExcludeRule

_TUMOR = ("length_mm", "width_mm", "height_mm", "volume_mm3")
_EMPTIED = {"volume": _TUMOR, "weight": ("body_weight_g",), None: (*_TUMOR, "body_weight_g")}


@dataclass(frozen=True)
class Exclusion:
    """One declared exclusion as it was applied: to which rows of which arm."""

    rule: ExcludeRule
    arm: str
    n_rows: int
    place: str

    @property
    def text(self) -> str:
        """The exclusion in words, with its place and reason."""
        rule = self.rule
        what = f"Mouse {rule.mouse} of {self.arm}"
        if rule.tumor is not None:
            what += f", tumour {rule.tumor}"
        if rule.day is not None:
            what += f", day {rule.day:g}"
        if rule.value is not None:
            what += f", {rule.value}"
        rows = "1 row" if self.n_rows == 1 else f"{self.n_rows} rows"
        return f"{what} ({self.place}; {rows}): {rule.reason.rstrip('.')}."


def exclude(
    rows: pd.DataFrame, rules: Sequence[ExcludeRule], ledger: Ledger
) -> tuple[pd.DataFrame, tuple[Exclusion, ...]]:
    """The rows without what is declared as excluded, and what that was.

    A whole mouse (or tumour) loses its rows. A day or a value is emptied where it stands, so that
    the mouse is still seen on that day and its fate is kept. A rule that meets nothing here is
    left to ``require_all_met``: the sheet may hold several studies.
    """
    applied: list[Exclusion] = []
    for rule in rules:
        met = _met(rows, rule)
        if not met.any():
            continue
        matching = rows[met]
        place = place_of(matching, ledger.origins)
        applied.append(Exclusion(rule, str(matching["arm"].iloc[0]), len(matching), place))
        if rule.day is None and rule.value is None:
            rows = rows[~met]
        else:
            names = [name for name in _EMPTIED[rule.value] if name in rows]
            emptied = {name: rows[name].mask(met) for name in names}
            rows = with_columns(rows, **emptied)
    return rows, tuple(applied)


def _met(rows: pd.DataFrame, rule: ExcludeRule) -> np.ndarray:
    met = (rows["mouse"] == rule.mouse).to_numpy()
    if rule.tumor is not None:
        met = met & (rows["tumor"] == rule.tumor).to_numpy()
    if rule.day is not None:
        met = met & np.isclose(rows["day"].to_numpy(dtype=float), rule.day, rtol=0, atol=1e-9)
    return met


def place_of(rows: pd.DataFrame, origins: Sequence[Origin]) -> str:
    """The files and rows of some rows."""
    words = []
    for part, several in rows.groupby("part", sort=True):
        origin = origins[int(str(part))]
        sheet = f", sheet {origin.sheet}" if origin.sheet else ""
        lines = row_ranges(several["row"].tolist())
        word = "row" if lines.isdigit() else "rows"
        words.append(f"{origin.file}{sheet}, {word} {lines}")
    return "; ".join(words)


def require_all_met(
    rules: Sequence[ExcludeRule],
    applied: Iterable[Exclusion],
    mice: Iterable[str],
) -> None:
    """Refuse an exclusion that meets nothing: a slip there would keep what should be out."""
    known = {each.rule for each in applied}
    names = list(dict.fromkeys(mice))
    for rule in rules:
        if rule in known:
            continue
        if rule.mouse not in {*names, *(each.mouse for each in known)}:
            raise StudyError(
                f"[[exclude]] names the mouse {rule.mouse!r}, and the sheet has none of that "
                f"name.{did_you_mean(rule.mouse, names)} Names are those of `xenotrack tidy`."
            )
        what = "" if rule.tumor is None else f" tumour {rule.tumor!r}"
        when = "" if rule.day is None else f" on day {rule.day:g}"
        raise StudyError(
            f"[[exclude]] names{what or ' a reading'} of mouse {rule.mouse!r}{when}, and there is "
            "none. Days count from the start of treatment, as in `xenotrack tidy`."
        )
