"""What a study declares as left out is left out, said everywhere, and never by a slip."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SHEET = "mouse,arm,day,volume,weight,fate\n" + "".join(
    f"m{mouse},{arm},{day},{100 + 7 * mouse + day * (9 if arm == 'vehicle' else 2):.1f},"
    f"{20 + 0.1 * day:.1f},{'tumor_size' if day == 14 else ''}\n"
    for mouse in range(8)
    for arm in ["vehicle" if mouse < 4 else "drug"]
    for day in (0, 3, 7, 10, 14)
)
DAY = """
[[exclude]]
mouse = "m2"
day = 7
reason = "caliper was broken"
"""
WEIGHT = """
[[exclude]]
mouse = "m3"
day = 3
value = "weight"
reason = "scale was moved"
"""
MOUSE = """
[[exclude]]
mouse = "m1"
reason = "escaped"
"""


@pytest.fixture
def study(tmp_path: Path):
    def written(exclusions: str) -> Path:
        (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")
        path = tmp_path / "study.toml"
        path.write_text(
            f'[study]\nsheet = "sheet.csv"\ncontrol = "vehicle"\n{exclusions}', encoding="utf-8"
        )
        return path

    return written


def rows_of(ask, study: Path) -> list[dict]:
    return json.loads(ask("tidy", study, "-f", "json", code=0).stdout)["rows"]


def test_a_whole_mouse_is_left_out_of_everything(ask, study) -> None:
    rows = rows_of(ask, study(MOUSE))
    assert len(rows) == 35
    assert "m1" not in {row["mouse"] for row in rows}
    growth = json.loads(ask("growth", study(MOUSE), "-f", "json", code=0).stdout)["rows"]
    assert [row["n_mice"] for row in growth] == [3, 4]


def test_a_day_is_emptied_and_the_mouse_keeps_its_fate(ask, study) -> None:
    rows = rows_of(ask, study(DAY.replace("day = 7", "day = 14")))
    (row,) = [row for row in rows if (row["mouse"], row["day"]) == ("m2", 14)]
    assert (row["volume_mm3"], row["body_weight_g"], row["fate"]) == (None, None, "tumor_size")
    assert len(rows) == 40


def test_a_value_is_emptied_alone(ask, study) -> None:
    rows = rows_of(ask, study(WEIGHT))
    (row,) = [row for row in rows if (row["mouse"], row["day"]) == ("m3", 3)]
    assert row["body_weight_g"] is None
    assert row["volume_mm3"] == pytest.approx(148)


def test_an_excluded_reading_settles_a_conflict(ask, study, tmp_path) -> None:
    path = study("")
    sheet = (tmp_path / "sheet.csv").read_text(encoding="utf-8")
    (tmp_path / "sheet.csv").write_text(sheet + "m2,vehicle,7,999,20.7,\n", encoding="utf-8")
    assert "duplicates-conflict" in ask("check", path, "-f", "csv", code=1).stdout
    path.write_text(path.read_text(encoding="utf-8") + DAY, encoding="utf-8")
    assert "duplicates-conflict" not in ask("check", path, "-f", "csv", code=0).stdout


def test_every_command_says_what_was_left_out_and_why(ask, study) -> None:
    path = study(MOUSE + WEIGHT)
    for command in ("check", "tidy", "growth", "progression", "compare", "response"):
        answer = ask(command, path, "-f", "json", code=0)
        assert "Excluded: Mouse m1 of vehicle (sheet.csv, rows 7-11; 5 rows): escaped." in (
            answer.stderr
        )
        mouse, weight = json.loads(answer.stdout)["exclusions"]
        assert mouse.endswith("escaped.")
        assert "day 3, weight" in weight


def test_a_run_carries_exclusions_into_every_file_that_is_read(ask, study, tmp_path) -> None:
    out = tmp_path / "out"
    answer = ask("run", study(DAY), "-o", out, "--figures", "none", code=0)
    said = "Mouse m2 of vehicle, day 7 (sheet.csv, row 14; 1 row): caliper was broken."
    assert said in " ".join(answer.stdout.split())
    assert said in (out / "README.txt").read_text(encoding="utf-8")
    found = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert found["exclusions"][0] | {"tumor": None} == {
        "mouse": "m2",
        "tumor": None,
        "day": 7.0,
        "value": None,
        "reason": "caliper was broken",
        "arm": "vehicle",
        "n_rows": 1,
        "place": "sheet.csv, row 14",
    }
    assert found["story"]["exclusions"] == [said]
    assert "caliper was broken" in " ".join(found["story"]["methods"])
    (criteria,) = [each for each in found["story"]["arrive"] if each["number"] == "3"]
    assert criteria["text"] == said
    assert "caliper was broken" in (out / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("exclusion", "said"),
    [
        (MOUSE.replace("m1", "m11"), "none of that name. Did you mean"),
        (DAY.replace("7", "8"), "a reading of mouse 'm2' on day 8, and there is none"),
        (DAY.replace("day = 7", 'tumor = "left"'), "tumour 'left' of mouse 'm2'"),
        (DAY.replace("caliper was broken", ""), "reason"),
        ('[[exclude]]\nmouse = "m1"\n', "reason"),
        (DAY.replace("day", "dya"), "dya"),
        (WEIGHT.replace('"weight"', '"height"'), "volume"),
    ],
)
def test_an_exclusion_by_a_slip_is_refused(ask, study, exclusion, said) -> None:
    answer = ask("tidy", study(exclusion), code=1)
    assert answer.stdout == ""
    assert said in answer.stderr
