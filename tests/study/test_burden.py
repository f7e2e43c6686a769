"""Mice that bear several tumours: the sum, the largest, or each."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from .readings import few
from .sheets import finding_of, read, rules_of

HEADER = "mouse,arm,tumor,day,volume\n"
FLANKS = HEADER + (
    "m1,a,L,0,100\nm1,a,R,0,25\nm1,a,L,4,200\nm1,a,R,4,50\nm1,a,L,8,\nm1,a,R,8,100\n"
    "m2,a,L,0,80\nm2,a,R,0,\nm2,a,L,4,90\nm2,a,R,4,\n"
)


def burdens(text, tumors="sum", mouse="m1", **volume):
    study = read(text, {"study": {"tumors": tumors}, "volume": volume})
    own = study.readings[study.readings["mouse"] == mouse]
    return dict(zip(own["day"], own["volume_mm3"].round(9), strict=True))


@pytest.mark.parametrize(
    ("tumors", "expected"),
    [("sum", {0: 125, 4: 250}), ("largest", {0: 100, 4: 200}), ("each", {0: 50, 4: 100})],
)
def test_a_mouse_is_the_sum_the_largest_or_the_geometric_mean_of_its_tumours(tumors, expected):
    assert burdens(FLANKS, tumors) == expected


@pytest.mark.parametrize("tumors", ["sum", "largest", "each"])
def test_a_day_without_one_flank_has_no_burden_and_is_named(tumors):
    assert 8 not in burdens(FLANKS, tumors)
    study = read(FLANKS, {"study": {"tumors": tumors}})
    assert "m1 (day 8)" in finding_of(study, "tumor-not-measured").seen


@pytest.mark.parametrize("tumors", ["sum", "largest", "each"])
def test_a_flank_that_was_never_read_is_no_tumour(tumors):
    assert burdens(FLANKS, tumors, "m2") == {0: 80, 4: 90}


def test_a_flank_missing_at_baseline_leaves_the_reading_before_as_baseline():
    text = (
        HEADER + "m1,a,L,-3,90\nm1,a,R,-3,20\nm1,a,L,0,100\nm1,a,R,0,\nm1,a,L,4,200\nm1,a,R,4,9\n"
    )
    mice = read(text).mice
    assert mice[["baseline_day", "baseline_mm3"]].to_numpy().tolist() == [[-3, 110]]


def test_a_tumour_that_comes_later_joins_the_sum_but_not_the_mean():
    text = FLANKS + "m1,a,flank,4,1\nm1,a,flank,0,\n".replace("m1,a,flank,0,\n", "")
    assert burdens(text, "sum") == {0: 125, 4: 251}
    assert burdens(text, "each") == {0: 50, 4: 100}
    for tumors, does in (("sum", "join the sum"), ("each", "in no mean")):
        study = read(text, {"study": {"tumors": tumors}})
        found = finding_of(study, "tumor-read-late")
        assert does in found.seen
        assert "m1 flank (day 4)" in found.seen


def test_a_tumour_too_small_to_measure_stands_at_the_limit():
    text = FLANKS.replace("m1,a,R,0,25", "m1,a,R,0,2")
    assert burdens(text, "sum", limit_mm3=25)[0] == 125
    assert burdens(text, "each", limit_mm3=25)[0] == 50
    small = text.replace("m1,a,L,0,100", "m1,a,L,0,2")
    for tumors in ("sum", "largest", "each"):
        study = read(small, {"study": {"tumors": tumors}, "volume": {"limit_mm3": 25}})
        assert study.readings.loc[0, ["volume_mm3", "below_limit"]].tolist() == [25, True]
        assert study.mice["baseline_below_limit"].tolist() == [True, False]


def test_mice_of_one_tumour_each_are_the_same_by_every_rule(clean):
    text = HEADER + "".join(f"{m},{arm},{m[1:]},{day},{volume}\n" for m, arm, day, volume in clean)
    plain = read(text).readings["volume_mm3"]
    for tumors in ("largest", "each"):
        other = read(text, {"study": {"tumors": tumors}}).readings["volume_mm3"]
        np.testing.assert_allclose(other, plain)
    assert "tumor-read-late" not in rules_of(read(text))


@few
@given(st.lists(st.tuples(st.floats(1, 1e4), st.floats(1, 1e4)), min_size=2, max_size=6))
def test_the_mean_lies_below_the_largest_and_that_below_the_sum(sizes):
    text = HEADER + "".join(
        f"m1,a,{side},{day},{size!r}\n"
        for day, pair in enumerate(sizes)
        for side, size in zip("LR", pair, strict=True)
    )
    found = [list(burdens(text, tumors).values()) for tumors in ("each", "largest", "sum")]
    assert len(found[0]) == len(sizes)
    assert np.all(np.diff(np.array(found), axis=0) >= -1e-6)


@pytest.mark.parametrize(
    ("tumors", "expected"), [("sum", 104), ("largest", 100), ("each", np.sqrt(400)), ("mass", 104)]
)
def test_measured_burdens_keep_what_lies_below_the_limit_as_it_was_written(tumors, expected):
    text = HEADER + "m1,a,L,0,100\nm1,a,R,0,4\nm1,a,L,4,0\nm1,a,R,4,9\nm1,a,L,8,3\nm1,a,R,8,4\n"
    rule = {"tumors": "largest" if tumors == "mass" else tumors}
    study = read(text, {"study": rule, "volume": {"limit_mm3": 15}})
    found = study.masses if tumors == "mass" else study.measured
    small = {"sum": (9, 7), "largest": (9, 4), "each": (0, np.sqrt(12)), "mass": (9, 7)}[tumors]
    assert found["volume_mm3"].tolist() == pytest.approx([expected, *small])
    assert study.readings["volume_mm3"].tolist()[1:] == [15, 15]
