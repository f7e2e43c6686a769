"""What a combination is held against: Bliss, the best part, additivity, the interaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.lattice import (
    NO_DRUG,
    Drugs,
    arm_for,
    called,
    combined,
    subsets,
    why_no_arm,
)
from xenotrack.doubts import Doubt
from xenotrack.model.estimates import ArmEstimates
from xenotrack.study.design import Arm, Design

Terms = Mapping[Drugs, float]


@dataclass(frozen=True)
class Expectation:
    """What an arm of several drugs is held against.

    Each of ``terms`` weighs cells of the drug lattice, the combination itself with 1, so that its
    sum is the excess over the expectation; several are the parts of which the best is meant.
    """

    combination: str
    reference: str
    text: str
    terms: tuple[Terms, ...]

    @property
    def cells(self) -> tuple[Drugs, ...]:
        """Every set of drugs that it needs."""
        return tuple(dict.fromkeys(cell for terms in self.terms for cell in terms))

    @property
    def is_of_two(self) -> bool:
        """Whether the combination is of two drugs."""
        return max(len(cell) for cell in self.cells) == 2


def bliss(design: Design, arm: Arm) -> Iterator[Expectation]:
    """Against single drugs: ``β_comb − Σ β_single + (n − 1) β_vehicle``.

    On the scale of ln volume independent effects add up (Bliss 1939, Ann Appl Biol 26:585).
    """
    text = listed(design, subsets(arm.drugs, 1), "and")
    yield Expectation(arm.name, "bliss", text, (single_terms(arm),))


def bliss_doublet(design: Design, arm: Arm) -> Iterator[Expectation]:
    """Against a sub-combination and the drug it lacks: ``β_ABZ − β_AB − β_Z + β_vehicle``."""
    for drug in sorted(arm.drugs) if len(arm.drugs) >= 3 else ():
        rest, single = arm.drugs - {drug}, frozenset([drug])
        terms = {arm.drugs: 1.0, rest: -1.0, single: -1.0, NO_DRUG: 1.0}
        text = listed(design, [rest, single], "and")
        yield Expectation(arm.name, "bliss_doublet", text, (terms,))


def hsa(design: Design, arm: Arm) -> Iterator[Expectation]:
    """Against the highest single agent: the largest of ``β_comb − β_single``."""
    yield best_of(design, arm, "hsa", subsets(arm.drugs, 1))


def hsa_doublet(design: Design, arm: Arm) -> Iterator[Expectation]:
    """Against the best of the combinations that lack one of its drugs."""
    if len(arm.drugs) >= 3:
        yield best_of(design, arm, "hsa_doublet", subsets(arm.drugs, len(arm.drugs) - 1))


def additivity(design: Design, arm: Arm) -> Iterator[Expectation]:
    """On relative volumes: ``RTV_comb − Σ RTV_single + (n − 1) RTV_vehicle``."""
    text = listed(design, subsets(arm.drugs, 1), "and")
    yield Expectation(arm.name, "additivity", text, (single_terms(arm),))


def interaction(design: Design, arm: Arm) -> Iterator[Expectation]:
    """Beyond all smaller combinations: ``Σ (−1)^(n − |S|) β_S`` over the subsets S of its drugs.

    For two drugs this is Bliss; for three it is how the interaction of two differs with and
    without the third.
    """
    count = len(arm.drugs)
    terms = {
        cell: (-1.0) ** (count - size)
        for size in range(count, -1, -1)
        for cell in subsets(arm.drugs, size)
    }
    text = "its single drugs" if count == 2 else "all smaller combinations"
    yield Expectation(arm.name, "interaction", text, (terms,))


REFERENCES: dict[str, Callable[[Design, Arm], Iterator[Expectation]]] = {
    "bliss": bliss,
    "bliss_doublet": bliss_doublet,
    "hsa": hsa,
    "hsa_doublet": hsa_doublet,
    "additivity": additivity,
    "interaction": interaction,
}
REFERENCE_NAMES = {
    "bliss": "Bliss",
    "bliss_doublet": "Bliss over {}",
    "hsa": "the best single drug (HSA)",
    "hsa_doublet": "the {}",
    "additivity": "response additivity",
    "interaction": "the interaction beyond {}",
}


def expectations(design: Design) -> list[Expectation]:
    """All that a combination could be held against, whether the study has the arms or not."""
    return [
        expectation
        for reference in REFERENCES.values()
        for arm in combined(design)
        for expectation in reference(design, arm)
    ]


def single_terms(arm: Arm) -> Terms:
    """The combination less its single drugs, the vehicle given back for each but one."""
    singles = dict.fromkeys(subsets(arm.drugs, 1), -1.0)
    return {arm.drugs: 1.0, **singles, NO_DRUG: len(arm.drugs) - 1.0}


def best_of(design: Design, arm: Arm, reference: str, parts: Sequence[Drugs]) -> Expectation:
    """The combination less each of its parts."""
    text = f"best of {listed(design, parts, 'and')}"
    return Expectation(arm.name, reference, text, tuple({arm.drugs: 1.0, p: -1.0} for p in parts))


def listed(design: Design, cells: Sequence[Drugs], joint: str) -> str:
    """Sets of drugs by the names of their arms, in a row."""
    return f" {joint} ".join(called(design, cell) for cell in cells)


def weights_of(design: Design, arms: tuple[str, ...], expectation: Expectation) -> Floats:
    """Weights over the arms, a row for each of the expectation's terms."""
    weights = np.zeros((len(expectation.terms), len(arms)))
    for row, terms in zip(weights, expectation.terms, strict=True):
        for cell, weight in terms.items():
            name = arm_for(design, cell, expectation.combination)
            row[arms.index(str(name))] += weight
    return weights


def arms_of(design: Design, expectation: Expectation) -> tuple[str, ...]:
    """The arms that stand for the cells of an expectation."""
    names = (arm_for(design, cell, expectation.combination) for cell in expectation.cells)
    return tuple(dict.fromkeys(str(name) for name in names))


def has_arms(design: Design, estimates: ArmEstimates, expectation: Expectation) -> bool:
    """Whether an arm stands for every cell that an expectation needs."""
    names = (arm_for(design, cell, expectation.combination) for cell in expectation.cells)
    return all(name in estimates.arms for name in names)


def obstacles(design: Design, estimates: ArmEstimates, asked: Expectation) -> Iterator[str]:
    """Why an excess cannot be computed: what no arm received, or what was not estimable."""
    for cell in asked.cells:
        name = arm_for(design, cell, asked.combination)
        if name is None:
            yield why_no_arm(design, cell, asked.combination)
        elif name not in estimates.arms:
            yield f"arm {name} has no estimate"
        else:
            at = estimates.arms.index(name)
            if np.isnan(estimates.values[at]):
                yield f"arm {name} has no estimate"
            elif np.isnan(estimates.covariance[at, at]):
                yield f"arm {name} has no standard error (fewer than two usable mice or cages)"


def impossible(
    expectations: Sequence[Expectation], design: Design, estimates: ArmEstimates
) -> Iterator[Doubt]:
    """What cannot be computed, with every reason: one doubt a combination and set of reasons."""
    lacking: dict[tuple[str, str], list[Expectation]] = {}
    for expectation in expectations:
        # The interaction of two drugs is their Bliss excess: what it lacks is said there.
        if expectation.is_of_two and expectation.reference == "interaction":
            continue
        reasons = "; ".join(dict.fromkeys(obstacles(design, estimates, expectation)))
        if reasons:
            lacking.setdefault((expectation.combination, reasons), []).append(expectation)
    for (arm, reasons), rows in lacking.items():
        names = ", ".join(REFERENCE_NAMES[e.reference].format(e.text) for e in rows)
        text = f"For {arm}, what cannot be computed: {names}; because {reasons}."
        yield Doubt(f"no-{rows[0].reference.replace('_', '-')}", (arm,), "synergy", text)
