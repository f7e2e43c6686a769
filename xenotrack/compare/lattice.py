"""The lattice of drug sets: vehicle ⊂ singles ⊂ doublets ⊂ …, and which arm stands for a set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from xenotrack.compare.families import spelled
from xenotrack.study.design import Arm, Design

Drugs = frozenset[str]
NO_DRUG: Drugs = frozenset()


def called(design: Design, drugs: Drugs) -> str:
    """The arm of these drugs by its name, or the drugs where no one arm received them."""
    return design.arm_of(drugs) or spelled(drugs)


def arm_for(design: Design, cell: Drugs, combination: str) -> str | None:
    """The arm that stands for a set of drugs; for its own set, the combination itself.

    A second arm of the same drugs does not keep a combination from being held against its parts.
    """
    if cell == design.drugs_of(combination):
        return combination
    return design.arm_of(cell)


def why_no_arm(design: Design, drugs: Drugs, combination: str) -> str:
    """Why no one arm stands for a set of drugs."""
    same = [arm.name for arm in design.arms if arm.drugs == drugs]
    if same:
        return f"{len(same)} arms received the same drugs ({', '.join(same)})"
    if not drugs:
        return "no arm is without a drug" + backbone_hint(design)
    others = frozenset[str]().union(*(arm.drugs for arm in design.arms if arm.name != combination))
    if len(drugs) == 1 and not drugs <= others:
        return f"no other arm received {spelled(drugs)}" + other_doses(design, drugs)
    alone = f" alone{other_doses(design, drugs)}" if len(drugs) == 1 else ""
    return f"no arm received {spelled(drugs)}{alone}"


def backbone_hint(design: Design) -> str:
    """What to do where every arm received the same backbone, which then is no drug of interest."""
    shared = frozenset[str].intersection(*(arm.drugs for arm in design.arms))
    if not shared:
        return ""
    return f" (all received {spelled(shared)}: leave it out under [arms] to ask what others add)"


def other_doses(design: Design, single: Drugs) -> str:
    """At which other doses a drug was given alone, as a hint in brackets."""
    (drug,) = single
    wanted = dose_of(drug)
    if wanted is None or any(len(stems(arm)) < len(arm.drugs) for arm in design.arms):
        return ""  # "Drug 1+Drug 2" are two drugs, not one at two doses
    given = [
        arm.name
        for arm in design.arms
        if len(arm.drugs) == 1 and (dose := dose_of(*arm.drugs)) and dose.drug == wanted.drug
    ]
    return f" ({wanted.drug} alone was given as {', '.join(given)})" if given else ""


class Dose(NamedTuple):
    """A drug at a dose, from a name such as ``palb_200`` or ``ET 5 mg/kg``."""

    drug: str
    amount: float
    unit: str


DOSE = re.compile(r"(?P<drug>.*?[^\W\d_].*?)[ _](?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>[^\W\d_].*)?")


def dose_of(name: str) -> Dose | None:
    """The drug and dose that a name spells: a stem, a blank or underscore, a number, a unit.

    Only dose grids read it: everywhere else a drug at another dose is another drug.

    >>> dose_of("tem_22.5")
    Dose(drug='tem', amount=22.5, unit='')
    >>> dose_of("ribociclib 75 mg/kg")
    Dose(drug='ribociclib', amount=75.0, unit='mg/kg')
    >>> dose_of("LEE011") is None
    True
    """
    match = DOSE.fullmatch(name.strip())
    if match is None:
        return None
    return Dose(match["drug"].strip(), float(match["amount"]), (match["unit"] or "").strip())


def stems(arm: Arm) -> set[str]:
    """The drugs of an arm, whatever their dose."""
    return {dose.drug if (dose := dose_of(drug)) else drug for drug in arm.drugs}


def subsets(drugs: Drugs, size: int) -> list[Drugs]:
    """The sets of so many of the drugs, in alphabetical order.

    >>> [spelled(cell) for cell in subsets(frozenset("BAC"), 2)]
    ['A+B', 'A+C', 'B+C']
    """
    return [frozenset(cell) for cell in combinations(sorted(drugs), size)]


def one_drug_more(design: Design) -> Iterator[tuple[str, str, str]]:
    """Every arm with each arm of one of its drugs less, and that drug; a dose is another drug."""
    for arm in design.arms:
        for part in design.arms:
            more = arm.drugs - part.drugs
            if part.drugs < arm.drugs and len(more) == 1:
                yield arm.name, part.name, next(iter(more))


def why_no_step(design: Design) -> str:
    """Why no drug is seen to add anything: it may be for want of a control."""
    if not any(True for _ in one_drug_more(design)):
        return "No two arms differ by one drug, so nothing is added to anything."
    if design.control is None:
        return "No arm is the control, so nothing is compared."
    return "No two arms that differ by one drug have growth rates to compare."


def combined(design: Design) -> list[Arm]:
    """The arms of two or more drugs, in display order."""
    return [arm for arm in design.arms if len(arm.drugs) >= 2]
