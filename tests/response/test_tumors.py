"""Each tumour described, each mouse tested."""

import pytest

from xenotrack.response.by_arm import response_by_arm
from xenotrack.response.courses_by_arm import last_readings, readings_on_model_scale
from xenotrack.response.progression import progression_events
from xenotrack.response.responses import mouse_responses
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

HEADER = "mouse,arm,tumor,day,volume,fate\n"
# The left tumour of m1 doubles on day 8, the right one shrinks; m2 bears one tumour; m3 leaves.
SHEET = HEADER + (
    "m1,a,L,0,100,\nm1,a,L,4,150,\nm1,a,L,8,200,\nm1,a,L,12,300,\n"
    "m1,a,R,0,100,\nm1,a,R,4,80,\nm1,a,R,8,50,\nm1,a,R,12,40,\n"
    "m2,a,L,0,100,\nm2,a,L,4,90,\nm2,a,L,8,80,\nm2,a,L,12,70,\n"
    "m3,a,L,0,100,\nm3,a,L,4,110,\nm3,a,L,8,120,tumor size\n"
    "m3,a,R,0,100,\nm3,a,R,4,110,\n"
)


def study_with(tumors, text=SHEET, **rules):
    rules = read_rules(None, {"study": {"tumors": tumors, "control": "a"}, **rules})
    return read_study(text.encode(), rules)


def events(tumors, **rules):
    mice = progression_events(study_with(tumors, **rules)).mice
    return {
        mouse: tuple(rest)
        for mouse, *rest in mice[["mouse", "event", "day_low", "day_high", "day"]]
        .fillna(-1)
        .itertuples(index=False)
    }


def test_a_mouse_progresses_with_the_first_of_its_tumours():
    assert events("each")["m1"] == (True, 4, 8, 8)
    assert events("sum")["m1"] == (False, 12, -1, 12)
    assert events("largest")["m1"] == (True, 4, 8, 8)


def test_a_mouse_that_leaves_for_size_progresses_without_a_tumour_of_its_own_that_did():
    assert events("each")["m3"] == (True, 4, 8, 8)
    assert events("each", progression={"size_cull": "censor"})["m3"] == (False, 4, -1, 4)


def test_a_tumour_that_cannot_be_judged_is_passed_over():
    found = events("each", volume={"limit_mm3": 50}, study={"tumors": "each"})
    assert found["m1"] == (True, 4, 8, 8)
    small = SHEET.replace("m1,a,R,0,100", "m1,a,R,0,2")
    mice = progression_events(study_with("each", small, volume={"limit_mm3": 50})).mice
    assert mice["mouse"].tolist() == ["m1", "m2", "m3"]
    smaller = small.replace("m1,a,L,0,100", "m1,a,L,0,2")
    mice = progression_events(study_with("each", smaller, volume={"limit_mm3": 50})).mice
    assert mice["mouse"].tolist() == ["m2", "m3"]


def test_each_tumour_has_a_row_below_its_mouse():
    found = mouse_responses(study_with("each")).to_frame()
    assert found[["mouse", "tumor"]].fillna("").to_numpy().tolist() == [
        ["m1", ""], ["m1", "L"], ["m1", "R"], ["m2", ""], ["m3", ""], ["m3", "L"], ["m3", "R"],
    ]  # fmt: skip
    of = found.fillna({"tumor": ""}).set_index(["mouse", "tumor"])
    assert of.loc[("m1", "R"), "best_response_percent"] == pytest.approx(-60)
    assert of["progressed"].tolist() == [True, True, False, False, True, True, True]
    assert of.loc[("m1", "L"), "progression_day"] == 8
    # The mouse's rate is the mean of its tumours' rates: that is why the mean is geometric.
    rates = of["growth_rate"]
    assert rates["m1", ""] == pytest.approx((rates["m1", "L"] + rates["m1", "R"]) / 2)
    assert (found["fate"] == "tumor_size").tolist() == [False] * 4 + [True] * 3


def test_rows_of_tumours_are_given_only_on_request_and_never_counted():
    assert mouse_responses(study_with("sum")).to_frame()["tumor"].isna().all()
    study = study_with("each")
    counted = response_by_arm(study, mouse_responses(study))
    assert counted["n_mice"].unique().tolist() == [3]


def test_curves_are_drawn_by_tumour_and_mice_counted():
    study = study_with("each")
    rows = readings_on_model_scale(study)
    assert rows["line"].unique().tolist() == ["m1/L", "m1/R", "m2", "m3/L", "m3/R"]
    assert rows["mouse"].unique().tolist() == ["m1", "m2", "m3"]
    ends = last_readings(study, rows)
    assert ends["fate"].tolist() == ["unknown"] * 3 + ["tumor_size"] * 2
    ratio = readings_on_model_scale(study_with("each", growth={"baseline": "ratio"}))
    assert ratio.loc[ratio["line"] == "m1/R", "value"].tolist() == [1, 0.8, 0.5, 0.4]
