"""Days since treatment start: the sheet's own zero, the first reading, or a date."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from xenotrack.study.days import find_date_order, read_days
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger, each_row
from xenotrack.study.numbers import is_missing
from xenotrack.study.rules import Rules

# Names may be unique only within an arm; mice get their own later.
_OF_A_MOUSE = ["mouse", "arm", "phase"]
MOST_DAYS, LEAST_DAY = 1e5, 1e-6
_FEW_ROWS = 5


def schedule_rows(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> pd.DataFrame:
    """The rows with ``day`` from treatment start; a row without a day is named and left out.

    Days are counted from the declared day 0, else from the treatment start of each mouse where
    the sheet has one, else dates from the study's first, with a finding.
    """
    rows = _drop_dayless(rows, ledger)
    rows = _drop_mixed(rows, ledger)
    if rows.empty:
        return rows.assign(day=np.empty(0))
    dates = bool(rows["day_is_date"].iloc[0])
    starts = _starts(rows, dates, rules, ledger)
    if "phase_start" in rows and rules.study.day_zero == 0:
        starts = np.where(np.isnan(starts), rows["phase_start"].to_numpy(dtype=float), starts)
    zero: float | np.ndarray = starts
    if np.isnan(starts).any():
        zero = np.where(np.isnan(starts), _day_zero(rows, dates, rules, ledger), starts)
    return with_columns(rows, day=rows["day_number"].to_numpy(dtype=float) - zero)


def _starts(rows: pd.DataFrame, dates: bool, rules: Rules, ledger: Ledger) -> np.ndarray:
    """When treatment of each row's mouse began, NaN where the sheet does not say it."""
    unknown = np.full(len(rows), np.nan)
    if "start" not in rows or rules.study.day_zero != 0 or rows["start"].map(is_missing).all():
        return unknown
    texts, read = (rows[name].astype(str).unique() for name in ("start", "day"))
    order = find_date_order(texts, "The treatment start", rules.study.date_order, beside=read)
    numbers, are_dates = read_days(rows["start"], "day", ".", order)
    known = ~np.isnan(numbers) & (are_dates == dates)
    declared = "treatment_start" in rules.named_columns
    if not known.any() or not (dates or declared):
        ledger.note(
            "treatment-start-not-used",
            "The sheet names the treatment start of each mouse and counts days; days were not "
            "counted anew from it.",
            "If they should be, name its column: `treatment_start = …` under [columns].",
        )
        return unknown
    if "phase_before" in rows:
        # The treatment that began before the last reading of the phase before was that phase's.
        known &= ~(numbers < rows["phase_before"].to_numpy(dtype=float))
    by_mouse = rows[_OF_A_MOUSE].assign(start=np.where(known, numbers, np.nan))
    by_mouse = by_mouse.groupby(_OF_A_MOUSE, sort=False)["start"]
    starts = by_mouse.transform("first")
    _note_two_starts(rows, (by_mouse.transform("nunique") > 1).to_numpy(), ledger)
    lacking = starts.isna().to_numpy()
    if "phase_start" in rows:
        lacking = lacking & rows["phase_start"].isna().to_numpy()
    if lacking.any():
        mice = rows.loc[lacking, "mouse"].unique().tolist()
        listed = f"{', '.join(mice[:5])}{', …' if len(mice) > 5 else ''}"
        ledger.note_rows(
            "no-treatment-start",
            rows[lacking],
            f"No treatment start is named for {listed}: days count from the study's day 0.",
            "Write the day on which treatment began, or would have begun.",
        )
    return starts.to_numpy(dtype=float)


def _note_two_starts(rows: pd.DataFrame, torn: np.ndarray, ledger: Ledger) -> None:
    for mouse, of_mouse in rows[torn].groupby("mouse", sort=False):
        starts = of_mouse.loc[~of_mouse["start"].map(is_missing), "start"].str.strip()
        first = starts.iloc[0]
        ledger.note_row(
            "two-treatment-starts",
            each_row(of_mouse.loc[[starts.index[starts != first][0]]])[0],
            f"Treatment of mouse {mouse} began on {' and on '.join(starts.unique())}; days were "
            f"counted from {first}.",
            "Write one start a mouse, or, if it was treated anew, add a phase column.",
            role="start",
            severity="error",
        )


def _drop_dayless(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    days = np.abs(rows["day_number"].to_numpy(dtype=float))
    dates = rows["day_is_date"].to_numpy(dtype=bool)
    # Three centuries, or a tenth of a second: no study has such days, and sums would overflow.
    absurd = ~dates & ((days > MOST_DAYS) | ((days > 0) & (days < LEAST_DAY)))
    dayless = np.isnan(days) | absurd
    if not dayless.any():
        return rows
    for seen, several in rows[dayless].groupby(rows["day"].astype(str).str.strip(), sort=False):
        _note_dayless(str(seen), several, ledger)
    return rows[~dayless]


def _note_dayless(seen: str, rows: pd.DataFrame, ledger: Ledger) -> None:
    """What stands where a day should: once where it is one line of the sheet, or many."""
    no_day = f"the day {seen!r}, which is no day" if seen else "no day"
    if len(rows) > _FEW_ROWS or (len(rows) > 1 and rows["row"].nunique() == 1):
        told = f"{len(rows)} readings have {no_day}; they were left out."
        ledger.note_rows("not-a-day", rows, told, "Write the day or the date.")
        return
    for row in each_row(rows):
        told = f"The row has {no_day}; it was left out."
        ledger.note_row("not-a-day", row, told, "Write the day or the date.", role="day")


def _drop_mixed(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Rows of one kind: where days and dates are mixed, the rarer kind is left out."""
    dates = rows["day_is_date"].to_numpy(dtype=bool)
    if not dates.any() or dates.all():
        return rows
    rarer = dates if dates.sum() * 2 <= len(dates) else ~dates
    for row in each_row(rows[rarer]):
        ledger.note_row(
            "days-and-dates",
            row,
            f"The day is {str(row['day']).strip()!r}, unlike most; the row was left out.",
            "Write every day as a number, or every day as a date.",
            role="day",
            severity="error",
        )
    return rows[~rarer]


def _day_zero(rows: pd.DataFrame, dates: bool, rules: Rules, ledger: Ledger) -> float | np.ndarray:
    declared = rules.study.day_zero
    numbers = rows["day_number"].to_numpy(dtype=float)
    if not isinstance(declared, str) and not dates:
        return float(declared)
    # A visit of which no volume can be made is a visit all the same.
    read = rows[["volume_mm3", "length_mm", "width_mm"]].notna().any(axis=1).to_numpy()
    if "carried" in rows:
        read = read & ~rows["carried"].to_numpy(dtype=bool)
    readings = numbers[read]
    first = float(readings.min()) if len(readings) else float(numbers.min())
    if declared == "first":
        return first
    if declared == "first_of_mouse":
        own = rows[_OF_A_MOUSE].assign(day=np.where(read, numbers, np.nan), row=numbers)
        firsts = own.groupby(_OF_A_MOUSE, sort=False)[["day", "row"]].transform("min")
        return firsts["day"].fillna(firsts["row"]).to_numpy(dtype=float)
    if isinstance(declared, str):
        if dates:
            return float(datetime.date.fromisoformat(declared).toordinal())
        ledger.note(
            "day-zero-is-a-date",
            f"Treatment began on {declared}, but the sheet counts days.",
            'Give day_zero as a day of the sheet, as 0 or 33, or "first".',
            severity="error",
        )
        return 0.0
    if declared:
        ledger.note(
            "day-zero-is-a-number",
            f"day_zero is {declared:g}, but the sheet has dates.",
            "Give the date on which treatment began, as day_zero = 2024-01-31.",
            severity="error",
        )
    date = datetime.date.fromordinal(int(first)).isoformat()
    ledger.note(
        "day-zero-assumed",
        f"The sheet has dates; its first reading, {date}, was taken as day 0.",
        f"Declare when treatment began: `day_zero = {date}` under [study].",
    )
    return first
