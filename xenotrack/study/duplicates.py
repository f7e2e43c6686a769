"""Two rows for one mouse, tumour and day: one reading written twice, or a conflict."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger, each_row
from xenotrack.study.unused import unused_names

_KEY = ["mouse", "tumor", "day"]
_FEWEST = 6  # days of mice, without which a sheet has no habit
_TWICE = 2.0  # no tumour measured again has twice the volume
_REPLICATE = re.compile(
    r"(?:technical )?rep(?:licate|eat)?s?(?: ?(?:no|nr|number|id))?\.?|"
    r"(?:reading|measurement|measure|trial|take|run|caliper)(?: ?(?:no|nr|number|#))?\.?",
    re.IGNORECASE,
)
_LINE = re.compile(
    r"(?:pdx|xenograft|tumou?r)?[ _]?(?:model|line|cell[ _]?line|pdx)(?:[ _]?(?:id|name|no\.?))?",
    re.I,
)
_SIZES = ("length_mm", "width_mm", "volume_mm3")
_MEASURED = ("length_mm", "width_mm", "height_mm", "volume_mm3", "body_weight_g")


def merge_duplicates(
    rows: pd.DataFrame, ledger: Ledger, replicates: str | None = None
) -> pd.DataFrame:
    """The rows with one a mouse, tumour and day.

    Rows that agree wherever both say something are one reading; where they contradict each other
    the first stands, and an error names both, unless it is declared that they are ``replicates``,
    of which the mean stands. Where most readings are so, one error asks whether they are.
    """
    # Hashing three columns of text is the slowest step on a large sheet: whole numbers are not.
    keys = pd.DataFrame({name: pd.factorize(rows[name])[0] for name in _KEY})
    doubled = keys.duplicated(keep=False).to_numpy()
    if not doubled.any():
        return rows
    rows = rows.reset_index(drop=True)
    if replicates == "mean":
        return _means(rows, ledger)
    if _are_replicates(rows, doubled):
        _note_repeated(rows[doubled], ledger)
        return _means(rows, ledger)
    merged: dict[object, list[object]] = {}
    gone: list[object] = []
    for _, several in rows[doubled].groupby(_KEY, sort=False):
        first, rest = several.index[0], several.index[1:]
        merged[first] = _merge(several, ledger)
        gone.extend(rest)
    values = pd.DataFrame.from_dict(merged, orient="index", columns=[*_MEASURED, "fate"])
    rows = rows.astype({"fate": object})
    rows.loc[values.index, [*_MEASURED, "fate"]] = values
    return rows.drop(index=gone).reset_index(drop=True)


def _note_repeated(rows: pd.DataFrame, ledger: Ledger) -> None:
    """The question what several readings of a day are: tables, measurements or tumours."""
    unused = [name for finding in ledger.findings for name in unused_names(finding)]
    numbered = next((name for name in unused if _REPLICATE.fullmatch(name.strip())), None)
    again = [finding for finding in ledger.findings if finding.rule == "header-repeated"]
    seen = "Most mice have several readings on one day, and no column tells their tumours apart."
    if numbered is not None:
        seen = f"Most mice have several readings on one day, numbered in {numbered!r}."
    proposal = (
        'If they are repeated measurements, say `replicates = "mean"` under [study]; if they '
        "are tumours, name the column of the tumour under [columns]."
    )
    if line := next(filter(_LINE.fullmatch, (*unused, *_passed_over(ledger))), ""):
        told = f'say `line = "{line}"` under [columns]'
        proposal = f"If mice are numbered anew in each {line!r}, {told}. {proposal}"
    if again and _differ(rows):
        proposal = (
            f"The header stands again at {again[0].place}: write over each table what it holds, as "
            "the titles 'Tumor volume (mm3)' and 'Body weight (g)', or take one out."
        )
    ledger.note_rows("readings-repeated", rows, seen, proposal, severity="error")


def _passed_over(ledger: Ledger) -> list[str]:
    """The columns that might have named the mice, and do not."""
    chosen = [finding.seen for finding in ledger.findings if finding.rule == "column-chosen"]
    own = [seen.split("was read as the mouse, not ") for seen in chosen]
    return [name.strip("' ") for _, *rest in own for part in rest for name in part[:-1].split(",")]


def _differ(rows: pd.DataFrame) -> bool:
    """Whether the readings of one day are mostly too far apart to be measured twice."""
    volumes = rows[rows["volume_mm3"] > 0].groupby(_KEY, sort=False)["volume_mm3"]
    return bool(len(volumes) and (volumes.max() / volumes.min()).median() > _TWICE)


def _are_replicates(rows: pd.DataFrame, doubled: np.ndarray) -> bool:
    """Whether several readings of a day, each otherwise, are the habit of the sheet and no slip."""
    if 2 * doubled.sum() < len(rows):
        return False
    numbers = rows.loc[doubled, [*_KEY, *_SIZES]]
    different = numbers.groupby(_KEY, sort=False)[list(_SIZES)].nunique().max(axis=1) > 1
    return len(different) >= _FEWEST and bool(2 * different.sum() > len(different))


def _means(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The first row of each mouse, tumour and day, with the means of its numbers."""
    by_day = rows.groupby(_KEY, sort=False)
    means = {name: by_day[name].transform("mean") for name in _MEASURED}
    fates = by_day["fate"].transform("first")
    first = ~rows.duplicated(_KEY)
    several = int((by_day.size() > 1).sum())
    if not any(finding.rule == "readings-repeated" for finding in ledger.findings):
        ledger.note(
            "replicates-averaged",
            f"On {several} days of a mouse several readings were made; their mean was taken.",
            "Nothing to do, unless they are of several tumours.",
        )
    return with_columns(rows, **means, fate=fates)[first].reset_index(drop=True)


def _merge(several: pd.DataFrame, ledger: Ledger) -> list[object]:
    """What the rows say together; the finding says how they differ."""
    values = several[list(_MEASURED)].to_numpy(dtype=float)
    lines = [ledger.cell(row) for row in each_row(several)]
    mouse, day = several["mouse"].iloc[0], several["day"].iloc[0]
    spread = [np.unique(column[~np.isnan(column)]) for column in values.T]
    contradicting = [i for i, seen in enumerate(spread) if len(seen) > 1]
    row = each_row(several)[1]
    where = f"Mouse {mouse}, day {day:g}: rows {', '.join(lines)}"
    if contradicting:
        name = _MEASURED[contradicting[-1] if 3 not in contradicting else 3]
        seen = " and ".join(f"{value:g}" for value in values[:, _MEASURED.index(name)])
        ledger.note_row(
            "duplicates-conflict",
            row,
            f"{where} say {name} {seen}.",
            "Delete the wrong ones; if they are two tumours, add a column that names the tumour.",
            severity="error",
        )
        chosen = [column[~np.isnan(column)] for column in values.T]
    else:
        same = bool((np.isnan(values) == np.isnan(values[0])).all())
        ledger.note_row(
            "reading-twice",
            row,
            f"{where} {'are the same' if same else 'complete each other'}; they were read as one.",
            "Keep one of them.",
        )
        chosen = spread
    fates = [fate for fate in several["fate"] if fate is not None]
    return [
        *(float(column[0]) if len(column) else np.nan for column in chosen),
        fates[0] if fates else None,
    ]
