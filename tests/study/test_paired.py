"""Length and width in adjacent columns under one day."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, numbers_of, sizes
from .sheets import finding_of, read, rules_of

PAIRED = (
    "Cage,Treatment,Mouse ID,Exclude,2020-01-01,2020-01-01,2020-01-07,2020-01-07\n"
    "1,veh,L,,7,5,8,6\n1,veh,R,,6,5,,\n2,veh,L,,7,6,NA,NA\n3,drug,BE,y,6,4,6,\n"
)


def test_adjacent_columns_of_one_date_are_length_and_width():
    study = read(PAIRED)
    assert study.layout == "paired"
    rows = study.measurements[["mouse", "day", "length_mm", "width_mm"]].fillna(-1)
    assert rows.to_numpy().tolist() == [
        ["1/L", 0, 7, 5], ["1/L", 6, 8, 6], ["1/R", 0, 6, 5], ["2/L", 0, 7, 6],
        ["3/BE", 0, 6, 4], ["3/BE", 6, 6, -1],
    ]  # fmt: skip


def test_ear_tags_that_return_in_another_cage_are_other_mice():
    study = read(PAIRED)
    assert "'L'" in finding_of(study, "names-within-cages").seen
    assert not study.errors
    once = read(PAIRED.replace("2,veh,L", "2,veh,NM"))
    assert "names-within-cages" not in rules_of(once)
    assert once.mice["mouse"].tolist() == ["L", "NM", "R", "BE"]


def test_a_column_of_exclusions_is_named_as_not_used():
    assert "'Exclude'" in finding_of(read(PAIRED), "columns-not-used").seen


def test_three_columns_of_one_day_are_length_width_and_height():
    study = read("arm,mouse,0,0,0,4,4,4\nveh,1,7,5,4,8,6,5\ndrug,2,7,6,5,6,5,4\n")
    assert study.measurements["height_mm"].tolist() == [4, 5, 5, 4]


@pytest.mark.parametrize(
    "text",
    [
        "arm,mouse,0,0,7,7\nveh,1,150,160,200,210\ndrug,2,140,150,180,190\n",
        "arm,mouse,0,0,7\nveh,1,7,5,8\ndrug,2,7,5,9\n",
        "arm,mouse,0,7,0,7\nveh,1,7,5,8,6\ndrug,2,7,5,9,8\n",
    ],
    ids=["volumes measured twice", "one day alone", "not adjacent"],
)
def test_columns_that_need_not_be_diameters_are_not_taken(text):
    with pytest.raises(InputError, match="none of the layouts"):
        read(text)


@few
@given(sizes)
def test_diameters_laid_in_pairs_come_back(grid):
    lines = [
        f"{number},{arm_of(number)},m{number},"
        + ",".join(f"{size[0]},{size[1]}" if size else "," for size in values)
        for number, values in enumerate(grid)
    ]
    days = ",".join(f"{day},{day}" for day in DAYS)
    study = read(f"Cage,Treatment,Mouse ID,{days}\n" + "\n".join(lines))
    assert study.layout == "paired"
    assert numbers_of(study, "length_mm", "width_mm") == {
        (f"m{number}", day): size[:2]
        for number, values in enumerate(grid)
        for day, size in zip(DAYS, values, strict=True)
        if size is not None
    }
