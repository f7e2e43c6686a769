import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenotrack.model.partial_likelihood import efron_rows, penalised_likelihood
from xenotrack.model.risk_sets import count_risk_sets

from .survival_studies import random_times


def rows_of(days, events, arm, k):
    return efron_rows(count_risk_sets(np.array(days, float), np.array(events), np.array(arm), k))


def test_tied_events_leave_one_share_after_the_other():
    rows = rows_of([5, 5, 5, 9], [True, True, False, True], [0, 0, 1, 1], 2)
    np.testing.assert_allclose(np.exp(rows.log_weights), [[2, 2], [1, 2], [0, 1]], atol=1e-15)
    assert rows.events.tolist() == [2, 1]


def test_one_event_of_two_mice_is_a_coin():
    at = penalised_likelihood(rows_of([1, 2], [True, False], [0, 1], 2), np.array([0.0]))
    assert at.unpenalised == pytest.approx(np.log(0.5))
    assert at.penalised == pytest.approx(np.log(0.5) + 0.5 * np.log(0.25))
    assert at.information == pytest.approx(0.25)


@settings(deadline=None)  # shared machines pause
@given(random_times(), st.lists(st.floats(-2, 2), min_size=3, max_size=3))
def test_score_and_curvature_are_the_derivatives(times, beta):
    rows = efron_rows(count_risk_sets(*times.arrays))
    if not rows.log_weights.size or not np.isfinite(rows.log_weights[0]).all():
        return
    beta = np.array(beta[: times.k - 1])
    at = penalised_likelihood(rows, beta)
    for c, direction in enumerate(np.eye(beta.size) * 1e-5):
        up, down = (penalised_likelihood(rows, beta + side * direction) for side in (1, -1))
        # 1e-6: what central differences with steps of 1e-5 leave.
        assert at.score[c] == pytest.approx((up.penalised - down.penalised) / 2e-5, abs=1e-6)
        np.testing.assert_allclose(-at.curvature[c], (up.score - down.score) / 2e-5, atol=1e-6)


def test_hazards_beyond_all_numbers_have_no_likelihood_rather_than_an_overflow():
    rows = rows_of([1, 2, 3], [True, True, True], [0, 1, 0], 2)
    assert penalised_likelihood(rows, np.array([2000.0])).penalised == -np.inf
