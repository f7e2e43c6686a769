import numpy as np
import pytest

from xenotrack.errors import FitError
from xenotrack.model.efron import fit_efron, has_finite_maximum
from xenotrack.model.risk_sets import count_risk_sets

from .survival_studies import OWN_STUDIES, SHARED_STUDIES, numbers, own_study, shared_study


@pytest.mark.parametrize("name", OWN_STUDIES)
def test_hazards_agree_with_r_wherever_they_are_finite(name):
    times, answers = own_study(name)
    if answers["cox_efron"] is None or not has_finite_maximum(count_risk_sets(*times.arrays)):
        with pytest.raises(FitError, match="no finite hazard"):
            fit_efron(*times.arrays)
        return
    fit, r = fit_efron(*times.arrays), answers["cox_efron"]
    rows = r["coefficients"]
    assert fit.log_likelihood == pytest.approx(r["loglik"], abs=1e-8)
    np.testing.assert_allclose(
        fit.log_hazards[1:], [row["estimate"] for row in rows], rtol=1e-5, atol=1e-8
    )
    errors = np.sqrt(np.diag(fit.covariance))
    np.testing.assert_allclose(errors[1:], [row["std_error"] for row in rows], rtol=1e-5)
    assert errors[0] == 0


@pytest.mark.parametrize("name", SHARED_STUDIES)
def test_hazards_agree_with_the_shared_studies(name):
    times, answers = shared_study(name)
    if 0 in answers["events"]:
        with pytest.raises(FitError, match="no finite hazard"):
            fit_efron(*times.arrays)
        return
    fit, r = fit_efron(*times.arrays), answers["cox"]["efron"]
    np.testing.assert_allclose(fit.log_hazards[1:], numbers(r["coef"]), rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.covariance))[1:], numbers(r["se"]), rtol=1e-5)


def test_arms_that_progress_one_after_the_other_have_no_finite_hazards():
    days, arm = np.array([1.0, 2, 3, 4, 5, 6]), np.repeat([0, 1], 3)
    with pytest.raises(FitError, match="Events by arm: 3, 3; each arm needs one"):
        fit_efron(days, np.ones(6, bool), arm, 2)


def test_one_late_event_of_the_first_arm_makes_them_finite():
    days, arm = np.array([1.0, 2, 4.5, 4, 5, 6]), np.repeat([0, 1], 3)
    fit = fit_efron(days, np.ones(6, bool), arm, 2)
    assert -3 < fit.log_hazards[1] < 0
