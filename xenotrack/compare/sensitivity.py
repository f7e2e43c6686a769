"""Do the claims of days gained hold under other definitions of progression?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from xenotrack.compare.comparisons import adjust_family, arms_of, compare_arms
from xenotrack.compare.composite import safe_from_toxicity
from xenotrack.compare.contrasts import Contrasts, ContrastSource, finite
from xenotrack.compare.days_gained import Kept, days_gained
from xenotrack.compare.definitions import (
    Definition,
    Estimand,
    definitions,
    estimand_of,
    with_rules,
)
from xenotrack.compare.families import BEST_PART, Family, Pair, control_family, primary_pair
from xenotrack.doubts import Doubt
from xenotrack.glossary import TABLES
from xenotrack.model.progression import ProgressionFit, fit_mice
from xenotrack.response.progression import progression_mice
from xenotrack.response.regrowth import regrowth_times
from xenotrack.response.withdrawals import visit_gaps
from xenotrack.study.design import Design
from xenotrack.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

NO_ESTIMATE = (
    "Days gained cannot be estimated under any definition of progression: they need two arms whose "
    "mice were read after day 0."
)
CLAIM = ("claim_low", "claim_high")


def sensitivity(study: Study) -> pd.DataFrame:
    """Every claim of days gained under every definition: the table ``sensitivity``.

    The claims are the primary contrast (without one, every arm against control) and each
    combination over its best part. A claim *holds* under a definition that shows a difference of
    the sign that the declared one has, with an adjusted p below 1 − level and nothing that
    withholds it; where nothing can be estimated it does not hold. Empty without a control, and
    where no definition gives an estimate.
    """
    import pandas as pd

    design, columns = study.design, list(TABLES["sensitivity"])
    pairs = claimed_pairs(design) if design.control is not None else ()
    if not pairs:
        return pd.DataFrame(columns=columns)
    named = design.rules.compare.estimand
    declared = estimand_of(design.rules.progression, named)
    drawn: Kept = {}
    rows = []
    for definition in definitions(design.rules.progression, named):
        fit = fit_definition(study, definition, declared)
        source = safe_from_toxicity(lambda each: days_gained(each, drawn), fit)
        facts = facts_of(definition, declared)
        rows += [facts | row for row in rows_of(source, fit, pairs)]
    frame = pd.DataFrame(rows)
    if frame["estimate"].isna().all():
        return pd.DataFrame(columns=columns)
    by_claim = [frame[frame["contrast"] == pair.label] for pair in pairs]
    whole = pd.concat([with_holds(own) for own in by_claim], ignore_index=True)
    return whole[columns]


def doubt_no_definition(table: pd.DataFrame) -> Iterator[Doubt]:
    """That no definition gives an estimate, where the table is empty."""
    if table.empty:
        yield Doubt("contrast-not-estimable", (), "progression", NO_ESTIMATE)


def claimed_pairs(design: Design) -> tuple[Pair, ...]:
    """The contrasts that are looked at."""
    primary = primary_pair(design)
    first = control_family(design).pairs if primary is None else (primary,)
    wholes = (Pair(whole, BEST_PART) for whole, _ in design.combinations())
    return tuple(dict.fromkeys((*first, *wholes)))


def fit_definition(study: Study, definition: Definition, declared: Estimand) -> ProgressionFit:
    """Time to progression by a definition; of the declared estimand with the composite, too, which
    a claim needs where mice left for toxicity."""
    rules, gaps = definition.rules, visit_gaps(study)
    design = with_rules(study.design, rules)
    if definition.regrowth:
        return fit_mice(regrowth_times(study, rules), design, gaps)
    composite = definition.estimand == "composite"
    fit = fit_mice(progression_mice(study, rules, composite), design, gaps)
    if composite or definition.estimand != declared or not fit.arms_with_toxicity:
        return fit
    return replace(fit, composite=fit_mice(progression_mice(study, rules, True), design, gaps))


def facts_of(definition: Definition, declared: Estimand) -> dict[str, object]:
    """The columns that say what the definition is."""
    rules = definition.rules
    return {
        "definition": definition.words,
        "declared": definition.declared,
        "estimand": "regrowth" if definition.regrowth else definition.estimand,
        "same_estimand": definition.estimand == declared and not definition.regrowth,
        "rule": rules.rule,
        "value": rules.threshold,
        "confirm": rules.confirm,
        "interpolate": rules.interpolate,
        "size_cull": rules.size_cull,
    }


def rows_of(
    source: ContrastSource, fit: ProgressionFit, pairs: tuple[Pair, ...]
) -> Iterator[dict[str, object]]:
    """The numbers of each claim, and whether it would be shown."""
    design = fit.design
    families = ["parts"] if list(design.combinations()) else []
    if any(pair.other == design.control for pair in pairs):
        families.insert(0, "control")
    found = [compare_arms(source, design, families)] if families else []
    for pair in pairs:
        contrasts = next((each for each in found if place_of(each, pair) is not None), None)
        if contrasts is None:
            contrasts = adjust_family(source, design, Family("primary", (pair,)), pair, "none")
        row = place_of(contrasts, pair)
        assert row is not None  # its own family holds it
        arms = arms_of(pair, design)
        events = [int(fit.curves[design.arm_names.index(arm)].n_events.sum()) for arm in arms]
        shown = contrasts.p_adjusted[row] < 1 - design.rules.compare.level
        yield {
            **numbers_of(contrasts, row),
            "until_day": source.over(arms).days(arms)[1],
            "n_events": sum(events),
            "shown": bool(shown) and not source.why_withheld(arms),
        }


def place_of(contrasts: Contrasts, pair: Pair) -> int | None:
    """The row of a comparison."""
    rows = (row for row, about in enumerate(contrasts.about) if about.pair == pair)
    return next(rows, None)


def numbers_of(contrasts: Contrasts, row: int) -> dict[str, object]:
    """The estimate, its interval and p-values; empty where not estimable or unbounded."""
    about = contrasts.about[row]
    names = ("estimate", "conf_low", "conf_high", "p_value", "p_adjusted", *CLAIM)
    return {
        "contrast": about.pair.label,
        "arm": about.pair.arm,
        "against": about.pair.other,
        "best_part": about.best_part or None,
        **{name: finite(getattr(contrasts, name))[row] for name in names},
    }


def with_holds(own: pd.DataFrame) -> pd.DataFrame:
    """The rows of one claim with ``holds``; the first is the declared definition's."""
    sign = np.sign(own["estimate"].iloc[0])
    return own.assign(holds=own["shown"] & (np.sign(own["estimate"]) == sign))
