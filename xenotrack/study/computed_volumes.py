"""The volume of each row: as the sheet has it, else computed; and readings that give none."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.errors import InputError
from xenotrack.study.ledger import Ledger, Row, each_row
from xenotrack.study.rules import Rules
from xenotrack.study.volume import FORMULAS, tumor_volume

_AXES = ("length_mm", "width_mm", "height_mm")
_WITHOUT = "Write it, or choose a --formula that does without it."
_MOST_SINGLE = 20


def volumes_of(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> Floats:
    """The volume of each row as measured, else from its diameters, else from its area."""
    formula = rules.volume.formula
    length, width, height = (rows[name].to_numpy() for name in _AXES)
    measured = rows["volume_mm3"].to_numpy()
    has_diameters = bool((~np.isnan(length) & ~np.isnan(width)).any())
    lacks_height = FORMULAS[formula].needs_height and bool(np.isnan(height).all())
    if lacks_height and has_diameters and bool(np.isnan(measured).all()):
        raise InputError(
            f"The formula {formula} needs the tumour's height, and the sheet has none. "
            "Name its column under [columns] height_mm, or choose another --formula."
        )
    computed = tumor_volume(np.maximum(length, width), np.minimum(length, width), height, formula)
    measured = _without_idle_formulas(rows, measured, computed, ledger)
    _note_disagreement(rows, computed, rules, ledger)
    computed = np.where(np.isnan(computed), _from_area(rows, formula, ledger), computed)
    volumes = np.where(np.isnan(measured), computed, measured)
    _note_without_volume(rows, volumes, formula, ledger)
    unused = ~np.isnan(height) & np.isnan(measured) & ~np.isnan(volumes)
    if not FORMULAS[formula].needs_height and unused.any():
        ledger.note(
            "heights-not-used",
            f"{int(unused.sum())} readings have a height, and volumes were computed by {formula}, "
            "without it.",
            'Say `formula = "pi6_lwh"` under [volume] if heights are to count; else nothing to do.',
        )
    return volumes


def _without_idle_formulas(
    rows: pd.DataFrame, measured: Floats, computed: Floats, ledger: Ledger
) -> Floats:
    """The volumes of the sheet, none where all are 0 beside diameters: formulas never computed."""
    known = ~np.isnan(measured)
    beside = (known & (computed > 0)).sum()
    if not known.any() or measured[known].any() or 2 * beside < known.sum():
        return measured
    ledger.note_rows(
        "volumes-all-zero",
        rows[known],
        f"All {int(known.sum())} volumes of the sheet are 0 beside diameters of tumours, as "
        "formulas that nobody computed; they were computed from the diameters.",
        "Open the sheet in a spreadsheet program and save it, or leave out the column.",
    )
    return np.full(len(measured), np.nan)


def _note_without_volume(rows: pd.DataFrame, volumes: Floats, formula: str, ledger: Ledger) -> None:
    """Readings of some diameters that give no volume: a mouse's baseline may be one of them."""
    axes = _AXES if FORMULAS[formula].needs_height else _AXES[:2]
    there = ~np.isnan(rows[list(axes)].to_numpy(dtype=float))
    partial = there.any(axis=1) & np.isnan(volumes)
    if not partial.any():
        return
    if partial.sum() > _MOST_SINGLE:
        lacks = [
            name.removesuffix("_mm")
            for name, is_there in zip(axes, there.T, strict=True)
            if (partial & ~is_there).any()
        ]
        ledger.note_rows(
            "reading-without-volume",
            rows[partial],
            f"{int(partial.sum())} readings have no {' or no '.join(lacks)}, and so no volume by "
            f"{formula}; they were left out, and baselines among them.",
            _WITHOUT,
        )
        return
    for row, is_there in zip(each_row(rows[partial]), there[partial], strict=True):
        missing = [
            name.removesuffix("_mm")
            for name, known in zip(axes, is_there, strict=True)
            if not known
        ]
        ledger.note_row(
            "reading-without-volume",
            row,
            f"{_which(row)} has no {' and no '.join(missing)}, and so no volume by {formula}; the "
            "reading was left out.",
            _WITHOUT,
            role=missing[0],
        )


def _from_area(rows: pd.DataFrame, formula: str, ledger: Ledger) -> Floats:
    """The volume of a tumour as long as it is wide, of the same area length × width."""
    side = np.sqrt(rows["area_mm2"].to_numpy())
    if not np.isnan(side).all():
        ledger.note(
            "volume-from-area",
            f"Volumes were computed by {formula} from areas length × width, as if every tumour "
            "were as long as it is wide; of one 1.5 times as long that is 22 % too much.",
            "Give lengths and widths where they were kept.",
        )
    return tumor_volume(side, side, side, formula)


def _note_disagreement(rows: pd.DataFrame, computed: Floats, rules: Rules, ledger: Ledger) -> None:
    """Where the sheet's volumes are not those of its diameters, by more than 5 %."""
    measured = rows["volume_mm3"].to_numpy()
    both = (measured > 0) & (computed > 0)
    ratio = np.divide(measured, computed, out=np.ones(len(rows)), where=both)
    apart = np.abs(ratio - 1) > 0.05
    if not apart.any():
        return
    if apart.sum() > max(5, both.sum() // 2):
        ledger.note_rows(
            "volume-disagrees",
            rows[apart],
            f"The sheet's volumes are {np.median(ratio[both]):.3g} times {rules.volume.formula} of "
            f"its diameters on {int(apart.sum())} of {int(both.sum())} rows; the sheet's are used.",
            _better_formula(rows, measured, both),
        )
        return
    for row, volume in zip(each_row(rows[apart]), computed[apart], strict=True):
        ledger.note_row(
            "volume-disagrees",
            row,
            f"The volume {row['volume_mm3']:g} mm³ is not {volume:.4g} mm³, as its diameters give; "
            "the sheet's is used.",
            "Mend the volume, the length or the width.",
            role="volume",
        )


def _better_formula(rows: pd.DataFrame, measured: Floats, both: Floats) -> str:
    length, width, height = (rows[name].to_numpy()[both] for name in _AXES)
    for name in FORMULAS:
        volume = tumor_volume(np.maximum(length, width), np.minimum(length, width), height, name)
        errors = np.abs(measured[both] / volume - 1)
        if not np.isnan(errors).all() and np.nanmedian(errors) < 0.01:
            return f'They are those of {name}: say `formula = "{name}"` under [volume].'
    return "Look up which formula, or which unit, the volumes were written in."


def _which(row: Row) -> str:
    tumor = f", tumour {row['tumor']}" if row.get("tumor") else ""
    return f"Mouse {row['mouse']}{tumor}, day {str(row['day']).strip()},"
