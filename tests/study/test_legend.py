"""A worksheet that says what the codes of arms stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .files.test_workbook import workbook
from .readings import few
from .sheets import finding_of, read, rules_of

DATA = [
    ["Mouse", "Group", "Day", "L", "W"],
    *([f"m{n}", "AAB"[n], day, 7 + day, 6] for n in range(3) for day in (0, 3)),
]
LEGEND = [["Group", "Treatment", "Dose"], ["A", "Vehicle", "-"], ["B", "Alpelisib", "25 mg/kg"]]


def test_arms_have_the_names_that_a_legend_gives_their_codes():
    study = read(workbook({"Data": DATA, "Groups": LEGEND}))
    assert study.design.arm_names == ("Vehicle", "Alpelisib")
    assert "A = Vehicle, B = Alpelisib" in finding_of(study, "arms-from-legend").seen
    assert not {"sheet-not-read", "no-control"} & set(rules_of(study))


def test_codes_that_the_rules_speak_of_stay():
    sheets = workbook({"Data": DATA, "Groups": LEGEND})
    assert read(sheets, {"study": {"control": "A"}}).design.arm_names == ("A", "B")


@pytest.mark.parametrize(
    "legend",
    [
        LEGEND[:2],
        [LEGEND[0], ["A", "Alpelisib", "5"], ["B", "Alpelisib", "25"]],
        [LEGEND[0], ["A", "Vehicle", "5"], ["A", "Alpelisib", "25"]],
        [["Group", "Mean volume"], ["A", 120], ["B", 90]],
        [["Group", "Treatment", "Drug"], ["A", "oral", "vehicle"], ["B", "daily", "alpelisib"]],
    ],
    ids=["an arm is missing", "two doses", "a code twice", "means", "two names"],
)
def test_what_may_be_no_legend_names_no_arm(legend):
    study = read(workbook({"Data": DATA, "Groups": legend}))
    assert study.design.arm_names == ("A", "B")
    assert "sheet-not-read" in rules_of(study)


def test_arms_with_names_keep_them():
    named = [[*row[:1], f"drug {row[1]}", *row[2:]] for row in DATA[1:]]
    legend = [LEGEND[0], ["drug A", "Vehicle", ""], ["drug B", "Alpelisib", ""]]
    study = read(workbook({"Data": [DATA[0], *named], "Groups": legend}))
    assert study.design.arm_names == ("drug A", "drug B")


@few
@given(st.permutations(["A", "B", "C", "D"]), st.booleans())
def test_arms_that_were_made_codes_have_their_names_again(codes, first):
    names = ["vehicle", "alpelisib", "fulvestrant", "alpelisib+fulvestrant"]
    arms = dict(zip(names, codes, strict=True))
    rows = [
        [f"m{n}", arms[names[n % 4]], day, 100 + n * (1 + day)] for n in range(8) for day in (0, 3)
    ]
    sheets = {
        "Data": [["Mouse", "Group", "Day", "TV"], *rows],
        "Key": [["Code", "Treatment"], *([code, name] for name, code in arms.items())],
    }
    order = list(sheets.items())
    study = read(workbook(dict(order if first else order[::-1])))
    assert dict(study.mice[["mouse", "arm"]].to_numpy().tolist()) == {
        f"m{n}": names[n % 4] for n in range(8)
    }
