"""The methods paragraph of a paper: what was done in this study, by the rules in force."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from xenotrack import __version__
from xenotrack.compare.by_rule import named_rules
from xenotrack.credits import RESTS_ON, version
from xenotrack.model.blocks import PairedBlocks
from xenotrack.model.growth_method import MODELLED
from xenotrack.present.numbers import join, number
from xenotrack.present.rule_words import OF_TUMORS, progression_rule, volume_rule
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.references import Citations

# What a combination is held against beside its single drugs.
EXPECTED = {
    "hsa": "its best single drug (intersection–union)",
    "bliss_doublet": "each pair with the third drug",
    "hsa_doublet": "its best pair (intersection–union)",
    "interaction": "all smaller combinations",
}


def methods(facts: Facts) -> tuple[str, ...]:
    """A paragraph a step of the analysis, marks of the references in brackets."""
    return _told(facts)[0]


def references(facts: Facts) -> tuple[str, ...]:
    """The works cited, in the order of their marks."""
    return _told(facts)[1]


def _told(facts: Facts) -> tuple[tuple[str, ...], tuple[str, ...]]:
    cite = Citations()
    steps = (animals, volumes, growth, progression, comparisons, synergy, responses, software)
    paragraphs = tuple(" ".join(said) for step in steps if (said := list(step(facts, cite))))
    return paragraphs, cite.listed


def animals(facts: Facts, cite: Citations) -> Iterator[str]:
    """What only people know of the study, as they wrote it under [arrive]."""
    told = facts.design.rules.arrive
    for text in (
        told.animals,
        told.procedures,
        told.sample_size,
        told.randomisation,
        told.blinding,
    ):
        words = " ".join(text.split())
        if words:
            yield words if words.endswith((".", "!", "?")) else f"{words}."


def volumes(facts: Facts, cite: Citations) -> Iterator[str]:
    study, rules = facts.results.study, facts.design.rules
    rows = study.measurements
    if (rows["length_mm"].notna() & rows["volume_mm3"].notna()).any():
        yield (
            "Tumours were measured with calipers; volume (mm³) was computed as "
            f"{volume_rule(facts.design)}, L being the longer and W the shorter diameter (mm)."
        )
    else:
        yield "Tumour volumes (mm³) were taken as recorded."
    if rows.groupby("mouse")["tumor"].nunique().gt(1).any():
        yield OF_TUMORS[rules.study.tumors]
    yield "The mouse is the experimental unit."
    if study.phase:
        yield f"The analysis is of phase {study.phase}, with its own day 0 and baseline."
    yield (
        f"Baseline is the last reading at or up to {number(rules.study.baseline_window_days)} days "
        "before the start of treatment (day 0)."
    )
    if study.limit_mm3:
        how = {
            "censored": "readings below it entered the likelihood of growth as below it "
            "(left-censored), from the first day on which a mouse had a tumour to measure",
            "first": "the first reading of each run below it entered growth at the limit and the "
            "rest of the run was left out",
            "limit": "readings below it entered growth at the limit",
            "half": "readings below it entered growth at half of the limit",
            "drop": "readings below it were left out of growth",
        }[rules.growth.below_limit]
        limit = f"The limit of measurement was {number(study.limit_mm3)} mm³"
        if rules.volume.limit_mm3 is None:
            limit += ", the smallest volume above 0 in the sheet"
        yield f"{limit}; {how}."
    if rules.volume.rounding_mm is not None:
        yield (
            f"Diameters were written to {number(rules.volume.rounding_mm)} mm, and growth knew "
            "each to half of it (interval-censored)."
        )
    left_out = [exclusion.text.removesuffix(".") for exclusion in study.exclusions]
    if left_out:
        yield f"Left out as declared: {'; '.join(left_out)}."
    known = [f"{rule.rule} ({rule.reason.rstrip('.')})" for rule in rules.accept]
    if known:
        yield f"Declared as known beforehand: {'; '.join(known)}."
    yield "No missing reading was imputed and no outlier removed" + (
        " otherwise." if left_out else "."
    )


RESIDUALS = {
    "caliper": "The residual of a reading had the standard deviation that an error of one size in "
    "each diameter gives ln volume by the volume formula, more where tumours are small.",
    "power": "The standard deviation of residuals went by a power of the diameter, which was "
    "estimated.",
    "car1": "Residuals of a mouse were correlated, less the more days lay between them (continuous-"
    "time autoregression of order 1).",
}


def growth(facts: Facts, cite: Citations) -> Iterator[str]:
    if not facts.results.has_growth:
        return
    fit = facts.results.growth
    row = fit.facts().iloc[0]
    yield (
        f"Growth rates were estimated on {facts.days_fitted} "
        f"({row['n_measurements']} readings of {row['n_mice']} mice)"
    )
    if "mixed model" not in row["method"]:
        yield (
            "as the slopes of least-squares lines of ln volume on day, one for each mouse, and "
            "arms compared by Welch's test."
        )
        return
    growth = facts.design.rules.growth
    model = SHAPES.get(growth.shape) or LINES[growth.baseline]
    spread = (
        "and variances (random intercept and slope of each mouse, residual) for each arm by itself"
        if row["variances"] == "by_arm"
        else "and one set of variances (random intercept and slope of each mouse, residual) for "
        "all arms"
    )
    yield f"by the linear mixed model {model}, {spread}, fitted by restricted maximum likelihood."
    if growth.residual != "constant":
        yield RESIDUALS[growth.residual]
    if isinstance(fit.narrow, PairedBlocks):
        yield (
            "Arms were compared within blocks, which hold one mouse of each: by the differences of "
            "the mice's rates (lines through the readings of the shared days), t on blocks − 1."
        )
    elif fit.blocked:
        yield (
            "Arms were compared within blocks: each block had a level and a rate of its own, "
            "shared by its arms, and rates are of blocks of equal weight."
        )
    yield _reference(fit.reference, row["variances"] == "by_arm", cite)
    if any(piece.paced for piece in fit.pieces) and fit.reference in MODELLED:
        yield (
            "Where mice went the way of their arm at their own pace, standard errors were "
            f"clustered by mouse (CR2, {SATTERTHWAITE}) {cite('pustejovsky')}."
        )
    if "mouse lines" in row["method"]:
        yield "Where readings did not identify the model, a line was fitted to each mouse instead."
    curved = growth.shape != "line"
    yield from _curve_days(facts) if curved else ()
    yield (
        "An arm is said to hold growth where the upper limit of its rate is below "
        f"{number(facts.design.rules.growth.blocked_below)} per day"
        f"{_unless_it_came_back(facts) if curved else ''}, and to have blocked "
        "progression where none of its mice progressed either."
    )
    if curved:
        yield (
            "Assumptions were looked at by the residuals of each mouse's curve, and fits without "
            "each mouse in turn."
        )
        return
    equal = "a likelihood ratio test of equal variances of the arms, " * (
        len(facts.design.arms) > 1
    )
    yield (
        f"Assumptions were looked at by {equal}a test of the curvature of each arm's ln volumes, "
        "the residuals of each mouse's line, and fits without each mouse in turn."
    )


SATTERTHWAITE = "with Satterthwaite's degrees of freedom"
OF_A_FORMULA = (
    "ln V_ij = μ_a(t_ij) + b_0i + b_1i·z(t_ij) + ε_ij of mouse i in arm a on day t_ij, linear in "
    "the parameters around their estimates,"
)
PACE = "z(t) = t or, where likelier, the arm's own change"
SHAPES = {
    "curve": "ln V_ij = μ_a(t_ij) + b_0i + b_1i·z(t_ij) + ε_ij of mouse i in arm a on day t_ij, "
    "μ_a a natural cubic spline with up to four inner knots at quantiles of the arm's readings, "
    f"{PACE}",
    "phases": "ln V_ij = μ_a(t_ij) + b_0i + b_1i·t_ij + ε_ij of mouse i in arm a on day t_ij, μ_a "
    "straight lines that meet on the declared days",
    "gompertz": f"{OF_A_FORMULA} μ_a(t) = α_a + ρ_a·(1 − exp(−κ_a·t))/κ_a (Gompertz growth), "
    f"{PACE}",
    "regrowth": f"{OF_A_FORMULA} μ_a(t) = α_a + ln(exp(−δ_a·t) + exp(γ_a·t) − 1) (decay and "
    f"regrowth), {PACE}",
}
LINES = {
    "arm": "ln V_ij = α_a + β_a·t_ij + b_0i + b_1i·t_ij + ε_ij of mouse i in arm a on day t_ij",
    "common": "ln V_ij = α + β_a·t_ij + b_0i + b_1i·t_ij + ε_ij of mouse i in arm a on day "
    "t_ij, with one intercept for all arms",
    "ratio": "ln(V_ij/V_i0) = β_a·t_ij + b_1i·t_ij + ε_ij of mouse i in arm a, t_ij days after "
    "its baseline",
}


def _curve_days(facts: Facts) -> Iterator[str]:
    """Of which days rates speak."""
    yield (
        "A growth rate is the average change of ln volume per day. Each arm was followed to the "
        "last visit at which at least half of its mice, and three, were still read and three "
        "measurable; later readings were not fitted. A contrast, and a claim over several arms, is "
        "over the days that all its arms share."
    )


def _unless_it_came_back(facts: Facts) -> str:
    """What takes a verdict of held growth back, for curves."""
    return (
        " (one-sided, by Holm over the arms), unless its rate after the lowest point is above 0 or "
        "its rate over the last third of its days is surely above that bound, both with variances "
        "clustered by mouse (jackknife)"
    )


def _reference(df: str, by_arm: bool, cite: Citations) -> str:
    """Where degrees of freedom come from."""
    if df == "normal":
        return "Tests and intervals use the normal distribution."
    if df == "cr2":
        return (
            f"Standard errors were clustered by mouse (CR2, {SATTERTHWAITE}) {cite('pustejovsky')}."
        )
    if df == "satterthwaite":
        return f"Degrees of freedom are Satterthwaite's {cite('satterthwaite')}."
    parts = (
        f"Standard errors and degrees of freedom are those of Kenward and Roger {cite('kenward')}"
    )
    if not by_arm:
        return f"{parts}."
    return f"{parts}, combined over arms as by Satterthwaite {cite('satterthwaite')}."


def progression(facts: Facts, cite: Citations) -> Iterator[str]:
    rules = facts.design.rules.progression
    table = facts.tables["progression"]
    yield (
        f"Progression is the {progression_rule(rules)}. Mice that left before were censored at "
        "their last reading"
        + (
            ", but for those that left for tumour size, which count as progressed on that day."
            if rules.size_cull == "event"
            else "."
        )
    )
    if rules.rules:
        named = (f"{rule.name} ({rule.words})" for rule in named_rules(rules)[1:])
        yield f"Described beside it, and not compared: {'; '.join(named)}."
    if not table["n_mice"].sum():
        yield "No mouse could be judged for progression, so no time to it was estimated."
        return
    yield (
        f"Time to progression was estimated by Kaplan and Meier {cite('kaplan')}, the interval of "
        f"its median by Brookmeyer and Crowley {cite('brookmeyer')}, and the mean time without "
        f"progression as the area under the curve up to day {number(table['rmst_until'].max())}."
    )
    if facts.design.rules.compare.estimand == "composite":
        yield (
            "By declaration, times are compared to progression or leaving for toxicity, whichever "
            "came first; medians are those of progression."
        )
    if facts.control is not None:
        yield (
            "Mean times without progression were compared up to the last day on which each of the "
            "arms had three mice at risk or none left without progression; intervals and p-values "
            f"come from beta products of the arms' curves {cite('fay')}; of two arms p is at least "
            f"that of permuting their mice's pseudo-values {cite('andersen')}, and the interval "
            "agrees with it."
        )
        yield (
            "Hazards were compared by Cox regression with Firth's penalty and profile likelihood "
            f"intervals {cite('firth', 'heinze')}; p is the larger of the likelihood ratio test's "
            "and that of permuting the two arms' log-rank test."
            if facts.design.rules.compare.hazards == "firth"
            else "Hazards were compared by Cox regression with Efron's method for ties."
        )
    if len(facts.tables["logrank"]):
        yield f"Curves were compared by the log-rank test, asymptotic and {_permuted(facts)}."


def _permuted(facts: Facts) -> str:
    """How many ways to deal out the mice the log-rank tests looked at."""
    drawn = facts.tables["logrank"].loc[~facts.tables["logrank"]["exact"].eq(True), "permutations"]
    if drawn.empty:
        return "by all permutations of the mice"
    return (
        f"by permutation of the mice (all of them, or {drawn.max():.0f} drawn where they are more)"
    )


def comparisons(facts: Facts, cite: Citations) -> Iterator[str]:
    rules = facts.design.rules.compare
    if facts.control is None:
        return
    level = f"{100 * rules.level:g} %"
    compared = f"Every arm was compared with {facts.control}"
    if rules.adjust == "holm":
        yield (
            f"{compared}; p-values were adjusted by Holm {cite('holm')} and simultaneous {level} "
            "intervals by Bonferroni, within each outcome."
        )
    elif rules.adjust == "dunnett":
        yield (
            f"{compared}, p-values and simultaneous {level} intervals by Dunnett "
            f"{cite('dunnett')}, within each outcome."
        )
    else:
        yield f"{compared} without adjustment for the number of comparisons."
    primary = facts.design.primary
    if primary is not None:
        yield f"The contrast {primary.label} was declared primary and is not adjusted."
    if len(facts.tables["best_arms"]) > 2:
        yield (
            "The arms that may be best by growth are those that no other was shown to beat, all "
            "pairs being adjusted together."
        )
    yield "Tests are two-sided; outcomes were not adjusted for one another."
    if facts.design.rules.compare.hazards == "firth":
        yield "Comparisons of hazards assume that they stay proportional, which is not tested."
    yield (
        "Slowing in percent is 100·(1 − k_T/k_C) of the growth rates k, its interval Fieller's "
        f"{cite('fieller')} at the level of the simultaneous interval."
    )
    if list(facts.design.combinations()):
        yield (
            "A combination is said to be better than each of its parts by the intersection–union "
            f"test {cite('berger')}: p is twice the largest one-sided p against a part, adjusted "
            f"by Holm {cite('holm')} over combinations."
        )


def synergy(facts: Facts, cite: Citations) -> Iterator[str]:
    table = facts.tables["synergy"]
    if table.empty:
        return
    asked = set(table["reference"])
    # Of a pair, all smaller combinations are its single drugs, against which it is held already.
    pairs = table["expectation"].eq("its single drugs")
    if pairs[table["reference"] == "interaction"].all():
        asked.discard("interaction")
    others = [text for name, text in EXPECTED.items() if name in asked]
    yield (
        "The excess of each combination was tested on growth rates against additivity of effects "
        f"on ln volume, which is Bliss independence {cite('bliss')} "
        "(k_AB − k_A − k_B + k_0, negative being synergy)"
        + (f", and against {join(others)}" if others else "")
        + "; p by Holm over combinations."
    )
    if len(facts.tables["independent_action"]):
        yield (
            "Time to progression was held against independent action of the parts, with limits "
            f"by MOVER {cite('zou')}."
        )


def responses(facts: Facts, cite: Citations) -> Iterator[str]:
    rules = facts.design.rules.response
    yield (
        f"Responses were classified by mRECIST {cite('gao')} from day {number(rules.min_day)} on; "
        "mice that could not be evaluated stay in the denominator. Intervals of shares are exact "
        "(Clopper and Pearson)"
        + ("; shares were compared by exact score tests." if facts.control is not None else ".")
    )
    inhibition = facts.tables["group_indices"]
    inhibition = inhibition[inhibition["index"].eq("TGI_V")] if len(inhibition) else inhibition
    if len(inhibition) and inhibition["day"].notna().any():
        yield (
            "Tumour growth inhibition is 100·(1 − mean V_T / mean V_C) of the mice followed to day "
            f"{number(inhibition['day'].max())}, its interval by the delta method on the logarithm."
        )
    if (facts.tables["tolerability"]["n_weighed"] > 0).any():
        yield (
            "Body weight is relative to that at baseline; losses include the tumour, and arms are "
            "compared without it (1 mg/mm³)."
        )


def software(facts: Facts, cite: Citations) -> Iterator[str]:
    names = sorted(set(chain.from_iterable(RESTS_ON.values())))
    made = ", ".join(f"{name} {version(name)}" for name in names)
    yield f"Analyses were done with xenotrack {__version__} ({made})."
