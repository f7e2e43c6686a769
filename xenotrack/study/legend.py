"""A sheet that says what each arm's code stands for: A = vehicle, B = alpelisib."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xenotrack.study.columns import header_words
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.header_roles import means
from xenotrack.study.identity import trimmed
from xenotrack.study.layouts.layout import candidate_headers, sheet_finding

# What tells nobody which drug it is; an arm with a name of its own keeps it.
_CODE = re.compile(r"(?:(?:group|grp|arm|g|cohort)[ ._-]?)?(?:[a-z]|\d{1,2}|[ivx]{1,4})", re.I)


@dataclass(frozen=True)
class Legend:
    """A sheet that names arms, and the name of each code."""

    sheet: Sheet
    names: dict[str, str]


def name_arms(
    files: Sequence[list[Sheet]], declared: Mapping[str, str], known: Collection[str]
) -> list[list[Sheet]]:
    """The sheets with codes of arms replaced by the names that a legend among them gives.

    Codes that the rules speak of (``known``) are names already.
    """
    if sum(map(len, files)) < 2:
        return list(files)
    legends = [
        legend for sheets in files for sheet in sheets if (legend := _legend_of(sheet, declared))
    ]
    if len(legends) != 1 or set(known) & set(legends[0].names):
        return list(files)
    named = {
        id(sheet): new
        for sheets in files
        for sheet in sheets
        if sheet is not legends[0].sheet and (new := _named(sheet, legends[0], declared))
    }
    if not named:
        return list(files)
    rest = [
        [named.get(id(sheet), sheet) for sheet in sheets if sheet is not legends[0].sheet]
        for sheets in files
    ]
    return [sheets for sheets in rest if sheets]


def _legend_of(sheet: Sheet, declared: Mapping[str, str]) -> Legend | None:
    """The legend that a short sheet without mice is: a column of codes, and one that names arms."""
    for position, header in candidate_headers(sheet, declared):
        if "mouse" in header.roles or len(sheet.cells) > 40:
            return None
        arms = [c for c, name in enumerate(header.names) if means(header_words(name)[0], "arm")]
        legends = list(_legends(sheet, position, arms, len(header.names)))
        if arms and legends:
            return Legend(sheet, legends[0]) if len(legends) == 1 else None
    return None


def _legends(sheet: Sheet, position: int, arms: list[int], width: int) -> Iterator[dict[str, str]]:
    """What each pair of a column of codes and a column that names arms says."""
    rows = [sheet.texts(at) for at in range(position + 1, len(sheet.cells))]
    for code in range(width):
        codes = [row[code] for row in rows if any(row)]
        if len(codes) < 2 or len(set(codes)) < len(codes) or not all(map(_CODE.fullmatch, codes)):
            continue
        for arm in arms:
            names = [row[arm] for row in rows if any(row)]
            whole = all(len(re.findall(r"[^\W\d_]", name)) > 2 for name in names)
            # Two doses of one drug would become one arm.
            if arm != code and whole and len({name.casefold() for name in names}) == len(names):
                yield dict(zip(codes, names, strict=True))


def _named(sheet: Sheet, legend: Legend, declared: Mapping[str, str]) -> Sheet | None:
    """The sheet with the names of its arms, nothing where an arm of it is no code of the legend."""
    found = next(
        ((p, h) for p, h in candidate_headers(sheet, declared) if {"mouse", "arm"} <= {*h.roles}),
        None,
    )
    if found is None:
        return None
    position, header = found
    column = header.roles["arm"]
    texts = trimmed(sheet.cells.iloc[:, column]).to_numpy(copy=True)
    codes = {text for text in texts[position + 1 :] if text}
    if not codes or not codes <= set(legend.names):
        return None
    texts[position + 1 :] = [legend.names.get(text, "") for text in texts[position + 1 :]]
    cells = sheet.cells.copy(deep=False)
    cells[cells.columns[column]] = np.asarray(texts, dtype=object)
    pairs = ", ".join(f"{code} = {name}" for code, name in legend.names.items() if code in codes)
    finding = sheet_finding(
        sheet,
        "arms-from-legend",
        sheet.cell(int(sheet.rows[position])),
        f"The arms were called as {legend.sheet.title} says: {pairs}.",
        "Nothing to do if that is their legend; else name the sheet of the readings with --sheet.",
    )
    return replace(sheet, cells=cells, findings=(*sheet.findings, finding))
