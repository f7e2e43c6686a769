"""A column that says which measure each row holds, as ``L`` and ``W``; its number, or days, beside.

The rows of one mouse, day and tumour become one reading. It is called by the first of its rows, or
by the first that holds no number, so that a finding about that cell names the cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.study.column_words import COLUMN_ROLES, NAME_OF_ROLE, NAMED_ROLES, UNIT_WORDS
from xenotrack.study.columns import Header, header_words
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.dated import measures_said
from xenotrack.study.layouts.grid import MEASURES, day_kind, measure_of, own_header
from xenotrack.study.layouts.layout import (
    Label,
    Layout,
    Recognition,
    candidate_headers,
    has_role,
)
from xenotrack.study.layouts.tall_rows import FILLED, NUMBER, Tall, lengthen_tall
from xenotrack.study.layouts.wide import day_columns
from xenotrack.study.numbers import is_missing

_NO_COLUMN = "has no column that names the measure of each row, as L and W"
# A tumour called L, an arm called V: what fills one of these roles says no measure.
_NO_MEASURE = (*NAMED_ROLES, "day", "week", "date")
_VALUE_TEXT = "value|result|reading|measurement|measured|measured value|size"
# SEND has each result as it was written, beside its unit, and again in a standard one.
_OF_SEND = "pmorres"
OF_ADAM = "aval"
# What these standards call the column of measures: there a sheet of one measure has it as well.
CODES = ("paramcd", "param", "pmtestcd", "pmtest")
_VALUE_WORDS = frozenset(
    (_OF_SEND, OF_ADAM, *(word + s for word in _VALUE_TEXT.split("|") for s in ("", "s")))
)


def recognise_tall(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header of mouse, arm and day (or days), with a column whose every row names a measure."""
    best = Recognition(False, _NO_COLUMN)
    for position, header in candidate_headers(sheet, declared):
        if not has_role(header, "mouse"):
            continue
        body = sheet.cells.iloc[position + 1 :]
        measure = _measure_column(header, sheet.grid[position + 1 :], declared)
        if measure is None:
            continue
        tall = _fitting(header, body, measure, declared, position)
        if tall.fits:
            return tall
        if len(header.roles) > len(best.header.roles):
            best = tall
    return best


def _measure_column(
    header: Header, body: NDArray[np.object_], declared: Mapping[str, str]
) -> int | None:
    """The one column all of whose texts are words for measures, of at least two measures."""
    taken = {header.roles[role] for role in _NO_MEASURE if role in header.roles}
    columns = [
        column
        for column in range(len(header.names))
        if column not in taken
        # A look at the first rows: a column of a million numbers need not be read.
        and _words(body[:50, column], declared)
        and _measures(_words(body[:, column], declared), declared, _is_code(header, column))
    ]
    # A code and its words say the same.
    pairs = len({tuple(row) for row in body[:, columns].tolist()}) if columns else 0
    alike = all(len(set(body[:, column].tolist())) == pairs for column in columns)
    if not columns or not alike:
        return None
    # Where a code and its words say the same, the words alone may say the unit.
    written = (
        column for column in columns if any(header_words(w)[1] for w in set(body[:, column]))
    )
    return next(written, columns[0])


def _is_code(header: Header, column: int) -> bool:
    """Whether a column is called as SEND and ADaM call that of the measure of each row."""
    return header_words(header.names[column])[0] in CODES


def _words(texts: Iterable[str], declared: Mapping[str, str]) -> list[str]:
    """The different words of a column if each names a measure, else none."""
    words = [word for text in dict.fromkeys(texts) if not is_missing(word := text.strip())]
    declared_words = {theirs.strip().casefold() for theirs in declared.values()}
    plain = all(word.casefold() in declared_words or measure_of(word) for word in words)
    return list(dict.fromkeys(words)) if plain else []


def _measures(words: Sequence[str], declared: Mapping[str, str], code: bool) -> bool:
    """Whether words name at least two measures, one of them of a tumour; of a ``code`` its volume.

    Sheets of SEND and ADaM have a column for it even where every row holds a volume.
    """
    chosen = {theirs.strip().casefold(): COLUMN_ROLES[ours] for ours, theirs in declared.items()}
    roles = {chosen.get(word.casefold()) or measure_of(word) for word in words}
    return bool(roles & set(MEASURES)) and (len(roles) > 1 or (code and roles == {"volume"}))


def _fitting(
    header: Header, body: pd.DataFrame, measure: int, declared: Mapping[str, str], position: int
) -> Recognition:
    """What a header with a column of measures says of its sheet."""
    words = _words(body.iloc[:, measure], declared)
    days = {} if day_kind(header) else day_columns(header)
    days = {column: said for column, said in days.items() if column != measure}
    unit = None if days else _unit_column(header, body, measure)
    values = list(days) or _value_columns(header, body, (measure, unit), declared)
    labels = {column: Label("value", days[column][1] if days else "") for column in values}
    labels |= {column: Label("measure") for column in (measure, unit) if column is not None}
    own = own_header(header, labels, day_kind(header) or "")
    means = measures_said(dict.fromkeys(words), declared)
    complaint = _complaint(header, own, days, values, measure)
    if complaint is None and not _is_code(header, measure):
        complaint = _alone(body, own, measure, means)
    why = complaint or f"a row for each {', '.join(words)} of a mouse"
    return Tall(
        complaint is None,
        why,
        position,
        own,
        tuple(words),
        labels,
        measure=measure,
        means=means,
        unit=unit,
    )


def _complaint(
    header: Header,
    identity: Header,
    days: Mapping[int, tuple[str, str]],
    values: list[int],
    measure: int,
) -> str | None:
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(identity, role)]
    if day_kind(identity) is None and not days:
        missing.append("day (or date)")
    if not values:
        missing.append("a column of numbers beside its measures")
    if missing:
        return f"misses {' and '.join(missing)}"
    for role in MEASURES:
        if header.roles.get(role, measure) not in (measure, *values):
            return f"has a column of its own for the {role} ({header.names[header.roles[role]]})"
    kinds = {kind for kind, _ in days.values()}
    if len(kinds) > 1:
        return f"names its columns by {' and by '.join(sorted(kinds))}"
    often = Counter(text for _, text in days.values()).most_common(1)
    return f"names two columns {often[0][0]}" if often and often[0][1] > 1 else None


def _alone(
    body: pd.DataFrame, identity: Header, measure: int, means: Mapping[str, str]
) -> str | None:
    """A complaint where no mouse (and day) has two measures: then the words say something else."""
    kind = day_kind(identity)
    keys = [
        identity.roles[role]
        for role in (*FILLED, kind)
        if role is not None and role in identity.roles
    ]
    mice = body.iloc[:, keys].agg("\x1f".join, axis=1).to_numpy()
    # A mouse that is left blank on its second row is that of the row above.
    blank = (
        (body.iloc[:, identity.roles["mouse"]] == "").to_numpy()
        if "mouse" in identity.roles
        else False
    )
    mice = pd.Series(np.where(blank, None, mice), dtype=object).ffill()
    meanings = body.iloc[:, measure].str.strip().map(means)
    several = meanings.groupby(mice.to_numpy()).nunique() > 1
    return None if several.any() else "names one measure for each mouse and day"


def _unit_column(header: Header, body: pd.DataFrame, measure: int) -> int | None:
    """The column that says in which unit each row is written."""
    for column in range(len(header.names)):
        texts = body.iloc[:, column]
        word = header_words(header.names[column])[0]
        if column == measure or not ("unit" in word or word in (f"{_OF_SEND}u", f"{OF_ADAM}u")):
            continue
        if all(text.strip().casefold() in UNIT_WORDS for text in texts.unique() if text.strip()):
            return column
    return None


def _value_columns(
    header: Header,
    body: pd.DataFrame,
    taken: tuple[int | None, ...],
    declared: Mapping[str, str],
) -> list[int]:
    """The columns that may hold the numbers: one that is called so, else all that hold some."""
    if "volume_mm3" in declared and header.roles.get("volume") not in (None, *taken):
        return [header.roles["volume"]]
    rivals = [c for rival in header.rivals if rival.role == "volume" for c in rival.candidates]
    volume = [header.roles["volume"]] if "volume" in header.roles else []
    columns = [
        column
        for column in sorted({*header.unknown, *rivals, *volume})
        if column not in taken and header.names[column] and _holds_numbers(body.iloc[:, column])
    ]
    words = {column: header_words(header.names[column])[0] for column in columns}
    called = [column for column in columns if words[column] in _VALUE_WORDS]
    # A column that calls its numbers volumes holds no lengths.
    plain = [column for column in columns if measure_of(words[column]) is None]
    return called if len(called) == 1 else called or plain


def _holds_numbers(texts: pd.Series) -> bool:
    filled = [text.strip() for text in texts.iloc[:200] if not is_missing(text)]
    return 2 * sum(NUMBER.fullmatch(text) is not None for text in filled) > len(filled)


TALL = Layout(
    "tall",
    "one row a measure of a mouse, named in a column of its own, as L and W, with its day or days",
    recognise_tall,
    lengthen_tall,
    over=("long", "wide", "calendar"),
)
