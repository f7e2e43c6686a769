"""A sheet that says what each arm's code stands for: A = vehicle, B = alpelisib."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xenotrack.study.columns import header_words
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.header_roles import means
from xenotrack.study.identity import trimmed
from xenotrack.study.layouts.layout import candidate_headers, sheet_finding
from xenotrack.study.meaning import meaning_of, names_tumors

# What tells nobody which drug it is; an arm with a name of its own keeps it.
_CODE = re.compile(r"(?:(?:group|grp|arm|g|cohort)[ ._-]?)?(?:[a-z]|\d{1,2}|[ivx]{1,4})", re.I)

_GROUP = r"(?:groups?|grp|gr|arm|g|gruppe|groupe|grupo|gruppo|группа|组|第|群|군|그룹)"
_CODE_AND_NAME = re.compile(
    rf"(?P<code>{_GROUP}[ ._#-]*(?:[a-z]|\d{{1,2}})组?|[a-z]|\d{{1,2}})\s*"
    r"(?:[:=)：–]|\s-|\. )\s*(?P<name>.+)",
    re.IGNORECASE,
)
_NAMED_CODE = re.compile(rf"{_GROUP}[ ._#-]*(?:[a-z]|\d{{1,2}})", re.IGNORECASE)
# How many mice it has is no part of an arm's name.
_COUNT = re.compile(r"[\s,;]*[(\[]?\s*n\s*=\s*\d+\s*(?:mice|animals)?\s*[)\]]?", re.IGNORECASE)
# A row of readings says numbers, and no name.
_NUMBERS = re.compile(r"\d+[.,]\d+ +\d+[.,]\d+")
_FEW_CELLS = 7


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
    files = [[_named_by_lines(sheet, declared, known) for sheet in sheets] for sheets in files]
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


def _named_by_lines(sheet: Sheet, declared: Mapping[str, str], known: Collection[str]) -> Sheet:
    """The sheet with codes of arms replaced as its own lines say: ``Group 1: vehicle, n=8``."""
    lines = [[text for text in sheet.texts(at) if text] for at in range(min(len(sheet.cells), 400))]
    told = [pair for texts in lines if (pair := _line_of_a_legend(texts)) is not None]
    names = dict(told)
    distinct = len(names) == len(told) > 1 and len(set(map(str.casefold, names.values()))) > 1
    if not distinct or set(known) & (set(names) | set(names.values())):
        return sheet
    if len({name.casefold() for name in names.values()}) < len(names):
        return sheet  # two doses of one drug would become one arm
    return _named(sheet, Legend(sheet, names), declared, _key) or sheet


def _line_of_a_legend(texts: Sequence[str]) -> tuple[str, str] | None:
    """The code and the name that a line says, in one cell or in two.

    >>> _line_of_a_legend(["Group 1: PBS, n=5"]), _line_of_a_legend(["G2", "Drug A", "10 mg/kg"])
    (('1', 'PBS'), ('2', 'Drug A 10 mg/kg'))
    >>> _line_of_a_legend(["Group", "Mouse", "Day 0"]), _line_of_a_legend(["1", "M12", "100"])
    (None, None)
    """
    if len(texts) == 1 and (match := _CODE_AND_NAME.fullmatch(texts[0])):
        code, name = match["code"], match["name"]
    elif 1 < len(texts) < _FEW_CELLS and _NAMED_CODE.fullmatch(texts[0]):
        code, name = texts[0], " ".join(texts[1:])
    else:
        return None
    name = _COUNT.sub("", name).strip(" ,;")
    # `A. Tumor volume` is the title of a figure's panel.
    panel = meaning_of(name) is not None or names_tumors(name)
    worded = len(re.findall(r"[^\W\d_]", name)) > 2 and not _NUMBERS.search(name) and not panel
    return (_key(code), name) if worded else None


def _key(code: str) -> str:
    """A code without the word for a group before it: ``Group 1``, ``G1`` and ``1`` are one.

    >>> _key("Group 1"), _key("G1"), _key("1"), _key("A")
    ('1', '1', '1', 'A')
    """
    bare = re.sub(r"(?<=\d)(?:组|組|群|군)$", "", code.strip())
    return re.sub(rf"^{_GROUP}[ ._#-]*(?=\w{{1,3}}$)", "", bare, flags=re.I).upper()


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


def _named(
    sheet: Sheet, legend: Legend, declared: Mapping[str, str], key: Callable[[str], str] = str
) -> Sheet | None:
    """The sheet with the names of its arms, nothing where an arm of it is no code of the legend.

    ``key`` makes of an arm the code by which the legend knows it.
    """
    found = next(
        ((p, h) for p, h in candidate_headers(sheet, declared) if {"mouse", "arm"} <= {*h.roles}),
        None,
    )
    if found is None:
        return None
    position, header = found
    column = header.roles["arm"]
    texts = trimmed(sheet.cells.iloc[:, column]).to_numpy(copy=True)
    mice = trimmed(sheet.cells.iloc[:, header.roles["mouse"]]).to_numpy()
    # Lines of a legend that stand below have an arm's code, and no mouse.
    codes = {
        text
        for text, mouse in zip(texts[position + 1 :], mice[position + 1 :], strict=True)
        if text and (mouse or key is str)
    }
    if not codes or not {key(code) for code in codes} <= set(legend.names):
        return None
    if key is not str and not all(map(_CODE.fullmatch, codes)):
        return None
    texts[position + 1 :] = [legend.names.get(key(text), "") for text in texts[position + 1 :]]
    cells = sheet.cells.copy(deep=False)
    cells[cells.columns[column]] = np.asarray(texts, dtype=object)
    pairs = ", ".join(
        f"{code} = {name}" for code, name in legend.names.items() if code in map(key, codes)
    )
    finding = sheet_finding(
        sheet,
        "arms-from-legend",
        sheet.cell(int(sheet.rows[position])),
        f"The arms were called as {legend.sheet.title} says: {pairs}.",
        "Nothing to do if that is their legend; else name the sheet of the readings with --sheet.",
    )
    return replace(sheet, cells=cells, findings=(*sheet.findings, finding))
