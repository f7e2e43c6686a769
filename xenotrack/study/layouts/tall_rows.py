"""Rows of one measure each → readings: blanks filled, rows joined, the unit of each measure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.column_words import UNIT_WORDS
from xenotrack.study.columns import header_words, known_units
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges
from xenotrack.study.frames import with_columns
from xenotrack.study.layouts.dated import ASKED
from xenotrack.study.layouts.grid import day_kind
from xenotrack.study.layouts.layout import Label, LongText, Recognition, body_of, sheet_finding
from xenotrack.study.layouts.wide import day_columns
from xenotrack.study.numbers import is_missing

# What a row may leave blank where the row above it says it.
FILLED = ("study", "line", "block", "mouse", "cage", "arm", "phase")
NUMBER = re.compile(r"[-+]?\d[\d.,\s]*(?:[a-z]+[23²³]?)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Tall(Recognition):
    """A recognised tall sheet: the column of measures, what its words mean, and of units."""

    measure: int = 0
    means: Mapping[str, str] = field(default_factory=dict)
    unit: int | None = None


def lengthen_tall(sheet: Sheet, tall: Recognition) -> LongText:
    """A row for each mouse, day and tumour, with the measures that its rows name."""
    assert isinstance(tall, Tall)
    _refuse_unclear(sheet, tall)
    body, findings = body_of(sheet, tall)
    body, unnamed = _without_measure(sheet, body, tall)
    body, filled = _filled(sheet, body, tall)
    items = _items(body, tall)
    header = replace(tall.header, units=_units(sheet, body, tall))
    header = replace(header, roles={r: c for r, c in header.roles.items() if r != "body_weight"})
    kind = _kind(tall)
    return LongText(_records(items), header, kind, (*findings, *unnamed, *filled))


def _kind(tall: Tall) -> str:
    kind = day_kind(tall.header)
    return kind or next(iter(day_columns(tall.header).values()))[0]


def _values(tall: Tall) -> dict[int, Label]:
    return {column: label for column, label in tall.labels.items() if label.role == "value"}


def _refuse_unclear(sheet: Sheet, tall: Tall) -> None:
    """A word of two meanings and several columns of numbers are asked about."""
    names = tall.header.names
    asked = next((word for word, role in tall.means.items() if role == ASKED), None)
    if asked is not None:
        raise InputError(
            f"{sheet.title}: what does {asked!r} in the column {names[tall.measure]!r} measure? "
            f'Say so in study.toml, for example:\n\n[columns]\nbody_weight_g = "{asked}"'
            "    # or width_mm, area_mm2, volume_mm3"
        )
    values = [names[column] for column, label in _values(tall).items() if not label.day]
    if len(values) > 1:
        raise InputError(
            f"{sheet.title}: which of the columns {', '.join(map(repr, values))} holds the numbers "
            f"of the measures in {names[tall.measure]!r}? "
            f'Say so in study.toml:\n\n[columns]\nvolume_mm3 = "{values[0]}"'
        )


def _without_measure(
    sheet: Sheet, body: pd.DataFrame, tall: Tall
) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows that name their measure; of the others nobody knows what their numbers are."""
    mute = body.iloc[:, tall.measure].map(is_missing).to_numpy(dtype=bool)
    filled = body.iloc[:, list(_values(tall))].map(is_missing).eq(False).any(axis=1).to_numpy()
    findings = [
        sheet_finding(
            sheet,
            "row-without-measure",
            row_ranges([row]),
            "The row does not say what it measures; it was left out.",
            "Write the measure on every row, or delete the line.",
            "error" if reads else "warning",
        )
        for row, reads in zip(body.loc[mute, "row"], filled[mute], strict=True)
    ]
    return body[~mute], findings


def _filled(sheet: Sheet, body: pd.DataFrame, tall: Tall) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows with names that were left blank taken from the row above, of another measure."""
    roles = tall.header.roles
    filled = [role for role in (*FILLED, day_kind(tall.header)) if role in roles]
    columns = [roles[role] for role in filled if role is not None]
    names = [tuple(text.strip() for text in row) for row in body.iloc[:, columns].to_numpy()]
    if not any("" in row for row in names):
        return body, []
    said = body.iloc[:, tall.measure].str.strip().map(tall.means)
    whole = fill_down(names, said.tolist())
    changed = np.array([new != old for new, old in zip(whole, names, strict=True)])
    if not changed.any():
        return body, []
    texts = dict(zip(columns, zip(*whole, strict=True), strict=True))
    body = body.copy(deep=False)
    for column, new in texts.items():
        old = body.iloc[:, column].to_numpy()
        body[column] = np.where(changed, np.array(new, dtype=object), old)
    finding = sheet_finding(
        sheet,
        "names-from-row-above",
        row_ranges(body["row"][changed].tolist()),
        f"{int(changed.sum())} rows leave blank whose they are; they were read as of the mouse "
        "above, of whom they say another measure.",
        "Nothing to do, unless one is of another mouse: then write the mouse on every row.",
    )
    return body, [finding]


def fill_down(names: Sequence[tuple[str, ...]], said: Sequence[str]) -> list[tuple[str, ...]]:
    """The names of each row, blanks filled from the row above while its measures are others.

    >>> fill_down([("m1", "veh"), ("", ""), ("", "")], ["length", "width", "length"])
    [('m1', 'veh'), ('m1', 'veh'), ('', '')]
    """
    whole: list[tuple[str, ...]] = []
    above: tuple[str, ...] | None = None
    seen: set[str] = set()
    for row, measure in zip(names, said, strict=True):
        goes_on = above is not None and all(
            name in ("", other) for name, other in zip(row, above, strict=True)
        )
        if goes_on and above is not None and measure not in seen:
            seen.add(measure)
            whole.append(above)
            continue
        # A row that names nobody opens nothing: what follows it is of nobody either.
        above, seen = (row if any(row) else None), {measure}
        whole.append(row)
    return whole


def _items(body: pd.DataFrame, tall: Tall) -> pd.DataFrame:
    """One row a number: whose it is, its day, its measure and its text."""
    roles, values = tall.header.roles, _values(tall)
    n, columns = len(values), list(values)
    names = {role: c for role, c in roles.items() if role not in ("body_weight", *_day_roles())}
    items = pd.DataFrame(
        {
            "row": np.repeat(body["row"].to_numpy(), n),
            "column": np.tile(np.asarray(columns), len(body)),
            "day": _days(body, tall),
            **{role: np.repeat(body.iloc[:, c].to_numpy(), n) for role, c in names.items()},
            "said": np.repeat(body.iloc[:, tall.measure].str.strip().map(tall.means).to_numpy(), n),
            "text": body.iloc[:, columns].to_numpy(dtype=object).ravel(),
        }
    )
    if day_kind(tall.header):
        return _with_weights(items, body, roles)
    # Of days in columns an empty one says nothing; a mouse without any keeps its first.
    read = ~items["text"].map(is_missing).to_numpy(dtype=bool)
    mice = items.groupby([name for name in names if name in ("study", "cage", "arm", "mouse")])
    never = ~pd.Series(read).groupby(mice.ngroup().to_numpy()).transform("any").to_numpy()
    first = (mice.cumcount() == 0).to_numpy()
    return items[read | (never & first)].reset_index(drop=True)


def _with_weights(
    items: pd.DataFrame, body: pd.DataFrame, roles: Mapping[str, int]
) -> pd.DataFrame:
    """The items with those of a column of weights beside the numbers, each weight once."""
    if "body_weight" not in roles:
        return items
    column = roles["body_weight"]
    texts = body.iloc[:, column].to_numpy(dtype=object)
    weights = items.assign(column=column, said="body_weight", text=texts)
    weights = weights[~weights["text"].map(is_missing).to_numpy(dtype=bool)]
    same = [name for name in weights if name not in ("row", "column")]
    return pd.concat([items, weights.drop_duplicates(same)], ignore_index=True)


def _day_roles() -> tuple[str, ...]:
    return ("day", "week", "date")


def _days(body: pd.DataFrame, tall: Tall) -> np.ndarray[Any, Any]:
    kind = day_kind(tall.header)
    if kind is not None:
        return body.iloc[:, tall.header.roles[kind]].to_numpy()
    days = np.array([label.day for label in _values(tall).values()], dtype=object)
    return np.tile(days, len(body))


def _records(items: pd.DataFrame) -> pd.DataFrame:
    """One row a mouse, day and tumour; a measure that it says twice begins another row."""
    names = [name for name in items if name not in ("row", "column", "said", "text")]
    key = items.groupby(names, sort=False).ngroup()
    turn = items.groupby([key, items["said"]]).cumcount()
    record = items.groupby([key, turn], sort=False).ngroup().to_numpy()
    wrong = [not is_missing(text) and not NUMBER.fullmatch(text.strip()) for text in items["text"]]
    shown = items.assign(record=record, wrong=wrong, place=np.arange(len(items)))
    first = shown.sort_values(["wrong", "place"], ascending=[False, True], kind="stable")
    first = first.drop_duplicates("record").sort_values("record")
    frame = first[["row", "column", *names]].reset_index(drop=True)
    texts = items["text"].to_numpy()
    measures = {}
    for role in dict.fromkeys(items["said"]):
        of_role = (items["said"] == role).to_numpy()
        measures[role] = np.full(len(frame), "", dtype=object)
        measures[role][record[of_role]] = texts[of_role]
    return with_columns(frame, **measures)


def _units(sheet: Sheet, body: pd.DataFrame, tall: Tall) -> dict[str, str]:
    """The unit of each measure: of its column of units, of its word, or of the numbers' header."""
    said = body.iloc[:, tall.measure].str.strip()
    units = {role: unit for role, unit in tall.header.units.items() if role in _day_roles()}
    for role in dict.fromkeys(tall.means.values()):
        words = [word for word, own in tall.means.items() if own == role]
        written = {unit for word in words if (unit := header_words(word)[1])}
        if tall.unit is not None:
            texts = body.iloc[:, tall.unit][said.isin(words).to_numpy()].unique()
            written |= {UNIT_WORDS[text.strip().casefold()] for text in texts if text.strip()}
        if len(written) > 1:
            raise InputError(
                f"{sheet.title}: the {role.replace('_', ' ')} is written in "
                f"{' and in '.join(sorted(written))}. Write it in one unit."
            )
        if written or (written := _of_the_numbers(tall, role)):
            units[role] = written.pop()
    return units


def _of_the_numbers(tall: Tall, role: str) -> set[str]:
    """The unit that the header of the numbers gives a measure: of ``mm / g`` its own."""
    values = [column for column, label in _values(tall).items() if not label.day]
    written = {header_words(tall.header.names[column])[1] for column in values}
    parts = {
        UNIT_WORDS.get(part, part)
        for unit in written
        for part in re.split(r"[\s,;/]+", unit)
        if part
    }
    units = {part for part in parts if part in known_units(role)}
    known = all(part in UNIT_WORDS.values() or part == "or" for part in parts)
    # A unit that nobody knows is asked about as a unit of the tumour's measures.
    return units or (set() if known or role == "body_weight" else {" ".join(sorted(written))})
