"""A corrected sheet: only what is certain is mended, and no row or value goes without a line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from costs import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xenotrack.study.changes import LEDGER, changes, swaps
from xenotrack.study.ingest import read_studies

HEADER = "mouse,arm,day,length,width,weight,fate\n"
GOOD = "".join(
    f"m{mouse},{'vehicle' if mouse < 4 else 'drug'},{day},{8 + day * 0.1:.1f},6.0,21,\n"
    for mouse in range(8)
    for day in (0, 3, 7)
)


def fixed(ask, tmp_path: Path, rows: str, code: int = 0, *options: str) -> tuple[str, list, list]:
    """What is left, the corrected rows and the ledger."""
    sheet, out = tmp_path / "sheet.csv", tmp_path / "fixed.csv"
    sheet.write_text(HEADER + rows, encoding="utf-8")
    answer = ask("check", sheet, "--fix", "-o", out, "-f", "csv", *options, code=code)
    found = [
        list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        for path in (out, tmp_path / "fixed.ledger.csv")
    ]
    return answer.stdout, *found


def test_a_clean_sheet_is_left_as_it_is(ask, tmp_path) -> None:
    left, rows, ledger = fixed(ask, tmp_path, GOOD)
    assert len(rows) == 24
    assert ledger == []
    assert left.count("\n") == 1  # the header


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "m0,vehicle,3,8.3,6.0,21,\n",
            "m0,vehicle,3,6.0,8.3,21,\n",
            ("width-exceeds-length", "sheet.csv", "", "3", "m0", "length_mm", "6", "8.3"),
        ),
        (
            "m0,vehicle,3,8.3,6.0,21,\n",
            "m0,Vehicle ,3,8.3,6.0,21,\n",
            ("arm-split", "sheet.csv", "", "3", "m0", "arm", "Vehicle", "vehicle"),
        ),
        (
            "m0,vehicle,3,8.3,6.0,21,\n",
            "m0,vehicle,3,8.3,6.0,21,\n" * 2,
            (
                *("reading-twice", "sheet.csv", "", "4", "m0", ""),
                "mouse m0; arm vehicle; day 3; length 8.3; width 6.0; body_weight 21",
                "",
            ),
        ),
    ],
)
def test_what_is_certain_is_mended_with_a_line_and_no_longer_listed(
    ask, tmp_path, old, new, line
) -> None:
    left, rows, ledger = fixed(ask, tmp_path, GOOD.replace(old, new))
    assert tuple(ledger[0][name] for name in LEDGER) == line
    assert line[0] not in left
    (row,) = [row for row in rows if (row["mouse"], row["day"]) == ("m0", "3.0")]
    assert (row["arm"], row["length_mm"], row["width_mm"]) == ("vehicle", "8.3", "6.0")
    assert line[0] not in ask("check", tmp_path / "fixed.csv", "-f", "csv", code=0).stdout


def test_the_spelling_that_is_advised_is_the_one_that_is_kept(ask, tmp_path) -> None:
    """Of as many readings each the first, though a reading of the other is written twice."""
    rows = GOOD.replace("m2,vehicle", "m2,Vehicle").replace("m3,vehicle", "m3,Vehicle")
    rows += "m3,Vehicle,7,8.7,6.0,2l,\n" + "m3,Vehicle,9,8.7,6.0,2l,\n"
    rows = rows.replace("m0,vehicle,7", "m0,vehicle,9,8.8,6.0,21,\nm0,vehicle,7")
    left, corrected, ledger = fixed(ask, tmp_path, rows)
    assert "write 'vehicle' on every row" in ask("check", tmp_path / "sheet.csv", code=0).stdout
    assert {row["arm"] for row in corrected} == {"vehicle", "drug"}
    assert "arm-split" not in left
    emptied = [line["rule"] for line in ledger if line["column"] == "body_weight_g"]
    assert emptied == ["not-a-number"]


def test_what_could_be_a_slip_is_left_and_listed(ask, tmp_path) -> None:
    slip = GOOD.replace("m0,vehicle,3,8.3,6.0,", "m0,vehicle,3,8.3,60,")
    left, rows, ledger = fixed(ask, tmp_path, slip)
    assert ledger == []
    assert "width-exceeds-length" in left
    assert "60.0" in {row["width_mm"] for row in rows}


def test_a_value_that_cannot_be_read_has_a_line_and_stays_listed(ask, tmp_path) -> None:
    left, _rows, ledger = fixed(ask, tmp_path, GOOD.replace("8.3,6.0,21,", "8.3*,6.0,21,", 1))
    assert [(one["rule"], one["column"], one["old"], one["new"]) for one in ledger] == [
        ("not-a-number", "length_mm", "8.3*", "")
    ]
    assert "not-a-number" in left


def test_declared_arms_are_not_made_one(ask, tmp_path) -> None:
    two = GOOD.replace("m0,vehicle", "m0,Vehicle").replace("m1,vehicle", "m1,Vehicle")
    arms = ("--arm", "vehicle=", "--arm", "Vehicle=", "--arm", "drug=drug", "--control", "vehicle")
    _, rows, ledger = fixed(ask, tmp_path, two, 0, *arms)
    assert {row["arm"] for row in rows} == {"vehicle", "Vehicle", "drug"}
    assert ledger == []


def test_mending_twice_changes_nothing_more(ask, tmp_path) -> None:
    rows = GOOD.replace("m0,vehicle,3,8.3,6.0", "m0,Vehicle,3,6.0,8.3") + "m7,drug,7,8.7,6.0,21,\n"
    _, first, ledger = fixed(ask, tmp_path, rows)
    assert ledger
    again = tmp_path / "again.csv"
    ask("check", tmp_path / "fixed.csv", "--fix", "-o", again, code=0)
    second = list(csv.DictReader(io.StringIO(again.read_text(encoding="utf-8"))))
    assert [{**row, "source": ""} for row in second] == [{**row, "source": ""} for row in first]
    assert (tmp_path / "again.ledger.csv").read_text(encoding="utf-8") == ",".join(LEDGER) + "\n"


def test_errors_are_refused_and_nothing_is_written(ask, tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(HEADER + GOOD + "m0,vehicle,3,9.9,6.0,21,\n", encoding="utf-8")
    answer = ask("check", sheet, "--fix", "-o", tmp_path / "fixed.csv", code=1)
    assert "must be mended first" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.csv"]


def test_the_sheet_itself_is_never_written_over(ask, tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(HEADER + GOOD, encoding="utf-8")
    before = sheet.read_bytes()
    assert "is what was read" in ask("check", sheet, "--fix", "-o", sheet, code=2).stderr
    assert "name it with -o" in ask("check", sheet, "--fix", code=2).stderr
    assert sheet.read_bytes() == before


def test_a_ledger_without_its_sheet_does_not_stay(ask, tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(HEADER + GOOD, encoding="utf-8")
    (tmp_path / "taken.csv").mkdir()
    ask("check", sheet, "--fix", "-o", tmp_path / "taken.csv", code=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sheet.csv", "taken.csv"]


CELLS = {
    "mouse": st.sampled_from(["m1", "m2", "M1", " m1", "", "total"]),
    "arm": st.sampled_from(["vehicle", "Vehicle ", "drug", '"drug', "", "None"]),
    "day": st.sampled_from(["0", "3", "7", "7.0", "x", "", "-2"]),
    "length": st.sampled_from(["8", "8.5", "80", "0", "8*", "NA", "", "-1"]),
    "width": st.sampled_from(["6", "9", "0.6", "6,1", "n/a", ""]),
    "weight": st.sampled_from(["21", "210", "", "-0.1", "dead"]),
    "fate": st.sampled_from(["", "tumor size", "end", "??"]),
}


@settings(
    max_examples=examples(15),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=12))
def test_rows_in_are_rows_kept_and_rows_in_the_ledger(drawn) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(CELLS))
    writer.writeheader()
    writer.writerows([{"mouse": "k", "arm": "vehicle", "day": "0", "length": "8", "width": "6"}])
    writer.writerows(drawn)
    for study in read_studies(text.getvalue().encode(), trace=True):
        trace, ledger = study.trace, changes(study)
        assert trace is not None
        gone = ledger[ledger["column"] == ""]
        assert len(trace.written) == len(study.measurements) + len(gone)
        emptied = ledger[ledger["new"] == ""]
        assert (emptied["old"] != "").all()
        assert ledger["rule"].ne("").all()
        ordered, swapped = swaps(study)
        assert len(ordered) == len(study.measurements)
        assert len(swapped) % 2 == 0


def swapped_sheet(slip: str) -> str:
    """All diameters in each other's column, and one pair that is no tumour's shape."""
    return "mouse,arm,day,length,width\n" + "".join(
        f"m{mouse},{'vehicle' if mouse < 4 else 'drug'},{day},{6 + day * 0.1:.1f},"
        f"{slip if (mouse, day) == (5, 7) else f'{8 + day * 0.1:.1f}'}\n"
        for mouse in range(8)
        for day in (0, 3, 7, 10)
    )


@pytest.mark.parametrize("slip", ["88", "8.7"])
def test_as_many_findings_are_left_as_the_corrected_sheet_has(ask, tmp_path, slip) -> None:
    sheet, out = tmp_path / "sheet.csv", tmp_path / "fixed.csv"
    sheet.write_text(swapped_sheet(slip), encoding="utf-8")
    left = ask("check", sheet, "--fix", "-o", out, "-f", "csv", code=0).stdout
    again = ask("check", out, "-f", "csv", code=0).stdout
    rules = [[row["rule"] for row in csv.DictReader(io.StringIO(text))] for text in (left, again)]
    assert rules[0] == rules[1]
    assert ("width-exceeds-length" in rules[0]) == (slip == "88")


def test_the_shared_sheet_has_as_many_left_as_are_found_again(ask, faults, tmp_path) -> None:
    out = tmp_path / "f.csv"
    said = ask("check", faults("claims/swap.csv"), "--fix", "-o", out, code=0).stderr
    assert "3 findings left to you" in said
    assert "3 findings, 0 errors." in ask("check", out, code=0).stderr


def test_what_is_found_at_a_row_is_looked_up_by_its_number() -> None:
    from xenotrack.study.finding import row_ranges

    text = HEADER + GOOD.replace("m5,drug,3,8.3,6.0,21,", "m5,drug,3,8.3*,6.0,21,")
    (study,) = read_studies(text.encode(), trace=True)
    (finding,) = [one for one in study.findings if one.rule == "not-a-number"]
    assert finding.runs == row_ranges([int(finding.cell)]).runs
    assert changes(study)["rule"].tolist() == ["not-a-number"]


def test_words_that_were_read_have_a_line_with_what_they_became(ask, tmp_path: Path) -> None:
    words = "m9,drug,0,8,6,21,\nm9,drug,3,NP,NP,21,\nm8x,drug,0,8,6,21,\nm8x,drug,3,dead,,,\n"
    _, corrected, ledger = fixed(ask, tmp_path, GOOD + words)
    lines = [(line["rule"], line["column"], line["old"], line["new"]) for line in ledger]
    assert ("no-tumor-in-words", "length_mm", "NP", "0") in lines
    assert ("fate-in-a-reading", "length_mm", "dead", "") in lines
    assert [row["fate"] for row in corrected if row["mouse"] == "m8x"] == ["", "unknown"]
