"""Doubts about mice that bear several tumours: flanks not measured, tumours that come later."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xenotrack.study.burden import first_seen
from xenotrack.study.checks.places import about_study, at_row
from xenotrack.study.finding import Finding
from xenotrack.study.frames import row_by_row
from xenotrack.study.study import Study

_JOINS = {
    "sum": "they join the sum from that day on, which is no growth of the others",
    "largest": "they count from that day on",
    "each": "they are in no mean of their mouse",
}


def tumors_read_late(study: Study) -> Iterator[Finding]:
    """A tumour is first read after its mouse's baseline: new, or missed before."""
    rows = study.measurements
    if rows["tumor"].nunique() <= 1:
        return
    seen = first_seen(rows)
    begun = seen.groupby("mouse")["first_read"].transform("min").clip(lower=0)
    late = seen[seen["first_read"] > begun]
    if len(late):
        does = _JOINS[study.design.rules.study.tumors]
        yield about_study(
            study,
            "tumor-read-late",
            f"{len(late)} tumours were first read after the first reading of their mouse; {does}: "
            f"{_listed(late, 'first_read')}.",
            "Write 0 on the days before if there was no tumour, an empty row if it was not read.",
        )


def tumors_seen_once(study: Study) -> Iterator[Finding]:
    """A site stands once in the whole sheet, where others were read again and again: a slip."""
    rows = study.measurements
    if rows["tumor"].nunique() <= 1:
        return
    counts = rows["tumor"].value_counts()
    if rows.groupby(["mouse", "tumor"], sort=False).size().median() < 3:
        return
    for row in row_by_row(rows[rows["tumor"].map(counts) == 1]):
        yield at_row(
            study,
            row,
            "tumor-seen-once",
            f"Mouse {row.mouse}, day {row.day:g}: the tumour {row.tumor!r} stands on this row "
            "alone.",
            f"If its name is a slip, write one of: {', '.join(counts.index[:6])}.",
        )


def tumors_not_measured(study: Study) -> Iterator[Finding]:
    """A day on which one tumour of a mouse was read and another was not has no burden."""
    rows = study.measurements
    if rows["tumor"].nunique() <= 1:
        return
    read = rows.loc[rows["volume_mm3"].notna(), ["mouse", "day"]].drop_duplicates()
    used = study.readings[["mouse", "day"]].assign(used=True)
    lost = read.merge(used, on=["mouse", "day"], how="left")
    lost = lost[lost["used"].isna()]
    if len(lost):
        yield about_study(
            study,
            "tumor-not-measured",
            f"On {len(lost)} days of {lost['mouse'].nunique()} mice a tumour that was there was "
            f"not measured, so that the mouse has no burden: {_listed(lost, 'day')}.",
            "Fill in the reading if there is one; write 0 if the tumour was gone.",
        )


def _listed(rows: pd.DataFrame, day: str) -> str:
    names = [
        f"{row['mouse']}{' ' + row['tumor'] if row.get('tumor') else ''} (day {row[day]:g})"
        for row in rows.head(6).to_dict("records")
    ]
    return ", ".join(names) + (f" and {len(rows) - 6} more" if len(rows) > 6 else "")
