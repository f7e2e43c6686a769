"""Whether and when each mouse progressed."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from xenotrack.errors import StudyError
from xenotrack.response.progression import composite_mice, progression_events


def progressed(study):
    return progression_events(study).mice


def row_of(study, mouse="m", events=progressed):
    rows = events(study)
    return rows[rows["mouse"] == mouse].iloc[0]


def rules_named(result):
    return [doubt.rule for doubt in result.doubts]


DOUBLES = [(0, 100), (7, 150), (14, 250), (21, 300)]


@pytest.mark.parametrize(
    ("interpolate", "day"),
    [("none", 14), ("linear", 10.5), ("log", 7 + 7 * math.log(200 / 150) / math.log(250 / 150))],
)
def test_a_doubling_lies_between_its_two_readings(study_of, interpolate, day):
    row = row_of(study_of({"m": DOUBLES}, interpolate=interpolate))
    assert (row.day_low, row.day_high, row.event) == (7, 14, True)
    assert row.day == pytest.approx(day)


@pytest.mark.parametrize(
    ("interpolate", "day"),
    [
        ("none", 21),
        ("linear", 14 + 7 * 33 / 120),
        ("log", 14 + 7 * math.log(173 / 140) / math.log(260 / 140)),
    ],
)
def test_regrowth_is_measured_from_the_smallest_volume(study_of, interpolate, day):
    course = [(0, 400), (7, 100), (14, 140), (21, 260)]
    row = row_of(study_of({"m": course}, rule="nadir", interpolate=interpolate))
    assert (row.day_low, row.day_high, row.event) == (14, 21, True)
    assert row.day == pytest.approx(day)


@pytest.mark.parametrize(
    ("interpolate", "day"),
    [("none", 14), ("linear", 10.5), ("log", 7 + 7 * math.log(10 / 6) / math.log(14 / 6))],
)
def test_an_absolute_volume_needs_no_baseline(study_of, interpolate, day):
    course = [(0, 300), (7, 600), (14, 1400)]
    for readings in (course, [(day + 30, mm3) for day, mm3 in course]):
        shift = readings[0][0]
        row = row_of(
            study_of(
                {"m": readings, "early": [(0, 50), (60, 60)]},
                rule="absolute",
                interpolate=interpolate,
            )
        )
        assert (row.day_low, row.day_high, row.event) == (shift + 7, shift + 14, True)
        assert row.day == pytest.approx(shift + day)


def test_exactly_the_threshold_is_progression_whatever_the_unit(study_of):
    row = row_of(study_of({"m": [(0, 0.55 * 1000), (7, 1.1 * 1000)]}, interpolate="none"))
    assert row.event
    assert row_of(study_of({"m": [(0, 550 + 2e-7), (7, 1100)]})).day == 7
    assert not row_of(study_of({"m": [(0, 550 + 1e-5), (7, 1100)]})).event


def test_a_single_high_reading_needs_confirmation(study_of):
    course = [(0, 100), (7, 210), (14, 150), (21, 220), (28, 260)]
    assert row_of(study_of({"m": course}, interpolate="none")).day == 7
    confirmed = row_of(study_of({"m": course}, interpolate="none", confirm=True))
    assert (confirmed.day_low, confirmed.day_high, confirmed.day) == (14, 21, 21)


def test_a_confirmed_crossing_is_interpolated_at_its_first_reading(study_of):
    course = [(0, 100), (7, 150), (14, 250), (21, 260)]
    assert row_of(study_of({"m": course}, confirm=True)).day == pytest.approx(10.5)


def test_a_regrowth_must_be_confirmed_above_the_same_nadir(study_of):
    course = [(0, 400), (7, 100), (14, 180), (21, 90), (28, 150), (35, 160), (42, 170)]
    row = row_of(study_of({"m": course}, rule="nadir", confirm=True, interpolate="none"))
    assert row.day == 35


def test_the_next_mouse_does_not_confirm_the_last_reading(study_of):
    courses = {"a": [(0, 100), (7, 250)], "b": [(0, 100), (7, 250), (14, 260)]}
    result = progression_events(study_of(courses, confirm=True))
    assert result.mice["event"].tolist() == [False, True]


def test_an_unconfirmed_crossing_is_censored_at_the_reading_before(study_of):
    study = study_of({"m": [(0, 100), (7, 150), (14, 250)]}, confirm=True)
    row = row_of(study)
    assert (row.day_low, row.day, row.event) == (7, 7, False)
    assert math.isnan(row.day_high)
    doubts = progression_events(study).doubts
    assert [doubt.rule for doubt in doubts] == ["unconfirmed-crossing"]
    assert "1 mouse" in doubts[0].text
    assert doubts[0].text.endswith(": m.")


@pytest.mark.parametrize("size_cull", ["event", "censor"])
def test_leaving_for_size_confirms_a_crossing_at_the_last_reading(study_of, size_cull):
    study = study_of(
        {"m": [(0, 100), (7, 150), (14, 250)]},
        fates={"m": "tumor_size"},
        confirm=True,
        size_cull=size_cull,
    )
    row = row_of(study)
    assert (row.day_low, row.day_high, row.event) == (7, 14, True)
    assert row.day == pytest.approx(10.5)
    assert progression_events(study).doubts == ()


@pytest.mark.parametrize(
    ("rule", "confirm", "interpolate"),
    list(
        itertools.product(
            ["fold", "percent", "nadir", "absolute"], [False, True], ["none", "linear", "log"]
        )
    ),
)
def test_leaving_for_size_is_progression_on_the_day_of_leaving(
    study_of, rule, confirm, interpolate
):
    options = {"rule": rule, "confirm": confirm, "interpolate": interpolate}
    setting = {"fates": {"m": "tumor_size"}, "left": {"m": 11}}
    course = {"m": [(0, 100), (4, 120), (8, 150)]}
    row = row_of(study_of(course, **setting, **options))
    assert (row.day_low, row.day_high, row.day, row.event) == (8, 11, 11, True)
    row = row_of(study_of(course, **setting, **options, size_cull="censor"))
    assert (row.day_low, row.day, row.event) == (8, 8, False)


def test_a_mouse_measured_when_it_left_for_size_progressed_since_the_reading_before(study_of):
    row = row_of(study_of({"m": [(0, 100), (4, 120), (8, 150)]}, fates={"m": "tumor_size"}))
    assert (row.day_low, row.day_high, row.day, row.event) == (4, 8, 8, True)


@pytest.mark.parametrize("fate", ["end_of_study", "toxicity", "unrelated", "technical", "unknown"])
def test_every_other_mouse_is_censored_at_its_last_reading(study_of, fate):
    row = row_of(study_of({"m": [(0, 100), (7, 150)]}, fates={"m": fate}, left={"m": 9}))
    assert (row.day_low, row.day, row.event) == (7, 7, False)
    assert math.isnan(row.day_high)


def test_progression_goes_before_toxicity_at_one_visit(study_of):
    study = study_of({"m": [(0, 100), (7, 250)]}, fates={"m": "toxicity"}, interpolate="none")
    assert row_of(study).event
    assert row_of(study, events=composite_mice).day == 7


def test_progression_by_the_rule_goes_before_the_size_limit(study_of):
    study = study_of({"m": DOUBLES}, fates={"m": "tumor_size"}, interpolate="none")
    row = row_of(study)
    assert (row.day_low, row.day_high, row.day) == (7, 14, 14)


def test_toxicity_is_an_event_of_the_composite_only(study_of):
    study = study_of(
        {"tox": [(0, 100), (7, 110)], "late": DOUBLES},
        fates={"tox": "toxicity"},
        left={"tox": 9},
        interpolate="none",
    )
    assert progression_events(study).mice["event"].tolist() == [True, False]
    composite = composite_mice(study)
    assert composite["event"].tolist() == [True, True]
    tox = row_of(study, "tox", composite_mice)
    assert (tox.day_low, tox.day_high, tox.day) == (7, 9, 9)


def test_an_unconfirmed_crossing_at_a_toxicity_exit_is_one_visit_of_the_composite(study_of):
    course = {"m": [(0, 100), (4, 120), (7, 150), (14, 250)]}
    study = study_of(course, fates={"m": "toxicity"}, confirm=True)
    row = row_of(study, events=composite_mice)
    assert (row.day_low, row.day_high, row.day, row.event) == (7, 14, 14, True)


def test_readings_before_the_baseline_do_not_count(study_of):
    course = [(-6, 900), (-1, 100), (7, 150), (14, 250)]
    for rule in ("fold", "nadir"):
        assert row_of(study_of({"m": course}, rule=rule, interpolate="none")).day == 14


def test_time_runs_from_day_zero_though_the_baseline_is_older(study_of):
    row = row_of(study_of({"m": [(-4, 100), (3, 250)]}))
    assert (row.day_low, row.day_high) == (0, 3)
    assert row.day == pytest.approx(-4 + 7 * 100 / 150)
    assert row_of(study_of({"m": [(-6, 100), (1, 2000)]})).day == 0


def test_a_mouse_without_baseline_cannot_be_judged_by_a_fold_or_a_nadir(study_of):
    courses = {"m": [(20, 100), (27, 900)], "ok": DOUBLES}
    for rule in ("fold", "nadir"):
        result = progression_events(study_of(courses, rule=rule))
        assert result.mice["mouse"].tolist() == ["ok"]
        assert rules_named(result) == ["not-evaluable"]
        assert "no baseline" in result.doubts[0].text


def test_a_baseline_below_the_limit_cannot_double_but_has_a_nadir(study_of):
    courses = {"m": [(0, 0), (7, 10), (14, 40)], "ok": DOUBLES}
    result = progression_events(study_of(courses, limit=15))
    assert result.mice["mouse"].tolist() == ["ok"]
    assert "below the limit" in result.doubts[0].text
    row = row_of(study_of(courses, limit=15, rule="nadir", interpolate="none"))
    assert (row.day_low, row.day) == (7, 14)


@pytest.mark.parametrize(("waiting", "hints"), [(1, False), (2, False), (3, True)])
def test_a_study_that_waits_for_tumours_is_told_how_to_ask(study_of, waiting, hints):
    courses = {f"m{i}": [(0, 5 if i < waiting else 100), (7, 300)] for i in range(4)}
    (doubt,) = progression_events(study_of(courses, limit=15)).doubts
    assert ("--rule absolute --value 30" in doubt.text) == hints


def test_a_reading_below_the_limit_stands_at_the_limit(study_of):
    course = {"m": [(0, 200), (7, 0), (14, 20), (21, 27)]}
    row = row_of(study_of(course, limit=15, rule="nadir"))
    assert row.day == pytest.approx(14 + 7 * (1.73 * 15 - 20) / 7)


def test_a_tumour_above_the_absolute_volume_at_its_start_cannot_be_judged(study_of):
    result = progression_events(
        study_of({"big": [(0, 1100), (7, 1200)], "ok": DOUBLES}, rule="absolute")
    )
    assert result.mice["mouse"].tolist() == ["ok"]
    assert "already at 1000 mm³" in result.doubts[0].text


def test_a_mouse_never_seen_after_day_zero_has_no_time_at_risk(study_of):
    courses = {"m": [(-2, 100)], "gone": [(0, 100)], "ok": DOUBLES}
    study = study_of(courses, fates={"gone": "tumor_size"})
    result = progression_events(study)
    for mouse in ("m", "gone"):
        row = row_of(study, mouse)
        assert (row.day_low, row.day, row.event) == (0, 0, False)
    assert rules_named(result) == ["no-follow-up"]
    assert "2 mice" in result.doubts[0].text


def test_a_mouse_that_left_for_size_unseen_progressed_by_then(study_of):
    study = study_of({"m": [(0, 100)]}, fates={"m": "tumor_size"}, left={"m": 5})
    row = row_of(study)
    assert (row.day_low, row.day_high, row.day, row.event) == (0, 5, 5, True)
    assert [each.rule for each in progression_events(study).doubts] == ["size-before-the-rule"]


def test_a_mouse_measured_only_when_it_left_progressed_since_day_zero(study_of):
    courses = {"a": DOUBLES, "m": [(3, 100)]}
    row = row_of(study_of(courses, fates={"m": "tumor_size"}))
    assert (row.day_low, row.day_high, row.day, row.event) == (0, 3, 3, True)


def test_an_absolute_volume_is_judged_from_the_first_reading_after_day_zero(study_of):
    course = [(-20, 1500), (20, 300), (27, 1500)]
    row = row_of(study_of({"m": course}, rule="absolute", interpolate="none"))
    assert (row.day_low, row.day_high, row.day) == (20, 27, 27)


def test_a_late_baseline_is_said(study_of):
    study = study_of({"m": [(3, 100), (7, 150), (14, 250)]}, interpolate="none")
    assert row_of(study).day == 14
    assert rules_named(progression_events(study)) == ["late-baseline"]


def test_an_early_end_that_nobody_explains_is_said(study_of):
    courses = {"m": [(0, 100), (7, 110)], "grew": DOUBLES, "stayed": [(0, 100), (60, 110)]}
    fates = dict.fromkeys(courses, "unknown")
    result = progression_events(study_of(courses, fates=fates))
    assert rules_named(result) == ["unknown-fate"]
    assert "1 of 3 mice" in result.doubts[0].text
    assert result.doubts[0].text.endswith(": m.")


def test_withdrawals_that_differ_between_arms_are_said(study_of):
    flat = [(0, 100), (7, 110)]
    courses = {f"{arm}{i}": flat for arm in "vt" for i in range(5)}
    arms = {mouse: "vehicle" if mouse[0] == "v" else "drug" for mouse in courses}
    result = progression_events(
        study_of(courses, arms=arms, fates={"t0": "toxicity", "t1": "unrelated"})
    )
    assert rules_named(result) == ["withdrawals-differ"]
    assert "vehicle 0 of 5, drug 2 of 5" in result.doubts[0].text
    same = {"t0": "toxicity", "t1": "unrelated", "v0": "technical", "v1": "toxicity"}
    assert progression_events(study_of(courses, arms=arms, fates=same)).doubts == ()


def test_a_fold_that_the_baseline_meets_is_refused(study_of):
    with pytest.raises(StudyError, match=r"1\.2 is \+20 %"):
        progression_events(study_of({"m": DOUBLES}, value=0.2))


def test_a_study_without_a_single_reading_has_no_events(study_of):
    study = study_of({}, left={"a": 3, "b": 5})
    result = progression_events(study)
    assert len(result.mice) == 0
    assert rules_named(result) == ["not-evaluable"]


@pytest.mark.parametrize(
    ("rule", "confirm", "interpolate"),
    [
        ("nadir", True, "log"),
        pytest.param("fold", False, "linear", marks=pytest.mark.slow),
        pytest.param("absolute", True, "none", marks=pytest.mark.slow),
    ],
)
def test_all_mice_at_once_give_what_each_gives_alone(study_of, rule, confirm, interpolate):
    rng = np.random.default_rng(5)
    options = {"rule": rule, "confirm": confirm, "interpolate": interpolate, "limit": 15}
    fates = ["end_of_study", "tumor_size", "toxicity", "unknown"]
    courses, fate = {}, {}
    for i in range(40):
        days = np.sort(rng.choice(np.arange(-5, 40), rng.integers(1, 9), replace=False))
        courses[f"m{i:02}"] = [(d, v) for d, v in zip(days, volumes(rng, len(days)), strict=True)]
        fate[f"m{i:02}"] = fates[i % 4]
    together = progression_events(study_of(courses, fates=fate, **options)).mice
    found = 0
    for mouse, readings in courses.items():
        # A second mouse keeps the first day of the study, on which late baselines depend.
        alone = {mouse: readings, "zz": [(-5, 100), (0, 100)]}
        rows = progression_events(study_of(alone, fates=fate, **options)).mice
        rows = rows[rows["mouse"] == mouse].reset_index(drop=True)
        expected = together[together["mouse"] == mouse].reset_index(drop=True)
        pd.testing.assert_frame_equal(rows, expected)
        found += len(rows)
    events = together[together["event"]]
    assert found > 20
    assert len(events) > 5
    assert (events["day"] <= events["day_high"]).all()
    assert (events["day"] >= events["day_low"]).all()
    assert (events["day_low"] < events["day_high"]).all()
    assert together.loc[~together["event"], "day_high"].isna().all()


def volumes(rng, n):
    return 100 * np.exp(np.cumsum(rng.normal(0.25, 0.7, n))) + rng.choice([0, 800])


def test_a_nadir_rule_can_ask_for_a_rise_in_mm3_as_well(study_of):
    course = [(0, 400), (7, 20), (14, 40), (21, 90), (28, 150)]
    options = {"rule": "nadir", "interpolate": "none"}
    assert row_of(study_of({"m": course}, **options)).day == 14
    assert row_of(study_of({"m": course}, rise=60, **options)).day == 21


def test_nothing_counts_as_progression_after_the_declared_day(study_of):
    courses = {"a": [(0, 100), (7, 150), (14, 250)], "b": [(0, 100), (7, 210), (14, 400)]}
    found = progression_events(study_of(courses, interpolate="none", follow_until=10)).mice
    assert found["event"].tolist() == [False, True]
    assert found["day"].tolist() == [7, 7]


def test_who_left_after_the_declared_day_had_not_left_by_then(study_of):
    courses = {"a": [(0, 100), (7, 120), (14, 130)]}
    study = study_of(courses, fates={"a": "toxicity"}, left={"a": 15}, follow_until=10)
    found = composite_mice(study)
    assert (found["event"].item(), found["day"].item(), found["fate"].item()) == (
        False,
        7,
        "end_of_study",
    )


@pytest.mark.parametrize(("size_cull", "told"), [("event", 1), ("censor", 0)])
def test_mice_too_large_before_they_met_the_rule_are_told_by_arm(study_of, size_cull, told):
    study = study_of(
        {"a": [(0, 100), (7, 180)], "b": [(0, 100), (7, 250)], "c": [(0, 100), (7, 110)]},
        fates={"a": "tumor_size", "b": "tumor_size"},
        size_cull=size_cull,
    )
    rules = [
        each for each in progression_events(study).doubts if each.rule == "size-before-the-rule"
    ]
    assert len(rules) == told
    if told:
        assert rules[0].arms == ("vehicle",)
        assert "vehicle 1 of 3" in rules[0].text
