"""Times to progression that lie between visits, by arm: Weibull and log-normal models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from xenotrack.arrays import Codes, Floats

MOST_STEPS = 200
CONVERGED = 1e-10  # of the gain in likelihood that the next step promises
SMALLEST_SCALE = 1e-3  # of ln days: below, all events of each arm lie in one interval
LEAST = 1e-6  # information: with less the likelihood is flat, as where one interval holds all
TINY = 1e-300


@dataclass(frozen=True)
class Law:
    """Of a standardised ln time z: the share beyond, the density, and its slope."""

    beyond: Callable[[Floats], Floats]
    density: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class AcceleratedFit:
    """Means of ln time (k,), NaN for arms without an event, and one ``scale``.

    ``covariance`` (k, k) is that of the means; all NaN where the likelihood has no maximum.
    """

    means: Floats
    covariance: Floats
    scale: float
    log_likelihood: float


def _weibull_density(z: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(np.isfinite(z), np.exp(z - np.exp(np.minimum(z, 700))), 0.0)


def _weibull_slope(z: Floats) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(np.isfinite(z), _weibull_density(z) * (1 - np.exp(np.minimum(z, 700))), 0.0)


def _normal_density(z: Floats) -> Floats:
    return np.asarray(np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi), dtype=float)


def _normal_slope(z: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(z), -z * _normal_density(z), 0.0)


LAWS: dict[str, Law] = {
    "weibull": Law(lambda z: np.exp(-np.exp(np.minimum(z, 700))), _weibull_density, _weibull_slope),
    "lognormal": Law(lambda z: ndtr(-z), _normal_density, _normal_slope),
}


def fit_accelerated(
    low: Floats, high: Floats, arm: Codes, n_arms: int, distribution: str
) -> AcceleratedFit:
    """Maximum likelihood of ``ln T = mean of the arm + scale · z`` for T in ``(low, high]``.

    ``high`` is infinite or NaN where a mouse had not progressed (R's survreg with interval2). An
    arm without an event tells nothing of the scale, and its mean has no maximum.
    """
    event = np.isfinite(high)
    told = np.bincount(arm[event], minlength=n_arms) > 0
    nothing = AcceleratedFit(
        np.full(n_arms, np.nan), np.full((n_arms, n_arms), np.nan), np.nan, np.nan
    )
    used = told[arm] & (event | (low > 0))  # read on day 0 alone, a mouse says nothing
    if not told.any():
        return nothing
    places = (np.cumsum(told) - 1)[arm[used]]
    likelihood = _Likelihood(LAWS[distribution], low[used], high[used], places)
    found = _maximise(likelihood, _start(low[used], high[used], places))
    if found is None:
        return nothing
    parameters, height, information = found
    covariance = np.linalg.inv(information)[:-1, :-1]
    means, spread = nothing.means.copy(), nothing.covariance.copy()
    means[told], spread[np.ix_(told, told)] = parameters[:-1], covariance
    return AcceleratedFit(means, spread, float(np.exp(parameters[-1])), height)


class _Likelihood:
    """The log likelihood at means of the arms and a log scale, with its two derivatives."""

    def __init__(self, law: Law, low: Floats, high: Floats, arm: Codes) -> None:
        self.law, self.arm = law, arm
        with np.errstate(divide="ignore"):
            self.low = np.log(np.maximum(low, 0.0))
            self.high = np.where(np.isfinite(high), np.log(np.maximum(high, TINY)), np.inf)

    # Far from the maximum a chance may be TINY, and what is divided by it without end: the search
    # takes no step to such a place.
    @np.errstate(over="ignore", invalid="ignore")
    def at(self, parameters: Floats) -> tuple[float, Floats, Floats]:
        scale = np.exp(parameters[-1])
        before, after = ((end - parameters[:-1][self.arm]) / scale for end in (self.low, self.high))
        law = self.law
        chance = np.maximum(law.beyond(before) - law.beyond(after), TINY)
        f0, f1 = law.density(before), law.density(after)
        s0, s1 = law.slope(before), law.slope(after)
        z0, z1 = (np.where(np.isfinite(z), z, 0.0) for z in (before, after))
        by_mean = (f0 - f1) / scale
        by_scale = z0 * f0 - z1 * f1
        second = np.array(
            [
                (s1 - s0) / scale**2,
                (z1 * s1 - z0 * s0) / scale - by_mean,
                z1 * (f1 + z1 * s1) - z0 * (f0 + z0 * s0),
            ]
        )
        return self._collected(chance, by_mean / chance, by_scale / chance, second / chance)

    def _collected(
        self, chance: Floats, by_mean: Floats, by_scale: Floats, second: Floats
    ) -> tuple[float, Floats, Floats]:
        k = int(self.arm.max()) + 1

        def total(values: Floats) -> Floats:
            return np.bincount(self.arm, values, minlength=k).astype(float)

        score = np.append(total(by_mean), by_scale.sum())
        information = np.zeros((k + 1, k + 1))
        information[np.arange(k), np.arange(k)] = total(by_mean**2 - second[0])
        information[:k, k] = information[k, :k] = total(by_mean * by_scale - second[1])
        information[k, k] = float(np.sum(by_scale**2 - second[2]))
        return float(np.log(chance).sum()), score, information


def _start(low: Floats, high: Floats, arm: Codes) -> Floats:
    """Means and spread of the logarithms of the middles; a censored mouse at its last reading."""
    middle = np.log(np.maximum(np.where(np.isfinite(high), (low + high) / 2, low), 0.1))
    means = np.bincount(arm, middle) / np.bincount(arm)
    return np.append(means, np.log(max(float((middle - means[arm]).std()), 0.1)))


def _maximise(likelihood: _Likelihood, start: Floats) -> tuple[Floats, float, Floats] | None:
    """The maximum, its height and the information there; None where there is none."""
    here = start
    height, score, information = likelihood.at(here)
    for _ in range(MOST_STEPS):
        if here[-1] < np.log(SMALLEST_SCALE) or not np.isfinite(information).all():
            return None
        values, vectors = np.linalg.eigh(information)
        # Where it bends upwards the step goes along the slope as far as the bend would let it.
        step = vectors @ ((vectors.T @ score) / np.maximum(np.abs(values), 1e-8))
        if abs(score @ step) <= CONVERGED:
            return (here, height, information) if values.min() > LEAST else None
        step *= min(1.0, 2.0 / float(np.abs(step).max()))
        for _ in range(40):
            there = likelihood.at(here + step)
            if there[0] > height:
                break
            step = step / 2
        else:
            return (here, height, information) if values.min() > LEAST else None
        here, (height, score, information) = here + step, there
    return None
