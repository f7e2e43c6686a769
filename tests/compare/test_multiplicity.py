import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from xenotrack.compare.contrasts import ContrastSource, source_of, t_contrasts
from xenotrack.compare.families import all_pairs, control_family
from xenotrack.compare.multiplicity import (
    ADJUST,
    common_loadings,
    dunnett,
    holm,
    holm_p,
    one_sided_levels,
    tukey,
)

from .reference import (
    by_arm_estimates,
    design_of,
    pooled_estimates,
    read_reference,
    simple_estimates,
)

SHARED = Path(__file__).parents[3] / "shared" / "reference" / "studies"
FITTED = ["factorial", "two_by_two", "regrowth", "tiny", "rank_one", "unequal_spread"]


def pooled_source(study, model):
    reference = read_reference(f"{study}.{'growth' if model == 'pooled' else 'baseline'}")
    tables = reference[model]["kenward_roger"]
    source = source_of(pooled_estimates(reference["arms"], tables, [], {}))
    return source, design_of(reference["arms"]), tables


def adjusted(source, weights, name, level=0.95):
    raw = source.contrast_of(weights, level)
    result = ADJUST[name](raw, source, weights, level)
    return result.p_adjusted, *source.intervals(weights, result.levels)


@pytest.mark.parametrize("model", ["pooled", "common"])
@pytest.mark.parametrize("study", FITTED)
def test_holm_and_tukey_are_those_of_emmeans(study, model):
    source, design, tables = pooled_source(study, model)
    weights = -all_pairs(design).weights(source.arms)
    rows = sorted(range(len(weights)), key=lambda i: tuple(np.flatnonzero(weights[i])))
    for name in ("holm", "tukey"):
        p, low, high = adjusted(source, weights[rows], name)
        expected = [row[f"p_{name}"] for row in tables["pairs"]]
        np.testing.assert_allclose(p, expected, rtol=1e-5, atol=1e-9)
        if name == "tukey":
            # R's qtukey stops at 1e-4 of its argument.
            assert low == pytest.approx([row["tukey_low"] for row in tables["pairs"]], rel=2e-4)
            assert high == pytest.approx([row["tukey_high"] for row in tables["pairs"]], rel=2e-4)


@pytest.mark.parametrize("model", ["pooled", "common"])
@pytest.mark.parametrize("study", ["factorial", "two_by_two", "regrowth"])
def test_dunnett_is_emmeans_mvt(study, model):
    source, design, tables = pooled_source(study, model)
    p, low, high = adjusted(source, control_family(design).weights(source.arms), "dunnett")
    # R integrates by quasi-Monte-Carlo, with df rounded to integers.
    assert p == pytest.approx([row["p_mvt"] for row in tables["control"]], abs=2e-3)
    width = [row["mvt_high"] - row["mvt_low"] for row in tables["control"]]
    assert high - low == pytest.approx(width, rel=1e-2)


@pytest.mark.parametrize("study", ["factorial", "two_by_two", "tiny"])
def test_tukey_of_separate_arms_is_games_howell(study):
    reference = read_reference(f"{study}.by_arm")["by_arm"]
    source = source_of(by_arm_estimates(reference["arms"]))
    weights = all_pairs(design_of(source.arms)).weights(source.arms)
    p, _, _ = adjusted(source, weights, "tukey")
    order = sorted(range(len(weights)), key=lambda i: tuple(np.flatnonzero(weights[i])))
    expected = [row["p_games_howell"] for row in reference["pairs"]]
    # With few df R's ptukey is off by 1e-5, as two arms show, whose range is a t.
    assert p[order] == pytest.approx(expected, abs=2e-5)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the other reference studies are not here")
@pytest.mark.parametrize("path", sorted(SHARED.glob("*.json")), ids=lambda path: path.stem)
def test_other_studies_agree_with_emmeans(path):
    fit = json.loads(path.read_text())["lmm"]
    rows = fit["pairs_kr_none"]
    raw = t_contrasts(
        *(np.array([row[name] for row in rows]) for name in ("estimate", "SE", "df")), 0.95
    )
    weights = np.array(
        [np.eye(len(fit["arms"]))[i] - np.eye(len(fit["arms"]))[j] for i, j in pairs_of(fit)]
    )
    source = ContrastSource("growth_rate", tuple(fit["arms"]), lambda w, level: raw, "R")
    for name in ("holm", "tukey"):
        p = ADJUST[name](raw, source, weights, 0.95).p_adjusted
        assert p == pytest.approx([row["p.value"] for row in fit[f"pairs_kr_{name}"]], abs=1e-4)


def pairs_of(fit):
    count = len(fit["arms"])
    return [(i, j) for i in range(count) for j in range(i + 1, count)]


def test_holm_by_hand():
    p = np.array([0.04, 0.01, np.nan, 0.03, 0.5])
    assert holm_p(p).tolist() == pytest.approx([0.09, 0.04, np.nan, 0.09, 0.5], nan_ok=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_keeps_the_order_and_lies_below_bonferroni(p):
    p = np.array(p)
    result = holm_p(p)
    assert (np.diff(result[np.argsort(p, kind="stable")]) >= 0).all()
    assert (result >= p).all()
    assert (result <= np.minimum(1, len(p) * p) + 1e-15).all()


@given(
    st.lists(st.floats(-0.1, 0.1), min_size=2, max_size=6),
    st.lists(st.floats(0.003, 0.03), min_size=7, max_size=7),
    st.floats(2, 100),
)
@settings(max_examples=25, deadline=None)
def test_dunnett_lies_between_one_claim_and_bonferroni(rates, std_errors, df):
    names = ["vehicle", *"ABCDEF"[: len(rates)]]
    estimates = simple_estimates(dict(zip(names, [0.0, *rates], strict=True)), df=df)
    estimates.covariance[:] = np.diag(np.square(std_errors[: len(names)]))
    source = source_of(estimates)
    weights = control_family(design_of(names)).weights(source.arms)
    raw = source.contrast_of(weights, 0.95)
    p, low, high = adjusted(source, weights, "dunnett")
    assert (p >= raw.p_value).all()
    assert (p <= np.minimum(1, len(rates) * raw.p_value) + 1e-12).all()
    assert ((p < 0.05) == ((low > 0) | (high < 0))).all() or np.abs(p - 0.05).min() < 1e-6


def test_dunnett_of_one_contrast_is_its_t_test():
    source = source_of(simple_estimates({"vehicle": 0.1, "A": 0.08}))
    weights = np.array([[-1.0, 1.0]])
    raw = source.contrast_of(weights, 0.95)
    p, low, _ = adjusted(source, weights, "dunnett")
    assert p[0] == pytest.approx(raw.p_value[0], rel=1e-9)
    assert low[0] == pytest.approx(raw.conf_low[0], rel=1e-9)


def test_tukey_of_two_arms_is_the_t_test():
    source = source_of(simple_estimates({"vehicle": 0.1, "A": 0.08}))
    weights = np.array([[-1.0, 1.0]])
    p, low, _ = adjusted(source, weights, "tukey")
    raw = source.contrast_of(weights, 0.95)
    assert (p[0], low[0]) == pytest.approx((raw.p_value[0], raw.conf_low[0]), rel=1e-9)


def test_games_howell_by_hand():
    source = source_of(simple_estimates({"a": 0.0, "b": 0.02, "c": 0.05}, 0.01, 6, True))
    weights = all_pairs(design_of(source.arms)).weights(source.arms)
    p, _, _ = adjusted(source, weights, "tukey")
    # Equal variances on 6 df each: 12 df a pair, q = difference / SE of one arm.
    q = np.array([2.0, 5.0, 3.0])
    assert p == pytest.approx(stats.studentized_range.sf(q, 3, 12), abs=1e-8)


@pytest.mark.parametrize("adjustment", ["holm", "dunnett", "tukey"])
def test_a_contrast_that_is_not_estimable_does_not_count(adjustment):
    rates = {"vehicle": 0.1, "A": 0.08, "B": np.nan, "C": 0.06}
    estimates = simple_estimates(rates)
    estimates.covariance[2, :] = estimates.covariance[:, 2] = np.nan
    fewer = simple_estimates({name: rate for name, rate in rates.items() if name != "B"})
    full, part = (
        adjusted(source_of(e), control_family(design_of(e.arms)).weights(e.arms), adjustment)
        for e in (estimates, fewer)
    )
    for found, expected in zip(full, part, strict=True):
        assert np.isnan(found[1])
        assert found[[0, 2]] == pytest.approx(expected, rel=1e-9)


def test_a_model_without_covariance_is_adjusted_by_holm_and_says_so():
    source = source_of(simple_estimates({"vehicle": 0.1, "A": 0.08, "B": 0.07}))
    bare = ContrastSource("log_hazard", source.arms, source.contrast_of, "profile")
    weights = np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    raw = bare.contrast_of(weights, 0.95)
    assert dunnett(raw, bare, weights, 0.95).name == "holm"
    assert dunnett(raw, source, weights, 0.95).name == "dunnett"


def test_holm_intervals_are_bonferronis():
    source = source_of(simple_estimates({"vehicle": 0.1, "A": 0.08, "B": 0.07}))
    weights = np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
    raw = source.contrast_of(weights, 0.95)
    assert holm(raw, source, weights, 0.95).levels == pytest.approx([0.975, 0.975])


def test_far_tails_keep_their_precision():
    source = source_of(simple_estimates({"a": 0.0, "b": 3.0, "c": 6.0}, df=40))
    weights = all_pairs(design_of(source.arms)).weights(source.arms)
    raw = source.contrast_of(weights, 0.95)
    p = tukey(raw, source, weights, 0.95).p_adjusted
    assert ((p >= raw.p_value) & (p <= 3 * raw.p_value)).all()
    assert (p > 0).all()


def test_loadings_are_found_or_refused():
    loadings = np.array([0.9, -0.4, 0.6, 0.2])
    product = np.outer(loadings, loadings)
    np.fill_diagonal(product, 1.0)
    found = common_loadings(product)
    assert np.outer(found, found) - np.diag(found**2) == pytest.approx(product - np.eye(4))
    product[0, 1] = product[1, 0] = 0.1
    assert common_loadings(product) is None


def test_one_sided_limits_hold_together():
    pooled = source_of(simple_estimates({"AB": 0.0, "A": 0.02, "B": 0.03}, df=12))
    apart = source_of(simple_estimates({"AB": 0.0, "A": 0.02, "B": 0.03}, 0.01, 12, True))
    weights = np.array([[1.0, -1.0, 0.0], [1.0, 0.0, -1.0]])
    levels = one_sided_levels(pooled.contrast_of(weights, 0.95), pooled, weights, 0.95)
    bound = stats.t.ppf((1 + levels[0]) / 2, 12)
    frozen = stats.multivariate_t(shape=[[1, 0.5], [0.5, 1]], df=12, seed=1)
    assert float(frozen.cdf([bound, bound])) == pytest.approx(0.975, abs=1e-3)
    levels = one_sided_levels(apart.contrast_of(weights, 0.95), apart, weights, 0.95)
    assert levels == pytest.approx([0.975, 0.975])
