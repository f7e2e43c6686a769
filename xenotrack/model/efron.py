"""Hazards of progression by arm: the ordinary Cox model with Efron's ties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax, logsumexp

from xenotrack.arrays import Bools, Counts, Floats
from xenotrack.errors import FitError
from xenotrack.model.partial_likelihood import TiedEvents, efron_rows
from xenotrack.model.risk_sets import RiskSets, count_risk_sets

CONVERGED = 1e-20  # twice the gain of likelihood that the next step promises
LONGEST_STEP = 4.0  # of any log hazard at once


@dataclass(frozen=True)
class EfronFit:
    """Log hazards (k,) against the first arm, with covariance (k, k): zeros for the first."""

    log_hazards: Floats
    covariance: Floats
    log_likelihood: float


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
    rows = efron_rows(sets)
    log_hazards = _maximise(rows)
    covariance = np.zeros((n_arms, n_arms))
    covariance[1:, 1:] = np.linalg.inv(_score_and_information(rows, log_hazards)[1])
    return EfronFit(log_hazards, covariance, _log_likelihood(rows, log_hazards))


def _maximise(rows: TiedEvents) -> Floats:
    """Newton's ascent from equal hazards, its steps halved until the likelihood rises.

    It is concave, and its maximum is finite: there is but one.
    """
    here = np.zeros(rows.events.size)
    for _ in range(100):
        score, information = _score_and_information(rows, here)
        step = np.concatenate([[0.0], np.linalg.solve(information, score)])
        if score @ step[1:] <= CONVERGED:
            return here
        step *= min(1.0, LONGEST_STEP / float(np.abs(step).max()))
        reached = _log_likelihood(rows, here)
        while _log_likelihood(rows, here + step) < reached and np.abs(step).max() > 1e-12:
            step /= 2
        here = here + step
    return here


def _log_likelihood(rows: TiedEvents, log_hazards: Floats) -> float:
    at_risk = logsumexp(rows.log_weights + log_hazards, axis=1)
    return float(rows.events @ log_hazards - at_risk.sum())


def _score_and_information(rows: TiedEvents, log_hazards: Floats) -> tuple[Floats, Floats]:
    """The first derivative (k−1,) and the negative second one (k−1, k−1).

    An event picks its arm with multinomial probabilities.
    """
    chance = np.exp(log_softmax(rows.log_weights + log_hazards, axis=1))
    expected = chance.sum(axis=0)
    information = np.diag(expected) - chance.T @ chance
    return (rows.events - expected)[1:], information[1:, 1:]


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
