"""Two header rows: the day above, a code of the measure below it, as ``V`` or ``L`` and ``W``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from xenotrack.errors import InputError
from xenotrack.study.column_words import NAME_OF_ROLE
from xenotrack.study.columns import Header, recognise_header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding
from xenotrack.study.layouts.bilateral import is_flank
from xenotrack.study.layouts.dated import ASKED, labels_said
from xenotrack.study.layouts.grid import lengthen_grid, measure_of, own_header
from xenotrack.study.layouts.layout import (
    Label,
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
    sheet_finding,
)
from xenotrack.study.layouts.wide import day_of_header, kinds_of
from xenotrack.study.numbers import is_missing

_SHORT = re.compile(r"[A-Za-z]{1,2}")
_NUMBERED = re.compile(r"([^\W\d_]+?)[\s_.]*(\d+)")
Codes = Mapping[int, tuple[str, str]]


def recognise_coded(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A row of days above a row of measure codes; mouse and arm are named in either."""
    best = Recognition(False, "has no row of measure codes (V, or L and W) below its days")
    for position, header in candidate_headers(sheet, declared):
        if position + 1 >= len(sheet.cells):
            break
        below = sheet.texts(position + 1)
        codes = _codes(header, below)
        both = _of_both_rows(sheet, position, codes, declared) if codes else header
        complaint = _complaint(both, codes, header, below)
        if complaint is None:
            labels = _labels(codes, declared)
            words = tuple(dict.fromkeys(code for _, code in codes.values()))
            why = f"two header rows, days above the codes {', '.join(words)}"
            own = own_header(both, labels)
            if _is_named_below(both, header):
                return Recognition(True, why, position + 1, own, words, labels, above=1)
            return Recognition(True, why, position, own, words, labels, depth=2)
        if codes and len(both.roles) > len(best.header.roles):
            best = Recognition(False, complaint, position, both)
    return best


def lengthen_coded(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each mouse and day, of the measures whose code is known."""
    body, findings = body_of(sheet, recognition)
    known = {column: label for column, label in recognition.labels.items() if label.role != ASKED}
    codes = {c: _word(text) for c, text in enumerate(_row_of_codes(sheet, recognition))}
    if not {label.role for label in known.values()} & {"volume", "area", "length"}:
        raise InputError(_which_code(sheet, recognition.also))
    unread = _unread_codes(sheet, recognition, codes)
    days = sheet.texts(recognition.position - recognition.above)
    over = (next(filter(None, reversed(days[: c + 1])), "") for c in recognition.labels)
    kind = kinds_of(filter(None, map(day_of_header, over)))[0]
    return lengthen_grid(body, recognition.header, known, kind, (*findings, *unread))


def _row_of_codes(sheet: Sheet, recognition: Recognition) -> list[str]:
    return sheet.texts(recognition.position + recognition.depth - 1)


def _codes(header: Header, below: list[str]) -> dict[int, tuple[str, str]]:
    """The day and the code of each column with both; a day once above several is that of all.

    ``L1 W1`` below the first day are codes too: the number is that of the visit.
    """
    names = list(header.names)
    codes: dict[int, tuple[str, str]] = {}
    visits: dict[str, set[str]] = {}
    for column, code in enumerate(below[: len(names)]):
        numbered = _NUMBERED.fullmatch(code)
        word = _word(code)
        if not names[column] and column and day_of_header(names[column - 1]) and code:
            names[column] = names[column - 1]
        if is_missing(code) or not (_SHORT.fullmatch(word) or measure_of(word) or is_flank(word)):
            continue
        if day_of_header(names[column]) and column not in header.roles.values():
            codes[column] = (names[column], word)
            visits.setdefault(names[column], set()).add(numbered[2] if numbered else "")
    return {} if any(len(numbers) > 1 for numbers in visits.values()) else codes


def _word(code: str) -> str:
    """A code without the number of its visit.

    >>> _word("L1"), _word("Vol (mm3)"), _word("d25")
    ('L', 'Vol (mm3)', 'd25')
    """
    match = _NUMBERED.fullmatch(code)
    return match[1] if match and measure_of(match[1]) else code


def _of_both_rows(sheet: Sheet, position: int, codes: Codes, declared: Mapping[str, str]) -> Header:
    """The header of both rows: the upper name, else the lower, and day and code as one."""
    above, below = sheet.texts(position), sheet.texts(position + 1)
    names = [
        f"{codes[c][0]} {low}" if c in codes else up or low
        for c, (up, low) in enumerate(zip(above, below, strict=True))
    ]
    return recognise_header(names, declared, sheet.cells.iloc[position + 2 :])


def _is_named_below(both: Header, above: Header) -> bool:
    """Whether the lower row names the mouse."""
    return "mouse" in both.roles and not above.names[both.roles["mouse"]]


def _complaint(both: Header, codes: Codes, header: Header, below: list[str]) -> str | None:
    days = [column for column, name in enumerate(header.names) if day_of_header(name)]
    # Words for readings that are missing stand here and there, codes under most days.
    words = {code for _, code in codes.values()}
    # What stands below some days and measures nothing is a mark, as X where a dose was given.
    marks = len(codes) < len(days) and not any(measure_of(word) or is_flank(word) for word in words)
    if not codes or 2 * len(codes) < len(days) or len(words) > 6 or marks:
        return "has no row of measure codes (V, or L and W) below its days"
    if any(re.search(r"\d", below[column]) for column in days if column not in codes):
        return "has numbers beside the codes below its days"
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(both, role)]
    if missing:
        return f"misses {' and '.join(missing)}"
    for role in ("day", "date", "week", "volume", "length"):
        if role in both.roles:
            return f"has a column of its own for the {role} ({both.names[both.roles[role]]})"
    kinds = kinds_of(filter(None, (day_of_header(day) for day, _ in codes.values())))
    return "names its columns by days and by dates" if len(kinds) != 1 else None


def _labels(codes: Codes, declared: Mapping[str, str]) -> dict[int, Label]:
    labels = labels_said(dict.fromkeys(code for _, code in codes.values()), declared)
    return {
        column: replace(labels[code], day=said[1])
        for column, (day, code) in codes.items()
        if (said := day_of_header(day)) is not None
    }


def _unread_codes(
    sheet: Sheet, recognition: Recognition, codes: Mapping[int, str]
) -> Iterator[Finding]:
    asked = [column for column, label in recognition.labels.items() if label.role == ASKED]
    for code in dict.fromkeys(codes[column] for column in asked):
        n_columns = sum(1 for column in asked if codes[column] == code)
        yield sheet_finding(
            sheet,
            "measure-code-not-read",
            sheet.cell(int(sheet.rows[recognition.position + recognition.depth - 1])),
            f"{n_columns} columns have the code {code!r}, of which nobody said what it measures.",
            f'If it is the weight, say `body_weight_g = "{code}"` under [columns].',
        )


def _which_code(sheet: Sheet, words: tuple[str, ...]) -> str:
    return (
        f"{sheet.title}: which of the codes {', '.join(map(repr, words))} is the tumour volume? "
        f'Say so in study.toml:\n\n[columns]\nvolume_mm3 = "{words[0]}"'
    )


CODED = Layout(
    "coded",
    "two header rows, days above codes of what was measured (V, or L and W)",
    recognise_coded,
    lengthen_coded,
    over=("wide", "paired", "dated"),
)
