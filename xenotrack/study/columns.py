"""Headers → roles: which column is the mouse, the arm, the day, the volume."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from xenotrack.errors import InputError, did_you_mean
from xenotrack.study.column_words import (
    COLUMN_ROLES,
    GERMAN,
    JOINT,
    NAME_OF_ROLE,
    RANKS,
    ROLE_UNITS,
    TRAILING_UNITS,
    UNIT_WORDS,
    UNREAD,
)
from xenotrack.study.days import is_clock
from xenotrack.study.fate_words import fate_of, says_leaving
from xenotrack.study.header_roles import is_french, roles_named
from xenotrack.study.joined import parts_of
from xenotrack.study.numbers import is_missing

# The roles that each word may have.
_ROLES_OF = {
    word: tuple(role for role, ranks in RANKS.items() if word in ranks)
    for word in {word for ranks in RANKS.values() for word in ranks}
}


_HOURS = re.compile(r"(?:hours?|hrs?)\b")
_PAIRS = (("a", "b"), ("x", "y"), ("d1", "d2"), ("d 1", "d 2"), ("1", "2"), ("i", "ii"))
# Where tables are made long by a program its columns of days are called so.
_MOLTEN = ("variable", "key", "visit", "visit name", "measure")
_NAMED_DAY = re.compile(
    r"(?:x|day|d|days|week|wk|tag|jour|day of study)[\s_.]*-?\d+(?:\.\d+)?", re.I
)
# The rank of a word that is known by its parts alone.
_BY_PARTS = 99


@dataclass(frozen=True)
class Rivals:
    """Two or more columns of one sheet that could fill one role."""

    role: str
    chosen: int | None
    candidates: tuple[int, ...]


@dataclass(frozen=True)
class Header:
    """The roles of a header's columns, and what was left over.

    ``units`` are those written in the header; a unit that the role cannot have stands there as
    written.
    """

    names: tuple[str, ...]
    roles: Mapping[str, int]
    units: Mapping[str, str] = field(default_factory=dict)
    rivals: tuple[Rivals, ...] = ()
    unknown: tuple[int, ...] = ()
    # The days of its columns: every layout asks for them.
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


@lru_cache(maxsize=1 << 16)
def header_words(name: str) -> tuple[str, str]:
    """A header as plain words, and the unit written in it.

    >>> header_words("TUMOR_VOLUME (mm³)"), header_words("animalID"), header_words("Tumour.Length")
    (('tumor volume', 'mm3'), ('animal id', ''), ('tumor length', ''))
    """
    bracketed = re.search(r"[\(\[\{]([^)\]}]*)[\)\]\}]", name)
    unit = _unit(bracketed[1]) if bracketed else ""
    bare = re.sub(r"[\(\[\{][^)\]}]*[\)\]\}]", " ", name)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=T0\b)", " ", bare)
    spaced = re.sub(r"(?<=\S)\s*=\s*(?!\d).*", "", spaced)  # a formula says how, not what
    words = re.sub(r"[\s_.:\-/#]+", " ", spaced).strip().casefold().replace("tumour", "tumor")
    if words in ("time h", "t h"):
        return words.removesuffix(" h"), "hours"
    for word in TRAILING_UNITS:
        if not unit and words.endswith(" " + word):
            return words.removesuffix(word).strip(), UNIT_WORDS[word]
    return words, unit


def _unit(written: str) -> str:
    word = written.strip().casefold()
    return UNIT_WORDS.get(word, word)


def recognise_header(
    names: Sequence[str], declared: Mapping[str, str], body: pd.DataFrame | None = None
) -> Header:
    """The role of each column: as ``[columns]`` declares, else by its words.

    Of two columns for one role the one with the plainer word is taken; for the arm, words are
    taken before bare numbers, which are codes. ``body`` holds the cells below the header.
    """
    roles, units = _declared_roles(names, declared), {}
    words = [header_words(name) for name in names]
    candidates = _plausible(_candidates(words, roles), words, body)
    rivals = []
    for role, columns in candidates.items():
        chosen = _choose(role, columns, words, body)
        if len(columns) > 1:
            rivals.append(Rivals(role, chosen, tuple(columns)))
        if chosen is not None:
            roles[role] = chosen
    for role, column in roles.items():
        if words[column][1]:
            units[role] = words[column][1]
        elif role == "day" and _HOURS.match(words[column][0]):
            units[role] = "hours"
    roles, rivals = _settle_roles(roles, rivals, words)
    unknown = _unknown(words, {*roles.values(), *joined_columns(names, declared)}, rivals)
    return Header(tuple(names), roles, units, tuple(rivals), unknown)


def joined_columns(names: Sequence[str], declared: Mapping[str, str]) -> set[int]:
    """The columns that a declared ``A + B`` is made of: they were used.

    >>> joined_columns(["Drug", "Dose", "day"], {"arm": "drug + dose"})
    {0, 1}
    """
    joined = [theirs for theirs in declared.values() if JOINT in theirs]
    # The column that was made of them stands behind them.
    return {
        column
        for theirs in joined
        for column in parts_of(theirs, ["" if name == theirs.strip() else name for name in names])
    }


def _declared_roles(names: Sequence[str], declared: Mapping[str, str]) -> dict[str, int]:
    folded = [name.casefold() for name in names]
    roles = {}
    for ours, theirs in declared.items():
        wanted = theirs.strip()
        if wanted in names:
            roles[COLUMN_ROLES[ours]] = list(names).index(wanted)
        elif wanted.casefold() in folded:
            roles[COLUMN_ROLES[ours]] = folded.index(wanted.casefold())
    return roles


def _candidates(words: Sequence[tuple[str, str]], taken: Mapping[str, int]) -> dict[str, list[int]]:
    """The free columns that each free role could take."""
    used = set(taken.values())
    candidates: dict[str, list[int]] = {role: [] for role in RANKS if role not in taken}
    for column, (text, _) in enumerate(words):
        if column not in used:
            for role in _ROLES_OF.get(text, ()):
                if role in candidates:
                    candidates[role].append(column)
    for role in [role for role, columns in candidates.items() if not columns]:
        candidates[role] = _by_parts(role, words, used)
    if not any(candidates.get(role) for role in ("day", "date", "week")) and "day" in candidates:
        candidates["day"] = [c for c, (t, _) in enumerate(words) if t in _MOLTEN and c not in used]
    if not candidates.get("length") and not candidates.get("width"):
        candidates |= _axes(words, used)
    # `l` beside `r` is a left flank, not a length; `w` is a width only beside a length.
    if any(text == "r" for text, _ in words):
        candidates["length"] = [c for c in candidates.get("length", ()) if words[c][0] != "l"]
    if not candidates.get("length") and "length" not in taken:
        candidates["width"] = [c for c in candidates.get("width", ()) if words[c][0] != "w"]
    return {role: columns for role, columns in candidates.items() if columns}


def _axes(words: Sequence[tuple[str, str]], used: set[int]) -> dict[str, list[int]]:
    """Two diameters that are only told apart: ``a (mm)`` and ``b (mm)``, ``Tumor D1``, ``D2``.

    A number is that of a day or of a tumour where no unit says that something was measured.
    """
    free = {
        text.removeprefix("tumor ").removeprefix("diameter "): column
        for column, (text, unit) in enumerate(words)
        if column not in used and (unit in ("mm", "cm") or text.startswith("diameter "))
    }
    for first, second in _PAIRS:
        if first in free and second in free:
            return {"length": [free[first]], "width": [free[second]]}
    return {}


def _by_parts(role: str, words: Sequence[tuple[str, str]], used: set[int]) -> list[int]:
    """The free columns whose words name a role by their parts, where none does as a whole.

    A French ``Lot`` is a group of animals; elsewhere it is that of a drug or of cells.
    """
    free = [
        column
        for column, (text, _) in enumerate(words)
        if column not in used and text not in _ROLES_OF and text not in UNREAD
    ]
    lots = [column for column in free if words[column][0] in ("lot", "lots")]
    if role == "arm" and lots and any(is_french(text) for text, _ in words):
        return lots
    return [column for column in free if role in roles_named(words[column][0])]


def _plausible(
    candidates: dict[str, list[int]], words: Sequence[tuple[str, str]], body: pd.DataFrame | None
) -> dict[str, list[int]]:
    """The candidates without columns whose word means something else in this sheet.

    A clock is no day, a cohort the arm only where nothing else is and its cells are words, a mass
    that of the body only in grams, and ``Tag`` an ear tag or, in German, the day. A status says
    the fate where all its cells are such; of remarks only those count that say one.
    """
    tags = {column for column, (text, _) in enumerate(words) if text == "tag"}
    mice = [c for c in candidates.get("mouse", ()) if c not in tags]
    day = bool(mice) and any(text in GERMAN for text, _ in words)
    cohorts = [c for c, (text, _) in enumerate(words) if text == "cohort"]
    arms = [c for c in candidates.get("arm", ()) if c not in cohorts]
    drop = {
        "day": [
            c
            for c in candidates.get("day", ())
            if _are_clocks(body, c) or (words[c][0] in _MOLTEN and not _are_days(body, c))
        ],
        "arm": [c for c in cohorts if arms or body is None or _is_numbered(body, c)],
        "body_weight": [
            c for c, (text, unit) in enumerate(words) if text == "mass" and unit != "g"
        ],
        "fate": [
            c
            for c in candidates.get("fate", ())
            if words[c][0].endswith("status") and not _cells_say(body, c, fate_of, all)
        ],
        "remark": [
            c for c in candidates.get("remark", ()) if not _cells_say(body, c, says_leaving, any)
        ],
    }
    drop["mouse" if day else "day"] = [*drop.get("mouse" if day else "day", ()), *tags]
    kept = {
        role: [column for column in columns if column not in drop.get(role, ())]
        for role, columns in candidates.items()
    }
    return {role: columns for role, columns in kept.items() if columns}


def _are_days(body: pd.DataFrame | None, column: int) -> bool:
    """Whether the cells of a column are days with a word or a letter before their number."""
    if body is None or column >= body.shape[1]:
        return False
    texts = [text.strip() for text in body.iloc[:, column].unique() if text.strip()]
    return len(texts) > 1 and all(map(_NAMED_DAY.fullmatch, texts))


def _cells_say(
    body: pd.DataFrame | None,
    column: int,
    said: Callable[[str], object],
    how_many: Callable[[Iterable[object]], bool],
) -> bool:
    """Whether all, or any, of a column's cells say what is asked; none where it has no words."""
    if body is None or column >= body.shape[1]:
        return False
    texts = [text for text in body.iloc[:, column].unique() if not is_missing(text)]
    return bool(texts) and how_many(map(said, texts))


def _are_clocks(body: pd.DataFrame | None, column: int) -> bool:
    if body is None or column >= body.shape[1]:
        return False
    texts = [text for text in body.iloc[:, column].unique() if text.strip()]
    return bool(texts) and all(map(is_clock, texts))


def _is_numbered(body: pd.DataFrame, column: int) -> bool:
    """Whether the cells are numbers or letters that tell batches apart, as 2 or Cohort 2."""
    texts = (text.strip().casefold() for text in body.iloc[:, column].unique())
    return all(re.fullmatch(r"(?:cohort|batch)?[\s_#]*(?:[a-z]|\d*)", text) for text in texts)


def _choose(
    role: str, columns: list[int], words: Sequence[tuple[str, str]], body: pd.DataFrame | None
) -> int | None:
    """The plainest of the columns, or none where two are equally plain."""
    if role == "arm" and len(columns) > 1 and body is not None:
        columns = [column for column in columns if not _is_code(body, column)] or columns
    ranks = [RANKS[role].get(words[column][0], _BY_PARTS) for column in columns]
    best = [column for column, rank in zip(columns, ranks, strict=True) if rank == min(ranks)]
    if len(best) > 1 and body is not None:
        names = role in ("arm", "mouse", "line")
        if _all_alike(body, best) or (names and _tell_apart_alike(body, best)):
            return best[0]
    return best[0] if len(best) == 1 else None


def _is_code(body: pd.DataFrame, column: int) -> bool:
    values = [value.strip() for value in body.iloc[:, column].unique()]
    return all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in values if value)


def _all_alike(body: pd.DataFrame, columns: list[int]) -> bool:
    first = body.iloc[:, columns[0]]
    return all((body.iloc[:, column] == first).all() for column in columns[1:])


def _tell_apart_alike(body: pd.DataFrame, columns: list[int]) -> bool:
    """Whether each column tells the same rows from one another, in words of its own.

    Columns that tell every row from every other are no evidence.
    """
    first, *others = (pd.factorize(body.iloc[:, column].str.strip())[0] for column in columns)
    repeats = first.max(initial=0) + 1 < len(first)
    return bool(repeats) and all(np.array_equal(first, other) for other in others)


def _settle_roles(
    roles: dict[str, int], rivals: list[Rivals], words: Sequence[tuple[str, str]]
) -> tuple[dict[str, int], list[Rivals]]:
    """One column fills one role: the model names the mouse only where nothing else does."""
    if "day" in roles and "weeks" in words[roles["day"]][1] and "week" not in roles:
        roles["week"] = roles.pop("day")
    rivals = [rival for rival in rivals if rival.role not in ("cage", "operator", "remark")]
    return roles, rivals


def _unknown(
    words: Sequence[tuple[str, str]], used: set[int], rivals: Sequence[Rivals]
) -> tuple[int, ...]:
    named = {column for rival in rivals for column in rival.candidates} | used
    return tuple(
        column
        for column, (text, _) in enumerate(words)
        if column not in named and text not in UNREAD
    )


def known_units(role: str) -> tuple[str, ...]:
    """The units that a role's header may name."""
    return ROLE_UNITS.get(role, ())


def refuse_missing_columns(names: Sequence[str], declared: Mapping[str, str], title: str) -> None:
    """Every column that ``[columns]`` names is in the sheet."""
    folded = {name.casefold() for name in names}
    for ours, theirs in declared.items():
        if theirs.strip().casefold() not in folded:
            seen = [name for name in names if name]
            raise InputError(
                f"{title} has no column {theirs!r}, which [columns] {ours} names."
                f"{did_you_mean(theirs, seen)} Its columns are: {', '.join(seen)}."
            )


def refuse_equal_rivals(header: Header, title: str) -> None:
    """Two columns that fit one role equally well are asked about, never guessed."""
    for rival in header.rivals:
        if rival.chosen is None:
            ours = NAME_OF_ROLE[rival.role]
            names = [header.names[column] for column in rival.candidates]
            listed = ", ".join(repr(name) for name in names)
            raise InputError(
                f"{title}: the columns {listed} could each be the {ours}. "
                f'Choose one in study.toml:\n\n[columns]\n{ours} = "{names[0]}"'
            )
