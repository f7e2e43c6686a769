"""Worksheets that are parts of one table: cut by its arms, or by its visits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.days import find_date_order, read_days
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.layout import LongText, Recognition, sheet_finding

# Visits farther apart may well be those of two studies.
_LONGEST_STUDY = 300
Part = tuple[Sheet, str, LongText]
_CUT = {
    "arm": "have the same columns and no arm in common",
    "day": "hold one day each, of the same mice",
    "cage": "hold one cage each",
}


def cut_by(recognitions: Sequence[Recognition], longs: list[LongText]) -> str:
    """What one table was cut by into these sheets: "arm", "day", or "" where it is not one."""
    roles = {frozenset(recognition.header.roles) for recognition in recognitions}
    if len(roles) == 1 and _no_arm_returns(longs):
        return "arm"
    return "day" if _one_day_each(longs) else ""


def _no_arm_returns(longs: list[LongText]) -> bool:
    if not all("arm" in long.frame for long in longs):
        return False
    arms = [set(map(str.strip, long.frame["arm"].unique())) for long in longs]
    return sum(map(len, arms)) == len(set().union(*arms))


def _one_day_each(longs: list[LongText]) -> bool:
    """Whether every sheet is another visit of mice that most of the others read as well."""
    texts = [set(map(str.strip, long.frame["day"].unique())) - {""} for long in longs]
    kinds = {long.day_kind for long in longs}
    if any(len(one) != 1 for one in texts) or len(set().union(*texts)) < len(longs):
        return False
    if len(kinds) > 1 or not _within_a_study(sorted(set().union(*texts)), kinds.pop()):
        return False
    mice = [set(map(str.strip, long.frame["mouse"].unique())) for long in longs]
    everyone = [set().union(*mice[:at], *mice[at + 1 :]) for at in range(len(mice))]
    return all(2 * len(own & rest) > len(own) for own, rest in zip(mice, everyone, strict=True))


def _within_a_study(texts: list[str], kind: str) -> bool:
    order = shared_date_order([texts])
    days, _ = read_days(pd.Series(texts, dtype=object), kind, ".", order)
    return bool(days.max() - days.min() <= _LONGEST_STUDY)


def shared_date_order(columns: Sequence[Sequence[str]]) -> str | None:
    """Whether day or month comes first, where the dates of all sheets show it together.

    >>> shared_date_order([["03/04/2024"], ["03/17/2024"]]), shared_date_order([["03/04/2024"]])
    ('month', None)
    """
    shown = {_order_shown(texts) for texts in columns} & {"day", "month"}
    together = _order_shown([text for texts in columns for text in texts])
    return shown.pop() if len(shown) == 1 else together


def _order_shown(texts: Sequence[str]) -> str | None:
    try:
        return find_date_order(texts, "")
    except InputError:
        return None


def told_together(longs: list[Part], cut: str) -> list[Part]:
    """The sheets of one table, the first of which says that they were read as one."""
    if len(longs) < 2:
        return longs
    (sheet, name, long), *others = longs
    told = ", ".join(repr(one.name) for one, _, _ in longs)
    finding = sheet_finding(
        sheet,
        "sheets-read-together",
        "",
        f"The worksheets {told} {_CUT[cut]}; they were read as one table.",
        "Choose one with --sheet if they are several studies.",
    )
    return [(sheet, name, replace(long, findings=(*long.findings, finding))), *others]
