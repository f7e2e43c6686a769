"""Arms that are read on unlike schedules: what is said of them, and what is claimed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xenotrack import Results, Study
from xenotrack.compare.hazards import log_rank_frame
from xenotrack.model.between import accelerated_frame, turnbull_frame
from xenotrack.model.progression import fit_mice
from xenotrack.model.turnbull import turnbull_curve
from xenotrack.study.design import Design
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.rules import Rules


def results_of(gaps, interpolate="none", rate=0.05, n=9) -> Results:
    """Arms whose mice double on the same days, read every so many days."""
    rows = [
        (f"{arm}{mouse}", arm, day, 100 * np.exp(rate * (0.7 + 0.1 * mouse) * day))
        for arm, gap in gaps.items()
        for mouse in range(n)
        for day in np.arange(0, 43, gap)
    ]
    frame = pd.DataFrame(rows, columns=["mouse", "arm", "day", "volume_mm3"])
    rules = Rules(progression=ProgressionRules(interpolate=interpolate))
    return Results(Study.of_frame(frame, Design.of_names("toy", tuple(gaps), rules)))


def doubts_of(results, rule="schedules-differ"):
    return [doubt for doubt in results.progression.doubts if doubt.rule == rule]


def test_unlike_schedules_are_told_with_both_p() -> None:
    (doubt,) = doubts_of(results_of({"vehicle": 7, "A": 2}))
    assert doubt.arms == ("vehicle", "A")
    assert "vehicle was read every 7 days, A every 2" in doubt.text
    assert doubt.text.count("p = ") == 2


def test_each_doubt_is_of_two_arms_that_are_read_unlike() -> None:
    doubts = doubts_of(results_of({"vehicle": 7, "A": 7, "B": 3, "C": 14}, n=4))
    assert [doubt.arms for doubt in doubts] == [("vehicle", "B"), ("A", "B"), ("C", "vehicle")]


def test_the_hazard_has_the_p_between_visits_and_days_of_visits_are_withheld() -> None:
    results = results_of({"vehicle": 14, "A": 2}, rate=0.08)
    fit = results.progression
    hazards, days = (
        results.compare((outcome,), ("control",))[0].to_frame().iloc[0]
        for outcome in ("log_hazard", "rmst_days")
    )
    assert fit.log_rank_of_pair(0, 1).p_permutation < 0.05
    assert hazards["p_value"] == fit.interval_test_of_pair(0, 1).p > 0.05
    assert days["p_value"] < 0.05
    assert (days["shows"], days["withheld"]) == ("withheld", "schedules-differ")


@pytest.mark.parametrize("weight", ["tarone-ware", "fleming-harrington", "late"])
def test_weighted_days_are_not_fooled_by_unlike_schedules(weight) -> None:
    row = log_rank_frame(results_of({"vehicle": 14, "A": 2}, rate=0.08).progression, weight).iloc[1]
    assert row["p_value"] == max(row["p_permutation"], row["p_between"]) > 0.05


def test_alike_schedules_raise_no_doubt() -> None:
    assert doubts_of(results_of({"vehicle": 3.5, "A": 3})) == []


@pytest.mark.parametrize("days", [[0], [0, 42]])
def test_one_visit_and_two_are_answered(days) -> None:
    frame = results_of({"vehicle": 42, "A": 42}).study.tidy
    study = Study.of_frame(frame[frame["day"].isin(days)], Design.of_names("toy", ("vehicle", "A")))
    fit = Results(study).progression
    assert len(turnbull_frame(fit)) == 2
    assert accelerated_frame(fit)["estimate"].isna().all()
    assert accelerated_frame(fit)["method"].str.startswith("not estimable: ").all()


def test_an_empty_time_ratio_says_which_arm_never_progressed() -> None:
    high = [7, 14, 21, 28, 14, 21, 28, 35, *[np.nan] * 4]
    day = np.where(np.isnan(high), 42, high)
    mice = pd.DataFrame({"arm": np.repeat(["vehicle", "A", "B"], 4), "day": day, "day_high": high})
    mice = mice.assign(day_low=day - 7, event=np.isfinite(high), fate=None, mouse=range(12))
    fit = fit_mice(mice, Design.of_names("", ("vehicle", "A", "B")))
    rows = accelerated_frame(fit).set_index(["law", "arm"])
    assert np.isfinite(rows.loc[("weibull", "A"), "estimate"])
    assert rows.loc[("weibull", "A"), "method"].startswith("Weibull days between visits")
    assert np.isnan(rows.loc[("weibull", "B"), "estimate"])
    assert rows.loc[("weibull", "B"), "method"] == "not estimable: no mouse of B progressed"


def test_an_arm_that_never_progresses_has_one_open_interval() -> None:
    rows = turnbull_frame(results_of({"vehicle": 7}, rate=0.0).progression)
    assert rows[["day_low", "estimate"]].to_numpy().tolist() == [[42.0, 1.0]]
    assert rows["day_high"].isna().all()


def test_an_arm_that_progresses_wholly_ends_at_zero() -> None:
    curve = turnbull_curve(np.array([7.0, 7, 14, 14, 21, 28]), np.array([14.0, 14, 21, 21, 28, 35]))
    assert curve.free[-1] == 0.0
