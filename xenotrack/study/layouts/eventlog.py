"""Event logs of animal facilities: readings, doses and deaths as rows of one sheet."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.column_words import COLUMN_ROLES, NAME_OF_ROLE
from xenotrack.study.columns import Header, known_units, recognise_header
from xenotrack.study.days import find_date_order, read_days
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges
from xenotrack.study.layouts.grid import day_kind
from xenotrack.study.layouts.layout import (
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
    sheet_finding,
)
from xenotrack.study.layouts.long import lengthen_long
from xenotrack.study.numbers import is_missing

# Words that a log uses for a role, and a header for nothing else.
_LOG_NAMES = {
    "tumor": ("tumor location", "tumor site", "location"),
    "length_mm": ("tumor l", "tumor length", "length"),
    "width_mm": ("tumor w", "tumor width", "width"),
    "arm": ("egp", "experimental group"),
    "fate": ("sacrifice reason", "reason of sacrifice", "reason for sacrifice"),
}
_OF_A_DOSE = frozenset(
    ("injection volume", "injected volume", "dose volume", "stock concentration", "volume injected")
)
_OF_A_DEATH = frozenset(
    ("date deceased", "date of death", "sacrifice reason", "sacrifice remark", "deceased")
)
_READ = ("length", "width", "height", "volume", "body_weight")


def recognise_eventlog(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header with diameters beside doses and deaths."""
    best = Recognition(False, "has no columns of doses and deaths beside its diameters")
    for position, plain in candidate_headers(sheet, declared):
        words = [_words(name) for name in plain.names]
        if not (_OF_A_DOSE & set(words) and _OF_A_DEATH & set(words)):
            continue
        header = _log_header(plain, words, declared, sheet.cells.iloc[position + 1 :])
        missing = _missing(header)
        if not missing:
            return Recognition(True, "a log of readings, doses and deaths", position, header)
        best = Recognition(False, f"misses {' and '.join(missing)}", position, header)
    return best


def lengthen_eventlog(sheet: Sheet, recognition: Recognition) -> LongText:
    """The rows that hold a reading; fates go to the last of them, the rest is named."""
    long = lengthen_long(sheet, recognition)
    frame = long.frame
    if _kind(frame, recognition.header, sheet) != long.day_kind:
        body, _ = body_of(sheet, recognition)
        frame = frame.assign(day=body.iloc[:, recognition.header.roles["date"]].to_numpy())
        long = replace(long, day_kind="date")
    reads = _says(frame, (*_READ, "tumor"))
    findings = list(long.findings)
    fated = _says(frame, ("fate",)) & ~reads
    frame = _with_fates(frame, reads, fated)
    lost = fated & ~frame["mouse"].isin(frame.loc[reads, "mouse"]).to_numpy()
    others = ~reads & ~lost
    if others.any():
        findings.append(_events(sheet, frame, others, fated))
    kept = frame[reads | lost].reset_index(drop=True)
    kept, moved = _with_weights(sheet, kept)
    return LongText(kept, long.header, long.day_kind, (*findings, *moved))


def _words(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.casefold().replace("tumour", "tumor")).strip()


def _log_header(
    plain: Header, words: list[str], declared: Mapping[str, str], body: pd.DataFrame
) -> Header:
    known = {
        ours: plain.names[words.index(word)]
        for ours, names in _LOG_NAMES.items()
        for word in reversed(names)
        if word in words
    }
    header = recognise_header(plain.names, {**known, **declared}, body)
    settled = {COLUMN_ROLES[ours] for ours in declared}
    # What stands in the brackets of `Tumor (L)` is the axis and no unit; and whether `Tumor size`
    # is a volume or an area nobody says: diameters are at hand.
    idle = [header.roles["volume"]] if _sized(header) and "volume" not in settled else []
    roles = {role: column for role, column in header.roles.items() if column not in idle}
    units = {r: unit for r, unit in header.units.items() if unit in known_units(r)}
    rivals = tuple(rival for rival in header.rivals if rival.role in roles)
    return Header(header.names, roles, units, rivals, (*header.unknown, *idle))


def _sized(header: Header) -> bool:
    return {"length", "width", "volume"} <= set(header.roles)


def _missing(header: Header) -> list[str]:
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(header, role)]
    if day_kind(header) is None:
        missing.append("day (or date)")
    if not {"length", "width"} <= set(header.roles) and "volume" not in header.roles:
        missing.append("length_mm and width_mm")
    return missing


def _says(frame: pd.DataFrame, roles: tuple[str, ...]) -> np.ndarray:
    filled = np.zeros(len(frame), dtype=bool)
    for role in roles:
        if role in frame:
            filled |= ~frame[role].map(is_missing).to_numpy(dtype=bool)
    return filled


def _kind(frame: pd.DataFrame, header: Header, sheet: Sheet) -> str:
    """Days where most readings have one, else the dates of the log."""
    kind = day_kind(header) or "day"
    reads = _says(frame, _READ)
    dayless = frame.loc[reads, "day"].map(is_missing)
    return "date" if "date" in header.roles and 2 * dayless.sum() > len(dayless) else kind


def _with_fates(frame: pd.DataFrame, reads: np.ndarray, fated: np.ndarray) -> pd.DataFrame:
    """The frame with the fate of a row without reading on the last reading of its mouse."""
    if not fated.any():
        return frame
    last = _last_rows(frame, reads)
    fate = frame["fate"].copy()
    for mouse, said in frame.loc[fated, ["mouse", "fate"]].to_numpy().tolist():
        if mouse in last:
            fate.iloc[last[str(mouse)]] = said
    return frame.assign(fate=fate)


def _last_rows(frame: pd.DataFrame, reads: np.ndarray) -> dict[str, int]:
    """The position of each mouse's latest reading, whatever the order of the log."""
    days = _ordinals(frame["day"])
    order = frame.index[reads][np.argsort(days[reads], kind="stable")]
    return {str(frame["mouse"].iloc[int(at)]): int(at) for at in order}


def _ordinals(texts: pd.Series) -> np.ndarray:
    """Days or dates as numbers that sort as they do; what is neither comes first."""
    try:
        order = find_date_order(texts.unique(), "")
    except InputError:
        # Which of 03/04 and 04/03 is meant is asked where days are counted; here it only sorts.
        order = "day"
    return np.nan_to_num(read_days(texts, "day", ".", order)[0], nan=-np.inf)


def _events(sheet: Sheet, frame: pd.DataFrame, others: np.ndarray, fated: np.ndarray) -> Finding:
    n_fates = int((others & fated).sum())
    return sheet_finding(
        sheet,
        "events-not-readings",
        row_ranges(frame.loc[others, "row"]),
        f"{int(others.sum())} rows hold no reading but doses or remarks, {n_fates} of them a fate, "
        "which was written to the last reading of its mouse.",
        "Nothing to do.",
    )


def _with_weights(sheet: Sheet, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """The frame with weights that stand on a row of their own moved to a tumour's row."""
    if "body_weight" not in frame or "tumor" not in frame:
        return frame, []
    lone = (frame["tumor"].str.strip() == "").to_numpy() & _says(frame, ("body_weight",))
    lone &= ~_says(frame, ("length", "width", "volume"))
    sites = frame[(frame["tumor"].str.strip() != "").to_numpy()]
    of_day = dict(zip(zip(sites["mouse"], sites["day"], strict=True), sites.index, strict=True))
    of_mouse = sites.drop_duplicates("mouse").set_index("mouse")["tumor"].to_dict()
    weight, tumor, gone = frame["body_weight"].copy(), frame["tumor"].copy(), []
    for at in np.flatnonzero(lone).tolist():
        mouse, day = frame["mouse"].iloc[at], frame["day"].iloc[at]
        home = of_day.get((mouse, day))
        if home is not None and is_missing(weight.iloc[home]):
            weight.iloc[home] = weight.iloc[at]
            gone.append(at)
        elif mouse in of_mouse:
            tumor.iloc[at] = of_mouse[mouse]
    moved = frame.assign(body_weight=weight, tumor=tumor).drop(index=gone).reset_index(drop=True)
    return moved, [_weights(sheet, frame, gone)] if gone else []


def _weights(sheet: Sheet, frame: pd.DataFrame, gone: list[int]) -> Finding:
    return sheet_finding(
        sheet,
        "weight-on-own-row",
        row_ranges(frame["row"].iloc[gone]),
        f"{len(gone)} rows hold a weight alone; it was written to a tumour's row of that day.",
        "Nothing to do.",
    )


EVENTLOG = Layout(
    "eventlog",
    "a log with diameters, doses and deaths as rows, one row a tumour site",
    recognise_eventlog,
    lengthen_eventlog,
    over=("long",),
)
