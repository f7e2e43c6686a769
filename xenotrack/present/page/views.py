"""How each table is read beside its question: which rows, which columns, under which headings.

The appendix has every column by its own name; here stands what answers. Nothing is computed: an
estimate and its limits share a cell.
"""

from __future__ import annotations

from typing import NamedTuple

from xenotrack.compare.outcomes import OUTCOMES, Outcome


class Shown(NamedTuple):
    """A heading and the columns below it: one value, or an estimate with its two limits.

    ``together``: of rows that were adjusted for others alone; ``ratio``: a logarithm, shown as the
    ratio that it is of.
    """

    heading: str
    columns: tuple[str, ...]
    together: bool = False
    ratio: bool = False


class View(NamedTuple):
    """Some rows of a table with a title.

    ``where`` is a column and the values that are shown, ``unless`` those that are not, ``question``
    the answer it belongs to ("" =
    any), ``spread`` a column whose values become columns: ``n`` of category CR is then ``n CR``;
    ``largest`` a column of which only the ``MOST_LARGEST`` farthest from 0 are shown. Those in
    ``front`` are seen without being asked for.
    """

    title: str
    shown: tuple[Shown, ...]
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    unless: tuple[tuple[str, tuple[str | None, ...]], ...] = ()
    question: str = ""
    spread: str = ""
    largest: str = ""
    front: bool = False


MOST_LARGEST = 12
ALONE = ("estimate", "conf_low", "conf_high")
TOGETHER = ("estimate", "claim_low", "claim_high")
JOINTLY = ("estimate", "simultaneous_low", "simultaneous_high")
# `%` stands for the level, as in "95 %".
CLASSES = ("CR", "PR", "SD", "PD", "NE")


def _share(heading: str, category: str) -> Shown:
    return Shown(heading, tuple(f"{key} {category}" for key in ("proportion", *ALONE[1:])))


def _compared(outcome: Outcome, family: str) -> View:
    """The contrasts of one outcome and family, alone and as claims."""
    ratio = outcome.display == "hazard_ratio"
    other = {"control": "control", "parts": "the parts"}[family]
    return View(
        f"{outcome.title} against {other}",
        (
            Shown("contrast", ("contrast",)),
            Shown(f"{UNITS.get(outcome.display, outcome.unit)} (%)", ALONE, ratio=ratio),
            Shown("df", ("df",)),
            Shown("p, not adjusted", ("p_value",)),
            Shown("% at the adjusted level", TOGETHER[1:], together=True, ratio=ratio),
            Shown("p adjusted", ("p_adjusted",), together=True),
            Shown("shows", ("shows",)),
        ),
        (("outcome", (outcome.name,)), ("family", ("primary", family))),
        question="parts" if family == "parts" else outcome.question,
    )


UNITS = {"hazard_ratio": "hazard ratio", "share": "difference, share"}


VIEWS: dict[str, tuple[View, ...]] = {
    "growth": (
        View(
            "Growth rate of each arm",
            (
                Shown("arm", ("arm",)),
                Shown("mice", ("n_mice",)),
                Shown("rate, per day (%)", ALONE),
                Shown("df", ("df",)),
                Shown(
                    "doubling, days (%)",
                    ("doubling_time_days", "doubling_time_low", "doubling_time_high"),
                ),
                Shown("verdict", ("verdict",)),
            ),
        ),
    ),
    "blocked": (
        View(
            "Mice that did not grow, and mice that progressed",
            (
                Shown("arm", ("arm",)),
                Shown("mice", ("n_mice",)),
                Shown("did not grow", ("n not_growing",)),
                _share("share (%)", "not_growing"),
                Shown("progressed", ("n progressed",)),
                _share("share (%)", "progressed"),
                Shown("growth of the arm", ("verdict",)),
            ),
            spread="category",
        ),
    ),
    "progression": (
        View(
            "Time to progression of each arm",
            (
                Shown("arm", ("arm",)),
                Shown("mice", ("n_mice",)),
                Shown("progressed", ("n_events",)),
                Shown("median, days (%)", ("median_days", "conf_low", "conf_high")),
                Shown("mean days without progression", ("rmst_days",)),
                Shown("its standard error", ("rmst_std_error",)),
                Shown("up to day", ("rmst_until",)),
            ),
        ),
    ),
    "progression_by_rule": (
        View(
            "Time to progression by further rules",
            (
                Shown("arm", ("arm",)),
                Shown("rule", ("rule_name",)),
                Shown("progression", ("definition",)),
                Shown("mice", ("n_mice",)),
                Shown("progressed", ("n_events",)),
                Shown("median, days (%)", ("median_days", "conf_low", "conf_high")),
            ),
        ),
    ),
    "logrank": (
        View(
            "Log-rank tests",
            (
                Shown("contrast", ("contrast",)),
                Shown("chi-square", ("chi_square",)),
                Shown("df", ("df",)),
                Shown("p", ("p_value",)),
                Shown("permutation p", ("p_permutation",)),
            ),
        ),
    ),
    "compare": (
        *(
            _compared(outcome, family)
            for family in ("control", "parts")
            for outcome in OUTCOMES.values()
            if family in outcome.families
        ),
    ),
    "synergy": (
        View(
            "Growth rates against what the parts predict (negative = synergy)",
            (
                Shown("combination", ("combination",)),
                Shown("reference", ("reference",)),
                Shown("predicted from", ("expectation",)),
                Shown("excess, per day (% at the adjusted level)", TOGETHER),
                Shown("p adjusted", ("p_adjusted",)),
                Shown("verdict", ("verdict",)),
            ),
            (("scale", ("rate",)), ("reference", ("bliss", "bliss_doublet", "interaction"))),
            # Of two drugs the interaction is their Bliss excess.
            unless=(("expectation", ("its single drugs",)),),
            front=True,
        ),
    ),
    "independent_action": (
        View(
            "Free of progression, against parts that act independently",
            (
                Shown("combination", ("combination",)),
                Shown("parts", ("parts",)),
                Shown("day", ("day",)),
                Shown("observed", ("observed",)),
                Shown("expected", ("expected",)),
                Shown("difference (% for all together)", JOINTLY),
                Shown("verdict", ("verdict",)),
            ),
        ),
    ),
    "group_indices": (
        View(
            "Tumour growth inhibition against control, 100·(1 − mean V_T / mean V_C)",
            (
                Shown("arm", ("arm",)),
                Shown("day", ("day",)),
                Shown("mice", ("n_arm",)),
                Shown("of control", ("n_control",)),
                Shown("interpolated", ("n_arm_interpolated",)),
                Shown("of control", ("n_control_interpolated",)),
                Shown("percent (%)", ALONE),
            ),
            (("index", ("TGI_V",)),),
        ),
    ),
    "response_by_arm": (
        View(
            "Best response by arm (mRECIST)",
            (
                Shown("arm", ("arm",)),
                Shown("mice", ("n_mice",)),
                *(Shown(category, (f"n {category}",)) for category in CLASSES),
                _share("CR or PR, share (%)", "objective"),
                _share("CR, PR or SD, share (%)", "disease_control"),
            ),
            spread="category",
        ),
    ),
    "trade_off": (
        View(
            "Growth against body weight net of the tumour",
            (
                Shown("arm", ("arm",)),
                Shown("growth rate, per day (%)", ("growth_rate", "growth_low", "growth_high")),
                Shown(
                    "net weight, change in percent (%)",
                    ("net_weight", "net_weight_low", "net_weight_high"),
                ),
                Shown("left for toxicity", ("n_toxicity_exits",)),
            ),
        ),
    ),
    "tolerability": (
        View(
            "Body weight and loss by arm",
            (
                Shown("arm", ("arm",)),
                Shown("mice", ("n_mice",)),
                Shown("weighed", ("n_weighed",)),
                Shown(
                    "lowest weight on average, change in percent (%)",
                    ("weight_nadir_percent_mean", "weight_nadir_low", "weight_nadir_high"),
                ),
                Shown("lost ≥ 15 %", ("n_loss_15",)),
                Shown("lost ≥ 20 %", ("n_loss_20",)),
                Shown("left for toxicity", ("n_toxicity_exits",)),
            ),
        ),
    ),
    "response": (
        View(
            "Mice that left before the end",
            (
                Shown("mouse", ("mouse",)),
                Shown("arm", ("arm",)),
                Shown("last reading, day", ("last_day",)),
                Shown("why", ("fate",)),
                Shown("progressed", ("progressed",)),
            ),
            unless=(("fate", (None, "", "end_of_study")),),
            question="quality",
        ),
    ),
    "leave_one_out": (
        View(
            "Claims on growth with each mouse left out in turn",
            (
                Shown("claim", ("contrast",)),
                Shown("p", ("p_adjusted",)),
                Shown("lowest p", ("p_lowest",)),
                Shown("without", ("without_lowest",)),
                Shown("highest p", ("p_highest",)),
                Shown("without", ("without_highest",)),
                Shown("turned by", ("changed_by",)),
            ),
        ),
    ),
    "best_arms": (
        View(
            "Arms from the slowest growth on",
            (
                Shown("arm", ("arm",)),
                Shown("rate, per day", ("estimate",)),
                Shown("shown to be beaten by", ("beaten_by",)),
                Shown("p adjusted for all pairs", ("p_adjusted",)),
            ),
        ),
    ),
    "tipping_point": (
        View(
            "Claims on growth if mice that left had fared worse than the model says",
            (
                Shown("claim", ("contrast",)),
                Shown("slower arm", ("better_arm",)),
                Shown("left", ("n_left",)),
                Shown("of", ("n_mice",)),
                Shown("ends at, per day", ("tipping_delta",)),
                Shown("as the other arm, per day", ("gap",)),
                Shown("holds then", ("holds",)),
            ),
        ),
    ),
    "sensitivity": (
        View(
            "Days gained under other definitions of progression",
            (
                Shown("claim", ("contrast",)),
                Shown("definition", ("definition",)),
                Shown("a time to", ("estimand",)),
                Shown("days gained (%)", TOGETHER),
                Shown("p adjusted", ("p_adjusted",)),
                Shown("holds", ("holds",)),
            ),
        ),
    ),
    "influence": (
        View(
            f"Growth rate of the arm without each mouse: the {MOST_LARGEST} that change it most",
            (
                Shown("mouse", ("mouse",)),
                Shown("arm", ("arm",)),
                Shown("rate without it, per day", ("estimate",)),
                Shown("change, per day", ("change",)),
                Shown("in standard errors", ("change_in_errors",)),
            ),
            largest="change_in_errors",
        ),
    ),
    "findings": (
        View(
            "Findings in the sheet",
            (
                Shown("severity", ("severity",)),
                Shown("file", ("file",)),
                Shown("sheet", ("sheet",)),
                Shown("row or cell", ("cell",)),
                Shown("mouse", ("mouse",)),
                Shown("seen", ("seen",)),
                Shown("what to do", ("proposal",)),
            ),
        ),
    ),
}
