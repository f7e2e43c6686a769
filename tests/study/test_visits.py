"""Readings a day apart that are declared to be one visit."""

import numpy as np
import pytest

from xenotrack.response.inhibition import choose_day
from xenotrack.study.visits import visit_days

from .sheets import read


def staggered(window):
    """Six mice of which every third is read a day late."""
    rows = [
        f"m{n},{'vd'[n // 3]},{day + (n % 3 == 2 and day > 0)},{100 + n + 9 * day}"
        for n in range(6)
        for day in (0, 7, 14)
    ]
    options = {"study": {"visit_window_days": window, "control": "v"}}
    return read("mouse,arm,day,volume\n" + "\n".join(rows) + "\n", options)


def test_readings_a_day_apart_are_at_one_visit_where_it_is_declared():
    study = staggered(1.0)
    assert sorted(study.at_visits(study.readings)["day"].unique()) == [0, 7, 14]
    assert len(study.at_visits(study.readings)) == len(study.readings) == 18
    apart = staggered(0.0)
    assert apart.at_visits(apart.readings) is apart.readings
    assert choose_day(study).day == 14


def test_of_two_readings_of_a_visit_the_last_of_the_mouse_counts():
    text = "mouse,arm,day,volume\na,v,0,100\na,v,1,110\na,v,7,150\nb,d,0,100\nb,d,7,130\n"
    study = read(text, {"study": {"visit_window_days": 2}})
    rows = study.at_visits(study.readings)
    assert rows[["mouse", "day", "volume_mm3"]].to_numpy().tolist() == [
        ["a", 0, 110], ["a", 7, 150], ["b", 0, 100], ["b", 7, 130],
    ]  # fmt: skip


@pytest.mark.parametrize("window", [0.0, 1.0, 2.5])
def test_no_visit_is_wider_than_its_window_and_each_day_has_one(window):
    days = np.random.default_rng(1).integers(0, 30, 200).astype(float)
    visits = visit_days(days, window)
    assert (np.abs(visits - days) <= window).all()
    assert set(visits) <= set(days)
