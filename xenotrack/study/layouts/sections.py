"""Sheets that say the arm (or the day) once for many rows: above a block, or on a worksheet's tab.

Either becomes a column; the layout of what is left recognises itself as ever.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.study.columns import header_words
from xenotrack.study.drug_names import names_substance
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import row_ranges
from xenotrack.study.header_roles import means
from xenotrack.study.joined import drugs_given
from xenotrack.study.layouts.grid import day_kind
from xenotrack.study.layouts.layout import (
    Recognition,
    columns_of_doses,
    has_role,
    sheet_finding,
)
from xenotrack.study.layouts.names_of_parts import (
    arms_of_letters,
    arms_of_mice,
    meanings_of,
    owner_of,
)
from xenotrack.study.layouts.one_arm import below_arm
from xenotrack.study.layouts.unnamed import (
    counts_mice,
    is_name_before_days,
    may_be_days,
    pieces_of,
    repeats_days,
    with_heads,
)
from xenotrack.study.layouts.wide import day_of_header
from xenotrack.study.numbers import is_missing

_NUMBER = re.compile(r"[-+]?[\d.,\s]+\W*")
_PREFIX = re.compile(r"([^:=]+)\s*[:=]\s*(\S.*)")
_NAMED_BY = {
    "Worksheets": "tabs-are-names",
    "Files": "files-are-names",
    "Blocks": "blocks-are-names",
}
Tries = Callable[[Sheet], list[Recognition]]


def complete(sheets: Sequence[Sheet], tries: Tries) -> list[Sheet]:
    """The sheets that some layout recognises once what stands over their rows is a column.

    ``tries`` says of a sheet what every layout thinks of it; none of ``sheets`` fits any.
    """
    facts = [one for sheet in sheets if (one := _first_fit(_with_facts(sheet, tries), tries))]
    if facts and len(facts) == len(sheets):
        return facts
    blocks = [block for sheet in sheets if (block := _first_fit(_from_blocks(sheet, tries), tries))]
    if blocks:
        return blocks
    named = complete_by_names(sheets, [sheet.name for sheet in sheets], tries)
    if named:
        return named
    for sheet in sheets:
        if (block := _first_fit(with_heads(sheet), tries)) is not None:
            return [block]
        if (block := _first_fit(_with_arms_of_mice(sheet, tries), tries)) is not None:
            return [block]
        if (block := _first_fit(_with_arms_of_drugs(sheet, tries), tries)) is not None:
            return [block]
        titles, pieces = pieces_of(sheet)
        if len(pieces) > 1:
            named = complete_by_names(pieces, titles, tries, kind="Blocks")
        if len(named) == len(pieces) > 1:
            return named
    return []


def _first_fit(candidates: Iterator[Sheet], tries: Tries) -> Sheet | None:
    return next((candidate for candidate in candidates if fits(candidate, tries)), None)


def fits(sheet: Sheet, tries: Tries) -> bool:
    """Whether some layout recognises a sheet as it stands."""
    return any(found.fits and not found.armless for found in tries(sheet))


def _near(sheet: Sheet, tries: Tries) -> list[int]:
    """Where a header would stand: with three columns, or with days and volumes."""
    tried = {one.position: one.header for one in tries(sheet) if one.header.roles}
    return sorted(
        at
        for at, header in tried.items()
        if sum(map(bool, sheet.texts(at))) > 2
        or (day_kind(header) is not None and "volume" in header.roles)
    )


def complete_by_names(
    sheets: Sequence[Sheet], names: Sequence[str], tries: Tries, kind: str = "Worksheets"
) -> list[Sheet]:
    """The sheets that fit with their own names as a column of days or of arms, two at least."""
    completed: list[Sheet] = []
    for role, texts in meanings_of(names):
        for sheet, text, name in zip(sheets, texts, names, strict=True):
            own = owner_of(name) if role == "arm" else {}
            tried = _named_whole(sheet, role, text, tries, own) if text else iter(())
            if found := _first_fit(tried, tries):
                completed.append(found)
        if len(completed) > 1:
            break
        completed = []
    if not completed:
        return []
    titles = names if kind == "Blocks" else [one.name or one.file for one in completed]
    told = ", ".join(map(repr, titles))
    finding = sheet_finding(
        completed[0],
        _NAMED_BY[kind],
        "",
        f"{kind} were read together, the name of each as its {role}: {told}.",
        f"Nothing to do if each is one {role}; else write the {role} on every row.",
    )
    first = replace(completed[0], findings=(*completed[0].findings, finding))
    return [first, *completed[1:]]


def _named_whole(
    sheet: Sheet, role: str, text: str, tries: Tries, own: Mapping[str, str]
) -> Iterator[Sheet]:
    """The sheet with names on all its rows, or with one above all its columns of mice."""
    for at in _near(sheet, tries):
        named = sheet
        for called, each in {role: text, **own}.items():
            named = named.with_column(at, called, [each] * (len(sheet.cells) - at - 1))
        yield named
        if role == "arm":
            yield below_arm(sheet, at, text)


def _with_facts(sheet: Sheet, tries: Tries) -> Iterator[Sheet]:
    """A sheet of one mouse, whose name and arm stand above its readings, as ``Group | vehicle``."""
    for at in _near(sheet, tries):
        said = {place: fact for place in range(at) if (fact := _fact(sheet.texts(place)))}
        facts = {"mouse": sheet.name} | dict(reversed(list(said.values())))
        header = next((one.header for one in tries(sheet) if one.position == at), None)
        if header is not None:
            facts = {role: text for role, text in facts.items() if not has_role(header, role)}
        below = (_fact(sheet.texts(place)) for place in range(at + 1, len(sheet.cells)))
        if "arm" not in facts or any(below):  # each block says its own
            continue
        grid = sheet.grid.copy()
        grid[list(said)] = ""
        finding = sheet_finding(
            sheet,
            "facts-above-header",
            row_ranges(int(sheet.rows[place]) for place in said),
            f"The {' and the '.join(facts)} of all rows were taken from above them, or from the "
            "name of the worksheet.",
            "Nothing to do if each worksheet is of one mouse; else write them on every row.",
        )
        cells = pd.DataFrame(grid, dtype=object, columns=sheet.cells.columns)
        named = replace(sheet, cells=cells, findings=(*sheet.findings, finding))
        for role, text in facts.items():
            named = named.with_column(at, role, [text] * (len(sheet.cells) - at - 1))
        yield named


def _fact(texts: Sequence[str]) -> tuple[str, str] | None:
    """The role and the name that a line above a header says, in two cells or in one.

    >>> _fact(["Mouse ID", "", "101"]), _fact(["Group: vehicle"]), _fact(["Date", "3 May"])
    (('mouse', '101'), ('arm', 'vehicle'), None)
    """
    filled = [text for text in texts if text]
    pair = filled if len(filled) == 2 else _pair(filled[0]) if len(filled) == 1 else []
    for role in ("mouse", "arm", "cage") if len(pair) == 2 else ():
        if means(header_words(pair[0])[0], role):
            return role, pair[1].strip()
    return None


def _pair(text: str) -> list[str]:
    """A name and what it says: ``Mouse: 101``."""
    match = _PREFIX.fullmatch(text)
    return [match[1], match[2]] if match else []


def _with_arms_of_mice(sheet: Sheet, tries: Tries) -> Iterator[Sheet]:
    """The sheet with the arms that its mice are called by, as ``Control #1``, ``Drug A #2``."""
    for at in _near(sheet, tries):
        header = next((one.header for one in tries(sheet) if one.position == at), None)
        column = header.roles.get("mouse") if header is not None else None
        if header is None or column is None or "arm" in header.roles:
            continue
        names = [text.strip() for text in sheet.grid[at + 1 :, column]]
        arms = arms_of_mice(names) or _arms_of_letters(names)
        if arms:
            finding = sheet_finding(
                sheet,
                "arms-from-names",
                sheet.cell(int(sheet.rows[at]), column),
                "No column names the arm; it was taken from the names of the mice: "
                f"{', '.join(map(repr, dict.fromkeys(filter(None, arms))))}.",
                "If these are no arms, write the arm of each mouse in a column of its own.",
            )
            named = sheet.with_column(at, "arm", arms)
            yield replace(named, findings=(*sheet.findings, finding))


def _arms_of_letters(names: list[str]) -> list[str]:
    """The arms of rows by the letters of their mice, "" where a row names none."""
    mice = list(dict.fromkeys(filter(None, names)))
    arm_of_mouse = dict(zip(mice, arms_of_letters(mice), strict=False))
    return [arm_of_mouse.get(name, "") for name in names] if arm_of_mouse else []


def _with_arms_of_drugs(sheet: Sheet, tries: Tries) -> Iterator[Sheet]:
    """The sheet with an arm of the drugs that columns say each mouse was given, on or by dose.

    Each is called as a drug is, and a mouse has the same drugs on all its rows.
    """
    for at in _near(sheet, tries):
        header = next((one.header for one in tries(sheet) if one.position == at), None)
        if header is None or "mouse" not in header.roles or has_role(header, "arm"):
            continue
        columns = columns_of_doses(sheet, at, header)
        columns = [column for column in columns if not day_of_header(header.names[column])]
        names = [header.names[column] for column in columns]
        if len(columns) < 2 or not all(map(names_substance, names)):
            continue
        arms = drugs_given(names, sheet.grid[at + 1 :, columns])
        mice = sheet.grid[at + 1 :, header.roles["mouse"]].tolist()
        arms = [arm if mouse.strip() else "" for mouse, arm in zip(mice, arms, strict=True)]
        if len({pair for pair in zip(mice, arms, strict=True) if pair[1]}) > len(set(mice) - {""}):
            continue  # what was given on a day, or mice whose numbers start again
        finding = sheet_finding(
            sheet,
            "arms-from-drugs",
            sheet.cell(int(sheet.rows[at]), columns[0]),
            f"No column names the arm; it was made of the columns {', '.join(map(repr, names))}: "
            f"{', '.join(map(repr, dict.fromkeys(filter(None, arms))))}.",
            "Nothing to do if each column is a drug; else name that of the arm under [columns].",
        )
        grid = sheet.grid.copy()
        grid[at:, columns] = ""  # read, and no columns that were left over
        cells = pd.DataFrame(grid, dtype=object, columns=sheet.cells.columns)
        named = replace(sheet, cells=cells).with_column(at, "arm", arms)
        yield replace(named, findings=(*sheet.findings, finding))


def _from_blocks(sheet: Sheet, tries: Tries) -> Iterator[Sheet]:
    """The sheet with the names over its blocks as a column, for each place its header may have."""
    texts = [sheet.texts(position) for position in range(len(sheet.cells))]
    for at in _near(sheet, tries):
        yield from _below_lines(sheet, texts, at)
    yield from _below_corners(sheet, texts)


def _below_lines(sheet: Sheet, texts: list[list[str]], at: int) -> Iterator[Sheet]:
    """Blocks of which each stands below a line of its own, with its header or without."""
    header = texts[at]
    label, lines, names, kept = None, {}, {}, list(range(at))
    for place, row in enumerate(texts):
        if place == at or not any(row):
            continue
        titled = (
            0 < sum(map(bool, row)) < 3 and place + 1 < len(texts) and texts[place + 1] == header
        )
        if titled or _is_name(row):
            label = place
        elif place < at:
            continue
        elif row != header:
            if label is None or _is_head_again(row, header):
                return  # rows of which nobody says whose they are, or under days of their own
            lines[label] = _title(texts[label])
            names[place] = label
            kept.append(place)
    used = set(lines)
    kept += [p for p, row in enumerate(texts) if p > at and _is_name(row) and p not in used]
    kept = [place for place in kept if place not in used]
    if len(set(lines.values())) == len(lines) > 1 and max(names) >= max(used):
        yield from _named(sheet, at, kept, lines, names)


def _below_corners(sheet: Sheet, texts: list[list[str]]) -> Iterator[Sheet]:
    """Blocks of which each has its name in the corner of its header, before the days."""
    at = next((place for place, row in enumerate(texts) if is_name_before_days(row)), None)
    if at is None or counts_mice(texts, at):
        return
    lines, names, kept, label = {}, {}, list(range(at)), at
    for place, row in enumerate(texts[at:], start=at):
        if repeats_days(row, texts[at]):
            lines[place], label = row[0], place
        elif may_be_days(row, texts[at]):
            return  # as likely the head of a block under days of its own
        elif any(row):
            names[place] = label
            kept.append(place)
    if len(set(lines.values())) == len(lines) > 1:
        cells = sheet.cells.copy()
        cells.iat[at, 0] = "mouse"
        yield from _named(replace(sheet, cells=cells), at, kept, lines, names)


def _is_head_again(row: list[str], header: list[str]) -> bool:
    """Whether a record begins as the header does, and goes on otherwise: ``Mouse | 0 | 8``."""
    column = next(column for column, name in enumerate(header) if name)
    return row[column].casefold() == header[column].casefold()


def _title(row: list[str]) -> str:
    """What stands over a block: a day, beside which its date may stand, or all its words."""
    words = list(dict.fromkeys(text for text in row if text))
    return words[0] if day_of_header(words[0]) else " ".join(words)


def _is_name(row: list[str]) -> bool:
    """Whether a record says one thing in words: in a cell, or in several that were merged."""
    texts = {text for text in row if text}
    return len(texts) == 1 and not any(is_missing(t) or _NUMBER.fullmatch(t) for t in texts)


def _named(
    sheet: Sheet, at: int, kept: list[int], lines: dict[int, str], names: dict[int, int]
) -> Iterator[Sheet]:
    """The header and the rows of the blocks, with a column of the names over them."""
    for role, meant in meanings_of(list(lines.values())):
        if not all(meant):
            continue
        by_line = dict(zip(lines, meant, strict=True))
        places = sorted({at, *kept} - set(lines) | {at})
        lines_left = ", ".join(f"{text!r} (row {sheet.rows[line]})" for line, text in lines.items())
        finding = sheet_finding(
            sheet,
            "blocks-are-names",
            "",
            f"What stands over each block was read as its {role}: {lines_left}.",
            f"Nothing to do if each is one {role}; else write the {role} on every row.",
        )
        short = replace(
            sheet,
            cells=sheet.cells.iloc[places].reset_index(drop=True),
            rows=np.asarray(sheet.rows)[places],
            findings=(*sheet.findings, finding),
        )
        head = places.index(at)
        texts = [by_line[names[p]] if p in names else "" for p in places[head + 1 :]]
        named = short.with_column(head, role, texts)
        owners = {line: owner_of(text) for line, text in lines.items()}
        for owner in ("cage", "mouse") if role == "arm" else ():
            if all(owner in own for own in owners.values()):
                own = [owners[names[p]][owner] if p in names else "" for p in places[head + 1 :]]
                named = named.with_column(head, owner, own)
        yield named
