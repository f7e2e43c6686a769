"""Pivot tables that nest arm, mouse and tumour in one column."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, long_of, numbers_of, volumes, written
from .sheets import finding_of, read, rules_of

PIVOT = (
    ",,,\n,,,\nMax of Tumor size,Column Labels,,\nRow Labels,0,3,7\n"
    "11636.1,30,50,90\n"
    "m1,30,50,60\nMG R4,30,50,60\nMG L4,,20,30\n"
    "m2,25,40,90\nMG R4,25,40,90\n"
    "11636.2,20,15,5\n"
    "m3,20,15,5\nMG R4,20,15,5\nMG L40.2,,11,\nMG L4,7,3,\n"
    "Grand Total,30,50,90\n"
)


def test_the_order_of_labels_tells_arm_mouse_and_tumour():
    study = read(PIVOT)
    assert study.layout == "pivot"
    rows = study.measurements[["mouse", "arm", "tumor"]].drop_duplicates().to_numpy().tolist()
    assert rows == [
        ["m1", "11636.1", "MG L4"],
        ["m1", "11636.1", "MG R4"],
        ["m2", "11636.1", "MG R4"],
        ["m3", "11636.2", "MG L4"],
        ["m3", "11636.2", "MG L40.2"],
        ["m3", "11636.2", "MG R4"],
    ]
    assert numbers_of(study, tumor="MG R4")["m2", 7] == (90,)
    assert finding_of(study, "pivot-totals").cell == "5-6, 9, 11-12, 16"
    assert "lines-above-header" not in rules_of(study)


def test_a_total_that_is_not_that_of_its_tumours_is_an_error():
    study = read(PIVOT.replace("m2,25,40,90", "m2,25,45,90"))
    found = {f.cell: f.severity for f in study.findings if f.rule == "pivot-disagrees"}
    assert found["9"] == "error"
    assert "pivot-disagrees" not in rules_of(read(PIVOT))


def test_a_pivot_whose_nesting_cannot_be_told_is_asked_about():
    text = "Max of V,Column Labels,\nRow Labels,0,3\nveh,3,4\nm1,3,4\nm2,2,1\n"
    with pytest.raises(InputError, match="which of its row labels are arms"):
        read(text)


def test_a_pivot_whose_labels_all_return_is_no_traceback():
    rare = "MG R4,20,15,5\n"
    study = read(PIVOT.replace("m2,25", "11636.1,25").replace(rare, "", 1))
    assert "pivot-totals" in rules_of(study)


def test_a_wide_sheet_with_other_labels_is_no_pivot():
    assert read("arm,mouse,0,3\nveh,1,3,4\ndrug,2,3,4\n").layout == "wide"


@few
@given(volumes, volumes)
def test_tumours_nested_in_a_pivot_come_back(right, left):
    lines = []
    for number, flanks in enumerate(zip(right, left, strict=True)):
        totals = [max(filter(None, pair), default=None) for pair in zip(*flanks, strict=True)]
        if number in (0, 3):
            lines.append([arm_of(number), *map(written, totals)])
        lines.append([f"m{number}", *map(written, totals)])
        lines += [[name, *map(written, v)] for name, v in zip("RL", flanks, strict=True)]
    header = ["Max of V,Column Labels", "Row Labels," + ",".join(map(str, DAYS))]
    study = read("\n".join([*header, *(",".join(line) for line in lines)]))
    assert numbers_of(study, tumor="R") == long_of(right)
    assert numbers_of(study, tumor="L") == long_of(left)
    assert not study.errors
