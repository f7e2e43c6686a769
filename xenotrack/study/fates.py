"""Why a mouse left: the words that sheets use, and the six fates."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger, each_row
from xenotrack.study.numbers import is_missing
from xenotrack.study.study import FATES

_WORDS = {
    "end_of_study": (
        "end of study|end of experiment|end study|end experiment|study end|end|eos|completed|"
        "scheduled|scheduled sacrifice|study terminated|termination|terminated|alive|survived|"
        "endpoint of study|planned|sacrificed at end"
    ),
    "tumor_size": (
        "tumor size|tumor volume|tumor burden|tumor too large|tumor too big|large tumor|size|"
        "tumor|tumor endpoint|volume endpoint|size endpoint|max tumor size|maximum tumor size|"
        "tumor size limit|tumor limit|tumor load|progression|tumor progression"
    ),
    "toxicity": (
        "toxicity|toxic|tox|body weight loss|bodyweight loss|weight loss|bw loss|drug toxicity|"
        "treatment related|treatment related death|adverse event"
    ),
    "unrelated": (
        "unrelated|unrelated death|not related|fight|fighting|fight wounds|infection|dermatitis|"
        "hydrocephalus|malocclusion|bladder stones|urosepsis|flooded cage|other disease"
    ),
    "technical": (
        "technical|technical error|technical failure|procedure|procedural|gavage|gavage error|"
        "gavage accident|dosing error|died after injection|injection|anesthesia|anaesthesia|"
        "died under anesthesia|excluded|mistake|accident|escaped"
    ),
    "unknown": (
        "unknown|found dead|dead in cage|dead|died|death|sacrificed|culled|euthanized|euthanised|"
        "humane endpoint|moribund|sick|missing|lost|other"
    ),
}
FATE_WORDS = {word: fate for fate, words in _WORDS.items() for word in words.split("|")}
FATE_WORDS |= {fate.replace("_", " "): fate for fate in FATES}


def fate_of(text: str) -> str | None:
    """The fate that a sheet's words mean, nothing where they mean none that is known.

    >>> fate_of("Bodyweight Loss"), fate_of("End Of Experiment"), fate_of("mauve")
    ('toxicity', 'end_of_study', None)
    """
    words = re.sub(r"[^a-z]+", " ", text.casefold().replace("tumour", "tumor")).strip()
    return FATE_WORDS.get(words)


def read_fates(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows with ``fate`` among the six, where it was written; one fate a mouse."""
    if "fate" not in rows:
        return with_columns(rows, fate=np.full(len(rows), None, dtype=object))
    codes, words = pd.factorize(rows["fate"])
    fates = np.array([_meaning(word, rows, ledger) for word in words], dtype=object)
    rows = with_columns(rows, fate=fates[codes])
    written = rows.loc[rows["fate"].notna(), ["mouse", "fate"]].drop_duplicates()
    torn = written.loc[written.duplicated("mouse"), "mouse"].unique()
    return _settle(rows, torn, ledger) if len(torn) else rows


def _meaning(word: str, rows: pd.DataFrame, ledger: Ledger) -> str | None:
    if is_missing(word):
        return None
    fate = fate_of(word)
    if fate is None:
        ledger.note_row(
            "fate-not-known",
            each_row(rows[rows["fate"] == word].head(1))[0],
            f"The fate {word!r} is not known; it was read as unknown.",
            f"Write one of: {', '.join(FATES)}.",
            role="fate",
        )
    return fate or "unknown"


def _settle(rows: pd.DataFrame, torn: np.ndarray, ledger: Ledger) -> pd.DataFrame:
    """Mice with two fates keep the last that says anything, with a finding."""
    fate = rows["fate"].copy()
    for mouse in torn:
        own = rows[(rows["mouse"] == mouse) & rows["fate"].notna()].sort_values(
            "day", kind="stable"
        )
        telling = own[own["fate"] != "unknown"]
        kept = (telling if len(telling) else own).iloc[-1]
        ledger.note_row(
            "two-fates",
            kept.to_dict(),
            f"Mouse {mouse} has the fates {', '.join(dict.fromkeys(own['fate']))}; "
            f"{kept['fate']} was taken.",
            "Write one fate a mouse.",
            role="fate",
        )
        fate = fate.mask((rows["mouse"] == mouse) & fate.notna(), kept["fate"])
    return rows.assign(fate=fate)
