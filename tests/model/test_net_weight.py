"""Body weight net of the tumour: each arm's average change, and what arms are compared by."""

import numpy as np
import pytest
from scipy import stats

from tests.response.conftest import build_study
from xenotrack.compare.components import net_weight_source
from xenotrack.model.net_weight import fit_net_weight

RNG = np.random.default_rng(7)


def study_of(falls, days=(0, 7, 14, 21), tumours=None, **options):
    """Mice of 20 g net that lose so many grams by each day, under tumours of so many mm³."""
    volumes = {mouse: (tumours or {}).get(mouse, [100.0] * len(days)) for mouse in falls}
    courses = {mouse: list(zip(days, volumes[mouse], strict=True)) for mouse in falls}
    weights = {
        mouse: [
            (day, 20 + volume / 1000 - fall)
            for day, volume, fall in zip(days, volumes[mouse], [0, *grams], strict=True)
        ]
        for mouse, grams in falls.items()
    }
    arms = {mouse: {"v": "vehicle"}.get(mouse[0], mouse[0].upper()) for mouse in falls}
    return build_study(courses, weights=weights, arms=arms, **options)


def contrast(study, arm=1):
    fit = fit_net_weight(study)
    weights = np.zeros((1, len(fit.arms)))
    weights[0, [0, arm]] = -1, 1
    return net_weight_source(fit).contrast_of(weights, 0.95)


def drawn(letter, n, mean, days=3):
    """Mice that differ in level and in slope, by more than their scales err."""
    steps = np.arange(days) - (days - 1) / 2
    return {
        f"{letter}{i}": mean
        + RNG.normal(0, 0.4)
        + 0.3 * RNG.normal() * steps
        + 0.05 * RNG.normal(size=days)
        for i in range(n)
    }


def test_mice_weighed_alike_are_compared_as_welch_compares_their_means():
    falls = {**drawn("v", 5, 0.0), **drawn("a", 6, 1.0)}
    found = contrast(study_of(falls))
    percent = {mouse: -100 * grams.mean() / 20 for mouse, grams in falls.items()}
    own, other = ([x for mouse, x in percent.items() if mouse[0] == arm] for arm in "av")
    test = stats.ttest_ind(own, other, equal_var=False)
    interval = test.confidence_interval(0.95)
    assert found.estimate[0] == pytest.approx(np.mean(own) - np.mean(other))
    assert found.p_value[0] == pytest.approx(test.pvalue, rel=1e-6)
    assert found.df[0] == pytest.approx(test.df, rel=1e-6)
    assert (found.conf_low[0], found.conf_high[0]) == pytest.approx(tuple(interval), rel=1e-6)


def test_a_tumour_that_grows_is_no_weight_gained():
    falls = {**drawn("v", 5, 0.0), **drawn("a", 5, 0.0)}
    heavy = {mouse: [100, 400, 900, 1400] for mouse in falls if mouse[0] == "v"}
    light, grown = contrast(study_of(falls)), contrast(study_of(falls, tumours=heavy))
    assert grown.estimate[0] == pytest.approx(light.estimate[0])
    assert grown.p_value[0] == pytest.approx(light.p_value[0])


def test_a_contrast_is_over_the_days_that_its_own_arms_share():
    days = tuple(range(0, 43, 7))
    falls = {**drawn("v", 4, 0, 6), **drawn("a", 4, 1, 6), **drawn("b", 4, 1, 6)}
    study = study_of(falls, days)
    rows = study.measurements
    kept = ~((rows["arm"] == "vehicle") & (rows["day"] > 21))
    short = type(study)(study.design, rows[kept].reset_index(drop=True))
    fit = fit_net_weight(short)
    assert fit.days(("A", "vehicle")) == (7, 21)
    assert fit.days(("A", "B")) == (7, 42)
    source = net_weight_source(fit)
    assert source.days(("A", "B")) == (7, 42)
    weights = np.array([[0.0, -1, 1]])
    alone, narrowed = (one.contrast_of(weights, 0.95) for one in (source, source.over(fit.arms)))
    assert alone.estimate[0] != pytest.approx(narrowed.estimate[0])


def test_mice_weighed_once_after_the_baseline_are_compared_by_that_weighing():
    falls = {"v1": [0.0], "v2": [0.2], "v3": [0.1], "a1": [1.0], "a2": [1.4], "a3": [1.1]}
    found = contrast(study_of(falls, (0, 14)))
    test = stats.ttest_ind([-5, -7, -5.5], [0, -1, -0.5], equal_var=False)
    assert found.estimate[0] == pytest.approx(-5.833333 + 0.5)
    assert found.p_value[0] == pytest.approx(test.pvalue)


def test_an_arm_with_one_mouse_weighed_is_not_compared():
    falls = {**drawn("v", 4, 0.0), **drawn("a", 1, 1.0), **drawn("b", 4, 1.0)}
    fit = fit_net_weight(study_of(falls))
    assert fit.fitted == ("vehicle", "B")
    assert np.isnan(contrast(study_of(falls)).p_value[0])
    assert np.isfinite(contrast(study_of(falls), 2).p_value[0])


def test_a_study_without_weights_has_no_curves():
    study = build_study({"m": [(0, 100), (7, 200)], "n": [(0, 100)]})
    fit = fit_net_weight(study)
    assert fit.fitted == ()
    assert np.isnan(fit.average(fit.arms).values).all()
