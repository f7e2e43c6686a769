"""Cages: the share of the spread that they explain, and arms whose unit they are."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.compare.growth_synergy import last_shared_day
from xenotrack.errors import FitError, StudyError
from xenotrack.model.cages import cage_share, jackknife_covariance
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.late import late_rates
from xenotrack.model.lines import fit_mouse_lines
from xenotrack.model.log_volume import LogVolumes
from xenotrack.study.design import Arm, Design
from xenotrack.study.factors import cages_by_arm
from xenotrack.study.rules import GrowthRules, Rules, StudyRules


def test_the_share_is_that_of_the_analysis_of_variance():
    # Two arms of two cages of two mice: cage means 1, 3, 5, 9 and 2 within each.
    values = np.array([0.0, 2, 2, 4, 4, 6, 8, 10])
    arm, cage = np.repeat([0, 1], 4), np.repeat([0, 1, 2, 3], 2)
    between = 2 * ((1 - 2) ** 2 + (3 - 2) ** 2 + (5 - 7) ** 2 + (9 - 7) ** 2) / 2
    within = 8 / 4
    found = cage_share(values, arm, cage)
    assert found.share == pytest.approx((between - within) / (between + within))
    assert 0 <= found.conf_low < found.share < found.conf_high < 1


def test_the_interval_of_the_share_covers_the_truth():
    rng, covered = np.random.default_rng(3), 0
    arm, cage = np.repeat([0, 1], 12), np.repeat(np.arange(6), 4)
    for _ in range(400):
        values = rng.normal(0, np.sqrt(0.3), 6)[cage] + rng.normal(0, np.sqrt(0.7), 24)
        found = cage_share(values, arm, cage)
        covered += found.conf_low <= 0.3 <= found.conf_high
    assert covered / 400 == pytest.approx(0.95, abs=0.035)


@pytest.mark.parametrize(
    ("arm", "cage"), [([0, 0, 1, 1], [0, 0, 1, 1]), ([0, 0, 1, 1], [0, 1, 2, 3])]
)
def test_one_cage_an_arm_or_one_mouse_a_cage_leave_the_share_unknown(arm, cage):
    found = cage_share(np.array([1.0, 2, 3, 5]), np.array(arm), np.array(cage))
    assert np.isnan(found.share)


def mice(**cages):
    rows = [(arm, cage) for cage, arms in cages.items() for arm in arms]
    return pd.DataFrame(rows, columns=["arm", "cage"])


def test_cages_are_nested_where_each_of_several_mice_holds_one_arm():
    assert cages_by_arm(mice(c1="aa", c2="aa", c3="bb", c4="b")) == {"a": 2, "b": 2}
    assert not cages_by_arm(mice(c1="ab", c2="ab"))
    assert not cages_by_arm(mice(c1="a", c2="a", c3="b", c4="b"))
    assert not cages_by_arm(mice(c1="aa", c2="aa"))
    assert not cages_by_arm(mice(c1="a").assign(cage=""))


def test_the_jackknife_gives_the_variance_of_the_mean_of_units_alike():
    means = np.array([[2.0], [6], [2]])
    left = (means.sum(axis=0) - means) / 2
    assert jackknife_covariance(left)[0, 0] == pytest.approx(means.var(ddof=1) / 3)


def caged_rows(rng, cages=3, size=4, spread=0.02):
    """Two arms of whole cages that differ in their rates, mice read on the same days."""
    days = np.arange(0, 22, 3.5)
    n = 2 * cages * size
    cage = np.repeat(np.arange(2 * cages), size)
    arm = np.repeat([0, 1], cages * size)
    rate = 0.05 + rng.normal(0, spread, 2 * cages)[cage] + rng.normal(0, 0.01, n)
    y = 5 + rng.normal(0, 0.3, n)[:, None] + rate[:, None] * days
    y += rng.normal(0, 0.05, y.shape)
    mouse = np.repeat(np.arange(n), len(days))
    names = np.arange(n).astype(str).astype(object)
    day = np.tile(days, n)
    return LogVolumes(arm[mouse], mouse, day, y.ravel(), names, arm, 2, False, cage=cage)


def fitted(rows, unit="cage", **growth):
    arms = tuple(Arm(name, frozenset()) for name in "ab")
    rules = Rules(study=StudyRules(experimental_unit=unit), growth=GrowthRules(**growth))
    return fit_log_volumes(rows, Design("caged", arms, rules))


def test_arms_of_cages_are_compared_as_welch_compares_the_means_of_their_cages():
    rows = caged_rows(np.random.default_rng(1))
    slopes = fit_mouse_lines(rows).slope
    means = np.array([slopes[rows.cage == one].mean() for one in range(6)])
    test = stats.ttest_ind(means[3:], means[:3], equal_var=False)
    rates = fitted(rows, shape="line").rates()
    found = estimate_contrasts(rates, np.array([[-1.0, 1.0]]), 0.95)
    assert found.estimate[0] == pytest.approx(means[3:].mean() - means[:3].mean())
    assert found.p_value[0] == pytest.approx(test.pvalue, rel=1e-6)
    assert found.df[0] == pytest.approx(test.df, rel=1e-6)
    assert "each cage left out" in rates.method


def test_a_curve_keeps_its_estimates_where_the_cage_is_the_unit():
    rows = caged_rows(np.random.default_rng(2))
    by_mouse = fitted(replace(rows, cage=None), "mouse", shape="curve").rates()
    by_cage = fitted(rows, shape="curve").rates()
    assert by_cage.values == pytest.approx(by_mouse.values)
    assert (np.diag(by_cage.covariance) > np.diag(by_mouse.covariance)).all()
    assert by_cage.degrees_of_freedom(np.eye(2)) == pytest.approx([2, 2])


def test_late_rates_are_clustered_by_cage():
    rows = caged_rows(np.random.default_rng(2))
    by_cage = late_rates(fitted(rows, shape="curve"))
    by_mouse = late_rates(fitted(replace(rows, cage=None), "mouse", shape="curve"))
    assert by_cage.values == pytest.approx(by_mouse.values)
    assert by_cage.degrees_of_freedom(np.eye(2)) == pytest.approx([2, 2])
    assert by_mouse.degrees_of_freedom(np.eye(2)) == pytest.approx([11, 11])


def test_an_arm_of_one_cage_is_listed_without_a_test():
    rows = caged_rows(np.random.default_rng(3))
    alone = replace(rows, cage=np.where(rows.cage < 3, 0, rows.cage))
    fit = fitted(alone)
    assert fit.tested.tolist() == [False, True]
    assert np.isfinite(fit.rates().values).all()
    assert [doubt.rule for doubt in fit.doubts] == ["arm-not-tested"]
    assert "fewer than two cages" in fit.doubts[0].text
    with pytest.raises(FitError, match="check`, and those of --from and --until"):
        fitted(replace(caged_rows(np.random.default_rng(3), cages=1, size=1), cage=None), "mouse")


def test_of_one_cage_an_arm_rates_are_listed_and_nothing_is_tested():
    rows = caged_rows(np.random.default_rng(3))
    fit = fitted(replace(rows, cage=rows.mouse_arm))
    assert not fit.tested.any()
    assert np.isfinite(fit.rates().values).all()
    assert np.isnan(fit.rates().covariance).all()
    assert last_shared_day(fit) == 21


def test_cages_and_one_variance_for_all_arms_exclude_each_other():
    with pytest.raises(StudyError, match="by_arm"):
        fitted(caged_rows(np.random.default_rng(4)), variances="pooled")
