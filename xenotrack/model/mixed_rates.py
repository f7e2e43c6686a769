"""Rates of mice in lines and arms, all lines in one model.

``rate = arm (of a group of lines) + line + line by arm + mouse``, the last three random: REML with
Kenward and Roger's covariance and degrees of freedom (1997, Biometrics 53:983), as
``lmer(rate ~ arm + (1 | line) + (1 | line:arm))`` with pbkrtest has them. Lines are blocks of the
covariance, and are worked on at once, as arrays whose first axis is the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from xenotrack.arrays import Codes, Floats
from xenotrack.errors import FitError

STEPS = 500
HALVINGS = 40
CONVERGED = 1e-13  # of the deviance, per step


@dataclass(frozen=True, eq=False)
class MixedRates:
    """The model of mice with these ``rate``, ``line`` and ``cell`` (codes from 0), all (n,).

    A cell is an arm of a line. ``design`` (n, p) has a column an arm, or a group and arm.
    """

    rate: Floats
    line: Codes
    cell: Codes
    design: Floats

    @cached_property
    def _scale(self) -> float:
        """Rates are small: their variances are found in units of their own."""
        return float(self.rate.std()) or 1.0

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats, Floats]:
        """Rates (l, m), design (l, m, p) and ∂V/∂γ (3, l, m, m), and empty mice."""
        counts = np.bincount(self.line)
        place = np.zeros(len(self.line), dtype=np.intp)
        for code in range(len(counts)):
            place[self.line == code] = np.arange(counts[code])
        shape = (len(counts), int(counts.max()))
        y, X, cell = np.zeros(shape), np.zeros((*shape, self.design.shape[1])), np.full(shape, -1)
        y[self.line, place] = self.rate / self._scale
        X[self.line, place] = self.design
        cell[self.line, place] = self.cell
        there = cell >= 0
        together = there[:, :, None] & there[:, None, :]
        same = together & (cell[:, :, None] == cell[:, None, :])
        alone = together & np.eye(shape[1], dtype=bool)
        return y, X, np.array([together, same, alone], dtype=float)

    def _look(self, gamma: Floats) -> _At:
        y, X, parts = self._arrays
        V = np.tensordot(gamma, parts, 1)
        empty = np.diagonal(parts[2], axis1=1, axis2=2) == 0
        V[:, np.arange(y.shape[1]), np.arange(y.shape[1])] += empty
        inverse: Floats = np.linalg.inv(V).astype(float)
        A = inverse @ X
        known = np.einsum("lmp,lmq->pq", X, A)
        C = np.linalg.inv(known)
        coefficients = C @ np.einsum("lmp,lm->p", A, y)
        left = np.einsum("lmn,ln->lm", inverse, y - X @ coefficients)
        deviance = np.linalg.slogdet(V)[1].sum() + np.linalg.slogdet(known)[1] + np.sum(y * left)
        return _At(gamma, float(deviance), inverse, A, C, coefficients, left, parts)

    @cached_property
    def _best(self) -> _At:
        """REML by scoring, the variances of lines and cells not below 0.

        Raises ``FitError`` where it does not end.
        """
        here = self._look(np.array([0.3, 0.2, 0.5]))
        for _ in range(STEPS):
            there = self._step(here)
            if there is None or here.deviance - there.deviance < CONVERGED:
                return here if there is None else there
            here = there
        raise FitError("The model of lines and arms did not converge; please report the study.")

    def _step(self, here: _At) -> _At | None:
        """A step of scoring that lowers the deviance; none where no step does."""
        slope = here.slope
        free = ~((here.gamma <= 0) & (slope >= 0))
        step = np.zeros(3)
        information = here.expected[np.ix_(free, free)]
        step[free] = -np.linalg.lstsq(information, slope[free], rcond=None)[0] / 2
        least = np.array([0.0, 0.0, 1e-12])
        for _ in range(HALVINGS):
            there = self._look(np.maximum(here.gamma + step, least))
            if there.deviance < here.deviance:
                return there
            step = step / 2
        return None

    @property
    def coefficients(self) -> Floats:
        """The rate of each column of the design, (p,)."""
        return self._best.coefficients * self._scale

    @property
    def variances(self) -> Floats:
        """Of lines, of line by arm, and of mice, (3,)."""
        return self._best.gamma * self._scale**2

    @cached_property
    def covariance(self) -> Floats:
        """Kenward and Roger's of the coefficients, (p, p)."""
        at, W = self._best, self._of_variances
        inner = np.einsum("ab,abij->ij", W, at.squares - at.slopes[:, None] @ at.C @ at.slopes)
        return (at.C + 2 * at.C @ inner @ at.C) * self._scale**2

    @cached_property
    def _of_variances(self) -> Floats:
        """The covariance of the three variances, from the expected information."""
        return np.asarray(np.linalg.pinv(self._best.expected, hermitian=True, rcond=1e-12), float)

    def df(self, weights: Floats) -> float:
        """Degrees of freedom of a weighted sum (p,) of the coefficients."""
        at = self._best
        slopes = np.einsum("i,aij,j->a", at.C @ weights, at.slopes, at.C @ weights)
        variance = weights @ at.C @ weights
        return float(2 * variance**2 / (slopes @ self._of_variances @ slopes))


@dataclass(frozen=True, eq=False)
class _At:
    """The restricted likelihood at some variances ``gamma``."""

    gamma: Floats
    deviance: float
    inverse: Floats
    A: Floats
    C: Floats
    coefficients: Floats
    left: Floats
    parts: Floats

    @cached_property
    def slopes(self) -> Floats:
        """X'V⁻¹ ∂V V⁻¹X of each variance, (3, p, p)."""
        return np.einsum("lmp,almn,lnq->apq", self.A, self.parts, self.A, optimize=True)

    @cached_property
    def squares(self) -> Floats:
        """X'V⁻¹ ∂V V⁻¹ ∂V V⁻¹X of each two variances, (3, 3, p, p)."""
        moved = self.parts @ self.A
        return np.einsum("almp,lmn,blnq->abpq", moved, self.inverse, moved, optimize=True)

    @cached_property
    def slope(self) -> Floats:
        """Of the deviance in the variances, (3,)."""
        trace = np.einsum("lmn,alnm->a", self.inverse, self.parts)
        trace = trace - np.einsum("pq,aqp->a", self.C, self.slopes)
        return trace - np.einsum("lm,almn,ln->a", self.left, self.parts, self.left, optimize=True)

    @cached_property
    def expected(self) -> Floats:
        """The expected information of the variances, (3, 3)."""
        turned = self.inverse @ self.parts
        whole = np.einsum("almn,blnm->ab", turned, turned)
        carried = self.C @ self.slopes
        less = 2 * np.einsum("pq,abqp->ab", self.C, self.squares)
        return (whole - less + np.einsum("apq,bqp->ab", carried, carried)) / 2
