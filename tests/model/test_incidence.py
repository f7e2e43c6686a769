import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

from xenotrack.model.fine_gray import fine_gray
from xenotrack.model.gray import gray_test
from xenotrack.model.incidence import estimate_incidence

REFERENCE = Path(__file__).parents[1] / "reference"
ANSWERS = json.loads((REFERENCE / "competing.incidence.json").read_text("utf-8"))
with (REFERENCE / "studies" / "competing.causes.csv").open(encoding="utf-8") as sheet:
    MICE = list(csv.DictReader(sheet))


def mice_of(arms, cause):
    """Days, whether the cause, whether another one, and the arm by its place."""
    own = [row for row in MICE if row["arm"] in arms]
    days = np.array([float(row["time"]) for row in own])
    causes = np.array([row["cause"] for row in own])
    arm = np.array([arms.index(row["arm"]) for row in own])
    return days, causes == cause, (causes != cause) & (causes != ""), arm


@pytest.mark.parametrize("arm", ANSWERS["arms"])
@pytest.mark.parametrize("cause", ["progression", "toxicity"])
def test_incidence_agrees_with_survfit(arm, cause):
    found = estimate_incidence(*mice_of([arm], cause)[:3])
    rows = [row for row in ANSWERS["incidence"] if (row["arm"], row["cause"]) == (arm, cause)]
    assert found.days.tolist() == [row["time"] for row in rows]
    assert found.estimate == pytest.approx([row["estimate"] for row in rows], rel=1e-10)
    assert found.std_error == pytest.approx([row["std_error"] for row in rows], rel=1e-10)


@pytest.mark.parametrize(
    "row", ANSWERS["gray"], ids=lambda row: f"{row['contrast']} {row['cause']}"
)
def test_gray_agrees_with_cmprsk(row):
    arm = row["contrast"].partition(" - ")[0]
    arms = ANSWERS["arms"] if arm == "all arms" else ["vehicle", arm]
    found = gray_test(*mice_of(arms, row["cause"]), len(arms))
    assert found.chi_square == pytest.approx(row["chi_square"], rel=1e-9)
    assert found.df == row["df"]
    assert found.p_value == pytest.approx(row["p_value"], rel=1e-8)


def test_an_arm_that_goes_on_alone_takes_nothing_from_the_test():
    # The pooled incidence comes to 1 before the last days. By cmprsk's cuminc(1:8, …).
    arm = np.repeat([0, 1], 4)
    found = gray_test(np.arange(1.0, 9.0), arm < 2, arm > 1, arm, 2)
    assert found.chi_square == pytest.approx(6.89611115492539, rel=1e-9)


@pytest.mark.parametrize("row", ANSWERS["fine_gray"], ids=lambda row: row["contrast"])
def test_fine_gray_agrees_with_cmprsk(row):
    arm = row["contrast"].partition(" - ")[0]
    days, cause, competing, place = mice_of(["vehicle", arm], "progression")
    found = fine_gray(days, cause, competing, place == 1)
    # 1e-6: crr stops where its score is small.
    assert found.estimate == pytest.approx(row["estimate"], rel=1e-6)
    assert found.std_error == pytest.approx(row["std_error"], rel=1e-6)


def test_arms_without_an_event_or_wholly_apart_have_no_subdistribution_ratio():
    days, second = np.arange(1.0, 9), np.arange(8) >= 4
    none = np.zeros(8, bool)
    assert np.isnan(fine_gray(days, days < 5, none, second).estimate)
    assert np.isnan(fine_gray(days, ~none, none, second).estimate)


def test_without_censoring_limits_are_those_of_clopper_and_pearson():
    days = np.arange(1.0, 9)
    own = np.array([1, 0, 1, 0, 0, 1, 0, 0], bool)
    found = estimate_incidence(days, own, ~own)
    assert found.estimate[-1] == pytest.approx(3 / 8)
    assert found.conf_low[-1] == pytest.approx(beta.ppf(0.025, 3, 6))
    assert found.conf_high[-1] == pytest.approx(beta.ppf(0.975, 4, 5))


def test_a_cause_that_took_no_mouse_is_bounded_by_those_followed():
    days = np.array([3.0, 5, 8, 9])
    none = np.zeros(4, bool)
    found = estimate_incidence(days, none, none)
    assert found.conf_low.tolist() == [0, 0, 0, 0]
    assert found.conf_high[0] == pytest.approx(1 - 0.025**0.25)
    assert found.conf_high[-1] > found.conf_high[0]


def test_kaplan_and_meier_with_the_other_cause_censored_is_larger():
    days, own, other, _ = mice_of(["A+B"], "progression")
    found = estimate_incidence(days, own, other).estimate[-1]
    alone = estimate_incidence(days, own, np.zeros(days.size, bool)).estimate[-1]
    assert alone > found > 0


def test_an_arm_never_at_risk_says_nothing():
    days, own, other, arm = mice_of(["vehicle"], "progression")
    found = gray_test(days, own, other, arm, 2)
    assert (found.df, np.isnan(found.p_value)) == (0, True)


def test_a_share_of_one_has_no_error() -> None:
    days, own = np.arange(1.0, 7.0), np.ones(6, dtype=bool)
    assert estimate_incidence(days, own, ~own).std_error[-1] == 0.0
