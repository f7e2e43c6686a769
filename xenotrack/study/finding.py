"""What is doubtful about a sheet: one finding a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd


Severity = Literal["error", "warning"]


class Cells(str):
    """Rows of a sheet, or a cell, as people write them; ``runs`` are the numbers of the rows.

    What is found at a row is looked up by these, and never in the words.
    """

    runs: tuple[range, ...]
    column: int

    def __new__(cls, words: str, runs: Iterable[range] = (), column: int = -1) -> Cells:
        cells = super().__new__(cls, words)
        cells.runs, cells.column = tuple(runs), column
        return cells


def joined_cells(several: Iterable[Cells]) -> Cells:
    """Several cells as one place.

    >>> joined_cells([Cells("C12", [range(12, 13)], 2), Cells("D3", [range(3, 4)], 3)])
    'C12, D3'
    """
    cells = list(several)
    return Cells(", ".join(cells), (run for each in cells for run in each.runs))


@dataclass(frozen=True)
class Finding:
    """One doubt about a sheet, with its place, what was seen and what to do.

    ``file`` is relative or a basename, ``sheet`` a worksheet's name ("" for csv), ``cell`` a row
    number or a cell such as ``C12``, or several as ``4-9, 12`` ("" = the whole sheet).
    ``accepted`` is the reason for which the study declares that it is known.
    """

    rule: str
    severity: Severity
    file: str
    sheet: str
    cell: str
    mouse: str
    seen: str
    proposal: str
    accepted: str = ""

    @property
    def runs(self) -> tuple[range, ...]:
        """The rows of the sheet that it is about; none where it is about no row."""
        return self.cell.runs if isinstance(self.cell, Cells) else ()

    @property
    def place(self) -> str:
        """Where to look: ``file, sheet S, cell C``."""
        sheet = f"sheet {self.sheet}" if self.sheet else ""
        return ", ".join(part for part in (self.file, sheet, _rows_or_cell(self.cell)) if part)

    @property
    def told(self) -> str:
        """The finding, with the reason for which the lab accepts it."""
        reason = f" Accepted: {self.accepted.rstrip('.')}." if self.accepted else ""
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.seen}{reason}"

    def __str__(self) -> str:
        return f"{self.place}: {self.seen} {self.proposal}".strip()


def _rows_or_cell(cell: str) -> str:
    if cell.isdigit():
        return f"row {cell}"
    return f"rows {cell}" if cell[:1].isdigit() else cell


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by place, top to bottom, then by rule; each once."""
    return tuple(sorted(dict.fromkeys(findings), key=_place_then_rule))


def _place_then_rule(finding: Finding) -> tuple[str, str, int, int, str, str, str]:
    row = finding.runs[0].start if finding.runs else 0
    column = finding.cell.column if isinstance(finding.cell, Cells) else -1
    place = (finding.file, finding.sheet, row, column)
    return (*place, finding.rule, finding.mouse, finding.seen)


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """One row a finding: ``rule severity file sheet cell mouse seen proposal accepted``."""
    import pandas as pd

    columns = [field.name for field in fields(Finding)]
    rows = [[str(getattr(finding, name)) for name in columns] for finding in findings]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def row_ranges(rows: Iterable[int]) -> Cells:
    """Row numbers as a reader writes them.

    >>> row_ranges([4, 5, 6, 9])
    '4-6, 9'
    >>> row_ranges([4, 5, 6, 9]).runs
    (range(4, 7), range(9, 10))
    """
    runs: list[range] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1].stop:
            runs[-1] = range(runs[-1].start, row + 1)
        else:
            runs.append(range(row, row + 1))
    words = (f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return Cells(", ".join(words), tuple(runs))
