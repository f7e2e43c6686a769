"""The mixed model where some readings are below the limit: restricted integrated likelihood.

    log L_R(Λ, σ) = Σ log L_i(β̂) − ½ log|I(β̂)| + constant,    β̂ = β̂(Λ, σ)

is the likelihood with β integrated out under a flat prior, by Laplace's formula; I is the observed
information of β. Without a reading below the limit it is the REML likelihood, and everything here
becomes REML and Kenward–Roger as their share goes to 0. The covariance of β̂ is then
Kenward–Roger's of the complete readings, and what was lost on top of it: I⁻¹ in place of
(X'V⁻¹X)⁻¹, and what β̂ moves as the unseen readings follow Λ and σ, which are estimated. That is
Rubin's rule for imputations without end, done by quadrature; so are the degrees of freedom, those
of the complete readings times the share of the variance that is theirs (Barnard & Rubin 1999,
Biometrika 86:948).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.errors import FitError
from xenotrack.model.censored_likelihood import (
    LOG_2PI,
    MANY,
    ROUGH,
    Readings,
    mouse_parts,
    take_readings,
)
from xenotrack.model.criterion import LOWER, profile
from xenotrack.model.identified import (
    require_identified,
    require_scatter,
    solved_where_regular,
)
from xenotrack.model.patterns import Patterns, summarise
from xenotrack.model.reml import SINGULAR, MixedFit, fit_reml
from xenotrack.model.robust import ClusteredByMouse
from xenotrack.model.smallsample import JointTest, KenwardRoger, Normal, Satterthwaite

Reference = KenwardRoger | Satterthwaite | Normal | ClusteredByMouse
STEPS = 40  # of Newton's method
EXACT = 1e-3  # in log-likelihood
CLOSE = 1e-7  # predicted gain in log-likelihood below which there is nothing left to gain
NEAR = 1e-3  # the same where roughly is enough
FLAT = 1e-6  # a direction of Λ and σ of which the likelihood says so much less is not moved in
REACH = 3e-3  # of a difference quotient, in units of a parameter's own size


@dataclass(frozen=True, eq=False)
class CensoredFit:
    """A fit with readings below the limit.

    ``mixed`` is the mixed model of the completed readings ``y`` (n,), those below the limit at
    their mean given all that was read; ``mouse`` (n,) the code of each one's mouse. ``score``
    (m, p) and ``information`` (m, p, p) are of the coefficients by mouse, ``moved`` (p, p) the
    covariance of what the coefficients move as unseen readings follow the estimated variances, all
    in the basis of orthonormal X.
    """

    mixed: MixedFit
    y: Floats
    mouse: Codes
    score: Floats
    information: Floats
    moved: Floats

    @property
    def parameters(self) -> Floats:
        """θ and ln σ."""
        fit = self.mixed
        return np.append(fit.factor[LOWER[len(fit.factor)]], 0.5 * np.log(fit.residual_variance))

    @property
    def lost(self) -> Floats:
        """What the coefficients' covariance has beyond that of complete readings, (p, p)."""
        to_user = self.mixed.patterns.to_user
        whole = np.linalg.inv(self.information.sum(axis=0)) + self.moved
        return np.asarray(to_user @ whole @ to_user.T - self.mixed.covariance)

    def without(self, unit: Codes) -> Floats:
        """The coefficients without the mice of each unit, (units, p); ``unit`` (m,) by mouse.

        One step of Newton's method, the variances kept.
        """
        shape = (int(unit.max()) + 1, *self.information.shape[1:])
        score, information = np.zeros(shape[:2]), np.zeros(shape)
        np.add.at(score, unit, self.score)
        np.add.at(information, unit, self.information)
        return self._less(score, information)

    def _less(self, score: Floats, information: Floats) -> Floats:
        """The coefficients less each of some shares of score and information."""
        left = self.information.sum(axis=0) - information
        step = solved_where_regular(left, self.score.sum(axis=0) - score)
        return np.asarray(self.mixed.coefficients + step @ self.mixed.patterns.to_user.T)

    def without_mouse(self, mouse: int, X: Floats, Z: Floats) -> CensoredFit:
        """The fit without one mouse, by the same step; ``X`` and ``Z`` are of the other readings.

        What is unseen of the others stays as it was completed.
        """
        m, others, old = len(self.score), self.mouse != mouse, self.mixed.patterns
        kept, y, group = np.arange(m) != mouse, self.y[others], self.mouse[others]
        group = group - (group > mouse)
        data = summarise(y, X, Z, group)
        turn = np.linalg.solve(old.to_user, data.to_user)
        rest = self._less(self.score[[mouse]], self.information[[mouse]])[0]
        back = np.linalg.solve(data.to_user, rest)
        factor = self.mixed.factor * (data.z_scale / old.z_scale)[:, None]
        sigma = float(np.sqrt(self.mixed.residual_variance))
        return CensoredFit(
            mixed=_mixed(data, factor, sigma, back, self.mixed.log_likelihood),
            y=y,
            mouse=group,
            score=self.score[kept] @ turn,
            information=turn.T @ self.information[kept] @ turn,
            moved=np.linalg.solve(turn, np.linalg.solve(turn, self.moved).T) * m / (m - 1),
        )


class Completed:
    """The reference distribution of a fit with readings below the limit.

    The covariance is that of the complete readings and what was lost. Degrees of freedom are those
    of the complete readings: a variance of few mice is as uncertain as they are few.
    """

    def __init__(self, complete: Reference, unseen: CensoredFit) -> None:
        self.complete = complete
        self.covariance = complete.covariance + unseen.lost

    def degrees_of_freedom(self, weights: Floats) -> Floats:
        return self.complete.degrees_of_freedom(weights)

    def joint_test(self, weights: Floats) -> JointTest:
        """The complete readings' F, as much smaller as the covariance is larger."""
        if isinstance(self.complete, ClusteredByMouse):
            raise FitError("Variances clustered by mouse have no joint test.")
        test = self.complete.joint_test(weights)
        estimate = weights @ self.complete.fit.coefficients
        whole, complete = (
            float(estimate @ np.linalg.solve(weights @ V @ weights.T, estimate))
            for V in (self.covariance, self.complete.covariance)
        )
        return replace(test, statistic=test.statistic * whole / complete)


def fit_censored(
    y: Floats,
    X: Floats,
    Z: Floats,
    group: Codes,
    below: Bools,
    start: Floats | None = None,
    ends: Floats | None = None,
) -> CensoredFit:
    """Fit where the readings ``below`` (n,) are only known to be at most ``y``.

    Or, with ``ends`` (n, 2), to lie between two limits that far from ``y``.

    ``start``: parameters of a fit to nearly the same readings, beside which this one is held: it
    goes on from there, and roughly.
    Errors as ``fit_reml``; ``FitError`` as well where the measured readings do not identify the
    mean, so that the likelihood may rise without end.
    """
    hidden = below if ends is None else below & np.isinf(ends[:, 0])
    require_identified(X, hidden)
    data = take_readings(y, X, Z, group, below, ends)
    shift = np.zeros(X.shape[1])
    if start is None:
        data, top = _highest(data, _start(data, y, X, Z, group, hidden), shift)
    else:
        data = replace(data, nodes=ROUGH)
        top = _climb(data, start, shift, NEAR)
    return _finish(data, top, y, X, Z, group)


def _highest(data: Readings, parameters: Floats, shift: Floats) -> tuple[Readings, Stencil]:
    """The top of the likelihood; by more nodes where few do not give it to ``EXACT``."""
    finer = replace(data, nodes=MANY[data.patterns.q])
    try:
        top = _climb(data, parameters, shift)
        if abs(_integrated(finer, top.parameters, top.shift)[0] - top.value) < EXACT:
            return data, top
        parameters, shift = top.parameters, top.shift
    except FitError:  # a mouse whose density is steep on one side is not integrated well enough
        pass
    return finer, _climb(finer, parameters, shift)


def _start(data: Readings, y: Floats, X: Floats, Z: Floats, group: Codes, below: Bools) -> Floats:
    """Parameters (θ, ln σ) of REML with the first of each run below the limit at it."""
    q = Z.shape[1]
    kept = ~below | np.r_[True, ~below[:-1] | (group[1:] != group[:-1])]
    try:
        fit = fit_reml(y[kept], X[kept], Z[kept], group[kept])
    except FitError:
        factor, sigma = np.eye(q), float(np.std(y)) / 4
    else:
        sigma = float(np.sqrt(fit.residual_variance))
        ratio = data.patterns.z_scale / fit.patterns.z_scale
        psi = fit.factor @ fit.factor.T * np.outer(ratio, ratio)
        values, vectors = np.linalg.eigh(psi)
        floor = 0.02 * max(values[-1], 0.1)
        factor = np.linalg.cholesky((vectors * np.maximum(values, floor)) @ vectors.T)
    return np.append(factor[LOWER[q]], np.log(sigma))


class Stencil(NamedTuple):
    """log L_R at parameters (k,), β̂ as a shift, their gradient and Hessian, and β̂'s slopes."""

    parameters: Floats
    value: float
    shift: Floats
    slope: Floats
    curvature: Floats
    shifts: Floats


def _climb(data: Readings, parameters: Floats, shift: Floats, close: float = CLOSE) -> Stencil:
    """Newton's method in (θ, ln σ), with derivatives from differences of the likelihood."""
    value, shift = _integrated(data, parameters, shift)
    for _ in range(STEPS):
        here = _stencil(data, parameters, shift, value)
        values, vectors = np.linalg.eigh(-here.curvature)
        step = vectors @ ((vectors.T @ here.slope) / np.maximum(np.abs(values), 1e-3))
        if here.slope @ step < close:
            return here
        step *= min(1.0, 1.0 / np.abs(step / _sizes(parameters)).max())
        for _ in range(30):
            with suppress(FitError):  # a step so far that nothing can be integrated there
                new_value, new_shift = _integrated(data, parameters + step, shift)
                if new_value >= value:
                    break
            step /= 3
        else:
            return here
        parameters, value, shift = parameters + step, new_value, new_shift
        require_scatter(data, parameters)
    raise FitError("the model of readings below the limit did not converge")


def _sizes(parameters: Floats) -> Floats:
    """The size of each parameter: θ at least a tenth of the largest, ln σ is 1."""
    theta = np.abs(parameters[:-1])
    return np.append(np.maximum(theta, 0.1 * max(theta.max(), 1.0)), 1.0)


def _stencil(data: Readings, parameters: Floats, shift: Floats, value: float) -> Stencil:
    """The likelihood around parameters, from one stacked look."""
    k = len(parameters)
    reach = REACH * _sizes(parameters)
    rows, columns = np.triu_indices(k, 1)
    ahead = np.diag(reach)
    both = ahead[rows] + ahead[columns]
    points = parameters + np.concatenate([ahead, -ahead, both, -both])
    values, shifts = integrated(data, points, np.repeat(shift[None], len(points), axis=0))
    up, down = values[:k], values[k : 2 * k]
    pairs = values[2 * k :].reshape(2, -1).sum(axis=0)
    bend = up + down - 2 * value
    hessian = np.diag(bend)
    hessian[rows, columns] = (pairs - 2 * value - bend[rows] - bend[columns]) / 2
    hessian[columns, rows] = hessian[rows, columns]
    slope, hessian = (up - down) / (2 * reach), hessian / np.outer(reach, reach)
    moves = (shifts[:k] - shifts[k : 2 * k]) / (2 * reach[:, None])
    return Stencil(parameters, value, shift, slope, hessian, moves)


def _integrated(data: Readings, parameters: Floats, shift: Floats) -> tuple[float, Floats]:
    values, shifts = integrated(data, parameters[None], shift[None])
    return float(values[0]), shifts[0]


def integrated(data: Readings, parameters: Floats, shift: Floats) -> tuple[Floats, Floats]:
    """log L_R (T,) at parameters (T, k), and β̂ there as a shift (T, p), from a shift nearby.

    Newton's method in β; the likelihood is log-concave in β.
    """
    factor, sigma = split(parameters, data.patterns.q)
    best = np.full(len(parameters), -np.inf)
    step = np.zeros_like(shift)
    for _ in range(60):
        parts = mouse_parts(data, factor, sigma, shift + step)
        value = parts.value.sum(axis=1)
        lower = ~(value >= best - 1e-6 * (1 + np.abs(best)))
        if lower.any():
            step[lower] /= 3
            continue
        best, shift = value, shift + step
        score, information = parts.score.sum(axis=1), parts.information.sum(axis=1)
        step = np.linalg.solve(information, score[..., None])[..., 0]
        gain = np.einsum("tp,tp->t", score, step)
        if gain.max() < 1e-10:
            log_det = np.linalg.slogdet(information)[1]
            value = value - 0.5 * log_det + data.patterns.log_det_basis
            return value + 0.5 * data.patterns.p * LOG_2PI, shift
    raise FitError("the mean of readings below the limit did not converge")


def split(parameters: Floats, q: int) -> tuple[Floats, Floats]:
    """Λ (T, q, q) and σ (T,) of parameters (T, k)."""
    rows, columns = LOWER[q]
    factor = np.zeros((len(parameters), q, q))
    factor[:, rows, columns] = parameters[:, :-1]
    return factor, np.exp(parameters[:, -1])


def _finish(
    data: Readings, top: Stencil, y: Floats, X: Floats, Z: Floats, group: Codes
) -> CensoredFit:
    factor, sigma = split(top.parameters[None], data.patterns.q)
    parts = mouse_parts(data, factor, sigma, top.shift[None], moments=True)
    completed = np.array(y)
    completed[data.place[data.real]] = (parts.expected[0] + data.X @ data.patterns.ols)[data.real]
    patterns = _completed(data, parts.spread[0], completed, X, Z, group)
    ols = data.patterns.ols
    back = np.argsort(data.mouse)
    return CensoredFit(
        mixed=_mixed(patterns, factor[0], float(sigma[0]), ols + top.shift, top.value),
        y=completed,
        mouse=group,
        score=parts.score[0][back],
        information=parts.information[0][back],
        moved=_moved(data, top, patterns),
    )


def _completed(
    data: Readings, spread: Floats, y: Floats, X: Floats, Z: Floats, group: Codes
) -> Patterns:
    """What the likelihood asks of completed readings ``y``: each mouse for itself.

    The squares of those below the limit are the expected ones, their spread included.
    """
    base = data.patterns
    Q = X @ base.to_user
    ols = Q.T @ y
    residual = (y - Q @ ols)[:, None]
    Z = Z / base.z_scale
    m = len(data.mouse)

    def total(values: Floats) -> Floats:
        sums = np.zeros((m, *values.shape[1:]))
        np.add.at(sums, group, values)
        return sums

    c = total(Z * residual)
    cc = c[:, :, None] * c[:, None, :]
    own = np.where(data.real[..., None], data.Z, 0.0)
    cc[data.mouse[m - data.n_below :]] += np.swapaxes(own, 1, 2) @ spread @ own
    return Patterns(
        weight=np.ones(m),
        A=total(Z[:, :, None] * Z[:, None, :]),
        B=total(Z[:, :, None] * Q[:, None, :]),
        c=c,
        cc=cc,
        yy=float(np.vdot(residual, residual) + np.trace(spread, axis1=1, axis2=2).sum()),
        n=len(y),
        z_scale=base.z_scale,
        to_user=base.to_user,
        ols=ols,
    )


def _mixed(
    data: Patterns, factor: Floats, sigma: float, coefficients: Floats, log_likelihood: float
) -> MixedFit:
    """The mixed model of completed readings; ``coefficients`` of orthonormal X."""
    psi = factor @ factor.T
    values = np.linalg.eigvalsh(psi)
    C = profile(data, factor[None]).C[0]
    return MixedFit(
        coefficients=data.to_user @ coefficients,
        covariance=sigma**2 * data.to_user @ C @ data.to_user.T,
        residual_variance=sigma**2,
        random_covariance=sigma**2 * psi / np.outer(data.z_scale, data.z_scale),
        log_likelihood=log_likelihood,
        rank=int(np.sum(values > SINGULAR * max(1.0, values[-1]))),
        certificate=0.0,
        iterations=0,
        factor=factor,
        shift=coefficients - data.ols,
        patterns=data,
    )


def _moved(data: Readings, top: Stencil, completed: Patterns) -> Floats:
    """The covariance (p, p) of what β̂ moves with the estimated Λ and σ, as unseen readings do.

    What it moves where nothing is unseen is in Kenward and Roger's covariance already.
    """
    k = len(top.parameters)
    reach = REACH * _sizes(top.parameters)
    points = top.parameters + np.concatenate([np.diag(reach), -np.diag(reach)])
    known = profile(completed, split(points, data.patterns.q)[0]).shift
    moves = top.shifts - (known[:k] - known[k:]) / (2 * reach[:, None])
    values, vectors = np.linalg.eigh(-top.curvature)
    kept = values > FLAT * values[-1]
    root = (vectors[:, kept] / np.sqrt(values[kept])).T @ moves
    return np.asarray(root.T @ root)
