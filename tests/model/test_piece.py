"""What each mouse adds to an estimate, all mice at once, held against one mouse after another."""

from pathlib import Path

import numpy as np
import pytest

from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.piece import each_mouse, normal_equations
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

SAMPLES = Path(__file__).parents[2] / "sample_data"


@pytest.mark.parametrize(
    "growth", [{"shape": "line"}, {"shape": "line", "baseline": "common", "variances": "pooled"}]
)
def test_sums_over_readings_are_the_weighted_cross_products_of_each_mouse(growth):
    study = read_study(SAMPLES / "combination.csv", read_rules(None, {"growth": growth}))
    fit = fit_log_volumes(take_log_volumes(study), study.design)
    for piece in fit.pieces:
        known, seen = normal_equations(piece)
        each = list(each_mouse(piece))
        products = [X.T @ inverse @ X for _, _, X, _, inverse in each]
        rights = [X.T @ inverse @ y for _, y, X, _, inverse in each]
        # Rounding alone differs: V⁻¹ is inverted there, and given by its 2 × 2 part here.
        np.testing.assert_allclose(known, products, rtol=1e-9, atol=1e-9 * np.max(products))
        np.testing.assert_allclose(seen, rights, rtol=1e-9, atol=1e-9 * np.max(rights))
