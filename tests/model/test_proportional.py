import json

import numpy as np
import pytest

from xenotrack.model.efron import fit_efron
from xenotrack.model.proportional import proportional_hazards, score_test
from xenotrack.model.risk_sets import count_risk_sets

from .survival_studies import OWN, own_study

STUDIES = sorted(path.name.split(".")[0] for path in OWN.glob("*.proportional.json"))


@pytest.mark.parametrize("name", STUDIES)
def test_the_score_test_agrees_with_cox_zph(name):
    times, _ = own_study(name)
    answers = json.loads((OWN / f"{name}.proportional.json").read_text("utf-8"))
    for row in answers["tests"]:
        arm = row["contrast"].partition(" - ")[0]
        whole = row["contrast"] == "all arms"
        codes = range(times.k) if whole else (0, times.names.index(arm))
        chosen = np.isin(times.arm, list(codes))
        place = np.searchsorted(list(codes), times.arm[chosen])
        mice = (times.days[chosen], times.events[chosen], place, len(codes))
        found = score_test(count_risk_sets(*mice), fit_efron(*mice).log_hazards)
        # 1e-5: R's maximum stops where the likelihood no longer changes.
        assert found.chi_square == pytest.approx(row["chi_square"], rel=1e-5)
        assert found.df == row["df"]
        assert found.p_value == pytest.approx(row["p_value"], rel=1e-5)


def test_crossing_hazards_are_found_and_constant_ones_are_not():
    random = np.random.default_rng(4)
    arm = np.repeat([0, 1], 60)
    crossing = np.concatenate([random.weibull(0.6, 60), random.weibull(4, 60)])
    constant = np.concatenate([random.exponential(1, 60), random.exponential(2, 60)])
    everybody = np.ones(120, bool)
    assert proportional_hazards(crossing, everybody, arm, 2).p_value < 1e-4
    assert proportional_hazards(constant, everybody, arm, 2).p_value > 0.05


def test_without_events_nothing_is_tested():
    found = proportional_hazards(np.arange(6.0), np.zeros(6, bool), np.repeat([0, 1], 3), 2)
    assert (found.df, np.isnan(found.p_value)) == (0, True)
