"""Arms without each of their mice at once, held against each fitted by itself."""

from pathlib import Path

import numpy as np
import pytest

from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.left_out import without_each_mouse
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.pieces import fitted_again
from xenotrack.model.reml import fit_each, fit_patterns
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

SAMPLES = Path(__file__).parents[2] / "sample_data"


@pytest.mark.parametrize(
    ("shape", "df"), [("curve", "kenward-roger"), ("line", "satterthwaite"), ("curve", "cr2")]
)
def test_an_arm_without_each_mouse_is_that_of_a_sheet_without_it(shape, df):
    rules = read_rules(None, {"growth": {"shape": shape, "df": df}})
    study = read_study(SAMPLES / "combination.csv", rules)
    rows = take_log_volumes(study)
    fit = fit_log_volumes(rows, study.design)
    left = without_each_mouse(fit.pieces, study.design)
    assert sorted(mouse for each in left for mouse in each) == list(range(len(rows.mice)))
    for piece, each in zip(fit.pieces, left, strict=True):
        for mouse, found in list(each.items())[:4]:
            alone = fitted_again(piece, piece.rows.without(mouse), study.design)
            np.testing.assert_allclose(found.values, alone.values, rtol=1e-6)
            np.testing.assert_allclose(found.covariance, alone.covariance, rtol=1e-5, atol=1e-12)
            asked = piece.shapes[0].rate(0, 21)[None]
            assert found.degrees_of_freedom(asked) == pytest.approx(
                alone.degrees_of_freedom(asked), rel=1e-5
            )


def test_models_of_different_size_are_fitted_side_by_side():
    pieces = [
        piece
        for shape in ("curve", "line")
        for piece in fit_of("two_arm.csv", shape).pieces + fit_of("combination.csv", shape).pieces
    ]
    models = [piece.mixed.patterns for piece in pieces]
    assert len({model.p for model in models}) > 1
    for found, model in zip(fit_each(models), models, strict=True):
        alone = fit_patterns(model)
        assert found.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-9)
        np.testing.assert_allclose(found.covariance, alone.covariance, rtol=1e-6, atol=1e-14)
        assert (found.rank, found.iterations) == (alone.rank, alone.iterations)


def fit_of(name, shape):
    study = read_study(SAMPLES / name, read_rules(None, {"growth": {"shape": shape}}))
    return fit_log_volumes(take_log_volumes(study), study.design)
