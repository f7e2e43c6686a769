"""Two header rows: the day above, a code of the measure below it, as ``V`` or ``L`` and ``W``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from xenotrack.errors import InputError
from xenotrack.study.columns import NAME_OF_ROLE, Header, recognise_header
from xenotrack.study.finding import Finding
from xenotrack.study.layouts.dated import ASKED, measures_said
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
from xenotrack.study.layouts.wide import day_of_header
from xenotrack.study.numbers import is_missing
from xenotrack.study.sheet import Sheet

_SHORT = re.compile(r"[A-Za-z]{1,2}\d?")
_NUMBERED = re.compile(r"\d+$")


def recognise_coded(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header of mouse, arm and days above a row of measure codes."""
    best = Recognition(False, "has no row of measure codes (V, or L and W) below its days")
    for position, header in candidate_headers(sheet, declared):
        for depth in (2, 1):
            if not position + depth - 2 >= 0 or position + depth > len(sheet.cells) - 1:
                continue
            if depth == 2:
                below = sheet.texts(position + 1)
                own, codes = _with_codes(header, below)
            else:
                below = sheet.texts(position)
                own, codes = _with_days_above(sheet, position, declared)
            complaint = _complaint(own, codes, below)
            if complaint is None:
                labels = _labels(own, codes, declared)
                words = tuple(dict.fromkeys(codes.values()))
                why = f"two header rows, days above the codes {', '.join(words)}"
                head = own_header(own, labels)
                above = 2 - depth
                return Recognition(True, why, position, head, words, labels, depth, above)
            if codes and len(own.roles) > len(best.header.roles):
                best = Recognition(False, complaint, position, own)
    return best


def lengthen_coded(sheet: Sheet, found: Recognition) -> LongText:
    """A row for each mouse and day, of the measures whose code is known."""
    body, findings = body_of(sheet, found)
    known = {column: label for column, label in found.labels.items() if label.role != ASKED}
    codes = sheet.texts(found.position + found.depth - 1)
    if not {label.role for label in known.values()} & {"volume", "area", "length"}:
        raise InputError(_which_code(sheet, found.also))
    unread = _unread_codes(sheet, found, codes)
    said = day_of_header(found.header.names[next(iter(known))])
    kind = said[0] if said else "day"
    return lengthen_grid(body, found.header, known, kind, (*findings, *unread))


def _with_codes(header: Header, below: list[str]) -> tuple[Header, dict[int, str]]:
    """The codes under days, a day written once above several columns filled in to the right."""
    names = list(header.names)
    codes = {}
    for column, code in enumerate(below[: len(names)]):
        if is_missing(code) or not _is_code(code):
            continue
        if not names[column] and column and day_of_header(names[column - 1]):
            names[column] = names[column - 1]
        if day_of_header(names[column]) and column not in header.roles.values():
            codes[column] = code
    return replace(header, names=tuple(names)), codes


def _with_days_above(
    sheet: Sheet, position: int, declared: Mapping[str, str]
) -> tuple[Header, dict[int, str]]:
    """The header whose measures are named by the days in the row above, and the measures."""
    below = sheet.texts(position)
    above = sheet.texts(position - 1) if position else [""] * len(below)
    names, codes, day = list(below), {}, ""
    for column, code in enumerate(below):
        day = above[column] or day
        if day_of_header(day) and not is_missing(code) and _is_code(code):
            names[column], codes[column] = day, code
        elif above[column]:
            day = ""  # a day over another column is a title, and no day of the measures beside it
    if not codes:
        return Header((), {}), {}
    return recognise_header(names, declared, sheet.cells.iloc[position + 1 :]), codes


def _is_code(text: str) -> bool:
    return _SHORT.fullmatch(text) is not None or measure_of(text) is not None


def _complaint(header: Header, codes: Mapping[int, str], below: list[str]) -> str | None:
    days = [column for column, name in enumerate(header.names) if day_of_header(name)]
    # Words for readings that are missing stand here and there, codes under most days.
    if (
        not codes
        or 2 * len(codes) < len(days)
        or len({_NUMBERED.sub("", code) for code in codes.values()}) > 6
    ):
        return "has no row of measure codes (V, or L and W) below its days"
    if any(re.search(r"\d", below[column]) for column in days if column not in codes):
        return "has numbers beside the codes below its days"
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(header, role)]
    if missing:
        return f"misses {' and '.join(missing)}"
    for role in ("day", "date", "week", "volume", "length"):
        if role in header.roles:
            return f"has a column of its own for the {role} ({header.names[header.roles[role]]})"
    kinds = {said[0] for c in codes if (said := day_of_header(header.names[c])) is not None}
    return "names its columns by days and by dates" if len(kinds) > 1 else None


def _labels(
    header: Header, codes: Mapping[int, str], declared: Mapping[str, str]
) -> dict[int, Label]:
    # L1 and L2 are the first and the second time: the day above says when.
    plain = {code: _NUMBERED.sub("", code) for code in codes.values()}
    roles = measures_said(dict.fromkeys(plain.values()), declared)
    days = {column: day_of_header(header.names[column]) for column in codes}
    return {
        column: Label(roles[plain[code]], said[1])
        for column, code in codes.items()
        if (said := days[column]) is not None
    }


def _unread_codes(sheet: Sheet, found: Recognition, codes: list[str]) -> Iterator[Finding]:
    asked = [column for column, label in found.labels.items() if label.role == ASKED]
    for code in dict.fromkeys(codes[column] for column in asked):
        n_columns = sum(1 for column in asked if codes[column] == code)
        yield sheet_finding(
            sheet,
            "measure-code-not-read",
            str(int(sheet.rows[found.position + found.depth - 1])),
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
    over=("wide", "paired"),
)
