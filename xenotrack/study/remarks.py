"""Cells of readings that say how their mouse left: ``dead``, ``euth. (tumour size)``, ``2100 sac``.

Most sheets have no column for it: whoever measures writes it where the next reading would stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.study.fate_words import begins_leaving, fate_of, says_leaving
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger, Origin
from xenotrack.study.measures import UNITS
from xenotrack.study.numbers import column_of, is_missing, read_numbers
from xenotrack.study.rules import Rules

Texts = NDArray[np.object_]
_OF_A_MOUSE = ["mouse", "arm"]
_MOST_NAMED = 5
_NUMBER = r"(?P<number>\d+(?:[.,]\d+)*)\s*(?:[mc]m\s*\^?[3³]?)?"
# What is counted before words is not always a size: 2 g lost, 14 d post sac, 3 mice dead.
_NUMBER_FIRST = re.compile(
    rf"{_NUMBER}(?P<gap>(?:\s|[,;:/(\[–—-])*)"
    r"(?!(?:m?g|grams?|gr|kg|d|days?|tage?|jours?|w|wks?|weeks?|h|hrs?|min|am|pm|ml|x|mice|of)\b)"
    r"(?P<words>[^\W\d_†].*|†.*?)",
    re.IGNORECASE,
)
# What a tumour looked like, or how well it could be measured, beside its size.
_LOOKS = (
    r"(?:ulc|necro|nekro|nécro|scab|bleed|blut|cyst|estim|approx|geschätzt|ульцер|изъязв)\w*|est|"
    r"open wound|wound|flat|soft|hard|irregular|破溃|溃疡|坏死|潰瘍|壊死"
)
_NOTE = re.compile(
    rf"(?P<about>~|≈|ca\.?|circa|approx\.?|about|etwa|env\.?|约)?\s*{_NUMBER}"
    rf"[\s,;:/(\[–—-]*(?P<looks>(?:{_LOOKS})(?:[\s,;/&+.-]+(?:and |und )?(?:{_LOOKS}))*)?[.)\]\s]*",
    re.IGNORECASE,
)


class Remark(NamedTuple):
    """Why a mouse left, and the number before it, "" where there is none."""

    words: str
    number: str


def remark_in(text: str, declared: Collection[str] = ()) -> Remark | None:
    """The remark on how a mouse left in a cell of a reading, if it holds one.

    ``declared`` are a lab's own words for it, in small letters.

    >>> remark_in("Dead (tumor burden)"), remark_in("2100 mm3 - sac")
    (Remark(words='Dead (tumor burden)', number=''), Remark(words='sac', number='2100'))
    >>> remark_in("68*"), remark_in("missing"), remark_in("gone", {"gone"})
    (None, None, Remark(words='gone', number=''))
    >>> [remark_in(text).number for text in ("2100sac", "1.5e3 sac", "2 g lost, sac")]
    ['2100', '', '']
    """
    text = text.strip()
    if text.casefold() in declared or says_leaving(text):
        match = _NUMBER_FIRST.fullmatch(text)
        # Without a gap an e3 belongs to the number.
        apart = match is not None and (match["gap"] != "" or begins_leaving(match["words"]))
        words = match["words"].strip(" )]") if match else text
        return Remark(words, match["number"]) if match and apart else Remark(text, "")
    return None


def noted_number(text: str) -> str:
    """The number beside which a cell says what the tumour looked like, "" where it says else.

    >>> [noted_number(text) for text in ("850 (ulcerated)", "~900", "310 est.", "ca. 1,5 ulc")]
    ['850', '900', '310', '1,5']
    >>> [noted_number(text) for text in ("850", "68*", "12 NP", "900?", ">2000", "9 x 8 ulc")]
    ['', '', '', '', '', '']
    """
    match = _NOTE.fullmatch(text.strip())
    return match["number"] if match and (match["about"] or match["looks"]) else ""


def read_remarks(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> pd.DataFrame:
    """The rows with the fates that cells of readings say, else those of a column of remarks.

    A column of fates goes before both.
    """
    rows = _of_readings(_without_notes(rows, ledger), rules, ledger)
    return _of_notes(rows, ledger) if "remark" in rows else rows


def _without_notes(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows with the numbers beside which cells say what the tumour looked like."""
    read: dict[str, object] = {}
    told: dict[str, None] = {}
    noted = np.zeros(len(rows), dtype=bool)
    for role in (role for role in UNITS if f"{role}_number" in rows):
        texts, numbers = rows[role].to_numpy(dtype=object), rows[f"{role}_number"].to_numpy(float)
        unread = set(texts[np.isnan(numbers)].tolist())
        notes = {text: Remark(text, number) for text in unread if (number := noted_number(text))}
        if notes:
            here = np.isnan(numbers) & np.array([text in notes for text in texts])
            own = _numbers(rows, role, here, notes, ledger.origins)
            here &= ~np.isnan(own)
            read[f"{role}_number"] = np.where(here, own, numbers)
            told |= dict.fromkeys(texts[here].tolist())
            noted |= here
    if noted.any():
        more = f" and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
        ledger.note_rows(
            "note-beside-a-reading",
            rows[noted],
            "Cells of readings say what the tumour looked like: "
            f"{', '.join(map(repr, list(told)[:_MOST_NAMED]))}{more}; the numbers were read.",
            "Nothing to do if they were measured; else empty the cells.",
        )
    return with_columns(rows, **read) if read else rows


def _of_readings(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> pd.DataFrame:
    """The rows with the fates that cells of readings say; a mouse's first such cell counts.

    The number before the words is the reading, but for a 0: it stands for the mouse that is gone,
    and not for a tumour that is. What cannot be read of it stays in the cell, to be named.
    """
    found = {role: _remarks(rows, role, rules) for role in UNITS if f"{role}_number" in rows}
    found = {role: remarks for role, remarks in found.items() if remarks}
    if not found:
        return rows
    read: dict[str, object] = {}
    words = np.full(len(rows), "", dtype=object)
    for role, remarks in found.items():
        texts = rows[role].to_numpy(dtype=object)
        here = np.array([text in remarks for text in texts])
        numbers = _numbers(rows, role, here, remarks, ledger.origins)
        read[role] = [
            (remarks[text].number if np.isnan(number) else "") if text in remarks else text
            for text, number in zip(texts, numbers, strict=True)
        ]
        own = np.where(numbers > 0, numbers, np.nan)
        read[f"{role}_number"] = np.where(here, own, rows[f"{role}_number"])
        first = here & (words == "")
        words[first] = [remarks[text].words for text in texts[first]]
    rows = with_columns(rows, **read)
    places = _first_of_mice(rows, (words != "") & ~_have_fates(rows))
    rows = _without_zeros_after(rows, _first_of_mice(rows, words != ""), ledger)
    return _with_fates(rows, places, words[places], words[places], "Cells of readings say", ledger)


def _without_zeros_after(rows: pd.DataFrame, places: Codes, ledger: Ledger) -> pd.DataFrame:
    """The rows without zeros of mice that had left: no tumour was measured there, and none cured.

    Where a mouse was read to be larger after it, somebody must look which is right.
    """
    roles = [role for role in UNITS if f"{role}_number" in rows]
    numbers = rows[[f"{role}_number" for role in roles]].to_numpy(dtype=float)
    mice, days = _mice(rows), rows["day_number"].to_numpy(dtype=float)
    left = np.full(mice.max() + 1, np.inf)
    left[mice[places]] = days[places]
    later = (days > left[mice]) & ~np.isnan(numbers).all(axis=1)
    alive = np.unique(mice[later & (np.nan_to_num(numbers) != 0).any(axis=1)])
    gone = later & ~np.isin(mice, alive)
    if not gone.any():
        return rows
    ledger.note_rows(
        "zeros-after-leaving",
        rows[gone],
        f"{int(gone.sum())} readings are 0 after their mouse had left; they were left empty.",
        "Nothing to do if it had; else mend the cell that says so.",
    )
    emptied = {role: np.where(gone, "", rows[role].to_numpy(dtype=object)) for role in roles}
    own = {f"{role}_number": np.where(gone, np.nan, rows[f"{role}_number"]) for role in roles}
    return with_columns(rows, **emptied, **own)


def _of_notes(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows with the fates that a column of remarks says of mice that left before others.

    A remark stands at the last reading of its mouse or later, else the mouse lived on. It is free
    text: what it says beside the leaving is the reason where that is known, and else nobody's.
    """
    texts = rows["remark"].to_numpy(dtype=object)
    days = rows["day_number"].to_numpy(dtype=float)
    numbers = [f"{role}_number" for role in UNITS if f"{role}_number" in rows]
    read = pd.Series(np.where(rows[numbers].notna().any(axis=1), days, np.nan))
    last = read.groupby(_mice(rows)).transform("max").to_numpy()
    leaves = np.array([says_leaving(text) for text in texts], dtype=bool)
    leaves &= (days >= last) & (last < np.nanmax(read, initial=-np.inf)) & ~_have_fates(rows)
    places = _first_of_mice(rows, leaves)
    fates = np.array([fate_of(text) or "unknown" for text in texts[places]], dtype=object)
    return _with_fates(rows, places, fates, texts[places], "Remarks say", ledger)


def _mice(rows: pd.DataFrame) -> Codes:
    return rows.groupby(_OF_A_MOUSE, sort=False).ngroup().to_numpy()


def _have_fates(rows: pd.DataFrame) -> Bools:
    """Whether a fate is written on any row of each row's mouse."""
    if "fate" not in rows:
        return np.zeros(len(rows), dtype=bool)
    said = ~np.fromiter(map(is_missing, rows["fate"]), bool, len(rows))
    mice = _mice(rows)
    return np.isin(mice, mice[said])


def _first_of_mice(rows: pd.DataFrame, here: Bools) -> Codes:
    """The positions of the earliest of these rows of each mouse."""
    frame = pd.DataFrame({"mouse": _mice(rows), "day": rows["day_number"].to_numpy(dtype=float)})
    ordered = frame[here].sort_values("day", kind="stable").drop_duplicates("mouse")
    return np.sort(ordered.index.to_numpy())


def _with_fates(
    rows: pd.DataFrame,
    places: Codes,
    fates: Texts,
    words: Texts,
    who: str,
    ledger: Ledger,
) -> pd.DataFrame:
    """The rows with fates at these positions, where a finding says that words were read so."""
    if not len(places):
        return rows
    written = rows["fate"].to_numpy(dtype=object) if "fate" in rows else np.full(len(rows), "")
    written = written.astype(object)
    written[places] = fates
    _note(rows.iloc[places], words, who, ledger)
    return with_columns(rows, fate=written)


def _remarks(rows: pd.DataFrame, role: str, rules: Rules) -> dict[str, Remark]:
    """The texts of a role that are remarks, with what each says."""
    unread = rows[role].to_numpy(dtype=object)[np.isnan(rows[f"{role}_number"].to_numpy(float))]
    declared = {" ".join(word.split()).casefold() for word in rules.fates}
    texts = {text for text in set(unread.tolist()) if not is_missing(text)}
    return {text: remark for text in texts if (remark := remark_in(text, declared)) is not None}


def _numbers(
    rows: pd.DataFrame,
    role: str,
    here: Bools,
    remarks: dict[str, Remark],
    origins: tuple[Origin, ...],
) -> Floats:
    """The numbers before the words, NaN elsewhere."""
    numbers = np.full(len(rows), np.nan)
    for place in np.flatnonzero(here):
        row = rows.iloc[place]
        written = remarks[row[role]].number
        decimal = origins[int(row["part"])].decimals.get(role, ".")
        number = read_numbers(column_of(pd.Series([written], dtype=object)), decimal)[0][0]
        numbers[place] = number
    return numbers


def _note(rows: pd.DataFrame, words: Texts, who: str, ledger: Ledger) -> None:
    counted = pd.Series(words).value_counts(sort=False)
    listed = [
        f"{word!r} ({n} {'mouse' if n == 1 else 'mice'}: {fate_of(word) or 'not known'})"
        for word, n in counted.items()
    ]
    more = f" and {len(listed) - _MOST_NAMED} more" if len(listed) > _MOST_NAMED else ""
    ledger.note_rows(
        "fate-in-a-reading",
        rows,
        f"{who} how their mice left, and were read as their fates: "
        f"{', '.join(listed[:_MOST_NAMED])}{more}.",
        "Nothing to do if so; where unknown, write why (tumor_size, toxicity, …): it decides "
        "whether they progressed.",
    )
