"""Sheets of one visit that name no arm, beside one that says the arm of each of their mice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xenotrack.study.columns import Header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.identity import trimmed
from xenotrack.study.layouts.grid import day_kind
from xenotrack.study.layouts.layout import candidate_headers, has_role, sheet_finding
from xenotrack.study.layouts.wide import day_columns


def with_arms_of_others(
    files: Sequence[list[Sheet]], declared: Mapping[str, str]
) -> list[list[Sheet]]:
    """The visits without an arm with a column of it, where other visits name each of their mice.

    So the first visit may say the arms of all. A mouse of two arms says nothing.
    """
    sheets = [sheet for file in files for sheet in file]
    if len(sheets) < 2:
        return list(files)
    heads = {id(sheet): _head(sheet, declared) for sheet in sheets}
    arms: dict[str, set[str]] = {}
    for sheet in sheets:
        for mouse, arm in _said(sheet, heads[id(sheet)]):
            arms.setdefault(mouse, set()).add(arm)
    known = {mouse: said.pop() for mouse, said in arms.items() if len(said) == 1}
    if not known:
        return list(files)
    return [[_with_arms(sheet, heads[id(sheet)], known) for sheet in file] for file in files]


def _head(sheet: Sheet, declared: Mapping[str, str]) -> tuple[int, Header] | None:
    """Where a visit names its mice, and the header; the first that names their arms as well."""
    found = [(at, h) for at, h in candidate_headers(sheet, declared) if "mouse" in h.roles]
    head = next((one for one in found if "arm" in one[1].roles), next(iter(found), None))
    return head if head is not None and _is_a_visit(sheet, *head) else None


def _is_a_visit(sheet: Sheet, position: int, header: Header) -> bool:
    """Whether a sheet holds the readings of one day at most."""
    kind = day_kind(header)
    if kind is None:
        return len(day_columns(header)) < 2
    days = sheet.cells.iloc[position + 1 :, header.roles[kind]]
    return len({text.strip() for text in days.unique()} - {""}) < 2


def _said(sheet: Sheet, head: tuple[int, Header] | None) -> set[tuple[str, str]]:
    """The mice of a sheet and the arm beside each."""
    if head is None or "arm" not in head[1].roles:
        return set()
    body = sheet.cells.iloc[head[0] + 1 :]
    mice, arms = (trimmed(body.iloc[:, head[1].roles[role]]) for role in ("mouse", "arm"))
    return {(mouse, arm) for mouse, arm in zip(mice, arms, strict=True) if mouse and arm}


def _with_arms(sheet: Sheet, head: tuple[int, Header] | None, known: Mapping[str, str]) -> Sheet:
    if head is None or has_role(head[1], "arm"):
        return sheet
    position, header = head
    mice = trimmed(sheet.cells.iloc[position + 1 :, header.roles["mouse"]]).tolist()
    named = {mouse for mouse in mice if mouse}
    if not named or not named <= known.keys():
        return sheet
    finding = sheet_finding(
        sheet,
        "arms-from-another-sheet",
        "",
        f"{sheet.title} names no arm; each of its {len(named)} mice has the one that another "
        "sheet gives it.",
        "Nothing to do if its mice are those of the other sheet.",
    )
    whole = sheet.with_column(position, "arm", [known.get(mouse, "") for mouse in mice])
    return replace(whole, findings=(*sheet.findings, finding))
