"""Days: slips stand out against a schedule that others keep, and only against one."""

from __future__ import annotations

import pytest

from ..sheets import finding_of, read, rules_of, sheet

VISITS = (0, 3, 7, 10, 14, 17, 21)


def study_of(days_of, rate=0.05, start=100):
    """Eight mice in two arms, each read on its own days."""
    rows = [
        [
            f"m{m}",
            "vehicle" if m < 4 else "drug",
            f"{day:g}",
            f"{start * 2.718 ** (rate * day):.1f}",
        ]
        for m in range(8)
        for day in days_of(m)
    ]
    return read(sheet(rows))


def test_a_day_with_its_digits_exchanged_is_named_with_the_day_that_fits():
    study = study_of(lambda m: (0, 3, 7, 10, 14, 71, 21) if m == 3 else VISITS)
    found = finding_of(study, "day-off-schedule")
    assert (found.cell, found.mouse) == ("28", "m3")
    assert "17 would fit" in found.proposal


def test_a_mouse_that_keeps_days_of_its_own_has_slipped_on_none():
    own = (0, 2, 6, 9, 13, 16, 21)
    assert "day-off-schedule" not in rules_of(study_of(lambda m: own if m == 3 else VISITS))
    late = (0, 7, 14, 19, 21)
    assert "day-off-schedule" not in rules_of(study_of(lambda m: late if m == 3 else VISITS))


def test_the_last_mouse_alive_is_alone_and_has_slipped_on_no_day():
    study = study_of(lambda m: (*VISITS, 24, 28) if m == 3 else VISITS)
    assert "day-off-schedule" not in rules_of(study)


def test_weeks_in_the_place_of_days_are_named():
    study = study_of(lambda m: range(6), rate=0.35)
    assert "0.35 a day" in finding_of(study, "days-look-like-weeks").seen
    sevenths = study_of(lambda m: [day / 7 for day in VISITS], rate=0.1)
    assert "sevenths" in finding_of(sevenths, "days-look-like-weeks").seen


@pytest.mark.parametrize(
    ("rate", "start", "gap"),
    [(0.19, 100, 2), (0.24, 100, 1), (0.28, 100, 1), (0.28, 100, 3), (0.35, 0.5, 2)],
)
def test_fast_tumours_and_placeholders_for_small_ones_are_no_weeks(rate, start, gap):
    study = study_of(lambda m: range(0, 15, gap), rate, start)
    assert "days-look-like-weeks" not in rules_of(study)
