"""Hazards of progression by arm: the ordinary Cox model with Efron's ties."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.doubts import Doubt
from xenotrack.errors import FitError
from xenotrack.model.risk_sets import RiskSets, count_risk_sets

TIGHT = {"precision": 1e-12, "r_precision": 1e-14}  # the defaults stop 2e-4 short of R


@dataclass(frozen=True)
class EfronFit:
    """Log hazards (k,) against the first arm, with covariance (k, k): zeros for the first."""

    log_hazards: Floats
    covariance: Floats
    log_likelihood: float
    doubts: tuple[Doubt, ...]


def fit_efron(days: Floats, events: Bools, arm: Counts, n_arms: int) -> EfronFit:
    """Maximum partial likelihood with Efron's ties (Cox 1972; Efron 1977, JASA 72:557).

    Refused where the maximum lies at infinity: an arm without events, or arms whose events all
    come before another's.
    """
    sets = count_risk_sets(days, events, arm, n_arms)
    if n_arms < 2 or not sets.events.sum(axis=0).all() or not has_finite_maximum(sets):
        raise FitError(
            "The Cox model without penalty has no finite hazard for every arm.\n"
            f"Events by arm: {', '.join(map(str, sets.events.sum(axis=0)))}; each arm needs one "
            "while others are still at risk. Use the Firth-penalised model, the default."
        )
    from lifelines import CoxPHFitter

    dummies = {f"arm_{code}": (arm == code).astype(float) for code in range(1, n_arms)}
    frame = pd.DataFrame({"day": days, "event": events, **dummies})
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always")
        fit = CoxPHFitter().fit(frame, "day", "event", fit_options=TIGHT)
    log_hazards = np.concatenate([[0.0], fit.params_.to_numpy()])
    covariance = np.zeros((n_arms, n_arms))
    covariance[1:, 1:] = fit.variance_matrix_.to_numpy()
    texts = dict.fromkeys(str(warning.message) for warning in raised)
    doubts = tuple(Doubt("cox-fit", (), "log_hazard", text) for text in texts)
    return EfronFit(log_hazards, covariance, float(fit.log_likelihood_), doubts)


def has_finite_maximum(sets: RiskSets) -> bool:
    """Whether the partial likelihood of arms has its maximum at finite log hazards.

    It has if, and only if, however the arms are put into two groups, a mouse of either progresses
    while one of the other is at risk (Hunter 2004, Ann Stat 32:384, assumption 1).
    """
    n_arms = sets.events.shape[1]
    before = (sets.events > 0).T.astype(int) @ (sets.at_risk > 0).astype(int) > 0
    for _ in range(n_arms):
        before = before | (before.astype(int) @ before.astype(int) > 0)
    return bool(before.all())
