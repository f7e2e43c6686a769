"""Names of what a sheet says of itself: `INJ DATE` over a block is no arm and no mouse."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from xenotrack.study.column_words import RANKS
from xenotrack.study.columns import header_words
from xenotrack.study.design import NO_DRUG_WORDS
from xenotrack.study.ledger import Ledger

_ROLES = ("mouse", "cage", "day", "week", "date", "start", "study", "arm", "operator", "fate")
# `Treatment` and `Drug` name the arm that is not the control, and `Model` or `No` a mouse.
_NAMES = frozenset(
    (
        *("treatment", "treatments", "drug", "drugs", "compound", "therapy", "regimen", "cohort"),
        *("tratamiento", "tratamento", "traitement", "trattamento", "behandlung", "behandeling"),
        *("处理组", "给药组", "治疗组", "投与群", "処置群", "투여군"),
        *("model", "model id", "sample", "number", "other", "trial", "outcome", "reason"),
    )
)
_LABEL = re.compile(
    r"(?:[^\W\d]+ ){1,3}(?:date|name|id|ids|no|nr|number|by|time|day|days|datum|fecha)|"
    r"(?:date|day|days|time|name|number) (?:of|from|post|after|since) .*\D|"
    r"(?:inj|injection|implant|implantation|inoculation|randomi[sz]ation|start|end)(?: date| day)|"
    r"(?:notes?|comments?|remarks?|legend|key|total|totals|grand total|operator|investigator|"
    r"protocol|page|title|group name|groups?|study(?: name| title| id)?|title line|"
    r"(?:data|dia|fecha|date|datum|nome|nom|nombre|numero|número) (?:d[aeo]|del|du|di|der) .*\D|"
    r"observa[çc](?:ões|oes)|observaciones|coment[áa]rios?|notas?|legenda|t[íi]tulo|respons[áa]vel|"
    r"operador|protocolo|p[áa]gina|total geral|nome do grupo|bemerkung(?:en)?|remarques?)"
)


def is_label(name: str) -> bool:
    """Whether a name is that of a line or a column of the sheet, and of no arm or mouse.

    >>> [is_label(name) for name in ("INJ DATE", "Group Name", "Date of injection", "Mouse ID")]
    [True, True, True, True]
    >>> [is_label(name) for name in ("Vehicle", "Treatment", "No treatment", "Group 2", "给药组")]
    [False, False, False, False, False]
    """
    if re.search(r"\d", name):
        return False
    words = header_words(name.rstrip(": "))[0]
    if len(words) < 3 or words in NO_DRUG_WORDS or words in _NAMES:
        return False
    return any(words in RANKS[role] for role in _ROLES) or _LABEL.fullmatch(words) is not None


def drop_labels(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows of mice: lines that a label stands on where a mouse or an arm should are named.

    What holds readings under a label for an arm is of no arm that anybody could name.
    """
    mice, arms = (_labels_of(rows[role]) for role in ("mouse", "arm"))
    gone = mice | (arms & ~rows["measured"].to_numpy(dtype=bool))
    if gone.all() or not (mice | arms).any():
        return rows
    if gone.any():
        names = dict.fromkeys((*rows.loc[mice, "mouse"], *rows.loc[gone & ~mice, "arm"]))
        ledger.note_rows(
            "row-of-a-label",
            rows[gone],
            f"The lines called {', '.join(map(repr, names))} say something of the sheet and are no "
            "mice; they were left out.",
            "Nothing to do, unless a mouse or an arm has this name: then give it another.",
        )
    rest = arms & ~gone
    if rest.any():
        names = dict.fromkeys(rows.loc[rest, "arm"])
        ledger.note_rows(
            "arm-is-a-label",
            rows[rest],
            f"The arm of these rows would be {', '.join(map(repr, names))}, which names a line or "
            "a column of the sheet.",
            "Write the arm of each mouse there.",
            severity="error",
        )
    return rows[~gone]


def _labels_of(names: pd.Series) -> np.ndarray:
    codes, uniques = pd.factorize(names)
    return np.array([is_label(name) for name in uniques], dtype=bool)[codes]
