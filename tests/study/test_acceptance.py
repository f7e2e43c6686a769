"""What a study declares as known is told with its reason, and refuses nothing."""

import pytest

from xenotrack.doubts import Doubt
from xenotrack.errors import InputError, StudyError
from xenotrack.study.acceptance import accept_doubts, unmet
from xenotrack.study.ingest import read_studies
from xenotrack.study.refusal import refuse_doubts, refuse_findings
from xenotrack.study.rules import AcceptRule
from xenotrack.study.settings import read_rules

from .sheets import HEADER, clean_rows, read, sheet

FEW = Doubt("few-mice", ("A",), "growth", "A has 2 mice.")
BOTH = Doubt("few-mice", ("A", "B"), "growth", "A and B have 2 mice each.")
WHOLE = Doubt("unequal-variances", (), "growth", "The arms differ in spread.")
MOUSE = Doubt("verdict-rests-on-a-mouse", ("A", "best part"), "growth", "Without m1.", ("m1",))


def accept(rule, **about):
    return AcceptRule(rule=rule, reason="known since the pilot", **about)


@pytest.mark.parametrize(
    ("doubt", "rule", "accepted"),
    [
        (FEW, accept("few-mice"), True),
        (FEW, accept("few-mice", arms=("A",)), True),
        (FEW, accept("few-mice", arms=("B",)), False),
        (BOTH, accept("few-mice", arms=("A",)), False),
        (BOTH, accept("few-mice", arms=("A", "B", "C")), True),
        (FEW, accept("few-mise"), False),
        (FEW, accept("few-mice", mice=("m1",)), False),
        (WHOLE, accept("unequal-variances", arms=("A",)), True),
        (MOUSE, accept("verdict-rests-on-a-mouse", arms=("A",)), True),
        (MOUSE, accept("verdict-rests-on-a-mouse", mice=("m1", "m2")), True),
        (MOUSE, accept("verdict-rests-on-a-mouse", mice=("m2",)), False),
    ],
)
def test_a_doubt_is_accepted_where_all_that_it_is_about_is_named(doubt, rule, accepted):
    (found,) = accept_doubts([doubt], [rule])
    assert found.accepted == ("known since the pilot" if accepted else "")
    if accepted:
        refuse_doubts([found])
        assert found.told == f"{doubt.text} Accepted: known since the pilot."
    else:
        with pytest.raises(StudyError, match="1 doubt"):
            refuse_doubts([found])


def doubtful(*rules):
    """A study in which m1 (vehicle) and m4 (drug) have a reading that is no number."""
    rows = clean_rows()
    rows[5][3] = rows[17][3] = "x"
    return read(sheet(rows), {"accept": [{"reason": "pen slipped", **one} for one in rules]})


@pytest.mark.parametrize(
    ("about", "mice"),
    [({}, ["m1", "m4"]), ({"mice": ["m1"]}, ["m1"]), ({"arms": ["drug"]}, ["m4"])],
)
def test_a_warning_is_accepted_by_rule_mouse_or_arm(about, mice):
    study = doubtful({"rule": "not-a-number", **about})
    known = [one for one in study.findings if one.accepted]
    assert [one.mouse for one in known] == mice
    assert all(one.told.endswith("Accepted: pen slipped.") for one in known)
    if len(mice) == 2:
        refuse_findings(study, True, "sheet.csv")
    else:
        with pytest.raises(StudyError, match="1 finding"):
            refuse_findings(study, True, "sheet.csv")


def test_an_error_is_not_accepted():
    rows = clean_rows()
    text = sheet([*rows, [*rows[0][:3], "900"]])
    rules = {"accept": [{"rule": "duplicates-conflict", "reason": "it does not matter"}]}
    study = read(text, rules)
    assert [one.rule for one in study.errors] == ["duplicates-conflict"]
    assert not study.errors[0].accepted
    (doubt,) = unmet(study, ())
    assert "an error has to be mended" in doubt.text


@pytest.mark.parametrize(
    ("about", "hint"),
    [
        ({"rule": "not-a-nunber"}, "Did you mean 'not-a-number'?"),
        ({"rule": "not-a-number", "mice": ["m11"]}, "Did you mean 'm1'?"),
        ({"rule": "not-a-number", "arms": ["drg"]}, "Did you mean 'drug'?"),
        ({"rule": "zzz"}, "no such doubt or warning."),
    ],
)
def test_what_is_accepted_in_vain_is_doubted(about, hint):
    study = doubtful(about)
    (doubt,) = unmet(study, ())
    assert doubt.rule == "accepts-nothing"
    assert doubt.text.endswith(hint)


def test_a_doubt_that_is_met_is_not_accepted_in_vain():
    study = doubtful({"rule": "few-mice", "arms": ["drug"]})
    assert len(list(unmet(study, ()))) == 1
    assert list(unmet(study, [Doubt("few-mice", ("drug",), "growth", "drug has 3 mice.")])) == []


def test_what_is_accepted_of_another_study_of_the_sheet_does_not_concern_a_study():
    first = [["s1", *row] for row in clean_rows()]
    second = [["s2", f"z{row[0]}", f"{row[1]} 2", *row[2:]] for row in clean_rows()]
    accept_rules = [
        {"rule": "few-mice", "arms": ["drug 2"], "reason": "as planned"},
        {"rule": "few-mice", "mice": ["m1"], "reason": "as planned"},
        {"rule": "few-mice", "arms": ["nobody"], "reason": "as planned"},
    ]
    text = sheet(first + second, "study," + HEADER).encode()
    rules = {"accept": accept_rules, "study": {"control": "vehicle"}}
    one, two = read_studies(text, read_rules(None, rules))
    (picked,) = read_studies(text, read_rules(None, {**rules, "study": {"select": "s1"}}))
    found = [
        [name for rule in study.design.rules.accept for name in (*rule.arms, *rule.mice)]
        for study in (one, two, picked)
    ]
    assert found == [["m1", "nobody"], ["drug 2", "nobody"], ["m1"]]


def test_an_acceptance_has_a_reason():
    with pytest.raises(InputError, match="reason"):
        read_rules(None, {"accept": [{"rule": "few-mice"}]})
    with pytest.raises(InputError, match="reason"):
        read_rules(None, {"accept": [{"rule": "few-mice", "reason": ""}]})
