"""Is a combination more than its parts: Bliss and the interactions, on growth rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import TYPE_CHECKING

import numpy as np

from xenotrack.compare.contrasts import RawContrasts, estimate_contrasts, finite
from xenotrack.compare.families import spelled
from xenotrack.compare.multiplicity import holm_p
from xenotrack.doubts import Doubt
from xenotrack.model.estimates import ArmEstimates, Floats
from xenotrack.study.design import Arm, Design

if TYPE_CHECKING:
    import pandas as pd

Drugs = frozenset[str]
NO_DRUG: Drugs = frozenset()
UNDECIDED = "additive or undecided"


@dataclass(frozen=True)
class Expectation:
    """What an arm of several drugs would do if they only added up.

    ``terms`` weigh the cells of the drug lattice, the combination itself with 1: their sum is the
    excess over the expectation.
    """

    combination: str
    reference: str
    text: str
    terms: Mapping[Drugs, float]


@dataclass(frozen=True, eq=False, kw_only=True)
class Synergy(RawContrasts):
    """Excess of each combination over what a reference expects of it; negative is synergy."""

    asked: tuple[Expectation, ...]
    scale: str
    day: float | None
    level: float
    p_adjusted: Floats
    doubts: tuple[Doubt, ...] = ()

    @property
    def verdicts(self) -> tuple[str | None, ...]:
        """Each row read in words, by its adjusted p-value."""
        claimed = np.nan_to_num(self.p_adjusted, nan=1.0) < 1 - self.level
        return tuple(
            read(expectation, float(excess)) if sure else UNDECIDED if known else None
            for expectation, excess, sure, known in zip(
                self.asked, self.estimate, claimed, self.estimable, strict=True
            )
        )

    def index(self, excess: Floats) -> Floats:
        """Ratio of the volume at ``day`` to the expected one, ``exp(day · excess rate)``."""
        if self.day is None:
            return np.full(len(excess), np.nan)
        return np.exp(np.clip(self.day * excess, -700, 700))

    def to_frame(self) -> pd.DataFrame:
        """A row a combination and reference, as the table ``synergy`` has it."""
        import pandas as pd

        def words(values: Sequence[str | None]) -> pd.Series:
            return pd.Series(values, dtype=object)

        count = len(self.asked)
        numbers = {name: finite(values) for name, values in self.columns().items()}
        return pd.DataFrame(
            {
                "combination": words([e.combination for e in self.asked]),
                "reference": words([e.reference for e in self.asked]),
                "expectation": words([e.text for e in self.asked]),
                "scale": words([self.scale] * count),
                "day": np.full(count, np.nan if self.day is None else self.day),
                **numbers,
                "p_adjusted": self.p_adjusted,
                "adjustment": words(["holm"] * count),
                "combination_index": self.index(self.estimate),
                "index_low": self.index(self.conf_low),
                "index_high": self.index(self.conf_high),
                "verdict": words(self.verdicts),
            }
        )


def estimate_synergy(
    estimates: ArmEstimates, design: Design, level: float = 0.95, day: float | None = None
) -> Synergy:
    """Excess growth rate of every combination over Bliss and over its smaller combinations.

    p-values are adjusted by Holm across the rows of one reference; the interval and the index at
    ``day`` are of one row alone. What cannot be computed is said among the doubts.
    """
    possible = list(expectations(design))
    asked = [e for e in possible if all(design.arm_of(c) in estimates.arms for c in e.terms)]
    weights = np.array([weights_of(design, estimates.arms, e.terms) for e in asked], dtype=float)
    raw = estimate_contrasts(estimates, weights.reshape(len(asked), len(estimates.arms)), level)
    return Synergy(
        **raw.columns(),
        asked=tuple(asked),
        scale="rate",
        day=day,
        level=level,
        p_adjusted=holm_by_reference(asked, raw.p_value),
        doubts=tuple(impossible(possible, design, estimates)),
    )


def expectations(design: Design) -> Iterator[Expectation]:
    """All that a combination could be held against, whether the study has the arms or not."""
    for reference in (bliss, bliss_doublet, interaction):
        for arm in design.arms:
            if len(arm.drugs) >= 2:
                yield from reference(design, arm)


def bliss(design: Design, arm: Arm) -> Iterator[Expectation]:
    """Against single drugs: ``β_comb − Σ β_single + (n − 1) β_vehicle``.

    On the scale of ln volume independent effects add up (Bliss 1939, Ann Appl Biol 26:585).
    """
    singles = {frozenset([drug]): -1.0 for drug in sorted(arm.drugs)}
    terms = {arm.drugs: 1.0, **singles, NO_DRUG: len(arm.drugs) - 1.0}
    text = " and ".join(called(design, single) for single in singles)
    yield Expectation(arm.name, "bliss", text, terms)


def bliss_doublet(design: Design, arm: Arm) -> Iterator[Expectation]:
    """Against a sub-combination and the drug it lacks: ``β_ABZ − β_AB − β_Z + β_vehicle``."""
    for drug in sorted(arm.drugs) if len(arm.drugs) >= 3 else ():
        rest, single = arm.drugs - {drug}, frozenset([drug])
        terms = {arm.drugs: 1.0, rest: -1.0, single: -1.0, NO_DRUG: 1.0}
        text = f"{called(design, rest)} and {called(design, single)}"
        yield Expectation(arm.name, "bliss_doublet", text, terms)


def interaction(design: Design, arm: Arm) -> Iterator[Expectation]:
    """Beyond all smaller combinations: ``Σ (−1)^(n − |S|) β_S`` over the subsets S of its drugs.

    For two drugs this is Bliss; for three it is how the interaction of two differs with and
    without the third.
    """
    drugs = sorted(arm.drugs)
    terms = {
        frozenset(cell): (-1.0) ** (len(drugs) - size)
        for size in range(len(drugs), -1, -1)
        for cell in combinations(drugs, size)
    }
    text = "its single drugs" if len(drugs) == 2 else "all smaller combinations"
    yield Expectation(arm.name, "interaction", text, terms)


def called(design: Design, drugs: Drugs) -> str:
    """The arm of these drugs by its name, or the drugs where no one arm received them."""
    return design.arm_of(drugs) or spelled(drugs)


def weights_of(design: Design, arms: tuple[str, ...], terms: Mapping[Drugs, float]) -> list[float]:
    """Weights over the arms, from weights over sets of drugs."""
    by_name = {design.arm_of(cell): weight for cell, weight in terms.items()}
    return [by_name.get(name, 0.0) for name in arms]


def obstacles(design: Design, estimates: ArmEstimates, expectation: Expectation) -> Iterator[str]:
    """Why an excess cannot be computed: what no arm received, or what was not estimable."""
    for cell in expectation.terms:
        name = design.arm_of(cell)
        if name is None:
            yield why_no_arm(design, cell, expectation.combination)
        elif name not in estimates.arms or np.isnan(estimates.values[estimates.arms.index(name)]):
            yield f"arm {name} has no estimate"


def why_no_arm(design: Design, drugs: Drugs, combination: str) -> str:
    """Why no one arm stands for a set of drugs."""
    same = [arm.name for arm in design.arms if arm.drugs == drugs]
    if same:
        return f"{len(same)} arms received the same drugs ({', '.join(same)})"
    if not drugs:
        return "no arm is without a drug"
    others = frozenset[str]().union(*(arm.drugs for arm in design.arms if arm.name != combination))
    if len(drugs) == 1 and not drugs <= others:
        return f"no other arm received {spelled(drugs)}"
    return f"no arm received {spelled(drugs)}{' alone' if len(drugs) == 1 else ''}"


def impossible(
    expectations: list[Expectation], design: Design, estimates: ArmEstimates
) -> Iterator[Doubt]:
    """What cannot be computed, with every reason: one doubt a combination and reference."""
    lacking = [(e, list(obstacles(design, estimates, e))) for e in expectations]
    # The interaction of two drugs is their Bliss excess: what it lacks is said there.
    told = [(e, why) for e, why in lacking if why and not (is_pair(e) and e.reference != "bliss")]
    for (reference, arm), group in groupby(told, lambda x: (x[0].reference, x[0].combination)):
        rows = list(group)
        texts = " or ".join(e.text for e, _ in rows)
        reasons = "; ".join(dict.fromkeys(reason for _, why in rows for reason in why))
        named = REFERENCE_NAMES[reference].format(texts)
        text = f"{named} cannot be computed: {reasons}."
        yield Doubt(f"no-{reference.replace('_', '-')}", arm, text)


def is_pair(expectation: Expectation) -> bool:
    """Whether the combination is of two drugs."""
    return max(len(cell) for cell in expectation.terms) == 2


REFERENCE_NAMES = {
    "bliss": "Excess over its single drugs (Bliss)",
    "bliss_doublet": "Excess over {} (Bliss)",
    "interaction": "Interaction beyond {}",
}


def holm_by_reference(asked: list[Expectation], p_value: Floats) -> Floats:
    """Holm's p-values, each reference a family of its own."""
    adjusted = np.full(len(asked), np.nan)
    for reference in dict.fromkeys(e.reference for e in asked):
        rows = np.array([e.reference == reference for e in asked])
        adjusted[rows] = holm_p(p_value[rows])
    return adjusted


def read(expectation: Expectation, excess: float) -> str:
    """A claimed excess in words.

    An interaction of three says that the pairs do not explain the triple, not that the triple is
    worse than its parts: two strong pairs leave little for it to add.
    """
    if expectation.reference == "interaction" and not is_pair(expectation):
        return "beyond its pairs" if excess < 0 else "less than its pairs predict"
    return "synergy" if excess < 0 else "antagonism"
