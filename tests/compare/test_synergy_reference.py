"""Studies fitted here against the same studies in R: lme4, emmeans, pbkrtest, Johansen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from model.growth_studies import fit_study, study_of

from xenotrack.compare.expectations import bliss, expectations, weights_of
from xenotrack.compare.factorial import estimate_factorials
from xenotrack.compare.joint_tests import joint_test_of
from xenotrack.compare.synergy import estimate_synergy

from .combos import NUMBERS
from .reference import REFERENCE, read_reference

pytestmark = pytest.mark.parametrize("variances", ["pooled", "by_arm"])
both = pytest.mark.parametrize("study", ["factorial", "two_by_two"])

# Slopes and their errors agree to 1e-6 or better; p-values far out in the tail magnify that.
CLOSE = {"rel": 1e-5, "abs": 1e-8}


def fitted(study, variances):
    sheet = pd.read_csv(REFERENCE / "studies" / f"{study}.csv")
    return fit_study(study_of(sheet, variances=variances))


def sorted_name(name):
    return " ".join("+".join(sorted(word.split("+"))) for word in name.split(" "))


def in_r(row):
    """The name that the R program gives a row."""
    split = row["reference"] == "bliss_doublet"
    return sorted_name(f"{row['reference']} {row['expectation' if split else 'combination']}")


def numbers(row):
    return [row[name] for name in NUMBERS]


@both
@pytest.mark.parametrize(("scale", "table"), [("rate", "excess"), ("ln_volume", "change")])
def test_excesses_are_those_of_r(study, variances, scale, table):
    reference = read_reference(f"{study}.synergy")
    rows = {sorted_name(row["contrast"]): row for row in reference[variances][table]}
    fit = fitted(study, variances)
    found = estimate_synergy(fit.rates(), fit.design, 0.95, float(reference["day"]))
    linear = found.only(("bliss", "bliss_doublet", "interaction"), (scale,)).to_frame()
    assert len(linear) == len(rows)
    for row in linear.to_dict("records"):
        assert numbers(row) == pytest.approx(numbers(rows[in_r(row)]), **CLOSE)


@both
def test_added_responses_are_those_of_r(study, variances):
    reference = read_reference(f"{study}.synergy")
    fit = fitted(study, variances)
    found = estimate_synergy(fit.rates(), fit.design, 0.95, float(reference["day"]))
    rows = {row["contrast"]: row for row in reference[variances]["additivity"]}
    frame = found.only(("additivity",)).to_frame()
    assert set(frame["combination"]) == set(rows)
    for row in frame.to_dict("records"):
        theirs = rows[row["combination"]]
        assert numbers(row) == pytest.approx(numbers(theirs), **CLOSE)
        index = [row[name] for name in ("combination_index", "index_low", "index_high")]
        expected = [theirs[name] for name in ("index", "index_low", "index_high")]
        assert index == pytest.approx(expected, **CLOSE)


@both
def test_the_factorial_and_its_joint_tests_are_those_of_r(study, variances):
    reference = read_reference(f"{study}.synergy")[variances]
    fit = fitted(study, variances)
    (found,) = estimate_factorials(fit.rates(), fit.design, 0.95, joint_test_of(fit))
    frame = found.to_frame().iloc[: len(found.effects)]
    theirs = {sorted_name(row["contrast"]): row for row in reference["factorial"]}
    assert set(frame["effect"]) == set(theirs)
    for row in frame.to_dict("records"):
        assert numbers(row) == pytest.approx(numbers(theirs[row["effect"]]), **CLOSE)
    joint = {row["test"]: row for row in reference["joint"]}
    for test, row in ((found.additive, joint["interactions"]), (found.inert, joint["effects"])):
        assert joint_numbers(test) == pytest.approx(joint_numbers(row), rel=1e-5)


def joint_numbers(test):
    names = ("statistic", "df_numerator", "df_denominator")
    return [test[n] if isinstance(test, dict) else getattr(test, n) for n in names]


@both
def test_the_joint_test_of_several_excesses_is_that_of_r(study, variances):
    reference = read_reference(f"{study}.synergy")[variances]["joint"]
    fit = fitted(study, variances)
    pairs = [arm for arm in fit.design.arms if len(arm.drugs) == 2]
    asked = [next(bliss(fit.design, arm)) for arm in pairs]
    weights = np.vstack([weights_of(fit.design, fit.design.arm_names, e) for e in asked])
    found = joint_test_of(fit)(weights)
    (row,) = [row for row in reference if row["test"] == "pairs"]
    assert joint_numbers(found) == pytest.approx(joint_numbers(row), rel=1e-5)


def test_every_excess_of_the_full_factorial_is_asked_of_r(variances):
    fit = fitted("factorial", variances)
    asked = [e for e in expectations(fit.design) if not e.reference.startswith("hsa")]
    linear = [e for e in asked if e.reference != "additivity"]
    assert len(linear) == len(read_reference("factorial.synergy")[variances]["excess"])
