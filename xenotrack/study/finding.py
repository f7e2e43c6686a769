"""What is doubtful about a sheet: one finding a place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd


Severity = Literal["error", "warning"]


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


def _place_then_rule(finding: Finding) -> tuple[str, str, int, int, str, str, str, str]:
    found = re.match(r"([A-Z]*)(\d+)", finding.cell)
    letters, row = (found[1], int(found[2])) if found else ("", 0)
    return (
        finding.file,
        finding.sheet,
        row,
        len(letters),
        letters,
        finding.rule,
        finding.mouse,
        finding.seen,
    )


def findings_frame(findings: Iterable[Finding]) -> pd.DataFrame:
    """One row a finding: ``rule severity file sheet cell mouse seen proposal accepted``."""
    import pandas as pd

    columns = [field.name for field in fields(Finding)]
    return pd.DataFrame([asdict(finding) for finding in findings], columns=columns)


def row_ranges(rows: Iterable[int]) -> str:
    """Row numbers as a reader writes them.

    >>> row_ranges([4, 5, 6, 9])
    '4-6, 9'
    """
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return ", ".join(str(low) if low == high else f"{low}-{high}" for low, high in ranges)
