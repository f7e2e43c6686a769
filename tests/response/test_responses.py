"""The table with one row a mouse."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from xenotrack.response.courses import courses_of
from xenotrack.response.relative import relative_readings
from xenotrack.response.responses import RESPONSE_COLUMNS, mouse_responses

COURSES = {
    "a": [(0, 200), (4, 120), (11, 60), (25, 30), (39, 900)],
    "b": [(-1, 150), (6, 260), (13, 520)],
    "c": [(0, 220), (7, 0), (14, 0), (21, 40)],
    "d": [(30, 100), (37, 130)],
    "e": [(0, 0), (7, 60), (14, 80)],
    "f": [(0, 60), (7, 200), (14, 100)],
    "g": [(0, 200)],
}
FATES = {"a": "tumor_size", "g": "toxicity"}
WEIGHTS = {"a": [(0, 20), (4, 17)]}


@pytest.fixture
def study(study_of):
    arms = {mouse: "drug" if mouse in "aceg" else "vehicle" for mouse in COURSES}
    return study_of(COURSES, arms=arms, fates=FATES, weights=WEIGHTS, limit=15)


def test_one_row_a_mouse_with_the_columns_of_the_contract(study):
    mice = mouse_responses(study).mice
    assert tuple(mice.columns) == RESPONSE_COLUMNS
    assert mice["mouse"].tolist() == study.mice["mouse"].tolist()
    assert mice["tumor"].isna().all()
    assert isinstance(mice.index, pd.RangeIndex)


def test_what_one_mouse_did_by_hand(study):
    row = mouse_responses(study).mice.set_index("mouse").loc["a"]
    assert row["best_response_percent"] == pytest.approx(-85)
    assert row["best_response_day"] == 25
    assert row["best_average_response_percent"] == pytest.approx((-40 - 70 - 85) / 4)
    assert (row["mrecist"], row["pptp"]) == ("PR", "CR")
    assert row["progression_day"] == pytest.approx(25 + 14 * 370 / 870)
    assert row["progressed"]
    assert row["weight_nadir_percent"] == pytest.approx(-15)
    assert (row["last_day"], row["fate"]) == (39, "tumor_size")


def test_a_mouse_without_baseline_has_no_relative_endpoints(study):
    mice = mouse_responses(study).mice.set_index("mouse")
    relative = ["best_response_percent", "best_average_response_percent", "auc_rate", "pptp"]
    for mouse in ("d", "e"):
        assert mice.loc[mouse, relative].isna().all()
        assert pd.isna(mice.loc[mouse, "progressed"])
        assert np.isfinite(mice.loc[mouse, "growth_rate"])
        assert mice.loc[mouse, "mrecist"] == "NE"


def test_a_censored_mouse_has_no_progression_day(study):
    row = mouse_responses(study).mice.set_index("mouse").loc["c"]
    assert row["progressed"] is np.False_ or row["progressed"] is False
    assert np.isnan(row["progression_day"])


def test_every_doubt_names_its_mice(study):
    doubts = {doubt.rule: doubt.text for doubt in mouse_responses(study).doubts}
    assert doubts["no-relative-endpoints"].endswith(": e, d.")
    assert doubts["response-not-evaluable"].endswith(": g.")
    assert doubts["pptp-small-baseline"].endswith(": f.")
    assert doubts["no-follow-up"].endswith(": g.")


def test_unsplit_progressive_disease_is_said(study_of):
    slow, fast = [(0, 200), (10, 300)], [(0, 200), (10, 900)]
    (doubt,) = mouse_responses(study_of({"m": slow})).doubts
    assert doubt.rule == "pptp-unsplit"
    assert mouse_responses(study_of({"m": fast})).doubts == ()


def test_the_unit_of_volume_cancels_in_what_is_relative(study):
    rows = study.measurements
    scaled = replace(
        study,
        measurements=rows.assign(volume_mm3=rows["volume_mm3"] * 1000 / 7),
        limit_mm3=study.limit_mm3 * 1000 / 7,
    )
    # What calipers err is absolute, too.
    absolute = ["baseline_mm3", "pptp", "regrowth_day", "regrew"]
    pd.testing.assert_frame_equal(
        mouse_responses(study).mice.drop(columns=absolute),
        mouse_responses(scaled).mice.drop(columns=absolute),
    )


def test_the_unit_of_time_scales_days_and_rates(study_of):
    course = [(0, 200), (12, 120), (33, 60), (75, 30), (120, 900)]
    days = mouse_responses(study_of({"m": course})).mice.iloc[0]
    hours = [(24 * day, volume) for day, volume in course]
    hourly = mouse_responses(study_of({"m": hours}, min_day=240)).mice.iloc[0]
    for column in ("best_response_day", "progression_day"):
        assert hourly[column] == pytest.approx(24 * days[column])
    for column in ("auc_rate", "growth_rate"):
        assert hourly[column] == pytest.approx(days[column] / 24)


def test_the_order_of_the_mice_does_not_matter(study_of):
    first = mouse_responses(study_of(COURSES, limit=15, fates=FATES)).mice
    names = dict(zip("abcdefg", "gfedcba", strict=True))
    renamed = {names[mouse]: course for mouse, course in COURSES.items()}
    fates = {names[mouse]: fate for mouse, fate in FATES.items()}
    second = mouse_responses(study_of(renamed, limit=15, fates=fates)).mice
    back = second.assign(mouse=second["mouse"].map(names)).sort_values("mouse", ignore_index=True)
    pd.testing.assert_frame_equal(first, back)


def test_the_order_of_a_mouse_s_rows_does_not_matter(study):
    shuffled = study.measurements.sample(frac=1, random_state=3)
    rows = shuffled.sort_values("mouse", kind="stable")
    courses = courses_of(replace(study, measurements=rows))
    assert (np.diff(courses.day)[np.diff(courses.owner) == 0] > 0).all()


def test_two_tumours_of_a_mouse_are_one_burden(study_of):
    one = study_of({"m": [(0, 200), (10, 300), (20, 500)]})
    rows = one.measurements
    left, right = rows.assign(tumor="left"), rows.assign(tumor="right")
    flanks = [
        left.assign(volume_mm3=rows["volume_mm3"] * 0.25),
        right.assign(volume_mm3=rows["volume_mm3"] * 0.75),
    ]
    two = replace(one, measurements=pd.concat(flanks, ignore_index=True))
    pd.testing.assert_frame_equal(mouse_responses(one).mice, mouse_responses(two).mice)


def test_relative_readings_start_at_one(study):
    rows = relative_readings(study)
    assert set(rows["mouse"]) == set("abcfg")
    assert (rows.drop_duplicates("mouse")["ratio"] == 1).all()
    last = rows[rows["mouse"] == "a"].iloc[-1]
    assert (last["ratio"], last["change_percent"]) == (4.5, pytest.approx(350))


def test_a_study_without_readings_has_rows_without_answers(study_of):
    responses = mouse_responses(study_of({}, left={"a": 3, "b": 5}))
    assert responses.mice["mrecist"].tolist() == ["NE", "NE"]
    assert responses.mice["progressed"].isna().all()
    assert responses.to_frame() is responses.mice
