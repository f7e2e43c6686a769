"""Doubts that differ in their outcome alone are one doubt, in words."""

from xenotrack.compare.by_mouse import caged_doubt, told_together, uneven_doubt
from xenotrack.doubts import Doubt
from xenotrack.present.tell.doubts import question_of


def test_several_outcomes_are_told_of_in_one_doubt():
    few = Doubt("few-mice", ("A",), "growth", "A has 3 mice.")
    each = [caged_doubt([name]) for name in ("log_hazard", "rmst_days", "response_rate")]
    told = told_together([each[0], few, *each[1:], uneven_doubt(["rmst_days"])])
    assert [one.rule for one in told] == ["cage-is-the-unit", "few-mice", "uneven-blocks"]
    words = "in hazard of progression, days without progression and responders: p-values"
    assert words in told[0].text
    assert "log_hazard" not in told[0].text


def test_a_doubt_of_several_outcomes_touches_each_of_them():
    doubt = caged_doubt(["log_hazard", "response_rate"])
    assert doubt.touches(["log_hazard"])
    assert doubt.touches(["response", "response_rate"])
    assert not doubt.touches(["growth_rate", "growth"])
    assert question_of(doubt) == "how-long"
