"""Synthetic cohorts of HR+ xenografts under a PI3K, a CDK4/6 and an oestrogen-receptor inhibitor.

The rates, spreads and losses are design values of the size seen in public studies of these drug
classes. They are not the numbers of any one study.
"""

from __future__ import annotations

from xenotrack.plan.truth import ArmTruth, Scenario, Turn, twice_weekly

_DRUGS = {"A": "alpelisib", "R": "ribociclib", "F": "fulvestrant"}


def _arm(letters: str, rate: float, rate_sd: float, *turns: Turn) -> ArmTruth:
    """An arm of the drugs with these initials, with the weight loss that they cause."""
    drugs = tuple(_DRUGS[letter] for letter in letters)
    loss, loss_sd = _WEIGHT_LOSS[letters]
    return ArmTruth("+".join(drugs) or "vehicle", drugs, rate, rate_sd, turns, loss, loss_sd)


# Alpelisib with a CDK4/6 inhibitor is the pair that costs weight, in mice as in patients.
_WEIGHT_LOSS = {
    "": (0.0, 0.0),
    "F": (0.0, 0.01),
    "R": (0.01, 0.02),
    "RF": (0.02, 0.02),
    "A": (0.04, 0.03),
    "AF": (0.05, 0.03),
    "AR": (0.14, 0.05),
    "ARF": (0.16, 0.055),
}

_ESCAPE = Turn(day=45, day_sd=10, rate=0.035, rate_sd=0.012)
_RESIDUE = Turn(day=60, day_sd=6, rate=0.0, rate_sd=0.003)
_LATE_ESCAPE = Turn(day=85, day_sd=10, rate=0.030, rate_sd=0.010, share=0.15)

NAIVE = Scenario(
    arms=(
        _arm("", 0.050, 0.012),
        _arm("F", 0.025, 0.012),
        _arm("R", 0.020, 0.015),
        _arm("RF", -0.010, 0.012, _ESCAPE),
        _arm("A", 0.018, 0.015),
        _arm("AF", -0.002, 0.012),
        _arm("AR", -0.008, 0.018),
        _arm("ARF", -0.025, 0.015, _RESIDUE, _LATE_ESCAPE),
    ),
    visit_days=twice_weekly(105),
    id_prefix="N",
    smallest_mm=2.0,
    technical_per_day=0.0002,
)

# One resistant line is more uniform than a naive tumour: alpelisib arms have the smaller spread.
RESISTANT = Scenario(
    arms=(
        _arm("", 0.050, 0.012),
        _arm("F", 0.045, 0.012),
        _arm("R", 0.045, 0.015),
        _arm("RF", 0.045, 0.012),
        _arm("A", 0.000, 0.010),
        _arm("AF", -0.008, 0.010),
        _arm("AR", -0.010, 0.010),
        _arm("ARF", -0.015, 0.010),
    ),
    visit_days=twice_weekly(63),
    id_prefix="R",
    smallest_mm=2.0,
    technical_per_day=0.0002,
)

TWO_ARM = Scenario(
    arms=(_arm("", 0.050, 0.012), _arm("A", 0.018, 0.015)),
    mice_per_arm=8,
    visit_days=twice_weekly(28),
    id_prefix="T",
)

COMBINATION = Scenario(
    arms=(
        _arm("", 0.050, 0.012),
        _arm("F", 0.025, 0.012),
        _arm("A", 0.018, 0.015),
        _arm("AF", -0.002, 0.012),
    ),
    mice_per_arm=8,
    visit_days=twice_weekly(28),
    id_prefix="C",
)

WIDE = Scenario(
    arms=(
        _arm("", 0.050, 0.012),
        _arm("R", 0.020, 0.015),
        _arm("A", 0.018, 0.015),
        _arm("AR", -0.008, 0.018),
    ),
    mice_per_arm=8,
    visit_days=twice_weekly(42),
    id_prefix="W",
)


def _model(prefix: str, vehicle: float, doublet: float, alpelisib: float) -> Scenario:
    """One CDK4/6-resistant line: the rates of its arms, with the spread of a single line."""
    return Scenario(
        arms=(_arm("", vehicle, 0.010), _arm("RF", doublet, 0.010), _arm("A", alpelisib, 0.006)),
        visit_days=twice_weekly(42),
        id_prefix=prefix,
        smallest_mm=2.0,
    )


# Lines differ in how fast they grow, and alpelisib does a little more in mutant ones.
MODELS = {
    "HRX-M1": _model("M1-", 0.052, 0.047, -0.011),
    "HRX-M2": _model("M2-", 0.044, 0.041, -0.008),
    "HRX-W1": _model("W1-", 0.056, 0.050, -0.005),
    "HRX-W2": _model("W2-", 0.047, 0.040, -0.006),
}
