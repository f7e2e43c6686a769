"""Degrees of freedom are worked out once for each weighted sum, and are those asked for."""

from __future__ import annotations

import numpy as np

from xenotrack.model.remembered import remembered


def test_each_sum_and_its_negative_are_worked_out_once() -> None:
    asked: list[list[float]] = []

    def degrees_of_freedom(weights):
        asked.extend(weights.tolist())
        return np.abs(weights).sum(axis=1)

    known = remembered(degrees_of_freedom)
    rows = np.array([[1.0, -2.0], [0.0, 3.0], [-1.0, 2.0], [1.0, -2.0], [-0.0, 3.0]])
    assert known(rows).tolist() == [3, 3, 3, 3, 3]
    assert known(rows[::-1]).tolist() == [3, 3, 3, 3, 3]
    assert known(np.array([0.0, -4.0])).tolist() == [4]
    assert sorted(asked) == [[0, 3], [0, 4], [1, -2]]
