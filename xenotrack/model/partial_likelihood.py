"""Cox's partial likelihood of arms, penalised after Firth, with its first two derivatives.

The arm is the only covariate, so that everything is a function of how many mice of each arm are
at risk at each event: an event picks its arm with multinomial probabilities p, and the
information and the third cumulants are those of a multinomial.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.risk_sets import RiskSets


@dataclass(frozen=True)
class TiedEvents:
    """One row an event: ln of the weight of each arm at risk (m, k); and events by arm (k,)."""

    log_weights: Floats
    events: Floats


@dataclass(frozen=True)
class PenalisedLikelihood:
    """``ℓ + ½ ln|I|`` at some log hazards against the first arm, which are not a parameter.

    ``score`` (k−1,) and ``curvature`` (k−1, k−1), its negative second derivative, are of the
    penalised likelihood; ``information`` is the unpenalised one. All minus infinity or NaN where
    hazards are so far apart that the information vanishes.
    """

    penalised: float
    unpenalised: float
    score: Floats
    curvature: Floats
    information: Floats


def efron_rows(sets: RiskSets) -> TiedEvents:
    """Arms at risk at each event; of d tied events the l-th (from 0) counts the tied ones 1 − l/d.

    (Efron 1977, JASA 72:557.)
    """
    tied = sets.events.sum(axis=1)
    row = np.repeat(np.arange(tied.size), tied)
    place = np.arange(row.size) - np.repeat(np.cumsum(tied) - tied, tied)
    weights = sets.at_risk[row] - (place / tied[row])[:, None] * sets.events[row]
    with np.errstate(divide="ignore"):
        return TiedEvents(np.log(weights), sets.events.sum(axis=0).astype(float))


def penalised_likelihood(rows: TiedEvents, log_hazards: Floats) -> PenalisedLikelihood:
    """The Firth-penalised partial likelihood at ``log_hazards`` (k−1,) against the first arm.

    Heinze & Schemper 2001, Biometrics 57:114. The penalty, and with it every contrast, is the
    same whichever arm comes first.
    """
    exponents = rows.log_weights + np.concatenate([[0.0], log_hazards])
    highest = exponents.max(axis=1, keepdims=True)
    chance = np.exp(exponents - highest)
    total = chance.sum(axis=1, keepdims=True)
    chance /= total
    log_likelihood = float(rows.events[1:] @ log_hazards - np.sum(highest + np.log(total)))
    joint = chance.T @ chance
    information = _information(joint)[1:, 1:]
    sign, log_determinant = np.linalg.slogdet(information)
    if sign <= 0 or not np.isfinite(log_determinant):
        return _vanished(log_hazards.size)
    inverse = np.linalg.inv(information).astype(np.float64)
    slope, bend = _penalty_derivatives(chance, joint, inverse)
    return PenalisedLikelihood(
        log_likelihood + 0.5 * float(log_determinant),
        log_likelihood,
        (rows.events - chance.sum(axis=0) + slope)[1:],
        information - bend[1:, 1:],
        information,
    )


def _information(joint: Floats) -> Floats:
    """``Σ diag(p) − pp'`` from ``Σ pp'``: p(1−p) as p times the others, exact where p is near 1."""
    between = joint - np.diag(np.diag(joint))
    return np.diag(between.sum(axis=1)) - between


def _vanished(size: int) -> PenalisedLikelihood:
    square = np.full((size, size), np.nan)
    return PenalisedLikelihood(-np.inf, -np.inf, np.full(size, np.nan), square, square)


def _penalty_derivatives(chance: Floats, joint: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    """Gradient (k,) and second derivative (k, k) of ``½ ln|I|``.

    With A the inverse information bordered by zeros and x the indicator of the arm drawn at an
    event, the gradient is ``½ Σ cov((x−p)'A(x−p), x)``, by ``d ln|I| = tr(A dI)``.
    """
    k = chance.shape[1]
    A = np.zeros((k, k))
    A[1:, 1:] = inverse
    towards = chance @ A
    quadratic = np.diag(A) - 2 * towards  # (x−p)'A(x−p) less p'Ap, which no covariance sees
    centred = chance * (quadratic - np.sum(chance * quadratic, axis=1, keepdims=True))
    slope = 0.5 * centred.sum(axis=0)
    return slope, 0.5 * (
        _derivative_given_inverse(chance, joint, A, towards, centred)
        - _derivative_of_inverse(chance, joint, A)
    )


def _derivative_given_inverse(
    chance: Floats, joint: Floats, A: Floats, towards: Floats, centred: Floats
) -> Floats:
    """``tr(A ∂²I)``: how the gradient turns while A stays."""
    level = np.sum(chance * towards, axis=1, keepdims=True)
    cross = chance.T @ (chance * (2 * towards - level) - centred)
    return np.diag(centred.sum(axis=0)) + cross + cross.T - 2 * A * joint


def _derivative_of_inverse(chance: Floats, joint: Floats, A: Floats) -> Floats:
    """``tr(A ∂I A ∂I)``: how it turns because A changes; ∂I are sums of third cumulants."""
    k = A.shape[0]
    pairs = (chance[:, :, None] * chance[:, None, :]).reshape(-1, k * k)
    cumulants = 2 * (pairs.T @ chance).reshape(k, k, k)
    arms = np.arange(k)
    cumulants[arms, arms, :] -= joint
    cumulants[arms, :, arms] -= joint
    cumulants[:, arms, arms] -= joint
    cumulants[arms, arms, arms] += chance.sum(axis=0)
    product = A @ cumulants  # cumulants are symmetric: the first axis is the derivative's arm
    return product.reshape(k, -1) @ product.transpose(0, 2, 1).reshape(k, -1).T
