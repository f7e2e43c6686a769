"""Each claim without each mouse: as if the mouse had never been in the sheet."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.leave_one_out import MOST_MICE, doubts_about_mice, leave_one_out
from xenotrack.compare.multiplicity import holm_p
from xenotrack.model.growth import fit_log_volumes, without_mouse
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from .reference import REFERENCE, read_reference

SAMPLES = Path(__file__).parents[2] / "sample_data"


def results_of(name, compare=None, growth=None, without=None):
    # A sheet without a mouse may have other knots and other days; a line has neither.
    rules = {"compare": compare or {}, "growth": {"shape": "line", **(growth or {})}}
    if without is not None:
        rules["exclude"] = [{"mouse": without, "reason": "left out by the test"}]
    return Results(read_study(SAMPLES / name, read_rules(None, rules)))


def p_of(results, row):
    (contrasts,) = results.compare(("growth_rate",))
    found = contrasts.to_frame().set_index(["family", "contrast"])
    return found.loc[(row["family"], row["contrast"]), "p_adjusted"]


@pytest.mark.parametrize(
    ("compare", "growth"),
    [
        ({}, {}),
        ({"adjust": "none"}, {"variances": "pooled"}),
        ({"primary": "alpelisib+fulvestrant - best part"}, {"baseline": "ratio"}),
        (
            {"primary": "fulvestrant - alpelisib"},
            {"baseline": "common", "variances": "pooled"},
        ),
    ],
    ids=["by arm", "pooled", "ratio", "common baseline"],
)
def test_a_claim_without_a_mouse_is_that_of_a_sheet_without_it(compare, growth):
    whole = results_of("combination.csv", compare, growth)
    found = whole.leave_one_out
    assert len(found) == 4 + (compare.get("primary") == "fulvestrant - alpelisib")
    for row in found.to_dict("records"):
        assert row["p_adjusted"] == pytest.approx(p_of(whole, row), rel=1e-9)
        for end in ("lowest", "highest"):
            without = results_of("combination.csv", compare, growth, row[f"without_{end}"])
            assert row[f"p_{end}"] == pytest.approx(p_of(without, row), rel=1e-6)


def test_mice_that_turn_a_verdict_are_named_and_doubted():
    results = Results(read_study(SAMPLES / "resistant.toml"))
    found = results.leave_one_out.set_index("contrast")
    row = found.loc["fulvestrant - vehicle"]
    assert row["family"] == "control"
    assert row["p_adjusted"] < 0.05 < row["p_highest"]
    named = row["changed_by"].split("; ")
    assert (len(named), named[0]) == (row["n_changes"], row["without_highest"])
    (text,) = [
        doubt.text
        for doubt in results.doubts
        if doubt.rule == "verdict-rests-on-a-mouse" and " - ".join(doubt.arms) == row.name
    ]
    assert text.startswith(f"Without mouse {named[0]} the growth of")
    assert f"would not be shown to differ (p = {row['p_highest']:.2g}, beside" in text
    assert f"{row['n_changes'] - 1} other mice alone would turn it" in text


def test_firm_claims_bear_no_doubt():
    found = results_of("two_arm.csv").leave_one_out
    assert found["n_changes"].tolist() == [0]
    assert not list(doubts_about_mice(found, 0.95))


def test_an_arm_left_with_one_mouse_has_no_claim():
    results = results_of("two_arm.csv")
    mice = results.study.mice
    gone = mice.loc[mice["arm"] == "alpelisib", "mouse"].iloc[2:].tolist()
    rules = {"exclude": [{"mouse": mouse, "reason": "few are left"} for mouse in gone]}
    study = read_study(SAMPLES / "two_arm.csv", read_rules(None, rules))
    rows = take_log_volumes(study)
    fit = fit_log_volumes(rows, study.design)
    last = int(np.flatnonzero(rows.mouse_arm == 1)[0])
    left = without_mouse(fit, rows, last).rates()
    assert np.isnan(np.diag(left.covariance)).tolist() == [False, True]
    # The mice of the other arm can still be left out.
    found = leave_one_out(fit, rows)
    assert found["n_changes"].tolist() == [0]
    assert set(found["without_lowest"]) <= set(mice.loc[mice["arm"] == "vehicle", "mouse"])


def test_two_mice_an_arm_leave_no_claim_without_one_of_them():
    sheet = "mouse,arm,day,volume\n" + "".join(
        f"{arm}{m},{arm},{day},{100 + 10 * m + day * (1 + m)}\n"
        for arm in ("vehicle", "A")
        for m in (1, 2)
        for day in (0, 3, 7)
    )
    assert Results(read_study(sheet.encode())).leave_one_out.empty


def test_beyond_the_most_mice_of_one_model_nothing_is_told(monkeypatch):
    monkeypatch.setattr("xenotrack.compare.leave_one_out.MOST_MICE", 9)
    assert MOST_MICE == 200
    assert results_of("combination.csv", growth={"variances": "pooled"}).leave_one_out.empty


def test_by_dunnett_only_the_claims_on_parts_are_told():
    found = results_of("combination.csv", {"adjust": "dunnett"}).leave_one_out
    assert set(found["family"]) == {"parts"}


def claims_in_r(mice):
    """p of every claim without each mouse, by R's contrasts: Holm in each family."""
    without = {}
    for mouse, rows in mice.groupby("mouse", sort=False):
        p = rows.set_index("contrast")["p_value"]
        effect = rows.set_index("contrast")["estimate"]
        control = [name for name in p.index if name.endswith(" - vehicle")]
        parts = [name for name in p.index if name not in control]
        # A combination is better than its best part: twice the largest one-sided p.
        one_sided = np.where(effect[parts] < 0, p[parts] / 2, 1 - p[parts] / 2)
        claims = dict(zip(control, holm_p(p[control].to_numpy()), strict=True))
        claims[f"{parts[0].split(' - ')[0]} - best part"] = min(1.0, 2 * one_sided.max())
        without[mouse] = claims
    return pd.DataFrame(without).T


@pytest.mark.parametrize("variances", ["pooled", "by_arm"])
def test_claims_without_each_mouse_are_those_of_r(variances):
    theirs = claims_in_r(pd.DataFrame(read_reference("two_by_two.leave_one_out")[variances]))
    rules = read_rules(None, {"growth": {"shape": "line", "variances": variances}})
    study = read_study(REFERENCE / "studies" / "two_by_two.csv", rules)
    found = Results(study).leave_one_out.set_index("contrast")
    assert set(found.index) == set(theirs.columns)
    assert len(theirs) == 32
    for contrast, row in found.iterrows():
        for end, extreme in (("lowest", theirs.idxmin()), ("highest", theirs.idxmax())):
            assert row[f"without_{end}"] == extreme[contrast]
            assert row[f"p_{end}"] == pytest.approx(theirs[contrast][extreme[contrast]], rel=1e-5)
        p = row["p_adjusted"]
        turned = (theirs[contrast] < 0.05) != (p < 0.05)
        assert row["n_changes"] == turned.sum()
        assert set(filter(None, row["changed_by"].split("; "))) == set(theirs.index[turned])


def test_every_claim_has_a_p_value_without_each_mouse():
    results = results_of("combination.csv")
    claims, each = results.leave_one_out, results.leave_one_out_mice
    mice = results.study.mice["mouse"]
    assert len(each) == len(claims) * len(mice)
    for row in claims.to_dict("records"):
        own = each[(each["contrast"] == row["contrast"]) & (each["family"] == row["family"])]
        p = own.set_index("mouse")["p_adjusted"]
        assert set(p.index) == set(mice)
        assert (p.min(), p.max()) == (row["p_lowest"], row["p_highest"])
        assert p[row["without_lowest"]] == row["p_lowest"]
        turned = p.index[(p < 0.05) != (row["p_adjusted"] < 0.05)]
        assert set(turned) == set(filter(None, row["changed_by"].split("; ")))
