"""Arms that pool what another column keeps apart."""

import pytest

from xenotrack.study.checks.pooled import lies_unevenly
from xenotrack.study.ingest import read_study

from ..sheets import finding_of, read, rules_of

DAYS = (0, 7, 14)


def sheet(head, *mice):
    """A long sheet: words of each mouse, then its days and volumes."""
    text = f"mouse,{head},day,volume\n"
    for number, words in enumerate(mice, 1):
        text += "".join(f"m{number},{words},{day},{100 + day + number}\n" for day in DAYS)
    return text


DOSES = sheet("drug,dose (mg/kg)", "vehicle,0", "vehicle,0", "A,10", "A,10", "A,25", "A,25")


def test_doses_of_one_drug_are_not_pooled_without_a_word():
    found = finding_of(read(DOSES), "arm-pools-groups")
    assert found.severity == "error"
    assert "A: 10, 25" in found.seen
    assert 'arm = "drug + dose (mg/kg)"' in found.proposal


def test_the_proposed_line_makes_them_arms():
    study = read(DOSES, {"columns": {"arm": "drug + dose (mg/kg)"}})
    assert study.design.arm_names == ("vehicle", "A 10", "A 25")
    assert "arm-pools-groups" not in rules_of(study)


def test_doses_are_pooled_where_the_arm_was_declared():
    found = finding_of(read(DOSES, {"columns": {"arm": "drug"}}), "arm-pools-groups")
    assert found.severity == "warning"


def test_groups_within_a_treatment_are_asked_about():
    text = sheet("group,treatment", "1,vehicle", "1,vehicle", "2,A", "2,A", "3,A", "3,A")
    assert finding_of(read(text), "arm-pools-groups").severity == "warning"
    study = read(text, {"columns": {"arm": "treatment + group"}})
    assert study.design.arm_names == ("vehicle 1", "A 2", "A 3")


def pairs(head, *values, arms=("vehicle", "A")):
    """Two mice of each value in each arm."""
    return sheet(f"arm,{head}", *(f"{arm},{value}" for arm in arms for value in values * 2))


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("cell line", ("MCF7", "T47D")),
        ("Tumour type", ("BRCA", "PDAC", "CRC")),
        ("PDX", ("X1", "X2")),
        ("Tumor model", ("HBCx-3", "HBCx-17")),
        ("Genotype", ("Rb1 fl", "Rb1 +")),
        ("PIK3CA", ("mutant", "wild type")),
        ("status", ("WT", "KO")),
    ],
)
def test_models_in_one_arm_are_an_error_until_somebody_says_what_they_are(head, values):
    text = pairs(head, *values)
    found = finding_of(read(text), "arm-pools-models")
    assert found.severity == "error"
    assert f"vehicle: {values[0]} (2), {values[1]} (2)" in found.seen
    for line in (f'line = "{head}"', f'block = "{head}"', f'ignore = ["{head}"]'):
        assert line in found.proposal
    assert not read(text, {"columns": {"line": head}, "study": {"select": values[0]}}).errors
    assert not read(text, {"columns": {"block": head}}).errors
    assert not read(text, {"columns": {"ignore": [head]}}).errors


def test_arms_of_different_models_are_an_error_unless_their_names_say_it():
    apart = sheet("arm,cell line", *["vehicle,MCF7"] * 3, *["A,T47D"] * 3)
    assert finding_of(read(apart), "arm-pools-models").seen.startswith("The arms differ")
    told = sheet("arm,cell line", *["MCF-7 vehicle,MCF7"] * 3, *["T47D vehicle,T47D"] * 3)
    assert "arm-pools-models" not in rules_of(read(told))


def test_where_each_model_has_one_mouse_an_arm_a_block_is_proposed_first():
    text = sheet("arm,PDX", *(f"{arm},X{n}" for arm in ("vehicle", "A") for n in range(5)))
    proposal = finding_of(read(text), "arm-pools-models").proposal
    assert proposal.index("block") < proposal.index("line")


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("Sex", ("F", "M")),
        ("cohort", ("1", "2")),
        ("Batch No.", ("1", "2", "3")),
        ("Strain", ("NSG", "nude")),
        ("Expt", ("E1", "E2")),
        ("Vendor", ("Jackson", "Envigo")),
        ("Implant site", ("left", "right")),
        ("Farm", ("north", "south")),
    ],
)
def test_what_mice_of_an_arm_differ_in_is_told_with_the_lines_to_paste(head, values):
    text = pairs(head, *values)
    found = finding_of(read(text), "factor-not-used")
    assert found.severity == "warning"
    assert f'block = "{head}"' in found.proposal
    assert f'ignore = ["{head}"]' in found.proposal
    assert "factor-not-used" not in rules_of(read(text, {"columns": {"ignore": [head]}}))
    blocked = rules_of(read(text, {"columns": {"block": head}}))
    assert "factor-not-used" not in blocked
    assert "block-not-used" in blocked


def test_several_such_columns_are_one_finding_with_one_line_to_ignore_them():
    text = sheet(
        "arm,sex,batch", *(f"{a},{s},{b}" for a in "vA" for s in "fm" for b in "12" for _ in "xy")
    )
    proposal = finding_of(read(text), "factor-not-used").proposal
    assert 'ignore = ["sex", "batch"]' in proposal
    assert rules_of(read(text, {"columns": {"ignore": ["sex", "batch"]}})) == rules_of(
        read(sheet("arm", *["v"] * 8, *["A"] * 8))
    )


def test_arms_that_each_have_a_sex_of_their_own_are_told():
    text = sheet("arm,sex", *["vehicle,f"] * 3, *["A,m"] * 3)
    found = finding_of(read(text), "factor-not-used")
    assert "each arm has one of its own" in found.seen
    assert lies_unevenly(found)


@pytest.mark.parametrize(("females", "uneven"), [(2, False), (3, False), (4, True), (5, True)])
def test_arms_that_lie_unevenly_over_a_column_are_told_apart(females, uneven):
    # Five mice an arm: an odd one falls somewhere.
    treated = ["A,f"] * females + ["A,m"] * (5 - females)
    text = sheet("arm,sex", *["vehicle,f"] * 2, *["vehicle,m"] * 3, *treated)
    found = finding_of(read(text), "factor-not-used")
    assert lies_unevenly(found) == ("(unevenly, " in found.seen) == uneven


@pytest.mark.parametrize(
    "text",
    [
        sheet("arm,sex", *["vehicle,f"] * 3, *["A,f"] * 3),
        sheet("arm,cell line", *["vehicle,MCF7"] * 3, *["A,MCF7"] * 3),
        sheet("arm,group", "vehicle,1", "vehicle,1", "A,2", "A,2"),
        sheet("arm,cohort", *["vehicle,1"] * 3, *["A,2"] * 3),
        sheet("arm,dose", "vehicle,", "vehicle,", "A,10", "A,"),
        pairs("Remarks", "ulcerated", ""),
        pairs("found dead", "yes", "no"),
        pairs("Weight at start", "20.1", "21.4"),
        pairs("Ear mark", "left", "right"),
    ],
    ids=[
        *("one sex", "one line", "one group an arm", "one cohort an arm", "a dose left blank"),
        *("remarks", "deaths", "weights", "marks"),
    ],
)
def test_what_sorts_no_mice_is_no_finding(text):
    told = {"arm-pools-groups", "arm-pools-models", "factor-not-used"}
    assert told.isdisjoint(rules_of(read(text)))


def test_a_factor_in_merged_cells_is_seen():
    text = "mouse,arm,line,day,volume\n" + "".join(
        f"m{mouse},{'vehicle' if mouse < 4 else 'A' if not day else ''},"
        f"{'MCF7' if not mouse % 2 and not day else 'T47D' if not day else ''},{day},{100 + day}\n"
        for mouse in range(8)
        for day in DAYS
    )
    assert "arm-pools-models" in rules_of(read(text))


def test_a_factor_on_the_list_of_animals_is_seen(tmp_path):
    animals = "mouse,arm,Strain,Tumor line\n" + "".join(
        f"m{mouse},{'AB'[mouse % 2]},{'NSG' if mouse < 4 else 'nude'},L{mouse // 2 % 2}\n"
        for mouse in range(8)
    )
    readings = "mouse,day,volume\n" + "".join(
        f"m{mouse},{day},{100 + day}\n" for mouse in range(8) for day in DAYS
    )
    (tmp_path / "animals.csv").write_text(animals)
    (tmp_path / "readings.csv").write_text(readings)
    toml = tmp_path / "study.toml"
    toml.write_text('[study]\nsheet = ["animals.csv", "readings.csv"]\n')
    found = rules_of(read_study(toml))
    assert "arm-pools-models" in found
    assert "factor-not-used" in found


def test_a_dose_that_changes_within_a_mouse_is_no_group():
    text = "mouse,arm,dose,day,volume\n" + "".join(
        f"m{m},{arm},{day + m},{day},{100 + day}\n"
        for m, arm in enumerate(("vehicle", "vehicle", "A", "A"))
        for day in DAYS
    )
    assert "arm-pools-groups" not in rules_of(read(text))


def test_studies_have_arms_of_their_own():
    text = sheet("study,arm,model", "s1,A,x", "s1,B,x", "s1,A,x", "s1,B,x")
    text += sheet("study,arm,model", "s2,A,y", "s2,B,y").split("\n", 1)[1].replace("m1", "n1")
    assert "arm-pools-groups" not in rules_of(read(text, {"study": {"select": "s1"}}))
