import pytest

from xenotrack.errors import InputError

from .sheets import finding_of, read, rules_of

WIDE = "Treatment,Mouse,-1,2,9\nveh,1,100,110,150\nveh,2,90,,\ndrug,3,100,NA,100\n"


def test_each_cell_that_says_something_is_a_reading():
    study = read(WIDE)
    assert study.layout == "wide"
    rows = study.measurements[["mouse", "day", "volume_mm3"]].to_numpy().tolist()
    assert rows == [
        ["1", -1, 100], ["1", 2, 110], ["1", 9, 150], ["2", -1, 90], ["3", -1, 100], ["3", 9, 100],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        "Day -1,Day 2,Day 9",
        "d-1,D2,d9",
        "X-1,X2,X9",
        "-1 d,2 d,9 d",
        "J-1,J2,J9",
        "-1 dpt,2 dpt,9 dpt",
    ],
)
def test_days_are_named_in_many_ways(names):
    study = read(WIDE.replace("-1,2,9", names))
    assert study.measurements.equals(read(WIDE).measurements)


def test_t_counts_days_where_its_numbers_are_no_visits():
    study = read(WIDE.replace("-1,2,9", "T0,T2,T9"))
    assert sorted(study.measurements["day"].unique()) == [0, 2, 9]
    with pytest.raises(InputError, match="none of the layouts"):
        read(WIDE.replace("-1,2,9", "T1,T2,T3"))


def test_weeks_and_dates_name_days_too():
    weeks = read(WIDE.replace("-1,2,9", "Week 0,Week 1,Week 2"))
    assert sorted(weeks.measurements["day"].unique()) == [0, 7, 14]
    dates = read(WIDE.replace("-1,2,9", "2024-01-01,2024-01-04,2024-01-11"))
    assert sorted(dates.measurements["day"].unique()) == [0, 3, 10]


def test_numbers_that_restart_in_each_arm_are_several_mice():
    study = read("Treatment,Mouse,0,3\nveh,1,100,110\nveh,2,90,99\ndrug,1,80,85\ndrug,2,70,60\n")
    assert study.mice["mouse"].tolist() == ["veh/1", "veh/2", "drug/1", "drug/2"]
    assert "mouse-numbers-restart" in rules_of(study)
    assert not study.errors


def test_one_number_in_two_arms_is_an_error_where_all_others_differ():
    rows = "".join(f"veh,{n},100,110\ndrug,{n + 10},90,95\n" for n in range(5))
    study = read(f"Treatment,Mouse,0,3\n{rows}drug,0,70,60\n")
    assert [finding.rule for finding in study.errors] == ["mouse-in-two-arms"]


def test_a_mouse_without_any_reading_is_named_and_stays():
    study = read("Treatment,Mouse,0,3\nveh,1,100,110\nveh,2,,\n")
    assert finding_of(study, "mouse-without-reading").mouse == "2"
    assert "2" in set(study.measurements["mouse"])


def test_two_columns_of_one_day_are_no_wide_sheet():
    with pytest.raises(InputError, match="names two columns 2"):
        read("Treatment,Mouse,2,2,9\nveh,1,100,110,150\n")


def test_a_long_sheet_is_not_taken_for_a_wide_one():
    text = "Treatment,Mouse,day,volume,1\nveh,1,0,100,x\n"
    assert read(text).layout == "long"
    with pytest.raises(InputError, match="column of its own for the day"):
        read(text, layout="wide")


def test_a_layout_can_be_forced_and_an_unknown_one_is_refused():
    assert read(WIDE, layout="wide").layout == "wide"
    with pytest.raises(InputError, match="misses"):
        read(WIDE, layout="long")
    with pytest.raises(InputError, match="Did you mean 'wide'"):
        read(WIDE, layout="wild")


def test_text_in_a_cell_is_named_and_its_row_stays():
    study = read(WIDE.replace("110", "68*"))
    assert "volume_mm3 is '68*'" in finding_of(study, "not-a-number").seen
    assert len(study.measurements) == 6


def test_a_weight_beside_the_days_is_named_as_not_used():
    study = read(WIDE.replace("Mouse,", "Mouse,BW,").replace(",1,1", ",1,20,1"))
    assert "'BW'" in finding_of(study, "columns-not-used").seen


def test_arms_of_different_size_may_restart_their_numbers():
    rows = "".join(f"veh,{n},100,110\n" for n in range(10)) + "drug,1,90,95\ndrug,2,80,85\n"
    study = read("Treatment,Mouse,0,3\n" + rows)
    assert "mouse-numbers-restart" in rules_of(study)


def test_numbers_without_a_head_between_days_are_an_error():
    rows = ["Mouse,Group,Day 0,,Day 4,,Day 7", "1,vehicle,100,8,120,8,150", "2,drug,100,8,90,8,80"]
    found = finding_of(read("\n".join(rows) + "\n"), "columns-of-numbers-not-read")
    assert found.severity == "error"
    assert "'column 4', 'column 6'" in found.seen
