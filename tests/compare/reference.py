"""R's numbers as a model would give them: arm estimates whose df are looked up."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from xenotrack.model.estimates import ArmEstimates, welch_satterthwaite
from xenotrack.study.design import Arm, Design, drugs_in_name
from xenotrack.study.rules import CompareRules, Rules

REFERENCE = Path(__file__).parents[1] / "reference"


def read_reference(name: str) -> dict[str, Any]:
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


def design_of(arms: list[str] | tuple[str, ...], **compare: Any) -> Design:
    """A design whose arms are what their names spell."""
    rules = Rules(compare=CompareRules(**compare))
    return Design("study", tuple(Arm(name, drugs_in_name(name)) for name in arms), rules)


def pooled_estimates(
    arms: list[str], tables: dict[str, Any], combined: list[dict[str, Any]], weights: dict[str, Any]
) -> ArmEstimates:
    """Slopes of a pooled model: covariance from the SE of arms and pairs, df from R's rows."""
    values = np.array([row["estimate"] for row in tables["slopes"]])
    covariance = np.diag([row["std_error"] ** 2 for row in tables["slopes"]])
    df: dict[tuple[float, ...], float] = {}
    for (i, j), row in zip(combinations(range(len(arms)), 2), tables["pairs"], strict=True):
        both = covariance[i, i] + covariance[j, j] - row["std_error"] ** 2
        covariance[i, j] = covariance[j, i] = both / 2
        pair = np.zeros(len(arms))
        pair[[i, j]] = 1, -1
        df[tuple(pair)] = df[tuple(-pair)] = row["df"]
    for row in combined:
        df[tuple(map(float, weights[row["contrast"]]))] = row["df"]

    def degrees_of_freedom(asked: np.ndarray) -> np.ndarray:
        return np.array([df[tuple(row)] for row in asked])

    return ArmEstimates(
        "growth_rate", tuple(arms), values, covariance, degrees_of_freedom, False, "R"
    )


def by_arm_estimates(rows: list[dict[str, Any]]) -> ArmEstimates:
    """Slopes of arms that were fitted one by one."""
    variances = np.array([row["std_error_kenward_roger"] for row in rows]) ** 2
    df = welch_satterthwaite(variances, np.array([row["df_kenward_roger"] for row in rows]))
    return ArmEstimates(
        "growth_rate",
        tuple(row["arm"] for row in rows),
        np.array([row["estimate"] for row in rows]),
        np.diag(variances),
        df,
        True,
        "R, by arm",
    )


def simple_estimates(
    rates: dict[str, float], std_error: float = 0.01, df: float = 20.0, independent: bool = False
) -> ArmEstimates:
    """Independent arms of one standard error; pooled arms share one df."""
    count = len(rates)
    welch = welch_satterthwaite(np.full(count, std_error**2), np.full(count, df))
    return ArmEstimates(
        "growth_rate",
        tuple(rates),
        np.array(list(rates.values())),
        np.eye(count) * std_error**2,
        welch if independent else lambda weights: np.full(len(weights), df),
        independent,
        "by hand",
    )
