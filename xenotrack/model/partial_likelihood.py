"""Cox's partial likelihood of arms, penalised after Firth, with its first two derivatives.

The arm is the only covariate, so that everything is a function of how many mice of each arm are
at risk at each event: an event picks its arm with multinomial probabilities p, and the
information and the third cumulants are those of a multinomial.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.model.risk_sets import RiskSets

# Numbers (of events, arms and arms) held at once: of more, memory is asked for anew at each step,
# which costs more than the sums.
MOST_HELD = 90_000


@dataclass(frozen=True)
class TiedEvents:
    """One row an event: ln of the weight of each arm at risk (m, k); and events by arm (k,)."""

    log_weights: Floats
    events: Floats


@dataclass(frozen=True)
class PenalisedLikelihood:
    """``ℓ + ½ ln|I|`` at some log hazards against the first arm, which are not a parameter.

    ``score`` (…, k−1) and ``curvature`` (…, k−1, k−1), its negative second derivative, are of the
    penalised likelihood; ``information`` is the unpenalised one. All minus infinity or NaN where
    hazards are so far apart that the information vanishes. Leading axes are those of the places at
    which the likelihood was asked for.
    """

    penalised: Floats
    unpenalised: Floats
    score: Floats
    curvature: Floats
    information: Floats

    def at(self, places: Bools | Codes | int) -> PenalisedLikelihood:
        """The likelihood at some of several places."""
        return PenalisedLikelihood(*(getattr(self, each.name)[places] for each in fields(self)))

    def repeated(self, times: int) -> PenalisedLikelihood:
        """The likelihood at one place as that at several."""
        columns = (np.asarray(getattr(self, each.name)) for each in fields(self))
        return PenalisedLikelihood(*(np.repeat(each[None], times, axis=0) for each in columns))

    def put(self, places: Codes, other: PenalisedLikelihood) -> None:
        """The likelihood ``other`` in place of that at some of several places."""
        for each in fields(self):
            getattr(self, each.name)[places] = getattr(other, each.name)


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
    """The Firth-penalised partial likelihood at ``log_hazards`` (…, k−1) against the first arm.

    Heinze & Schemper 2001, Biometrics 57:114. The penalty, and with it every contrast, is the
    same whichever arm comes first.
    """
    most = max(1, MOST_HELD // (rows.log_weights.size * rows.log_weights.shape[-1]))
    if log_hazards.ndim == 2 and len(log_hazards) > most:
        parts = [_likelihood(rows, own) for own in _cut(log_hazards, most)]
        columns = ([getattr(part, each.name) for part in parts] for each in fields(parts[0]))
        return PenalisedLikelihood(*map(np.concatenate, columns))
    return _likelihood(rows, log_hazards)


def _cut(places: Floats, most: int) -> Iterator[Floats]:
    return (places[first : first + most] for first in range(0, len(places), most))


def _likelihood(rows: TiedEvents, log_hazards: Floats) -> PenalisedLikelihood:
    """The likelihood at places that are few enough to be worked on at once."""
    against = np.concatenate([np.zeros((*log_hazards.shape[:-1], 1)), log_hazards], axis=-1)
    exponents = rows.log_weights + against[..., None, :]
    highest = exponents.max(axis=-1, keepdims=True)
    chance = np.exp(exponents - highest)
    total = chance.sum(axis=-1, keepdims=True)
    chance /= total
    log_likelihood = against @ rows.events - np.sum(highest + np.log(total), axis=(-2, -1))
    joint = np.swapaxes(chance, -1, -2) @ chance
    information = _information(joint)[..., 1:, 1:]
    log_determinant, inverse = _invert(information)
    slope, bend = _penalty_derivatives(chance, joint, inverse)
    lost = np.isnan(log_determinant)
    return PenalisedLikelihood(
        np.where(lost, -np.inf, log_likelihood + 0.5 * log_determinant),
        np.where(lost, -np.inf, log_likelihood),
        (rows.events - chance.sum(axis=-2) + slope)[..., 1:],
        information - bend[..., 1:, 1:],
        np.where(lost[..., None, None], np.nan, information),
    )


def _information(joint: Floats) -> Floats:
    """``Σ diag(p) − pp'`` from ``Σ pp'``: p(1−p) as p times the others, exact where p is near 1."""
    diagonal = np.eye(joint.shape[-1])
    between = joint * (1 - diagonal)
    return np.asarray(diagonal * between.sum(axis=-1, keepdims=True) - between)


def _invert(information: Floats) -> tuple[Floats, Floats]:
    """``ln|I|`` and the inverse, NaN where the information has vanished."""
    sign, log_determinant = np.linalg.slogdet(information)
    lost = (sign <= 0) | ~np.isfinite(log_determinant)
    lasting = np.where(lost[..., None, None], np.eye(information.shape[-1]), information)
    inverse = np.where(lost[..., None, None], np.nan, np.linalg.inv(lasting))
    return np.where(lost, np.nan, log_determinant), inverse


def _penalty_derivatives(chance: Floats, joint: Floats, inverse: Floats) -> tuple[Floats, Floats]:
    """Gradient (…, k) and second derivative (…, k, k) of ``½ ln|I|``.

    With A the inverse information bordered by zeros and x the indicator of the arm drawn at an
    event, the gradient is ``½ Σ cov((x−p)'A(x−p), x)``, by ``d ln|I| = tr(A dI)``.
    """
    A = np.zeros_like(joint)
    A[..., 1:, 1:] = inverse
    towards = chance @ A
    # (x−p)'A(x−p) less p'Ap, which no covariance sees
    quadratic = np.diagonal(A, axis1=-2, axis2=-1)[..., None, :] - 2 * towards
    centred = chance * (quadratic - np.sum(chance * quadratic, axis=-1, keepdims=True))
    slope = 0.5 * centred.sum(axis=-2)
    return slope, 0.5 * (
        _derivative_given_inverse(chance, joint, A, towards, centred)
        - _derivative_of_inverse(chance, joint, A)
    )


def _derivative_given_inverse(
    chance: Floats, joint: Floats, A: Floats, towards: Floats, centred: Floats
) -> Floats:
    """``tr(A ∂²I)``: how the gradient turns while A stays."""
    level = np.sum(chance * towards, axis=-1, keepdims=True)
    cross = np.swapaxes(chance, -1, -2) @ (chance * (2 * towards - level) - centred)
    diagonal = np.eye(A.shape[-1]) * centred.sum(axis=-2)[..., None, :]
    return np.asarray(diagonal + cross + np.swapaxes(cross, -1, -2) - 2 * A * joint)


def _derivative_of_inverse(chance: Floats, joint: Floats, A: Floats) -> Floats:
    """``tr(A ∂I A ∂I)``: how it turns because A changes; ∂I are sums of third cumulants."""
    *places, k = A.shape[:-1]
    pairs = (chance[..., :, None] * chance[..., None, :]).reshape(*chance.shape[:-1], k * k)
    cumulants = 2 * (np.swapaxes(pairs, -1, -2) @ chance).reshape(*places, k, k, k)
    arms = np.arange(k)
    cumulants[..., arms, arms, :] -= joint
    cumulants[..., arms, :, arms] -= np.moveaxis(joint, -2, 0)
    cumulants[..., :, arms, arms] -= joint
    cumulants[..., arms, arms, arms] += chance.sum(axis=-2)
    product = A[..., None, :, :] @ cumulants  # symmetric: the first axis is the derivative's arm
    left, right = product.reshape(*places, k, -1), np.swapaxes(product, -1, -2)
    return np.asarray(left @ np.swapaxes(right.reshape(*places, k, -1), -1, -2))
