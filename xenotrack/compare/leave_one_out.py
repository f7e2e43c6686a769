"""Which claims about growth rates rest on one mouse: each claim again without each mouse.

The model is fitted anew without the mouse, variances and degrees of freedom included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.compare.best_part import claim_p
from xenotrack.compare.contrasts import ContrastSource
from xenotrack.compare.families import (
    BEST_PART,
    Pair,
    control_family,
    pair_weights,
    parts_family,
    primary_pair,
)
from xenotrack.compare.growth_source import growth_source
from xenotrack.compare.multiplicity import holm_p
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.doubts import Doubt, p_words
from xenotrack.model.growth import without_mouse
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.log_volume import LogVolumes
from xenotrack.study.design import Design

if TYPE_CHECKING:
    import pandas as pd

LEAVE_ONE_OUT = (
    *("family", "contrast", "arm", "against", "p_adjusted", "p_lowest", "without_lowest"),
    *("p_highest", "without_highest", "n_changes", "changed_by"),
)
MOST_MICE = 200  # of one fit; a pooled one is made anew with all its mice for each


@dataclass(frozen=True)
class Claim:
    """A contrast that is read as a claim, and the comparisons of two arms that it stands on."""

    family: str
    pair: Pair
    pairs: tuple[Pair, ...]


def claims_of(design: Design) -> list[Claim]:
    """The primary contrast, then every arm against control and every combination's claim.

    Those against control are left out where their p-values are adjusted by Dunnett.
    """
    primary = primary_pair(design)
    claims = []
    if design.rules.compare.adjust != "dunnett":
        claims = [Claim("control", pair, (pair,)) for pair in control_family(design).pairs]
    parts = parts_family(design).pairs
    for whole in dict.fromkeys(pair.arm for pair in parts):
        of_whole = tuple(pair for pair in parts if pair.arm == whole)
        claims.append(Claim("parts", Pair(whole, BEST_PART), of_whole))
    first = [claim for claim in claims if claim.pair.is_about(primary)]
    if primary is not None and not first and primary.other != BEST_PART:
        first = [Claim("primary", primary, (primary,))]
    return [*first, *(claim for claim in claims if claim not in first)]


def leave_one_out(fit: GrowthFit, rows: LogVolumes) -> pd.DataFrame:
    """A row a claim: its p-value, the ends of those without one mouse, and who turns it.

    ``family contrast arm against p_adjusted p_lowest without_lowest p_highest without_highest
    n_changes changed_by``: a mouse turns a claim where p passes 1 − level without it. ``rows`` are
    the readings that were fitted. Empty where one model has more than ``MOST_MICE`` mice.
    """
    import pandas as pd

    design = fit.design
    claims = claims_of(design)
    mice = np.unique(rows.mouse)
    own = [len(mice)] if fit.variances == "pooled" else [_mice_of(rows, p.arms) for p in fit.pieces]
    if not claims or max(own, default=0) > MOST_MICE:
        return pd.DataFrame(columns=list(LEAVE_ONE_OUT))
    whole = p_values(growth_source(fit), claims, design)
    fits = (without_mouse(fit, rows, mouse) for mouse in mice)
    found = [p_values(growth_source(each, joint=False), claims, design) for each in fits]
    without = np.array(found).reshape(len(mice), len(claims))
    names = rows.mice[mice]
    lines = [
        (claim.family, *claim.pair.names, p, *_ends(own, p, names, 1 - fit.level))
        for claim, p, own in zip(claims, whole, without.T, strict=True)
        if np.isfinite(p) and np.isfinite(own).any()
    ]
    return pd.DataFrame(lines, columns=list(LEAVE_ONE_OUT))


def _mice_of(rows: LogVolumes, arms: tuple[int, ...]) -> int:
    return len(np.unique(rows.mouse[np.isin(rows.arm, arms)]))


def p_values(source: ContrastSource, claims: Sequence[Claim], design: Design) -> Floats:
    """The p-value of each claim, adjusted within its family but for the primary contrast."""
    p = np.full(len(claims), np.nan)
    for place, claim in enumerate(claims):
        names = dict.fromkeys(name for pair in claim.pairs for name in (pair.arm, pair.other))
        over = source.over(list(names))
        weights = pair_weights(claim.pairs, over.arms)
        own = over.contrast_of(weights, design.rules.compare.level)
        alone = claim.pair.other != BEST_PART
        p[place] = own.p_value[0] if alone else claim_p(own, OUTCOMES["growth_rate"].better)
    primary = primary_pair(design)
    for family in ("control", "parts"):
        together = np.array([c.family == family and not c.pair.is_about(primary) for c in claims])
        if design.rules.compare.adjust != "none" and together.any():
            p[together] = holm_p(p[together])
    return p


def _ends(
    without: Floats, p: float, names: NDArray[np.object_], alpha: float
) -> tuple[float, str, float, str, int, str]:
    """The lowest and the highest p-value, the mouse behind each, and whose p passes alpha."""
    low, high = int(np.nanargmin(without)), int(np.nanargmax(without))
    with np.errstate(invalid="ignore"):
        turned = np.isfinite(without) & ((without < alpha) != (p < alpha))
    farthest = np.argsort(-np.abs(without - p), kind="stable")
    changed = [str(names[place]) for place in farthest if turned[place]]
    return (
        *(float(without[low]), str(names[low]), float(without[high]), str(names[high])),
        *(len(changed), "; ".join(changed)),
    )


def doubts_about_mice(influences: pd.DataFrame, level: float) -> Iterator[Doubt]:
    """The claims whose verdict another choice of mice would turn."""
    for row in influences[influences["n_changes"] > 0].to_dict("records"):
        shown = row["p_adjusted"] < 1 - level
        end, mouse = ("highest", "without_highest") if shown else ("lowest", "without_lowest")
        others = row["n_changes"] - 1
        more = f"; {others} other mice alone would turn it, too" if others > 1 else ""
        more = "; one other mouse alone would turn it, too" if others == 1 else more
        against = "its best part" if row["against"] == BEST_PART else row["against"]
        yield Doubt(
            "verdict-rests-on-a-mouse",
            (row["arm"], row["against"]),
            "growth",
            f"Without mouse {row[mouse]} the growth of {row['arm']} vs {against} would "
            f"{'not be' if shown else 'be'} shown to differ ({p_words(row[f'p_{end}'])}, beside "
            f"{p_words(row['p_adjusted'])} with all mice){more}.",
            (row[mouse],),
        )
