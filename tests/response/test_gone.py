"""Tumours that are measurable no more, where the limit was declared and where it was guessed."""

import pytest

from xenotrack.response.progression import progression_events
from xenotrack.response.responses import mouse_responses
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

DAYS = (0, 4, 8, 12, 16, 20)


def study_of(drug, limit=None, **rules):
    """A vehicle that grows and one mouse of an arm with this course."""
    rows = [f"v{n},vehicle,{d},{150 + n + 20 * d}" for n in range(3) for d in DAYS]
    rows += [f"m,drug,{d},{v}" for d, v in zip(DAYS, drug, strict=True)]
    options = {"volume": {} if limit is None else {"limit_mm3": limit}, **rules}
    text = "mouse,arm,day,volume\n" + "\n".join(rows)
    return read_study(text.encode(), read_rules(None, options))


def response_of(study):
    row = mouse_responses(study).mice.set_index("mouse").loc["m"]
    return row["best_response_percent"], row["mrecist"], row["pptp"]


@pytest.mark.parametrize("limit", [None, 15])
def test_a_tumour_of_0_is_a_complete_response(limit):
    assert response_of(study_of((150, 100, 60, 0, 0, 0), limit)) == (-100, "CR", "MCR")


def test_below_a_declared_limit_a_tumour_is_gone_and_above_a_guessed_one_it_is_there():
    course = (150, 100, 60, 12, 12, 12)
    assert response_of(study_of(course, 15)) == (-100, "CR", "MCR")
    assert response_of(study_of(course))[0] == pytest.approx(-92)


@pytest.mark.parametrize(
    ("course", "category"),
    [
        ((150, 300, 400, 300, 0, 0), "CR"),  # gone at the last two readings, however late
        ((150, 300, 400, 300, 200, 0), "PD"),  # gone at the last one alone
        ((150, 300, 0, 0, 200, 300), "PR"),  # gone, and back
    ],
)
def test_two_last_readings_of_nothing_are_a_complete_response(course, category):
    assert response_of(study_of(course))[1] == category


def test_a_guessed_limit_meets_no_threshold():
    absolute = {"progression": {"rule": "absolute", "value": 25.0}}
    study = study_of((0, 0, 0, 40, 60, 90), **absolute)
    mice = progression_events(study).mice.set_index("mouse")
    assert study.limit_mm3 == 32
    assert (mice.loc["m", "event"], mice.loc["m", "day"]) == (True, 12)
    again = progression_events(study_of((0, 0, 0, 0, 0, 0), **absolute)).mice.set_index("mouse")
    assert not again.loc["m", "event"]
