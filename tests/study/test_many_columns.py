"""Sheets of very many columns: each header is looked at once, and time grows with the columns."""

import time

import pytest

from xenotrack.errors import InputError
from xenotrack.study.columns import recognise_header
from xenotrack.study.layouts import layout

from .sheets import finding_of, read

MICE = (("m1", "vehicle"), ("m2", "vehicle"), ("m3", "A"), ("m4", "A"))
MOST = 10_000


def long(extra):
    head = "mouse,arm,day,volume," + ",".join(f"extra{n}" for n in range(extra))
    rows = [f"{m},{a},{d},{100 + d}," + "7," * (extra - 1) + "7" for m, a in MICE for d in (0, 5)]
    return "\n".join([head, *rows]) + "\n"


def wide(days):
    head = "mouse,arm," + ",".join(map(str, range(days)))
    return "\n".join([head, *(f"{m},{a}," + ",".join(["7"] * days) for m, a in MICE)]) + "\n"


def columns(mice):
    half = mice // 2
    head = "day," + ",".join(["vehicle"] * half + ["A"] * half)
    return "\n".join([head, *(f"{d}," + ",".join(["7"] * 2 * half) for d in (0, 3, 7))]) + "\n"


def neither(extra):
    return (
        "mouse,arm," + ",".join(f"name{n}" for n in range(extra)) + "\nm1,A" + ",7" * extra + "\n"
    )


@pytest.mark.parametrize("make", [long, wide, columns])
def test_ten_thousand_columns_are_read_in_seconds(make):
    began = time.process_time()
    study = read(make(MOST))
    assert time.process_time() - began < 5  # one on an idle machine; 40 to 60 before
    assert len(study.mice) >= 4


def test_ten_thousand_columns_that_are_no_sheet_are_refused_in_seconds():
    began = time.process_time()
    with pytest.raises(InputError):
        read(neither(MOST))
    assert time.process_time() - began < 5


def test_a_header_is_looked_at_once(monkeypatch):
    seen = []

    def counted(names, declared, body=None):
        seen.append(tuple(names))
        return recognise_header(names, declared, body)

    monkeypatch.setattr(layout, "recognise_header", counted)
    read("mouse,arm,day,volume\nm1,a,0,100\nm2,a,0,100\n")
    assert len(seen) == len(set(seen))


def test_unused_columns_are_still_named():
    assert "'extra0'" in finding_of(read(long(3)), "columns-not-used").seen
