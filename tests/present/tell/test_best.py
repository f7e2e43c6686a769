"""Which arm is best by growth, in one sentence."""

from types import SimpleNamespace

import pandas as pd
import pytest

from xenotrack.present.tell.best import best
from xenotrack.study.design import Design
from xenotrack.study.rules import Rules, StudyRules


def told(rows, arms=("vehicle", "A", "B", "A+B"), control="vehicle", beaten_by="A+B"):
    design = Design.of_names("study", arms, Rules(study=StudyRules(control=control)))
    table = pd.DataFrame(
        [(*row, None if row[2] else beaten_by) for row in rows],
        columns=["arm", "estimate", "among_best", "beaten_by"],
    )
    facts = SimpleNamespace(tables={"best_arms": table}, design=design, control=control)
    sentence = best(facts)
    return sentence and sentence.whole


def test_the_lowest_rate_is_named_and_those_that_may_be_as_good():
    rows = [("A+B", -0.0134, True), ("A", 0.01, True), ("B", 0.02, False), ("vehicle", 0.05, False)]
    assert told(rows) == "Best by growth: A+B, −1.3 % a day; A may be as good."


def test_an_arm_that_beats_all_others_is_said_to():
    rows = [("A+B", -0.0134, True), ("A", 0.01, False), ("vehicle", 0.05, False)]
    assert told(rows) == "Best by growth: A+B, −1.3 % a day; shown to beat every other arm."


def test_an_arm_that_did_not_itself_beat_all_others_is_not_said_to():
    rows = [("A+B", -0.0134, True), ("A", 0.01, False), ("vehicle", 0.05, False)]
    assert told(rows, beaten_by="A").endswith("; every other arm was shown to be worse than one.")


def test_a_control_that_grew_slowest_is_not_called_best():
    rows = [("vehicle", 0.01, True), ("A", 0.02, True), ("B", 0.03, True)]
    assert told(rows) == "Best by growth: No arm is shown to beat vehicle."


def test_many_arms_are_counted():
    arms = ("vehicle", *(f"d{i}" for i in range(9)))
    rows = [(arm, 0.01, True) for arm in arms[1:]] + [("vehicle", 0.05, False)]
    assert told(rows, arms).endswith("; 8 other arms may be as good.")


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_arms_need_no_ranking(count):
    assert told([("A", 0.01, True), ("vehicle", 0.05, False)][:count]) is None
