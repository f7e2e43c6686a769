"""Two tumours of one mouse that only its name tells apart: ``101_L`` and ``101_R``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from xenotrack.study.columns import Header, header_words
from xenotrack.study.frames import with_columns
from xenotrack.study.layouts.names_of_parts import cage_of
from xenotrack.study.ledger import Ledger
from xenotrack.study.rules import Rules

_WORDS = {
    "left": "left|lft|links|gauche|izquierd[ao]|izq|sinistr[ao]|sx|esquerd[ao]|vanster|venstre|左",
    "right": "right|rgt|rechts|droite?|derech[ao]|der|destr[ao]|dx|direit[ao]|hoger|højre|høyre|右",
}
_LETTERS = {"left": "l|lf|lt", "right": "r|rf|rt"}
_PLACE = r"(?:[\s_.-]*(?:flank|side|tumou?r))?"
_AFTER = re.compile(
    rf"(?P<stem>.*[^\W_])(?P<gap>[\s_./-]*)[(\[]?(?:(?P<word>{'|'.join(_WORDS.values())})|"
    rf"(?P<letter>{'|'.join(_LETTERS.values())})){_PLACE}[)\]]?",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:(?P<word>{'|'.join(_WORDS.values())})|(?P<letter>l|r))(?P<gap>[\s_./-]*)(?P<stem>\d.*)",
    re.IGNORECASE,
)
# Marks of ears that stand where a flank might: where they do, L and R are marks as well.
_MARKS = re.compile(r"(?:ll|rr|lr|rl|n|b|0|none|both|nn|bl|br)", re.IGNORECASE)
# What a column is called that names mice by the marks of their ears; a tag has a number.
_OF_EARS = re.compile(
    r"\bears?\b(?! tags?)|\b(?:notch|punch|clip|toe|marks?|marking|cage|k(?:ä|ae)fig|ohr|"
    r"ohrlochung|oreille|oreja|orecchio|orelha|oor)\b",
    re.IGNORECASE,
)
_FEWEST = 2
_MOST = 0.8


def flank_in(name: str) -> tuple[str, str, bool] | None:
    """The mouse and the flank that a name says, and whether in a word; nothing where in none.

    >>> flank_in("101_L"), flank_in("m7 right flank"), flank_in("Carl"), flank_in("101")
    (('101', 'left', False), ('m7', 'right', True), None, None)
    """
    for pattern in (_AFTER, _BEFORE):
        match = pattern.fullmatch(name)
        if match is None:
            continue
        said = match["word"] or match["letter"]
        apart = bool(match["gap"]) or match["stem"][-1].isdigit() or pattern is _BEFORE
        sides = _WORDS if match["word"] else _LETTERS
        side = next(s for s, words in sides.items() if re.fullmatch(words, said, re.IGNORECASE))
        return (match["stem"], side, bool(match["word"])) if apart else None
    return None


def read_flanks(
    rows: pd.DataFrame, rules: Rules, ledger: Ledger, headers: Sequence[Header] = ()
) -> pd.DataFrame:
    """The rows with flanks that stand in names moved to the tumour; asked where it may be a mark.

    Names that end in L and R may be two mice, marked at the left and the right ear. A word for
    the flank, or one weight on both, says that they are one mouse; two weights that they are two,
    as does a column called for the ears.
    """
    declared = rules.study.flanks
    if declared == "mice" or (rows["tumor"] != "").any():
        return rows
    if declared is None and any(map(_names_ears, headers)):
        return rows
    names = rows["mouse"].unique().tolist()
    found = {name: said for name in names if (said := flank_in(name)) is not None}
    pairs = _pairs(rows, found, names)
    if not pairs:
        return rows
    caged = any(map(cage_of, {found[name][0] for name in found}))
    in_words = not caged and all(found[name][2] for pair in pairs for name in pair)
    one_mouse = True if declared or in_words else _share_weights(rows, pairs)
    told = ", ".join(map(repr, pairs[0]))
    if one_mouse:
        ledger.note(
            "flanks-in-names",
            f"Names such as {told} were read as the two flanks of one mouse; {len(pairs)} mice "
            "have two.",
            'If they are mice of their own, say `flanks = "mice"` under [study].',
        )
        return _moved(rows, found)
    if one_mouse is None:
        ledger.note(
            "flanks-or-mice",
            f"{len(pairs)} pairs of names as {told} end in left and right: they may be the flanks "
            "of one mouse each, or two mice marked at the left and the right ear.",
            'Say `flanks = "tumors"` or `flanks = "mice"` under [study]; two tumours of a mouse '
            "are no two mice.",
            severity="error",
        )
    return rows


def _names_ears(header: Header) -> bool:
    """Whether the mice stand in a column called for their ears: ``Ear tag``, ``Cage-Ear``."""
    column = header.roles.get("mouse")
    return column is not None and _OF_EARS.search(header_words(header.names[column])[0]) is not None


def _pairs(
    rows: pd.DataFrame, found: dict[str, tuple[str, str, bool]], names: list[str]
) -> list[tuple[str, str]]:
    """The names that differ in the side alone, of one arm; none where not most do, or marks."""
    if len(found) < 2 * _FEWEST:
        return []
    arms = rows.drop_duplicates("mouse").set_index("mouse")["arm"].to_dict()
    by_stem: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for name, (stem, side, _) in found.items():
        by_stem[arms[name], stem][side] = name
    pairs = [(sides["left"], sides["right"]) for sides in by_stem.values() if len(sides) == 2]
    stems = {stem for _, stem in by_stem}
    others = [name for name in names if name not in found]
    marked = any(
        name.startswith(stem) and _MARKS.fullmatch(re.sub(r"[\W_]+", "", name[len(stem) :]))
        for name in others
        for stem in stems
    )
    enough = len(pairs) >= _FEWEST and 2 * len(pairs) >= _MOST * len(found)
    return pairs if enough and not marked else []


def _share_weights(rows: pd.DataFrame, pairs: list[tuple[str, str]]) -> bool | None:
    """Whether both of a pair have one weight on each day; nothing where too few were weighed."""
    if "body_weight_number" not in rows:
        return None
    weighed = rows[rows["body_weight_number"].notna()]
    weights = weighed.groupby(["mouse", "day_number"])["body_weight_number"].first()
    of = {name: own.droplevel(0) for name, own in weights.groupby(level=0)}
    both = [(of[left] - of[right]).dropna() for left, right in pairs if {left, right} <= of.keys()]
    apart = pd.concat(both).to_numpy() if both else np.array([])
    return bool((apart == 0).mean() > _MOST) if len(apart) >= 2 * _FEWEST else None


def _moved(rows: pd.DataFrame, flanks: dict[str, tuple[str, str, bool]]) -> pd.DataFrame:
    mouse = rows["mouse"].map(lambda name: flanks[name][0] if name in flanks else name)
    tumor = rows["mouse"].map(lambda name: flanks[name][1] if name in flanks else "")
    return with_columns(rows, mouse=mouse, tumor=tumor)
