"""Where the tangent of a nonlinear mean touches: the parameters that an arm's mixed model gives.

The search begins at the parameters whose mean is nearest to the arm's curve, by the curve's own
covariance. Each round then fits the mixed model of the tangent at the last parameters by REML and
goes on from its coefficients; where it ends, they solve the generalised least-squares equations of
the mean itself.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import least_squares
from scipy.special import fdtrc

from xenotrack.arrays import Floats
from xenotrack.errors import FitError
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.pieces import BENT, fit_any
from xenotrack.model.reml import MixedFit
from xenotrack.model.shapes.curve import Curve
from xenotrack.model.shapes.tangent import Tangent

ROUNDS = 40
STILL = 1e-8  # of a standard error: what the last round may move
ROUGHLY = 1e-3  # the same with readings below the limit, of which a round is dear
UNLIKE = 0.01  # p below which an arm does not grow by the formula


def touching(rows: LogVolumes, code: int, kind: type[Tangent], curve: Curve) -> Tangent:
    """The mean of an arm at its fitted parameters; its mice of own pace where that is likelier.

    ``rows`` are the arm's, ``curve`` is what it is without a formula. ``FitError`` where its
    readings do not identify the parameters, or its curve is far from what the formula can be.
    """
    shape, fit = rounds(rows, code, _nearest(rows, code, kind, curve))
    if not shape.moved > BENT * np.sqrt(fit.residual_variance):
        return shape
    try:
        paced, other = rounds(rows, code, kind(shape.at, shape.days, own_pace=True))
    except FitError:
        return shape
    return paced if other.log_likelihood > fit.log_likelihood else shape


def rounds(rows: LogVolumes, code: int, shape: Tangent) -> tuple[Tangent, MixedFit]:
    """Fitted from where the last fit led, until nothing moves; the fit is of the last round."""
    share, before, start = 1.0, np.inf, None
    for _ in range(ROUNDS):
        fit, unseen = fit_any(rows, np.array([code]), (shape,), start=start)
        start = None if unseen is None else unseen.parameters
        step = fit.coefficients - shape.at
        moves = float(np.abs(step / np.sqrt(np.diag(fit.covariance))).max())
        if moves < (STILL if unseen is None else ROUGHLY):
            return shape, fit
        # Where full steps go to and fro, shorter ones end in between.
        share = max(share / 2, 0.1) if moves > 0.9 * before else min(2 * share, 1.0)
        before, shape = moves, shape.toward(shape.at + share * step, rows.day)
    raise FitError("its parameters do not come to rest")


def _nearest(rows: LogVolumes, code: int, kind: type[Tangent], curve: Curve) -> Tangent:
    """The mean of a kind that is nearest to the arm's curve at its knots."""
    fit = fit_any(rows, np.array([code]), (curve,))[0]
    whitened = np.linalg.inv(np.linalg.cholesky(fit.covariance))
    days = float(curve.knots[0]), float(curve.knots[-1])

    def apart(parameters: Floats) -> Floats:
        heights = kind.mean(curve.knots, parameters)
        return whitened @ (fit.coefficients - np.nan_to_num(heights, nan=1e3, posinf=1e3))

    level = float(fit.coefficients[0])
    starts = [np.array([level, *rest]) for rest in kind.starts(days[1] - days[0])]
    unit = np.array([1.0, *np.full(len(starts[0]) - 1, 1 / (days[1] - days[0]))])
    found = [least_squares(apart, start, x_scale=unit, max_nfev=50) for start in starts]
    best = min(found, key=lambda one: float(one.cost))
    spare = len(curve.knots) - len(unit)
    mice = len(np.unique(rows.mouse))
    if spare > 0 and fdtrc(spare, mice - 1, 2 * best.cost / spare) < UNLIKE:
        raise FitError("its curve is none that the formula can be")
    return kind(best.x, days)
