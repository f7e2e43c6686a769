"""Columns of drugs, on or off or by dose, in place of one that names the arm."""

import pytest

from xenotrack.errors import InputError

from .sheets import finding_of, read, rules_of
from .test_sections import lines

DRUGS = ["alpelisib", "ribociclib", "fulvestrant"]
ALL = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]


def given(cell, heads=DRUGS, combinations=ALL, name=lambda number, _: f"m{number}"):
    """A wide sheet of three mice a combination, with a column a drug."""
    rows, number = [["Mouse", *heads, "Day 0", "Day 4", "Day 7"]], 0
    for combination in combinations:
        for place in range(3):
            number += 1
            cells = [cell(drug, on) for drug, on in enumerate(combination)]
            volumes = [str(100 + number), str(120 + number), str(150 + number)]
            rows.append([name(number, place), *cells, *volumes])
    return lines(*rows)


FORMS = {
    "0 and 1": lambda _, on: str(on),
    "doses": lambda drug, on: str((35, 75, 5)[drug] * on),
    "doses with units": lambda drug, on: f"{(35, 75, 5)[drug]} mg/kg" if on else "",
    "signs": lambda _, on: "+" if on else "-",
    "words": lambda _, on: "Yes" if on else "No",
    "crosses": lambda _, on: "x" if on else "",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_columns_of_drugs_that_are_on_make_the_arm(form):
    study = read(given(form))
    arms = {arm: study.design.drugs_of(arm) for arm in study.design.arm_names}
    assert arms["control"] == frozenset()
    assert set(arms.values()) == {
        frozenset(drug for drug, on in zip(DRUGS, one, strict=True) if on) for one in ALL
    }
    assert study.mice.groupby("arm").size().tolist() == [3] * 8
    assert "'alpelisib', 'ribociclib'" in finding_of(study, "arms-from-drugs").seen
    assert not {"columns-not-used", "columns-of-numbers-not-read"} & set(rules_of(study))


def test_several_doses_of_a_drug_are_arms_of_their_own():
    doses = {(0, 0): ("0", "0"), (1, 0): ("10", "0"), (0, 1): ("25", "0"), (1, 1): ("25", "50")}
    study = read(given(lambda drug, on: on, ["A (mg/kg)", "B (mg/kg)"], doses.values()))
    assert study.design.arm_names == ("control", "A 10 mg/kg", "A 25 mg/kg", "A 25 mg/kg + B")


PAIRS = [(0, 0), (1, 0), (0, 1), (1, 1)]


@pytest.mark.parametrize(
    "text",
    [
        given(FORMS["0 and 1"], ["Dead", "Ulcerated"], PAIRS),
        given(FORMS["0 and 1"], ["alpelisib", "Ulcerated"], PAIRS),
        given(FORMS["0 and 1"], ["alpelisib", "fulvestrant"], [(0, 1), (1, 1)]),
        given(FORMS["0 and 1"], DRUGS, name=lambda _, place: str(place + 1)),
        "Mouse,alpelisib,ribociclib,Day,Volume\n1,35,0,0,100\n1,0,75,1,110\n2,0,75,0,99\n2,0,0,1,98\n",
    ],
    ids=["events", "one event", "one varies", "numbers restart", "given by day"],
)
def test_columns_that_are_not_plainly_drugs_are_asked_about(text):
    with pytest.raises(InputError, match="no arm"):
        read(text)


def test_declared_columns_of_drugs_are_told_apart_by_their_names():
    text = given(FORMS["0 and 1"], ["BYL719", "LEE011", "ICI"])
    with pytest.raises(InputError, match=r"BYL719 \+ LEE011 \+ ICI"):
        read(text)
    study = read(text, {"columns": {"arm": "BYL719 + LEE011 + ICI"}})
    assert study.mice.groupby("arm").size().tolist() == [3] * 8
    assert study.design.drugs_of("BYL719 + ICI") == {"BYL719", "ICI"}
    assert "columns-of-numbers-not-read" not in rules_of(study)
