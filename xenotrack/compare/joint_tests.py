"""Joint tests that several weighted sums of arms are all zero."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.model.estimates import ArmEstimates
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.smallsample import JointTest

# Weights (m, k) over the arms to the test that all m sums are zero; none where too few arms have
# any spread to test all sums at once.
JointOf = Callable[[Floats], JointTest | None]


def joint_test_of(fit: GrowthFit) -> JointOf:
    """The joint test of a growth fit's rates: Welch–James by arm, the model's own where pooled.

    Where arms were fitted together that is Kenward & Roger's scaled F (or the declared one).
    """
    if len(fit.pieces) != 1:
        return welch_james(fit.rates())
    (piece,) = fit.pieces
    if piece.joint_test is None or len(piece.arms) < 2:
        return welch_james(fit.rates())
    own_test, rates = piece.joint_test, fit.weights_of(fit.rate_asked)[:, fit.places(piece)]

    def joint(weights: Floats) -> JointTest | None:
        return own_test(weights @ rates)

    return joint


def welch_james(estimates: ArmEstimates) -> JointOf:
    """Johansen's approximation for independent arms, each with variance V and df of its own.

    ``θᵀ(LVLᵀ)⁻¹θ / c ~ F(m, m(m + 2) / 3A)`` with ``A = Σ h²/df``, h the diagonal of
    ``VLᵀ(LVLᵀ)⁻¹L`` and ``c = m + 2A(m − 1)/(m + 2)`` (Johansen 1980, Biometrika 67:85). One sum
    gives Welch–Satterthwaite's t², differences of all arms Welch's F.
    """

    def joint(weights: Floats) -> JointTest | None:
        used = (weights != 0).any(axis=0)
        L = weights[:, used]
        variance = np.diag(estimates.covariance)[used]
        df = estimates.degrees_of_freedom(np.eye(len(estimates.arms))[used])
        count = len(L)
        if np.linalg.matrix_rank(L * np.sqrt(variance)) < count:
            return None
        inverse = np.linalg.inv(L * variance @ L.T)
        sums = L @ estimates.values[used]
        share = variance * np.einsum("mi,mn,ni->i", L, inverse, L)
        lost = np.sum(share**2 / df)
        scale = count + 2 * lost * (count - 1) / (count + 2)
        bottom = count * (count + 2) / (3 * lost) if lost else np.inf
        return JointTest(float(sums @ inverse @ sums / scale), count, float(bottom))

    return joint


def independent_rows(weights: Floats) -> Floats:
    """As many of the rows as are linearly independent, first come first kept.

    >>> independent_rows(np.array([[1.0, 0], [2, 0], [1, 1]])).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    kept: list[Floats] = []
    for row in weights:
        if np.linalg.matrix_rank(np.array([*kept, row])) > len(kept):
            kept.append(row)
    return np.array(kept).reshape(len(kept), weights.shape[1])
