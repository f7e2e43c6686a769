import numpy as np
import pytest

from xenotrack.compare.contrasts import estimate_contrasts, source_of, t_contrasts

from .reference import by_arm_estimates, pooled_estimates, read_reference, simple_estimates

COLUMNS = ["estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high"]


def test_pooled_combination_contrasts_are_those_of_emmeans():
    reference = read_reference("factorial.growth")
    pooled, weights = reference["pooled"], reference["combination_weights"]
    combined = pooled["combinations"]
    estimates = pooled_estimates(reference["arms"], pooled["kenward_roger"], combined, weights)
    rows = np.array([weights[row["contrast"]] for row in combined])
    found = estimate_contrasts(estimates, rows, 0.95)
    for name in COLUMNS:
        expected = [row[name] for row in combined]
        # The covariance comes from 15 printed digits of pairs' SE.
        np.testing.assert_allclose(getattr(found, name), expected, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("study", ["factorial", "two_by_two", "unequal_spread", "tiny"])
def test_contrasts_of_separate_arms_are_welchs(study):
    reference = read_reference(f"{study}.by_arm")["by_arm"]
    estimates = by_arm_estimates(reference["arms"])
    count = len(estimates.arms)
    rows = [np.eye(count)[i] - np.eye(count)[j] for i in range(count) for j in range(i + 1, count)]
    found = estimate_contrasts(estimates, np.array(rows), 0.95)
    for name in COLUMNS:
        expected = [row[name] for row in reference["pairs"]]
        np.testing.assert_allclose(getattr(found, name), expected, rtol=1e-9, atol=1e-14)


def test_weights_and_their_negatives_mirror():
    estimates = simple_estimates({"vehicle": 0.1, "A": 0.05, "B": 0.02})
    weights = np.array([[-1.0, 1.0, 0.0], [0.5, 0.5, -1.0]])
    one, other = (estimate_contrasts(estimates, w, 0.9) for w in (weights, -weights))
    np.testing.assert_array_equal(one.estimate, -other.estimate)
    np.testing.assert_allclose(one.conf_low, -other.conf_high)
    np.testing.assert_array_equal(one.p_value, other.p_value)


def test_an_arm_without_estimate_empties_its_contrasts_only():
    estimates = simple_estimates({"vehicle": 0.1, "A": np.nan, "B": 0.02})
    estimates.covariance[1, :] = estimates.covariance[:, 1] = np.nan
    found = estimate_contrasts(estimates, np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]]), 0.95)
    assert [np.isnan(values[0]) for values in found.columns().values()] == [True] * 7
    assert found.estimable.tolist() == [False, True]
    assert found.estimate[1] == pytest.approx(-0.08)


def test_infinite_df_give_the_normal_test():
    found = t_contrasts(np.array([1.96]), np.array([1.0]), np.array([np.inf]), 0.95)
    assert found.p_value[0] == pytest.approx(0.0499957902964, rel=1e-10)
    assert found.conf_low[0] == pytest.approx(1.96 - 1.959963984540054)


def test_an_estimate_without_spread_has_no_test():
    found = t_contrasts(np.array([0.5]), np.array([0.0]), np.array([4.0]), 0.95)
    assert found.estimate[0] == 0.5
    assert not found.estimable[0]
    assert np.isnan(found.conf_low[0])


def test_intervals_take_a_level_of_their_own():
    source = source_of(simple_estimates({"vehicle": 0.1, "A": 0.05}))
    weights = np.array([[-1.0, 1.0], [1.0, -1.0], [-1.0, 1.0]])
    low, high = source.intervals(weights, np.array([0.95, 0.99, np.nan]))
    for row, level in ((0, 0.95), (1, 0.99)):
        alone = source.contrast_of(weights[[row]], level)
        assert (low[row], high[row]) == (alone.conf_low[0], alone.conf_high[0])
    assert np.isnan(low[2])
