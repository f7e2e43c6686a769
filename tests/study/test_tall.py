"""A column that says which measure each row holds."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, numbers_of, sizes
from .sheets import finding_of, read, rules_of

TALL = (
    "Animal,Group,Day,Parameter,Value\n"
    "m1,veh,0,Tumor length,7.2\nm1,veh,0,Tumor width,5.1\nm1,veh,0,Body weight,21.5\n"
    "m1,veh,3,Tumor length,8.2\nm1,veh,3,Tumor width,6.1\nm1,veh,3,Body weight,NA\n"
    "m2,drug,0,Tumor width,5.0\nm2,drug,0,Tumor length,6.0\nm2,drug,0,Body weight,20.1\n"
    "m2,drug,3,Tumor length,6.5\nm2,drug,3,Tumor width,4.0\nm2,drug,3,Body weight,20.4\n"
)
DAYS_BESIDE = (
    "Group,Mouse,,Day 0,Day 3\nveh,m1,L (mm),7.2,8.2\n,,W (mm),5.1,6.1\n"
    "drug,m2,L (mm),6.0,6.5\n,,W (mm),5.0,4.0\n"
)
MEASURED = {
    ("m1", 0): (7.2, 5.1),
    ("m1", 3): (8.2, 6.1),
    ("m2", 0): (6.0, 5.0),
    ("m2", 3): (6.5, 4.0),
}


def diameters(study):
    return numbers_of(study, "length_mm", "width_mm")


def test_a_row_for_each_measure_of_a_mouse_and_day_is_one_reading():
    study = read(TALL)
    assert study.layout == "tall"
    assert diameters(study) == MEASURED
    assert study.measurements["body_weight_g"].fillna(-1).tolist() == [21.5, -1, 20.1, 20.4]
    assert study.measurements["source"].tolist() == ["stdin:2", "stdin:5", "stdin:8", "stdin:11"]
    assert not study.errors


def test_days_may_stand_beside_the_measure_and_the_mouse_be_blank_on_its_second_row():
    study = read(DAYS_BESIDE)
    assert (study.layout, diameters(study)) == ("tall", MEASURED)
    assert finding_of(study, "names-from-row-above").cell == "3, 5"
    assert not study.errors


def test_a_third_row_of_nobody_with_a_measure_that_was_said_is_of_nobody():
    study = read(DAYS_BESIDE + ",,L (mm),9,9\n")
    assert diameters(study) == MEASURED
    assert {finding.cell for finding in study.errors} == {"6"}
    assert {finding.rule for finding in study.errors} == {"row-without-mouse"}


def test_two_rows_of_one_mouse_day_and_measure_that_differ_are_a_conflict():
    study = read(TALL + "m1,veh,0,Tumor length,7.9\n")
    assert "length_mm 7.2 and 7.9" in finding_of(study, "duplicates-conflict").seen
    again = read(TALL + "m1,veh,0,Tumor length,7.2\n")
    assert "reading-twice" in rules_of(again)
    assert diameters(again) == MEASURED


def test_units_stand_in_a_column_or_in_the_word_and_are_read():
    beside = TALL.replace("Value\n", "Result,Unit\n").replace("7.2\n", "0.72,cm\n")
    beside = beside.replace("8.2\n", "0.82,cm\n").replace("6.0\n", "0.6,cm\n")
    study = read(beside.replace("6.5\n", "0.65,cm\n"))
    assert [*diameters(study).values()] == [pytest.approx(size) for size in MEASURED.values()]
    assert "unit-in-header" in rules_of(study)
    with pytest.raises(InputError, match="in cm and in mm"):
        read(beside.replace("6.5\n", "6.5,mm\n"))
    study = read(TALL.replace("Value", "Value (mm / g)"))
    assert (diameters(study), study.errors) == (MEASURED, ())


def test_a_row_that_names_no_measure_is_an_error():
    study = read(TALL + "m1,veh,7,,9.1\n")
    assert [(one.rule, one.cell) for one in study.errors] == [("row-without-measure", "14")]


def test_what_is_no_number_is_named_by_its_own_row():
    found = finding_of(read(TALL.replace("6.1", "big")), "not-a-number")
    assert (found.cell, found.mouse) == ("6", "m1")


def test_a_word_of_two_meanings_is_asked_about():
    text = TALL.replace("Tumor length", "Volume").replace("Tumor width", "W")
    with pytest.raises(InputError, match="what does 'W' in the column 'Parameter' measure"):
        read(text.replace("Body weight", "H"))
    study = read(text.replace("Body weight", "H"), {"columns": {"body_weight_g": "W"}})
    assert study.measurements["body_weight_g"].tolist() == [5.1, 6.1, 5.0, 4.0]


def test_two_columns_of_numbers_are_asked_about():
    head, *lines = TALL.replace("Value", "First,Second").splitlines()
    text = "\n".join([head, *(f"{line},7.7" for line in lines)])
    with pytest.raises(InputError, match="which of the columns 'First', 'Second'"):
        read(text)
    assert diameters(read(text, {"columns": {"volume_mm3": "First"}})) == MEASURED


@pytest.mark.parametrize(
    "text",
    [
        "mouse,arm,day,volume,by\nm1,veh,0,100,L\nm1,veh,3,150,W\nm2,drug,0,90,W\nm2,drug,3,95,L\n",
        "mouse,arm,day,value,kind\nm1,veh,0,100,L\nm1,veh,3,150,W\nm2,drug,0,90,L\n",
        "mouse,arm,day,volume,note\nm1,veh,0,100,length\nm2,drug,0,95,length\n",
        "mouse,arm,day,L,W,kind\nm1,veh,0,7,5,L\nm1,veh,0,7,5,W\nm2,drug,0,7,5,L\n",
        "mouse,arm,day,value,kind\nm1,veh,0,100,L\nm1,veh,0,100,ulcer\nm2,drug,0,90,W\n",
        "mouse,group,day,volume\nm1,L,0,100\nm1,L,3,150\nm2,W,0,90\nm2,W,3,95\n",
    ],
    ids=["volumes by somebody", "one a day", "one word", "own columns", "other words", "arms"],
)
def test_words_that_might_be_measures_leave_a_long_sheet_long(text):
    assert read(text).layout == "long"


@few
@given(sizes)
def test_sizes_written_a_row_a_measure_come_back(grid):
    rows = [
        (f"m{number}", arm_of(number), day, measure, size[place] if size else "")
        for number, values in enumerate(grid)
        for day, size in zip(DAYS, values, strict=True)
        for place, measure in enumerate(("length", "width", "height"))
    ]
    expected = {
        (f"m{number}", day): size
        for number, values in enumerate(grid)
        for day, size in zip(DAYS, values, strict=True)
        if size is not None
    }
    text = "mouse,arm,day,measure,value\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    study = read(text)
    assert numbers_of(study, "length_mm", "width_mm", "height_mm") == expected
    assert not study.errors
    beside = ["mouse,arm,measure," + ",".join(map(str, DAYS))]
    for number, values in enumerate(grid):
        for place, measure in enumerate(("L", "W", "H")):
            texts = [str(size[place]) if size else "" for size in values]
            who = f"m{number},{arm_of(number)}" if not place else ","
            beside.append(",".join([who, measure, *texts]))
    study = read("\n".join(beside))
    assert numbers_of(study, "length_mm", "width_mm", "height_mm") == expected
    assert not study.errors
