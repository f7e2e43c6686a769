import pytest

from xenotrack.compare.families import (
    BEST_PART,
    Pair,
    all_pairs,
    control_family,
    missing_parts,
    parts_family,
    primary_pair,
)
from xenotrack.errors import StudyError
from xenotrack.study.design import Arm, Design

from .reference import design_of

ARMS = ("vehicle", "A", "B", "C", "A+B", "A+B+C")


def test_every_other_arm_is_compared_with_the_control():
    family = control_family(design_of(ARMS))
    assert family.labels == tuple(f"{name} - vehicle" for name in ARMS[1:])
    assert (family.weights(ARMS)[:, 0] == -1).all()


def test_without_control_the_arms_are_listed():
    with pytest.raises(StudyError, match="A, B"):
        control_family(design_of(("A", "B")))


def test_a_combination_is_compared_with_each_of_its_parts():
    assert parts_family(design_of(ARMS)).labels == (
        "A+B - A",
        "A+B - B",
        "A+B+C - A",
        "A+B+C - B",
        "A+B+C - C",
        "A+B+C - A+B",
    )


def test_all_pairs_are_all_pairs():
    family = all_pairs(design_of(ARMS))
    assert len(family.pairs) == 15
    assert (family.weights(ARMS).sum(axis=1) == 0).all()


def test_parts_that_nobody_received_are_named():
    assert missing_parts(design_of(ARMS), "A+B+C") == ["A+C", "B+C"]
    assert missing_parts(design_of(ARMS), "A+B") == []


def test_the_primary_contrast_is_read_against_the_arms():
    arms = (Arm("a - b", frozenset("x")), Arm("c", frozenset("y")))
    named = design_of(["vehicle"], primary="a - b - c")
    assert primary_pair(Design("study", arms, named.rules)) == Pair("a - b", "c")


@pytest.mark.parametrize("declared", ["A - D", "A", "A - A", "A - best part", ""])
def test_an_unknown_primary_contrast_lists_the_arms(declared):
    with pytest.raises(StudyError, match=r"vehicle, A, B, C, A\+B, A\+B\+C"):
        primary_pair(design_of(ARMS, primary=declared))


def test_a_primary_contrast_that_can_be_read_twice_is_refused():
    names = ("a", "b", "a - b", "b - b")
    arms = tuple(Arm(name, frozenset([name])) for name in names)
    rules = design_of(["vehicle"], primary="a - b - b").rules
    with pytest.raises(StudyError, match="several ways"):
        primary_pair(Design("study", arms, rules))


def test_the_claim_over_all_parts_can_be_primary():
    assert primary_pair(design_of(ARMS, primary="A+B+C - best part")) == Pair("A+B+C", BEST_PART)


def test_a_pair_is_itself_in_either_direction():
    assert Pair("A", "B").is_about(Pair("B", "A"))
    assert not Pair("A", "B").is_about(Pair("A", "C"))
    assert not Pair("A", "B").is_about(None)
