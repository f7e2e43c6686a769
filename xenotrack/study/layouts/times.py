"""A table of times to an event: a row a mouse, its day, and whether something happened on it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xenotrack.study.columns import Header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.evidence import holds_numbers
from xenotrack.study.layouts.grid import day_kind
from xenotrack.study.layouts.layout import candidate_headers, has_role
from xenotrack.study.layouts.wide import day_columns
from xenotrack.study.numbers import is_missing

_EVENT = re.compile(
    r"(?:events?|cens(?:or(?:ed|ing)?)?|status|progress(?:ed|ion)|dead|died|death|deceased|"
    r"relapsed?|ereignis|[eé]v[eé]nement|evento)(?:[\s_(:=].*)?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r".*(?:\btime|surviv|\bttp\b|\btte\b|\bpfs\b|\bos\b|\bdays? (?:to|of|until)\b|zeit|temps).*",
    re.IGNORECASE | re.DOTALL,
)
_HAPPENED = frozenset(
    ("0", "1", "yes", "no", "y", "n", "true", "false", "dead", "alive", "died", "event", "none")
) | {"censored", "progressed", "progression", "free"}
_MOST_NUMBERS = 4  # columns of numbers: a day, the two that it lies between, a first volume


def table_of_times(sheet: Sheet, declared: Mapping[str, str]) -> str:
    """Why a sheet holds times and no readings, in a sentence; "" where it does not say so."""
    for position, header in candidate_headers(sheet, declared):
        if has_role(header, "mouse"):
            event = _event_of_mice(header, sheet, position)
            return _told(sheet, event) if event else ""
    return ""


def _told(sheet: Sheet, event: str) -> str:
    return (
        f"{sheet.title} is a table of times, not of readings: each mouse has one row, and "
        f"{event!r} says whether something had happened by its day. Give the sheet of the "
        "readings on every day; when a mouse progressed is found in them, by the rule under "
        "[progression]."
    )


def _event_of_mice(header: Header, sheet: Sheet, position: int) -> str:
    """The column of what happened to mice that have a row and a time each, "" where none is."""
    measured = any(has_role(header, role) for role in ("volume", "length"))
    if "mouse" not in header.roles or measured or len(day_columns(header)) > 1:
        return ""
    mice = _texts(sheet, position, header.roles["mouse"])
    named = [column for column, name in enumerate(header.names[: sheet.grid.shape[1]]) if name]
    events = [column for column in named if _says_whether(header, sheet, position, column)]
    numbers = [
        column
        for column in named
        if column not in {header.roles["mouse"], *events}
        and holds_numbers([text for text in _texts(sheet, position, column) if text])
    ]
    timed = day_kind(header) is not None or any(_TIME.fullmatch(header.names[c]) for c in numbers)
    once = len(mice) > 2 and len(set(mice)) == len(mice)
    is_one = once and timed and events and 0 < len(numbers) <= _MOST_NUMBERS
    return header.names[events[0]] if is_one else ""


def _says_whether(header: Header, sheet: Sheet, position: int, column: int) -> bool:
    """Whether a column is called as an event is, and its cells say that it was or was not."""
    if not _EVENT.fullmatch(header.names[column].strip()):
        return False
    words = {text.casefold() for text in _texts(sheet, position, column)} - {""}
    return bool(words) and words <= _HAPPENED


def _texts(sheet: Sheet, position: int, column: int) -> list[str]:
    """The cells below a header, those of blank lines left out."""
    rows = sheet.grid[position + 1 :]
    return ["" if is_missing(row[column]) else row[column].strip() for row in rows if any(row)]
