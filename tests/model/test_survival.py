import numpy as np
import pytest

from xenotrack.model.survival import estimate_curve, estimate_curves, median_day

from .survival_studies import OWN_STUDIES, SHARED_STUDIES, numbers, own_study, shared_study


def curve_of(*mice):
    """Days, negative where the mouse was censored."""
    days = np.array(mice, float)
    return estimate_curve(np.abs(days), days > 0)


@pytest.mark.parametrize("name", OWN_STUDIES)
def test_curves_agree_with_r(name):
    times, answers = own_study(name)
    for arm in times.names:
        ours = estimate_curve(*times.of(arm))
        rows = [row for row in answers["curves"] if row["arm"] == arm]
        theirs = {key: numbers([row[key] for row in rows]) for key in rows[0] if key != "arm"}
        for column in ("n_at_risk", "n_events", "n_censored"):
            assert getattr(ours, column).tolist() == theirs[column].tolist()
        for column in ("estimate", "conf_low", "conf_high"):
            # 1e-10: both are a product of the same few fractions.
            np.testing.assert_allclose(getattr(ours, column), theirs[column], atol=1e-10)
        known = ours.estimate > 0
        np.testing.assert_allclose(ours.std_error[known], theirs["std_error"][known], atol=1e-10)
        assert np.isnan(ours.std_error[~known]).all()


@pytest.mark.parametrize("name", OWN_STUDIES)
def test_medians_are_those_of_r(name):
    times, answers = own_study(name)
    for row in answers["medians"]:
        ours = median_day(estimate_curve(*times.of(row["arm"])))
        np.testing.assert_equal(
            [ours.estimate, ours.conf_low, ours.conf_high],
            numbers([row["median"], row["conf_low"], row["conf_high"]]),
        )


@pytest.mark.parametrize("name", SHARED_STUDIES)
def test_curves_and_medians_agree_with_the_shared_studies(name):
    times, answers = shared_study(name)
    for arm, row in zip(times.names, answers["median_loglog"], strict=True):
        curve = estimate_curve(*times.of(arm))
        rows = answers["km"][f"arm={arm}"]
        for ours, key in (("estimate", "surv"), ("conf_low", "lo"), ("conf_high", "hi")):
            theirs = numbers([r[key] for r in rows])
            np.testing.assert_allclose(getattr(curve, ours), theirs, atol=1e-10)
        median = median_day(curve)
        np.testing.assert_equal(
            [median.estimate, median.conf_low, median.conf_high],
            numbers([row["median"], row["lo"], row["hi"]]),
        )


def test_curves_agree_with_lifelines():
    from lifelines import KaplanMeierFitter

    random = np.random.default_rng(5)
    days, events = random.integers(1, 20, 40).astype(float), random.random(40) < 0.6
    theirs = KaplanMeierFitter().fit(days, events)
    ours = estimate_curve(days, events)
    np.testing.assert_allclose(ours.estimate, theirs.survival_function_.iloc[1:, 0], atol=1e-12)
    inside = ours.estimate < 1
    bands = theirs.confidence_interval_.iloc[1:].to_numpy()[inside]
    np.testing.assert_allclose(ours.conf_low[inside], bands[:, 0], atol=1e-12)
    np.testing.assert_allclose(ours.conf_high[inside], bands[:, 1], atol=1e-12)


@pytest.mark.parametrize("n", range(2, 42, 2))
def test_half_of_the_mice_is_half_whatever_the_rounding(n):
    # At n = 12, 20, 24 … the product of the fractions is not exactly 1/2.
    days = np.arange(1.0, n + 1)
    assert median_day(curve_of(*days)).estimate == n / 2 + 0.5
    censored_after = np.where(days > n / 2, -n, days)
    assert median_day(curve_of(*censored_after)).estimate == (n / 2 + n) / 2


def test_a_median_that_is_not_reached_is_nan():
    curve = curve_of(3, -9, -9, -9)
    assert np.isnan(median_day(curve).estimate)
    assert not curve.reaches_zero


def test_an_arm_without_events_stays_at_one_without_an_interval():
    curve = curve_of(-3, -9)
    assert curve.estimate.tolist() == [1, 1]
    assert curve.std_error.tolist() == [0, 0]
    assert np.isnan(curve.conf_low).all()


def test_a_mouse_censored_on_the_day_of_an_event_was_at_risk():
    assert curve_of(5, -5).n_at_risk.tolist() == [2]
    assert curve_of(5, -5).estimate.tolist() == [0.5]


def test_an_arm_without_mice_has_a_curve_without_rows():
    curves = estimate_curves(np.array([3.0]), np.array([True]), np.array([1]), 2)
    assert curves[0].to_frame().empty
    assert np.isnan(median_day(curves[0]).estimate)
    assert curves[1].to_frame()["n_events"].tolist() == [1]


def test_a_wider_level_widens_the_interval():
    days, events = np.arange(1.0, 9), np.ones(8, bool)
    narrow, wide = (estimate_curve(days, events, level) for level in (0.8, 0.99))
    assert (wide.conf_low[:-1] < narrow.conf_low[:-1]).all()
    assert (wide.conf_high[:-1] > narrow.conf_high[:-1]).all()


def test_nearly_equal_days_are_not_tied():
    assert curve_of(7, np.nextafter(7, 8)).days.size == 2
