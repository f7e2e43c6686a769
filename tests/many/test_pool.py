"""Lines of a sheet, or of folders of results, as one pool: and what keeps a line out of it."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
import pytest

GROWTH = ("--outcome", "growth_rate")  # the cheapest to ask for
ARMS = {"vehicle": 0.05, "A": 0.0, "B": 0.03}
HAZARD = ("--outcome", "log_hazard")


def sheet_of(lines: dict[str, dict[str, int]], seed: int = 1) -> pd.DataFrame:
    """A row a reading: mice of each line and arm, with rates that differ a little by line."""
    rng = np.random.default_rng(seed)
    rows = []
    for line, arms in lines.items():
        shift = rng.normal(0, 0.004)
        for arm, n in arms.items():
            for mouse in range(n):
                rate = ARMS.get(arm, 0.02) + shift + rng.normal(0, 0.005)
                for day in range(0, 29, 4):
                    volume = 200 * np.exp(rate * day + rng.normal(0, 0.08))
                    rows.append((line, f"{line}-{arm}-{mouse}", arm, day, round(volume, 1)))
    return pd.DataFrame(rows, columns=["line", "mouse", "arm", "day", "volume_mm3"])


@pytest.fixture
def pooled(ask, tmp_path):
    """``pooled({line: {arm: mice}}, …)``: the table of a pool, and what was said of it."""

    def call(lines, *options, code=0):
        path = tmp_path / "sheet.csv"
        sheet = lines if isinstance(lines, pd.DataFrame) else sheet_of(lines)
        sheet.to_csv(path, index=False)
        column = ("--column", "line=line")
        answer = ask("pool", path, *column, "-f", "csv", *options, code=code)
        return (pd.read_csv(io.StringIO(answer.stdout)) if code == 0 else None), answer.stderr

    return call


def two_arms(n: int) -> dict[str, int]:
    return {"vehicle": n, "A": n}


def test_a_line_is_compared_within_itself_and_the_contrasts_are_pooled(pooled) -> None:
    rows, _ = pooled({"X": two_arms(5), "Y": two_arms(4), "Z": two_arms(6)}, *GROWTH)
    growth = rows[rows["outcome"] == "growth_rate"].iloc[0]
    assert growth["n_lines"] == 3
    assert growth["df"] == 2
    assert growth["estimate"] == pytest.approx(-0.05, abs=0.01)


def test_a_panel_of_one_mouse_a_cell_is_paired(pooled) -> None:
    lines = {f"L{k}": {"vehicle": 1, "A": 1, "B": 1} for k in range(6)}
    rows, said = pooled(lines, *GROWTH)
    assert rows.loc[rows["against"].notna(), "df"].tolist() == [5, 5]
    assert rows["tau"].isna().all()
    assert "left out" not in said


def test_a_line_of_one_arm_is_named_and_the_rest_computed(pooled) -> None:
    rows, said = pooled({"X": two_arms(4), "Y": two_arms(4), "odd": {"A": 4}}, *GROWTH)
    assert rows.loc[rows["outcome"] == "growth_rate", "n_lines"].tolist() == [2]
    assert "Line odd is in no pooled contrast: it has one arm only (A)" in said


def test_a_line_with_one_mouse_is_named_and_the_rest_computed(pooled) -> None:
    rows, said = pooled({"X": two_arms(4), "Y": two_arms(4), "odd": {"A": 1}}, *GROWTH)
    assert rows.loc[rows["outcome"] == "growth_rate", "n_lines"].tolist() == [2]
    assert "Line odd" in said


def test_an_arm_of_another_name_is_told(pooled) -> None:
    lines = {"X": two_arms(4), "Y": two_arms(4), "Z": {"vehicle": 4, "drug A": 4}}
    rows, said = pooled(lines, *GROWTH)
    named = rows[(rows["outcome"] == "growth_rate")]
    assert named.set_index("arm")["n_lines"].to_dict() == {"A": 2, "drug A": 1}
    assert "Only 1 of 3 lines have the arm drug A: Z." in said


def test_an_arm_of_one_line_is_no_headline_and_leaves_its_line_out(pooled, ask, tmp_path) -> None:
    lines = {"X": two_arms(4), "Y": two_arms(4), "Z": {"vehicle": 4, "A1": 4}}
    _, said = pooled(lines, *GROWTH)
    assert "Z is in no pooled contrast: but for vehicle no other line has its arms" in said
    assert "2 lines say little" in said
    sheet_of(lines).to_csv(tmp_path / "odd.csv", index=False)
    asked = ("run", tmp_path / "odd.csv", "--column", "line=line", "--figures", "none", "-o", "-")
    head = ask(*asked, code=0).stdout.split("Does it hold")[0]
    assert "A grew slower" in head
    assert "A1 grew" not in head


def test_a_control_of_another_name_is_no_treated_arm(pooled) -> None:
    lines = {"X": two_arms(4), "Y": two_arms(4), "Z": {"untreated": 4, "A": 4}}
    rows, said = pooled(lines, *GROWTH)
    assert set(rows.loc[rows["outcome"] == "arm_rate", "arm"]) == {"A"}
    assert "Z is in no pooled contrast: it has no mouse of vehicle" in said


def test_groups_of_which_each_is_a_sheet_are_told(ask, tmp_path) -> None:
    for name, lines in (("one", "WX"), ("two", "YZ")):
        sheet = sheet_of({line: two_arms(4) for line in lines})
        sheet.to_csv(tmp_path / f"{name}.csv", index=False)
    asked = ("pool", tmp_path / "one.csv", tmp_path / "two.csv", "--column", "line=line", *GROWTH)
    apart = ask(*asked, "--group", "F:a=W,X", "--group", "F:b=Y,Z", code=0).stderr
    mixed = ask(*asked, "--group", "F:a=W,Y", "--group", "F:b=X,Z", code=0).stderr
    assert "Each group of F was read from a sheet of its own (a one.csv, b two.csv)" in apart
    assert "a sheet of its own" not in mixed


def test_lines_that_are_mice_are_refused_with_what_to_do(pooled) -> None:
    sheet = sheet_of({"X": two_arms(3)}).assign(line=lambda rows: rows["mouse"])
    _, said = pooled(sheet, code=1)
    assert "names mice or arms" in said
    assert "--column line=NAME" in said


def test_one_line_is_no_pool(pooled) -> None:
    _, said = pooled({"X": two_arms(4)}, code=1)
    assert "holds one line" in said


def test_a_group_that_names_no_line_is_told(pooled) -> None:
    lines = {name: two_arms(4) for name in "WXYZ"}
    groups = ("--group", "P:mut=W,X,nowhere", "--group", "P:wt=Y")
    rows, said = pooled(lines, *GROWTH, *groups)
    assert "P names nowhere, and there is no such line" in said
    assert "Z stand in no group of P" in said
    assert "difference" in set(rows["scope"])


def test_one_group_of_lines_compares_nothing_and_is_told(pooled) -> None:
    lines = {name: two_arms(4) for name in "WX"}
    rows, said = pooled(lines, *GROWTH, "--group", "P:mut=W,X", "--group", "P:wt=nowhere")
    assert "Of the groups of P only mut has lines: nothing is compared by it." in said
    assert set(rows["scope"]) == {"all lines"}


@pytest.mark.parametrize("typed", ["mut=W", "P:mut", ":mut=W", "P:=W"])
def test_a_mistyped_group_is_a_slip(ask, typed) -> None:
    assert "FACTOR:GROUP=LINE,LINE" in ask("pool", "x.csv", "--group", typed, code=2).stderr


def test_a_line_in_two_groups_is_refused(pooled) -> None:
    groups = ("--group", "P:mut=X", "--group", "P:wt=X,Y")
    _, said = pooled({"X": two_arms(4), "Y": two_arms(4)}, *groups, code=2)
    assert "names 'X' twice" in said


def test_two_lines_are_told_to_be_few(pooled) -> None:
    _, said = pooled({"X": two_arms(4), "Y": two_arms(4)}, *GROWTH)
    assert "2 lines say little of lines in general" in said


def test_a_run_writes_each_line_and_a_pool_that_its_folders_give_again(ask, tmp_path) -> None:
    sheet, out = tmp_path / "sheet.csv", tmp_path / "out"
    sheet_of({"X": two_arms(5), "Y": two_arms(5), "Z": two_arms(5)}).to_csv(sheet, index=False)
    answer = ask("run", sheet, "--column", "line=line", "--figures", "none", "-o", out, code=0)
    assert answer.stdout.startswith("sheet: across models: 3 lines (X, Y, Z).")
    folders = [out / f"sheet_line_{name}" for name in "XYZ"]
    assert sorted(path.name for path in out.iterdir()) == [
        *("index.html", "pool", "sheet_line_X", "sheet_line_Y", "sheet_line_Z")
    ]
    said = json.loads((out / "pool" / "results.json").read_text())
    again = ask("pool", *folders, "--outcome", "growth_rate", "-f", "json", code=0)
    wanted = [
        row for row in said["tables"]["pool"] if row["outcome"] in ("growth_rate", "arm_rate")
    ]
    for found, row in zip(json.loads(again.stdout)["rows"], wanted, strict=True):
        assert found["estimate"] == pytest.approx(row["estimate"], rel=1e-9)
        assert found["std_error"] == pytest.approx(row["std_error"], rel=1e-9)
    # The folder of all is as good as those in it, its pool apart, and holds every outcome.
    asked = ("-f", "json", "--report", tmp_path / "again", "--figures", "none")
    whole = json.loads(ask("pool", out, *asked, code=0).stdout)["rows"]
    assert whole == said["tables"]["pool"]
    assert {"late_rate", "ln_volume"} <= {row["outcome"] for row in whole}
    refused = ask("pool", out / "pool", folders[0], code=1).stderr
    assert "is a pool, and no line." in refused
    assert (out / "pool" / "report.html").stat().st_size > 10_000
    assert {claim["kind"] for claim in said["claims"]} == {"pooled", "lines"}


def test_a_panel_has_a_report_and_counts_its_lines(ask, tmp_path) -> None:
    sheet, report = tmp_path / "sheet.csv", tmp_path / "across"
    sheet_of({f"L{k}": {"vehicle": 1, "A": 2} for k in range(4)}).to_csv(sheet, index=False)
    asked = ("pool", sheet, "--column", "line=line", "--report", report, "--figures", "none")
    assert "report.html is the page" in ask(*asked, *GROWTH, code=0).stderr
    said = json.loads((report / "results.json").read_text())
    assert {row["n_lines"] for row in said["tables"]["pool_blocked"]} == {4}
    assert json.loads((report / "manifest.json").read_text())["inputs"][0]["name"] == "sheet.csv"


def test_folders_of_a_panel_give_its_contrasts_again(ask, tmp_path) -> None:
    sheet, out = tmp_path / "sheet.csv", tmp_path / "out"
    rows = sheet_of({f"L{k}": {"vehicle": 1, "A": 1} for k in range(3)})
    rows = rows.assign(body_weight_g=20 + 0.05 * rows["day"] * (rows["arm"] == "A"))
    rows[(rows["line"] != "L0") | (rows["day"] < 20)].to_csv(sheet, index=False)
    column = ("--column", "line=line")
    ask("run", sheet, *column, "--figures", "none", "-o", out, code=0)
    of_sheet = ask("pool", sheet, *column, "-f", "json", code=0)
    of_folders = ask("pool", out, "-f", "json", code=0)
    found = json.loads(of_folders.stdout)["rows"]
    assert found == json.loads(of_sheet.stdout)["rows"]
    assert "net_weight" in {row["outcome"] for row in found}
    assert "are counted to day" not in of_folders.stderr


def test_lines_of_several_sheets_are_read_to_one_day(ask, tmp_path) -> None:
    """The change of ln volume of a line that was read longer is not that of its own last day."""
    whole = sheet_of({name: two_arms(4) for name in "XYZ"})
    whole = cut(whole, "Z", 16)
    names = []
    for line, own in whole.groupby("line"):
        names.append(tmp_path / f"{line}.csv")
        own.to_csv(names[-1], index=False)
    whole.to_csv(tmp_path / "whole.csv", index=False)
    asked = ("--outcome", "ln_volume", "--column", "line=line", "-f", "json")
    found = json.loads(ask("pool", *names, *asked, code=0).stdout)["rows"]
    wanted = json.loads(ask("pool", tmp_path / "whole.csv", *asked, code=0).stdout)["rows"]
    assert found == wanted
    assert {row["until_day"] for row in found if row["outcome"] == "ln_volume"} <= {16.0}


def test_the_sheets_of_a_book_are_lines_by_the_names_of_their_folders(ask, tmp_path) -> None:
    book = tmp_path / "book.xlsx"
    with pd.ExcelWriter(book) as sheets:
        for name, own in sheet_of({"X": two_arms(3), "Y": two_arms(3)}).groupby("line"):
            own.drop(columns="line").to_excel(sheets, sheet_name=str(name), index=False)
    assert "give the folders to `xenotrack pool`" in ask("pool", book, code=1).stderr
    for name in "XY":
        asked = ("--sheet", name, "--figures", "none", "-o", tmp_path / "out" / name)
        ask("run", book, *asked, code=0)
    answer = ask("pool", tmp_path / "out", *GROWTH, "--table", "lines", "-f", "json", code=0)
    assert {row["line"] for row in json.loads(answer.stdout)["rows"]} == {"X", "Y"}


def test_the_waterfall_of_lines_has_a_bar_a_line_and_arm_from_the_top_down() -> None:
    from types import SimpleNamespace

    from xenotrack.present.figures.waterfall_by_line import bars_of

    cells = [("X", "A", -60.0, "PR"), ("Y", "A", 40.0, "PD"), ("Z", "A", 900.0, "PD")]
    table = pd.DataFrame(cells, columns=["line", "arm", "best_response_percent", "mrecist"])
    bars = bars_of(SimpleNamespace(tables={"pool_response": table}, arms=("vehicle", "A")))
    assert bars["line"].tolist() == ["Z", "Y", "X"]
    assert bars["height"].tolist() == [150.0, 40.0, -60.0]


def test_what_is_no_folder_of_results_is_refused(ask, tmp_path) -> None:
    assert "holds no results" in ask("pool", tmp_path, tmp_path, code=1).stderr


def test_hazards_of_a_panel_are_stratified_by_line(pooled) -> None:
    lines = {f"L{k}": {"vehicle": 1, "A": 1} for k in range(8)}
    rows, said = pooled(lines, "--outcome", "log_hazard")
    hazard = rows[rows["outcome"] == "log_hazard"].iloc[0]
    assert hazard["shows"] == "better"
    assert hazard["conf_high"] < 0
    assert np.isnan(hazard["estimate"])  # no tumour under A progressed
    assert "stratified by line" in hazard["method"]
    assert "left out" not in said


def cut(sheet: pd.DataFrame, line: str, last: int) -> pd.DataFrame:
    """The sheet with one line read no longer than to a day."""
    return sheet[(sheet["line"] != line) | (sheet["day"] <= last)]


def test_days_gained_are_counted_to_one_day_in_every_line(pooled) -> None:
    lines = {name: two_arms(5) for name in "XYZ"}
    days = ("--outcome", "rmst_days")
    whole, _ = pooled(lines, *days)
    rows, said = pooled(cut(sheet_of(lines), "Z", 16), *days)
    row = rows[rows["outcome"] == "rmst_days"].iloc[0]
    assert row["until_day"] == row["until_last"] <= 16 < whole["until_day"].min()
    assert row["estimate"] < 16
    assert "counted to day 16 in every line: Z is comparable no longer" in said


def test_a_line_in_some_pooled_outcomes_is_told_where_it_is_left_out(pooled) -> None:
    lines = {"X": two_arms(4), "Y": two_arms(4), "odd": {"vehicle": 1, "A": 4}}
    rows, said = pooled(lines, *GROWTH, "--outcome", "rmst_days")
    assert rows.set_index("outcome")["n_lines"][["growth_rate", "rmst_days"]].tolist() == [2, 3]
    assert "Line odd is not in what is pooled of growth rate (A): it has one mouse" in said


def test_what_a_line_withholds_is_withheld_over_lines() -> None:
    from dataclasses import replace

    from xenotrack.compare.line_contrasts import LineContrasts
    from xenotrack.compare.pooled_claims import pool

    n = 4
    days = (np.zeros(n), np.full(n, 28.0))
    numbers = (np.array([-0.05, -0.06, -0.05, -0.06]), np.full(n, 0.004), np.full(n, 12.0))
    one = LineContrasts("growth_rate", "A", "vehicle", tuple("WXYZ"), *numbers, *days)
    assert [row.shows for row in pool([one], {}, 0.95)] == ["better"]
    held = replace(one, withheld={"X": "cage-is-the-unit"})
    assert [row.shows for row in pool([held], {}, 0.95)] == ["withheld"]
    groups = {"F": {"a": ["W", "X"], "b": ["Y", "Z"]}}
    assert {row.shows for row in pool([held], groups, 0.95) if row.scope == "each group"} == {
        "withheld"
    }


def test_the_next_line_is_no_surer_than_the_mean_at_its_level() -> None:
    from xenotrack.compare.line_contrasts import LineContrasts
    from xenotrack.compare.pooled_claims import pool
    from xenotrack.compare.verdicts import claim_level

    n = 4
    days = (np.zeros(n), np.full(n, 28.0))
    numbers = (np.array([25.0, 30.0, 27.0, 29.0]), np.full(n, 3.5), np.full(n, np.nan))
    contrasts = [
        LineContrasts("rmst_days", arm, "vehicle", tuple("WXYZ"), *numbers, *days) for arm in "AB"
    ]
    for row in pool(contrasts, {}, 0.95):
        assert row.next_line is not None
        low, high = row.next_line(claim_level(row.p_value, row.p_adjusted, 0.95))
        assert low <= row.claim_low + 0.2
        assert high >= row.claim_high - 0.2
