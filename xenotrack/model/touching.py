"""Where the tangent of a nonlinear mean touches: the parameters that an arm's mixed model gives.

The search begins at the parameters whose mean is nearest to the arm's curve, by the curve's own
covariance. Each round then fits the mixed model of the tangent at the last parameters by REML and
goes on from its coefficients; where it ends, they solve the generalised least-squares equations of
the mean itself.
"""

from __future__ import annotations

import numpy as np
from scipy.special import fdtrc

from xenotrack.arrays import Floats
from xenotrack.errors import FitError
from xenotrack.model.arm_models import fit_any
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.pieces import BENT
from xenotrack.model.reml import MixedFit
from xenotrack.model.shapes.curve import Curve
from xenotrack.model.shapes.tangent import Tangent

ROUNDS = 40
STILL = 1e-8  # of a standard error: what the last round may move
ROUGHLY = 1e-3  # the same with readings below the limit, of which a round is dear
UNLIKE = 0.01  # p below which an arm does not grow by the formula
# Standard errors of the curve: an estimate of the same readings is hardly ever so far from it.
FAR = 2.0


def touching(rows: LogVolumes, code: int, kind: type[Tangent], curve: Curve) -> Tangent:
    """The mean of an arm at its fitted parameters; its mice of own pace where that is likelier.

    ``rows`` are the arm's, ``curve`` is what it is without a formula. ``FitError`` where its
    readings do not identify the parameters, or its curve is far from what the formula can be.
    """
    heights = Heights(curve.knots, fit_any(rows, np.array([code]), (curve,))[0])
    mice = len(np.unique(rows.mouse))
    shape, fit = rounds(rows, code, _nearest(kind, heights, mice))
    heights.require_near(shape, mice)
    if not shape.moved > BENT * np.sqrt(fit.residual_variance):
        return shape
    try:
        paced, other = rounds(rows, code, kind(shape.at, shape.days, own_pace=True))
        heights.require_near(paced, mice)
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


class Heights:
    """The heights of an arm's curve at its knots, by which formulas are held against it."""

    def __init__(self, knots: Floats, fit: MixedFit) -> None:
        self.knots, self.heights = knots, fit.coefficients
        self.whitened = np.linalg.inv(np.linalg.cholesky(fit.covariance))
        since = np.eye(len(knots))[1:] - np.eye(len(knots))[0]
        self.change_errors = np.sqrt(np.einsum("ki,ij,kj->k", since, fit.covariance, since))

    def apart(self, kind: type[Tangent], parameters: Floats) -> Floats:
        """How far a formula lies from each of them, made independent and of one size, (c,)."""
        formula = kind.mean(self.knots, parameters)
        return self.whitened @ (self.heights - np.nan_to_num(formula, nan=1e3, posinf=1e3))

    def require_near(self, shape: Tangent, mice: int) -> None:
        """``FitError`` where the mean is further away than the readings' error allows.

        Intercepts and slopes of mice may take up a mean that is none of theirs: a fit that came
        to rest may still lie far off, and with it the rate that is claimed, while the whole of the
        heights, which few mice tell, shows no more than an unlikely day.
        """
        spare = len(self.knots) - len(shape.at)
        square = float(np.sum(self.apart(type(shape), shape.at) ** 2))
        if spare > 0 and fdtrc(spare, mice - 1, square / spare) < UNLIKE:
            raise FitError("its curve is none that the formula can be")
        off = shape.mean(self.knots, shape.at) - self.heights
        if np.any(np.abs(off[1:] - off[0]) > FAR * self.change_errors):
            raise FitError("it grew faster or slower than the formula can be")


def _nearest(kind: type[Tangent], heights: Heights, mice: int) -> Tangent:
    """The mean of a kind that is nearest to the arm's curve at its knots."""
    # Loading it costs a fifth of a second, and only formulas need it.
    from scipy.optimize import least_squares

    days = float(heights.knots[0]), float(heights.knots[-1])
    level = float(heights.heights[0])
    starts = [np.array([level, *rest]) for rest in kind.starts(days[1] - days[0])]
    unit = np.array([1.0, *np.full(len(starts[0]) - 1, 1 / (days[1] - days[0]))])
    found = [
        least_squares(lambda at: heights.apart(kind, at), start, x_scale=unit, max_nfev=50)
        for start in starts
    ]
    nearest = kind(min(found, key=lambda one: float(one.cost)).x, days)
    heights.require_near(nearest, mice)
    return nearest
