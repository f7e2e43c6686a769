"""Sheets as they arrive: whatever was done to one, a Study or a message, and no row lost."""

import re

from costs import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from xenotrack.errors import XenotrackError
from xenotrack.study.study import TIDY_COLUMNS

from .sheets import HEADER, clean_rows, read, sheet

QUICK = settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
CELLS = st.sampled_from(
    ["", " ", "NA", "x", "68*", "-1", "0", "1e9", "1,5", "1.234,5", '"', '"a', "m1", "drug", "Drug",
     "2024-02-30", "03/04/2024", "day 3", "week 2", "=1+1", "../x", "<b>", "inf", "NaN", "\t", "é"]
)  # fmt: skip
WIDE = "Treatment,Mouse,0,3,7\n" + "".join(
    f"{'veh' if m < 3 else 'drug'},{m},{100 + m},{120 + m},{150 + m}\n" for m in range(6)
)


def rows_named(study):
    """The line numbers that the study's table or its findings account for."""
    named = {int(source.rsplit(":", 1)[1]) for source in study.measurements["source"]}
    for finding in study.findings:
        listed = re.search(r"rows ([\d, ]+) ", finding.seen)
        for piece in f"{finding.cell}, {listed[1] if listed else ''}".split(","):
            low, _, high = piece.strip().partition("-")
            if low.isdigit():
                named.update(range(int(low), int(high or low) + 1))
    return named


def read_or_refuse(data, **how):
    """The study, or none where a message says why there is none."""
    refused = ""
    try:
        study = read(data, **how)
    except XenotrackError as error:
        refused = str(error)
    if refused:
        assert len(refused) > 20
        return None
    assert tuple(study.tidy) == TIDY_COLUMNS
    assert not study.measurements.duplicated(["mouse", "tumor", "day"]).any()
    assert study.measurements.groupby("mouse")["arm"].nunique().le(1).all()
    assert len(study.mice) == study.measurements["mouse"].nunique()
    assert study.errors or len(study.readings)
    return study


@QUICK
@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 3), CELLS), max_size=8))
@example([(0, 3, "1.234,5"), (1, 3, "NA")])
def test_no_change_of_cells_loses_a_row(changes):
    rows = clean_rows()
    for row, column, text in changes:
        rows[row][column] = text
    study = read_or_refuse(sheet([[_quoted(cell) for cell in row] for row in rows]))
    if study is not None:
        blank = {n + 2 for n, row in enumerate(rows) if not "".join(row).strip()}
        assert set(range(2, 26)) - blank <= rows_named(study)


def _quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',"') else cell


@QUICK
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), CELLS), max_size=8))
def test_no_change_of_a_wide_sheet_loses_a_mouse(changes):
    lines = [line.split(",") for line in WIDE.splitlines()]
    for row, column, text in changes:
        lines[row + 1][column] = _quoted(text)
    study = read_or_refuse("\n".join(",".join(line) for line in lines))
    if study is not None:
        blank = {n + 1 for n, line in enumerate(lines) if not "".join(line).strip()}
        assert set(range(2, 8)) - blank <= rows_named(study)


@QUICK
@given(st.permutations(range(4)), st.lists(st.integers(0, 23), max_size=6))
def test_columns_in_any_order_and_rows_twice_are_read(order, doubled):
    rows = clean_rows()
    rows += [rows[n] for n in doubled]
    header = HEADER.strip().split(",")
    text = sheet(
        [[row[i] for i in order] for row in rows], ",".join(header[i] for i in order) + "\n"
    )
    study = read_or_refuse(text)
    assert len(study.measurements) == 24
    assert set(range(2, len(rows) + 2)) <= rows_named(study)


@QUICK
@given(st.permutations(range(4)))
def test_swapped_headers_give_a_study_or_a_message(order):
    header = HEADER.strip().split(",")
    read_or_refuse(sheet(clean_rows(), ",".join(header[i] for i in order) + "\n"))


@QUICK
@given(
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "cp037"]),
    st.sampled_from([None, "utf-8", "utf-16", "cp1252"]),
)
def test_a_wrong_encoding_gives_a_study_or_a_message(written, claimed):
    read_or_refuse(sheet(clean_rows()).replace("drug", "dröge").encode(written), encoding=claimed)


@QUICK
@given(st.binary(max_size=300))
@example(b'mouse,arm,day,volume\n"')
@example(b"mouse\narm")
@example(b",,,\n,,,")
def test_any_bytes_give_a_study_or_a_message(data):
    read_or_refuse(data)


@QUICK
@given(st.integers(0, 600), st.binary(min_size=1, max_size=4))
def test_a_sheet_with_bytes_overwritten_gives_a_study_or_a_message(place, noise):
    data = sheet(clean_rows()).encode()
    read_or_refuse(data[:place] + noise + data[place + len(noise) :])


@QUICK
@given(st.integers(1, 24), st.integers(0, 3), st.booleans())
def test_few_rows_days_or_mice_give_a_study_or_a_message(n_rows, column, zero):
    rows = [[*row[:3], "0"] if zero else row for row in clean_rows()[:n_rows]]
    for row in rows:
        row[column] = rows[0][column]
    read_or_refuse(sheet(rows))


@QUICK
@given(
    st.text(st.sampled_from(",;\t\n\r\"' -.0123456789abcmouseyvlumrd%()"), max_size=200),
    st.sampled_from([None, ",", ";", "tab"]),
    st.sampled_from([None, ".", ","]),
)
def test_any_text_below_a_header_gives_a_study_or_a_message(text, delimiter, decimal):
    read_or_refuse(HEADER + text, delimiter=delimiter, decimal=decimal)
