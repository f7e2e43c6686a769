"""Names made of several names tell apart whatever these tell apart."""

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenotrack.study.compound_names import joined_names, labels_of
from xenotrack.study.joined import parts_of

from .sheets import read

PART = st.text(alphabet='a/" (2)', max_size=4)
KEYS = st.lists(st.tuples(PART, PART) | st.tuples(PART), max_size=8)


@given(KEYS.map(lambda keys: [key for key in keys if any(key)]))
def test_two_keys_never_have_one_name(keys):
    # What is left out where it is blank is no part of a key.
    distinct = dict.fromkeys(tuple(filter(None, key)) for key in keys)
    labels = labels_of(distinct)
    assert len(set(labels.values())) == len(distinct)


def test_names_are_plain_where_nothing_is_alike():
    assert labels_of([("c1", "m1"), ("c2", "m1"), ("m2",)]) == {
        ("c1", "m1"): "c1/m1",
        ("c2", "m1"): "c2/m1",
        ("m2",): "m2",
    }


def test_a_name_that_is_taken_is_numbered():
    names = labels_of([("a", "b"), ("a/b",), ('"a/b"',)])
    assert names[("a", "b")] == "a/b"
    assert len(set(names.values())) == 3


def test_rows_alike_in_every_column_have_one_name():
    cage, mouse = pd.Series(["c1", "c1/2", "c1"]), pd.Series(["2/3", "3", "2/3"])
    first, second, third = joined_names(cage, mouse)
    assert first == third != second


def rows(mice, days=(0, 3, 7, 10, 14)):
    lines = [
        ",".join([*names, str(day), f"{100 * 1.05**day + place:.1f}"])
        for place, names in enumerate(mice)
        for day in days
    ]
    return "\n".join(lines) + "\n"


TUMORS = "mouse,tumor,arm,day,volume\n" + rows(
    [
        *(("v1", "L", "vehicle"), ("v1", "R", "vehicle"), ("v1/L", "", "vehicle")),
        *(("v2", "", "vehicle"), ("d1", "L", "drug"), ("d1", "R", "drug"), ("d2", "", "drug")),
    ]
)


@pytest.mark.parametrize("command", [("response", "--tumors", "each"), ("progression",)])
def test_a_mouse_called_like_anothers_tumour_is_a_mouse_of_its_own(ask, tmp_path, command):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(TUMORS, encoding="utf-8")
    plain = tmp_path / "plain.csv"
    plain.write_text(TUMORS.replace("v1/L", "v1z"), encoding="utf-8")
    found, known = (
        pd.read_csv(
            io.StringIO(ask(command[0], path, *command[1:], "-f", "csv", "-q", code=0).stdout)
        )
        for path in (sheet, plain)
    )
    if "mouse" in found:
        assert found["mouse"].tolist() == known["mouse"].replace("v1z", "v1/L").tolist()
    numbers = known.select_dtypes("number").columns
    pd.testing.assert_frame_equal(found[numbers], known[numbers])


def test_tumours_are_looked_up_by_mouse_and_tumour():
    study = read(TUMORS, {"study": {"tumors": "each"}})
    assert not study.errors
    assert study.tumors["name"].is_unique
    owners = study.tumors.set_index("name")["mouse"]
    assert sorted(owners) == ["d1", "d1", "d2", "v1", "v1", "v1/L", "v2"]


CAGES = "cage,mouse,arm,day,volume\n" + rows(
    [
        *(("c1", "2/3", "vehicle"), ("c1/2", "3", "vehicle"), ("c2", "1", "vehicle")),
        *(("c3", "2/3", "drug"), ("c3/2", "3", "drug"), ("c4", "1", "drug")),
    ]
)


def test_mice_of_two_cages_are_two_whatever_their_names_hold():
    study = read(CAGES, {"columns": {"cage": "cage"}})
    assert len(study.mice) == 6
    assert not study.errors


def test_mice_of_two_arms_are_two_whatever_their_names_hold():
    text = "mouse,arm,day,volume\n" + rows([("b/1", "a"), ("1", "a/b"), ("2", "a"), ("2", "a/b")])
    study = read(text, {"study": {"mouse_ids": "arm"}})
    assert len(study.mice) == 4


@pytest.mark.parametrize(
    ("wanted", "names", "columns"),
    [
        ("Drug + Dose", ["day", "drug", "dose"], [1, 2]),
        ("Drug + Dose", ["day", "drug"], []),
        ("Drug + Dose", ["Drug + Dose", "Drug", "Dose"], [0]),
        ("Drug + Vehicle + Dose", ["Drug + Vehicle", "Dose"], [0, 1]),
    ],
)
def test_joined_columns_may_have_the_sign_in_their_headers(wanted, names, columns):
    assert parts_of(wanted, names) == columns


def test_the_shared_inputs_are_two_mice(ask, faults):
    sheet = faults("claims/tum_slash.csv")
    answer = ask("response", sheet, "--tumors", "each", "-f", "csv", code=0)
    mice = pd.read_csv(io.StringIO(answer.stdout))["mouse"]
    assert {"v1", "v1/L"} <= set(mice)
