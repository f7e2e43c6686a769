"""Delimited text: the bytes that pandas writes, of text made inert."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xenotrack.present.delimited import delimited
from xenotrack.study.inert import inert

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=6)
marked = st.sampled_from(["=1", "'=1", "-", "a,b", 'a"b', "a\nb", "", "\t", "x"])
values = st.one_of(
    st.none(), st.floats(), st.integers(-(2**40), 2**40), st.booleans(), texts, marked
)


def by_pandas(frame: pd.DataFrame, mark: str) -> bytes:
    made = frame.assign(
        **{
            name: pd.Series(inert(frame[name]), dtype=object)
            for name in frame
            if frame[name].dtype == object
        }
    )
    return made.to_csv(index=False, sep=mark, lineterminator="\n").encode()


@pytest.mark.parametrize("mark", [",", "\t"])
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_the_bytes_are_those_of_pandas(mark, data):
    n = data.draw(st.integers(0, 5))
    rows = st.lists(values, min_size=n, max_size=n)
    names = st.lists(texts | marked, min_size=n, max_size=n)
    frame = pd.DataFrame(
        {
            "mouse": pd.Series(data.draw(rows), dtype=object),
            "arm": pd.Series(data.draw(names), dtype=object),
            "day": np.array(data.draw(st.lists(st.floats(), min_size=n, max_size=n)), float) + 0.0,
            "n, of": np.arange(n),
            "below": np.arange(n) % 2 == 0,
        }
    )
    assert delimited(frame, mark) == by_pandas(frame, mark)


def test_zero_has_no_sign():
    assert delimited(pd.DataFrame({"a": [-0.0, 0.0], "b": 1}), ",") == b"a,b\n0.0,1\n0.0,1\n"


def test_one_empty_column_has_a_row_for_each():
    frame = pd.DataFrame({"a": ["", None, "x"]}, dtype=object)
    assert delimited(frame, ",") == by_pandas(frame, ",") == b'a\n""\n""\nx\n'


def test_a_carriage_return_is_quoted():
    assert delimited(pd.DataFrame({"a": ["x\ry"], "b": [1]}), ",") == b'a,b\n"x\ry",1\n'


def test_one_and_true_and_one_point_nought_stay_apart():
    frame = pd.DataFrame({"a": pd.Series([1, True, 1.0, "1"], dtype=object), "b": 0})
    assert delimited(frame, ",") == b"a,b\n1,0\nTrue,0\n1.0,0\n1,0\n"
