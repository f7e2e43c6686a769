"""Growth studies with what R says about them, and small ones made by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st

from xenotrack.arrays import Floats
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.study.design import Design
from xenotrack.study.rules import GrowthRules, Rules
from xenotrack.study.study import Study

OWN = Path(__file__).parents[1] / "reference"
SHARED = Path(__file__).parents[3] / "shared" / "reference" / "studies"

OWN_STUDIES = sorted(path.name.split(".")[0] for path in OWN.glob("*.growth.json"))
SHARED_STUDIES = (
    "g01_two_arm_balanced",
    "g03_factorial6",
    "g05_singular_noslope",
    "g07_hetero_arms",
    "g09_tiny_unbalanced",
    "g10_regression_zeros",
)
STUDIES = (*OWN_STUDIES, *SHARED_STUDIES)


# ---- Studies ----------------------------------------------------------------------------------


def study_of(
    sheet: pd.DataFrame,
    limit_mm3: float = 0.0,
    rules: Rules | None = None,
    **growth: Any,
) -> Study:
    """A study of ``mouse arm day volume`` rows, arms in order of appearance.

    Arms may be categorical, to have some without mice.
    """
    arms = (
        sheet["arm"].cat.categories
        if isinstance(sheet["arm"].dtype, pd.CategoricalDtype)
        else sheet["arm"].unique()
    )
    # R's numbers, and most facts of these tests, are of straight lines.
    rules = rules or Rules(growth=GrowthRules(**{"shape": "line", **growth}))
    design = Design.of_names("study", arms, rules)
    return Study.of_frame(sheet.rename(columns={"volume": "volume_mm3"}), design, limit_mm3 or None)


def sheet_of(mice: dict[str, list[Sequence[float]]], days: Sequence[float]) -> pd.DataFrame:
    """Arms of mice of ln volumes on the given days; NaN where a mouse has no reading."""
    frame = pd.DataFrame(
        [
            (f"{arm} {number}", arm, day, np.exp(value))
            for arm, own in mice.items()
            for number, values in enumerate(own)
            for day, value in zip(days, values, strict=False)
        ],
        columns=["mouse", "arm", "day", "volume"],
    )
    return frame.dropna(ignore_index=True)


def simulated(
    rates: dict[str, float],
    n_mice: int | dict[str, int] = 8,
    days: Sequence[float] = (0, 3, 7, 10, 14, 17, 21),
    slope_sd: float | dict[str, float] = 0.015,
    noise_sd: float | dict[str, float] = 0.1,
    bend: dict[str, float] | None = None,
    seed: int = 1,
) -> pd.DataFrame:
    """Mice with lines of their own, ``ln V = 5 + b + (rate + c) day + bend day² + e``."""
    rng = np.random.default_rng(seed)
    day = np.asarray(days, dtype=float)

    def of(value: Any, arm: str) -> Any:
        return value[arm] if isinstance(value, dict) else value

    mice = {
        arm: [
            5
            + rng.normal(0, 0.3)
            + (rate + rng.normal(0, of(slope_sd, arm))) * day
            + (bend or {}).get(arm, 0.0) * day**2
            + rng.normal(0, of(noise_sd, arm), len(day))
            for _ in range(of(n_mice, arm))
        ]
        for arm, rate in rates.items()
    }
    return sheet_of(mice, days)


def fit(sheet: pd.DataFrame, **growth: Any) -> GrowthFit:
    """The lines of the arms alone: no verdicts, no doubts about the readings."""
    return fit_study(study_of(sheet, **growth))


def fit_study(study: Study, below_limit: str | None = None) -> GrowthFit:
    """As ``fit``, with readings below the limit treated in this way."""
    return fit_log_volumes(take_log_volumes(study, below_limit), study.design)


@st.composite
def random_sheets(draw: st.DrawFn, arms: int = 2) -> pd.DataFrame:
    """Arms of three to six mice, some visits missed, spread between mice or none."""
    days = np.cumsum(draw(st.lists(st.integers(1, 5), min_size=4, max_size=8))) - 1.0
    slope_sd = draw(st.sampled_from((0.0, 0.005, 0.03)))
    sheet = simulated(
        {f"arm {code}": draw(st.sampled_from((-0.03, 0.0, 0.08))) for code in range(arms)},
        n_mice={f"arm {code}": draw(st.integers(3, 6)) for code in range(arms)},
        days=days,
        slope_sd=slope_sd,
        seed=draw(st.integers(0, 10_000)),
    )
    missed = draw(st.sets(st.integers(0, len(sheet) - 1), max_size=len(sheet) // 6))
    return sheet.drop(index=sorted(missed)).reset_index(drop=True)


# ---- R's answers ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Terms:
    """Weighted sums (m, 2k) of the arms' intercepts and slopes, with R's numbers for each."""

    labels: list[str]
    weights: Floats
    estimate: Floats
    std_error: Floats
    df: Floats


@dataclass(frozen=True)
class Answers:
    """What R says of the pooled model, in one vocabulary for both collections of studies."""

    arms: list[str]
    log_likelihood: float
    rank: int | None
    variances: Floats
    residual_variance: float
    terms: dict[str, Terms]
    joint: dict[str, tuple[float, float, float]]


@cache
def sheet(name: str) -> pd.DataFrame:
    """A reference study; skips the test where the collection is not here."""
    folder = OWN / "studies" if name in OWN_STUDIES else SHARED
    path = folder / f"{name}.csv"
    if not path.exists():
        pytest.skip("the shared reference studies are not here")
    return pd.read_csv(path, dtype={"mouse": str, "arm": str}, keep_default_na=False)


@cache
def own_json(name: str) -> dict[str, Any]:
    return json.loads((OWN / f"{name}.json").read_text(encoding="utf-8"))


@cache
def answers(name: str) -> Answers:
    sheet(name)
    if name in OWN_STUDIES:
        return _own_answers(own_json(f"{name}.growth"))
    return _shared_answers(json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8")))


def _own_answers(found: dict[str, Any]) -> Answers:
    arms, pooled = found["arms"], found["pooled"]
    extra = found["combination_weights"] or {}
    terms = {}
    for method, suffix in (("kenward-roger", "_kenward_roger"), ("satterthwaite", "")):
        df = f"df_{method.replace('-', '_')}"
        coefficients = [
            {"contrast": i, "estimate": r["estimate"], "std_error": r[f"std_error{suffix}"],
             "df": r[df]}
            for i, r in enumerate(pooled["coefficients"])
        ]  # fmt: skip
        tables = pooled[method.replace("-", "_")]
        rows = [*coefficients, *tables["slopes"], *tables["pairs"], *tables["control"]]
        if method == "kenward-roger":
            rows += pooled.get("combinations") or []
        terms[method] = terms_of(rows, arms, extra)
    return Answers(
        arms=arms,
        log_likelihood=pooled["reml_loglik"],
        rank=pooled["rank"],
        variances=np.array(
            [pooled["var_intercept"], pooled["cov_intercept_day"], pooled["var_day"]]
        ),
        residual_variance=pooled["var_residual"],
        terms=terms,
        joint={
            r["method"]: (r["statistic"], r["df_numerator"], r["df_denominator"])
            for r in pooled["joint"]
        },
    )


def _shared_answers(found: dict[str, Any]) -> Answers:
    model = found["lmm"]
    arms, spread = model["arms"], model["varcorr"]
    terms, joint = {}, {}
    for method, short in (("kenward-roger", "kr"), ("satterthwaite", "satt")):
        std_error = "kr_se" if short == "kr" else "se"
        rows = [
            {"contrast": i, "estimate": r["estimate"], "std_error": r[std_error],
             "df": r[f"{short}_df"]}
            for i, r in enumerate(model["coef"])
        ]  # fmt: skip
        for row in (*model[f"slopes_{short}"], *model[f"pairs_{short}_none"]):
            label = row.get("contrast", row.get("arm"))
            estimate = row.get("estimate", row.get("day.trend"))
            rows.append(
                {"contrast": label, "estimate": estimate, "std_error": row["SE"], "df": row["df"]}
            )
        terms[method] = terms_of(rows, arms, {})
        test = model[f"F_slopes_{short}"]
        joint[method] = (test["F"], test["ndf"], test["ddf"])
    return Answers(
        arms=arms,
        log_likelihood=model["reml_loglik"],
        rank=None,
        variances=np.array([spread["var_int"], spread["cov"], spread["var_day"]]),
        residual_variance=spread["resid"],
        terms=terms,
        joint=joint,
    )


def terms_of(rows: list[dict[str, Any]], arms: list[str], named: dict[str, list[float]]) -> Terms:
    """R's rows as weighted sums: an arm, ``A - B``, a named combination, or R's coefficient i."""
    k = len(arms)
    treatment = np.eye(k) - np.outer(np.arange(k) > 0, np.arange(k) == 0)
    coding = np.kron(np.eye(2), treatment)

    def weights(label: str | int) -> Floats:
        if isinstance(label, int):
            return coding[label]
        slopes = np.zeros(k)
        if label in named:
            slopes[:] = named[label]
        else:
            first, *second = (part.strip("()") for part in label.split(" - "))
            slopes[arms.index(first)] = 1
            if second:
                slopes[arms.index(second[0])] = -1
        return np.concatenate([np.zeros(k), slopes])

    labels = [row.get("contrast", row.get("arm")) for row in rows]
    return Terms(
        [str(label) for label in labels],
        np.array([weights(label) for label in labels]),
        *(np.array([row[key] for row in rows]) for key in ("estimate", "std_error", "df")),
    )


def intercepts(found: GrowthFit) -> Floats:
    """The ln volume of each arm on day 0."""
    return np.array(
        [
            found.values[own] @ shape.height(0)
            for own, shape in zip(found.blocks, found.shapes, strict=True)
        ]
    )


def of_lines(found: GrowthFit, weights: Floats) -> Floats:
    """Weights on k intercepts, then k slopes, as weights on the coefficients of straight lines."""
    k = len(found.shapes)
    moved = np.zeros((len(weights), len(found.values)))
    for code, own in enumerate(found.blocks):
        moved[:, own[0]] = weights[:, code]
        moved[:, own[-1]] = weights[:, k + code]
    return moved


def assert_terms(found: GrowthFit, expected: Terms, rtol: float = 1e-5) -> None:
    """Estimates, standard errors and df as R has them; 1e-9 per day where R says nearly 0."""
    weights = of_lines(found, expected.weights)
    values, covariance = found.values, np.nan_to_num(found.covariance)
    std_error = np.sqrt(np.einsum("mi,ij,mj->m", weights, covariance, weights))
    close = {"rtol": rtol, "atol": 1e-9}
    np.testing.assert_allclose(weights @ values, expected.estimate, **close)
    np.testing.assert_allclose(std_error, expected.std_error, **close)
    np.testing.assert_allclose(found.degrees_of_freedom(weights), expected.df, rtol=rtol)
