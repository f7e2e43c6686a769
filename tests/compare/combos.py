"""Studies of combinations by their rates: additive ones, and what is said of them."""

from __future__ import annotations

from typing import Any

from xenotrack.compare.synergy import Synergy, estimate_synergy

from .reference import design_of, simple_estimates

NUMBERS = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]
FACTORIAL = ("vehicle", "A", "B", "C", "A+B", "A+C", "B+C", "A+B+C")
EFFECTS = {"A": -0.02, "B": -0.01, "C": -0.015}
TWO = {"vehicle": 0.08, "A": 0.06, "B": 0.05, "A+B": -0.03}


def synergy(rates: dict[str, float], day: float | None = 30.0, **how: Any) -> Synergy:
    """Of independent arms with these rates, on growth rates and at one day."""
    asked = {name: how.pop(name) for name in ("days", "below_limit") if name in how}
    estimates = simple_estimates(rates, **how)
    return estimate_synergy(estimates, design_of(tuple(rates)), 0.95, day, **asked)


def on_rates(rates: dict[str, float], **how: Any) -> Synergy:
    """The rows on growth rates alone."""
    return synergy(rates, **how).only((), ("rate",))


def additive(
    effects: dict[str, float] = EFFECTS, arms: tuple[str, ...] = FACTORIAL, base: float = 0.06
) -> dict[str, float]:
    """Rates of arms whose drugs simply add up."""
    return {
        arm: base + (0 if arm == "vehicle" else sum(effects[d] for d in arm.split("+")))
        for arm in arms
    }


def reasons(found: Synergy) -> dict[tuple[str, str], str]:
    """What could not be computed, by rule and arm."""
    return {(doubt.rule, arm): doubt.text for doubt in found.doubts for arm in doubt.arms}
