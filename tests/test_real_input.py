"""Public studies as laboratories saved them; kept beside the repository, skipped where absent."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from costs import often

from xenotrack.present import studio
from xenotrack.present.figures.catalogue import FIGURES

SHEETS = {
    "synergylmm_grwth_data.csv": ["--control", "Control"],
    "invivosyn_CR1197.csv": ["--control", "Vehicle", "--day-zero", "first"],
    "invivosyn_SW837.csv": ["--control", "Vehicle"],
    "invivosyn_LS_1034.csv": ["--control", "Vehicle"],
    "invivosyn_SNU-81.csv": ["--control", "Vehicle"],
    "inspectumours_example.csv": ["--control", "Control"],
    "squeak_long_mice.csv": ["--control", "Control", "--unit", "cm3"],
    "maeve_palb_temo_01.csv": ["--control", "veh"],
}
COMBINED = [
    *("--arm", "Control=", "--arm", "DrugA=A", "--arm", "DrugB=B", "--arm", "Combination=A,B"),
]
# As SynergyLMM fits them: ln(V/V0) ~ 0 + day:arm, random slope only, one covariance (R nlme).
PUBLISHED = ["--shape", "line", "--baseline", "ratio", "--variances", "pooled", *COMBINED]
RATES = {"Control": 0.0785524, "DrugA": 0.0749198, "DrugB": 0.0630699, "Combination": 0.0348793}
ROUNDING = 0.6e-7  # the published numbers have seven decimals


@pytest.fixture
def unpainted(monkeypatch) -> None:
    """Figures without drawing, which takes seconds a study."""
    monkeypatch.setattr(studio, "_draw", lambda kinds, drawable: [])
    monkeypatch.setattr(studio, "_can_share_work", lambda: False)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.usefixtures("unpainted")
@pytest.mark.parametrize("name", often(SHEETS, ["invivosyn_SW837.csv"]))
def test_run_answers(ask, shared, tmp_path, name) -> None:
    answer = ask("run", shared(name), *SHEETS[name], "-o", tmp_path / "out", code=0)
    manifests = [*(tmp_path / "out").rglob("manifest.json")]
    assert len(manifests) == (3 if name.startswith("inspectumours") else 1)
    assert "Traceback" not in answer.stderr
    assert answer.stdout
    for path in (tmp_path / "out").rglob("growth.csv"):
        growth = rows_of(path.read_text(encoding="utf-8"))
        assert any(row["conf_low"] for row in growth)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(SHEETS))
def test_run_draws(ask, shared, tmp_path, name) -> None:
    ask("run", shared(name), *SHEETS[name], "-o", tmp_path / "out", code=0)
    studies = len([*(tmp_path / "out").rglob("manifest.json")])
    drawn = [figure for figure in FIGURES if not figure.on_request]
    assert len([*(tmp_path / "out").rglob("*.svg")]) == 2 * len(drawn) * studies


@pytest.mark.parametrize(
    "name", often(SHEETS, ["squeak_long_mice.csv", "synergylmm_grwth_data.csv"])
)
def test_every_command_answers(ask, shared, name) -> None:
    options = [*SHEETS[name], *(["--select", "Study 2"] if name.startswith("insp") else [])]
    for command in ("tidy", "response", "growth", "progression", "compare", "tolerability"):
        assert ask(command, shared(name), *options, code=0).stdout


def test_the_published_rates_are_reproduced(ask, shared) -> None:
    sheet = shared("synergylmm_grwth_data.csv")
    found = json.loads(ask("growth", sheet, *PUBLISHED, "-f", "json", code=0).stdout)
    for row in found["rows"]:
        assert row["estimate"] == pytest.approx(RATES[row["arm"]], abs=ROUNDING)


@pytest.mark.parametrize("df", ["satterthwaite", "normal"])
def test_the_published_standard_errors_are_reproduced(ask, shared, df) -> None:
    sheet = shared("synergylmm_grwth_data.csv")
    for row in rows_of(ask("growth", sheet, *PUBLISHED, "--df", df, "-f", "csv", code=0).stdout):
        assert float(row["std_error"]) == pytest.approx(0.0032268, abs=ROUNDING)


@pytest.mark.usefixtures("unpainted")
def test_the_published_standard_deviations_are_reproduced(ask, shared, tmp_path) -> None:
    sheet, out = shared("synergylmm_grwth_data.csv"), tmp_path / "out"
    ask("run", sheet, *PUBLISHED, "-o", out, code=0)
    model = json.loads(Path(out / "results.json").read_text(encoding="utf-8"))["growth_model"]
    (component,) = model["components"]
    assert component["residual_sd"] == pytest.approx(0.2124122, abs=ROUNDING)
    assert component["slope_sd"] == pytest.approx(0.0083832, abs=ROUNDING)


@pytest.mark.parametrize(
    ("df", "p_value", "rounding"), [("normal", 1.42e-4, 0.5e-6), ("kenward-roger", 7.07e-4, 0.5e-6)]
)
def test_the_published_bliss_contrast_is_reproduced(ask, shared, df, p_value, rounding) -> None:
    sheet = shared("synergylmm_grwth_data.csv")
    answer = ask("synergy", sheet, *PUBLISHED, "--df", df, "-f", "csv", code=0)
    (row,) = [
        row
        for row in rows_of(answer.stdout)
        if (row["reference"], row["scale"]) == ("bliss", "rate")
    ]
    assert float(row["estimate"]) == pytest.approx(-0.0245579, abs=ROUNDING)
    assert float(row["std_error"]) == pytest.approx(0.0064537, abs=ROUNDING)
    assert float(row["p_value"]) == pytest.approx(p_value, abs=rounding)
    assert float(row["day"]) == 30
    assert float(row["combination_index"]) == pytest.approx(0.4787, abs=0.5e-4)
    assert row["verdict"] == "synergy"
    if df == "kenward-roger":
        assert float(row["df"]) == pytest.approx(28, abs=0.01)


def test_the_model_matters(ask, shared) -> None:
    """With an intercept for each mouse the same contrast is a third smaller (R lme4)."""
    sheet = shared("synergylmm_grwth_data.csv")
    asked = ("synergy", sheet, "--shape", "line", "--variances", "pooled", *COMBINED, "-f", "csv")
    row = rows_of(ask(*asked, code=0).stdout)[0]
    assert float(row["estimate"]) == pytest.approx(-0.0169055, abs=ROUNDING)
    assert float(row["std_error"]) == pytest.approx(0.0043937, abs=ROUNDING)
