"""Parquet: written with types, read back as it was."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenotrack.errors import InputError
from xenotrack.present.tables import to_parquet
from xenotrack.study.files.parquet import read_parquet

from ..readings import few
from ..sheets import read, sheet


def test_a_tidy_table_is_read_back_as_it_was(clean):
    study = read(sheet(clean))
    again = read(to_parquet(study.measurements))
    pd.testing.assert_frame_equal(again.tidy, study.tidy, check_exact=True)


@few
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_a_number_is_the_text_that_is_read_as_the_same_number(values):
    (found,) = read_parquet(to_parquet(pd.DataFrame({"volume": values})), "a.parquet")
    assert [float(text) for text in found.cells[0].tolist()[1:]] == values


def test_what_is_empty_is_empty_and_a_day_is_a_day():
    frame = pd.DataFrame(
        {
            "date": pd.to_datetime(["2024-01-05", None]),
            "volume": [1.5, np.nan],
            "arm": ["A", None],
        }
    )
    (found,) = read_parquet(to_parquet(frame), "a.parquet")
    assert found.cells.to_numpy().tolist() == [
        ["date", "volume", "arm"],
        ["2024-01-05", "1.5", "A"],
        ["", "", ""],
    ]


def test_columns_of_mixed_kinds_are_text():
    frame = pd.DataFrame({"mouse": [1, "b", None]}, dtype=object)
    (found,) = read_parquet(to_parquet(frame), "a.parquet")
    assert found.cells[0].tolist() == ["mouse", "1", "b", ""]


def test_a_torn_file_is_refused_in_words():
    with pytest.raises(InputError, match=r"sheet\.csv|cannot be read as Parquet"):
        read(b"PAR1" + b"x" * 50 + b"PAR1")


def test_without_the_library_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install '\.\[db\]'"):
        to_parquet(pd.DataFrame({"a": [1]}))
