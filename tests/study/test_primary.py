"""The contrast named beforehand: read against the arms' own names, whatever these hold."""

import pytest

from xenotrack.errors import InputError, StudyError
from xenotrack.study.design import Arm, Design, drugs_in_name
from xenotrack.study.primary import Primary
from xenotrack.study.rules import CompareRules, PrimaryRule, Rules
from xenotrack.study.settings import read_rules

from .sheets import clean_rows, finding_of, read, sheet


def design(*names, primary):
    arms = tuple(Arm(name, drugs_in_name(name)) for name in names)
    return Design("s", arms, Rules(compare=CompareRules(primary=primary)))


FOUR = ("vehicle", "A", "B", "A+B")


@pytest.mark.parametrize(
    "written",
    [
        "A - vehicle",
        " A  -  vehicle ",
        "A – vehicle",
        "A-vehicle",
        ("A", "vehicle"),
        ("A ", "vehicle"),
    ],
)
def test_a_primary_contrast_is_two_arms_however_it_is_typed(written):
    assert design(*FOUR, primary=written).primary == Primary("A", "vehicle", "growth_rate")


def test_a_study_without_a_primary_contrast_has_none():
    assert design(*FOUR, primary=None).primary is None


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("vehicle - A", "A - vehicle"),
        ("A - A+B", "A+B - A"),
        ("vehicle - A+B", "A+B - vehicle"),
        ("A - B", "A - B"),
        ("B - A", "B - A"),
        ("A+B - best part", "A+B - best part"),
    ],
)
def test_a_primary_contrast_has_the_sign_of_its_family(written, label):
    assert design(*FOUR, primary=written).primary.label == label


def test_a_control_that_is_a_combination_keeps_the_sign_of_contrasts_with_control():
    rules = read_rules(None, {"study": {"control": "A+B"}, "compare": {"primary": "A+B - A"}})
    arms = tuple(Arm(name, drugs_in_name(name)) for name in FOUR)
    assert Design("s", arms, rules).primary.label == "A - A+B"


def test_a_table_names_the_outcome():
    rule = PrimaryRule(contrast=("B", "vehicle"), outcome="rmst_days")
    assert design(*FOUR, primary=rule).primary == Primary("B", "vehicle", "rmst_days")


@pytest.mark.parametrize(
    ("arms", "written", "pair"),
    [
        (("G1 - vehicle", "G2 - A"), "G2 - A - G1 - vehicle", ("G2 - A", "G1 - vehicle")),
        (("x-1", "x-2"), "x-2 - x-1", ("x-2", "x-1")),
        (("a - b", "c", "a", "d"), "a - b - c", ("a - b", "c")),
        (("drug, 10 mg/kg", "veh"), "drug, 10 mg/kg - veh", ("drug, 10 mg/kg", "veh")),
        (("drug  two", "veh"), "drug two - veh", ("drug  two", "veh")),
    ],
)
def test_names_may_hold_what_stands_between_them(arms, written, pair):
    named = design(*arms, primary=written).primary
    assert (named.arm, named.against) == pair


def test_what_can_be_read_in_two_ways_is_asked_for_as_a_list():
    arms = ("a", "b - c", "a - b", "c")
    ways = r"'a' against 'b - c'; 'a - b' against 'c'.*\[\"a\", \"b - c\"\]"
    with pytest.raises(StudyError, match=ways):
        _ = design(*arms, primary="a - b - c").primary
    named = design(*arms, primary=("a - b", "c")).primary
    assert (named.arm, named.against) == ("a - b", "c")


def test_an_arm_may_be_called_best_part():
    assert design("vehicle", "best part", primary="best part - vehicle").primary.arm == "best part"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("AB - vehicel", ("'vehicel'", "Did you mean 'A+B' and 'vehicle'?", "The arms are:")),
        ("A - vehicel", ("speaks of 'vehicel', and", "Did you mean 'vehicle'?")),
        ("A", ("does not name two arms",)),
        (("A", "Z"), ("speaks of 'Z'",)),
        ("A - A", ("is of one arm alone",)),
        ("A - best part", ("no other arm of the study is a part of it", "A+B")),
    ],
)
def test_what_is_no_contrast_of_the_study_is_told_with_what_is_near(written, words):
    with pytest.raises(StudyError) as error:
        _ = design(*FOUR, primary=written).primary
    assert [word for word in words if word not in str(error.value)] == []


def test_a_study_whose_primary_contrast_is_none_of_its_arms_has_an_error():
    study = read(sheet(clean_rows()), {"compare": {"primary": "drgu - vehicle"}})
    (error,) = study.errors
    assert error.rule == "primary-not-of-arms"
    assert "Did you mean 'drug'?" in error.seen


def toml(folder, text):
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ('"A - B"', PrimaryRule(contrast="A - B")),
        ('["A", "B"]', PrimaryRule(contrast=("A", "B"))),
        ('{ contrast = ["A", "B"] }', PrimaryRule(contrast=("A", "B"))),
        (
            '{ contrast = "A - B", outcome = "rmst_days" }',
            PrimaryRule(contrast="A - B", outcome="rmst_days"),
        ),
    ],
)
def test_a_primary_contrast_is_text_a_list_or_a_table(tmp_path, written, rule):
    rules = read_rules(toml(tmp_path, f"[compare]\nprimary = {written}\n"))
    assert rules.compare.named_beforehand == rule


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ('["A"]', ("compare.primary", "length 2")),
        ('{ contrast = ["A", "B"], outcome = "rmst" }', ("rmst", "Choose one of", "rmst_days")),
        ('{ contrst = ["A", "B"] }', ("'contrst'", "Did you mean 'contrast'?")),
        ("3", ("compare.primary",)),
    ],
)
def test_what_is_wrong_in_a_primary_contrast_is_named(tmp_path, written, words):
    with pytest.raises(InputError) as error:
        read_rules(toml(tmp_path, f"[compare]\nprimary = {written}\n"))
    assert [word for word in words if word not in str(error.value)] == []


def test_an_arm_is_a_list_of_drugs_or_a_table_with_a_label():
    rules = {"arms": {"vehicle": [], "drug": {"drugs": ["D"], "label": "D 10"}}}
    study = read(sheet(clean_rows()), rules)
    assert study.design.arms == (
        Arm("vehicle", frozenset()),
        Arm("drug", frozenset({"D"}), "D 10"),
    )


@pytest.mark.parametrize(
    ("arms", "words"),
    [
        ({"drug": "D"}, ("'drug'", "a list of drugs", "label")),
        ({"drug": {"drug": ["D"]}}, ("'drug'", "Did you mean 'drugs'?")),
        ({"drug": {"label": "x"}}, ("drugs",)),
    ],
)
def test_an_arm_that_is_neither_is_refused(arms, words):
    with pytest.raises(InputError) as error:
        read_rules(None, {"arms": arms})
    assert [word for word in words if word not in str(error.value)] == []


def test_a_colour_is_one_of_a_drug_and_written_as_six_digits():
    with pytest.raises(InputError, match=r"\[colours\] 'drug' is 'green'"):
        read_rules(None, {"colours": {"drug": "green"}})
    study = read(sheet(clean_rows()), {"colours": {"drug": "#1f7a3a", "drgu": "#1f7a3b"}})
    assert "Did you mean 'drug'?" in finding_of(study, "colour-without-drug").proposal
