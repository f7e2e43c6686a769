"""Which arms blocked progression, which held growth on average, and which came back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xenotrack.compare.verdicts import WITHHELD
from xenotrack.doubts import Doubt
from xenotrack.model.beta_product import Limits, progressed_limits
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.survival import SurvivalCurve
from xenotrack.model.times import TOXICITY
from xenotrack.study.design import Design

BLOCKED, HELD, REGREW = "blocked", "held", "regrew"
# The rules of the doubts for which a claim is withheld.
FEW_AT_RISK, CONTROL_HELD = "few-at-risk", "control-did-not-grow"
FEWEST_AT_RISK = 5
"""None of 5 mice leaves room for half of all mice to progress (95 % limit 52 %); fewer say less."""
LAST_PART = 0.9  # of an arm's follow-up: mice read a few days before the last are followed, too


@dataclass(frozen=True)
class ArmBlocking:
    """What one arm's growth and progression say together.

    ``verdict`` and the rate (per day, over ``from_day`` to ``until_day``) are those of the growth
    fit. ``n_progressed`` of ``n_mice`` had progressed by ``day``, when ``n_at_risk`` were still
    followed without; ``share_low`` and ``share_high`` bound the share that progresses by then.
    ``rise`` is the rate after the curve's lowest point, on ``lowest_day``; ``n_regrew`` mice came
    back from their smallest volume, whatever the rule of progression, and ``n_unmeasurable`` had
    nothing to measure when they were last read. Of the mice at risk ``n_toxic`` then left for
    toxicity. ``beside_growth``: the control, or an arm that received nothing, was not held itself.
    """

    arm: str
    verdict: str
    from_day: float
    until_day: float
    rate: float
    rate_low: float
    rate_high: float
    n_mice: int
    n_progressed: int
    n_at_risk: int
    day: float
    share_low: float
    share_high: float
    lowest_day: float = np.nan
    rise: float = np.nan
    n_regrew: int = 0
    n_unmeasurable: int = 0
    n_toxic: int = 0
    beside_growth: bool = True

    @property
    def is_held(self) -> bool:
        """Whether growth was held on average."""
        return self.verdict in ("shrinking", "blocked")

    @property
    def n_followed(self) -> int:
        """The mice at risk that did not leave for toxicity."""
        return self.n_at_risk - self.n_toxic

    @property
    def few_at_risk(self) -> bool:
        """Whether too few mice were followed for "none progressed" to say much."""
        return self.n_followed < max(FEWEST_AT_RISK, self.n_mice / 2)

    @property
    def shows(self) -> str:
        """``blocked | held | regrew | withheld``; "" where growth was not held."""
        if self.verdict == REGREW:
            return REGREW
        if not self.is_held or self.n_mice == 0:
            return ""
        if self.withheld:
            return WITHHELD
        return HELD if self.n_progressed or self.n_regrew else BLOCKED

    @property
    def withheld(self) -> str:
        """The rule of the doubt for which an arm that held growth is not said to; "" for none."""
        if not self.is_held or self.n_mice == 0:
            return ""
        if not self.beside_growth:
            return CONTROL_HELD
        few = self.few_at_risk and not (self.n_progressed or self.n_regrew)
        return FEW_AT_RISK if few else ""


def judge_arms(growth: GrowthFit, progression: ProgressionFit) -> tuple[ArmBlocking, ...]:
    """Every arm of a study, in display order."""
    rates = growth.to_frame().assign(n_regrew=progression.to_frame()["n_regrew"].to_numpy())
    gone = growth.n_unmeasurable
    rates = rates.assign(n_unmeasurable=0 if gone is None else gone)
    judged = tuple(
        judge_arm(rate, curve, growth.level)
        for (_, rate), curve in zip(rates.iterrows(), progression.curves, strict=True)
    )
    times, toxic = progression.times, progression.times.left_for(TOXICITY)
    grew = _tumors_grew(judged, growth.design)
    return tuple(
        replace(
            blocking,
            n_toxic=int((toxic & (times.arm == code) & (times.day >= blocking.day)).sum()),
            beside_growth=grew,
        )
        for code, blocking in enumerate(judged)
    )


def _tumors_grew(arms: Sequence[ArmBlocking], design: Design) -> bool:
    """Whether the control, or an arm that received nothing, was not held itself.

    Tumours that do not grow without treatment are blocked by none. Without such an arm nobody
    knows, and each is judged for itself.
    """
    idle = {arm.name for arm in design.arms if not arm.drugs or arm.name == design.control}
    beside = [arm for arm in arms if arm.arm in idle and arm.verdict]
    return not beside or not all(arm.is_held for arm in beside)


def judge_arm(rate: pd.Series, curve: SurvivalCurve, level: float) -> ArmBlocking:
    """One arm, from its row of the table ``growth`` and its curve of progression."""
    events, day, at_risk = followed(curve)
    # The bound knows who was still followed: nobody knows of the others.
    share = progressed_limits(curve, day, level) if curve.n_mice else Limits(np.nan, np.nan)
    return ArmBlocking(
        arm=str(rate["arm"]),
        verdict=rate["verdict"] or "",
        from_day=float(rate["from_day"]),
        until_day=float(rate["until_day"]),
        rate=float(rate["estimate"]),
        rate_low=float(rate["conf_low"]),
        rate_high=float(rate["conf_high"]),
        n_mice=curve.n_mice,
        n_progressed=events,
        n_at_risk=at_risk,
        day=day,
        share_low=share.low,
        share_high=share.high,
        lowest_day=float(rate.get("lowest_day", np.nan)),
        rise=float(rate.get("regrowth_rate", np.nan)),
        n_regrew=int(rate.get("n_regrew", 0)),
        n_unmeasurable=int(rate.get("n_unmeasurable", 0)),
    )


def followed(curve: SurvivalCurve) -> tuple[int, float, int]:
    """How many mice progressed, up to which day, and how many were still followed then.

    The day is the first of the last tenth of the arm's follow-up on which a mouse left it, so
    that mice last read a visit before the others count as followed.
    """
    if not curve.n_mice:
        return 0, np.nan, 0
    events = int(curve.n_events.sum())
    at = int(np.argmax(curve.days >= LAST_PART * curve.last_day))
    return events, float(curve.days[-1] if events else curve.days[at]), int(curve.n_at_risk[at])


def with_bounds(table: pd.DataFrame, arms: Sequence[ArmBlocking]) -> pd.DataFrame:
    """The table ``blocked`` with the bounds of the share that progresses of each arm.

    Where none progressed, ``n_mice`` are those still followed, of whom alone it says something.
    """
    names = ["n_mice", "proportion", "conf_low", "conf_high"]
    numbers = table[names].to_numpy(dtype=float)
    places = zip(table["arm"], table["category"], range(len(table)), strict=True)
    row_of = {(arm, category): row for arm, category, row in places}
    for blocking in arms:
        mice = blocking.n_mice if blocking.n_progressed else blocking.n_at_risk
        share = blocking.n_progressed / mice if mice else np.nan
        row = row_of[blocking.arm, "progressed"]
        numbers[row] = [mice, share, blocking.share_low, blocking.share_high]
    columns = dict(zip(names, numbers.T, strict=True))
    return table.assign(**columns).astype({"n_mice": int})


def doubts_about_blocking(arms: Sequence[ArmBlocking]) -> Iterator[Doubt]:
    """Arms of which no mouse progressed, and most were not followed; tumours that did not grow."""
    for blocking in arms:
        if blocking.withheld == FEW_AT_RISK:
            toxic = " and did not leave for toxicity" if blocking.n_toxic else ""
            yield Doubt(
                "few-at-risk",
                (blocking.arm,),
                "progression",
                f"Only {blocking.n_followed} of {blocking.n_mice} mice of "
                f"{blocking.arm} were still followed on day {blocking.day:g}{toxic}: that none "
                "progressed by then says little of the others.",
            )
    idle = tuple(blocking.arm for blocking in arms if blocking.withheld == CONTROL_HELD)
    if idle:
        yield Doubt(
            "control-did-not-grow",
            idle,
            "progression",
            "The tumours of the control were held as well: that the others did not grow is no "
            "effect of their treatment.",
        )
