"""Text that a spreadsheet would run is harmless in our tables, and read back as it was."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenotrack.present.tables import to_csv, to_tsv
from xenotrack.study.inert import as_written, inert


@given(st.text(alphabet="'=+-@\t\r m1\"", max_size=6))
def test_every_text_is_harmless_and_comes_back(text: str) -> None:
    (written,) = inert([text])
    assert isinstance(written, str)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert as_written(written) == text or written == text


def test_numbers_are_left_alone() -> None:
    frame = pd.DataFrame({"x": [-1.5, 2.0], "n": [-1, 2], "mouse": ["-1", "2"]})
    assert to_csv(frame) == b"x,n,mouse\n-1.5,-1,'-1\n2.0,2,2\n"
    assert to_tsv(frame) == b"x\tn\tmouse\n-1.5\t-1\t'-1\n2.0\t2\t2\n"


@pytest.mark.parametrize("name", ["=cmd()", "+A", "-1", "@SUM(1)", "'=x", "'quoted'", "''-2"])
def test_tidy_of_a_tidy_sheet_has_the_same_names(ask, tmp_path, name) -> None:
    sheet, tidy, again = (tmp_path / f"{each}.csv" for each in ("sheet", "tidy", "again"))
    rows = [("mouse", "arm", "day", "volume")]
    rows += [(mouse, "vehicle", day, 100 + day) for mouse in (name, "m2") for day in (0, 3, 7)]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    sheet.write_text(text.getvalue(), encoding="utf-8")
    ask("tidy", sheet, "-o", tidy, code=0)
    ask("tidy", tidy, "-o", again, code=0)
    first, second = (pd.read_csv(each, dtype=str, keep_default_na=False) for each in (tidy, again))
    assert first.equals(second)
    assert not first["mouse"].str.match(r"[=+\-@]").any()
    assert {as_written(each) for each in second["mouse"]} >= {"m2"}
