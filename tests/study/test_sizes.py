"""Dimensions in one string."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from xenotrack.errors import InputError
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.sizes import size_columns

from .readings import DAYS, arm_of, few, numbers_of, sizes
from .sheets import finding_of, read, rules_of

BILATERAL = (
    "measure_date,group,mouse,dim_left,dim_right\n"
    "1/16/24,veh,1,7.2 x 5.1 x 4,6.0 x 5.0\n"
    "1/19/24,veh,1,8.2 x 6.1 x 5,NA\n"
    "1/16/24,drug,2,7.0x5.0,6.5 X 4\n"
    "1/19/24,drug,2,NA,NA\n"
)


def test_a_column_of_sizes_is_length_width_and_height_of_each_flank():
    study = read(BILATERAL)
    assert study.layout == "sizes"
    rows = study.measurements[["mouse", "tumor", "day", "length_mm", "width_mm", "height_mm"]]
    assert rows.fillna(-1).to_numpy().tolist() == [
        ["1", "left", 0, 7.2, 5.1, 4],
        ["1", "left", 3, 8.2, 6.1, 5],
        ["1", "right", 0, 6, 5, -1],
        ["2", "left", 0, 7, 5, -1],
        ["2", "left", 3, -1, -1, -1],
        ["2", "right", 0, 6.5, 4, -1],
    ]
    assert study.measurements["source"].tolist()[:2] == ["stdin:2", "stdin:3"]


def test_a_single_column_of_sizes_names_no_tumour():
    study = read("mouse,arm,day,size\nm1,veh,0,7 x 5\nm2,drug,0,6 x 5\n")
    assert (study.layout, study.measurements["tumor"].tolist()) == ("sizes", ["", ""])
    assert study.measurements["volume_mm3"].tolist() == [87.5, 75.0]


@pytest.mark.parametrize("missing", [(), ("", "NA", "-", "n/a", ".", "none")])
def test_a_long_column_is_one_of_sizes_where_half_of_its_different_texts_are(missing):
    sizes = [f"{length / 10:.1f} x 5" for length in range(900)]
    for bare, expected in ((898, True), (902, False)):
        texts = [*sizes, *map(str, range(bare)), *missing]
        # Late in the column, the sizes are not among those that are looked at first.
        for column in (texts, texts[::-1]):
            cells = pd.DataFrame({"size": column}, dtype=object)
            sheet = Sheet("s.csv", "", cells, np.arange(len(column)))
            assert (size_columns(sheet) == [0]) == expected


def test_a_bare_number_among_sizes_gives_no_volume_and_is_named():
    study = read("mouse,arm,day,size\nm1,veh,0,7 x 5\nm1,veh,3,8\nm2,drug,0,6 x 5\nm2,drug,3,big\n")
    assert finding_of(study, "one-diameter").cell == "3"
    assert "'big'" in finding_of(study, "not-a-number").seen
    assert study.measurements["volume_mm3"].notna().tolist() == [True, False, True, False]


def test_sizes_without_an_arm_are_refused_with_the_reason():
    with pytest.raises(InputError, match=r"and no arm"):
        read(BILATERAL.replace("group", "colour"))


def test_a_column_of_sizes_is_no_mouse_whatever_it_is_called():
    study = read(BILATERAL.replace("dim_left", "mouse"))
    assert set(study.measurements["mouse"]) == {"1", "2"}
    with pytest.raises(InputError, match="it misses mouse"):
        read(BILATERAL.replace("mouse,dim_left", "label,mouse"))


@pytest.mark.parametrize("value", ["7.2", "2x", "arm x 2"])
def test_numbers_and_names_with_an_x_are_no_sizes(value):
    text = f"mouse,arm,day,volume,note\nm1,veh,0,7.2,{value}\nm2,drug,0,8.1,{value}\n"
    assert read(text).layout == "long"


def test_a_note_of_a_few_sizes_beside_volumes_leaves_a_long_sheet_long():
    text = "mouse,arm,day,volume,note\nm1,veh,0,7.2,5 x 5\nm2,drug,0,8.1,ulcer\nm2,drug,3,9,a\n"
    assert read(text).layout == "long"


@pytest.mark.parametrize("mark", ["x", " × ", "*", " X ", "/", " mm x "])
def test_sizes_below_the_days_of_a_wide_sheet_are_lengths_and_widths(mark):
    text = "Group,Mouse,Day 0,Day 3\nveh,m1,7.2_5.1,8.2_6.1\ndrug,m2,6_5,dead\n"
    study = read(text.replace("_", mark))
    assert study.layout == "sizes"
    assert numbers_of(study, "length_mm", "width_mm") == {
        ("m1", 0): (7.2, 5.1),
        ("m1", 3): (8.2, 6.1),
        ("m2", 0): (6, 5),
    }
    assert ("sizes-with-slash" in rules_of(study)) == (mark == "/")
    assert "'dead'" in finding_of(study, "fate-in-a-reading").seen


def test_sizes_with_decimal_commas_stand_below_days():
    study = read("Group;Mouse;Day 0;Day 3\nveh;m1;7,2 x 5,1;8,2x6,1\ndrug;m2;6 x 5;\n")
    assert numbers_of(study, "length_mm", "width_mm")["m1", 3] == (8.2, 6.1)


@pytest.mark.parametrize("cell", ["120/98", "3/4", "5.1/7.2"])
def test_a_slash_that_may_be_something_else_makes_no_size(cell):
    text = f"Group,Mouse,Day 0,Day 3\nveh,m1,{cell},{cell}\ndrug,m2,{cell},\n"
    study = read(text)
    assert study.layout == "wide"
    assert "not-a-number" in rules_of(study)


def test_a_size_noted_on_one_day_leaves_the_volumes_of_the_others():
    text = "Group,Mouse,0,3,7\nveh,m1,100,120,7 x 5\ndrug,m2,110,130,\n"
    study = read(text)
    assert study.layout == "wide"
    assert study.measurements["volume_mm3"].notna().sum() == 4


@pytest.mark.parametrize("head", ["Size (LxW)", "Tumour (mm)", "Size (L x W, mm)", "Volume (mm3)"])
def test_what_stands_in_brackets_beside_a_size_is_no_unit_of_a_volume(head):
    study = read(f'mouse,arm,day,"{head}"\nm1,veh,0,7 x 5\nm2,drug,0,6 * 5\n')
    assert study.measurements["volume_mm3"].tolist() == [87.5, 75.0]
    assert not {"unknown-unit", "unit-in-header"} & set(rules_of(study))


def test_sizes_in_cm_are_read_in_cm_and_below_cm3_asked_about():
    study = read("mouse,arm,day,Size (cm)\nm1,veh,0,0.7 x 0.5\nm2,drug,0,0.6 x 0.5\n")
    assert study.measurements["length_mm"].tolist() == [7, 6]
    assert "'Size (cm)' is in cm" in finding_of(study, "unit-in-header").seen
    text = "mouse,arm,day,Size (cm3)\nm1,veh,0,7 x 5\nm2,drug,0,6 x 5\n"
    study = read(text)
    assert [one.rule for one in study.errors] == ["unknown-unit"]
    assert "'Size (cm3)'" in study.errors[0].seen
    assert not read(text, {"columns": {"length_mm": "Size (cm3)"}}).errors


@few
@given(sizes)
def test_sizes_written_below_days_come_back(grid):
    lines = [
        f"m{number},{arm_of(number)},"
        + ",".join("x".join(map(str, size)) if size else "" for size in values)
        for number, values in enumerate(grid)
    ]
    study = read("\n".join(["mouse,arm,0,3,7", *lines]))
    assert numbers_of(study, "length_mm", "width_mm", "height_mm") == {
        (f"m{number}", day): size
        for number, values in enumerate(grid)
        for day, size in zip(DAYS, values, strict=True)
        if size is not None
    }


@few
@given(sizes)
def test_sizes_written_in_one_string_come_back(grid):
    lines = [
        f"m{number},{arm_of(number)},{day},{' x '.join(map(str, size)) if size else 'NA'}\n"
        for number, values in enumerate(grid)
        for day, size in zip(DAYS, values, strict=True)
    ]
    study = read("mouse,arm,day,dim\n" + "".join(lines))
    found = numbers_of(study, "length_mm", "width_mm", "height_mm")
    assert found == {
        (f"m{number}", day): size
        for number, values in enumerate(grid)
        for day, size in zip(DAYS, values, strict=True)
        if size is not None
    }
    assert len(study.measurements) == len(lines)
    assert "columns-not-used" not in rules_of(study)
