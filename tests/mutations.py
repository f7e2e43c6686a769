"""Valid sheets, and what happens to sheets in real life: strategies for property tests."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from hypothesis import strategies as st

Rows = list[list[str]]
Mutation = Callable[[st.DataObject, Rows], Rows]

HEADER = ["mouse", "arm", "day", "length_mm", "width_mm", "body_weight_g", "fate"]

# What people, programs and formats write into a cell.
CELLS = st.sampled_from(
    [
        *("", " ", "NA", "nan", "None", "null", "-", ".", "?", "dead", "culled", "n.d.", "#N/A"),
        *("0", "0.0", "-1", "-14", "1e308", "1e-308", "1e-12", "9e99", "inf", "-inf", "1e400"),
        *("12,5", "1,234", "1.234,5", "1 234", "12.5 mm", "~12", "<2", "12.5*", "1e3", "0x10"),
        *("=1+1", "+cmd", "@x", '=HYPERLINK("http://x")', "-2+3", "'12", "TRUE"),
        *("2024-01-31", "31/01/2024", "03/04/2024", "45292", "D7", "day 7", "wk 2", "99999999"),
        *("vehicle", "Vehicle ", "drug+", "+", "a+b+c", "µ-Tümor", "腫瘍", "a\u202eb", "\u200b"),
        *("a" * 300, "two\nlines", 'say "x"', "a;b", "a\tb", "tumor_size", "toxicity", "unknown"),
        *("9" * 25, "1_000", "１２", "½", "\x07", "𝟏𝟐", "−5", "1e5", "5000000"),
    ]
)
# Python reads the last of these as ten million and more: a cell must not become a range.
DAYS = st.sampled_from(["-7", "0", "0", "3", "7", "7.5", "1e6", "-1e6", "36500", "1e-9"])


def plain_rows(n_arms: int, n_mice: int, n_days: int, wide: bool) -> Rows:
    """A valid sheet: arms that differ in growth, mice that differ a little, a fate for each."""
    arms = ["vehicle", "A", "B", "A+B", "C"][:n_arms]
    days = [0, 3, 7, 10, 14, 17, 21][:n_days]
    rows = [["mouse", "arm", *map(str, days)]] if wide else [list(HEADER)]
    for code, arm in enumerate(arms):
        for number in range(n_mice):
            name = f"m{code}{number}"
            rate = (0.06, 0.03, 0.02, -0.02, 0.04)[code] + 0.004 * (number - n_mice / 2)
            lengths = [
                (6 + 0.4 * number) * 2.718281828 ** (rate * day / 3)
                + 0.1 * ((7 * day + number) % 3)
                for day in days
            ]
            if wide:
                rows.append([name, arm, *(f"{0.4 * length**3:.1f}" for length in lengths)])
                continue
            for day, length in zip(days, lengths, strict=True):
                weight = 22 + 0.1 * number - 0.05 * day * code
                cells = (f"{length:.1f}", f"{0.8 * length:.1f}", f"{weight:.1f}", "end_of_study")
                rows.append([name, arm, str(day), *cells])
    return rows


def _row(data: st.DataObject, rows: Rows) -> int:
    return data.draw(st.integers(0, len(rows) - 1))


def _column(data: st.DataObject, rows: Rows) -> int:
    # A record cut down to nothing has no cell; a mishap to its first one changes nothing.
    return data.draw(st.integers(0, max(1, *map(len, rows)) - 1))


def _with_column(rows: Rows, column: int, change: Callable[[int, str], str]) -> Rows:
    return [
        [change(at, cell) if here == column and at else cell for here, cell in enumerate(row)]
        for at, row in enumerate(rows)
    ]


def one_cell(data: st.DataObject, rows: Rows) -> Rows:
    at, column, cell = _row(data, rows), _column(data, rows), data.draw(CELLS)
    return [
        [cell if (row, here) == (at, column) else old for here, old in enumerate(cells)]
        for row, cells in enumerate(rows)
    ]


def some_cells(data: st.DataObject, rows: Rows) -> Rows:
    column = _column(data, rows)
    cells = data.draw(st.lists(CELLS, min_size=1, max_size=4))
    step = data.draw(st.integers(1, 5))
    return _with_column(
        rows, column, lambda at, old: cells[at % len(cells)] if at % step == 0 else old
    )


def whole_column(data: st.DataObject, rows: Rows) -> Rows:
    column, cell = _column(data, rows), data.draw(CELLS)
    return _with_column(rows, column, lambda at, old: cell)


def scaled_column(data: st.DataObject, rows: Rows) -> Rows:
    column = _column(data, rows)
    factor = data.draw(st.sampled_from([0.0, -1.0, 1e-3, 1e-150, 1e3, 1e6, 1e150, 1e-6]))

    def scaled(at: int, cell: str) -> str:
        try:
            return repr(float(cell) * factor)
        except ValueError:
            return cell

    return _with_column(rows, column, scaled)


def decimal_commas(data: st.DataObject, rows: Rows) -> Rows:
    column = _column(data, rows)
    return _with_column(rows, column, lambda at, cell: cell.replace(".", ","))


def short_row(data: st.DataObject, rows: Rows) -> Rows:
    at, kept = _row(data, rows), data.draw(st.integers(0, 3))
    return [cells[:kept] if row == at else cells for row, cells in enumerate(rows)]


def long_row(data: st.DataObject, rows: Rows) -> Rows:
    at, more = _row(data, rows), data.draw(st.lists(CELLS, min_size=1, max_size=3))
    return [[*cells, *more] if row == at else cells for row, cells in enumerate(rows)]


def dropped_row(data: st.DataObject, rows: Rows) -> Rows:
    at = _row(data, rows)
    return [*rows[:at], *rows[at + 1 :]] if len(rows) > 1 else rows


def dropped_column(data: st.DataObject, rows: Rows) -> Rows:
    at = _column(data, rows)
    return [[*row[:at], *row[at + 1 :]] for row in rows]


def swapped_columns(data: st.DataObject, rows: Rows) -> Rows:
    one, other = _column(data, rows), _column(data, rows)
    below = data.draw(st.booleans())  # the header stays: the cells stand under a wrong name

    def swapped(row: list[str]) -> list[str]:
        row = list(row)
        if max(one, other) < len(row):
            row[one], row[other] = row[other], row[one]
        return row

    return [row if below and at == 0 else swapped(row) for at, row in enumerate(rows)]


def renamed_header(data: st.DataObject, rows: Rows) -> Rows:
    at = _column(data, rows)
    words = ["volume", "tumour volume (cm3)", "Weight", "date", "mouse", "arm", "day", "height"]
    word = data.draw(st.one_of(CELLS, st.sampled_from([*words, "tumor", "study", "phase", "T1"])))
    return [[word if here == at else cell for here, cell in enumerate(rows[0])], *rows[1:]]


def added_column(data: st.DataObject, rows: Rows) -> Rows:
    words = ["study", "phase", "tumor", "height", "volume", "date", "cage", "notes", "Unnamed"]
    word = data.draw(st.sampled_from(words))
    cells = data.draw(st.lists(CELLS, min_size=1, max_size=3))
    return [
        [*row, word if at == 0 else cells[(at * len(cells)) // len(rows)]]
        for at, row in enumerate(rows)
    ]


def duplicate_rows(data: st.DataObject, rows: Rows) -> Rows:
    at, times = _row(data, rows), data.draw(st.integers(1, 3))
    return [*rows[: at + 1], *([list(rows[at])] * times), *rows[at + 1 :]]


def conflicting_rows(data: st.DataObject, rows: Rows) -> Rows:
    at = _row(data, rows)
    return [*rows, *one_cell(data, [rows[at]])]


def shuffled_rows(data: st.DataObject, rows: Rows) -> Rows:
    return [rows[0], *data.draw(st.permutations(rows[1:]))] if len(rows) < 40 else rows[:1:-1]


def blank_lines(data: st.DataObject, rows: Rows) -> Rows:
    at, blank = _row(data, rows), data.draw(st.sampled_from([[], [""], ["", "", ""], [" "]]))
    return [*rows[:at], blank, *rows[at:]]


def title_lines(data: st.DataObject, rows: Rows) -> Rows:
    title = data.draw(st.sampled_from(["Study 12", "Tumour volumes", "", "exported by X, 2024"]))
    return [[title], [""], *rows]


def header_only(data: st.DataObject, rows: Rows) -> Rows:
    return rows[:1]


def no_header(data: st.DataObject, rows: Rows) -> Rows:
    return rows[1:] or rows


def few_mice(data: st.DataObject, rows: Rows) -> Rows:
    names = [*dict.fromkeys(row[0] for row in rows[1:] if row)]
    kept = set(data.draw(st.lists(st.sampled_from(names), max_size=3))) if names else set()
    return [rows[0], *(row for row in rows[1:] if row and row[0] in kept)]


def one_name(data: st.DataObject, rows: Rows) -> Rows:
    """The same mouse, or the same arm, on every row."""
    column = data.draw(st.integers(0, 1))
    return _with_column(rows, column, lambda at, cell: "x")


def days_from(data: st.DataObject, rows: Rows) -> Rows:
    column = next((here for here, word in enumerate(rows[0]) if word == "day"), 0)
    days = data.draw(st.lists(DAYS, min_size=1, max_size=7))
    return _with_column(rows, column, lambda at, cell: days[(at - 1) % len(days)])


def constant_sizes(data: st.DataObject, rows: Rows) -> Rows:
    size = data.draw(st.sampled_from(["0", "0.0", "5", "1e-5", "1e100"]))
    mice = data.draw(st.sampled_from(["m0", "m1", "m", "m00"]))
    return [
        [
            size if at and here in (3, 4) and row[0].startswith(mice) else cell
            for here, cell in enumerate(row)
        ]
        for at, row in enumerate(rows)
    ]


def early_ends(data: st.DataObject, rows: Rows) -> Rows:
    """Mice of an arm that leave after their first readings, with a fate."""
    arm, fate = data.draw(
        st.tuples(
            st.sampled_from(["vehicle", "A", "A+B"]),
            st.sampled_from(["tumor_size", "toxicity", "found dead", "???", ""]),
        )
    )
    last = data.draw(st.sampled_from([0, 3, 7]))
    kept = [rows[0]]
    for row in rows[1:]:
        if len(row) == len(HEADER) and row[1] == arm:
            if row[2].isdigit() and int(row[2]) > last:
                continue
            row = [*row[:6], fate]
        kept.append(row)
    return kept


MUTATIONS: tuple[Mutation, ...] = (
    one_cell,
    some_cells,
    whole_column,
    scaled_column,
    decimal_commas,
    short_row,
    long_row,
    dropped_row,
    dropped_column,
    swapped_columns,
    renamed_header,
    added_column,
    duplicate_rows,
    conflicting_rows,
    shuffled_rows,
    blank_lines,
    title_lines,
    header_only,
    no_header,
    few_mice,
    one_name,
    days_from,
    constant_sizes,
    early_ends,
)


# Those after which a sheet often still has an answer, which is where the analysis is tried.
GENTLE: tuple[Mutation, ...] = (
    some_cells,
    one_cell,
    scaled_column,
    dropped_row,
    conflicting_rows,
    constant_sizes,
    early_ends,
    few_mice,
)
LIKELY = (*GENTLE, *GENTLE, *MUTATIONS)


def _as_bytes(data: st.DataObject, rows: Rows) -> bytes:
    """The rows as some program would save them."""
    mark = data.draw(st.sampled_from([",", ",", ",", ";", "\t", "|"]))
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    end = data.draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = io.StringIO()
    csv.writer(text, delimiter=mark, quoting=quoting, lineterminator=end).writerows(rows)
    # Most files are UTF-8; another encoding must not hide what else the sheet has.
    encoding = "utf-8"
    if data.draw(st.integers(0, 9)) == 9:
        encoding = data.draw(
            st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
        )
    return text.getvalue().encode(encoding, errors="replace")


def _damaged(data: st.DataObject, sheet: bytes) -> bytes:
    """Bytes lost or put in, as by a bad copy."""
    if data.draw(st.integers(0, 9)) != 9:
        return sheet
    how = data.draw(st.sampled_from(["cut", "odd", "empty", "quote"]))
    at = data.draw(st.integers(0, len(sheet)))
    odd = data.draw(st.sampled_from([b"\xff", b"\x00", b"\xe2\x82", b"\x1a"]))
    return {
        "cut": lambda: sheet[:at],
        "odd": lambda: sheet[:at] + odd + sheet[at:],
        "empty": lambda: b"",
        "quote": lambda: sheet[:at] + b'"' + sheet[at:],
    }[how]()


@st.composite
def bad_sheets(draw: st.DrawFn, most: int = 3) -> bytes:
    """A valid sheet to which up to ``most`` mishaps have come."""
    data = draw(st.data())
    rows = plain_rows(
        n_arms=draw(st.sampled_from([2, 4, 5, 3, 1])),
        n_mice=draw(st.sampled_from([3, 5, 4, 2, 1])),
        n_days=draw(st.sampled_from([4, 7, 5, 3, 2, 1])),
        wide=draw(st.sampled_from([False, False, False, True])),
    )
    for mutation in draw(st.lists(st.sampled_from(LIKELY), max_size=most)):
        rows = mutation(data, rows)
        if not any(rows):  # no cell is left for another mishap
            break
    return _damaged(data, _as_bytes(data, rows))
