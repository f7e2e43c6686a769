"""A spreadsheet's pivot table: arm, mouse and tumour nested in one column, one column a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.errors import InputError
from xenotrack.study.columns import Header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges
from xenotrack.study.layouts.layout import (
    Layout,
    LongText,
    Recognition,
    candidate_headers,
    sheet_finding,
)
from xenotrack.study.layouts.wide import day_columns
from xenotrack.study.numbers import is_missing

_LABELS = ("row labels", "zeilenbeschriftungen", "rijlabels", "étiquettes de lignes")
_TOTALS = ("grand total", "gesamtergebnis", "eindtotaal", "total général", "(blank)")
_TOGETHER: dict[str, Callable[..., NDArray[np.float64]]] = {
    "max": np.fmax.reduce,
    "sum": np.nansum,
    "min": np.fmin.reduce,
    "average": np.nanmean,
}


@dataclass(frozen=True)
class Nested:
    """A line of the pivot that is a tumour: its place, and the arm and mouse it stands under."""

    at: int
    arm: str
    mouse: str
    tumor: str


def recognise_pivot(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header of row labels and days."""
    for position, header in candidate_headers(sheet, declared):
        first = next((column for column, name in enumerate(header.names) if name), 0)
        if header.names[first].casefold() in _LABELS and day_columns(_bare(header)):
            return Recognition(True, "a pivot table", position, _bare(header), bare="volumes")
    return Recognition(False, "has no line that begins with Row Labels, followed by days")


def lengthen_pivot(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each tumour and day; the totals of mice and arms only check the nesting."""
    days = day_columns(recognition.header)
    cells = sheet.cells.iloc[recognition.position + 1 :]
    rows = sheet.rows[recognition.position + 1 :]
    column = next(c for c, name in enumerate(recognition.header.names) if name)
    labels = [text.strip() for text in cells.iloc[:, column].tolist()]
    texts = cells.iloc[:, list(days)].to_numpy(dtype=object)
    function = _function(sheet, recognition)
    tumours = nested_lines(labels, _numbers(texts), function)
    if not tumours:
        raise InputError(_not_nested(sheet))
    frame = _frame(tumours, texts, rows, days)
    kind = next(iter(days.values()))[0]
    kept = {tumour.at for tumour in tumours}
    totals = [int(rows[at]) for at, label in enumerate(labels) if label and at not in kept]
    nests = Nesting(tumours, _numbers(texts), labels)
    findings = (
        *sheet.findings,
        _totals(sheet, totals),
        *_disagreements(sheet, nests, rows, function),
    )
    return LongText(frame, recognition.header, kind, findings)


def nested_lines(
    labels: list[str], values: NDArray[np.float64], function: str = "max"
) -> list[Nested]:
    """The innermost lines of arm > mouse > tumour, told by their names and their totals.

    A tumour's name returns below mouse after mouse; of the others those are tumours that the
    totals of their mouse need. Nothing where no line's name returns.

    >>> import numpy as np
    >>> totals = np.array([[9.0], [7], [6], [7], [9], [9]])
    >>> lines = nested_lines(["veh", "m1", "R4", "L4", "m2", "R4"], totals)
    >>> [(line.arm, line.mouse, line.tumor) for line in lines]
    [('veh', 'm1', 'R4'), ('veh', 'm1', 'L4'), ('veh', 'm2', 'R4')]
    """
    often = Counter(labels)
    lines = [at for at, label in enumerate(labels) if label and label.casefold() not in _TOTALS]
    gaps = _gaps(lines, [often[label] > 1 for label in labels])
    if len(gaps) < 2:
        return []
    levels = _levels(gaps, values, _TOGETHER[function]) or _plain_levels(gaps)
    return _with_parents(lines, labels, levels)


def _gaps(lines: list[int], returns: list[bool]) -> list[tuple[list[int], list[int]]]:
    """Runs of lines whose names stand once, each with the tumours after it."""
    gaps: list[tuple[list[int], list[int]]] = []
    for at in lines:
        if not returns[at] and (not gaps or gaps[-1][1]):
            gaps.append(([], []))
        if gaps:
            gaps[-1][returns[at]].append(at)
    return gaps


def _choices(n_lines: int, first: bool) -> list[tuple[str, ...]]:
    """What the lines of a gap may be, the likeliest first: few tumours whose name stands once."""
    choices = [
        ("tumor",) * before + head + ("tumor",) * (n_lines - before - len(head))
        for head in (("arm", "mouse"), ("mouse",), ())
        for before in range(n_lines - len(head) + 1)
    ]
    if first:
        choices = [choice for choice in choices if choice[:2] == ("arm", "mouse")]
    return sorted(choices, key=lambda choice: choice.count("tumor"))


def _plain_levels(gaps: list[tuple[list[int], list[int]]]) -> dict[int, str]:
    """The likeliest level of each line, where no reading of the pivot fits its totals."""
    levels: dict[int, str] = {}
    for place, (heads, tumours) in enumerate(gaps):
        choices = _choices(len(heads), place == 0) or [("tumor",) * len(heads)]
        levels |= dict(zip(heads, choices[0], strict=True)) | dict.fromkeys(tumours, "tumor")
    return levels


def _levels(
    gaps: list[tuple[list[int], list[int]]],
    values: NDArray[np.float64],
    together: Callable[..., NDArray[np.float64]],
) -> dict[int, str]:
    """The level of each line such that every mouse is what its tumours give; none if none is."""
    # One entry a gap: the choices still untried, the mouse that is open after it, its tumours.
    stack = [(_choices(len(gaps[0][0]), True), -1, list[int]())]
    taken: list[tuple[str, ...]] = []
    while stack:
        choices, mouse, tumours = stack[-1]
        heads, after = gaps[len(stack) - 1]
        del taken[len(stack) - 1 :]
        if not choices:
            stack.pop()
            continue
        choice = choices.pop(0)
        state = _step(choice, heads, mouse, tumours, values, together)
        if state is None:
            continue
        taken.append(choice)
        mouse, tumours = state[0], [*state[1], *after]
        if len(stack) < len(gaps):
            stack.append((_choices(len(gaps[len(stack)][0]), False), mouse, tumours))
        elif _adds_up(mouse, tumours, values, together):
            chosen = zip(gaps, taken, strict=True)
            return {
                at: level for (heads, _), c in chosen for at, level in zip(heads, c, strict=True)
            } | {at: "tumor" for _, after in gaps for at in after}
    return {}


def _step(
    choice: tuple[str, ...],
    heads: list[int],
    mouse: int,
    tumours: list[int],
    values: NDArray[np.float64],
    together: Callable[..., NDArray[np.float64]],
) -> tuple[int, list[int]] | None:
    """The open mouse and its tumours after a gap, nothing where the mouse it closes is wrong."""
    before = choice.index("mouse") if "mouse" in choice else len(choice)
    own = [at for at, level in zip(heads[:before], choice, strict=False) if level == "tumor"]
    if "mouse" not in choice:
        return mouse, [*tumours, *own]
    if mouse >= 0 and not _adds_up(mouse, [*tumours, *own], values, together):
        return None
    return heads[before], heads[before + 1 :]


def _adds_up(
    mouse: int,
    tumours: list[int],
    values: NDArray[np.float64],
    together: Callable[..., NDArray[np.float64]],
) -> bool:
    """Whether a mouse's line is what its tumours give together, on every day measured."""
    if not tumours:
        return False
    own, lines = values[mouse], values[tumours]
    measured = ~np.isnan(lines).all(axis=0)
    if not np.array_equal(measured, ~np.isnan(own)):
        return False
    return bool(np.allclose(own[measured], together(lines[:, measured], axis=0), rtol=1e-6))


def _with_parents(lines: list[int], labels: list[str], levels: dict[int, str]) -> list[Nested]:
    names = {"arm": "", "mouse": ""}
    with_parents = []
    for at in lines:
        level = levels.get(at, "arm")
        if level == "tumor":
            with_parents.append(Nested(at, names["arm"], names["mouse"], labels[at]))
        else:
            names[level] = labels[at]
    return with_parents


@dataclass(frozen=True)
class Nesting:
    """The tumours of a pivot beside all its lines."""

    tumours: list[Nested]
    values: NDArray[np.float64]
    labels: list[str]


def _bare(header: Header) -> Header:
    return Header(header.names, {})


def _numbers(texts: NDArray[np.object_]) -> NDArray[np.float64]:
    flat = pd.Series(texts.ravel(), dtype=object).str.replace(",", ".", regex=False)
    return pd.to_numeric(flat, errors="coerce").to_numpy(dtype=float).reshape(texts.shape)


def _frame(
    tumours: list[Nested],
    texts: NDArray[np.object_],
    rows: NDArray[np.int64],
    days: Mapping[int, tuple[str, str]],
) -> pd.DataFrame:
    cells = texts[[tumour.at for tumour in tumours]]
    filled = ~np.asarray(np.frompyfunc(is_missing, 1, 1)(cells), dtype=bool)
    filled[~filled.any(axis=1), 0] = True
    line, column = np.nonzero(filled)
    names = {
        role: np.array([getattr(tumour, role) for tumour in tumours], dtype=object)[line]
        for role in ("mouse", "arm", "tumor")
    }
    return pd.DataFrame(
        {
            "row": rows[[tumour.at for tumour in tumours]][line],
            "column": np.asarray(list(days))[column],
            "day": np.array([day for _, day in days.values()], dtype=object)[column],
            **names,
            "volume": cells[line, column],
        }
    )


def _function(sheet: Sheet, recognition: Recognition) -> str:
    """How the pivot puts tumours together, as the corner above it says: ``Max of Tumor size``."""
    above = [text for p in range(recognition.position) for text in sheet.texts(p) if text]
    words = " ".join(above).casefold().split()
    return next((word for word in words if word in _TOGETHER), "max")


def _totals(sheet: Sheet, rows: list[int]) -> Finding:
    return sheet_finding(
        sheet,
        "pivot-totals",
        row_ranges(rows),
        f"{len(rows)} rows are totals of mice, of arms or of all; they were not read.",
        "Nothing to do.",
    )


def _disagreements(
    sheet: Sheet, nests: Nesting, rows: NDArray[np.int64], function: str
) -> Iterator[Finding]:
    """Mice whose own line is not what their tumours give together: the nesting was misread."""
    by_mouse: dict[tuple[str, str], list[int]] = {}
    for tumour in nests.tumours:
        by_mouse.setdefault((tumour.arm, tumour.mouse), []).append(tumour.at)
    for (_, mouse), at in by_mouse.items():
        above = range(at[0] - 1, -1, -1)
        line = next((place for place in above if nests.labels[place] == mouse), 0)
        if not _adds_up(line, at, nests.values, _TOGETHER[function]):
            yield sheet_finding(
                sheet,
                "pivot-disagrees",
                sheet.cell(int(rows[line])),
                f"The line of mouse {mouse} is not the {function} of the {len(at)} tumours below "
                "it.",
                "Look whether a line below it is another mouse; give the sheet behind the pivot.",
                "error",
            )


def _not_nested(sheet: Sheet) -> str:
    return (
        f"{sheet.title} is a pivot table, and which of its row labels are arms, which mice and "
        "which tumours cannot be told: no label returns below several mice. Choose the sheet "
        "behind the pivot with --sheet, or show the pivot in tabular form with labels repeated."
    )


PIVOT = Layout(
    "pivot",
    "a pivot table: row labels that nest arm, mouse and tumour in one column, one column a day",
    recognise_pivot,
    lengthen_pivot,
    over=("wide", "column"),
)
