"""Words for a tumour that is not there to be measured: ``not palpable``, ``tumor free``, ``CR``.

They are readings, and the best of all: left empty they would take cured mice out of the study.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from xenotrack.study.fate_words import plain_words
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger
from xenotrack.study.numbers import is_missing

_SIZES = ("volume", "area", "length", "width", "height")
_ACROSS = ("length", "width")
_MOST_NAMED = 5
_TUMOR = r"(?:tumors?|tumeur|tumore|guza?|mass|lesion|nodule)"
_WORDS = (
    r"(?:n ?p|tf|cr|c r|cure|cured|regressed|disappeared|resolved|eradicated|tstm|"
    r"(?:too|to) small(?: to (?:be )?measured?)?|unmeasurably small|b ?d ?l|b ?l ?o ?d|b ?l ?q|bql|"
    r"lod|llod|lloq|below (?:the )?(?:limit|detection|lod)(?: of detection| limit)?|"
    r"(?:not|non|un|im|in)[ -]?(?:palpable|detectable|detected|visible|palpabel|tastbar|palpabile)|"
    r"(?:no|without|zero|kein|pas de|sin|sem|senza|nessun|geen|ingen|brak) "
    rf"(?:palpable |measurable |visible )?{_TUMOR}(?: left| found| seen| palpable)?|"
    rf"{_TUMOR}[ -]?(?:free|gone|not (?:found|palpable|visible|there))|tumorfrei|"
    r"complete (?:response|regression|remission)|nicht (?:tastbar|palpabel|messbar)|no palpable|"
    r"nao palpavel|non palpabile|niet palpabel|无瘤|无肿瘤|未触及|触知不能|触知せず|消失|消退)"
)
# Words may stand beside one another, or beside the 0 that they mean: 0 (CR), NP / TF.
_ABSENT = re.compile(rf"(?:0 ?)*{_WORDS}(?: (?:and |or )?{_WORDS})*(?: 0)*")


@lru_cache(maxsize=1 << 12)
def says_absent(text: str) -> bool:
    """Whether a cell says that there was no tumour, or none large enough to be measured.

    >>> [says_absent(text) for text in ("NP", "n.p.", "Tumour-free", "CR", "too small to measure")]
    [True, True, True, True, True]
    >>> [says_absent(text) for text in ("0 NP", "CR/NP", "0.0 (CR)", "12 NP", "NP/NM")]
    [True, True, True, False, False]
    >>> [says_absent(text) for text in ("NA", "nd", "not measured", "NT", "no reading", "0")]
    [False, False, False, False, False, False]
    """
    words = re.sub(r"[^\w]+", " ", plain_words(text)).strip()
    return _ABSENT.fullmatch(words) is not None


def read_absences(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows with 0 where words say that there was nothing to measure, and a finding.

    Said of one diameter it is said of both.
    """
    here = {role: _where(rows, role) for role in _SIZES if f"{role}_number" in rows}
    said = np.logical_or.reduce([np.zeros(len(rows), dtype=bool), *here.values()])
    if not said.any():
        return rows
    if set(_ACROSS) <= here.keys():
        either = here["length"] | here["width"]
        here |= {role: here[role] | (either & _is_empty(rows, role)) for role in _ACROSS}
    read = {}
    for role, place in here.items():
        read[role] = np.where(place, "0", rows[role].to_numpy(dtype=object))
        read[f"{role}_number"] = np.where(place, 0.0, rows[f"{role}_number"])
    _note(rows, here, said, ledger)
    return with_columns(rows, **read)


def _where(rows: pd.DataFrame, role: str) -> np.ndarray:
    texts = rows[role].to_numpy(dtype=object)
    unread = np.isnan(rows[f"{role}_number"].to_numpy(dtype=float))
    words = {text for text in set(texts[unread].tolist()) if says_absent(text)}
    said = np.zeros(len(texts), dtype=bool)
    said[unread] = [text in words for text in texts[unread]]
    return said


def _is_empty(rows: pd.DataFrame, role: str) -> np.ndarray:
    return np.fromiter(map(is_missing, rows[role]), bool, len(rows))


def _note(
    rows: pd.DataFrame, here: dict[str, np.ndarray], said: np.ndarray, ledger: Ledger
) -> None:
    words = {
        text.strip()
        for role, place in here.items()
        for text in set(rows[role].to_numpy(dtype=object)[place].tolist())
        if not is_missing(text)
    }
    listed = ", ".join(map(repr, sorted(words)[:_MOST_NAMED]))
    more = ", …" if len(words) > _MOST_NAMED else ""
    ledger.note_rows(
        "no-tumor-in-words",
        rows[said],
        f"{int(said.sum())} readings are words that say that there was no tumour to measure: "
        f"{listed}{more}; they were read as 0.",
        "Nothing to do if so; if nobody looked, empty the cells.",
    )
