"""Treatment that began on a day of its own for each mouse."""

import pytest

from xenotrack.errors import InputError

from .readings import DAYS
from .sheets import finding_of, read, rules_of

STAGGERED = (
    "mouse,arm,date,volume,Treatment_start\n"
    "m1,veh,2024-01-01,100,2024-01-01\nm1,veh,2024-01-04,120,2024-01-01\n"
    "m2,drug,2024-01-05,100,2024-01-08\nm2,drug,2024-01-08,110,\nm2,drug,2024-01-15,90,\n"
)


def days_of(study):
    return study.measurements[["mouse", "day"]].to_numpy().tolist()


def test_dates_are_counted_from_the_start_of_each_mouse():
    study = read(STAGGERED)
    assert days_of(study) == [["m1", 0], ["m1", 3], ["m2", -3], ["m2", 0], ["m2", 7]]
    assert "day-zero-assumed" not in rules_of(study)


def test_a_declared_day_zero_goes_before_the_starts():
    study = read(STAGGERED, {"study": {"day_zero": "2024-01-01"}})
    assert days_of(study)[-1] == ["m2", 14]


def test_a_mouse_without_a_start_counts_from_the_day_zero_of_the_study():
    study = read(STAGGERED + "m3,drug,2024-01-03,100,\n")
    assert "named for m3" in finding_of(study, "no-treatment-start").seen
    assert days_of(study)[-1] == ["m3", 2]


def test_days_are_counted_anew_only_where_that_is_declared():
    text = "mouse,arm,day,volume,Treatment_start\n"
    text += "".join(f"m1,veh,{day},100,3\nm2,drug,{day},90,0\n" for day in DAYS)
    plain = read(text)
    assert sorted(plain.measurements["day"].unique()) == [0, 3, 7]
    assert "treatment-start-not-used" in rules_of(plain)
    declared = read(text, {"columns": {"treatment_start": "Treatment_start"}})
    assert days_of(declared)[:3] == [["m1", -3], ["m1", 0], ["m1", 4]]


def test_flanks_are_counted_from_the_start_of_their_mouse():
    header = "Sample,date,L_vol,R_vol,Treatment_start,Treatment\n"
    study = read(
        header + "a,2024-01-01,10,12,2024-01-04,veh\na,2024-01-04,20,22,2024-01-04,veh\n"
        "b,2024-01-01,10,12,2024-01-01,drug\n"
    )
    assert study.layout == "bilateral"
    assert study.measurements["day"].tolist() == [-3, 0, -3, 0, 0, 0]


def test_dates_of_readings_show_the_order_of_those_of_treatment_and_the_other_way():
    text = "mouse,arm,date,volume,treatment_start\n"
    text += "".join(f"m{n},veh,3/{day}/2024,100,3/5/2024\n" for n in "ab" for day in (5, 9, 13))
    assert read(text).measurements["day"].tolist() == [0, 4, 8, 0, 4, 8]
    turned = "mouse,arm,date,volume,treatment_start\n"
    turned += "".join(f"m{n},veh,{day}/3/2024,100,28/2/2024\n" for n in "ab" for day in (1, 4))
    assert read(turned).measurements["day"].tolist() == [2, 5, 2, 5]
    with pytest.raises(InputError, match="may begin with the day or the month"):
        read(turned.replace("28/2", "1/3"))


def test_arms_that_began_on_days_of_their_own_are_aligned():
    text = "mouse,arm,date,volume,treatment_start\n"
    for arm, start in (("veh", 1), ("drug", 8)):
        for mouse in "ab":
            text += "".join(
                f"{arm}{mouse},{arm},2024-01-{start + day:02},100,2024-01-{start:02}\n"
                for day in (0, 3, 6)
            )
    study = read(text)
    assert study.measurements.groupby("arm")["day"].unique().map(list).tolist() == [[0, 3, 6]] * 2
    assert study.mice["baseline_day"].tolist() == [0] * 4


def test_a_start_on_any_one_row_of_a_mouse_is_that_of_all_its_rows():
    late = STAGGERED.replace("m2,drug,2024-01-05,100,2024-01-08", "m2,drug,2024-01-05,100,")
    late = late.replace("m2,drug,2024-01-15,90,\n", "m2,drug,2024-01-15,90,2024-01-08\n")
    assert days_of(read(late))[2:] == [["m2", -3], ["m2", 0], ["m2", 7]]


def test_a_start_on_a_row_without_a_reading_counts():
    text = STAGGERED.replace("100,2024-01-08\n", "100,\n") + "m2,drug,2024-01-08,,2024-01-08\n"
    assert days_of(read(text))[2] == ["m2", -3]


def test_a_mouse_that_changed_its_cage_keeps_its_start():
    text = "cage,mouse,arm,date,volume,treatment_start\n"
    text += "c1,m1,veh,2024-01-01,100,2024-01-02\nc2,m1,veh,2024-01-05,110,\n"
    assert days_of(read(text)) == [["m1", -1], ["m1", 3]]


def test_two_starts_of_one_mouse_are_an_error_at_the_second():
    text = STAGGERED.replace("m2,drug,2024-01-15,90,", "m2,drug,2024-01-15,90,2024-01-09")
    found = finding_of(read(text), "two-treatment-starts")
    assert (found.severity, found.mouse, found.cell) == ("error", "m2", "6")
    assert "2024-01-08 and on 2024-01-09" in found.seen


def test_a_start_after_the_last_reading_leaves_no_day_on_treatment_and_is_named():
    text = STAGGERED.replace("2024-01-08", "2024-02-08", 1).replace(
        "m2,drug,2024-01-08,", "m2,drug,2024-01-09,"
    )
    study = read(text)
    assert study.mice["last_day"].tolist() == [3, -24]
    assert study.mice["baseline_day"].isna().tolist() == [False, True]
    assert "m2" in finding_of(study, "never-read-on-treatment").seen


def test_day_zero_may_be_the_first_reading_of_each_mouse():
    study = read(STAGGERED + "m3,drug,2024-01-03,,\n", {"study": {"day_zero": "first_of_mouse"}})
    assert days_of(study) == [
        ["m1", 0], ["m1", 3], ["m2", 0], ["m2", 3], ["m2", 10], ["m3", 0],
    ]  # fmt: skip
    assert "day-zero-assumed" not in rules_of(study)
