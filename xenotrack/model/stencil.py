"""What the REML criterion says at a point of a search: deviance, gradient and Hessian in θ."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.model.criterion import LOWER, profile
from xenotrack.model.stack import Stack

MANY = 20_000  # patterns × coefficients from which looks are dear: few of them, in little space
FAR = 1.0  # predicted gain in deviance from which on rounding has no part in a gradient's change


class Stencil(NamedTuple):
    """Deviance (L,), gradient (L, k) and Hessian (L, k, k) in θ of several models."""

    deviance: Floats
    slope: Floats
    curvature: Floats

    def at(self, chosen: Bools) -> Stencil:
        return Stencil(*(values[chosen] for values in self))


def look_ahead(data: Stack, theta: Floats, step: Floats, here: Stencil) -> Stencil:
    """What each model says a step from θ; far from the optimum of many patterns by one evaluation.

    The Hessian then follows what the gradient changed by, by a symmetric update of rank one
    (Nocedal & Wright 2006, Numerical Optimization, 6.24).
    """
    gain = -(here.slope * step).sum(axis=1)
    if not _has_many(data) or gain.min() < FAR:
        return look_around(data, theta + step)
    factors = _factors(data, (theta + step)[:, None])
    at = profile(data, factors)
    slope = at.theta_slope(factors)[:, 0]
    missed = slope - here.slope - (here.curvature @ step[..., None])[..., 0]
    along = (missed * step).sum(axis=1)
    firm = np.abs(along) > 1e-8 * np.linalg.norm(missed, axis=1) * np.linalg.norm(step, axis=1)
    scale = np.where(firm, 1 / np.where(firm, along, 1.0), 0.0)
    update = scale[:, None, None] * missed[:, :, None] * missed[:, None, :]
    return Stencil(at.deviance[:, 0], slope, here.curvature + update)


def _has_many(data: Stack) -> bool:
    return data.weight.size * data.p >= MANY


def _factors(data: Stack, theta: Floats) -> Floats:
    """Λ (…, q, q) of points θ (…, k)."""
    factors = np.zeros((*theta.shape[:-1], data.q, data.q))
    rows, columns = LOWER[data.q]
    factors[..., rows, columns] = theta
    return factors


def look_around(data: Stack, theta: Floats) -> Stencil:
    """What each model says at one point, (L, k), from one stacked evaluation."""
    if _has_many(data):
        return _look_one_way(data, theta)
    k = theta.shape[1]
    reach = 1e-5 * np.maximum(1.0, np.abs(theta))
    points = np.repeat(theta[:, None], 2 * k + 1, axis=1)
    ahead = np.arange(1, k + 1)
    points[:, ahead, ahead - 1] += reach
    points[:, ahead + k, ahead - 1] -= reach
    factors = _factors(data, points)
    at = profile(data, factors)
    slopes = at.theta_slope(factors)
    hessian = (slopes[:, 1 : k + 1] - slopes[:, k + 1 :]) / (2 * reach[..., None])
    return Stencil(at.deviance[:, 0], slopes[:, 0], _symmetric(hessian))


def _look_one_way(data: Stack, theta: Floats) -> Stencil:
    """The same in little space: a point at a time, and each axis one way, which is exact enough."""
    reach = 1e-5 * np.maximum(1.0, np.abs(theta))
    steps = np.eye(theta.shape[1]) * reach[:, None]
    here, *there = (
        _factors(data, point[:, None])
        for point in (theta, *np.moveaxis(theta[:, None] + steps, 1, 0))
    )
    at = profile(data, here)
    slope = at.theta_slope(here)
    slopes = np.concatenate([profile(data, one).theta_slope(one) for one in there], axis=1)
    hessian = (slopes - slope) / reach[..., None]
    return Stencil(at.deviance[:, 0], slope[:, 0], _symmetric(hessian))


def _symmetric(hessian: Floats) -> Floats:
    return (hessian + np.swapaxes(hessian, 1, 2)) / 2
