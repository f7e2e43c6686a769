"""Random effects over lines: metafor's numbers, and what they must be whatever the lines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from xenotrack.compare.random_effects import RandomEffects, expected_square

STORED = json.loads((Path(__file__).parents[1] / "reference" / "pool.json").read_text())


def model(name: str, group: list[int] | None = None, level: float = 0.95) -> RandomEffects:
    data = STORED["lines"][name]
    estimate, error = np.array(data["y"], dtype=float), np.array(data["se"])
    codes = np.array(group if group is not None else [0] * len(error), dtype=np.intp)
    return RandomEffects(estimate, error**2, codes, level)


@pytest.mark.parametrize("name", STORED["lines"])
def test_the_mean_and_the_spread_of_lines_are_those_of_metafor(name) -> None:
    (wanted,) = STORED["pooled"][name]
    found = model(name)
    assert found.means[0] == pytest.approx(wanted["mean"], rel=1e-6)
    assert np.sqrt(found.variances[0]) == pytest.approx(wanted["std_error"], rel=1e-6)
    assert found.tau2 == pytest.approx(wanted["tau2"], rel=1e-6, abs=1e-9)
    limits = (wanted["tau2_low"], wanted["tau2_high"])
    assert found.tau2_limits == pytest.approx(limits, rel=1e-5, abs=1e-9)
    assert found.q == pytest.approx(wanted["q"], rel=1e-9)


@pytest.mark.parametrize("name", STORED["group"])
def test_groups_share_one_spread_as_in_metafor(name) -> None:
    wanted = STORED["by_group"][name]
    found = model(name, STORED["group"][name])
    assert found.tau2 == pytest.approx(wanted["tau2"], rel=1e-6, abs=1e-9)
    assert found.means == pytest.approx([row["mean"] for row in wanted["means"]], rel=1e-5)
    errors = [row["std_error"] for row in wanted["means"]]
    assert np.sqrt(found.variances) == pytest.approx(errors, rel=1e-5)


@pytest.mark.parametrize("name", STORED["lines"])
def test_no_interval_is_narrower_than_that_of_one_common_effect(name) -> None:
    found = model(name)
    assert found.variances[0] >= 1 / (1 / found.variance).sum() - 1e-12


def test_lines_that_agree_more_than_their_errors_have_no_spread() -> None:
    assert model("alike").tau2 == 0.0


def test_the_next_line_is_less_sure_than_the_mean() -> None:
    found = model("spread")
    low, high = found.prediction(0)
    assert low < found.means[0] - 2.571 * np.sqrt(found.variances[0])
    assert high > found.means[0] + 2.571 * np.sqrt(found.variances[0])


def test_two_lines_predict_nothing() -> None:
    assert np.isnan(model("two").prediction(0)).all()


def test_units_cancel() -> None:
    one = model("spread")
    other = RandomEffects(one.estimate / 100, one.variance / 1e4, one.group)
    assert other.means * 100 == pytest.approx(one.means)
    assert other.tau2 * 1e4 == pytest.approx(one.tau2)
    assert np.array(other.prediction(0)) * 100 == pytest.approx(one.prediction(0), rel=1e-6)


def test_a_variance_of_few_degrees_of_freedom_counts_as_larger() -> None:
    few, many = expected_square(np.array([1.0, 1.0]), np.array([4.0, 400.0]))
    assert few == pytest.approx(2.0)
    assert many == pytest.approx(1.0, rel=0.01)
