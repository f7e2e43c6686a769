"""Every layout on the sheets of every other: each is taken by its own alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenotrack.errors import InputError
from xenotrack.study.files.delimited import read_delimited
from xenotrack.study.layouts.registry import LAYOUTS, lengthen

from .readings import DATA, SAMPLES, few
from .sheets import finding_of, read, rules_of
from .test_bilateral import FLANKS
from .test_calendar import CALENDAR
from .test_coded import CODED
from .test_column import COLUMN
from .test_dated import AREA, AREAS
from .test_eventlog import LOG
from .test_long_kinds import WEIGHED
from .test_paired import PAIRED
from .test_pivot import PIVOT
from .test_sizes import BILATERAL
from .test_tall import TALL
from .test_wide import WIDE

ACROSS = """,Vehicle,,,,Drug A,,,
,m1,,m2,,m3,,m4,
Day,L,W,L,W,L,W,L,W
0,8.1,6.2,8.4,6.3,8.2,6.1,8.6,6.6
4,9.3,7.2,9.1,7.4,8.8,6.6,9.2,6.9
8,10.6,8.1,10.9,8.4,9.1,6.9,9.4,7.2
"""
SHEETS = {
    "long": WEIGHED,
    "wide": WIDE,
    "sizes": BILATERAL,
    "bilateral": FLANKS,
    "paired": PAIRED,
    "dated": AREAS,
    "coded": CODED,
    "calendar": CALENDAR,
    "column": COLUMN,
    "across": ACROSS,
    "eventlog": LOG,
    "pivot": PIVOT,
    "tall": TALL,
}
BUNDLED = [*sorted(SAMPLES.glob("*.csv")), *sorted(DATA.glob("*.csv"))]
ROOT = Path(__file__).parents[2]


def test_every_layout_has_a_sheet_here():
    assert set(SHEETS) == set(LAYOUTS)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_read_in_its_own_layout_whether_named_or_not(name):
    options = AREA if name == "dated" else None
    study = read(SHEETS[name], options)
    assert study.layout == name
    forced = read(SHEETS[name], options, layout=name)
    assert forced.measurements.equals(study.measurements)


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_fits_no_layout_but_its_own_and_those_it_stands_over(name):
    sheet = read_delimited(SHEETS[name].encode(), "s.csv")
    fits = {other for other, layout in LAYOUTS.items() if layout.recognise(sheet, {}).fits}
    assert name in fits
    assert fits - {name} <= set(LAYOUTS[name].over)


@pytest.mark.parametrize("name", SHEETS)
def test_every_cell_that_says_something_has_its_row_in_the_long_table_or_in_a_finding(name):
    sheet = read_delimited(SHEETS[name].encode(), "s.csv")
    [(_, _, long)] = lengthen([sheet], {"area_mm2": "LxW"} if name == "dated" else {}).longs
    named = {row for f in long.findings for row in rows_of(f.cell)}
    header = LAYOUTS[name].recognise(sheet, {}).position + LAYOUTS[name].recognise(sheet, {}).depth
    filled = {int(sheet.rows[p]) for p in range(header, len(sheet.cells)) if any(sheet.texts(p))}
    if name == "tall":
        # Three rows are one reading there, called by the first; none of their numbers is lost.
        measures = long.frame[["length", "width", "body_weight"]].to_numpy()
        assert (measures != "").sum() == len(filled)
        return
    assert filled <= set(long.frame["row"]) | named


def rows_of(cell):
    """The rows that a finding names."""
    spans = [part.split("-") for part in cell.split(", ") if part]
    return {row for span in spans for row in range(int(span[0]), int(span[-1]) + 1)}


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_plain_sheets_are_taken_by_long_or_wide(path):
    [(_, name, _)] = lengthen([read_delimited(path.read_bytes(), path.name)], {}).longs
    assert name in ("long", "wide")


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "x\n", "Day\n", "7 x 5\n", "L_vol,R_vol\n1,2\n"]
)
def test_a_table_that_is_no_sheet_is_refused_by_every_layout(text):
    for name in LAYOUTS:
        with pytest.raises(InputError):
            read(text, layout=name)


def test_help_and_manual_name_every_layout():
    help_text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    formats = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    for name in LAYOUTS:
        assert name in help_text
        assert f"`{name}`" in formats or f"### {name.title()}" in formats


@few
@given(name=st.sampled_from(sorted(SHEETS)), column=st.integers(0, 12), line=st.integers(0, 12))
def test_a_sheet_without_one_of_its_columns_or_lines_is_read_or_refused_in_words(
    name, column, line
):
    mark = {"long": "\t", "coded": "\t", "dated": ";"}.get(name, ",")
    records = [text.split(mark) for text in SHEETS[name].replace("\r", "\n").split("\n")]
    narrower = [cells[:column] + cells[column + 1 :] for cells in records]
    shorter = records[:line] + records[line + 1 :]
    for mutilated in (narrower, shorter):
        text = "\n".join(map(mark.join, mutilated))
        layout, refusal = outcome(text, AREA if name == "dated" else None)
        assert layout in LAYOUTS or len(refusal) > 20


def outcome(text, options):
    """The layout in which a text was read, or the words that refused it."""
    try:
        return read(text, options).layout, ""
    except InputError as refusal:
        return "", str(refusal)


NUMBERED = {
    "pivot": PIVOT.replace("Row Labels,0,3,7", "Row Labels,0,3,one week"),
    "wide": WIDE.replace("-1,2,9", "-1,2,one week"),
}


@pytest.mark.parametrize("name", SHEETS)
def test_no_column_of_numbers_is_dropped_without_a_word(name):
    mark = {"long": "\t", "coded": "\t", "dated": ";"}.get(name, ",")
    lines = SHEETS[name].replace("\r", "\n").rstrip("\n").split("\n")
    wider = [f"{line}{mark}{'Zeta' if at == 0 else 17 + at}" for at, line in enumerate(lines)]
    sheet = read_delimited("\n".join(wider).encode(), "s.csv")
    found = LAYOUTS[name].recognise(sheet, {})
    if not found.fits or "Zeta" not in found.header.names:
        pytest.skip("its header is not in the first line")
    [(_, _, long)] = lengthen([sheet], {"area_mm2": "LxW"} if name == "dated" else {}).longs
    read = list(found.header.names).index("Zeta") in set(long.frame["column"])
    assert read or any("'Zeta'" in finding.seen for finding in long.findings)


@pytest.mark.parametrize("name", ["pivot", "wide"])
def test_a_day_whose_header_nobody_knows_is_named(name):
    study = read(NUMBERED[name])
    assert any("'one week'" in finding.seen for finding in study.findings)


CHANGED = {
    "other days": ("Mouse,Group,Day 0,Day 4,Day 8", "Mouse,Group,Day 0,Day 3,Day 7", "100,110,120"),
    "only the mouse": ("Mouse,Group,Day 0,Day 4,Day 8", "mouse,,0,3,7", "100,110,120"),
    "another order": ("Mouse,Group,Day,Volume", "Mouse,Group,Volume,Day", "7,110"),
}


@pytest.mark.parametrize(("first", "again", "numbers"), CHANGED.values(), ids=CHANGED)
def test_a_header_that_stands_again_with_other_names_is_an_error(first, again, numbers):
    rows = [first, f"1,vehicle,{numbers}", f"2,vehicle,{numbers}"]
    rows += [again, f"3,drug,{numbers}", f"4,drug,{numbers}"]
    found = finding_of(read("\n".join(rows) + "\n"), "header-changes")
    assert found.severity == "error"
    assert found.cell == "4"


@pytest.mark.parametrize("again", ["Mouse,Group,Day 0,Day 4,Notes", "mouse,group,0,4,Remarks"])
def test_a_header_that_says_the_same_of_what_is_read_is_only_repeated(again):
    rows = ["Mouse,Group,Day 0,Day 4,Notes", "1,vehicle,100,110,ok", "2,vehicle,90,99,"]
    rows += [again, "3,drug,100,110,", "4,drug,100,110,small"]
    assert "header-changes" not in rules_of(read("\n".join(rows) + "\n"))


def test_a_column_called_as_volumes_is_proposed():
    text = "group_code,mouse_id,day,mean_volume_mm3,group\n1,m1,0,100,veh\n1,m1,4,130,veh\n"
    with pytest.raises(InputError, match='volume_mm3 = "mean_volume_mm3"'):
        read(text)
    study = read(text, {"columns": {"volume_mm3": "mean_volume_mm3"}})
    assert study.measurements["volume_mm3"].tolist() == [100, 130]


def test_a_list_of_mice_with_numbers_that_may_be_readings_is_not_called_one_without():
    with pytest.raises(InputError, match="none of the layouts"):
        read("mouse,arm,T1,T2,T3\nm1,veh,100,120,140\nm2,drug,100,90,80\n")
