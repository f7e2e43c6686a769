"""Diameters that give no volume, and heights that are of no use."""

import pytest

from .sheets import finding_of, read, rules_of

HEAD = "mouse,arm,day,length,width,height\n"
ROWS = [(f"m{n}", "ab"[n % 2], d, 8 + n + d, 6 + d, 5 + d) for n in range(6) for d in (0, 4)]
LWH = {"volume": {"formula": "pi6_lwh"}}


def sheet(rows):
    return HEAD + "".join(",".join(map(str, row)) + "\n" for row in rows)


def without(axis, day):
    at = {"length": 3, "width": 4, "height": 5}[axis]
    return [
        tuple("" if place == at and row[2] == day else cell for place, cell in enumerate(row))
        for row in ROWS
    ]


@pytest.mark.parametrize(("axis", "day"), [("height", 0), ("height", 4), ("width", 0)])
def test_each_reading_that_lacks_an_axis_of_its_formula_is_named(axis, day):
    study = read(sheet(without(axis, day)), LWH)
    found = [one for one in study.findings if one.rule == "reading-without-volume"]
    assert [one.mouse for one in found] == [f"m{n}" for n in range(6)]
    assert all(f"day {day}, has no {axis}" in one.seen for one in found)
    assert len(study.measurements) == 12


def test_a_missing_width_is_named_under_any_formula_and_a_missing_height_is_not():
    assert "reading-without-volume" in rules_of(read(sheet(without("width", 0))))
    assert "reading-without-volume" not in rules_of(read(sheet(without("height", 0))))


def test_many_readings_without_a_volume_are_one_finding():
    rows = [
        (f"m{n}", "ab"[n % 2], day, 8, 6, 5 if day else "") for n in range(30) for day in (0, 4)
    ]
    found = finding_of(read(sheet(rows), LWH), "reading-without-volume")
    assert "30 readings have no height" in found.seen


def test_heights_of_which_the_formula_makes_no_use_are_named():
    assert "12 readings have a height" in finding_of(read(sheet(ROWS)), "heights-not-used").seen
    assert "heights-not-used" not in rules_of(read(sheet(ROWS), LWH))
    plain = [(*row[:5], "") for row in ROWS]
    assert "heights-not-used" not in rules_of(read(sheet(plain)))


def test_a_first_visit_that_gives_no_volume_is_day_0_all_the_same():
    dated = [(*row[:2], f"2024-05-0{1 + row[2]}", *row[3:]) for row in without("height", 0)]
    study = read(sheet(dated).replace("day", "date", 1), LWH)
    assert sorted(study.measurements["day"].unique()) == [0, 4]
    assert "late-baseline" in rules_of(study)


def test_flanks_are_called_left_and_right_whatever_stands_beside_the_word():
    text = (
        "Date,Group,Mouse,Dimensions on left (mm x mm),Size of the right tumour (cm)\n"
        "2024-05-01,a,1,8 x 6,7 x 5\n2024-05-05,a,1,9 x 7,8 x 6\n"
        "2024-05-01,b,2,8 x 6,7 x 5\n2024-05-05,b,2,9 x 7,8 x 6\n"
    )
    assert sorted(read(text).measurements["tumor"].unique()) == ["left", "right"]
