"""The likelihood of a mixed model of which some readings are only known to lie within limits.

Of mouse i, with u ~ N(0, I) its own departure in q directions, b = σΛu:

    L_i = ∫ Π_measured φ((y − xβ − zb)/σ)/σ · Π_below Φ((limit − xβ − zb)/σ) φ(u) du

with Φ((highest − xβ − zb)/σ) − Φ((lowest − xβ − zb)/σ) of a reading that was rounded (Hughes 1999,
Biometrics 55:625). The measured readings are integrated in closed form; what is left, an
expectation of the Φ over the mouse's normal distribution given them, by adaptive Gauss–Hermite
quadrature (Pinheiro & Bates 1995, J Comput Graph Stat 4:12). Scores and information of β come from
the same nodes, by Fisher's and Louis's identities.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.special import erfcx, log_ndtr

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.errors import FitError
from xenotrack.model.criterion import inverse
from xenotrack.model.patterns import Patterns, summarise

LOG_2PI = float(np.log(2 * np.pi))
NODES = {1: 15, 2: 9, 3: 7}  # a direction, by their number
MANY = {1: 41, 2: 21, 3: 13}  # where so many are not enough
ROUGH = 5  # nodes a direction for the mean and the spread of u
MODE = 1e-8  # a step of u below which its mode is reached
CERTAIN, FAR = 8.5, 7.0  # Φ(8.5) is 1 to a double's last digit; nodes lie less than 7 SD away
NOTHING = np.empty((1, 0, 0, 0))
SURE = 30.0  # room, in σ, with which a reading lies below its limit for sure


@dataclass(frozen=True)
class Readings:
    """What the likelihood asks of the readings of m mice, of which the last ``b`` have some below.

    Of measured readings, by mouse: ``n`` (m,), ``yy`` (m,), ``Xy`` (m, p), ``XX`` (m, p, p),
    ``A`` (m, q, q) = Z'Z, ``B`` (m, q, p) = Z'X, ``c`` (m, q) = Z'y. Of readings below the limit,
    padded to r a mouse: ``X`` (b, r, p), ``Z`` (b, r, q), ``limit`` (b, r), ``real`` (b, r); and
    where they stand, ``place`` (b, r). X is orthonormal, Z scaled and y a residual, as in
    ``patterns``; ``mouse`` (m,) are the groups' codes, those with readings below the limit last.
    ``nodes`` is the number of nodes in each direction. Where readings were rounded all of them are
    among those below their limit, and ``width`` (b, r) is how far below it they may lie.
    """

    patterns: Patterns
    mouse: Codes
    n: Floats
    yy: Floats
    Xy: Floats
    XX: Floats
    A: Floats
    B: Floats
    c: Floats
    X: Floats
    Z: Floats
    limit: Floats
    real: Bools
    place: Codes
    nodes: int
    width: Floats | None = None

    @property
    def n_below(self) -> int:
        """The number of mice with a reading below the limit."""
        return len(self.limit)

    @property
    def n_readings(self) -> int:
        return int(self.n.sum()) + int(self.real.sum())


def take_readings(
    y: Floats, X: Floats, Z: Floats, group: Codes, below: Bools, ends: Floats | None = None
) -> Readings:
    """The readings (n,) of a model, ``below`` those that are at most y; errors as ``summarise``.

    ``ends`` (n, 2): how far from y the lowest and the highest lie that a reading ``below`` may be.
    """
    patterns = summarise(y, X, Z, group)
    Q, Z = X @ patterns.to_user, Z / patterns.z_scale
    y = y - Q @ patterns.ols
    m = int(group.max()) + 1
    with_below = np.bincount(group[below], minlength=m) > 0
    mouse = np.argsort(with_below, kind="stable")
    rank = np.empty(m, dtype=np.intp)
    rank[mouse] = np.arange(m)
    of = rank[group[~below]]

    def total(values: Floats) -> Floats:
        sums = np.zeros((m, *values.shape[1:]))
        np.add.at(sums, of, values)
        return sums

    q, z, v = Q[~below], Z[~below], y[~below]
    place, real = _padded(rank[group], below, m, int(with_below.sum()))
    return Readings(
        patterns=patterns,
        mouse=mouse,
        n=total(np.ones(len(v))),
        yy=total(v * v),
        Xy=total(q * v[:, None]),
        XX=total(q[:, :, None] * q[:, None, :]),
        A=total(z[:, :, None] * z[:, None, :]),
        B=total(z[:, :, None] * q[:, None, :]),
        c=total(z * v[:, None]),
        X=Q[place],
        Z=Z[place],
        limit=y[place] if ends is None else (y + ends[:, 1])[place],
        real=real,
        place=place,
        nodes=NODES[Z.shape[1]],
        width=None if ends is None else np.where(real, np.diff(ends)[:, 0][place], np.inf),
    )


def _padded(rank: Codes, below: Bools, m: int, n_below: int) -> tuple[Codes, Bools]:
    """Where the readings below the limit of each of the last mice stand, and which are real."""
    at = [np.flatnonzero(below & (rank == one)) for one in range(m - n_below, m)]
    longest = max((len(own) for own in at), default=0)
    place, real = np.zeros((n_below, longest), dtype=np.intp), np.zeros((n_below, longest), bool)
    for row, own in enumerate(at):
        place[row, : len(own)], real[row, : len(own)] = own, True
    return place, real


@dataclass(frozen=True)
class Parts:
    """What each mouse says at T sets of parameters: ``value`` (T, m), its ``score`` (T, m, p) and
    ``information`` (T, m, p, p) of β.

    ``expected`` (T, b, r) and ``spread`` (T, b, r, r) are the mean and covariance of its readings
    below the limit, given what was read; empty where not asked for.
    """

    value: Floats
    score: Floats
    information: Floats
    expected: Floats
    spread: Floats


def mouse_parts(
    data: Readings, factor: Floats, sigma: Floats, shift: Floats, moments: bool = False
) -> Parts:
    """What each mouse says at Λ (T, q, q), σ (T,) and β − least squares (T, p)."""
    turned = np.swapaxes(factor, 1, 2)[:, None]
    q = factor.shape[-1]
    precision = turned @ data.A @ factor[:, None] + np.eye(q)
    covariance, log_det = inverse(precision)
    left = (data.c - np.einsum("mqp,tp->tmq", data.B, shift)) / sigma[:, None, None]
    pull = np.einsum("tqr,tmq->tmr", factor, left)
    centre = np.einsum("tmqr,tmr->tmq", covariance, pull)
    XX_shift = np.einsum("mpk,tk->tmp", data.XX, shift)
    squares = data.yy - 2 * shift @ data.Xy.T + np.einsum("tmp,tp->tm", XX_shift, shift)
    squares = squares / sigma[:, None] ** 2 - np.einsum("tmq,tmq->tm", pull, centre)
    value = -0.5 * (squares + log_det + data.n * (LOG_2PI + 2 * np.log(sigma)[:, None]))
    residual = (data.Xy - XX_shift) / sigma[:, None, None]  # X'(y − Xβ)/σ of measured readings
    slopes = turned @ data.B  # (T, m, q, p): what u does to X'y/σ
    score = residual - np.einsum("tmqp,tmq->tmp", slopes, centre)
    information = data.XX - np.swapaxes(slopes, 2, 3) @ covariance @ slopes
    found = NOTHING, NOTHING
    if data.n_below:
        own = slice(-data.n_below, None)
        normal = _Normal(centre[:, own], precision[:, own], log_det[:, own])
        part = _below(data, factor, sigma, shift, normal, moments)
        value[:, own] += part.value
        score[:, own] = residual[:, own] + part.score
        score[:, own] -= np.einsum("tmqp,tmq->tmp", slopes[:, own], part.mean)
        information[:, own] = data.XX[own] + part.information(slopes[:, own])
        found = part.expected, part.spread
    return Parts(
        value, score / sigma[:, None, None], information / sigma[:, None, None, None] ** 2, *found
    )


@dataclass(frozen=True)
class _Normal:
    """The distribution of u given the measured readings: mean, precision, log|precision|."""

    centre: Floats
    precision: Floats
    log_det: Floats

    def log_density(self, u: Floats) -> Floats:
        """Without its constant, at nodes (T, b, K, q)."""
        away = u - self.centre[:, :, None]
        return -0.5 * np.einsum("tmkq,tmkq->tmk", away @ self.precision, away)


@dataclass(frozen=True)
class _Below:
    """The part of the readings below the limit, by nodes of u."""

    value: Floats
    mean: Floats
    score: Floats
    curvature: Floats
    weight: Floats
    pushes: Floats
    nodes: Floats
    expected: Floats
    spread: Floats

    def information(self, slopes: Floats) -> Floats:
        """Louis: expected curvature less the spread of the score over u, in units of 1/σ²."""
        pushed = self.pushes - self.nodes @ slopes  # (T, b, K, p), up to what is the same at all
        pushed = pushed - np.einsum("tmk,tmkp->tmp", self.weight, pushed)[:, :, None]
        lost = np.swapaxes(pushed * self.weight[..., None], 2, 3) @ pushed
        return self.curvature - lost


def _below(
    data: Readings, factor: Floats, sigma: Floats, shift: Floats, normal: _Normal, moments: bool
) -> _Below:
    scale = sigma[:, None, None]
    room = (data.limit - np.einsum("mrp,tp->tmr", data.X, shift)) / scale
    room = np.where(data.real, room, SURE)
    G = np.where(data.real[..., None], data.Z @ factor[:, None], 0.0)
    width = None if data.width is None else data.width / scale
    at, H = _mode(room, G, width, normal)
    X = data.X
    if width is None and not moments:
        X, G, room = _doubtful(X, G, room, at, H)
    # The mode and its curvature are a first guess: of a tumour that never came back the density
    # is steep on one side only, and nodes by its own mean and spread reach farther.
    rough = _quadrature(
        room, G, width, normal, at, np.swapaxes(np.linalg.inv(np.linalg.cholesky(H)), 2, 3), ROUGH
    )
    fine = _quadrature(room, G, width, normal, *rough.mean_and_spread(), data.nodes)
    u, ratio, weight, value = fine.u, fine.ratio, fine.weight, fine.value
    pushes = -ratio @ X
    bend = (weight[:, :, None] @ fine.bend)[:, :, 0]
    expected = spread = NOTHING
    if moments:
        middle = u @ np.swapaxes(G, 2, 3) - ratio  # E[e + Gu | u], in σ
        mean = np.einsum("tmk,tmkr->tmr", weight, middle)
        away = middle - mean[:, :, None]
        spread = np.swapaxes(away * weight[..., None], 2, 3) @ away
        rows = np.arange(spread.shape[-1])
        spread[..., rows, rows] += np.where(data.real, 1 - bend, 0.0)
        expected = mean * scale + np.einsum("mrp,tp->tmr", data.X, shift)
        spread = spread * scale[..., None] ** 2
    return _Below(
        value=value,
        mean=np.einsum("tmk,tmkq->tmq", weight, u),
        score=np.einsum("tmk,tmkp->tmp", weight, pushes),
        curvature=np.swapaxes(X, 1, 2) @ (bend[..., None] * X),
        weight=weight,
        pushes=pushes,
        nodes=u,
        expected=expected,
        spread=spread,
    )


@dataclass(frozen=True)
class _Quadrature:
    """Nodes u (T, b, K, q) with their weights, what readings make of them, and the integral."""

    u: Floats
    ratio: Floats
    bend: Floats
    weight: Floats
    value: Floats

    def mean_and_spread(self) -> tuple[Floats, Floats]:
        """The mean of u, (T, b, q), and a factor of its covariance, (T, b, q, q)."""
        mean = np.einsum("tmk,tmkq->tmq", self.weight, self.u)
        away = self.u - mean[:, :, None]
        covariance = np.swapaxes(away * self.weight[..., None], 2, 3) @ away
        try:
            return mean, np.linalg.cholesky(covariance)
        except np.linalg.LinAlgError:  # limits so sharp that one node has all the weight
            raise FitError("readings lie in limits too sharp to be integrated") from None


def _quadrature(
    room: Floats,
    G: Floats,
    width: Floats | None,
    normal: _Normal,
    at: Floats,
    spread: Floats,
    nodes: int,
) -> _Quadrature:
    """Gauss–Hermite nodes around ``at`` (T, b, q), with SSʹ of ``spread`` for their covariance."""
    z, log_weight = _grid(G.shape[-1], nodes)
    u = at[:, :, None] + z @ np.swapaxes(spread, 2, 3)
    one = _within(
        room[:, :, None] - u @ np.swapaxes(G, 2, 3), None if width is None else width[:, :, None]
    )
    height = log_weight + normal.log_density(u)
    height += one.log_share.sum(axis=3)
    top = height.max(axis=2, keepdims=True)
    weight = np.exp(height - top)
    total = weight.sum(axis=2, keepdims=True)
    log_det = np.linalg.slogdet(spread)[1]
    value = (top + np.log(total))[:, :, 0] + 0.5 * normal.log_det + log_det
    return _Quadrature(u, one.ratio, one.bend, weight / total, value)


def _mode(room: Floats, G: Floats, width: Floats | None, normal: _Normal) -> tuple[Floats, Floats]:
    """Where the density of u given all readings is highest (T, b, q), and its precision there.

    Newton's method; the density is log-concave.
    """
    u, G_t = normal.centre.copy(), np.swapaxes(G, 2, 3)
    for _ in range(60):
        one = _within(room - (G @ u[..., None])[..., 0], width)
        H = normal.precision + G_t @ (one.bend[..., None] * G)
        away = np.einsum("tmqr,tmr->tmq", normal.precision, u - normal.centre)
        slope = -away - np.einsum("tmrq,tmr->tmq", G, one.ratio)
        step = np.einsum("tmqr,tmr->tmq", inverse(H)[0], slope)
        u += step
        if np.abs(step).max() < MODE:
            break
    return u, H


def _doubtful(
    X: Floats, G: Floats, room: Floats, at: Floats, H: Floats
) -> tuple[Floats, Floats, Floats]:
    """The readings that may not lie below the limit, as far as a double can tell; others are sure.

    A tumour that shrank long ago has many that say nothing.
    """
    v = room - (G @ at[..., None])[..., 0]
    reach = np.einsum("tmrq,tmqk,tmrk->tmr", G, inverse(H)[0], G)
    doubtful = (v - FAR * np.sqrt(reach) < CERTAIN).any(axis=0)
    most = int(doubtful.sum(axis=1).max())
    if most == X.shape[1]:
        return X, G, room
    order = np.argsort(~doubtful, axis=1, kind="stable")[:, :most]
    one = np.arange(len(X))[:, None]
    return X[one, order], G[:, one, order], room[:, one, order]


@dataclass(frozen=True)
class _Share:
    """The normal's share between limits: its logarithm, and by how much that falls and bends as
    both limits move down by one SD."""

    log_share: Floats
    ratio: Floats
    bend: Floats


def _within(v: Floats, width: Floats | None) -> _Share:
    """The normal's share below v, or of the ``width`` below it.

    ln Φ(v) from one function that neither vanishes nor overflows. Between limits a and v the ratio
    is (φ(v) − φ(a)) / share, on the side of 0 on which Φ keeps its digits.
    """
    if width is None:
        v = np.minimum(v, SURE)
        tail = erfcx(v * -np.sqrt(0.5))
        ratio = np.sqrt(2 / np.pi) / tail
        return _Share(np.log(tail / 2) - 0.5 * v * v, ratio, ratio * (v + ratio))
    high, low = np.where(np.isinf(width), np.minimum(v, SURE), v), v - width
    right = low + high > 0
    near, far = np.where(right, -low, high), np.where(right, -high, low)
    log_near = log_ndtr(near)
    log_share = log_near + np.log(-np.expm1(np.minimum(log_ndtr(far) - log_near, -1e-15)))
    at_high = np.exp(-0.5 * high * high - 0.5 * LOG_2PI - log_share)
    at_low = np.exp(-0.5 * low * low - 0.5 * LOG_2PI - log_share)
    ratio = at_high - at_low
    from_low = np.where(np.isinf(low), 0.0, low) * at_low
    return _Share(log_share, ratio, high * at_high - from_low + ratio * ratio)


@cache
def _grid(q: int, nodes: int) -> tuple[Floats, Floats]:
    """Nodes (K, q) of a standard normal, and log weights that take its density away."""
    x, w = np.polynomial.hermite_e.hermegauss(nodes)
    z = np.stack(np.meshgrid(*[x] * q, indexing="ij"), axis=-1).reshape(-1, q)
    weights = np.stack(np.meshgrid(*[w] * q, indexing="ij"), axis=-1).reshape(-1, q)
    log_weight = np.log(weights).sum(axis=1) - 0.5 * q * LOG_2PI + 0.5 * (z * z).sum(axis=1)
    return z, log_weight
