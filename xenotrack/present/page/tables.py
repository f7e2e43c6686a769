"""Tables as a page shows them: headings, cells, and whose row it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from xenotrack.glossary import COLUMNS, TABLES, Column
from xenotrack.glossary_pool import POOL_TABLES
from xenotrack.present.numbers import ratio_of
from xenotrack.present.page.cells import (
    Cell,
    Value,
    cell,
    decimals,
    interval_cell,
)
from xenotrack.present.page.prose import broken, escaped
from xenotrack.present.page.views import MOST_LARGEST, VIEWS, Shown, View

Row = Mapping[str, Any]

# Beyond this a table is for the computer; the page shows its first rows and names the file.
MOST_ROWS = 400
SOME_ROWS = 40
# Of many arms a whole table longer than that begins with a few rows; the others lie packed.
FEW_ROWS = 10
# Tables that hold unlike quantities are rounded by what each row is about.
ROUNDED_BY = {"compare": "outcome", "group_indices": "index", "synergy": "scale"}
WORDS_AT = "w"
NAMES_ARM = ("arm", "combination")


@dataclass(frozen=True)
class Heading:
    text: str
    unit: str = ""
    meaning: str = ""
    numeric: bool = False


@dataclass(frozen=True)
class Line:
    """A row's cells, and the numbers of its arm and mouse ("" = of none)."""

    cells: tuple[Cell, ...]
    arm: str = ""
    mouse: str = ""


@dataclass(frozen=True)
class Table:
    """``n_rows``: how many there are; ``same``: what all share; ``empty``: what none has.

    One in ``front`` is seen without being asked for.
    """

    name: str
    title: str
    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    n_rows: int
    same: tuple[tuple[str, str], ...] = ()
    empty: tuple[str, ...] = ()
    front: bool = False

    @property
    def first(self) -> tuple[Line, ...]:
        """The rows with which a long table begins where its page would be too large."""
        return self.lines if len(self.lines) <= SOME_ROWS else self.lines[:FEW_ROWS]

    @property
    def words_at(self) -> str:
        """The classes that say which columns hold words: to say it in each cell takes a tenth.

        Those of numbers are as a table of ours usually is, and the first names its row.
        """
        places = [place for place, heading in enumerate(self.headings, 1) if not heading.numeric]
        return "".join(f" {WORDS_AT}{place}" for place in places if place > 1)


def words_rules() -> str:
    """The style of the columns that hold words."""
    most = max(map(len, (TABLES | POOL_TABLES).values()))
    cells = ",".join(f".{WORDS_AT}{n} td:nth-child({n})" for n in range(2, most + 1))
    return f"{cells} {{ text-align: left; white-space: normal; }}\n"


@dataclass(frozen=True)
class Marks:
    """The number of each arm and mouse, by which figures know them; what columns mean."""

    arms: dict[str, int]
    mice: dict[str, int]
    glossary: Mapping[str, Column] = field(default_factory=lambda: COLUMNS)

    @classmethod
    def of(
        cls,
        arms: Iterable[str],
        responses: Iterable[Row],
        glossary: Mapping[str, Column] = COLUMNS,
    ) -> Marks:
        """Arms in the order of the design, mice in the order of the table ``response``."""
        mice = dict.fromkeys(str(row["mouse"]) for row in responses)
        return cls(_numbered(arms), _numbered(mice), glossary)

    def arm_of(self, row: Row) -> str:
        """The number of the arm that a row is about; a contrast is about its first."""
        named = next((str(row[key]) for key in NAMES_ARM if row.get(key)), "")
        return str(self.arms.get(named, ""))

    def mouse_of(self, row: Row) -> str:
        return str(self.mice.get(str(row.get("mouse")), ""))


def _numbered(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(names)}


def views_of(
    name: str, rows: Sequence[Row], question: str, marks: Marks, level: float
) -> list[Table]:
    """A table as it is read beside a question; whole, where nothing says how."""
    views = VIEWS.get(name, ()) if rows else ()
    shown = [view for view in views if view.question in ("", question)]
    tables = [_viewed(name, rows, view, marks, level) for view in shown or views]
    return [table for table in tables if table.n_rows] or [whole_table(name, rows, marks)]


def _viewed(name: str, rows: Sequence[Row], view: View, marks: Marks, level: float) -> Table:
    kept: Sequence[Row] = [
        row
        for row in rows
        if all(row.get(key) in wanted for key, wanted in view.where)
        and not any(row.get(key) in unwanted for key, unwanted in view.unless)
    ]
    if view.spread:
        kept = _spread(kept, view.spread)
    if view.largest:
        known = [row for row in kept if row.get(view.largest) is not None]
        kept = sorted(known, key=lambda row: -abs(row[view.largest]))[:MOST_LARGEST]
    # A column of which every row is silent says nothing.
    shown_here = [
        column for column in view.shown if not column.together or any(map(_is_adjusted, kept))
    ]
    columns = [_shown_cells(shown, kept) for shown in shown_here]
    headings = tuple(_heading(shown, kept, level) for shown in shown_here)
    lines = _lines(kept, columns, marks)
    return Table(name, view.title, headings, lines, len(kept), front=view.front)


def _spread(rows: Sequence[Row], column: str) -> list[dict[str, Any]]:
    """A row an arm: what each value of a column holds under a name of its own.

    >>> _spread([{"arm": "A", "is": "CR", "n": 1}, {"arm": "A", "is": "PD", "n": 4}], "is")
    [{'arm': 'A', 'is': 'CR', 'n': 1, 'n CR': 1, 'n PD': 4}]
    """
    spread: dict[str, dict[str, Any]] = {}
    for row in rows:
        row_of_arm = spread.setdefault(row["arm"], dict(row))
        row_of_arm |= {
            f"{key} {row[column]}": row[key] for key in row if key not in ("arm", column)
        }
    return list(spread.values())


def _heading(shown: Shown, rows: Sequence[Row], level: float) -> Heading:
    text = shown.heading
    if len(shown.columns) > 1:
        text = text.replace("%", f"{100 * level:g} %")
    return Heading(text, numeric=_is_numeric(row.get(shown.columns[0]) for row in rows))


def _is_adjusted(row: Row) -> bool:
    return row.get("adjustment") not in (None, "", "none")


def _shown_cells(shown: Shown, rows: Sequence[Row]) -> list[Cell]:
    values = [[_shown_value(shown, row, key) for key in shown.columns] for row in rows]
    places = decimals([value for numbers in values for value in numbers])
    if len(shown.columns) == 1:
        return [cell(shown.columns[0], value, places) for [value] in values]
    return [interval_cell(numbers, places) for numbers in values]


def _shown_value(shown: Shown, row: Row, key: str) -> Value:
    """The value of a cell; nothing where it would repeat what was not adjusted."""
    value: Value = row.get(key)
    if shown.together and not _is_adjusted(row):
        return None
    return ratio_of(value) if shown.ratio and isinstance(value, float) else value


def whole_table(name: str, rows: Sequence[Row], marks: Marks) -> Table:
    """Every column under its own name; what is the same in every row is said once."""
    shown = rows if len(rows) <= MOST_ROWS else rows[:SOME_ROWS]
    keys = list(rows[0]) if rows else []
    values = {key: [row[key] for row in rows] for key in keys}
    empty = [key for key in keys if all(value in (None, "") for value in values[key])]
    same = [
        key
        for key in keys
        if key not in empty and len(rows) > 2 and all(one == values[key][0] for one in values[key])
    ]
    kept = [key for key in keys if key not in empty and key not in same] or keys
    headings = tuple(
        Heading(key, *_explained(key, marks), numeric=_is_numeric(values[key])) for key in kept
    )
    places = _places(name, rows, kept)
    group = ROUNDED_BY.get(name)
    alike = [row[group] if group else None for row in shown]
    columns = [
        [
            cell(key, value, places[key, kind])
            for value, kind in zip(values[key], alike, strict=False)
        ]
        for key in kept
    ]
    once = tuple((key, cell(key, values[key][0], decimals(values[key][:1])).text) for key in same)
    return Table(name, name, headings, _lines(shown, columns, marks), len(rows), once, tuple(empty))


def _explained(key: str, marks: Marks) -> tuple[str, str]:
    """A column's unit, where it has one of its own, and its meaning."""
    unit, meaning = marks.glossary.get(key, ("", ""))
    return "" if unit == "of the outcome" else unit, meaning


def _places(name: str, rows: Sequence[Row], keys: Sequence[str]) -> dict[tuple[str, Any], int]:
    """The decimals of each column, within each group of rows that are alike."""
    group = ROUNDED_BY.get(name)
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[group] if group else None, []).append(row)
    return {
        (key, alike): decimals([row[key] for row in alike_rows])
        for alike, alike_rows in groups.items()
        for key in keys
    }


def _is_numeric(values: Iterable[Value]) -> bool:
    """Whether there are numbers, and nothing else."""
    kinds = set(map(type, values)) - {type(None)}
    return bool(kinds) and kinds <= {int, float}


def _lines(
    rows: Sequence[Row], columns: Sequence[Sequence[Cell]], marks: Marks
) -> tuple[Line, ...]:
    return tuple(
        Line(cells, marks.arm_of(row), marks.mouse_of(row))
        for row, cells in zip(rows, zip(*columns, strict=True), strict=True)
    )


def table_row(line: Line, headings: Sequence[Heading]) -> Markup:
    """A row with the numbers of its arm and mouse.

    Not by a template, which takes five times as long over so many.
    """
    first, *rest = line.cells
    cells = [f'<th scope="row"{_in_full(first)}>{broken(first.text)}</th>']
    for one, heading in zip(rest, headings[1:], strict=True):
        if heading.numeric:
            cells.append(f"<td{_in_full(one)}>{escaped(one.text)}</td>")
        else:
            cells.append(f"<td>{broken(one.text)}</td>")
    of = {"arm": line.arm, "mouse": line.mouse}
    owners = "".join(f' data-{key}="{number}"' for key, number in of.items() if number)
    return Markup(f"<tr{owners}>{''.join(cells)}</tr>")


def _in_full(cell: Cell) -> str:
    return f' title="{escaped(cell.full)}"' if cell.full else ""
