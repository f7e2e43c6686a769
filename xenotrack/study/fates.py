"""Why a mouse left: the words that sheets use, and the six fates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from xenotrack.study.fate_words import event_guessed, fate_of
from xenotrack.study.frames import Groups, with_columns
from xenotrack.study.ledger import Ledger
from xenotrack.study.numbers import is_missing
from xenotrack.study.study import FATES


def read_fates(rows: pd.DataFrame, declared: Mapping[str, str], ledger: Ledger) -> pd.DataFrame:
    """The rows with ``fate`` among the six, where it was written; one fate a mouse.

    ``declared`` says what a lab's own words mean, before all others.
    """
    if "fate" not in rows:
        return with_columns(rows, fate=np.full(len(rows), None, dtype=object))
    codes, words = pd.factorize(rows["fate"])
    said = {_plain(theirs): ours for theirs, ours in declared.items()}
    known = [
        None if is_missing(word) else said.get(_plain(word)) or fate_of(word) for word in words
    ]
    unknown = [
        word
        for word, fate in zip(words, known, strict=True)
        if fate is None and not is_missing(word)
    ]
    _note_unknown(unknown, rows, ledger)
    _note_unmet(declared, words, ledger)
    fates = np.array(
        [
            fate or ("unknown" if word in unknown else None)
            for word, fate in zip(words, known, strict=True)
        ],
        dtype=object,
    )
    rows = with_columns(rows, fate=fates[codes])
    fated = rows["fate"].notna().to_numpy()
    if Groups.of(rows["mouse"][fated]).agree(rows["fate"][fated]):
        return rows
    written = rows.loc[fated, ["mouse", "fate"]].drop_duplicates()
    torn = written.loc[written.duplicated("mouse"), "mouse"].unique()
    return _settle(rows, torn, ledger)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _note_unknown(words: list[str], rows: pd.DataFrame, ledger: Ledger) -> None:
    """Words that nobody knows: an error where a mouse may have left by an event."""
    for guess in ("tumor_size", "toxicity", None):
        alike = [word for word in words if event_guessed(word) == guess]
        if not alike:
            continue
        examples = ", ".join(map(repr, alike[:4])) + (", …" if alike[4:] else "")
        lines = "; ".join(f"{_text(word)} = {_text(guess or 'FATE')}" for word in alike[:4])
        proposal = f"Say under [fates] what each means, as one of {', '.join(FATES)}: {lines}."
        mice = rows[rows["fate"].isin(alike)].drop_duplicates("mouse")
        if guess is None:
            ledger.note_rows(
                "fate-not-known",
                mice,
                f"Fates are not known and were read as unknown: {examples}.",
                proposal,
            )
        else:
            ledger.note_rows(
                "fate-may-be-an-event",
                mice,
                f"Fates are not known and may be {guess.replace('_', ' ')}: {examples}; whether "
                "mice progressed, or were lost to their treatment, rests on it.",
                proposal,
                severity="error",
            )


def _text(word: str) -> str:
    return json.dumps(word, ensure_ascii=False)


def _note_unmet(declared: Mapping[str, str], words: Iterable[str], ledger: Ledger) -> None:
    met = {_plain(word) for word in words}
    unmet = [theirs for theirs in declared if _plain(theirs) not in met]
    if unmet:
        seen = [word for word in words if word]
        ledger.note(
            "fate-without-mice",
            f"[fates] names {', '.join(map(repr, unmet))}, and no mouse of the sheet has it.",
            f"Look for a slip; the sheet says {', '.join(map(repr, seen[:6]))}.",
        )


def _settle(rows: pd.DataFrame, torn: np.ndarray, ledger: Ledger) -> pd.DataFrame:
    """Mice with two fates keep the last that says anything, with a finding."""
    fate = rows["fate"].copy()
    for mouse in torn:
        of_mouse = rows[(rows["mouse"] == mouse) & rows["fate"].notna()].sort_values(
            "day", kind="stable"
        )
        telling = of_mouse[of_mouse["fate"] != "unknown"]
        kept = (telling if len(telling) else of_mouse).iloc[-1]
        ledger.note_row(
            "two-fates",
            kept.to_dict(),
            f"Mouse {mouse} has the fates {', '.join(dict.fromkeys(of_mouse['fate']))}; "
            f"{kept['fate']} was taken.",
            "Write one fate a mouse.",
            role="fate",
        )
        fate = fate.mask((rows["mouse"] == mouse) & fate.notna(), kept["fate"])
    return rows.assign(fate=fate)
