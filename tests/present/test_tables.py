"""Tables as bytes: nothing lost for a program, nothing misleading for the eye."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.doubts import Doubt
from xenotrack.errors import InputError
from xenotrack.present.tables import (
    FORMATS,
    SCHEMA_VERSION,
    SUFFIXES,
    first_row,
    format_of,
    stack,
    to_csv,
    to_json,
    to_text,
    to_tsv,
)

ODD = pd.DataFrame(
    {
        "arm": ['say "x"', "a,b", None],
        "estimate": [0.1 + 0.2, np.nan, -np.inf],
        "n_mice": np.array([1, 2, 3], dtype=np.int64),
        "progressed": pd.array([True, False, None], dtype="boolean"),
        "p_value": [1e-9, 0.04999, np.nan],
    }
)


def rows_of(frame: pd.DataFrame) -> list[dict]:
    return json.loads(to_json(frame))["rows"]


def test_json_writes_what_is_not_known_as_null() -> None:
    assert rows_of(ODD)[2] == {
        "arm": None,
        "estimate": None,
        "n_mice": 3,
        "progressed": None,
        "p_value": None,
    }


def test_json_keeps_every_digit_and_type() -> None:
    assert rows_of(ODD)[0] == {
        "arm": 'say "x"',
        "estimate": 0.30000000000000004,
        "n_mice": 1,
        "progressed": True,
        "p_value": 1e-9,
    }


def test_json_has_its_keys_without_rows() -> None:
    found = json.loads(
        to_json(ODD.iloc[:0], [Doubt("few-mice", ("drug",), "growth", "Few.")], {"model": 1})
    )
    assert found == {
        "schema_version": SCHEMA_VERSION,
        "model": 1,
        "rows": [],
        "doubts": [
            {
                "rule": "few-mice",
                "arms": ["drug"],
                "outcome": "growth",
                "text": "Few.",
                "mice": [],
                "accepted": "",
            }
        ],
    }


def test_csv_leaves_what_is_not_known_empty() -> None:
    lines = to_csv(ODD[["arm", "estimate", "progressed"]].iloc[:2]).decode().splitlines()
    assert lines == [
        "arm,estimate,progressed",
        '"say ""x""",0.30000000000000004,True',
        '"a,b",,False',
    ]


def test_tsv_has_tabs_and_one_line_end_everywhere() -> None:
    assert to_tsv(ODD[["n_mice", "estimate"]].iloc[:2]) == (
        b"n_mice\testimate\n1\t0.30000000000000004\n2\t\n"
    )


def test_text_is_for_the_eye() -> None:
    assert to_text(ODD.iloc[:, 1:]).decode().splitlines() == [
        "estimate  n_mice  progressed  p_value",
        "     0.3       1  yes         <0.0001",
        "               2  no           0.0500",
        "               3",
    ]


def test_text_shows_no_mark_that_could_rewrite_the_line() -> None:
    frame = pd.DataFrame({"arm": ["a\x1b[31mb", "two\nlines", "a\u202eb\x07"]})
    assert to_text(frame).decode().splitlines()[1:] == ["a[31mb", "two lines", "ab"]


def test_a_table_without_rows_is_its_header() -> None:
    for write in (to_csv, to_tsv, to_text):
        assert write(ODD.iloc[:0]).decode().count("\n") == 1


def test_every_suffix_names_a_format() -> None:
    assert set(SUFFIXES.values()) == set(FORMATS)
    assert format_of(Path("A.CSV")) == "csv"
    with pytest.raises(InputError, match=r"growth\.docx.*\.csv.*-f"):
        format_of(Path("growth.docx"))


def test_frames_without_rows_do_not_change_the_types_of_others() -> None:
    empty = pd.DataFrame({"arm": [], "df": []})
    full = pd.DataFrame({"arm": ["a"], "df": [7.5]})
    assert stack([empty, full, full])["df"].tolist() == [7.5, 7.5]
    assert list(stack([empty, empty]).columns) == ["arm", "df"]


def test_the_facts_of_a_fit_are_plain_values() -> None:
    facts = first_row(pd.DataFrame({"n": np.array([3]), "p": [np.nan], "ok": [np.bool_(True)]}))
    assert facts == {"n": 3, "p": None, "ok": True}
    assert type(facts["n"]) is int


def test_a_wide_table_is_folded_and_loses_nothing() -> None:
    frame = pd.DataFrame({"arm": ["a", "b"], **{f"column_{n}": [n, -n] for n in range(9)}})
    blocks = to_text(frame, width=40).decode().split("\n\n")
    assert len(blocks) > 1
    assert all(block.startswith("arm") for block in blocks)
    assert max(map(len, "\n".join(blocks).splitlines())) <= 40
    shown = [word for block in blocks for word in block.splitlines()[0].split()]
    assert list(dict.fromkeys(shown)) == list(frame)
