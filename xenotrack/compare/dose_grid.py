"""Dose grids: two drugs at several doses, the Bliss excess of each pair of doses and of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import RawContrasts, estimate_contrasts, finite
from xenotrack.compare.expectations import Expectation, bliss, has_arms, weights_of
from xenotrack.compare.joint_tests import JointOf, independent_rows
from xenotrack.compare.lattice import Dose, combined, dose_of
from xenotrack.compare.multiplicity import holm_p
from xenotrack.glossary import TABLES
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.smallsample import JointTest
from xenotrack.study.design import Arm, Design

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Cell:
    """One arm of a grid: two drugs, each at a dose (without one, NaN)."""

    arm: Arm
    first: Dose
    second: Dose


@dataclass(frozen=True, eq=False, kw_only=True)
class DoseGrid(RawContrasts):
    """Bliss excess of growth rates over a grid of doses of two drugs; negative is synergy.

    Holm's p-values over the cells; ``joint`` tests that every excess is zero.
    """

    cells: tuple[Cell, ...]
    p_adjusted: Floats
    method: str
    joint: JointTest | None

    def to_frame(self) -> pd.DataFrame:
        """A row a pair of doses, then the joint test (F, df of its denominator)."""
        import pandas as pd

        def words(values: list[str]) -> pd.Series:
            return pd.Series(values, dtype=object)

        first, second = [c.first for c in self.cells], [c.second for c in self.cells]
        grid = pd.DataFrame(
            {
                "combination": words([cell.arm.name for cell in self.cells]),
                "drug_a": words([dose.drug for dose in first]),
                "dose_a": [dose.amount for dose in first],
                "drug_b": words([dose.drug for dose in second]),
                "dose_b": [dose.amount for dose in second],
                **{name: finite(values) for name, values in self.columns().items()},
                "p_adjusted": self.p_adjusted,
                "adjustment": words(["holm"] * len(self.cells)),
                "df_numerator": np.nan,
                "method": words([self.method] * len(self.cells)),
            }
        )
        if self.joint is None:
            return grid[list(TABLES["dose_grid"])]
        test = {
            "combination": "all doses",
            "drug_a": first[0].drug,
            "drug_b": second[0].drug,
            "df": self.joint.df_denominator if np.isfinite(self.joint.df_denominator) else np.nan,
            "statistic": self.joint.statistic,
            "p_value": self.joint.p_value,
            "df_numerator": self.joint.df_numerator,
            "method": f"{self.method}; joint F test",
        }
        return pd.DataFrame([*grid.to_dict("records"), test], columns=list(TABLES["dose_grid"]))


def estimate_dose_grids(
    estimates: ArmEstimates, design: Design, level: float = 0.95, joint: JointOf | None = None
) -> tuple[DoseGrid, ...]:
    """The Bliss excess over every grid of two drugs that the arms make, at two doses or more."""
    return tuple(
        estimate_dose_grid(estimates, design, cells, level, joint)
        for cells in dose_grids(estimates, design)
    )


def dose_grids(estimates: ArmEstimates, design: Design) -> list[list[Cell]]:
    """The arms of two drugs by pair of drugs, where a pair was given at several doses."""
    grids: dict[tuple[str, str], list[Cell]] = {}
    for arm in combined(design):
        if len(arm.drugs) != 2 or not has_arms(design, estimates, single_bliss(design, arm)):
            continue
        first, second = sorted(dose_or_name(drug) for drug in arm.drugs)
        if first.drug != second.drug:
            grids.setdefault((first.drug, second.drug), []).append(Cell(arm, first, second))
    in_order = [
        sorted(cells, key=lambda c: (c.first.amount, c.second.amount)) for cells in grids.values()
    ]
    return [cells for cells in in_order if len(cells) > 1 and alike(cells)]


def alike(cells: list[Cell]) -> bool:
    """Whether each drug of a grid is measured in one unit throughout."""
    return all(len({getattr(c, side).unit for c in cells}) == 1 for side in ("first", "second"))


def dose_or_name(drug: str) -> Dose:
    """The drug at its dose, or the whole name without one."""
    return dose_of(drug) or Dose(drug, np.nan, "")


def single_bliss(design: Design, arm: Arm) -> Expectation:
    """The Bliss expectation of an arm from its single drugs at their doses."""
    return next(bliss(design, arm))


def estimate_dose_grid(
    estimates: ArmEstimates,
    design: Design,
    cells: list[Cell],
    level: float,
    joint: JointOf | None,
) -> DoseGrid:
    """One grid: each excess, and whether they are all zero.

    Excesses share vehicle and singles; the joint test takes their covariance into account.
    """
    asked = [single_bliss(design, cell.arm) for cell in cells]
    weights = np.vstack([weights_of(design, estimates.arms, e) for e in asked])
    raw = estimate_contrasts(estimates, weights, level)
    known = weights[raw.estimable]
    return DoseGrid(
        **raw.columns(),
        cells=tuple(cells),
        p_adjusted=holm_p(raw.p_value),
        method=estimates.method,
        joint=joint(independent_rows(known)) if joint is not None and len(known) > 1 else None,
    )
