"""Tables of a page: columns that say something, numbers rounded alike, rows that know their arm."""

from __future__ import annotations

import pytest

from xenotrack.present.page.cells import Cell, cell, decimals
from xenotrack.present.page.tables import MOST_ROWS, SOME_ROWS, Marks, views_of, whole_table
from xenotrack.present.page.views import MOST_LARGEST

MARKS = Marks.of(["vehicle", "A", "A - B"], [{"mouse": "m1"}, {"mouse": "m2"}])


@pytest.mark.parametrize(
    ("row", "arm"),
    [
        ({"arm": "A"}, "1"),
        ({"contrast": "A - vehicle", "arm": "A", "against": "vehicle"}, "1"),
        ({"contrast": "A - B - vehicle", "arm": "A - B"}, "2"),
        ({"contrast": "all arms"}, ""),
        ({"combination": "A - B"}, "2"),
        ({"mouse": "m1"}, ""),
    ],
)
def test_a_row_belongs_to_the_arm_it_is_about(row, arm) -> None:
    assert MARKS.arm_of(row) == arm


def test_a_row_knows_its_mouse() -> None:
    assert MARKS.mouse_of({"mouse": "m2"}) == "1"
    assert MARKS.mouse_of({"mouse": "unknown"}) == ""


def test_a_column_of_one_value_is_said_once_and_an_empty_one_only_named() -> None:
    rows = [{"study": "S", "mouse": m, "sheet": None, "day": 1.0} for m in ("m1", "m2", "m3")]
    table = whole_table("tidy", rows, MARKS)
    assert [heading.text for heading in table.headings] == ["mouse"]
    assert table.same == (("study", "S"), ("day", "1"))
    assert table.empty == ("sheet",)


def test_rows_that_are_all_alike_stay_a_table() -> None:
    table = whole_table("x", [{"a": 1}] * 3, MARKS)
    assert [line.cells for line in table.lines] == [(Cell("1"),)] * 3


def test_a_long_table_is_cut_and_says_how_long_it_is() -> None:
    rows = [{"mouse": str(number), "day": number} for number in range(MOST_ROWS + 1)]
    table = whole_table("tidy", rows, MARKS)
    assert (len(table.lines), table.n_rows) == (SOME_ROWS, MOST_ROWS + 1)
    assert len(whole_table("tidy", rows[1:], MARKS).lines) == MOST_ROWS


def test_unlike_quantities_are_rounded_each_for_itself() -> None:
    rows = [
        {"outcome": outcome, "estimate": value}
        for outcome, values in (("growth_rate", (0.01234, 0.0456)), ("rmst_days", (12.345, 40.5)))
        for value in values
    ]
    texts = [line.cells[1].text for line in whole_table("compare", rows, MARKS).lines]
    assert texts == ["0.0123", "0.0456", "12.3", "40.5"]


def test_a_cell_keeps_what_was_rounded_away() -> None:
    assert cell("estimate", 0.123456, 3) == Cell("0.123", "0.123456")
    assert cell("day", 28.0, 0) == Cell("28")
    assert cell("n", 3, 0) == Cell("3")
    assert cell("progressed", True, 0) == Cell("yes")
    assert cell("estimate", None, 3) == Cell("–")


def test_a_small_number_is_never_shown_as_zero() -> None:
    assert decimals([10.5, 20.5, 0.00003]) == 1
    assert cell("estimate", 0.00003, 1).text == "0.0000300"


def test_a_question_sees_its_own_contrasts() -> None:
    keys = ("estimate", "conf_low", "conf_high", "p_value", "p_adjusted")
    keys += ("claim_low", "claim_high")
    rows = [
        {
            "outcome": outcome,
            "family": "control",
            "contrast": "A - vehicle",
            **dict.fromkeys(keys, 1.5),
        }
        for outcome in ("growth_rate", "rmst_days")
    ]
    tables = views_of("compare", rows, "slowed", MARKS, 0.9)
    assert [table.title for table in tables] == ["Growth rate against control"]
    assert tables[0].headings[1].text == "per day (90 %)"
    assert tables[0].lines[0].cells[1].text == "1.50 (1.50 to 1.50)"


def test_categories_become_columns() -> None:
    keys = ("proportion", "conf_low", "conf_high")
    rows = [
        {"arm": arm, "n_mice": 10, "category": name, "n": n, **dict.fromkeys(keys, n / 10)}
        for arm in ("vehicle", "A")
        for n, name in enumerate(("CR", "PR", "SD", "PD", "NE", "objective", "disease_control"))
    ]
    (table,) = views_of("response_by_arm", rows, "blocked", MARKS, 0.95)
    assert [line.cells[2:7] for line in table.lines] == [tuple(map(Cell, "01234"))] * 2


def test_a_table_without_a_view_is_shown_whole() -> None:
    (table,) = views_of("new", [{"a": 1, "b": 2.5}], "slowed", MARKS, 0.95)
    assert [heading.text for heading in table.headings] == ["a", "b"]


def test_of_what_mice_do_only_the_most_is_shown() -> None:
    rows = [
        {"mouse": f"m{n}", "arm": "A", "estimate": 0.1, "change": 0.0, "change_in_errors": change}
        for n, change in enumerate([0.1, -3.0, None, *([0.2] * 20), 2.0])
    ]
    (table,) = views_of("influence", rows, "sure", Marks({}, {}), 0.95)
    assert len(table.lines) == MOST_LARGEST == 12
    assert [line.cells[0].text for line in table.lines[:2]] == ["m1", f"m{len(rows) - 1}"]
    assert "the 12 that change it most" in table.title


def test_words_for_scripts_are_said_as_people_say_them() -> None:
    row = {"reference": "bliss_doublet", "fate": "tumor_size", "outcome": "rmst_days"}
    (line,) = whole_table("response", [row], MARKS).lines
    assert [cell.text for cell in line.cells] == [
        "pair plus third drug",
        "tumour size limit",
        "Days without progression",
    ]
