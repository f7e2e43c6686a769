"""Which claims about growth rates rest on one mouse: each claim again without each mouse.

The model is fitted anew without the mouse, variances and degrees of freedom included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.compare.best_part import claim_p, one_sided_p
from xenotrack.compare.contrasts import ContrastSource, RawContrasts, one_sided, t_contrasts
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
from xenotrack.model.blocks import PairedBlocks
from xenotrack.model.growth import without_mouse
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.left_out import without_each_mouse
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.piece import Piece
from xenotrack.response.welch import welch_df
from xenotrack.study.design import Design

if TYPE_CHECKING:
    import pandas as pd

LEAVE_ONE_OUT = (
    *("family", "contrast", "arm", "against", "p_adjusted", "p_lowest", "without_lowest"),
    *("p_highest", "without_highest", "n_changes", "changed_by"),
)
LEAVE_ONE_OUT_MICE = ("family", "contrast", "mouse", "p_adjusted")
MOST_MICE = 200  # of one fit; a pooled one is made anew with all its mice for each


@dataclass(frozen=True)
class Claim:
    """A contrast that is read as a claim, and the comparisons of two arms that it stands on."""

    family: str
    pair: Pair
    pairs: tuple[Pair, ...]

    @property
    def arms(self) -> list[str]:
        return list(dict.fromkeys(name for pair in self.pairs for name in (pair.arm, pair.other)))


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


@dataclass(frozen=True, eq=False)
class LeftOut:
    """The p-values of claims with all mice, and (mice, claims) without each mouse."""

    claims: Sequence[Claim]
    mice: NDArray[np.object_]
    whole: Floats
    without: Floats
    alpha: float

    def to_frame(self) -> pd.DataFrame:
        """A row a claim: its p-value, the ends of those without one mouse, and who turns it.

        ``family contrast arm against p_adjusted p_lowest without_lowest p_highest without_highest
        n_changes changed_by``: a mouse turns a claim where p passes 1 − level without it.
        """
        import pandas as pd

        lines = [
            (claim.family, *claim.pair.names, p, *_ends(own, p, self.mice, self.alpha))
            for claim, p, own in self._known()
        ]
        return pd.DataFrame(lines, columns=list(LEAVE_ONE_OUT))

    def by_mouse(self) -> pd.DataFrame:
        """A row a claim and mouse: ``family contrast mouse p_adjusted``, without that mouse."""
        import pandas as pd

        lines = [
            (claim.family, claim.pair.names[0], mouse, p)
            for claim, _, own in self._known()
            for mouse, p in zip(self.mice, own, strict=True)
        ]
        return pd.DataFrame(lines, columns=list(LEAVE_ONE_OUT_MICE))

    def _known(self) -> Iterator[tuple[Claim, float, Floats]]:
        """Each claim that has a p-value, with it and with those without each mouse."""
        for claim, p, own in zip(self.claims, self.whole, self.without.T, strict=True):
            if np.isfinite(p) and np.isfinite(own).any():
                yield claim, p, own


def leave_each_out(fit: GrowthFit, rows: LogVolumes) -> LeftOut:
    """Every claim without each mouse; ``rows`` are the readings that were fitted.

    No claims where one model has more than ``MOST_MICE`` mice.
    """
    design = fit.design
    claims = claims_of(design)
    mice = np.unique(rows.mouse)
    own = [len(mice)] if fit.variances == "pooled" else [_mice_of(rows, p.arms) for p in fit.pieces]
    if not claims or max(own, default=0) > MOST_MICE:
        return LeftOut((), rows.mice[mice], np.empty(0), np.empty((len(mice), 0)), 1 - fit.level)
    alone = raw_p(growth_source(fit), claims, design)
    raw = np.repeat(alone[None], len(mice), axis=0)
    fill_without(raw, fit, rows, mice, claims)
    without = np.array([adjusted(own, claims, design) for own in raw]).reshape(raw.shape)
    whole = adjusted(alone, claims, design)
    return LeftOut(claims, rows.mice[mice], whole, without, 1 - fit.level)


def leave_one_out(fit: GrowthFit, rows: LogVolumes) -> pd.DataFrame:
    """The claims on growth rates without each mouse, a row a claim."""
    return leave_each_out(fit, rows).to_frame()


def _mice_of(rows: LogVolumes, arms: tuple[int, ...]) -> int:
    return len(np.unique(rows.mouse[np.isin(rows.arm, arms)]))


def fill_without(
    raw: Floats, fit: GrowthFit, rows: LogVolumes, mice: Codes, claims: Sequence[Claim]
) -> None:
    """Puts into ``raw`` (mice, claims) the p-values of claims that a mouse has a part in.

    Where each arm is fitted alone, a claim without a mouse changes by the mouse's arm only. What
    cannot be had so is asked of the whole fit without the mouse.
    """
    design = fit.design
    arms = [set(claim.arms) for claim in claims]
    touched = np.array([_touched(fit, int(rows.mouse_arm[mouse]), arms) for mouse in mice])
    for place, values in enumerate(_by_arm(fit, rows, claims)):
        for mouse, p_value in values.items():
            row = int(np.searchsorted(mice, mouse))
            raw[row, place], touched[row, place] = p_value, False
    for row in np.flatnonzero(touched.any(axis=1)).tolist():
        source = growth_source(without_mouse(fit, rows, int(mice[row])), joint=False)
        asked = np.flatnonzero(touched[row]).tolist()
        raw[row, asked] = raw_p(source, [claims[place] for place in asked], design)


def _touched(fit: GrowthFit, code: int, arms: Sequence[set[str]]) -> list[bool]:
    """Which claims, of the arms of these names, a mouse of an arm has a part in."""
    together = next((piece.arms for piece in fit.pieces if code in piece.arms), (code,))
    names = {fit.design.arm_names[each] for each in together}
    return [bool(own & names) for own in arms]


def _by_arm(fit: GrowthFit, rows: LogVolumes, claims: Sequence[Claim]) -> list[dict[int, float]]:
    """The p-value of each claim without each mouse, as far as arms were fitted alone."""
    if isinstance(fit.narrow, PairedBlocks) or any(len(piece.arms) > 1 for piece in fit.pieces):
        return [{} for _ in claims]
    shared = [fit.over(claim.arms) for claim in claims]
    seen = np.ones(rows.n_arms, dtype=bool)
    if rows.below is not None:
        seen[rows.arm[rows.below]] = False  # days and completed readings change with the mouse
    pieces = [
        piece
        for piece in dict.fromkeys(piece for over in shared for piece in over.pieces)
        if seen[piece.arms[0]]
    ]
    left = dict(zip(pieces, without_each_mouse(pieces, fit.design), strict=True))
    return [_claim_without(over, claim, left) for over, claim in zip(shared, claims, strict=True)]


def _claim_without(
    over: GrowthFit, claim: Claim, left: Mapping[Piece, Mapping[int, Piece]]
) -> dict[int, float]:
    """The p-value of one claim without each mouse of its arms that was left out of their piece."""
    names, rates = over.design.arm_names, over.rates()
    whole = rates.values, np.diag(rates.covariance), rates.degrees_of_freedom(np.eye(len(names)))
    mice, lines = [], []
    for piece in over.pieces:
        code = piece.arms[0]
        if names[code] not in claim.arms:
            continue
        asked = over.rate_asked(code, piece.shapes[0])
        for mouse, other in left.get(piece, {}).items():
            line = np.array(whole)
            line[:, code] = _sum_of(other, asked)
            mice.append(mouse)
            lines.append(line)
    if not lines:
        return {}
    values, variances, df = np.swapaxes(np.array(lines), 0, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = _p_of(over, claim, values, variances, df, rates.at_most)
    return dict(zip(mice, p.tolist(), strict=True))


def _sum_of(piece: Piece, weights: Floats) -> tuple[float, float, float]:
    """A weighted sum of a piece's coefficients, its variance and its degrees of freedom."""
    variance = float(weights @ piece.covariance @ weights)
    return (
        float(weights @ piece.values),
        variance,
        float(piece.degrees_of_freedom(weights[None])[0]),
    )


def _p_of(
    over: GrowthFit,
    claim: Claim,
    values: Floats,
    variances: Floats,
    df: Floats,
    at_most: Bools | None,
) -> Floats:
    """p of a claim for several sets of its arms' values, variances and df, each (m, k)."""
    raws = []
    for weights in pair_weights(claim.pairs, over.design.arm_names):
        used = weights != 0
        variance = variances[:, used]
        estimate, error = values[:, used] @ weights[used], np.sqrt(variance.sum(axis=1))
        raw = t_contrasts(estimate, error, welch_df(variance, df[:, used]), over.level)
        rows = np.repeat(weights[None], len(values), axis=0)
        raws.append(raw if at_most is None else one_sided(raw, rows, at_most))
    return _claimed(claim, raws)


def _claimed(claim: Claim, raws: Sequence[RawContrasts]) -> Floats:
    """The p-values of a claim, (m,), from the contrasts of each of its pairs."""
    if claim.pair.other != BEST_PART:
        return raws[0].p_value
    sign = 1.0 if OUTCOMES["growth_rate"].better == "lower" else -1.0
    return claim_p(np.array([one_sided_p(raw, sign) for raw in raws]))


def raw_p(source: ContrastSource, claims: Sequence[Claim], design: Design) -> Floats:
    """The p-value of each claim, as yet for itself."""
    p = np.full(len(claims), np.nan)
    for place, claim in enumerate(claims):
        over = source.over(claim.arms)
        weights = pair_weights(claim.pairs, over.arms)
        own = over.contrast_of(weights, design.rules.compare.level)
        p[place] = _claimed(claim, [own.rows([row]) for row in range(len(weights))])[0]
    return p


def adjusted(p_value: Floats, claims: Sequence[Claim], design: Design) -> Floats:
    """The p-values of claims, adjusted within their family but for the primary contrast."""
    p, primary = p_value.copy(), primary_pair(design)
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
