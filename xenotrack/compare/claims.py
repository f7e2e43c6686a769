"""Everything that may be said of a study's arms, each claim with its evidence.

Sentences state claims and nothing else: whoever wants to know why the tool says something finds
the value here, and the rule that decided it in ``verdicts.py``, ``blocking.py`` or
``synergy_verdicts.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np

from xenotrack.compare.blocking import ArmBlocking
from xenotrack.compare.comparisons import arms_of
from xenotrack.compare.contrasts import Contrasts
from xenotrack.compare.lattice import arm_for
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.synergy import Synergy
from xenotrack.compare.verdicts import WITHHELD
from xenotrack.doubts import Doubt
from xenotrack.study.design import Design

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Claim:
    """One claim with its evidence.

    ``kind`` is ``contrast`` (of an ``outcome``), ``synergy`` (``outcome`` is the reference) or
    ``arm`` (whether an arm blocked progression). ``arms`` are all that it rests on, ``arm`` and
    ``against`` what it compares. ``low`` and ``high`` limit the estimate at the level that the
    adjustment leaves: they exclude no difference exactly when ``p_adjusted`` does. Of an arm, the
    estimate is its growth rate per day, and ``n`` of ``n_mice`` progressed by ``until_day``.
    Over lines (``pooled``, ``lines``) ``n`` and ``n_mice`` count lines: see ``compare/across.py``.
    ``shows`` is the verdict; ``doubts`` are the rules of the doubts that touch it.
    """

    kind: str
    outcome: str
    family: str
    arm: str
    against: str
    arms: tuple[str, ...]
    shows: str
    withheld: str = ""
    primary: bool = False
    best_part: str = ""
    p_part: str = ""
    from_day: float = np.nan
    until_day: float = np.nan
    estimate: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    p_adjusted: float = np.nan
    adjustment: str = "none"
    n: int | None = None
    n_mice: int | None = None
    doubts: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """What doubts may name that touch this claim."""
        if self.kind == "synergy":
            return ("synergy", "growth", "growth_rate")
        if self.kind == "arm":
            return ("growth", "growth_rate", "progression")
        return (self.outcome, OUTCOMES[self.outcome].source)


def contrast_claims(contrasts: Contrasts, design: Design) -> Iterator[Claim]:
    """The rows of one outcome that are read as claims, as far as they could be tested."""
    for row, about in enumerate(contrasts.about):
        if about.is_claim and about.shows:
            yield Claim(
                kind="contrast",
                outcome=contrasts.outcome,
                family=about.family,
                arm=about.pair.arm,
                against=about.pair.other,
                arms=arms_of(about.pair, design),
                shows=about.shows,
                withheld=about.withheld,
                primary=about.primary,
                best_part=about.best_part,
                p_part=about.p_part,
                from_day=about.from_day,
                until_day=about.until_day,
                estimate=float(contrasts.estimate[row]),
                low=float(contrasts.claim_low[row]),
                high=float(contrasts.claim_high[row]),
                p_value=float(contrasts.p_value[row]),
                p_adjusted=float(contrasts.p_adjusted[row]),
                adjustment=about.adjustment,
            )


def synergy_claims(
    synergy: Synergy, design: Design, days: Callable[[Sequence[str]], tuple[float, float]]
) -> Iterator[Claim]:
    """Whether each combination is more than a reference expects, on growth rates.

    ``days`` gives the first and the last day that a claim about some arms speaks of.
    """
    for row, asked in enumerate(synergy.asked):
        verdict = synergy.verdicts[row]
        # The interaction of two drugs is their Bliss excess.
        twice = asked.is_of_two and asked.reference == "interaction"
        if synergy.scale[row] != "rate" or verdict is None or twice:
            continue
        cells = (arm_for(design, cell, asked.combination) for cell in asked.cells)
        arms = tuple(dict.fromkeys(name for name in cells if name is not None))
        from_day, until_day = days(arms)
        yield Claim(
            kind="synergy",
            outcome=asked.reference,
            family=asked.reference,
            arm=asked.combination,
            against=asked.text,
            arms=arms,
            shows=WITHHELD if synergy.withheld[row] else verdict,
            withheld=synergy.withheld[row],
            from_day=from_day,
            until_day=until_day,
            estimate=float(synergy.estimate[row]),
            low=float(synergy.claim_low[row]),
            high=float(synergy.claim_high[row]),
            p_value=float(synergy.p_value[row]),
            p_adjusted=float(synergy.p_adjusted[row]),
            adjustment="holm",
        )


def arm_claims(arms: Sequence[ArmBlocking]) -> Iterator[Claim]:
    """Arms that blocked progression, held growth on average, or came back."""
    for blocking in arms:
        if blocking.shows:
            yield Claim(
                kind="arm",
                outcome="progression",
                family="arms",
                arm=blocking.arm,
                against="",
                arms=(blocking.arm,),
                shows=blocking.shows,
                withheld=blocking.withheld,
                from_day=blocking.from_day,
                until_day=blocking.day,
                estimate=blocking.rate,
                low=blocking.rate_low,
                high=blocking.rate_high,
                n=blocking.n_progressed,
                n_mice=blocking.n_mice if blocking.n_progressed else blocking.n_at_risk,
            )


def with_doubts(claims: Iterable[Claim], doubts: Sequence[Doubt]) -> tuple[Claim, ...]:
    """Each claim with the rules of the doubts that touch it."""
    doubted = []
    for claim in claims:
        rules = dict.fromkeys(doubt.rule for doubt in doubts if touches(doubt, claim))
        doubted.append(replace(claim, doubts=tuple(rules)))
    return tuple(doubted)


def touches(doubt: Doubt, claim: Claim) -> bool:
    """Whether a claim is to be read with a doubt: of its outcome, and of all arms or its own."""
    if len(doubt.arms) == 2 and doubt.mice:
        # A verdict that rests on mice is that of one contrast.
        return doubt.touches(claim.sources) and doubt.arms == (claim.arm, claim.against)
    return doubt.touches(claim.sources, claim.arms)


def claims_frame(claims: Sequence[Claim]) -> pd.DataFrame:
    """The table ``claims``: a row a claim, names of arms and rules one below the other."""
    import pandas as pd

    rows = []
    for claim in claims:
        row = {field.name: getattr(claim, field.name) for field in fields(Claim)}
        row |= {name: "\n".join(row[name]) for name in ("arms", "doubts")}
        rows.append({name: None if value == "" else value for name, value in row.items()})
    frame = pd.DataFrame(rows, columns=[field.name for field in fields(Claim)])
    return frame.rename(columns={"low": "claim_low", "high": "claim_high"})
