"""The full factorial: what each drug does on average, and which drugs depend on one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import RawContrasts, estimate_contrasts, finite
from xenotrack.compare.families import spelled
from xenotrack.compare.joint_tests import JointOf
from xenotrack.compare.lattice import Drugs, arm_for, combined, subsets
from xenotrack.compare.multiplicity import holm_p
from xenotrack.glossary import TABLES
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.smallsample import JointTest
from xenotrack.study.design import Arm, Design

if TYPE_CHECKING:
    import pandas as pd

ORDERS = {1: "main effect", 2: "two-way interaction", 3: "three-way interaction"}


@dataclass(frozen=True, eq=False, kw_only=True)
class Factorial(RawContrasts):
    """Main effects and interactions of growth rates, averaged over the other drugs.

    Holm's p-values within the effects of one order. ``additive`` is the joint test that no drugs
    interact, ``inert`` the one that no drug does anything; None where the model has none.
    """

    drugs: tuple[str, ...]
    effects: tuple[Drugs, ...]
    p_adjusted: Floats
    method: str
    additive: JointTest | None = None
    inert: JointTest | None = None

    def to_frame(self) -> pd.DataFrame:
        """A row an effect, then the joint tests (F, df of its denominator)."""
        import pandas as pd

        effects = pd.DataFrame(
            {
                "effect": pd.Series([spelled(cell) for cell in self.effects], dtype=object),
                "order": pd.Series([order_name(cell) for cell in self.effects], dtype=object),
                "averaged_over": pd.Series(
                    [spelled(set(self.drugs) - cell) for cell in self.effects], dtype=object
                ),
                **{name: finite(values) for name, values in self.columns().items()},
                "p_adjusted": self.p_adjusted,
                "adjustment": pd.Series(["holm"] * len(self.effects), dtype=object),
                "df_numerator": np.nan,
                "method": pd.Series([self.method] * len(self.effects), dtype=object),
            }
        )
        of = f"of {spelled(self.drugs)}"
        joints = [(f"all interactions {of}", self.additive), (f"all effects {of}", self.inert)]
        rows = [joint_row(name, test, self.method) for name, test in joints if test is not None]
        records = [*effects.to_dict("records"), *rows]
        return pd.DataFrame(records, columns=list(TABLES["factorial"]))


def joint_row(name: str, test: JointTest, method: str) -> dict[str, object]:
    """A joint test in the columns of the effects: F as the statistic, with both its df."""
    return {
        "effect": name,
        "order": "joint F test",
        "averaged_over": "",
        "df": test.df_denominator if np.isfinite(test.df_denominator) else np.nan,
        "statistic": test.statistic,
        "p_value": test.p_value,
        "df_numerator": test.df_numerator,
        "method": method,
    }


def estimate_factorials(
    estimates: ArmEstimates, design: Design, level: float = 0.95, joint: JointOf | None = None
) -> tuple[Factorial, ...]:
    """The factorial of every largest combination whose sub-combinations all have an arm."""
    return tuple(
        estimate_factorial(estimates, design, arm, level, joint)
        for arm in full_factorials(estimates, design)
    )


def full_factorials(estimates: ArmEstimates, design: Design) -> Iterator[Arm]:
    """The combinations with an estimable arm for every subset, save for parts of larger ones."""
    full = [arm for arm in combined(design) if all(has_cells(estimates, design, arm))]
    for arm in full:
        if not any(arm.drugs < other.drugs for other in full):
            yield arm


def has_cells(estimates: ArmEstimates, design: Design, arm: Arm) -> Iterator[bool]:
    """Of each subset of an arm's drugs, whether a model has the rate and its error."""
    spread = np.diag(estimates.covariance)
    for cell in cells_of(arm):
        name = arm_for(design, cell, arm.name)
        yield name in estimates.arms and bool(np.isfinite(spread[estimates.arms.index(str(name))]))


def estimate_factorial(
    estimates: ArmEstimates, design: Design, arm: Arm, level: float, joint: JointOf | None
) -> Factorial:
    """The effects of one full factorial: single drugs first, then pairs, then triples."""
    effects = tuple(cell for cell in cells_of(arm) if cell)
    weights = np.vstack([effect_weights(estimates, design, arm, effect) for effect in effects])
    raw = estimate_contrasts(estimates, weights, level)
    sizes = np.array([len(effect) for effect in effects])
    p_adjusted = np.full(len(effects), np.nan)
    for size in np.unique(sizes):
        p_adjusted[sizes == size] = holm_p(raw.p_value[sizes == size])
    testable = joint is not None and bool(raw.estimable.all())
    return Factorial(
        **raw.columns(),
        drugs=tuple(sorted(arm.drugs)),
        effects=effects,
        p_adjusted=p_adjusted,
        method=estimates.method,
        additive=joint(weights[sizes > 1]) if joint and testable else None,
        inert=joint(weights) if joint and testable else None,
    )


def cells_of(arm: Arm) -> list[Drugs]:
    """Every subset of an arm's drugs, the empty one first."""
    return [cell for size in range(len(arm.drugs) + 1) for cell in subsets(arm.drugs, size)]


def effect_weights(estimates: ArmEstimates, design: Design, arm: Arm, effect: Drugs) -> Floats:
    """Weights of an effect: its alternating sum, averaged over all settings of the other drugs.

    ``Σ (−1)^(|T| − |S ∩ T|) β_S / 2^(n − |T|)`` over all subsets S, T being the effect's drugs:
    for one drug the mean difference with and without it.
    """
    weights = np.zeros(len(estimates.arms))
    for cell in cells_of(arm):
        sign = (-1.0) ** len(effect - cell)
        name = str(arm_for(design, cell, arm.name))
        weights[estimates.arms.index(name)] += sign / 2 ** (len(arm.drugs) - len(effect))
    return weights


def order_name(effect: Drugs) -> str:
    """How many drugs an effect is of, in words."""
    return ORDERS.get(len(effect), f"{len(effect)}-way interaction")
