"""Arms of so few mice that no order of their days is unlikely: nothing can be shown of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from math import comb

from xenotrack.compare.families import Pair, control_family, parts_family, primary_pair
from xenotrack.doubts import Doubt
from xenotrack.model.progression import ProgressionFit


def doubt_few_splits(progression: ProgressionFit, outcome: str = "rmst_days") -> Iterator[Doubt]:
    """That p of hazards and days cannot be below α, of two arms or of contrasts read together."""
    names = [
        name
        for name, curve in zip(progression.design.arm_names, progression.curves, strict=True)
        if curve.n_mice
    ]
    alpha = 1 - progression.design.rules.compare.level
    pairs = [Pair(*pair) for pair in combinations(names, 2)]
    apart = [pair for pair in pairs if least_p(progression, pair) >= alpha]
    if apart:
        least = min(least_p(progression, pair) for pair in apart)
        yield _doubt(
            progression,
            outcome,
            apart,
            f"have no p below {least:.3g} however far they lie apart: between them neither a "
            "difference in days nor in hazards can be shown.",
        )
    for what, claims in families(progression):
        least = min((max(least_p(progression, pair) for pair in own) for own in claims), default=0)
        if len(claims) > 1 and least < alpha <= least * len(claims):
            yield _doubt(
                progression,
                outcome,
                [pair for own in claims for pair in own],
                f"have no p below {least * len(claims):.3g} where {len(claims)} {what} are "
                "adjusted together: no difference of theirs in days or hazards can be shown. One "
                "that is named as primary, beforehand, is not adjusted.",
            )


def least_p(progression: ProgressionFit, pair: Pair) -> float:
    """The least p that any way to deal the mice into arms of these sizes can have.

    The mirror of the farthest way lies as far out where the arms are of one size.
    """
    places = (progression.design.arm_names.index(name) for name in (pair.arm, pair.other))
    first, second = (progression.curves[place].n_mice for place in places)
    return (2 if first == second else 1) / comb(first + second, first)


def families(progression: ProgressionFit) -> Iterator[tuple[str, list[list[Pair]]]]:
    """What is adjusted together: each claim with the pairs of arms that all have to differ."""
    design, followed = progression.design, progression.arms_with_mice
    if design.rules.compare.adjust == "none" or design.control not in followed:
        return
    primary = primary_pair(design)
    alone = [
        [pair]
        for pair in control_family(design).pairs
        if pair.arm in followed and not pair.is_about(primary)
    ]
    yield "contrasts with control", alone
    parts = [pair for pair in parts_family(design).pairs if {pair.arm, pair.other} <= followed]
    wholes = dict.fromkeys(pair.arm for pair in parts)
    yield "combinations", [[pair for pair in parts if pair.arm == whole] for whole in wholes]


def _doubt(progression: ProgressionFit, outcome: str, pairs: Iterable[Pair], words: str) -> Doubt:
    named = {name for pair in pairs for name in (pair.arm, pair.other)}
    few = [name for name in progression.design.arm_names if name in named]
    text = f"Arms of so few mice ({_sizes(progression, few)}) {words}"
    return Doubt("too-few-to-split", tuple(few), outcome, text)


def _sizes(progression: ProgressionFit, names: Sequence[str]) -> str:
    arms = progression.design.arm_names
    return ", ".join(f"{name} {progression.curves[arms.index(name)].n_mice}" for name in names)
