"""A table of means: a row or a column a group, with its error or the number of its mice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from xenotrack.study.columns import Header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.evidence import holds_numbers
from xenotrack.study.layouts.grid import day_kind
from xenotrack.study.layouts.layout import candidate_headers, has_role
from xenotrack.study.layouts.wide import day_columns
from xenotrack.study.numbers import is_missing
from xenotrack.study.summaries import is_statistic, may_be_statistic

_NUMBER_OF_MICE = re.compile(
    r"n|(?:n|no\.?|nr\.?|#|number)[\s_]*(?:of[\s_]*)?(?:mice|animals|mouse)", re.IGNORECASE
)
_MOST_MICE = 60  # of a group
_MIDDLES = re.compile(r"mean|average|avg|median|mittel|moyenne|media|promedio", re.IGNORECASE)


def table_of_means(sheet: Sheet, declared: Mapping[str, str]) -> str:
    """Why a sheet holds means of groups and no mouse, in a sentence; "" where it does not say so.

    Its header has groups and days and no mouse, and every number beside is that of a statistic.
    """
    for position, header in candidate_headers(sheet, declared):
        if has_role(header, "mouse"):
            return ""
        whole = _has_days(header) and not _has_unnamed_numbers(header, sheet, position)
        told = _told(header, sheet, position) if whole else ""
        if told:
            return (
                f"{sheet.title} is a table of means, not of mice: {told}. Give the sheet that has "
                "a row or a column for each mouse."
            )
    return ""


def _has_days(header: Header) -> bool:
    return day_kind(header) is not None or len(day_columns(header)) > 1


def _has_unnamed_numbers(header: Header, sheet: Sheet, position: int) -> bool:
    """Whether numbers stand in columns without a name: those of mice below a merged one."""
    width = sheet.grid.shape[1]
    unnamed = set(range(width)) - {c for c, name in enumerate(header.names) if name}
    texts = (_texts(sheet, position, column) for column in unnamed)
    return any(filled and holds_numbers(filled) for filled in texts)


def _told(header: Header, sheet: Sheet, position: int) -> str:
    of_rows = has_role(header, "arm") and (
        _statistic_a_row(header, sheet, position)
        or _statistics_beside(header, sheet, position)
        or _number_a_group(header, sheet, position)
    )
    return of_rows or _number_after_each(header, sheet, position)


def _texts(sheet: Sheet, position: int, column: int) -> list[str]:
    texts = sheet.grid[position + 1 :, column]
    return [text.strip() for text in texts if not is_missing(text)]


def _columns(header: Header, sheet: Sheet) -> list[int]:
    """The named columns without a role."""
    own, width = set(header.roles.values()), sheet.grid.shape[1]
    return [c for c, name in enumerate(header.names[:width]) if name and c not in own]


def _statistic_a_row(header: Header, sheet: Sheet, position: int) -> str:
    """A column that says which statistic of its group each row is."""
    for column in _columns(header, sheet):
        words = list(dict.fromkeys(_texts(sheet, position, column)))
        known = all(is_statistic(word) or may_be_statistic(word) for word in words)
        if len(words) > 1 and known and any(map(_MIDDLES.search, words)):
            return f"the rows of {header.names[column]!r} are {', '.join(words[:5])}"
    return ""


def _statistics_beside(header: Header, sheet: Sheet, position: int) -> str:
    """Columns of a mean and its error or number, and no other numbers."""
    columns = _columns(header, sheet)
    numbers = [c for c in columns if holds_numbers(_texts(sheet, position, c))]
    names = [header.names[c] for c in numbers]
    known = [is_statistic(name) or bool(_counts_or_errs(name)) for name in names]
    if len(names) > 1 and all(known) and any(map(_MIDDLES.search, names)):
        return f"its columns of numbers are {', '.join(names[:5])}"
    return ""


def _counts_or_errs(name: str) -> bool:
    return may_be_statistic(name) or _NUMBER_OF_MICE.fullmatch(name) is not None


def _number_a_group(header: Header, sheet: Sheet, position: int) -> str:
    """A column of how many mice each group has, where each group has one row."""
    if "arm" not in header.roles or len(day_columns(header)) < 2:
        return ""
    arms = _texts(sheet, position, header.roles["arm"])
    if len(arms) < 2 or max(Counter(arms).values()) > 1:
        return ""
    counts = [c for c in _columns(header, sheet) if _counts_mice(header, sheet, position, c)]
    return f"each group has one row, and {header.names[counts[0]]!r} its mice" if counts else ""


def _number_after_each(header: Header, sheet: Sheet, position: int) -> str:
    """A column of how many mice there were beside that of each group."""
    kind = day_kind(header)
    if kind is None:
        return ""
    # Above a column of numbers `Drug` names a group.
    columns = [c for c, name in enumerate(header.names) if name and c != header.roles[kind]]
    counts = {c for c in columns if _counts_mice(header, sheet, position, c)}
    groups = [header.names[c] for c in columns if c not in counts]
    beside = all((c not in counts) == (place % 2 == 0) for place, c in enumerate(columns))
    if len(counts) < 2 or 2 * len(counts) != len(columns) or not beside:
        return ""
    name = header.names[min(counts)]
    return f"beside each of {', '.join(groups[:4])} stands {name!r}" if _once(groups) else ""


def _once(names: Sequence[str]) -> bool:
    return len(set(names)) == len(names)


def _counts_mice(header: Header, sheet: Sheet, position: int, column: int) -> bool:
    """Whether a column is called as a number of mice, and its cells can be one."""
    texts = _texts(sheet, position, column) if column < sheet.grid.shape[1] else []
    called = _NUMBER_OF_MICE.fullmatch(header.names[column].strip()) is not None
    return called and all(text.isdecimal() and 0 <= int(text) <= _MOST_MICE for text in texts)
