"""Findings about a Study's rows, placed by the ``source`` that each row carries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from xenotrack.study.finding import Finding, row_ranges
from xenotrack.study.study import Study

NAMED = 8  # mice that a finding about several calls by name


def at_row(study: Study, row: Any, rule: str, seen: str, proposal: str) -> Finding:
    """A warning at the place of one row of the measurements."""
    file, sheet, cell = place_of(row.source, study)
    return Finding(rule, "warning", file, sheet, cell, row.mouse, seen, proposal)


def at_rows(study: Study, rows: pd.DataFrame, rule: str, seen: str, proposal: str) -> Finding:
    """A warning about several rows of the measurements, at all of them where one file has them."""
    places = [place_of(source, study) for source in rows["source"]]
    files = {place[:2] for place in places}
    file, sheet = files.pop() if len(files) == 1 else ("", "")
    cells = [cell for _, _, cell in places]
    numbered = all(cell.isdigit() for cell in cells)
    cell = row_ranges(map(int, cells)) if numbered else ", ".join(cells)
    return Finding(rule, "warning", file, sheet, cell if file else "", "", seen, proposal)


def at_arms(
    study: Study, rows: pd.DataFrame, rule: str, seen: str, proposal: str
) -> Iterator[Finding]:
    """The same of several mice of an arm, asked once in each sheet, at all their places."""
    if not len(rows):
        return
    arms = rows["mouse"].map(study.mice.set_index("mouse")["arm"])
    sheets = pd.Series([place_of(source, study)[:2] for source in rows["source"]], rows.index)
    for (arm, _), own in rows.groupby([arms, sheets], sort=False):
        told = [f"{row.mouse}, day {row.day:g}" for row in own.itertuples()]
        if len(told) == 1:
            row = next(own.itertuples())
            yield at_row(study, row, rule, f"Mouse {told[0]}: {seen}", proposal)
            continue
        more = f"; and {len(told) - NAMED} more" if len(told) > NAMED else ""
        some = f"{'; '.join(told[:NAMED])}{more}"
        text = f"{arm}, {len(told)} times: {seen} Mouse {some}."
        yield at_rows(study, own, rule, text, proposal)


def about_study(study: Study, rule: str, seen: str, proposal: str) -> Finding:
    """A warning about the study as a whole, at the file if it has only one."""
    first, last = study.measurements["source"].iloc[0], study.measurements["source"].iloc[-1]
    places = {place_of(source, study)[:2] for source in (first, last)}
    file, sheet = places.pop() if len(places) == 1 else ("", "")
    return Finding(rule, "warning", file, sheet, "", "", seen, proposal)


def place_of(source: str, study: Study) -> tuple[str, str, str]:
    """File, worksheet and cell of a ``source``: ``file:row``, or ``sheet!cell``."""
    found = re.fullmatch(r"(.+)!([A-Z]+\d+)", source, re.DOTALL)
    if found is None:
        file, _, row = source.rpartition(":")
        return file, "", row
    head, cell = found.groups()
    workbooks = [one.name for one in study.sources if not one.name.endswith(".toml")]
    if len(workbooks) == 1:
        return workbooks[0], head, cell
    file, _, sheet = head.partition(":")
    return (file, sheet, cell) if sheet else ("", head, cell)
