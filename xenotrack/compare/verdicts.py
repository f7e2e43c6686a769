"""What a contrast shows: the one place where a p-value becomes a word."""

from __future__ import annotations

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.outcomes import Better

BETTER, WORSE, NOT_SHOWN, WITHHELD = "better", "worse", "not shown", "withheld"


def what_it_shows(
    estimate: float, p_adjusted: float, better: Better, level: float, reason: str = ""
) -> str:
    """``better | worse | not shown | withheld``; "" where nothing could be tested.

    A difference is shown where its adjusted p-value is below 1 − ``level``. With a ``reason`` (the
    rule of a doubt that takes the assumption of the test away) what would be shown is withheld.

    >>> what_it_shows(-0.02, 0.01, "lower", 0.95), what_it_shows(-0.02, 0.2, "lower", 0.95)
    ('better', 'not shown')
    >>> what_it_shows(-0.02, 0.01, "lower", 0.95, "spread-unknown")
    'withheld'
    """
    if not np.isfinite(p_adjusted) or not np.isfinite(estimate):
        return ""
    if p_adjusted >= 1 - level:
        return NOT_SHOWN
    if reason:
        return WITHHELD
    return BETTER if (estimate < 0) == (better == "lower") else WORSE


def claim_level(p_value: float, p_adjusted: float, level: float) -> float:
    """The level of the interval that excludes no difference exactly when p_adjusted < 1 − level.

    ``1 − α · p / p_adjusted``: the interval of the contrast alone at the share of α that its
    adjustment left to it.

    >>> round(claim_level(0.01, 0.03, 0.95), 4), claim_level(0.03, 0.03, 0.95)
    (0.9833, 0.95)
    """
    if not p_adjusted > 0 or not p_value > 0:
        return level
    return 1 - (1 - level) * p_value / p_adjusted


def claim_levels(p_value: Floats, p_adjusted: Floats, level: float) -> Floats:
    """``claim_level`` of each of several contrasts."""
    pairs = zip(p_value, p_adjusted, strict=True)
    return np.array([claim_level(float(p), float(adjusted), level) for p, adjusted in pairs])
