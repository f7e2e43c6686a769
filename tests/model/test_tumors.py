"""Growth of mice that bear two tumours, against a model with the tumour nested in its mouse."""

import json
from pathlib import Path

import numpy as np
import pytest

from xenotrack.model.growth import fit_growth
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

REFERENCE = Path(__file__).parents[1] / "reference"
NUMBERS = ["estimate", "std_error", "df"]


def growth_of(tumors):
    rules = read_rules(
        None, {"study": {"tumors": tumors}, "growth": {"variances": "by_arm", "shape": "line"}}
    )
    study = read_study(REFERENCE / "studies/flanks.tumors.csv", rules)
    return fit_growth(study).to_frame()


def in_r(model):
    rows = json.loads((REFERENCE / "flanks.tumors.json").read_text("utf-8"))[model]
    return np.array([[row[name] for name in NUMBERS] for row in rows])


def test_the_geometric_mean_of_a_mouse_gives_the_nested_model_of_r():
    # Where every tumour is read on every day the two are one model; 1e-5 is lme4's own optimum.
    np.testing.assert_allclose(growth_of("each")[NUMBERS], in_r("nested"), rtol=1e-5)


def test_tumours_taken_for_mice_would_be_too_sure():
    assert np.all(in_r("tumors_as_mice")[:, 1] < 0.85 * growth_of("each")["std_error"])


@pytest.mark.parametrize("tumors", ["sum", "largest", "each"])
def test_a_mouse_counts_once_however_many_tumours_it_bears(tumors):
    growth = growth_of(tumors)
    assert growth["n_mice"].tolist() == [8, 8]
    assert growth["n_measurements"].tolist() == [56, 56]
