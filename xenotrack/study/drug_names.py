"""What the names of arms say together: which is the control, and whose parts a combination has."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from xenotrack.study.design import NO_DRUG_WORDS, drugs_in_name, outside_brackets

# `01 - Vehicle`, `4.D+R`, `Group 2: A`, `G3 A`.
_NUMBERED = re.compile(
    r"\A\s*(?:(?:group|grp|arm|g|gr)[\s_.]*\d+[\s_.:)-]+|\d+\s*[.):_-]\s*)(?=\D)", re.IGNORECASE
)
_DOSE = re.compile(
    r"[\s,_]*\b\d[\d.,]*\s*(?:mg|µg|μg|ug|mpk|g|iu|nmol|µmol|gy|ml|%)\b.*", re.IGNORECASE
)
_AMOUNT = re.compile(
    r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s*(?:mg|µg|μg|ug|mpk|g|iu|nmol|µmol|gy|ml|%)(?![a-z]{3})",
    re.IGNORECASE,
)
_NOTHING_GIVEN = (
    rf"(?:(?:neg(?:ative)?|grupo|gruppo di|groupe) )?"
    rf"(?:{'|'.join(sorted(map(re.escape, NO_DRUG_WORDS), key=len, reverse=True))}|ctr|ctl|cntrl|"
    r"cont|salina|solução salina|solución salina|kochsalz(?:lösung)?|lösungsmittel|"
    r"träger(?:substanz)?|"
    r"t[ée]moins?|controllo|溶媒(?:对照)?[组群]?|溶剤[群]?|空白对照[组]?|"
    r"dmso|pbs|saline|nacl|mock|sham|water|isotype|igg\d?[a-z]?|rat igg|mouse igg|non[ -]?treated|"
    r"not treated|no drug|no tx|diluent|solvent|methyl ?cellulose|corn oil|sucrose)"
    r"(?:[\s_-]+(?:control|ctrl|only|alone|group|arm|treated|treatment|antibody|mab|ab|igg\d?[a-z]?|"
    r"isotype|vehicle|\d+))*"
)
_CONTROL = re.compile(rf"{_NOTHING_GIVEN}(?: ?[/&] ?{_NOTHING_GIVEN})*", re.IGNORECASE)
# How something is given says nothing of what it is.
_ROUTE = re.compile(
    r"[\s,;]+(?:p\.?o|i\.?p|i\.?v|s\.?c|q\.?d|b\.?i\.?d|q\d+d|q\.?o\.?d|qw|biw|tiw|daily|oral(?:ly)?|"
    r"(?:oral )?gavage)\.?(?![^\s,;])",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"(?:group|grp|arm|g|gr)?[\s_.]*\d*[\s_.:-]*", re.IGNORECASE)
_AND = r"&|\b(?:and|plus|with|und|mit|et|avec|y|con|e|com|en|met|och|med)\b|\bw/"
_KINDS = r"\b(?:combo|combination|combined|comb|both|dual|doublet|triplet?|all)\b"
# A stroke or a hyphen may as well stand between what is given in turn, or within a name: CDK4/6i.
_COMBINED = re.compile(
    rf"{_KINDS}|&|/(?!6)|\b(?:and|plus|with|und|mit)\b|\bw/|(?<=[a-z]{{4}})-(?=[a-z]{{4}})",
    re.IGNORECASE,
)
# How substances are called: by the ends of their names, by a code, by a word for it and a letter.
_SUBSTANCE = re.compile(
    r"[a-z-]{3,}(?:ib|mab|strant|lutamide|olimus|oxifen|taxel|platin|rubicin|clax|ostat|domide|tecan|"
    r"poside|abine|trexed|trexate|ozole|olomide|vedotin|tansine|metformin)|"
    r"(?!day|tag|week|wk|exp|cage|room|pdx|jour|dia)"
    r"(?:[a-z]{2,4}[- ]?\d{3,6}[a-z]?|[a-z]{2,4}-\d{2,6})|5-?fu|"
    r"(?:pi3k|mtor|akt|mek|erk|cdk ?\d(?:/\d)?|her2|egfr|fgfr|parp|bcl-?2|atr|wee1) ?i"
    r"(?:nhibitor)?|"
    r"(?:drug|compound|cmpd|cpd|agent|inhibitor)[ _-]?[a-z0-9]{1,2}",
    re.IGNORECASE,
)
_SHORT = 3  # letters of names that are put together without a mark: A, R and AR


@dataclass(frozen=True)
class Names:
    """The drugs of each arm; which arms were taken for controls, matched, or not understood."""

    drugs: Mapping[str, frozenset[str]]
    controls: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def names_substance(name: str) -> bool:
    """Whether a column is called as a drug is: by its name or code, or with a dose's unit.

    >>> [names_substance(name) for name in ("alpelisib", "BYL719", "Drug A", "ICI (mg/kg)")]
    [True, True, True, True]
    >>> [names_substance(name) for name in ("Dead", "Ulcerated", "M101", "Sex", "Day 101", "T1")]
    [False, False, False, False, False, False]
    """
    bare = outside_brackets(name).strip()
    dosed = re.search(r"[(\[\s](?:mg/kg|mpk|mg/kg/day|µg|μg|mg)\b", name, re.IGNORECASE)
    return bool(dosed and bare) or _SUBSTANCE.fullmatch(bare) is not None


def read_names(names: Sequence[str], control: str | None = None) -> Names:
    """The drugs that the names of a study's arms spell, read beside each other.

    Where a ``control`` is declared no other is looked for.

    >>> read = read_names(["1.CTR", "2.D", "3.R", "4.D+R"])
    >>> sorted(read.drugs["4.D+R"]), read.controls, read.matched
    (['2.D', '3.R'], ('1.CTR',), ('4.D+R',))
    >>> read = read_names(["Vehicle", "Erlotinib", "Midostaurin", "Erl + Mido"])
    >>> sorted(read.drugs["Erl + Mido"])
    ['Erlotinib', 'Midostaurin']
    >>> read = read_names(["Vehicle", "A", "R", "A and R", "AR"])
    >>> sorted(read.drugs["A and R"]), read.unclear
    (['A', 'R'], ('AR',))
    """
    drugs = {name: drugs_in_name(name) for name in names}
    stem = _stem(names)
    controls = _controls(drugs, stem) if control is None else ()
    drugs |= dict.fromkeys(controls, frozenset())
    single = {name: next(iter(of_arm)) for name, of_arm in drugs.items() if len(of_arm) == 1}
    matched = []
    for name, of_arm in drugs.items():
        parts = _matched(of_arm, single) if len(of_arm) > 1 else _spelled(name, single)
        if parts is not None and parts != of_arm:
            drugs[name] = parts
            matched.append(name)
    known = {drug for of_arm in drugs.values() if len(of_arm) > 1 for drug in of_arm}
    unclear = [
        name
        for name, drug in single.items()
        if drug not in known
        and name not in matched
        and (_COMBINED.search(_without_doses(name)) or _mentions_two(name, single))
    ]
    return Names(drugs, controls, tuple(matched), tuple(unclear) if len(names) > 2 else ())


def _stem(names: Sequence[str]) -> str:
    """What all names begin with, up to a mark: ``Therapy_`` of ``Therapy_A``, ``Therapy_Ctrl``."""
    if len(names) < 2:
        return ""
    found = re.match(r".*[_\s:-]", names[0])
    return found[0] if found and all(name.startswith(found[0]) for name in names) else ""


def _controls(drugs: Mapping[str, frozenset[str]], stem: str) -> tuple[str, ...]:
    """The arms whose names say that they receive no drug, where no name says so plainly."""
    if not all(drugs.values()):
        return ()
    return tuple(name for name in drugs if _CONTROL.fullmatch(_bare(name.removeprefix(stem))))


def _bare(name: str) -> str:
    """A name without its number, without brackets, without a dose and how it is given.

    >>> _bare("01 - Vehicle (0.5 % MC), PO"), _bare("Group 2 (Drug A)"), _bare("Drug 5 mg/kg QD")
    ('Vehicle', 'Drug A', 'Drug')
    """
    outside = outside_brackets(name).strip()
    inside = re.search(r"[(\[{]([^()\[\]{}]+)[)\]}]", name)
    if inside and _COUNTED.fullmatch(outside):
        outside = inside[1].strip()
    text = _ROUTE.sub("", _DOSE.sub("", _NUMBERED.sub("", outside, count=1)))
    return re.sub(r"[\s_-]+", " ", text).strip(" .,;:-_")


def _without_doses(name: str) -> str:
    """A name without its number, without brackets and without its doses, whatever follows them."""
    text = _NUMBERED.sub("", outside_brackets(name).strip(), count=1)
    return _spaced(re.sub(rf"(?:{_AMOUNT.pattern})(?:/\w+)?", " ", text, flags=re.IGNORECASE))


def _spaced(name: str) -> str:
    return re.sub(r"[_.]+", " ", name)


def _matched(words: Collection[str], single: Mapping[str, str]) -> frozenset[str] | None:
    """The drugs of other arms that the words of a combination mean; None where one means none."""
    meanings = [_meant(word, list(single.values())) for word in words]
    if None in meanings or len(set(meanings)) < len(words):
        return None
    return frozenset(drug for drug in meanings if drug is not None)


def _spelled(name: str, single: Mapping[str, str]) -> frozenset[str] | None:
    """The drugs of other arms that a name without a plus spells one after another, if it does."""
    others = {arm: drug for arm, drug in single.items() if arm != name}
    inner = re.sub(rf"[()\[\]]|{_KINDS}", " ", _NUMBERED.sub("", name, count=1), flags=re.I)
    texts = re.split(rf"{_AND}|\+", inner, flags=re.IGNORECASE)
    words = [word for text in texts if (word := text.strip(" :,"))]
    return _matched(words, others) if len(words) > 1 else None


def _mentions_two(name: str, single: Mapping[str, str]) -> bool:
    """Whether a name holds those of two other arms, as words of it or as letters of all of it."""
    text = " ".join(_without_doses(name).casefold().split())
    others = {_bare(arm).casefold() for arm in single if arm != name} - {text, ""}
    letters = "|".join(re.escape(one) for one in others if len(one) <= _SHORT and one.isalpha())
    if letters and re.fullmatch(rf"(?:{letters}){{2,}}", text):
        return True
    words = {one.split()[0] for one in others}
    found = [word for word in words if re.search(rf"\b{re.escape(word)}", text)]
    return sum(len(word) >= _SHORT for word in found) > 1


def _meant(word: str, drugs: list[str]) -> str | None:
    """The one drug that a word means: its own name, the beginning of it, or its last word."""
    if word in drugs:
        return word
    plain = {drug: _bare(drug).casefold() for drug in drugs}
    short = _bare(word).casefold()
    same = [drug for drug, text in plain.items() if text == short]
    begun = [drug for drug, text in plain.items() if short and text.startswith(short)]
    ended = [drug for drug, text in plain.items() if short and text.endswith(f" {short}")]
    chosen = [drug for drug in same or begun or ended if not _differ(_doses(word), _doses(drug))]
    return chosen[0] if len(chosen) == 1 else None


def _doses(name: str) -> frozenset[float]:
    """The doses that a name says, in whatever unit."""
    return frozenset(float(number.replace(",", ".")) for number in _AMOUNT.findall(name))


def _differ(doses: frozenset[float], others: frozenset[float]) -> bool:
    """Whether both say a dose, and not the same: 10 mg/kg of a drug are no part of 25 mg/kg."""
    return bool(doses and others) and doses != others
