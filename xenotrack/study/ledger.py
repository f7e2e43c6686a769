"""The findings of one study as they are made, each with the place of its row."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from xenotrack.study.files.sheet import cell_at, cell_name
from xenotrack.study.finding import Cells, Finding, Severity, row_ranges

Row = Mapping[Any, Any]


@dataclass(frozen=True)
class Origin:
    """A sheet that rows come from: its file and worksheet, and the columns of its roles.

    Where neither its header nor a title, a tab or a name says volume its volumes are ``bare``.
    """

    file: str
    sheet: str
    columns: dict[str, int]
    title: str
    decimals: dict[str, str] = field(default_factory=dict)
    bare: bool = False


@dataclass
class Ledger:
    """Collects findings; rows are those of the long table, with ``part``, ``row``, ``column``."""

    origins: tuple[Origin, ...]
    findings: list[Finding] = field(default_factory=list)

    def note(
        self,
        rule: str,
        seen: str,
        proposal: str,
        *,
        severity: Severity = "warning",
        mouse: str = "",
    ) -> None:
        """A finding about the whole study."""
        file = self.origins[0].file if len(self.origins) == 1 else ""
        sheet = self.origins[0].sheet if len(self.origins) == 1 else ""
        self.findings.append(Finding(rule, severity, file, sheet, "", mouse, seen, proposal))

    def note_row(
        self,
        rule: str,
        row: Row,
        seen: str,
        proposal: str,
        *,
        role: str = "",
        severity: Severity = "warning",
    ) -> None:
        """A finding about one row, at the cell of the role it is about."""
        origin = self.origins[int(row["part"])]
        cell = self.cell(row, role)
        self.findings.append(
            Finding(
                rule,
                severity,
                origin.file,
                origin.sheet,
                cell,
                str(row.get("mouse", "")),
                seen,
                proposal,
            )
        )

    def note_rows(
        self,
        rule: str,
        rows: pd.DataFrame,
        seen: str,
        proposal: str,
        *,
        severity: Severity = "warning",
        mouse: str = "",
    ) -> None:
        """One finding about many rows, a line for each sheet they come from."""
        for part, several in rows.groupby("part", sort=True):
            origin = self.origins[int(str(part))]
            cell = row_ranges(several["row"].tolist())
            self.findings.append(
                Finding(rule, severity, origin.file, origin.sheet, cell, mouse, seen, proposal)
            )

    def cell(self, row: Row, role: str = "") -> Cells:
        """The row's number, or in a workbook the cell of a role, else of the row's value."""
        origin = self.origins[int(row["part"])]
        if not origin.sheet:
            return row_ranges([int(row["row"])])
        return cell_at(int(row["row"]), origin.columns.get(role, int(row["column"])))


def each_row(rows: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """The rows one by one; for the few rows of a finding, never for all."""
    return rows.to_dict("records") if len(rows) else []  # pandas takes its time for none


def sources(rows: pd.DataFrame, origins: tuple[Origin, ...]) -> list[str]:
    """Where each row's value stands: ``file:row``, or ``sheet!cell`` for a workbook.

    Of several workbooks the file is named as well.
    """
    workbooks = {origin.file for origin in origins if origin.sheet}
    heads = [_head(origin, len(workbooks) > 1) for origin in origins]
    lines = rows["row"].tolist()
    parts = rows["part"].tolist()
    if len(heads) == 1 and not workbooks:
        return list(map(heads[0].__add__, map(str, lines)))
    if not workbooks:
        return [f"{heads[part]}{line}" for part, line in zip(parts, lines, strict=True)]
    columns = rows["column"].tolist()
    return [
        heads[part] + (cell_name(line, column) if origins[part].sheet else str(line))
        for part, line, column in zip(parts, lines, columns, strict=True)
    ]


def _head(origin: Origin, with_file: bool) -> str:
    if not origin.sheet:
        return f"{origin.file}:"
    return f"{origin.file}:{origin.sheet}!" if with_file else f"{origin.sheet}!"
