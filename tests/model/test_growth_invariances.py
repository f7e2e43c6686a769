"""What must not change a growth rate, and what scales it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenotrack.model.growth_fit import GrowthFit

from . import growth_studies as studies

few = settings(max_examples=8, deadline=None, derandomize=True)


def assert_same_rates(one: GrowthFit, other: GrowthFit, per_day: float = 1.0, rtol: float = 1e-5):
    """The same slopes, spread and df, those of ``other`` times ``per_day``."""
    k = len(one.tested)
    assert one.tested.tolist() == other.tested.tolist()
    a, b = one.rates(), other.rates()
    np.testing.assert_allclose(a.values, b.values * per_day, rtol=rtol, atol=1e-9)
    np.testing.assert_allclose(a.covariance, b.covariance * per_day**2, rtol=rtol, atol=1e-12)
    weights = np.vstack([np.eye(k), np.eye(k)[:1] - np.eye(k)[1:]])
    np.testing.assert_allclose(
        a.degrees_of_freedom(weights), b.degrees_of_freedom(weights), rtol=1e-4
    )


either = st.sampled_from(("by_arm", "pooled"))


@few
@given(studies.random_sheets(), either, st.integers(0, 99))
def test_neither_row_order_nor_mouse_names_matter(sheet, variances, seed):
    one = studies.fit(sheet, variances=variances)
    names = sheet["mouse"].unique()
    shuffled = np.random.default_rng(seed).permutation(len(names))
    renamed = sheet.assign(mouse=sheet["mouse"].map(dict(zip(names, shuffled, strict=True))))
    arms = pd.CategoricalDtype(list(dict.fromkeys(sheet["arm"])))
    other = renamed.astype({"arm": arms}).sample(frac=1, random_state=seed)
    assert_same_rates(one, studies.fit(other, variances=variances))


@few
@given(studies.random_sheets(), either)
def test_the_unit_of_days_scales_the_rates(sheet, variances):
    weekly = sheet.assign(day=sheet["day"] * 7)
    one, other = studies.fit(sheet, variances=variances), studies.fit(weekly, variances=variances)
    assert_same_rates(one, other, per_day=7)


@few
@given(studies.random_sheets(), either)
def test_the_unit_of_volume_cancels(sheet, variances):
    cubic_cm = sheet.assign(volume=sheet["volume"] / 1000)
    one, other = studies.fit(sheet, variances=variances), studies.fit(cubic_cm, variances=variances)
    assert_same_rates(one, other)
    start, moved = (studies.intercepts(fit)[:2] for fit in (one, other))
    assert start - moved == pytest.approx(np.log(1000))


@few
@given(studies.random_sheets(arms=3), either)
def test_arms_in_another_order_have_the_same_rates(sheet, variances):
    order = ["arm 2", "arm 0", "arm 1"]
    other = studies.fit(sheet.astype({"arm": pd.CategoricalDtype(order)}), variances=variances)
    one = studies.fit(sheet, variances=variances)
    assert other.design.arm_names == tuple(order)
    turned = np.concatenate([one.blocks[code] for code in (2, 0, 1)])
    np.testing.assert_allclose(other.values, one.values[turned], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(
        other.covariance, one.covariance[np.ix_(turned, turned)], rtol=1e-5, atol=1e-10
    )


@few
@given(studies.random_sheets(), either)
def test_a_contrast_and_its_mirror_have_the_same_df(sheet, variances):
    slopes = studies.fit(sheet, variances=variances).rates()
    weights = np.array([[1.0, -1.0], [2.0, -2.0]])
    df = slopes.degrees_of_freedom(weights)
    assert slopes.degrees_of_freedom(-weights) == pytest.approx(df)
    assert df[0] == pytest.approx(df[1])
