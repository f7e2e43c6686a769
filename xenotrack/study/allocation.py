"""The allocation of a study: which mouse was to be in which arm, and where a sheet departs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from xenotrack.errors import InputError
from xenotrack.study.checks.places import at_row
from xenotrack.study.columns import Header
from xenotrack.study.contents import Contents, Input, Source
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding
from xenotrack.study.inputs import read_sheets
from xenotrack.study.layouts.layout import candidate_headers, sheet_finding
from xenotrack.study.rules import Rules
from xenotrack.study.study import FACTORS, Study

SHOWN = 5


@dataclass(frozen=True)
class Allocation:
    """The arm of each mouse as it was drawn, and the sheet that says so."""

    sheet: Sheet
    arms: dict[str, str]
    source: Source
    changed: bool

    def findings(self, study: Study) -> Iterator[Finding]:
        """Where a study departs from it: mice in another arm, mice more, mice fewer."""
        rows = study.measurements.drop_duplicates("mouse")
        for row in rows.itertuples():
            mouse, arm = str(row.mouse), str(row.arm)
            if mouse not in self.arms:
                yield at_row(
                    study,
                    row,
                    "mouse-not-allocated",
                    f"Mouse {mouse} of {arm} is not in {self.sheet.file}.",
                    "Mend its name; a mouse that was not randomised is no part of the comparison.",
                )
            elif self.arms[mouse].casefold() != arm.casefold():
                yield at_row(
                    study,
                    row,
                    "mouse-in-another-arm",
                    f"Mouse {mouse} is in {arm} here, and was allocated to {self.arms[mouse]}.",
                    "Mend the arm; if it received the other treatment, say so in the report.",
                )
        if self.changed:
            yield sheet_finding(
                self.sheet,
                "allocation-changed",
                "",
                f"{self.source.name} is not the file that was sealed: its digest is "
                f"{self.source.sha256[:12]}….",
                "Take the sealed file again; if the change was meant, write its reason down.",
            )

    def missing(self, studies: Sequence[Study]) -> Iterator[Finding]:
        """The allocated mice that no study of the sheet has, nor declares as left out."""
        seen = {str(mouse) for study in studies for mouse in study.measurements["mouse"].unique()}
        seen |= {one.rule.mouse for study in studies for one in study.exclusions}
        names = [mouse for mouse in self.arms if mouse not in seen]
        if names:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            yield sheet_finding(
                self.sheet,
                "allocated-mouse-missing",
                "",
                f"Mice were allocated and have no row: {', '.join(names[:SHOWN])}{more}.",
                "Look for them under another name; a mouse that died belongs in the sheet.",
            )


def read_allocation(contents: Contents, rules: Rules) -> Allocation | None:
    """The allocation that ``[study] allocation`` names, as a sheet of mice and their arms alone."""
    one = contents.allocation
    if one is None:
        return None
    sheet = read_sheets(one)[0]
    position, header = _header(sheet)
    sheet = _mice_only(sheet, position, header)
    texts = [sheet.texts(place) for place in range(position + 1, len(sheet.cells))]
    mice = [row[0] for row in texts if row[0]]
    twice = next((mouse for mouse in mice if mice.count(mouse) > 1), None)
    if twice is not None:
        raise InputError(f"{sheet.title} allocates mouse {twice} twice. Delete the wrong row.")
    return Allocation(sheet, {row[0]: row[1] for row in texts if row[0]}, *_seal(one, rules))


def _seal(one: Input, rules: Rules) -> tuple[Source, bool]:
    """The file with its digest, and whether that is another than the one declared."""
    found = hashlib.sha256(one.data).hexdigest()
    declared = rules.study.allocation_sha256
    return Source(one.name, found), declared is not None and declared != found


def _header(sheet: Sheet) -> tuple[int, Header]:
    for position, header in candidate_headers(sheet, {}):
        if "mouse" in header.roles and "arm" in header.roles:
            return position, header
    raise InputError(
        f"{sheet.title} is no allocation: it needs a column for the mouse and one for the arm, as "
        "`xenotrack randomize` writes them."
    )


def _mice_only(sheet: Sheet, position: int, header: Header) -> Sheet:
    """The sheet with the columns that say who is where; what was measured at staging stays out."""
    kept = [header.roles[role] for role in ("mouse", "arm", *FACTORS) if role in header.roles]
    cells = sheet.cells.iloc[:, kept].copy()
    cells.columns = np.arange(len(kept))
    return Sheet(sheet.file, sheet.name, cells, sheet.rows, sheet.findings)
