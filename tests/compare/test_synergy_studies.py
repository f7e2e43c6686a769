"""Synergy of whole studies: a published one, one with readings below the limit, and bad ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from model.growth_studies import simulated, study_of

from xenotrack.compare.claims import synergy_claims
from xenotrack.compare.growth_synergy import growth_synergy, visit_days
from xenotrack.compare.verdicts import WITHHELD
from xenotrack.model.growth import fit_growth
from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from .combos import reasons

RATES = {"vehicle": 0.08, "A": 0.06, "B": 0.05, "A+B": 0.03}
SHARED = Path(__file__).parents[3] / "shared" / "data"


def published(name: str, **rules):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    return Results(read_study(path, read_rules(None, rules)))


def two_drugs(df: str):
    arms = {"Control": [], "DrugA": ["A"], "DrugB": ["B"], "Combination": ["A", "B"]}
    growth = {"shape": "line", "baseline": "ratio", "variances": "pooled", "df": df}
    return published("synergylmm_grwth_data.csv", arms=arms, growth=growth)


def test_the_published_two_drug_study_is_reproduced():
    results = two_drugs("normal")
    rates = results.growth.to_frame()
    assert rates["estimate"].tolist() == pytest.approx(
        [0.0785524, 0.0749198, 0.0630699, 0.0348793], abs=5e-7
    )
    assert rates["std_error"].tolist() == pytest.approx([0.0032268] * 4, abs=5e-7)
    bliss = results.synergy.only(("bliss",), ("rate",)).to_frame().iloc[0]
    assert bliss["estimate"] == pytest.approx(-0.0245579, abs=5e-7)
    assert bliss["std_error"] == pytest.approx(0.0064537, abs=5e-7)
    assert bliss["combination_index"] == pytest.approx(0.4787, abs=5e-5)
    assert bliss["p_value"] == pytest.approx(1.42e-4, abs=5e-7)
    hsa = results.synergy.only(("hsa",), ("rate",)).to_frame().iloc[0]
    assert hsa["estimate"] == pytest.approx(0.0348793 - 0.0630699, abs=1e-6)
    assert hsa["expectation"] == "best of DrugA and DrugB"


def test_with_few_mice_the_published_p_value_is_too_small():
    bliss = two_drugs("kenward-roger").synergy.only(("bliss",), ("rate",)).to_frame().iloc[0]
    assert bliss["df"] == pytest.approx(28)
    assert bliss["p_value"] == pytest.approx(7.07e-4, abs=5e-7)
    assert bliss["verdict"] == "synergy"


def test_a_published_dose_grid_is_found_by_its_names():
    results = published("maeve_palb_temo_01.csv", study={"control": "veh"})
    grid = results.dose_grid
    assert grid["dose_b"].dropna().tolist() == [2.25, 6.8, 22.5]
    assert set(grid["drug_a"] + grid["drug_b"]) == {"palbtem"}
    assert grid["combination"].tolist()[-1] == "all doses"
    assert 0 < grid["p_value"].iloc[-1] < 1


def test_days_are_the_visits_within_those_fitted():
    study = study_of(simulated(RATES, days=(-3, 0, 4, 8, 12)))
    fit = fit_growth(study)
    assert visit_days(study, fit) == [4, 8, 12]
    found = growth_synergy(study, fit, visit_days(study, fit)).to_frame()
    chosen = found.query("scale == 'ln_volume' and reference == 'bliss'")
    assert chosen["day"].tolist() == [4, 8, 12]
    assert found.query("scale == 'rate'")["day"].unique().tolist() == [12]


def test_a_day_nobody_measured_is_doubted():
    study = study_of(simulated(RATES))
    fit = fit_growth(study)
    told = {doubt.rule for doubt in growth_synergy(study, fit, [40.0]).doubts}
    assert "volume-extrapolated" in told
    assert "volume-extrapolated" not in {d.rule for d in growth_synergy(study, fit).doubts}


def sinking():
    """The combination sinks to a floor that calipers do not see through."""
    rates = {"vehicle": 0.10, "A": -0.05, "B": -0.04, "A+B": -0.17}
    sheet = simulated(rates, n_mice=8, slope_sd=0.004, noise_sd=0.05, seed=3)
    floor = 20.0
    return study_of(sheet.assign(volume=sheet["volume"].clip(lower=floor - 1)), limit_mm3=floor)


def test_a_combination_that_sinks_out_of_sight_is_no_antagonist():
    study = sinking()
    share = study.readings.query("arm == 'A+B'")["below_limit"].mean()
    assert share > 0.10
    found = growth_synergy(study, fit_growth(study))
    seen = replace(study, measurements=study.measurements.assign(below_limit=False), limit_mm3=0.0)
    naive = growth_synergy(seen, fit_growth(seen))
    bliss = [e.reference == "bliss" for e in naive.asked]
    assert "antagonism" in np.array(naive.verdicts, dtype=object)[bliss]
    assert "antagonism" not in found.verdicts
    assert "antagonism-below-limit" in {doubt.rule for doubt in found.doubts}


def test_what_is_withheld_of_growth_is_withheld_of_synergy():
    sheet = simulated(RATES | {"A+B": -0.02}, days=(0, 3, 7, 10, 14, 17))
    early = (sheet["arm"] == "A+B") & (sheet["day"] <= 3)
    study = study_of(sheet.assign(volume=sheet["volume"].where(~early, 5.0)), 15)
    found = growth_synergy(study, fit_growth(study))
    claims = list(synergy_claims(found, study.design, lambda arms: (0.0, 17.0)))
    assert claims
    assert {claim.shows for claim in claims if claim.p_adjusted < 0.05} == {WITHHELD}
    assert {claim.withheld for claim in claims if claim.shows == WITHHELD} == {"tumors-awaited"}


def test_one_arm_with_one_mouse_is_named_and_the_rest_is_computed():
    rates = RATES | {"C": 0.05, "A+C": 0.03}
    study = study_of(simulated(rates, n_mice={arm: 1 if arm == "C" else 6 for arm in rates}))
    found = growth_synergy(study, fit_growth(study))
    told = reasons(found)
    assert (
        "arm C has no standard error (fewer than two usable mice or cages)"
        in told["no-bliss", "A+C"]
    )
    by_arm = found.only(("bliss",), ("rate",)).to_frame().set_index("combination")["p_value"]
    assert np.isfinite(by_arm["A+B"])
    assert np.isnan(by_arm["A+C"])


def test_a_study_without_control_still_has_its_best_parts():
    rates = {arm: rate for arm, rate in RATES.items() if arm != "vehicle"}
    study = study_of(simulated(rates))
    found = growth_synergy(study, fit_growth(study))
    assert {e.reference for e in found.asked} == {"hsa"}
    assert ("no-bliss", "A+B") in reasons(found)


@pytest.mark.parametrize("arms", [["vehicle", "A+B"], ["vehicle", "A", "B"], ["A", "B"]])
def test_studies_without_singles_or_combinations_have_empty_tables(arms):
    results = Results(study_of(simulated(dict.fromkeys(arms, 0.05))))
    assert results.synergy.to_frame().empty
    assert results.factorial.empty
    assert results.dose_grid.empty
    told = reasons(results.synergy)
    assert (("no-bliss", "A+B") in told) == ("A+B" in arms)
    if told:
        assert "no other arm received A" in told["no-bliss", "A+B"]


def test_the_same_study_in_another_order_gives_the_same_rows():
    sheet = simulated(RATES)
    turned = sheet.iloc[::-1].reset_index(drop=True)
    turned["arm"] = pd.Categorical(turned["arm"], categories=list(RATES))
    one, other = (Results(study_of(each)).synergy.to_frame() for each in (sheet, turned))
    numbers = one.select_dtypes("number").columns
    assert one[numbers].to_numpy() == pytest.approx(
        other[numbers].to_numpy(), rel=1e-6, nan_ok=True
    )
