"""Days gained at worst and at best, where nobody says why mice left."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.compare.unknown_fates import unknown_fates
from xenotrack.model.progression import fit_mice
from xenotrack.study.design import Design

FAST = [7, 10, 10, 14, 14, 17, 21, 24]


def table_of(fates=(), **days):
    """Arms by their mice's days, negative where the mouse left; ``fates`` of the last arm's."""
    rows = [(arm, abs(day), day > 0, "end_of_study") for arm, own in days.items() for day in own]
    for back, fate in enumerate(reversed(fates), start=1):
        rows[-back] = (*rows[-back][:3], fate)
    mice = pd.DataFrame(rows, columns=["arm", "day", "event", "fate"]).assign(
        mouse=range(len(rows))
    )
    mice = mice.assign(day_low=mice["day"], day_high=mice["day"].where(mice["event"]))
    return unknown_fates(fit_mice(mice, Design.of_names("toy", tuple(days))))


def test_where_every_fate_is_known_there_is_nothing_to_bound() -> None:
    assert table_of(vehicle=FAST, A=[-60] * 8).empty


def test_the_worst_and_the_best_lie_on_either_side() -> None:
    row = table_of(["unknown"] * 3, vehicle=FAST, A=[-60] * 5 + [-10, -12, -14]).iloc[0]
    assert (row["n_unknown"], row["n_unknown_control"]) == (3, 0)
    assert row["worst"] < row["estimate"] <= row["best"]
    assert row["worst_low"] < row["worst"]
    assert row["worst_p"] > row["best_p"]


def test_a_mouse_that_progressed_at_once_in_the_worst_case_stays_to_the_end_in_the_best() -> None:
    row = table_of(["unknown"], vehicle=[20] * 3, A=[-60, -60, -60, -30]).iloc[0]
    assert row["worst"] == np.mean([60, 60, 60, 30]) - 20
    assert row["best"] == 60 - 20


def test_unknown_fates_of_control_are_bounded_the_other_way() -> None:
    found = table_of(["unknown"], A=[-60] * 4, vehicle=[20, 20, 20, -10]).iloc[0]
    assert (found["n_unknown"], found["n_unknown_control"]) == (0, 1)
    # At worst the control mouse stays free to day 60, at best it had progressed on day 10.
    assert found["worst"] == 60 - np.mean([20, 20, 20, 60])
    assert found["best"] == 60 - np.mean([20, 20, 20, 10])
