"""Text → the quantity that it names, whether it is a header, a title, a tab or a file's name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from xenotrack.study.quantities import (
    CHANGES,
    FLUIDS,
    GROWTH,
    LOG,
    NOUNS,
    ORGANS,
    RELATIVE,
    TUMOR,
    UNITS,
    WORDS,
)

# A text that says more than these, and names no unit, only mentions a quantity on its way.
_MOST_WORDS = 2
_FILLER_WORDS = (
    "mouse mice animal animals tumor tumors individual single mean means average data raw sheet "
    "table tab all the of per for in and a an to from on at with each every values value results "
    "result measurement measurements measured reading readings readout log copy final export fig "
    "figure panel exp experiment day days date dates week weeks time units unit baseline daily "
    "weekly body growth size no nr id ids der die das des du de la le les el los las il lo i gli e "
    "y et und en em van von av af dem den het do da dos tumoren tumeur tumeurs tumorale tumoral "
    "tumore tumores maus mause mauser souris raton ratones topo topi muis muizen mus mysz myszy "
    "fare fareler camundongo camundongos"
)
_FILLERS = frozenset(_FILLER_WORDS.split(" "))
# Beside these a quantity is what mice were treated with or sorted by, not what was measured.
_ABOUT_WORDS = (
    "response responses escalation finding ranging range dependent dependency dependence group "
    "groups level low high mid medium effect effects efficacy activity study studies trial arm "
    "arms cohort cohorts inhibitor inhibitors by vs versus model models benefit treatment "
    "treated therapy matched based adjusted studie studien gruppe gruppen behandlung wirkung "
    "etude groupe essai estudio grupo ensayo studio gruppo effetto effet efecto"
)
_ABOUT = frozenset(_ABOUT_WORDS.split(" "))
_GEOMETRY = ("length", "width", "height", "area")
_WEAK = ("marker", "dose", "survival", "temperature", "intake", "score", "count")
_LETTER = r"[^\W\d_]"
# Letters that are no other letter with an accent.
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ß": "ss"})
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_IN_UNIT = re.compile(r"^(?:in|en|em|units?:?|einheit:?|unite:?|unidad:?|w|в)\s+")
# Units that say what was measured without brackets as well, where no number stands before them.
_BARE_UNITS = (
    "mm3",
    "mm^3",
    "cm3",
    "cm^3",
    "mm2",
    "cm2",
    "mm",
    "cm",
    "p/s",
    "ng/ml",
    "pg/ml",
    "°c",
)


@dataclass(frozen=True)
class Meaning:
    """The quantity that a text names, and its unit where it says one."""

    quantity: str
    unit: str = ""

    @property
    def noun(self) -> str:
        """What a sheet of it holds, in words."""
        return NOUNS[self.quantity]


def meaning_of(text: str) -> Meaning | None:
    """The quantity that a text names; nothing where it names none, or tumour volumes and another.

    >>> [meaning_of(text).quantity for text in ("Body weight (g)", "mice_weights", "Poids", "体重")]
    ['body_weight', 'body_weight', 'body_weight', 'body_weight']
    >>> [meaning_of(text).quantity for text in ("Tumor diameter", "BLI", "% TGI", "log10 TV")]
    ['diameter', 'flux', 'relative', 'log']
    >>> meaning_of("Tumorvolumen (cm³)"), meaning_of("TV and BW"), meaning_of("Dose response of X")
    (Meaning(quantity='volume', unit='cm3'), None, None)
    """
    words = plain(text)
    units = _units_of(words)
    quantities = {name for name, pattern in _PATTERNS.items() if pattern.search(words)}
    quantities |= {"volume"} & units.keys()
    if "volume" in quantities:
        return _of_volumes(words, units, quantities)
    weight = {"weight", "body_weight"} & quantities or ("mass" in units and not quantities)
    if weight and not _BY_WEIGHT.search(words):
        return None if "growth" in quantities else _of_weights(words, units)
    if quantity := _strong(words, units, quantities):
        return Meaning(quantity, units.get(quantity, ""))
    return None


def plain(text: str) -> str:
    """A text in small letters without accents, underscores and humps: ``BodyWeight_g``.

    >>> plain("BodyWeight_g"), plain("Körpergewicht [g]"), plain("Volume (mm³)")
    ('body weight g', 'korpergewicht [g]', 'volume (mm3)')
    """
    humps = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    letters = unicodedata.normalize("NFKD", humps.replace("µ", "μ").casefold())
    bare = "".join(letter for letter in letters if not 0x300 <= ord(letter) < 0x370)
    joined = unicodedata.normalize("NFC", bare).translate(_LETTERS).replace("tumour", "tumor")
    return re.sub(r"[\s_]+", " ", joined).strip()


def names_tumors(text: str) -> bool:
    """Whether a text says that tumours' sizes are below it, whatever they were measured in.

    >>> names_tumors("Tumor sizes_XM1"), names_tumors("TV"), names_tumors("Weights_all")
    (True, True, False)
    """
    meaning = meaning_of(text)
    return (
        meaning.quantity == "volume"
        if meaning
        else _PATTERNS["growth"].search(plain(text)) is not None
    )


def _pattern(lines: Iterable[str]) -> re.Pattern[str]:
    return re.compile(_words(lines))


def _words(lines: Iterable[str]) -> str:
    """Any of the words, whole but where ``~`` or a script without blanks lets them be parts.

    Words of one kind that follow one another share what stands around them: a pattern of hundreds
    takes a third as long to compile.
    """
    words = "|".join(lines).split("|")
    return "|".join(_of_a_kind(kind, [*own]) for kind, own in groupby(words, _kind))


def _kind(word: str) -> tuple[bool, bool, bool, str]:
    """Whether a word may begin, end or stand within another; alone where it may begin one."""
    begins = word.startswith("~")
    blanks = any(ord(letter) >= 0x2E80 for letter in word)
    return begins, word.endswith("~"), blanks, word if begins else ""


def _of_a_kind(kind: tuple[bool, bool, bool, str], words: Sequence[str]) -> str:
    begins, ends, blanks, _ = kind
    stems = [
        re.escape(plain(word.strip("~"))).replace(r"\.\+", ".+").replace(r"\ ", r"[ .-]?")
        for word in words
    ]
    before, after = (f"{_LETTER}*" if open_there else "" for open_there in (begins, ends))
    whole = f"{before}(?:{'|'.join(stems)}){after}"
    return whole if blanks else f"(?<!{_LETTER}){whole}(?!{_LETTER})"


_SOURCES = {name: _words(lines) for name, lines in WORDS.items()} | {
    "growth": _words(GROWTH),
    "relative": _words(RELATIVE),
    "log": _words(LOG),
    "change": _words(CHANGES),
}
_PATTERNS = {name: re.compile(source) for name, source in _SOURCES.items()}
_FLUID = _pattern(FLUIDS)
_TUMOR = _pattern(TUMOR)
_OF = r"[ -]?(?:of |de |du |del |della |do |da |von |van |av |af |the |wet |dry |final )*"
_ORGAN = _words((*ORGANS, *TUMOR))
_OF_ORGANS = re.compile(
    rf"(?:{_ORGAN}){_OF}(?:{_SOURCES['weight']})|(?:{_SOURCES['weight']}){_OF}(?:{_ORGAN})|"
    rf"(?:tumor|organ|milz|leber|nieren|herz){_LETTER}*(?:gewicht|vikt|vekt|vægt){_LETTER}*|瘤重"
)
_BY_WEIGHT = re.compile(
    r"\b(?:by|per|on|nach|selon|segun|volgens) (?:body )?(?:weight|bw|gewicht|poids|peso)\b|"
    r"\bweight[ -](?:matched|based|adjusted|dependent|class)"
)
_UNIT_OF = {
    word: (name.partition("_")[0], unit)
    for name, (unit, words) in UNITS.items()
    for word in words.split("|")
}


def _units_of(words: str) -> dict[str, str]:
    """The units that a text names in brackets, or plainly: by quantity."""
    bracketed = [_IN_UNIT.sub("", inside.strip()) for inside in _BRACKETS.findall(words)]
    outside = _BRACKETS.sub(" ", words)
    if (tail := re.search(r"(?:,| in| en| em| w| в) ([^\s,]+)$", outside)) is not None:
        bracketed.append(tail[1])
    tokens = re.split(r"[\s,;:]+", outside)
    for before, token in zip(["", *tokens], tokens, strict=False):
        if token in _BARE_UNITS and not re.fullmatch(r"[\d.]+", before):
            bracketed.append(token)
    if re.search(r"(?<![\d.])(?<!\d )%", outside):
        bracketed.append("%")
    if (last := tokens[-1]) in _UNIT_OF and _UNIT_OF[last][0] in _PATTERNS | {"mass": ""}:
        quantity = "weight" if _UNIT_OF[last][0] == "mass" else _UNIT_OF[last][0]
        bracketed += [last] if _PATTERNS[quantity].search(outside) else []
    units: dict[str, str] = {}
    for unit in bracketed:
        if unit in _UNIT_OF:
            units.setdefault(*_UNIT_OF[unit])
    return units


def _of_volumes(words: str, units: dict[str, str], quantities: set[str]) -> Meaning | None:
    if "log" in quantities:
        return Meaning("log")
    if (
        "relative" in quantities
        or "relative" in units
        or ("change" in quantities and _is_named(words))
    ):
        return Meaning("relative")
    if _FLUID.search(words) and not _TUMOR.search(words):
        return Meaning("other_volume")
    if {"weight", "body_weight", "diameter", *_GEOMETRY, "flux"} & quantities:
        return None
    others = units.keys() - {"volume"}
    if others and "volume" not in units:
        return Meaning("unit", units[min(others)])
    return Meaning("volume", units.get("volume", ""))


def _of_weights(words: str, units: dict[str, str]) -> Meaning:
    if _OF_ORGANS.search(words):
        return Meaning("weight", units.get("mass", ""))
    if "relative" in units or any(_PATTERNS[name].search(words) for name in ("relative", "change")):
        return Meaning("weight_change")
    return Meaning("body_weight", units.get("mass", ""))


def _strong(words: str, units: dict[str, str], quantities: set[str]) -> str:
    """The quantity that a text names by a word or unit of its own, or in so many words."""
    for quantity in ("flux", "diameter"):
        if quantity in quantities:
            return quantity
    for quantity in _GEOMETRY:
        unit = "area" if quantity == "area" else "diameter"
        if quantity in quantities and (unit in units or _TUMOR.search(words) or _is_named(words)):
            return quantity
    for quantity in _WEAK:
        about_tumors = "growth" in quantities and quantity != "count"
        if quantity in quantities and (
            quantity in units or (_is_named(words) and not about_tumors)
        ):
            return quantity
    for quantity in ("log", "relative"):
        if quantity in quantities:
            return quantity
    if units:
        return next(iter(units))
    return "relative" if "change" in quantities and _is_named(words) else ""


@cache
def _named() -> re.Pattern[str]:
    """Any word for a quantity."""
    return re.compile("|".join(f"(?:{source})" for source in _SOURCES.values()))


def _is_named(words: str) -> bool:
    """Whether a text says little more than the quantity that it names."""
    tokens = re.findall(r"[^\W_]+", words)
    if _ABOUT & set(tokens):
        return False
    rest = re.findall(r"[^\W_]+", _named().sub(" ", _BRACKETS.sub(" ", words)))
    telling = [t for t in rest if t not in _FILLERS and len(t) > 1 and t.isalpha()]
    return len(telling) <= _MOST_WORDS
