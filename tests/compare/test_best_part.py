from dataclasses import replace

import numpy as np
import pytest

from xenotrack.compare.best_part import best_part_claim
from xenotrack.compare.contrasts import ContrastSource, RawContrasts, source_of

from .reference import simple_estimates

RATES = {"A": 0.02, "B": 0.035, "A+B": 0.0}
AGAINST_PARTS = np.array([[-1.0, 0.0, 1.0], [0.0, -1.0, 1.0]])


def claim(rates, better="lower", **how):
    source = source_of(simple_estimates(rates, **how))
    return source.contrast_of(AGAINST_PARTS, 0.95), *best_part_claim(
        source, AGAINST_PARTS, better, 0.95
    )


def test_the_claim_is_as_weak_as_its_weakest_part():
    parts, found, best = claim(RATES)
    assert best.best == 0
    assert found.estimate[0] == pytest.approx(-0.02)
    assert found.p_value[0] == pytest.approx(parts.p_value[0])
    assert found.conf_high[0] == parts.conf_high[0]


def test_the_near_limit_holds_for_all_parts_together():
    parts, found, _ = claim(RATES)
    assert found.conf_low[0] < parts.conf_low.max()
    _, apart, _ = claim(RATES, independent=True)
    low = source_of(simple_estimates(RATES, independent=True)).contrast_of(AGAINST_PARTS, 0.975)
    assert apart.conf_low[0] == low.conf_low.max()


def test_a_combination_worse_than_a_part_claims_nothing():
    _, found, _ = claim({"A": -0.02, "B": 0.03, "A+B": 0.0})
    assert found.p_value[0] == 1.0
    assert found.conf_high[0] > 0


def test_days_gained_mirror_rates():
    _, lower, _ = claim(RATES)
    _, higher, best = claim({name: -rate for name, rate in RATES.items()}, better="higher")
    assert best.best == 0
    assert higher.p_value[0] == lower.p_value[0]
    assert higher.estimate[0] == -lower.estimate[0]
    assert (higher.conf_low[0], higher.conf_high[0]) == (-lower.conf_high[0], -lower.conf_low[0])


def test_a_part_without_estimate_leaves_no_claim():
    _, found, best = claim({"A": 0.02, "B": np.nan, "A+B": 0.0})
    assert best == (-1, -1)
    assert not found.estimable[0]
    assert np.isnan(found.conf_high[0])


def test_one_part_is_a_plain_comparison():
    source = source_of(simple_estimates(RATES))
    found, _ = best_part_claim(source, AGAINST_PARTS[:1], "lower", 0.95)
    alone = source.contrast_of(AGAINST_PARTS[:1], 0.95)
    for name, values in alone.columns().items():
        assert getattr(found, name) == pytest.approx(values, rel=1e-12)


def test_an_unbounded_part_leaves_the_claim_unbounded():
    def profile(weights, level):
        count = len(weights)
        raw = [np.full(count, -2.0), np.full(count, 1.0), np.full(count, np.inf)]
        low, high = np.resize([np.nan, -5.0], count), np.resize([-0.1, np.nan], count)
        return RawContrasts(*raw, np.full(count, -2.05), np.full(count, 0.04), low, high)

    source = ContrastSource("log_hazard", ("A", "B", "A+B"), profile, "Firth")
    found, _ = best_part_claim(source, AGAINST_PARTS, "lower", 0.95)
    assert found.p_value[0] == pytest.approx(0.04)
    assert np.isinf(found.conf_high[0])
    assert found.conf_low[0] == -5.0


OTHER_GAPS = ((0.0, 0.0), (0.01, 0.02), (-0.03, 0.0))


@pytest.mark.parametrize("independent", [False, True])
@pytest.mark.parametrize(
    "gaps",
    [(0.0, 0.1), *(pytest.param(gaps, marks=pytest.mark.slow) for gaps in OTHER_GAPS)],
)
def test_the_claim_keeps_its_size_and_its_interval_covers(gaps, independent):
    # Pooled arms have a known SD here, since the joint t costs 2 ms a draw.
    draws, sd, df = 2000, 0.01, 12.0 if independent else np.inf
    rng = np.random.default_rng(20250101)
    values = np.array([*gaps, 0.0]) + rng.normal(0, sd, (draws, 3))
    spread = rng.chisquare(df, (draws, 3)) / df if independent else np.ones((draws, 3))
    truth = max(-gap for gap in gaps)
    covered = claimed = 0
    for value, scale in zip(values, spread, strict=True):
        estimates = simple_estimates(dict(zip(RATES, value, strict=True)), sd, df, independent)
        estimates.covariance[:] = np.diag(scale * sd**2)
        found, _ = best_part_claim(source_of(estimates), AGAINST_PARTS, "lower", 0.95)
        covered += int(found.conf_low[0] <= truth <= found.conf_high[0])
        claimed += int(found.p_value[0] < 0.05)
    # Four Monte-Carlo errors either side of what is promised.
    assert covered / draws >= 0.95 - 0.02
    if truth >= 0:
        assert claimed / draws <= 0.025 + 0.014


def test_the_part_that_sets_p_may_be_another_than_the_best():
    # A looks best; B is known so badly that it is less surely beaten.
    estimates = simple_estimates({"A": 0.010, "B": 0.011, "A+B": 0.0})
    covariance = np.diag([0.0005**2, 0.02**2, 0.0005**2])
    source = source_of(replace(estimates, covariance=covariance))
    parts = source.contrast_of(AGAINST_PARTS, 0.95)
    found, chosen = best_part_claim(source, AGAINST_PARTS, "lower", 0.95)
    assert chosen == (0, 1)
    assert found.estimate[0] == parts.estimate[0]
    assert found.p_value[0] == pytest.approx(parts.p_value[1])
    assert chosen.words(["A", "B"]) == " (best: A; p: B)"
