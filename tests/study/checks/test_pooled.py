"""Arms that pool what another column keeps apart."""

import pytest

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


def test_models_in_one_arm_are_named():
    text = sheet("arm,cell line", "vehicle,MCF7", "vehicle,T47D", "A,MCF7", "A,T47D")
    found = finding_of(read(text), "arm-pools-groups")
    assert found.severity == "warning"
    assert 'study = "cell line"' in found.proposal


@pytest.mark.parametrize(
    ("head", "mice"),
    [
        ("arm,sex", ["vehicle,f", "vehicle,m", "A,f", "A,m"]),
        ("arm,group", ["vehicle,1", "vehicle,1", "A,2", "A,2"]),
        ("arm,dose", ["vehicle,", "vehicle,", "A,10", "A,"]),
    ],
    ids=["sexes", "one group an arm", "a dose not written for all"],
)
def test_what_does_not_split_an_arm_is_no_finding(head, mice):
    assert "arm-pools-groups" not in rules_of(read(sheet(head, *mice)))


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
