"""Sheets about mice, joined to the sheets of their readings: animals and their arms, and culls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from xenotrack.study.checks.factor_words import kind_of
from xenotrack.study.columns import Header, header_words
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding
from xenotrack.study.identity import trimmed
from xenotrack.study.layouts.layout import candidate_headers, sheet_finding
from xenotrack.study.layouts.wide import day_columns
from xenotrack.study.numbers import is_missing

# What a sheet about mice may say of them, and a sheet of readings lack.
_FACTS = ("arm", "cage", "fate", "phase", "study", "line", "block")
_READINGS = ("day", "week", "date", "volume", "length", "width", "area")
_GONE_WORDS = (
    "culldate|cull date|date culled|culled|date of death|death date|date deceased|"
    "sacrifice date|date of sacrifice|euthanasia date|date of euthanasia"
)
_GONE = frozenset(_GONE_WORDS.split("|"))
Key = tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """What one sheet says of each mouse: by the name of a column, the text of each key."""

    sheet: Sheet
    by_cage: bool
    columns: dict[str, str]
    said: dict[Key, dict[str, str]]
    findings: tuple[Finding, ...] = ()


def join_sheets(files: Sequence[list[Sheet]], declared: Mapping[str, str]) -> list[list[Sheet]]:
    """The sheets of each file, those about mice gone into columns of those of readings.

    A file whose every sheet is about mice goes as a whole; where nothing else is left, nothing is
    joined.
    """
    if sum(map(len, files)) < 2:
        return list(files)
    facts = {id(s): f for sheets in files for s in sheets if (f := _facts_of(s, declared))}
    rest = [[sheet for sheet in sheets if id(sheet) not in facts] for sheets in files]
    if not facts or not any(rest):
        return list(files)
    for fact in facts.values():
        rest = [[_joined(sheet, fact, declared) for sheet in sheets] for sheets in rest]
    return [sheets for sheets in rest if sheets]


def _facts_of(sheet: Sheet, declared: Mapping[str, str]) -> Facts | None:
    """What a sheet says of mice, nothing where it holds readings or names no mouse."""
    for position, header in candidate_headers(sheet, declared):
        if "mouse" not in header.roles:
            continue
        if any(role in header.roles for role in _READINGS) or len(day_columns(header)) > 1:
            return None
        gone = [c for c, name in enumerate(header.names) if header_words(name)[0] in _GONE]
        columns = {r: header.roles[r] for r in _FACTS if r in header.roles}
        columns |= _factors(sheet, position, header)
        if not gone and not set(columns) - {"cage"}:
            return None
        return _read_facts(sheet, position, header, columns, gone)
    return None


def _factors(sheet: Sheet, position: int, header: Header) -> dict[str, int]:
    """The columns without a role that sort mice, as their sex or model, by their own names."""
    taken = set(header.roles.values())
    factors = {}
    for column, name in enumerate(header.names):
        if name and column not in taken:
            texts = {text.strip() for text in sheet.cells.iloc[position + 1 :, column]} - {""}
            if len(texts) > 1 and kind_of(name, texts) not in (None, "other"):
                factors[name] = column
    return factors


def _read_facts(
    sheet: Sheet, position: int, header: Header, columns: Mapping[str, int], gone: list[int]
) -> Facts | None:
    names = {role: header.names[column] for role, column in columns.items()}
    body = [sheet.texts(p) for p in range(position + 1, len(sheet.cells))]
    rows = [int(row) for row in sheet.rows[position + 1 :]]
    mice = [texts[header.roles["mouse"]] for texts in body]
    by_cage = "cage" in columns and len(set(mice)) < len(mice)
    said: dict[Key, dict[str, str]] = {}
    findings = []
    for row, mouse, texts in zip(rows, mice, body, strict=True):
        if not mouse:
            continue
        facts = {names[role]: texts[column] for role, column in columns.items()}
        if gone and "fate" not in columns:
            facts["fate"] = "" if all(is_missing(texts[c]) for c in gone) else "culled"
        key = (texts[columns["cage"]], mouse) if by_cage else (mouse,)
        if said.setdefault(key, facts) != facts:
            findings.append(_listed_twice(sheet, row, mouse))
    # A sheet whose mice return row after row is no list of mice.
    if len(findings) > max(1, len(said) // 5):
        return None
    roles = {name: role for role, name in names.items()}
    if gone and "fate" not in columns:
        roles["fate"] = "fate"
    return Facts(sheet, by_cage, roles, said, (*sheet.findings, *findings))


def _listed_twice(sheet: Sheet, row: int, mouse: str) -> Finding:
    return replace(
        sheet_finding(
            sheet,
            "mouse-listed-twice",
            sheet.cell(row),
            f"Mouse {mouse} is listed twice, and the two rows differ; the first was taken.",
            "Delete the wrong one.",
            "error",
        ),
        mouse=mouse,
    )


def _joined(sheet: Sheet, facts: Facts, declared: Mapping[str, str]) -> Sheet:
    """The sheet with a column for each fact that it lacks."""
    found = next(
        ((p, h) for p, h in candidate_headers(sheet, declared) if "mouse" in h.roles), None
    )
    if found is None:
        return sheet
    position, header = found
    wanted = [
        name
        for name, role in facts.columns.items()
        if role not in header.roles and name not in header.names
    ]
    by_cage = facts.by_cage and "cage" in header.roles
    width, cells = sheet.cells.shape[1], sheet.cells.copy(deep=False)
    body = cells.iloc[position + 1 :]
    names = [
        body.iloc[:, header.roles[role]] for role in (("cage",) if by_cage else ()) + ("mouse",)
    ]
    keys = list(zip(*(trimmed(column).tolist() for column in names), strict=True))
    for place, name in enumerate(wanted):
        texts = [facts.said.get(key, {}).get(name, "") for key in keys]
        texts = [""] * position + [name, *texts]
        cells[width + place] = pd.Series(texts, index=cells.index, dtype=object)
    met = set(keys)
    unmet = [key for key in facts.said if key not in met]
    findings = (*sheet.findings, *facts.findings, *_unmet(facts, unmet))
    return replace(sheet, cells=cells, findings=findings)


def _unmet(facts: Facts, unmet: list[Key]) -> list[Finding]:
    if not unmet:
        return []
    names = ["/".join(key) for key in unmet]
    return [
        sheet_finding(
            facts.sheet,
            "mouse-never-measured",
            "",
            f"{len(names)} mice listed here have no row among the readings: "
            f"{', '.join(names[:5])}{', …' if len(names) > 5 else ''}.",
            "Look whether they are named otherwise there.",
        )
    ]
