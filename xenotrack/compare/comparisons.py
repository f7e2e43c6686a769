"""How arms differ in one outcome: the families of contrasts, each adjusted by its rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.claims import BETTER, Better, Chosen, best_part_claim
from xenotrack.compare.contrasts import (
    Contrasts,
    ContrastSource,
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
    by Tukey. The declared primary contrast stands alone: unadjusted, and not counted in its
    family; where no family holds it, it has a row of its own.
    """
    source = for_arms(source_of(model) if isinstance(model, ArmEstimates) else model, design)
    primary = primary_pair(design)
    direction = better or BETTER[source.outcome]
    asked = [FAMILIES[name](design) for name in families]
    parts = [
        compare_family(source, design, family, primary, direction)
        for family in asked
        if family.pairs
    ]
    if primary is not None and not any(family.holds(primary) for family in asked):
        parts.insert(0, primary_alone(source, design, primary, direction))
    return join_contrasts(source.outcome, parts)


def for_arms(source: ContrastSource, design: Design) -> ContrastSource:
    """The same source over the arms of the design, not estimable for arms that it lacks."""
    arms = design.arm_names
    if source.arms == arms:
        return source
    place = [source.arms.index(name) if name in source.arms else -1 for name in arms]
    has = np.array(place) >= 0
    kept = [index for index in place if index >= 0]

    def contrast_of(weights: Floats, level: float) -> RawContrasts:
        inner = np.zeros((len(weights), len(source.arms)))
        inner[:, kept] = weights[:, has]
        within = ~(weights[:, ~has] != 0).any(axis=1)
        found = RawContrasts(*np.full((7, len(weights)), np.nan))
        if within.any():
            for name, values in source.contrast_of(inner[within], level).columns().items():
                getattr(found, name)[within] = values
        return found

    covariance = None
    if source.covariance is not None:
        covariance = np.full((len(arms), len(arms)), np.nan)
        covariance[np.ix_(has, has)] = source.covariance[np.ix_(kept, kept)]
    return replace(source, arms=arms, contrast_of=contrast_of, covariance=covariance)


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
    low, high = raw.conf_low.copy(), raw.conf_high.copy()
    wider = levels != level
    low[wider], high[wider] = source.intervals(weights[wider], levels[wider])
    return Contrasts(
        outcome=source.outcome,
        family=(family.name,) * len(weights),
        labels=family.labels,
        **raw.columns(),
        p_adjusted=p_adjusted,
        adjustment=tuple(names),
        simultaneous_low=low,
        simultaneous_high=high,
        method=(source.method,) * len(weights),
        doubts=tuple(doubts_about(family, raw, source.outcome)),
    )


def doubts_about(family: Family, raw: RawContrasts, outcome: str) -> Iterator[Doubt]:
    """Contrasts that the model could not give."""
    lost = [pair for pair, given in zip(family.pairs, raw.estimable, strict=True) if not given]
    if lost:
        labels = "; ".join(pair.label for pair in lost)
        text = f"Not estimable on {outcome}, and not counted as claims: {labels}."
        arms = dict.fromkeys(name for pair in lost for name in (pair.arm, pair.other))
        yield Doubt("contrast-not-estimable", tuple(arms), outcome, text)


def compare_with_parts(
    source: ContrastSource, design: Design, family: Family, primary: Pair | None, better: Better
) -> Contrasts:
    """Each combination against its parts, unadjusted, and its claim to be better than all.

    The claims of the combinations are adjusted by Holm, their intervals by Bonferroni.
    """
    rows = adjust_family(source, design, family, None, "none")
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
    sets = [[pair for pair in family.pairs if pair.arm == whole] for whole in wholes]
    weights = [pair_weights(parts, source.arms) for parts in sets]
    claims = [best_part_claim(source, rows, better, rules.level) for rows in weights]
    raw = join_raw([claim for claim, _ in claims])
    adjusts = rules.adjust != "none"
    together = np.array([adjusts and not pair.is_about(primary) for pair in pairs], dtype=bool)
    p_adjusted = raw.p_value.copy()
    p_adjusted[together] = holm_p(raw.p_value[together])
    level = bonferroni_level(rules.level, max(1, int((together & raw.estimable).sum())))
    wide = join_raw([best_part_claim(source, rows, better, level)[0] for rows in weights])
    return Contrasts(
        outcome=source.outcome,
        family=(family.name,) * len(pairs),
        labels=tuple(pair.label for pair in pairs),
        **raw.columns(),
        p_adjusted=p_adjusted,
        adjustment=tuple("holm" if chosen else "none" for chosen in together),
        simultaneous_low=np.where(together, wide.conf_low, raw.conf_low),
        simultaneous_high=np.where(together, wide.conf_high, raw.conf_high),
        method=tuple(
            claim_method(source.method, parts, chosen)
            for parts, (_, chosen) in zip(sets, claims, strict=True)
        ),
        doubts=tuple(doubts_about_claims(design, wholes, raw, source.outcome)),
    )


def claim_method(method: str, parts: list[Pair], chosen: Chosen) -> str:
    """How a claim was made, which part looked best, and which of another set its p."""
    named = chosen.words([pair.other for pair in parts])
    return f"{method}; intersection-union over {len(parts)} parts{named}"


def doubts_about_claims(
    design: Design, wholes: list[str], raw: RawContrasts, outcome: str
) -> Iterator[Doubt]:
    """Claims that cannot be made, or that are silent about a part nobody received."""
    untested = [whole for whole, told in zip(wholes, raw.estimable, strict=True) if not told]
    if untested:
        names = "; ".join(untested)
        text = (
            f"Whether a combination is better than its parts cannot be tested on {outcome}, as not "
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
        return replace(rows, family=("primary",))
    return adjust_family(source, design, Family("primary", (primary,)), primary, "none")
