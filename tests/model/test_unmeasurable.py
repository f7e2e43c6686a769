"""Tumours that could be measured no more: what the mice's changes say where a curve cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from tests.model import growth_studies as studies
from xenotrack.model.growth import fit_growth
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.unmeasurable import unmeasurable_at_end, vanishing_p
from xenotrack.study.study import Study

DAYS = 3.0 * np.arange(10)
LIMIT = 13.0


def study(n_gone: int, n: int = 6, **rules: object) -> Study:
    """An arm of which some tumours vanish between days 6 and 15, beside two that grow."""
    rng = np.random.default_rng(5)

    def mouse(rate: float, gone_from: float = np.inf) -> np.ndarray:
        course = 5 + rng.normal(0, 0.2) + rate * DAYS + rng.normal(0, 0.1, len(DAYS))
        return np.where(gone_from <= DAYS, np.log(LIMIT / 2), course)

    gone = [mouse(0.01, 6.0 + 3 * (i % 4) if i < n_gone else np.inf) for i in range(n)]
    arms = {"gone": gone, **{arm: [mouse(0.05) for _ in range(n)] for arm in ("a", "b")}}
    return studies.study_of(studies.sheet_of(arms, DAYS), LIMIT, **rules)


def test_p_is_that_of_the_changes_with_twice_the_limit_for_what_is_below() -> None:
    rows = take_log_volumes(study(n_gone=6))
    y, own = rows.y, [np.flatnonzero(rows.mouse == mouse) for mouse in range(6)]
    changes = [np.log(2 * LIMIT) - y[at[0]] for at in own]
    expected = ttest_1samp(changes, 0, alternative="less").pvalue
    assert unmeasurable_at_end(rows).tolist() == [6, 0, 0]
    assert vanishing_p(rows) == pytest.approx([expected, np.nan, np.nan], nan_ok=True)


def test_half_of_an_arm_is_not_most_of_it() -> None:
    p = [vanishing_p(take_log_volumes(study(n_gone)))[0] for n_gone in (3, 4)]
    assert np.isnan(p[0])
    assert p[1] < 0.05


@pytest.mark.parametrize("shape", ["line", "curve"])
def test_an_arm_whose_tumours_all_vanished_shrank_whatever_its_rate_can_tell(shape: str) -> None:
    fit = fit_growth(study(n_gone=6, shape=shape))
    assert fit.verdicts == ("shrinking", "growing", "growing")
    assert not [doubt for doubt in fit.doubts if doubt.rule == "below-limit-verdict"]


def test_tumours_that_hovered_about_the_limit_are_not_said_to_have_shrunk() -> None:
    rows = take_log_volumes(study(n_gone=6))
    lower = rows.y - rows.y[rows.day == 0].mean() + np.log(1.5 * LIMIT)
    small = replace(rows, y=np.where(rows.below, rows.y, lower))
    assert vanishing_p(small)[0] > 0.5


def test_cages_as_the_unit_are_not_asked_mouse_by_mouse() -> None:
    rows = take_log_volumes(study(n_gone=6))
    caged = replace(rows, cage=np.repeat(np.arange(9), 2))
    assert vanishing_p(caged) is None
