"""One table → the studies in it: by the study that each row names, and by its xenograft line."""

from __future__ import annotations

from dataclasses import replace

from xenotrack.arrays import Bools
from xenotrack.errors import InputError
from xenotrack.study.identity import fill_down
from xenotrack.study.ledger import Ledger, each_row
from xenotrack.study.longtable import LongTable
from xenotrack.study.rules import Rules

# What a row may name that splits its table, and what rows without it lack.
_SPLITTING = {"study": "studies", "line": "lines"}


def split_studies(table: LongTable, rules: Rules, fallback: str) -> list[tuple[str, LongTable]]:
    """The rows of each study and line with the study's name, or of those that were selected.

    A study is named by its column, else as declared, else as the file.
    """
    roles = [role for role in _SPLITTING if role in table.rows]
    table = _filled(table, tuple(roles))
    wanted = rules.study.select
    parts_found = [(rules.study.name or fallback, "", table)]
    if "study" in roles:
        parts = _parts(table, "study")
        named = rules.study.name if len(parts) == 1 else None
        parts_found = [(named or name or fallback, "", part) for name, part in parts]
    if "line" in roles:
        parts_found = [
            (name, line, part)
            for name, _, rows in parts_found
            for line, part in _parts(rows, "line")
        ]
    if wanted is None:
        return [(name, part) for name, _, part in parts_found]
    kept = [(name, part) for name, line, part in parts_found if wanted in (name, line) and roles]
    if not kept:
        raise InputError(
            _nothing_selected(wanted, [(name, line) for name, line, _ in parts_found], roles)
        )
    return kept


def _nothing_selected(wanted: str, found: list[tuple[str, str]], roles: list[str]) -> str:
    if not roles:
        return (
            f"There is no study {wanted!r} to select: the sheet has no study column. Leave "
            '--select out, or name the column: `study = "NAME"` (or `line`) under [columns].'
        )
    lists = [
        f"the {_SPLITTING[role]} {', '.join(dict.fromkeys(studied[place] for studied in found))}"
        for place, role in enumerate(_SPLITTING)
        if role in roles
    ]
    what = " or ".join(role for role in _SPLITTING if role in roles)
    return f"There is no {what} {wanted!r} in the sheet. It has {' and '.join(lists)}."


def _filled(table: LongTable, roles: tuple[str, ...]) -> LongTable:
    """The table with names of merged cells taken for the rows below them."""
    ledger = Ledger(table.origins)
    rows = fill_down(table.rows, ledger, roles)
    return replace(table, rows=rows, findings=(*table.findings, *ledger.findings))


def _parts(table: LongTable, role: str) -> list[tuple[str, LongTable]]:
    """The rows of each name of a role; where there are several, without those that name none."""
    names = [name for name in table.rows[role].unique() if name]
    if len(names) <= 1:
        return [(names[0] if names else "", table)]
    table = _without_nameless(table, role)
    rows = table.rows
    return [(name, _only(table, (rows[role] == name).to_numpy())) for name in names]


def _only(table: LongTable, kept: Bools) -> LongTable:
    return replace(table, rows=table.rows[kept].reset_index(drop=True))


def _without_nameless(table: LongTable, role: str) -> LongTable:
    blank = (table.rows[role] == "").to_numpy()
    if not blank.any():
        return table
    ledger = Ledger(table.origins)
    rule = "row-without-study" if role == "study" else "row-without-line"
    proposal = f"Write the {role} on every row."
    if blank.sum() > 1:
        seen = f"These rows name no {role}, and the sheet has several; they were left out."
        ledger.note_rows(rule, table.rows[blank], seen, proposal, severity="error")
    for row in each_row(table.rows[blank]) if blank.sum() == 1 else ():
        seen = f"The row names no {role}, and the sheet has several; it was left out."
        ledger.note_row(rule, row, seen, proposal, role=role, severity="error")
    findings = (*table.findings, *ledger.findings)
    return replace(table, rows=table.rows[~blank], findings=findings)
