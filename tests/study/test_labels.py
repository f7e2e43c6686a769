"""Lines that say something of the sheet, where a mouse or an arm should stand."""

import pytest

from xenotrack.errors import InputError

from .sheets import finding_of, read, rules_of

BLOCK = "Mouse,Day 0,Day 4\n{0}1,100,150\n{0}2,110,160\n{0}3,90,140\n"


def blocks(before="", after="", names=("Vehicle", "DrugX")):
    parts = [f"{name},,\n{BLOCK.format(name[0])}" for name in names]
    return before + "".join(parts) + after


@pytest.mark.parametrize("line", ["INJ DATE,2024-01-01,", "Group Name,,", "Injection date:,45300,",
                                  "Operator,AB,", "Notes,,"])  # fmt: skip
@pytest.mark.parametrize("where", ["before", "after"])
def test_a_title_or_a_trailer_is_no_arm_and_no_mouse(line, where):
    study = read(blocks(**{where: line + "\n"}))
    assert study.design.arm_names == ("Vehicle", "DrugX")
    assert len(study.mice) == 6
    assert not study.errors


@pytest.mark.parametrize("name", ["INJ DATE", "Group Name", "Study Day"])
def test_blocks_below_a_label_have_no_arm(name):
    with pytest.raises(InputError, match="and no arm"):
        read(blocks(names=(name, "DrugX")))


@pytest.mark.parametrize(
    "row",
    ["INJ DATE,,45300,45304", "Date of injection,Vehicle,45300,45304", "Mouse ID,,,", "Total,,9,9"],
)
def test_a_labelled_row_of_a_wide_sheet_is_no_mouse(row):
    rows = "".join(
        f"m{n},{'Vehicle' if n < 3 else 'DrugX'},{100 + n},{150 + n}\n" for n in range(6)
    )
    study = read(f"Mouse,Group,0,4\n{rows}{row}\n")
    assert len(study.mice) == 6
    assert not study.errors
    assert {"row-of-a-label", "row-of-a-summary"} & set(rules_of(study))


def test_mice_of_an_arm_that_is_a_label_are_an_error():
    rows = "".join(f"m{n},{'Group Name' if n < 3 else 'DrugX'},{100 + n},150\n" for n in range(6))
    study = read(f"Mouse,Group,0,4\n{rows}")
    assert [one.rule for one in study.errors] == ["arm-is-a-label"]
    assert finding_of(study, "arm-is-a-label").cell == "2-4"


@pytest.mark.parametrize("arm", ["给药组", "투여군", "Behandlung", "Tratamiento"])
def test_the_word_for_treatment_is_an_arm_in_other_languages_too(arm):
    rows = "".join(f"m{m},{'Vehicle' if m < 2 else arm},{d},{100 + d + m}\n"
                   for m in range(4) for d in (0, 3))  # fmt: skip
    study = read(f"mouse,arm,day,volume\n{rows}")
    assert study.design.arm_names == ("Vehicle", arm)
    assert not study.errors
