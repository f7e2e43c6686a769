"""The contrast named beforehand, as typed and as told."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest

KEY = ["outcome", "family", "contrast"]


def compared(answer) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(answer.stdout)).set_index(KEY)


@pytest.mark.parametrize(
    "typed", ["vehicle - alpelisib", "alpelisib  -  vehicle", '["vehicle", "alpelisib"]']
)
def test_a_primary_contrast_typed_in_any_way_is_the_same_row(ask, sample, typed) -> None:
    asked = ("compare", sample("combination.csv"), "-f", "csv", "--outcome", "growth_rate")
    plain = compared(ask(*asked, "--primary", "alpelisib - vehicle", code=0))
    pd.testing.assert_frame_equal(compared(ask(*asked, "--primary", typed, code=0)), plain)
    row = plain.loc[("growth_rate", "control", "alpelisib - vehicle")]
    assert (row["adjustment"], row["p_adjusted"]) == ("none", row["p_value"])


def test_a_primary_contrast_the_other_way_round_is_spoken_of(ask, sample, tmp_path) -> None:
    out = tmp_path / "out"
    typed = ("--primary", "vehicle - alpelisib", "--figures", "none")
    asked = ("run", sample("two_arm.csv"), *typed, "-o", out)
    assert "- Primary contrast: alpelisib grew slower than vehicle" in ask(*asked, code=0).stdout
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "<strong>Primary contrast:</strong> alpelisib grew slower than vehicle" in page
    assert json.loads((out / "results.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", ["compare", "growth", "response"])
def test_a_primary_contrast_of_no_arm_is_a_slip_of_typing_and_an_error_of_the_toml(
    ask, sample, tmp_path, command
) -> None:
    typed = ask(command, sample("two_arm.csv"), "--primary", "alplisib - vehicle", code=2)
    assert "Did you mean 'alpelisib'?" in typed.stderr
    toml = tmp_path / "study.toml"
    toml.write_text(
        f"[study]\nsheet = {json.dumps(sample('two_arm.csv'))}\n"
        '[compare]\nprimary = "alplisib - vehicle"\n',
        encoding="utf-8",
    )
    assert "Did you mean 'alpelisib'?" in ask(command, toml, code=1).stderr
    assert "primary-not-of-arms" in ask("check", toml, code=1).stdout


def test_an_arm_whose_name_begins_with_a_bracket_can_be_named(ask, tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = [
        f"m{mouse},{'vehicle' if mouse < 3 else '[18F] probe'},{day},{200 + mouse * (day + 1)}\n"
        for mouse in range(6)
        for day in (0, 3, 7)
    ]
    sheet.write_text("mouse,arm,day,volume\n" + "".join(rows), encoding="utf-8")
    answer = ask(
        *("compare", sheet, "--outcome", "growth_rate", "-f", "csv"),
        *("--primary", "[18F] probe - vehicle"),
        code=0,
    )
    assert set(compared(answer)["adjustment"]) == {"none"}


def test_names_with_dashes_are_told_whole(ask, faults) -> None:
    answer = ask("compare", faults("claims/dash.toml"), "--outcome", "growth_rate", "-f", "csv")
    rows = compared(answer).reset_index()
    alone = rows[rows["contrast"] == "G4 - alpelisib+fulvestrant - G3 - fulvestrant"]
    assert set(alone["adjustment"]) == {"none"}
