"""Two header rows: days above codes of what was measured."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, long_of, numbers_of, sizes, volumes, written
from .sheets import finding_of, read, rules_of

CODED = (
    "Grp\tUse\tSurv\tMid\t2\t5\t10\t15\t15\t20\td25\r"
    "x\t\t\t\tV\tV\tV\tV\tW\t\tV\r"
    "ctl\t1\t20\ta1\t17,5\t20,5\t40\t80\t21,5\t9\tlike\r"
    "ctl\t1\t20\ta2\t15,5\t22\t\t90,25\t22\t\t120\r"
    "trt\t1\t25\tb10\t16\t \t30\t35\t20\t\t50,5\r"
)


def test_days_above_codes_decimal_commas_and_lone_carriage_returns_are_read():
    study = read(CODED)
    assert study.layout == "coded"
    found = numbers_of(study)
    assert found["a1", 2] == (17.5,)
    assert found["a2", 15] == (90.25,)
    assert found["b10", 25] == (50.5,)
    assert len(found) == 12


def test_a_code_nobody_explained_and_a_column_without_one_are_named():
    study = read(CODED)
    assert "'W'" in finding_of(study, "measure-code-not-read").seen
    assert "'20'" in finding_of(study, "columns-not-used").seen
    assert "'like'" in finding_of(study, "not-a-number").seen
    assert "lines-above-header" not in rules_of(study)


def test_a_declared_code_is_read():
    study = read(CODED, {"columns": {"body_weight_g": "W"}})
    assert study.measurements["body_weight_g"].dropna().tolist() == [21.5, 22, 20]
    assert "measure-code-not-read" not in rules_of(study)


def test_codes_of_which_none_is_known_are_asked_about():
    with pytest.raises(
        InputError, match="which of the codes 'S', 'W' is the tumour volume"
    ) as raised:
        read(CODED.replace("V", "S"))
    assert 'volume_mm3 = "S"' in str(raised.value)
    study = read(CODED.replace("V", "S"), {"columns": {"volume_mm3": "S"}})
    assert numbers_of(study) == numbers_of(read(CODED))


def test_l_and_w_below_a_day_written_once_are_its_diameters():
    text = "arm,mouse,0,,7,\n,,L,W,L,W\nveh,1,7,5,8,6\ndrug,2,6,5,6,\n"
    rows = read(text).measurements[["day", "length_mm", "width_mm"]].fillna(-1)
    assert rows.to_numpy().tolist() == [[0, 7, 5], [7, 8, 6], [0, 6, 5], [7, 6, -1]]


def test_words_in_the_first_mouse_are_no_codes():
    study = read("arm,mouse,0,3,7\nveh,1,100,dead,dead\ndrug,2,90,80,70\n")
    assert study.layout == "wide"


@few
@given(volumes)
def test_volumes_laid_under_days_and_codes_come_back(grid):
    lines = ["Grp\tMid\t" + "\t".join(map(str, DAYS)), "\t\t" + "\t".join("V" for _ in DAYS)]
    lines += [
        "\t".join([arm_of(number), f"m{number}", *map(written, values)])
        for number, values in enumerate(grid)
    ]
    assert numbers_of(read("\r".join(lines))) == long_of(grid)


def test_words_for_a_dead_mouse_are_no_codes():
    study = read("arm,mouse,0,3,7\nveh,1,culled,culled,culled\ndrug,2,90,80,70\n")
    assert study.layout == "wide"


@pytest.mark.parametrize(
    ("days", "codes"),
    [
        ("Day 0,,Day 7,", "L,W,L,W"),
        ("Day 0,Day 0,Day 7,Day 7", "Length,Width,Length,Width"),
        ("3/14/2022,,3/21/2022,", "L1,W1,L2,W2"),
        ("2022-03-14,,2022-03-21,", "Length 1,Width 1,Length 2,Width 2"),
    ],
)
@pytest.mark.parametrize("title", ["", "Study of alpelisib,,,,,\n\n"])
def test_mouse_and_arm_may_be_named_in_the_row_of_the_codes(title, days, codes):
    study = read(f"{title},,{days}\nMouse,Group,{codes}\n1,veh,7,5,8,6\n2,drug,6,5,6,\n")
    assert study.layout == "coded"
    rows = study.measurements[["day", "length_mm", "width_mm"]].fillna(-1)
    assert rows.to_numpy().tolist() == [[0, 7, 5], [7, 8, 6], [0, 6, 5], [7, 6, -1]]
    assert ("lines-above-header" in rules_of(study)) == bool(title)


def test_a_weight_and_a_unit_stand_in_the_row_of_the_codes():
    text = ",,Day 0,,Day 7,\nMouse,Group,Vol (cm3),BW (g),Vol (cm3),BW (g)\n"
    study = read(text + "1,veh,0.1,20,0.2,21\n2,drug,0.3,22,0.1,23\n")
    rows = study.measurements[["day", "volume_mm3", "body_weight_g"]]
    assert rows.to_numpy().tolist() == [
        [0, 100, 20], [7, 200, 21], [0, 300, 22], [7, 100, 23],
    ]  # fmt: skip
    assert "unit-in-header" in rules_of(study)


def test_two_readings_numbered_below_one_day_are_no_visits():
    text = ",,Day 0,,,,Day 7,,,\nMouse,Group,L1,W1,L2,W2,L1,W1,L2,W2\n"
    with pytest.raises(InputError):
        read(text + "1,veh,7,5,7,5,8,6,8,6\n2,drug,6,5,6,5,7,4,7,4\n")


def test_numbers_of_visits_without_days_above_are_asked_about():
    with pytest.raises(InputError, match="count days or visits"):
        read("Mouse,Group,L1,W1,L2,W2\n1,veh,7,5,8,6\n2,drug,6,5,6,4\n")


@few
@given(sizes)
def test_diameters_laid_below_dates_with_the_numbers_of_visits_come_back(grid):
    dates = ",".join(f"2024-01-{1 + day:02}," for day in DAYS)
    codes = ",".join(f"L{visit},W{visit}" for visit, _ in enumerate(DAYS, start=1))
    lines = [f",,{dates}", f"Mouse,Group,{codes}"]
    lines += [
        f"m{number},{arm_of(number)},"
        + ",".join(f"{size[0]},{size[1]}" if size else "," for size in values)
        for number, values in enumerate(grid)
    ]
    found = numbers_of(read("\n".join(lines)), "length_mm", "width_mm")
    assert found == {key: size[:2] for key, size in long_of(grid).items()}


@pytest.mark.parametrize("first", ["Score", "Glucose", "Temperature"])
@pytest.mark.parametrize("days", ["0,,4,,7,", "Day 0,,Day 4,,Day 7,"])
def test_what_is_not_known_may_stand_before_the_volumes_of_each_day(first, days):
    codes = ",".join([first, "TV"] * 3)
    rows = [f"{n},{arm},3,{100 + n},2,{120 + n},3,{150 + n}" for n, arm in ((1, "V"), (2, "A"))]
    study = read("\n".join([f"Mouse,Group,{days}", f",,{codes}", *rows]) + "\n")
    own = study.measurements[study.measurements["mouse"] == "1"]
    assert own[["day", "volume_mm3"]].to_numpy().tolist() == [[0, 101], [4, 121], [7, 151]]
    assert {"columns-not-used", "columns-of-numbers-not-read"} & set(rules_of(study))


def test_a_line_of_days_below_what_seem_days_is_an_error():
    rows = [f"{n},{arm},9.3,10.1,10.7,6.2,7,7.6" for n, arm in ((1, "V"), (2, "V"), (3, "A"))]
    head = ["Mouse,Group,D1,D1,D1,D2,D2,D2", ",,Day 0,Day 4,Day 7,Day 0,Day 4,Day 7"]
    study = read("\n".join([*head, *rows]) + "\n")
    assert finding_of(study, "head-on-two-lines-not-read").severity == "error"
