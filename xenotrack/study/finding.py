"""What is doubtful about a sheet: one finding a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """One doubt about a sheet, with its place, what was seen and what to do.

    ``file`` is relative or a basename, ``sheet`` a worksheet's name ("" for csv), ``cell`` a row
    number or a cell such as ``C12`` ("" = the whole sheet).
    """

    rule: str
    severity: Literal["error", "warning"]
    file: str
    sheet: str
    cell: str
    mouse: str
    seen: str
    proposal: str

    @property
    def place(self) -> str:
        """Where to look: ``file, sheet S, cell C``."""
        sheet = f"sheet {self.sheet}" if self.sheet else ""
        cell = f"row {self.cell}" if self.cell.isdigit() else self.cell
        return ", ".join(part for part in (self.file, sheet, cell) if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.seen} {self.proposal}".strip()
