"""The words beside each figure: its title, how to read it, and its finding for who cannot see."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xenotrack.compare.lattice import one_drug_more, why_no_step
from xenotrack.present.results import Results
from xenotrack.present.sentences import join, number, progression_rule
from xenotrack.present.story import Caption
from xenotrack.present.words import days_text, rate_text
from xenotrack.study.rules import ProgressionRules

LIMITS = ("estimate", "conf_low", "conf_high")


def captions(results: Results) -> tuple[Caption, ...]:
    """The captions of a study's figures; where it has phases each names its own."""
    phase = f" Phase {results.study.phase}." if results.study.phase else ""
    said = [make(results) for make in CAPTIONS]
    return tuple(Caption(one.figure, one.title, one.note + phase, one.alt) for one in said)


def _level(results: Results) -> str:
    return f"{100 * results.study.design.rules.compare.level:g} %"


def _rates_read(results: Results) -> str:
    """The rate of each arm in words."""
    if not results.has_growth:
        return "No growth rate could be estimated."
    rows = results.growth.to_frame()
    told = [
        f"{arm} {rate_text(*numbers)}"
        for arm, *numbers in zip(
            rows["arm"], rows["estimate"], rows["conf_low"], rows["conf_high"], strict=True
        )
    ]
    return f"Growth rates per day: {', '.join(told)}."


def _growth(results: Results) -> Caption:
    counted = results.progression.to_frame()
    return Caption(
        "growth",
        "Tumour volume of each arm",
        "A mean of the mice that stay looks better as the largest tumours leave: read it beside "
        "how many they are, and the effect from the rates.",
        f"Mean tumour volume by day for {join(counted['arm'])}. {_rates_read(results)}",
    )


def _growth_by_arm(results: Results) -> Caption:
    return Caption(
        "growth_by_arm",
        "Every mouse, and the fitted growth of its arm",
        "On a log scale steady growth is a straight line."
        + (" A mark says why a mouse left." if results.study.mice["fate"].notna().any() else ""),
        f"Tumour volumes of every mouse by arm, with the fitted lines. {_rates_read(results)}",
    )


def _rates(results: Results) -> Caption:
    return Caption(
        "rates",
        "Growth rate of each arm",
        "Left of the line at zero tumours shrink. Whether two arms differ is not told by overlap "
        "of their intervals: see the comparisons.",
        _rates_read(results),
    )


def _progression(results: Results) -> Caption:
    rows = results.progression.to_frame()
    told = [
        f"{arm} {days_text(median, low, high, 'not reached')}"
        for arm, median, low, high in zip(
            rows["arm"], rows["median_days"], rows["conf_low"], rows["conf_high"], strict=True
        )
    ]
    return Caption(
        "progression",
        "Mice without progression",
        f"Progression is the {progression_rule(_rules(results))}.",
        f"Median days to progression: {', '.join(told)}.",
    )


def _rules(results: Results) -> ProgressionRules:
    return results.study.design.rules.progression


def _waterfall(results: Results) -> Caption:
    mice = results.response
    classes = mice["mrecist"].value_counts() if "mrecist" in mice else {}
    told = [f"{count} {name}" for name, count in classes.items()]
    shrank = (
        (mice["best_response_percent"] <= -50).groupby(mice["arm"], sort=False).agg(["sum", "size"])
    )
    halved = [f"{arm} {row['sum']} of {row['size']}" for arm, row in shrank.iterrows()]
    return Caption(
        "waterfall",
        "Best response of each mouse",
        "One bar a mouse: the smallest change of volume from its baseline, from day "
        f"{number(results.study.design.rules.response.min_day)} on. Best means best: a tumour that "
        "came back later keeps its class.",
        f"Best change of volume of {len(mice)} mice: {', '.join(told) or 'no class'}. Tumours that "
        f"shrank to half or less: {', '.join(halved)}.",
    )


def _weight(results: Results) -> Caption:
    rows = results.tolerability
    told = [
        f"{arm} {number(nadir, 2)} %"
        for arm, nadir in zip(rows["arm"], rows["weight_nadir_percent_mean"], strict=True)
        if np.isfinite(nadir)
    ]
    said = f"Mean of the lowest weights: {', '.join(told)}." if told else "No weights recorded."
    return Caption(
        "weight",
        "Body weight",
        "The lines at −15 and −20 % are common humane limits.",
        said,
    )


def _contrasts(results: Results) -> Caption:
    rows = results.contrasts
    claims = (rows["family"] == "parts") & rows["contrast"].str.endswith(" - best part")
    rows = rows[(rows["family"] == "control") | claims]
    told = [
        f"{contrast} {rate_text(*numbers)}"
        for contrast, *numbers in zip(
            rows["contrast"],
            rows["estimate"],
            rows["simultaneous_low"],
            rows["simultaneous_high"],
            strict=True,
        )
    ]
    return Caption(
        "contrasts",
        "How much slower arms grow",
        "Differences of growth rates from control, and of combinations from their best part.",
        "Differences of growth rates per day, with the intervals that hold for all together: "
        f"{', '.join(told)}."
        if told
        else "No comparison.",
    )


def _swimmer(results: Results) -> Caption:
    rows = results.progression.to_frame()
    told = [
        f"{arm} {events} of {mice}"
        for arm, events, mice in zip(rows["arm"], rows["n_events"], rows["n_mice"], strict=True)
    ]
    return Caption(
        "swimmer",
        "Time on study of each mouse",
        "Longest on top in each arm.",
        f"Mice that progressed: {', '.join(told)}.",
    )


def _spider(results: Results) -> Caption:
    best = results.response.dropna(subset=["best_response_percent"])
    shrank = (
        (best["best_response_percent"] < 0).groupby(best["arm"], sort=False).agg(["sum", "size"])
    )
    told = [f"{arm} {int(row['sum'])} of {int(row['size'])}" for arm, row in shrank.iterrows()]
    return Caption(
        "spider",
        "Change of each mouse from its own baseline",
        "Below the line at 0 % a tumour is smaller than it was at baseline.",
        f"Mice whose tumour was smaller than at baseline at some time: {', '.join(told)}.",
    )


def _growth_mean(results: Results) -> Caption:
    counted = results.progression.to_frame()
    return Caption(
        "growth_mean",
        "Mean tumour volume of each arm",
        "The picture that papers expect, and the one that flatters an arm whose largest tumours "
        "have left.",
        f"Mean tumour volume ± standard error by day for {join(counted['arm'])}. "
        f"{_rates_read(results)}",
    )


def _growth_by_arm_linear(results: Results) -> Caption:
    return Caption(
        "growth_by_arm_linear",
        "Every mouse in mm³",
        "The same mice and fitted lines with volumes on a linear scale, where the large tumours "
        "take the room.",
        f"Tumour volumes of every mouse by arm on a linear scale. {_rates_read(results)}",
    )


def _lattice(results: Results) -> Caption:
    steps = {f"{arm} - {part}" for arm, part, _ in one_drug_more(results.study.design)}
    rows = results.contrasts
    rows = rows[rows["contrast"].isin(steps)]
    told = [
        f"{contrast} {rate_text(*numbers)}"
        for contrast, *numbers in rows[["contrast", *LIMITS]].itertuples(index=False)
    ]
    return Caption(
        "lattice",
        "What each drug adds",
        "Arms by their number of drugs.",
        f"Changes of the growth rate per day by one drug more: {', '.join(told)}."
        if told
        else why_no_step(results.study.design),
    )


def _index_by_day(results: Results) -> Caption:
    rows = results.synergy_by_day
    rows = rows[(rows["scale"] == "ln_volume") & (rows["reference"] == "bliss")]
    last = rows[rows["day"] == rows["day"].max()]
    told = [
        f"{name} {number(index, 2)} ({number(low, 2)} to {number(high, 2)})"
        for name, index, low, high in zip(
            *(last[key] for key in ("combination", "combination_index", "index_low", "index_high")),
            strict=True,
        )
    ]
    return Caption(
        "index_by_day",
        "Combination index over the days",
        "The volume of each combination relative to the one expected of its parts. Its verdict, "
        "which holds for all combinations together, stands in the table.",
        f"Index against Bliss on day {last['day'].max():g}: {', '.join(told)}."
        if told
        else "No combination has an index.",
    )


def _residuals(results: Results) -> Caption:
    left = results.residuals["residual"].dropna().abs()
    outside = int((left > 2).sum())
    return Caption(
        "residuals",
        "What the fitted lines leave",
        "A bend in an arm says that one growth rate is an average over its days; a point far "
        "outside is a reading to look up in the sheet.",
        f"{outside} of {len(left)} readings lie more than two standard deviations from their "
        "mouse's line.",
    )


def _influence(results: Results) -> Caption:
    moved = results.influence.dropna(subset=["change_in_errors"])
    most = moved.loc[moved["change_in_errors"].abs().groupby(moved["arm"], sort=False).idxmax()]
    told = [
        f"{arm} {number(change, 2)} without {mouse}"
        for arm, mouse, change in zip(
            most["arm"], most["mouse"], most["change_in_errors"], strict=True
        )
    ]
    return Caption(
        "influence",
        "What one mouse does to its arm",
        "Where one tick leaves the interval, that mouse carries the rate: look it up, and say so. "
        "What one mouse does to the comparisons stands in the table.",
        f"Largest change of each arm's rate, in its standard errors: {', '.join(told)}."
        if told
        else "No rate could be estimated without one of the mice.",
    )


CAPTIONS: tuple[Callable[[Results], Caption], ...] = (
    _growth,
    _growth_by_arm,
    _rates,
    _progression,
    _waterfall,
    _weight,
    _contrasts,
    _swimmer,
    _spider,
    _growth_mean,
    _growth_by_arm_linear,
    _lattice,
    _index_by_day,
    _residuals,
    _influence,
)
