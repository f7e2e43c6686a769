"""How arms differ in one outcome: the families of contrasts, each adjusted by its rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Bools, Floats
from xenotrack.compare.best_part import Chosen, best_part_claim
from xenotrack.compare.by_mouse import in_words
from xenotrack.compare.contrasts import (
    About,
    Contrasts,
    ContrastSource,
    Level,
    RawContrasts,
    join_contrasts,
    join_raw,
    source_of,
)
from xenotrack.compare.families import (
    BEST_PART,
    FAMILIES,
    Family,
    Pair,
    missing_parts,
    pair_weights,
    primary_pair,
)
from xenotrack.compare.multiplicity import ADJUST, bonferroni_level, holm_p
from xenotrack.compare.outcomes import OUTCOMES, Better
from xenotrack.compare.verdicts import WITHHELD, claim_levels, what_it_shows
from xenotrack.doubts import Doubt
from xenotrack.model.estimates import ArmEstimates
from xenotrack.study.design import Design

DEFAULT_FAMILIES = ("control", "parts")


def compare_arms(
    model: ArmEstimates | ContrastSource,
    design: Design,
    families: Sequence[str] = DEFAULT_FAMILIES,
    better: Better | None = None,
) -> Contrasts:
    """The declared families of contrasts of one outcome, each adjusted within itself only.

    ``control`` by Holm or as declared, ``parts`` by Holm over the combinations' claims, ``all``
    by Tukey. The primary contrast stands alone in the outcome that it was declared for:
    unadjusted, and not counted in its family; where no family holds it, it has a row of its own.
    """
    source = for_arms(source_of(model) if isinstance(model, ArmEstimates) else model, design)
    primary = primary_pair(design, source.outcome)
    direction = better or OUTCOMES[source.outcome].better
    asked = [FAMILIES[name](design) for name in families]
    level = design.rules.compare.level
    pairs = {family.name: [(pair, level) for pair in family.pairs] for family in asked}
    every = [each for own in pairs.values() for each in own]
    prepare(source, every, pairs.get("parts", ()), direction)
    parts = [
        compare_family(source, design, family, primary, direction)
        for family in asked
        if family.pairs
    ]
    if primary is not None and not any(family.holds(primary) for family in asked):
        parts.insert(0, primary_alone(source, design, primary, direction))
    contrasts = join_contrasts(source.outcome, parts)
    return judged(contrasts, source, design, direction)


def prepare(
    source: ContrastSource,
    asked: Sequence[tuple[Pair, float]],
    of_parts: Sequence[tuple[Pair, float]],
    better: Better,
) -> None:
    """Let a source that remembers find together the pairs that will be asked for at some levels.

    Of those with a part the limit towards "no better" is, and the other at the level that all parts
    of a combination share.
    """
    if source.prepare is None:
        return
    parts = {(pair.arm, pair.other) for pair, _ in of_parts}
    n_parts = Counter(whole for whole, _ in parts)
    worse = 1.0 if better == "lower" else -1.0
    known = [
        *((pair, level, 0.0) for pair, level in asked),
        *((pair, level, worse) for pair, level in of_parts),
        *((pair, bonferroni_level(level, n_parts[pair.arm]), -worse) for pair, level in of_parts),
    ]
    weights = pair_weights([pair for pair, _, _ in known], source.arms)
    levels, sides = np.array([[level, side] for _, level, side in known]).reshape(-1, 2).T
    source.prepare(weights, levels, sides)


def judged(
    contrasts: Contrasts, source: ContrastSource, design: Design, better: Better
) -> Contrasts:
    """The same contrasts, each with its days and with what it shows."""
    level = design.rules.compare.level
    about = []
    for row, row_about in enumerate(contrasts.about):
        arms = arms_of(row_about.pair, design)
        first, last = source.days(arms)
        row_about = replace(row_about, from_day=first, until_day=last)
        if row_about.is_claim:
            reason = source.why_withheld(arms)
            shows = what_it_shows(
                float(contrasts.estimate[row]),
                float(contrasts.p_adjusted[row]),
                better,
                level,
                reason,
            )
            row_about = replace(
                row_about, shows=shows, withheld=reason if shows == WITHHELD else ""
            )
        about.append(row_about)
    return replace(contrasts, about=tuple(about))


def arms_of(pair: Pair, design: Design) -> tuple[str, ...]:
    """The arms that a claim rests on: both, or a combination with all of its parts."""
    if pair.other != BEST_PART:
        return pair.arm, pair.other
    return pair.arm, *dict(design.combinations())[pair.arm]


def for_arms(source: ContrastSource, design: Design) -> ContrastSource:
    """The same source over the arms of the design, not estimable for arms that it lacks."""
    arms = design.arm_names
    if source.arms == arms:
        return source
    place = [source.arms.index(name) if name in source.arms else -1 for name in arms]
    has = np.array(place) >= 0
    kept = [index for index in place if index >= 0]

    def contrast_of(weights: Floats, level: Level) -> RawContrasts:
        inner = np.zeros((len(weights), len(source.arms)))
        inner[:, kept] = weights[:, has]
        within = ~(weights[:, ~has] != 0).any(axis=1)
        raw = RawContrasts(*np.full((7, len(weights)), np.nan))
        if within.any():
            levels = np.broadcast_to(level, len(weights))[within]
            for name, values in source.contrast_of(inner[within], levels).columns().items():
                getattr(raw, name)[within] = values
        return raw

    covariance = None
    if source.covariance is not None:
        covariance = np.full((len(arms), len(arms)), np.nan)
        covariance[np.ix_(has, has)] = source.covariance[np.ix_(kept, kept)]
    narrowed = source.narrowed
    return replace(
        source,
        arms=arms,
        contrast_of=contrast_of,
        covariance=covariance,
        limits=None,
        prepare=None,
        narrowed=None if narrowed is None else lambda names: for_arms(narrowed(names), design),
    )


def compare_family(
    source: ContrastSource, design: Design, family: Family, primary: Pair | None, better: Better
) -> Contrasts:
    """One family, by its own rule of adjustment."""
    declared = design.rules.compare.adjust
    if family.name == "parts":
        return compare_with_parts(source, design, family, primary, better)
    if family.name == "all" and declared != "none":
        return adjust_family(source, design, family, primary, "tukey")
    return adjust_family(source, design, family, primary, declared)


def adjust_family(
    source: ContrastSource, design: Design, family: Family, primary: Pair | None, adjustment: str
) -> Contrasts:
    """Every contrast of a family, adjusted together, the primary one apart."""
    level = design.rules.compare.level
    weights = family.weights(source.arms)
    alone = np.array([pair.is_about(primary) for pair in family.pairs], dtype=bool)
    raw = source.contrast_of(weights, level)
    p_adjusted, levels = raw.p_value.copy(), np.full(len(weights), level)
    names = np.full(len(weights), "none", dtype=object)
    if (~alone & raw.estimable).any():
        adjust = ADJUST[adjustment]
        adjusted = adjust(raw.rows(~alone), source, weights[~alone], level)
        p_adjusted[~alone], levels[~alone] = adjusted.p_adjusted, adjusted.levels
        names[~alone] = adjusted.name
    own = claim_levels(raw.p_value, p_adjusted, level)
    (low, claim_low), (high, claim_high) = limits_at(
        source, weights, raw, np.array([levels, own]), level
    )
    return Contrasts(
        outcome=source.outcome,
        about=tuple(
            About(family.name, pair, source.method, str(name), bool(first))
            for pair, name, first in zip(family.pairs, names, alone, strict=True)
        ),
        **raw.columns(),
        p_adjusted=p_adjusted,
        simultaneous_low=low,
        simultaneous_high=high,
        claim_low=claim_low,
        claim_high=claim_high,
        doubts=tuple(doubts_about(family, raw, source.outcome)),
    )


def limits_at(
    source: ContrastSource, weights: Floats, raw: RawContrasts, levels: Floats, level: float
) -> tuple[Floats, Floats]:
    """The limits of each contrast (columns) at several levels of its own (rows); ``raw`` has those
    at ``level``."""
    low, high = np.tile(raw.conf_low, (len(levels), 1)), np.tile(raw.conf_high, (len(levels), 1))
    other: Bools = raw.estimable & (levels != level)
    low[other], high[other] = source.intervals(weights[np.nonzero(other)[1]], levels[other])
    return low, high


def doubts_about(family: Family, raw: RawContrasts, outcome: str) -> Iterator[Doubt]:
    """Contrasts that the model could not give."""
    lost = [pair for pair, given in zip(family.pairs, raw.estimable, strict=True) if not given]
    if lost:
        labels = "; ".join(pair.label for pair in lost)
        text = f"Not estimable on {in_words([outcome])}, and not counted as claims: {labels}."
        arms = dict.fromkeys(name for pair in lost for name in (pair.arm, pair.other))
        yield Doubt("contrast-not-estimable", tuple(arms), outcome, text)


def compare_with_parts(
    source: ContrastSource, design: Design, family: Family, primary: Pair | None, better: Better
) -> Contrasts:
    """Each combination against its parts, unadjusted, and its claim to be better than all.

    The claims of the combinations are adjusted by Holm, their intervals by Bonferroni.
    """
    rows = adjust_family(source, design, family, primary, "none")
    wholes = list(dict.fromkeys(pair.arm for pair in family.pairs))
    claims = best_part_rows(source, design, family, wholes, primary, better)
    joined = join_contrasts(source.outcome, [rows, claims])
    return joined.in_order(by_combination(family, wholes))


def by_combination(family: Family, wholes: list[str]) -> list[int]:
    """The order that puts each combination's claim after its own rows."""
    order: list[int] = []
    for i, whole in enumerate(wholes):
        order += [row for row, pair in enumerate(family.pairs) if pair.arm == whole]
        order.append(len(family.pairs) + i)
    return order


def best_part_rows(
    source: ContrastSource,
    design: Design,
    family: Family,
    wholes: list[str],
    primary: Pair | None,
    better: Better,
) -> Contrasts:
    """A row 'A - best part' for each combination."""
    rules = design.rules.compare
    pairs = tuple(Pair(whole, BEST_PART) for whole in wholes)
    claims = [best_part_of(source, design, family, whole, better) for whole in wholes]
    found = [claim(rules.level) for claim in claims]
    raw = join_raw([first for first, _ in found])
    adjusts = rules.adjust != "none"
    alone = np.array([pair.is_about(primary) for pair in pairs], dtype=bool)
    together = ~alone & adjusts
    p_adjusted = raw.p_value.copy()
    p_adjusted[together] = holm_p(raw.p_value[together])
    wide = bonferroni_level(rules.level, max(1, int((together & raw.estimable).sum())))
    joint_levels = np.where(together, wide, rules.level)
    levels = np.column_stack([joint_levels, claim_levels(raw.p_value, p_adjusted, rules.level)])
    at = dict(zip(wholes, levels.tolist(), strict=True))
    each = [(pair, own) for pair in family.pairs for own in at.get(pair.arm, ())]
    prepare(source, (), each, better)
    both = [claim(own)[0] for claim, own in zip(claims, levels, strict=True)]
    simultaneous, own = (join_raw([rows.rows([which]) for rows in both]) for which in (0, 1))
    return Contrasts(
        outcome=source.outcome,
        about=tuple(
            best_part_about(source, family, pair, chosen, bool(adjusted), bool(first))
            for pair, (_, chosen), adjusted, first in zip(
                pairs, found, together, alone, strict=True
            )
        ),
        **raw.columns(),
        p_adjusted=p_adjusted,
        simultaneous_low=simultaneous.conf_low,
        simultaneous_high=simultaneous.conf_high,
        claim_low=own.conf_low,
        claim_high=own.conf_high,
        doubts=tuple(doubts_about_claims(design, wholes, raw, source.outcome)),
    )


def best_part_of(
    source: ContrastSource, design: Design, family: Family, whole: str, better: Better
) -> Callable[[Level], tuple[RawContrasts, Chosen]]:
    """A combination's claim at any levels, over the days that it shares with all of its parts."""
    parts = [pair for pair in family.pairs if pair.arm == whole]
    over = source.over(arms_of(Pair(whole, BEST_PART), design))
    weights = pair_weights(parts, over.arms)
    return lambda level: best_part_claim(over, weights, better, level)


def best_part_about(
    source: ContrastSource,
    family: Family,
    pair: Pair,
    chosen: Chosen,
    adjusted: bool,
    primary: bool,
) -> About:
    """What a claim over the best part is of: which part looked best, and which set its p."""
    parts = [own for own in family.pairs if own.arm == pair.arm]
    known = chosen.best >= 0
    return About(
        family.name,
        pair,
        f"{source.method}; intersection-union over {len(parts)} parts",
        "holm" if adjusted else "none",
        primary,
        best_part=parts[chosen.best].other if known else "",
        p_part=parts[chosen.least].other if known else "",
    )


def doubts_about_claims(
    design: Design, wholes: list[str], raw: RawContrasts, outcome: str
) -> Iterator[Doubt]:
    """Claims that cannot be made, or that are silent about a part nobody received."""
    untested = [whole for whole, told in zip(wholes, raw.estimable, strict=True) if not told]
    if untested:
        names = "; ".join(untested)
        text = (
            f"Whether a combination is better than its parts cannot be tested on "
            f"{in_words([outcome])}, as not "
            f"all of them are estimable: {names}."
        )
        yield Doubt("part-not-estimable", tuple(untested), outcome, text)
    for whole in wholes:
        missing = missing_parts(design, whole)
        if missing:
            names = "; ".join(missing)
            text = (
                f"{whole} is compared with those of its parts that the study has; no arm received "
                f"{names}."
            )
            yield Doubt("part-missing", (whole,), "", text)


def primary_alone(
    source: ContrastSource, design: Design, primary: Pair, better: Better
) -> Contrasts:
    """The declared primary contrast that no asked family holds."""
    if primary.other == BEST_PART:
        family = FAMILIES["parts"](design)
        rows = best_part_rows(source, design, family, [primary.arm], primary, better)
        return replace(rows, about=tuple(replace(about, family="primary") for about in rows.about))
    return adjust_family(source, design, Family("primary", (primary,)), primary, "none")
