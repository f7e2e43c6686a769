"""What was measured, in mm, mm³ and g: units and signs."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec
import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.study.column_values import Told, note_columns
from xenotrack.study.column_words import COLUMN_ROLES
from xenotrack.study.columns import Header, known_units
from xenotrack.study.computed_volumes import volumes_of
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger, Row, each_row
from xenotrack.study.numbers import is_below, is_missing, mend_of, said_below
from xenotrack.study.rules import Rules

UNITS = {
    "length": "length_mm",
    "width": "width_mm",
    "height": "height_mm",
    "area": "area_mm2",
    "volume": "volume_mm3",
    "body_weight": "body_weight_g",
}
# Beyond these no tumour or mouse was ever measured, whatever the unit; arithmetic would overflow.
_MOST = {"length": 1e4, "width": 1e4, "height": 1e4, "area": 1e7, "volume": 1e8, "body_weight": 1e4}
_MOST_LIGHT = 1e18
_LEAST = 1e-9
_EMPTY = "Write what was measured, or empty the cell."
# Three mm are not what was measured of a tumour below 3 mm.
_BELOW = "Declare `limit_mm3` under [volume] and write 0, or empty the cell."
_FEW_CELLS = 3
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_MOST_BELOW = 65.0  # of 5 mm
_FACTORS = {"mm": 1.0, "cm": 10.0, "mm2": 1.0, "cm2": 100.0, "mm3": 1.0, "cm3": 1000.0, "g": 1.0}


def measure_rows(
    rows: pd.DataFrame, headers: tuple[Header, ...], rules: Rules, ledger: Ledger
) -> pd.DataFrame:
    """The rows with ``length_mm width_mm height_mm volume_mm3 body_weight_g``, NaN where unusable.

    A volume of the sheet stands as measured; diameters give it where there is none, the longer of
    length and width taken as the length; an area gives it as that of a round tumour.
    """
    factors = {
        role: _factors(rows, role, headers, rules, ledger)
        for role in UNITS
        if f"{role}_number" in rows
    }
    light = rules.volume.readout == "flux"
    if light:
        factors = _of_light(rows, factors, ledger)
    elif "volume" in factors:
        rows = read_below(rows, factors["volume"], rules, ledger)
    told = note_columns(rows, factors, rules, ledger)
    measured = {
        name: _usable(rows, role, told, ledger, light) * factors[role]
        if role in factors
        else np.full(len(rows), np.nan)
        for role, name in UNITS.items()
    }
    rows = with_columns(rows, **measured)
    if light:
        return rows
    note_width_over_length(rows, ledger)
    return with_columns(rows, volume_mm3=volumes_of(rows, rules, ledger))


def with_readout_unit(rules: Rules, headers: Sequence[Header]) -> Rules:
    """The rules with the unit in which the sheet writes a readout that is no volume."""
    if rules.volume.readout != "flux" or rules.volume.readout_unit is not None:
        return rules
    unit = next((header.units["volume"] for header in headers if header.units.get("volume")), None)
    volume = msgspec.structs.replace(rules.volume, readout_unit=unit)
    return msgspec.structs.replace(rules, volume=volume)


def _of_light(rows: pd.DataFrame, factors: dict[str, Floats], ledger: Ledger) -> dict[str, Floats]:
    """What is measured of a tumour by its light: neither diameters nor an area belong to it."""
    unused = [role for role in factors if role not in ("volume", "body_weight")]
    filled = [role for role in unused if rows[f"{role}_number"].notna().any()]
    if filled:
        ledger.note(
            "diameters-not-used",
            f"The columns of the tumours' {', '.join(filled)} are not used: the readout is light.",
            'Leave out `readout = "flux"` under [volume] if they are to be.',
        )
    return {role: factor for role, factor in factors.items() if role not in unused}


def _usable(
    rows: pd.DataFrame, role: str, told: Told, ledger: Ledger, light: bool = False
) -> np.ndarray:
    """The role's numbers; what is no number, or below zero, is named and left empty."""
    numbers = rows[f"{role}_number"].to_numpy(dtype=float)
    _note_no_numbers(rows, role, numbers, ledger)
    bad = (numbers <= 0) if role == "body_weight" else (numbers < 0)
    most = _MOST_LIGHT if light and role == "volume" else _MOST[role]
    bad |= (numbers > most) | ((numbers > 0) & (numbers < _LEAST))
    if not bad.any():
        return numbers
    told_of = rows["part"].isin([part for part, of in told if of == role]).to_numpy()
    for row in each_row(rows[bad & ~told_of]):
        number = row[f"{role}_number"]
        ledger.note_row(
            "negative-value" if number < 0 else "zero-weight" if number == 0 else "absurd-value",
            row,
            f"{UNITS[role]} is {row[role].strip()}, which nothing can measure; it was left empty.",
            _EMPTY,
            role=role,
        )
    return np.where(bad, np.nan, numbers)


def _note_no_numbers(rows: pd.DataFrame, role: str, numbers: Floats, ledger: Ledger) -> None:
    """Cells that say something and hold no number: each, or once what many of them say."""
    empty = np.flatnonzero(np.isnan(numbers))
    texts = rows[role].to_numpy()
    words = {text for text in set(texts[empty].tolist()) if not is_missing(text)}
    if role == "volume" and any(one.rule == "below-limit-marks" for one in ledger.findings):
        words = {text for text in words if not is_below(text)}
    wrong = [i for i in empty if texts[i] in words] if words else []
    if not wrong:
        return
    kinds = rows.iloc[wrong][role].str.replace(_FIGURES, "#", regex=True)
    for _, several in rows.iloc[wrong].groupby(kinds, sort=False):
        if len(several) > _FEW_CELLS:
            _note_many_words(several, role, ledger)
            continue
        for row in each_row(several):
            seen = f"{UNITS[role]} is {row[role].strip()!r}, which is no number; it was left empty."
            ledger.note_row("not-a-number", row, seen, _mend(row, role, ledger), role=role)


def _mend(row: Row, role: str, ledger: Ledger) -> str:
    """What to do about a cell that holds no number."""
    if role != "body_weight" and is_below(row[role]):
        return _BELOW
    decimal = ledger.origins[int(row["part"])].decimals.get(role, ".")
    mend = mend_of(row[role], decimal)
    return f"Write {mend} if that was measured, or empty the cell." if mend else _EMPTY


def _note_many_words(rows: pd.DataFrame, role: str, ledger: Ledger) -> None:
    """One finding about cells that say the same, their figures aside."""
    first = str(rows[role].iloc[0]).strip()
    alike = rows[role].nunique() == 1
    ledger.note_rows(
        "not-a-number",
        rows,
        f"{len(rows)} cells of {UNITS[role]} hold {'' if alike else 'such as '}{first!r}, which is "
        "no number; they were left empty.",
        _mend(each_row(rows)[0], role, ledger) if alike else _EMPTY,
    )


def read_below(rows: pd.DataFrame, factor: Floats, rules: Rules, ledger: Ledger) -> pd.DataFrame:
    """The rows with 0 for volumes of which only is said what they are less than: ``<15``.

    ``below_mm3`` is what each is said to be less than. More than calipers could miss is asked.
    """
    if "volume_number" not in rows:
        return rows
    texts, numbers = rows["volume"].to_numpy(), rows["volume_number"].to_numpy(dtype=float)
    words = {text for text in set(texts[np.isnan(numbers)].tolist()) if is_below(text)}
    if not words:
        return rows
    less = {text: said_below(text) for text in words}
    below = np.array([less.get(text, np.nan) for text in texts]) * factor
    said = np.isfinite(below)
    if not said.any():
        return rows
    most = float(np.nanmax(below))
    measured = numbers * factor
    smallest = float(np.min(measured[measured > 0], initial=np.inf))
    limit = rules.volume.limit_mm3
    usual = most <= (limit if limit is not None else min(_MOST_BELOW, smallest))
    if limit is None or not usual:
        _note_below(rows[said], most, usual, ledger)
    if not usual:
        return rows
    text = rows["volume"].where(~said, "0")
    return with_columns(
        rows, volume=text, volume_number=np.where(said, 0.0, numbers), below_mm3=below
    )


def _note_below(rows: pd.DataFrame, most: float, usual: bool, ledger: Ledger) -> None:
    seen = f"{len(rows)} cells say that a volume is less than {most:g} mm³"
    if usual:
        seen = f"{seen}; they were read as not measurable."
        proposal = f"Declare it: `limit_mm3 = {most:g}` under [volume]."
        ledger.note_rows("below-limit-marks", rows, seen, proposal)
        return
    seen = f"{seen}, which calipers measure, or others were; they were left empty."
    proposal = f"Declare `limit_mm3 = {most:g}` under [volume] if nothing smaller was measured."
    ledger.note_rows("below-limit-marks", rows, seen, proposal, severity="error")


def declared_unit(role: str, rules: Rules) -> str:
    """The unit in which the rules say that a measure is written where its header says none."""
    return {
        "volume": rules.volume.unit,
        "area": f"{rules.volume.length_unit}2",
        "body_weight": "g",
    }.get(role, rules.volume.length_unit)


def _factors(
    rows: pd.DataFrame, role: str, headers: tuple[Header, ...], rules: Rules, ledger: Ledger
) -> np.ndarray:
    """What turns the numbers of each row into mm, mm³ or g."""
    by_part = [_factor(part, role, header, rules, ledger) for part, header in enumerate(headers)]
    return np.asarray(by_part)[rows["part"].to_numpy()]


def _factor(part: int, role: str, header: Header, rules: Rules, ledger: Ledger) -> float:
    declared = declared_unit(role, rules)
    written = header.units.get(role, "")
    if role == "volume" and rules.volume.readout == "flux":
        return 1.0
    if not written or written == declared:
        return _FACTORS[declared]
    column = header.roles.get(role, 0)
    name = header.names[column] if role in header.roles else role
    origin = ledger.origins[part]
    first = {"part": part, "row": 1, "column": column}
    if written in known_units(role):
        ledger.note_row(
            "unit-in-header",
            first,
            f"The column {name!r} is in {written}, not in {declared}; it was read in {written}.",
            "If the header is wrong, mend it.",
            role=role,
        )
        return _FACTORS[written]
    settled = any(COLUMN_ROLES[ours] == role for ours in rules.named_columns)
    ledger.note_row(
        "unknown-unit",
        first,
        f"The column {name!r} of {origin.title} has the unit {written!r}, which is no unit of it.",
        f'If it is in {declared}, say so: `{UNITS[role]} = "{name}"` under [columns].',
        role=role,
        severity="warning" if settled else "error",
    )
    return _FACTORS[declared]


def note_width_over_length(rows: pd.DataFrame, ledger: Ledger) -> None:
    """A width above its length, asked of each row, or once where it is the habit of a sheet."""
    length, width = rows["length_mm"].to_numpy(), rows["width_mm"].to_numpy()
    swapped = width > length
    n_both = int((~np.isnan(length) & ~np.isnan(width)).sum())
    if not swapped.any():
        return
    proposal = "If they were swapped, swap them; if one is a slip, mend it."
    if swapped.sum() > max(20, n_both // 2):
        ledger.note_rows(
            "width-exceeds-length",
            rows[swapped],
            f"The width exceeds the length on {int(swapped.sum())} of {n_both} rows; "
            "the volume takes the longer as the length.",
            "The two columns seem to be swapped; name them under [columns].",
        )
        return
    for row in each_row(rows[swapped]):
        ledger.note_row(
            "width-exceeds-length",
            row,
            f"The width {row['width_mm']:g} mm exceeds the length {row['length_mm']:g} mm; "
            "the volume takes the longer as the length.",
            proposal,
            role="length",
        )
