"""The short name of each arm: what is declared, else the initials of its drugs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from xenotrack.present.words import drawable
from xenotrack.study.design import Arm, Design

SHORT = 8  # characters of a name that needs no shorter one
LONGEST = 16  # characters of a name that had to stay, as far as it is then still unlike the others


def short_names(design: Design) -> dict[str, str]:
    """Each arm's short name: its ``label``, else its drugs' shortest unique initials (A+R+F).

    A name of a few letters stays as it is, and so does one whose initials another arm has as well.
    """
    initials = _initials({drug for arm in design.arms for drug in arm.drugs})
    short = {arm.name: _short(arm, design, initials) for arm in design.arms}
    counts = Counter(short.values())
    own = {
        arm.name: short[arm.name]
        if arm.label or counts[short[arm.name]] == 1
        else drawable(arm.name)
        for arm in design.arms
    }
    cut = Counter(_cut(name) for name in own.values())
    return {arm: _cut(name) if cut[_cut(name)] == 1 else name for arm, name in own.items()}


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


def drug_key(design: Design) -> dict[str, str]:
    """What the initials of drugs stand for, where an arm is called by them: A → alpelisib."""
    initials = _initials({drug for arm in design.arms for drug in arm.drugs})
    short = short_names(design)
    used = {
        drug
        for arm in design.arms
        if short[arm.name] not in (arm.label, drawable(arm.name))
        for drug in arm.drugs
    }
    return {initials[drug]: drawable(drug) for drug in sorted(used)}


def _short(arm: Arm, design: Design, initials: Mapping[str, str]) -> str:
    if arm.label:
        return drawable(arm.label)
    name = drawable(arm.name)
    if len(name) <= SHORT:
        return name
    if not arm.drugs:
        return name.split(" ")[0]
    return "+".join(initials[drug] for drug in _in_order(arm, design))


def _in_order(arm: Arm, design: Design) -> list[str]:
    """The drugs of an arm as it is declared, else as its name has them."""
    declared = design.rules.arms.get(arm.name)
    if declared is not None:
        return list(dict.fromkeys(declared.drugs))
    return sorted(arm.drugs, key=lambda drug: (arm.name.find(drug), drug))


def _initials(drugs: Iterable[str]) -> dict[str, str]:
    """The fewest first letters by which each drug differs from the others.

    >>> sorted(_initials({"alpelisib", "abemaciclib", "ribociclib"}).values())
    ['Ab', 'Al', 'R']
    >>> _initials({"drug", "drug 2"})["drug"]
    'Drug'
    """
    found = {drug: drawable(drug) for drug in drugs}
    plain = {drug: name.casefold() for drug, name in found.items()}

    def unique(drug: str, length: int) -> bool:
        start = plain[drug][:length]
        return not any(name.startswith(start) for other, name in plain.items() if other != drug)

    lengths = {
        drug: next((n for n in range(1, len(name)) if unique(drug, n)), len(name))
        for drug, name in found.items()
    }
    return {drug: _capital(name[: lengths[drug]].strip()) for drug, name in found.items()}


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
