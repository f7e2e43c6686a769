from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.comparisons import compare_arms
from xenotrack.compare.composite import safe_from_toxicity
from xenotrack.compare.days_gained import days_gained
from xenotrack.compare.hazards import hazard_source
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.survival import estimate_curves
from xenotrack.model.times import mouse_times

from .reference import design_of

CONTROL = [7, 10, 10, 14, 14, 17, 21, 24]


def fit_of(toxicity=(), **days):
    """Progression of arms by their mice's days, negative where censored; ``toxicity`` in ``A``."""

    def fit(toxic_is_event):
        rows = [(arm, abs(day), day > 0, None) for arm, own in days.items() for day in own]
        rows += [("A", day, toxic_is_event, "toxicity") for day in toxicity]
        mice = pd.DataFrame(rows, columns=["arm", "day", "event", "fate"])
        mice = mice.assign(day_low=mice["day"], day_high=mice["day"].where(mice["event"]))
        times = mouse_times(mice, tuple(days))
        curves = estimate_curves(times.day, times.events, times.arm, len(days))
        return ProgressionFit(design_of(tuple(days)), mice, times, curves, (), (), np.nan, ())

    return replace(fit(False), composite=fit(True))


def row_of(make, fit):
    return compare_arms(safe_from_toxicity(make, fit), fit.design, ("control",)).to_frame().iloc[0]


@pytest.mark.parametrize("make", [hazard_source, days_gained])
def test_without_a_toxicity_exit_nothing_changes(make):
    fit = fit_of(vehicle=CONTROL, A=[-60] * 8)
    found = safe_from_toxicity(make, fit).contrast_of(np.array([[-1.0, 1]]), 0.95)
    alone = make(fit).contrast_of(np.array([[-1.0, 1]]), 0.95)
    for name, values in alone.columns().items():
        np.testing.assert_equal(found.columns()[name], values)
    assert row_of(make, fit)["shows"] == "better"


@pytest.mark.parametrize("make", [hazard_source, days_gained])
def test_what_only_progression_shows_is_withheld(make):
    row = row_of(make, fit_of(toxicity=[6] * 7, vehicle=CONTROL, A=[-60] * 3))
    assert row["p_value"] < 0.05
    assert (row["shows"], row["withheld"]) == ("withheld", "toxicity-before-progression")


@pytest.mark.parametrize("make", [hazard_source, days_gained])
def test_harm_to_an_arm_that_lost_mice_to_toxicity_holds_had_they_stayed(make):
    # Those that left would have progressed last: what is left of the arm looks worse than it was.
    late, soon = [-40] * 8, [5, 6, 8, 10]
    row = row_of(make, fit_of(toxicity=[6] * 6, vehicle=late, A=soon))
    assert row["p_value"] < 0.05
    assert (row["shows"], row["withheld"]) == ("withheld", "toxicity-before-progression")
    row = row_of(make, fit_of(toxicity=[6], vehicle=late, A=[*soon, 5, 6, 8, 10]))
    assert row["shows"] == "worse"


@pytest.mark.parametrize("make", [hazard_source, days_gained])
def test_what_both_show_has_the_larger_p_and_the_nearer_limit(make):
    fit = fit_of(toxicity=[20], vehicle=CONTROL, A=[-60] * 9)
    alone, both = (
        make(each).contrast_of(np.array([[-1.0, 1]]), 0.95) for each in (fit, fit.composite)
    )
    row = row_of(make, fit)
    assert row["shows"] == "better"
    assert row["p_value"] == max(alone.p_value[0], both.p_value[0])
    near = "conf_high" if make is hazard_source else "conf_low"
    assert abs(row[near]) == min(abs(getattr(each, near)[0]) for each in (alone, both))
    assert row["estimate"] == alone.estimate[0]


def test_a_claim_over_parts_is_withheld_where_one_of_them_is():
    fit = fit_of(toxicity=[6] * 7, vehicle=CONTROL, A=[-60] * 3)
    source = safe_from_toxicity(hazard_source, fit)
    assert source.why_withheld(("A", "vehicle")) == "toxicity-before-progression"
    assert source.why_withheld(("A",)) == ""


@pytest.mark.parametrize("make", [hazard_source, days_gained])
@pytest.mark.parametrize("toxicity", [[], [20], [6] * 7])
def test_limits_of_one_side_are_those_of_both(make, toxicity):
    fit = fit_of(toxicity=toxicity, vehicle=CONTROL, A=[-60] * 6, B=[9, 12, 15, -20, -30])
    weights = np.array([[-1.0, 1, 0], [-1, 0, 1], [0, 1, -1]])
    both = safe_from_toxicity(make, fit).contrast_of(weights, 0.9)
    levels = np.full(3, 0.9)
    for side, limits in ((-1, both.conf_low), (1, both.conf_high)):
        asked = safe_from_toxicity(make, fit).intervals(weights, levels, side)
        np.testing.assert_allclose(asked[side == 1], limits, rtol=1e-9)


def test_of_one_side_no_other_limit_is_looked_for():
    fit = fit_of(vehicle=CONTROL, A=[30, 40, 50, -60])
    low, high = hazard_source(fit).intervals(np.array([[-1.0, 1]]), np.array([0.95]), 1.0)
    assert np.isnan(low[0])
    assert np.isfinite(high[0])
