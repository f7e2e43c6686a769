"""Arms compared within blocks: what R says of the same model, and what the design decides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.contrasts import estimate_contrasts
from xenotrack.compare.growth_source import growth_source
from xenotrack.model.arm_models import fit_arms, fit_jointly
from xenotrack.model.blocks import linked
from xenotrack.model.growth import fit_growth, without_mouse
from xenotrack.model.joint_reml import JointFit
from xenotrack.model.late import late_rates
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.spread import variance_components
from xenotrack.present.results import Results
from xenotrack.study.design import Design
from xenotrack.study.rules import Rules, StudyRules
from xenotrack.study.study import Study

from . import growth_studies as studies

SUMS = np.array([[-1.0, 1, 0], [-1, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
DAYS = np.array([0.0, 3, 7, 10, 14, 17, 21])


def batches() -> pd.DataFrame:
    """The study of ``blocks.R``: three arms in unequal numbers over three batches."""
    return pd.read_csv(studies.OWN / "studies" / "batches.blocks.csv")


def expected(model: str) -> dict:
    return studies.own_json("batches.blocks")[model]


def crossed(cells: dict[tuple[str, str], int], seed: int = 1, **rates: float) -> pd.DataFrame:
    """Mice of arms in blocks; a later block grows slower by .03 per day."""
    rng = np.random.default_rng(seed)
    names = list(dict.fromkeys(block for _, block in cells))
    rows = [
        (f"{arm}{block}{n}", arm, block, day, np.exp(value))
        for (arm, block), count in cells.items()
        for n in range(count)
        for day, value in zip(
            DAYS,
            5 + rng.normal(0, 0.2)
            + (rates.get(arm, 0.05) - 0.03 * names.index(block) + rng.normal(0, 0.008)) * DAYS
            + rng.normal(0, 0.1, len(DAYS)),
            strict=True,
        )
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["mouse", "arm", "block", "day", "volume"])


def test_pooled_blocks_are_those_of_lme4_and_pbkrtest():
    fit = studies.fit(batches(), variances="pooled")
    found = estimate_contrasts(fit.rates(), SUMS, 0.95)
    rows = expected("pooled")["sums"]
    assert fit.pieces[0].mixed.log_likelihood == pytest.approx(
        expected("pooled")["loglik"], abs=1e-6
    )
    for name, rtol in (("estimate", 1e-6), ("std_error", 1e-6), ("df", 1e-5)):
        wanted = [row[name] for row in rows]
        np.testing.assert_allclose(getattr(found, name), wanted, rtol=rtol, atol=1e-9)
    (joint,) = expected("pooled")["joint"]
    assert fit.slopes_differ().statistic == pytest.approx(joint["statistic"], rel=1e-5)
    assert fit.slopes_differ().df_denominator == pytest.approx(joint["df_denominator"], rel=1e-5)


def test_blocks_by_arm_are_those_of_nlme():
    fit = studies.fit(batches(), df="normal")
    found = estimate_contrasts(fit.rates(), SUMS, 0.95)
    assert fit.pieces[0].mixed.log_likelihood == pytest.approx(
        expected("by_arm")["loglik"], abs=1e-5
    )
    rows = expected("by_arm")["sums"]
    np.testing.assert_allclose(found.estimate, [row["estimate"] for row in rows], atol=1e-6)
    wanted = [row["std_error_unadjusted"] for row in rows]
    np.testing.assert_allclose(found.std_error, wanted, rtol=1e-4)
    assert len(variance_components(fit)) == 3


def test_kenward_roger_of_the_joint_model_is_that_of_its_definition():
    fit = studies.fit(batches())
    piece = fit.pieces[0]
    assert isinstance(piece.mixed, JointFit)
    assert piece.mixed.certificate > -1e-4
    covariance, W, slopes = dense_kenward_roger(piece)
    lift = piece.lift
    np.testing.assert_allclose(piece.covariance, lift @ covariance @ lift.T, rtol=1e-5, atol=1e-12)
    for row in fit.weights_of(fit.rate_asked)[:, fit.places(piece)] @ lift:
        variance, gradient = row @ slopes[0] @ row, np.array([row @ S @ row for S in slopes[1]])
        df = 2 * variance**2 / (gradient @ W @ gradient)
        assert piece.degrees_of_freedom((row @ lift.T)[None])[0] == pytest.approx(df, rel=1e-5)


def dense_kenward_roger(piece):
    """Kenward and Roger's adjusted covariance from n × n matrices, as they define it.

    With the covariance of the variances, and what the slopes of each variance are made of.
    """
    from xenotrack.model.piece import linear_model

    rows = piece.rows
    _, X, Z = linear_model(rows, piece.arms, piece.shapes, piece.lift)
    same = rows.mouse[:, None] == rows.mouse
    units = [np.array(u, float) for u in ([[1, 0], [0, 0]], [[0, 1], [1, 0]], [[0, 0], [0, 1]])]
    V, parts = np.zeros((len(X), len(X))), []
    for code in piece.arms:
        own = piece.component(code)
        inside = same & (rows.arm == code)[:, None]
        each = [inside * (Z @ unit @ Z.T) for unit in units] + [np.diag(1.0 * (rows.arm == code))]
        parts += each
        psi = own.random_covariance
        V += psi[0, 0] * each[0] + psi[1, 0] * each[1] + psi[1, 1] * each[2]
        V += own.residual_variance * each[3]
    inverse = np.linalg.inv(V)
    C = np.linalg.inv(X.T @ inverse @ X)
    P = inverse - inverse @ X @ C @ X.T @ inverse
    PV = [P @ part for part in parts]
    W = np.linalg.inv([[np.sum(a * b.T) / 2 for b in PV] for a in PV])
    VX = inverse @ X
    first = [VX.T @ part @ VX for part in parts]
    U = sum(
        W[a, b] * (VX.T @ parts[a] @ inverse @ parts[b] @ VX - first[a] @ C @ first[b])
        for a in range(len(parts))
        for b in range(len(parts))
    )
    return C + 2 * C @ U @ C, W, (C, [C @ one @ C for one in first])


def test_without_anything_shared_the_joint_model_is_each_arm_alone():
    rows = take_log_volumes(studies.study_of(batches().drop(columns="block")))
    codes, shapes = np.arange(3), studies.fit(batches()).shapes
    joint = fit_jointly(rows, codes, shapes)
    alone = [fit_arms(rows.of_arms(codes == c), np.array([c]), (shapes[c],)) for c in codes]
    assert joint.log_likelihood == pytest.approx(sum(own.log_likelihood for own in alone), abs=1e-8)
    np.testing.assert_allclose(
        joint.coefficients, np.concatenate([own.coefficients for own in alone]), rtol=1e-6
    )


@pytest.mark.parametrize("shape", ["line", "curve"])
def test_what_batches_do_is_not_what_arms_do(shape):
    # Simpson's case: arms alike within each batch, and most of one arm in the slow batch.
    cells = {
        ("v", "1"): 8,
        ("v", "2"): 4,
        ("v", "3"): 2,
        ("d", "1"): 2,
        ("d", "2"): 4,
        ("d", "3"): 8,
    }
    sheet = crossed(cells)
    apart = np.array([[-1.0, 1.0]])
    within, over_all = (
        estimate_contrasts(studies.fit(s, shape=shape).over(["v", "d"]).rates(), apart, 0.95)
        for s in (sheet, sheet.drop(columns="block"))
    )
    assert over_all.p_value[0] < 0.05 < within.p_value[0]
    assert within.std_error[0] < over_all.std_error[0]
    late = late_rates(studies.fit(sheet, shape="curve").over(["v", "d"]))
    assert late.covariance[0, 1] != 0


def test_one_mouse_a_block_and_arm_is_paired():
    sheet = crossed({(arm, str(b)): 1 for arm in "vd" for b in range(6)}, d=0.03)
    study = studies.study_of(sheet, shape="curve")
    fit = fit_growth(study)
    found = growth_source(fit).contrast_of(np.array([[-1.0, 1.0]]), 0.95)
    rate = sheet.groupby(["block", "arm"]).apply(
        lambda one: np.polyfit(one["day"], np.log(one["volume"]), 1)[0], include_groups=False
    )
    difference = rate.unstack().eval("d - v")
    assert found.estimate[0] == pytest.approx(difference.mean())
    assert found.std_error[0] == pytest.approx(difference.std() / np.sqrt(6))
    assert found.df[0] == 5
    assert growth_source(fit).method != fit.over(["v", "d"]).method
    assert "within blocks" in fit.over(["v", "d"]).method
    without = without_mouse(fit, take_log_volumes(study), 0).over(["v", "d"]).rates()
    assert without.degrees_of_freedom(np.array([[-1.0, 1.0]])).tolist() == [4]


def test_arms_that_share_no_block_are_not_claimed():
    cells = {("v", "1"): 4, ("a", "1"): 4, ("b", "2"): 4, ("c", "2"): 4}
    fit = fit_growth(studies.study_of(crossed(cells)))
    rows = take_log_volumes(studies.study_of(crossed(cells)))
    assert [group.tolist() for group in linked(rows, np.arange(4))] == [[0, 1], [2, 3]]
    assert [piece.arms for piece in fit.pieces] == [(0, 1), (2, 3)]
    assert fit.why_withheld(["v", "a"]) == ""
    assert fit.why_withheld(["v", "b"]) == "blocks-not-shared"
    (doubt,) = [doubt for doubt in fit.doubts if doubt.rule == "blocks-not-shared"]
    assert "v, a / b, c" in doubt.text


def test_a_block_of_one_arm_is_named():
    cells = {("v", "1"): 4, ("a", "1"): 4, ("v", "2"): 4, ("a", "2"): 4, ("a", "3"): 2}
    fit = fit_growth(studies.study_of(crossed(cells)))
    (doubt,) = [doubt for doubt in fit.doubts if doubt.rule == "block-of-one-arm"]
    assert "(3: a)" in doubt.text


def test_outcomes_that_know_no_blocks_claim_nothing_of_uneven_arms():
    cells = {
        ("v", "1"): 6,
        ("v", "2"): 2,
        ("d", "1"): 2,
        ("d", "2"): 6,
        ("e", "1"): 6,
        ("e", "2"): 1,
    }
    sheet = crossed(cells).rename(columns={"volume": "volume_mm3"})
    design = Design.of_names("study", ["v", "d", "e"], Rules(study=StudyRules(control="v")))
    results = Results(Study.of_frame(sheet, design))
    (days,) = results.compare(("rmst_days",), ("control",))
    against = dict(zip(days.to_frame()["arm"], days.about, strict=True))
    assert against["d"].withheld == ("uneven-blocks" if against["d"].shows == "withheld" else "")
    assert against["d"].shows in ("withheld", "not shown")
    assert against["e"].withheld == ""
    assert "uneven-blocks" in [doubt.rule for doubt in days.doubts]
