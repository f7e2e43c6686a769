"""Two header rows: days above codes of what was measured."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, long_of, numbers_of, volumes, written
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
