"""Blocked progression is growth held, no mouse progressed, and mice still there to say so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.model import growth_studies as studies
from xenotrack.compare.blocking import doubts_about_blocking, followed, judge_arm, judge_arms
from xenotrack.model.growth import fit_growth
from xenotrack.model.progression import fit_progression
from xenotrack.model.survival import estimate_curve
from xenotrack.present.results import Results
from xenotrack.study.design import Design
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules
from xenotrack.study.study import Study

SAMPLES = Path(__file__).parents[2] / "sample_data"


def arm(days, events, verdict="shrinking"):
    curve = estimate_curve(np.array(days, dtype=float), np.array(events, dtype=bool))
    rate = pd.Series(
        {
            "arm": "A",
            "verdict": verdict,
            "from_day": 0.0,
            "until_day": 28.0,
            "estimate": -0.01,
            "conf_low": -0.02,
            "conf_high": -0.004,
        }
    )
    return judge_arm(rate, curve, 0.95)


def test_none_of_ten_to_the_end_is_blocked_with_the_exact_bound() -> None:
    one = arm([63] * 10, [False] * 10)
    assert (one.shows, one.n_at_risk, one.day) == ("blocked", 10, 63)
    assert one.share_low == 0
    assert one.share_high == pytest.approx(1 - 0.025 ** (1 / 10))


def test_mice_last_read_a_visit_before_the_others_are_followed() -> None:
    assert arm([62] * 5 + [63] * 5, [False] * 10).n_at_risk == 10


def test_none_of_three_left_of_ten_is_no_claim_and_bounds_three() -> None:
    one = arm([10] * 7 + [63] * 3, [False] * 10)
    assert (one.shows, one.n_at_risk) == ("withheld", 3)
    assert one.share_high == pytest.approx(1 - 0.025 ** (1 / 3))


def test_growth_held_with_mice_that_progressed_is_not_blocked() -> None:
    one = arm([30, 40, *[63] * 8], [True, True, *[False] * 8])
    assert (one.shows, one.n_progressed) == ("held", 2)
    assert one.share_low < 0.2 < one.share_high


@pytest.mark.parametrize("verdict", ["growing", "undecided", ""])
def test_an_arm_that_was_not_shown_to_hold_growth_shows_nothing(verdict) -> None:
    assert arm([63] * 10, [False] * 10, verdict).shows == ""


def test_an_arm_that_came_back_never_blocked_progression() -> None:
    assert arm([63] * 10, [False] * 10, "regrew").shows == "regrew"


def test_mice_with_nothing_to_measure_at_the_end_are_counted() -> None:
    days = np.arange(0, 29, 3.5)
    rng = np.random.default_rng(2)
    gone = [5.3 - 0.15 * days + rng.normal(0, 0.1, len(days)) for _ in range(5)]
    seen = [5.3 - 0.01 * days + rng.normal(0, 0.1, len(days)) for _ in range(3)]
    sheet = studies.sheet_of({"a": [*gone, *seen]}, days)
    study = studies.study_of(sheet, 20, shape="curve")
    (arm,) = judge_arms(fit_growth(study), fit_progression(study))
    assert (arm.n_unmeasurable, arm.n_mice) == (5, 8)


def test_a_mouse_that_regrew_from_its_smallest_volume_is_no_block_of_progression() -> None:
    rate = pd.Series({"arm": "A", "verdict": "shrinking", "estimate": -0.01, "n_regrew": 1})
    curve = estimate_curve(np.full(10, 63.0), np.zeros(10, dtype=bool))
    one = judge_arm(
        rate.reindex([*rate.index, "conf_low", "conf_high", "from_day", "until_day"]), curve, 0.95
    )
    assert (one.shows, one.n_regrew) == ("held", 1)


def test_an_arm_of_which_no_mouse_can_be_judged_shows_nothing() -> None:
    one = arm([], [])
    assert (one.shows, one.n_mice) == ("", 0)
    assert followed(estimate_curve(np.empty(0), np.empty(0, dtype=bool)))[0] == 0


def test_a_rate_is_told_with_the_days_that_it_speaks_of() -> None:
    """A declared window is no follow-up: 0 to 21 of a study of 63 days."""
    path = SAMPLES / "resistant.toml"
    results = Results(read_study(path, read_rules(path, {"growth": {"window": (0.0, 21.0)}})))
    rates = results.growth.to_frame()
    assert [one.rate for one in results.blocking] == rates["estimate"].tolist()
    assert {(one.from_day, one.until_day) for one in results.blocking} == {(0.0, 21.0)}


def judged(*, control: str, treated: str, toxic_day: float = np.nan, drugs: str = "A"):
    """Both arms of a study of which no treated mouse progressed; rates as given by their words."""
    rates = {"held": -0.02, "grew": 0.06}
    days = np.arange(0, 29, 3.5)
    rng = np.random.default_rng(4)
    arms = {
        name: [5 + rates[word] * days + rng.normal(0, 0.1, len(days)) for _ in range(8)]
        for name, word in (("vehicle", control), (drugs, treated))
    }
    frame = studies.sheet_of(arms, days).rename(columns={"volume": "volume_mm3"})
    if not np.isnan(toxic_day):
        frame = frame[(frame["arm"] == "vehicle") | (frame["day"] <= toxic_day)]
        frame = frame.assign(fate=np.where(frame["arm"] == "vehicle", "end_of_study", "toxicity"))
    study = Study.of_frame(frame, Design.of_names("s", ["vehicle", drugs]))
    return judge_arms(fit_growth(study), fit_progression(study))


def test_tumours_that_do_not_grow_in_the_control_are_blocked_by_nothing() -> None:
    arms = judged(control="held", treated="held")
    assert [arm.shows for arm in arms] == ["withheld", "withheld"]
    (doubt,) = doubts_about_blocking(arms)
    assert (doubt.rule, doubt.arms) == ("control-did-not-grow", ("vehicle", "A"))
    assert [arm.shows for arm in judged(control="grew", treated="held")] == ["", "blocked"]
    assert [arm.shows for arm in judged(control="held", treated="grew")] == ["withheld", ""]


def test_mice_that_all_left_for_toxicity_before_any_could_progress_were_not_followed() -> None:
    _, one = judged(control="grew", treated="held", toxic_day=14)
    assert (one.shows, one.n_at_risk, one.n_toxic) == ("withheld", 8, 8)
    (doubt,) = doubts_about_blocking([one])
    assert "Only 0 of 8 mice of A were still followed on day 14" in doubt.text
