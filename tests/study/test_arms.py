"""Arms: their drugs, and what a control receives."""

from __future__ import annotations

import pytest

from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from .sheets import clean_rows, finding_of, read, rules_of, sheet


def test_a_control_named_after_its_buffer_receives_no_drug() -> None:
    sheet = "mouse,arm,day,volume\n" + "".join(
        f"{arm}{mouse},{arm},{day},{100 + 10 * day + mouse}\n"
        for arm in ("PBS", "A")
        for mouse in range(3)
        for day in (0, 3, 7)
    )
    study = read_study(sheet.encode(), read_rules(None, {"study": {"control": "PBS"}}))
    assert study.design.drugs_of("PBS") == frozenset()
    assert "control-without-drug" in {finding.rule for finding in study.findings}


def test_arms_that_name_the_same_drugs_are_asked_about() -> None:
    arms = ("Vehicle", "A + B", "B+A", "A")
    rows = "mouse,arm,day,volume\n" + "".join(
        f"{arm}{n},{arm},{day},{100 + day + n}\n"
        for arm in arms
        for n in range(3)
        for day in (0, 7)
    )
    found = finding_of(read(rows), "same-drugs")
    assert "'A + B' and 'B+A'" in found.seen
    declared = {"Vehicle": [], "A + B": ["A", "B"], "B+A": ["A", "B"], "A": ["A"]}
    study = read(rows, {"arms": declared})
    assert "same-drugs" not in [one.rule for one in study.findings]


def test_spellings_of_an_arm_within_a_mouse_are_one_arm() -> None:
    rows = [[m, a.upper() if m == "m0" and d == "3" else a, d, v] for m, a, d, v in clean_rows()]
    study = read(sheet(rows))
    assert study.design.arm_names == ("vehicle", "drug")
    found = finding_of(study, "arm-split")
    assert "they were made one" in found.seen
    assert (found.cell, found.severity) == ("3", "warning")


def test_spellings_of_whole_mice_stay_two_arms_that_are_asked_about() -> None:
    rows = [[m, a.upper() if m == "m0" else a, d, v] for m, a, d, v in clean_rows()]
    study = read(sheet(rows))
    assert study.design.arm_names == ("VEHICLE", "vehicle", "drug")
    assert "they are two arms here" in finding_of(study, "arm-split").seen


def named(*arms):
    """A study of arms of these names, three mice each."""
    rows = "".join(
        f'm{n}{i},"{arm}",{day},{100 + day + n}\n'
        for n, arm in enumerate(arms)
        for i in range(3)
        for day in (0, 7)
    )
    return read("mouse,arm,day,volume\n" + rows)


@pytest.mark.parametrize(
    "name",
    [
        "Vehicle (0.5 % MC + 0.2 % Tween-80)",
        "Vehicle control",
        "01 - Vehicle",
        "DMSO",
        "Isotype",
        "IgG2a isotype control",
        "1.CTR",
        "G1: PBS",
        "Group 1 Saline",
        "Veh, 10 mL/kg PO QD",
        "Untreated (n=8)",
    ],
)
def test_what_reads_like_a_control_is_one_and_is_told(name):
    study = named(name, "A", "B")
    assert study.design.control == name
    assert f"'{name}'" in finding_of(study, "control-by-name").seen


def test_beside_a_plain_control_its_like_is_an_arm_of_its_own():
    study = named("vehicle", "DMSO", "A")
    assert study.design.control == "vehicle"
    assert study.design.drugs_of("DMSO") == {"DMSO"}


def test_of_two_that_read_like_controls_none_is_chosen():
    assert named("PBS", "Isotype", "A").design.control is None


@pytest.mark.parametrize(
    ("arms", "parts"),
    [
        (("1.CTR", "2.D", "3.R", "4.D+R"), {"2.D", "3.R"}),
        (("Vehicle", "Erlotinib", "Midostaurin", "Erl + Mido"), {"Erlotinib", "Midostaurin"}),
        (("G1: veh", "G2: A", "G3: B", "G4: A + B"), {"G2: A", "G3: B"}),
        (
            ("v", "A 5 mg/kg QD", "B (x) 1 mg/kg", "A 5 mg/kg + B"),
            {"A 5 mg/kg QD", "B (x) 1 mg/kg"},
        ),
    ],
)
def test_the_drugs_of_a_combination_are_those_of_the_other_arms(arms, parts):
    study = named(*arms)
    assert study.design.drugs_of(arms[-1]) == parts
    assert "drugs-matched" in rules_of(study)


@pytest.mark.parametrize(
    "name",
    [
        "A & R",
        "A and R",
        "R plus A",
        "A und R",
        "Combo (A + R)",
        "A w/ R",
        "4. A & R",
    ],
)
def test_a_combination_may_be_written_without_a_plus(name):
    name = name.replace("A", "Alpelisib").replace("R", "Ribociclib")
    study = named("Vehicle", "Alpelisib", "Ribociclib", name)
    assert study.design.drugs_of(name) == {"Alpelisib", "Ribociclib"}
    assert repr(name) in finding_of(study, "drugs-matched").seen


@pytest.mark.parametrize("sign", ["+", "&"])
def test_a_part_at_another_dose_is_no_part(sign):
    arms = ("Vehicle", "Alp 25 mg/kg", "Alp 10 mg/kg", "Ribo 75 mg/kg")
    lower, other = f"Alp 10 mg/kg {sign} Ribo 75 mg/kg", f"Alp 5 mg/kg {sign} Ribo 75 mg/kg"
    study = named(*arms, lower, other)
    assert study.design.drugs_of(lower) == {"Alp 10 mg/kg", "Ribo 75 mg/kg"}
    assert "Alp 25 mg/kg" not in study.design.drugs_of(other)


@pytest.mark.parametrize(
    "arms",
    [
        ("V", "A", "R", "AR"),
        ("V", "Alp_5mgkg", "Ribo_9", "Alp_5mgkg_Ribo_9"),
        ("V", "Alpelisib", "Ribociclib", "Alpelisib-Ribociclib"),
        ("V", "Alpelisib", "Ribociclib", "Alpelisib→Ribociclib"),
    ],
)
def test_a_name_made_of_two_others_is_asked_about(arms):
    assert repr(arms[-1]) in finding_of(named(*arms), "combination-not-split").seen


@pytest.mark.parametrize(
    "arms", [("V", "Alp", "Alpaca"), ("V", "CDK4/6i", "PI3Ki"), ("V", "A 5 mg/kg", "A 9 mg/kg")]
)
def test_other_names_read_like_no_combination(arms):
    assert not {"combination-not-split", "drugs-matched"} & set(rules_of(named(*arms)))


def test_a_beginning_that_two_drugs_have_is_not_matched():
    study = named("veh", "Alpelisib", "Alpaca", "B", "Alp + B")
    assert study.design.drugs_of("Alp + B") == {"Alp", "B"}


@pytest.mark.parametrize("name", ["Therapy_Combo_AB", "Combination", "A and C", "A/B"])
def test_a_combination_that_does_not_say_of_what_is_asked_to_be_declared(name):
    found = finding_of(named("vehicle", "A", "B", name), "combination-not-split")
    assert f'"{name}" = ["DRUG 1", "DRUG 2"]' in found.proposal


@pytest.mark.parametrize(
    "name", ["A 10 mg/kg", "anti-PD1", "Combretastatin", "Alpelisib (BYL719/x)"]
)
def test_a_single_drug_is_no_combination(name):
    assert "combination-not-split" not in rules_of(named("vehicle", "B", "C", name))


@pytest.mark.parametrize(
    "control",
    ["Group 1 (Vehicle)", "Vehicle, PO, QD", "Vehicle/Vehicle", "Veh & Veh", "Témoin", "溶媒对照",
     "Veh.", "Negative control", "Lösungsmittel"],
)  # fmt: skip
def test_more_names_of_what_receives_no_drug(control):
    study = named(control, "Alpelisib", "Palbociclib")
    assert study.design.control == control
    assert repr(control) in finding_of(study, "control-by-name").seen


@pytest.mark.parametrize("name", ["Vehicle diet", "E2 only", "Empty vector", "Group 1 (Drug A)"])
def test_other_names_are_no_control(name):
    assert named(name, "Alpelisib", "Palbociclib").design.control is None


def test_how_a_drug_is_given_says_nothing_of_what_it_is():
    arms = ("Vehicle, PO, QD", "Drug A 5 mg/kg, PO, QD", "Drug B 9 mg/kg IP BIW", "Drug A + Drug B")
    assert named(*arms).design.drugs_of("Drug A + Drug B") == set(arms[1:3])
