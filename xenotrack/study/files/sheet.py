"""A sheet as it was written: its cells as text, and where each stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.study.finding import Cells, Finding, row_ranges


@dataclass(frozen=True)
class Sheet:
    """The cells of one sheet, all text ("" = empty), with the row number of each record.

    ``name`` is the worksheet's; "" for a text file, whose places are line numbers.
    """

    file: str
    name: str
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    findings: tuple[Finding, ...] = ()
    # What was found out about these cells: every layout asks the same of them.
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def grid(self) -> NDArray[np.object_]:
        """The cells as an array: of thousands of columns a frame gives each but slowly."""
        return self.cells.to_numpy(dtype=object)

    @property
    def title(self) -> str:
        """The sheet's name for people."""
        return f"{self.file}, sheet {self.name}" if self.name else self.file

    def texts(self, position: int) -> list[str]:
        """The trimmed cells of one record."""
        return [text.strip() for text in self.grid[position].tolist()]

    def with_column(self, position: int, name: str, texts: Sequence[str]) -> Sheet:
        """The sheet with a column more: its name at one record, a text for each record below."""
        cells = self.cells.copy(deep=False)
        column = [*[""] * position, name, *texts]
        cells[cells.shape[1]] = pd.Series(column, index=cells.index, dtype=object)
        return replace(self, cells=cells)

    def cell(self, row: int, column: int | None = None) -> Cells:
        """A row number, or in a workbook the cell, as findings write it."""
        return cell_at(row, column) if self.name and column is not None else row_ranges([row])


def column_letters(column: int) -> str:
    """A spreadsheet's name of a column, counted from 0.

    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """A spreadsheet's name of a cell; the row counted from 1, the column from 0.

    >>> cell_name(12, 2)
    'C12'
    """
    return f"{column_letters(column)}{row}"


def cell_at(row: int, column: int) -> Cells:
    """A cell as a place of findings."""
    return Cells(cell_name(row, column), [range(row, row + 1)], column)


def cell_referred(reference: str) -> Cells:
    """The cell of a workbook's own reference.

    >>> cell_referred("AB7").runs, cell_referred("AB7").column
    ((range(7, 8),), 27)
    """
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - ord("A") + 1
    return cell_at(int(reference[len(letters) :]), column - 1)
