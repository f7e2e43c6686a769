"""The defects of real sheets, each planted at a random cell of a clean one.

A planter gives the cells with ``mark`` on the rows where the defect now stands, or nothing where
the sheet has no place for it. A defect is found when one of its rules speaks, and in the right
place when a finding names a marked row, or the study where the defect is everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xenotrack.study.finding import Finding

from .clean_sheets import Frame, Sheet

Rng = np.random.Generator
Planter = Callable[[Frame, Rng], "Frame | None"]
AXES = ("length_mm", "width_mm")


@dataclass(frozen=True)
class Defect:
    """What is wrong, how to plant it, and the rules of which one is to say it.

    What is not ``sure`` may lie within the noise of calipers, where nobody could tell it.
    """

    name: str
    plant: Planter
    rules: frozenset[str]
    severity: str = "warning"
    sure: bool = True


def plant(defect: Defect, sheet: Sheet, rng: Rng) -> Sheet | None:
    """The sheet with the defect in it."""
    cells = defect.plant(sheet.cells.assign(mark=False), rng)
    return None if cells is None else replace(sheet, cells=cells.reset_index(drop=True))


def found_by(defect: Defect, sheet: Sheet, findings: tuple[Finding, ...]) -> tuple[bool, bool]:
    """Whether a rule of the defect spoke, and whether it named the right row."""
    told = [one for one in findings if one.rule in defect.rules]
    marked = set(np.flatnonzero(sheet.cells["mark"].to_numpy(dtype=bool)) + 2)
    placed = [one for one in told if not marked or marked & rows_of(one.cell)]
    return bool(told), bool(placed)


def rows_of(cell: str) -> set[int]:
    """The rows that a cell such as ``4-9, 12`` names."""
    rows: set[int] = set()
    for low, high in re.findall(r"(\d+)(?:-(\d+))?", cell):
        rows.update(range(int(low), int(high or low) + 1))
    return rows


# Where a value stands -----------------------------------------------------------------------------


def _sized(cells: Frame) -> pd.Series:
    """Rows with a tumour large enough to be told from nothing."""
    if "width_mm" in cells:
        return cells["width_mm"].astype(float) >= 4
    return cells["volume_mm3"].astype(float) >= 40


def _inner(cells: Frame) -> pd.Series:
    """Rows with a reading of the same tumour before and after them."""
    keys = [name for name in ("mouse", "tumor") if name in cells]
    return cells.duplicated(keys) & cells.duplicated(keys, keep="last")


def _day(cells: Frame) -> pd.Series:
    """A number that grows with time, whether days or dates are written."""
    if "day" in cells:
        return cells["day"].astype(float)
    return pd.to_datetime(cells["date"]).map(pd.Timestamp.toordinal).astype(float)


def _pick(cells: Frame, where: pd.Series, rng: Rng, n: int = 1) -> np.ndarray | None:
    places = np.flatnonzero(where.to_numpy())
    return rng.choice(places, n, replace=False) if len(places) >= n else None


def _put(cells: Frame, row: int, **values: str) -> Frame:
    cells = cells.copy()
    for name, value in values.items():
        cells.loc[cells.index[row], name] = value
    cells.loc[cells.index[row], "mark"] = True
    return cells


def _one(change: Callable[[pd.Series, Rng], dict[str, str] | None], *needs: str) -> Planter:
    """A planter that changes one row among those with a tumour and neighbours."""

    def plant_one(cells: Frame, rng: Rng) -> Frame | None:
        if any(name not in cells for name in needs):
            return None
        places = np.flatnonzero((_sized(cells) & _inner(cells)).to_numpy())
        for row in rng.permutation(places)[:50]:
            values = change(cells.iloc[row], rng)
            if values is not None:
                return _put(cells, int(row), **values)
        return None

    return plant_one


# Single cells -------------------------------------------------------------------------------------


def _times(column: str, factor: float) -> Planter:
    return _one(lambda row, rng: {column: f"{float(row[column]) * factor:.6g}"}, column)


def _text(column: str, *texts: str) -> Planter:
    return _one(lambda row, rng: {column: str(rng.choice(texts))}, column)


def _swapped_digits(column: str, low: float, high: float) -> Planter:
    """Two neighbouring digits change places, so that the value changes by a fold in a range."""

    def change(row: pd.Series, rng: Rng) -> dict[str, str] | None:
        text = row[column]
        pairs = [i for i in range(len(text) - 1) if text[i].isdigit() and text[i + 1].isdigit()]
        pairs += [i for i in range(len(text) - 2) if re.fullmatch(r"\d\.\d", text[i : i + 3])]
        for i in rng.permutation(pairs) if pairs else []:
            j = i + 2 if text[i + 1] == "." else i + 1
            letters = list(text)
            letters[i], letters[j] = letters[j], letters[i]
            value = float("".join(letters))
            fold = max(value, float(text)) / max(min(value, float(text)), 1e-9)
            if value > 0 and low <= fold < high:
                return {column: "".join(letters)}
        return None

    return _one(change, column)


def _diameters_swapped(row: pd.Series, rng: Rng) -> dict[str, str] | None:
    length, width = row["length_mm"], row["width_mm"]
    return {"length_mm": width, "width_mm": length} if float(length) > float(width) else None


def _size_times(factor: float) -> Planter:
    return _one(lambda row, rng: {axis: f"{float(row[axis]) * factor:.6g}" for axis in AXES}, *AXES)


def _weight_far(row: pd.Series, rng: Rng) -> dict[str, str]:
    return {"body_weight_g": f"{float(row['body_weight_g']) * rng.choice([0.5, 1.9, 2.1]):.1f}"}


def _not_read(row: pd.Series, rng: Rng) -> dict[str, str] | None:
    large = float(row["width_mm"]) >= 6 if "width_mm" in row else float(row["volume_mm3"]) >= 150
    names = AXES if "width_mm" in row else ("volume_mm3",)
    return dict.fromkeys(names, "0") if large else None


def _day_slip(cells: Frame, rng: Rng) -> Frame | None:
    """The digits of a day change places, or one falls out."""
    if "day" not in cells:
        return None
    days = set(cells["day"])
    row = _pick(cells, _inner(cells) & (cells["day"].str.len() > 1), rng)
    if row is None:
        return None
    day = cells["day"].iloc[row[0]]
    slips = [slip for slip in (day[::-1].lstrip("0"), day + "0") if slip and slip not in days]
    return _put(cells, int(row[0]), day=slips[0]) if slips else None


# Rows ---------------------------------------------------------------------------------------------


def _twice(conflict: bool) -> Planter:
    def plant_row(cells: Frame, rng: Rng) -> Frame | None:
        row = _pick(cells, _sized(cells), rng)
        if row is None:
            return None
        again = cells.iloc[[row[0]]].assign(mark=True)
        if conflict:
            column = "length_mm" if "length_mm" in cells else "volume_mm3"
            again[column] = f"{float(again[column].iloc[0]) + 1.3:.6g}"
        at = int(rng.integers(row[0] + 1, len(cells) + 1))
        return pd.concat([cells.iloc[:at], again, cells.iloc[at:]])

    return plant_row


def _in_two_arms(cells: Frame, rng: Rng) -> Frame | None:
    """One row of a mouse is written into another arm."""
    row = int(rng.integers(len(cells)))
    others = [arm for arm in cells["arm"].unique() if arm != cells["arm"].iloc[row]]
    return _put(cells, row, arm=str(rng.choice(others)))


def _two_mice_of_one_name(cells: Frame, rng: Rng) -> Frame:
    """A mouse bears the name of one of another arm."""
    arms = rng.choice(cells["arm"].unique(), 2, replace=False)
    one, other = (rng.choice(cells.loc[cells["arm"] == arm, "mouse"].unique()) for arm in arms)
    own = cells["mouse"].isin([one, other])
    return cells.assign(mark=own, mouse=cells["mouse"].where(cells["mouse"] != other, one))


def _mice_exchanged(cells: Frame, rng: Rng) -> Frame | None:
    """Two mice of very different tumours are taken for each other on one day."""
    if "tumor" in cells or "length_mm" not in cells or "day" not in cells:
        return None
    size = cells["width_mm"].astype(float)
    for row in rng.permutation(np.flatnonzero((_sized(cells) & _inner(cells)).to_numpy()))[:50]:
        fits = (cells["day"] == cells["day"].iloc[row]) & _inner(cells) & _sized(cells)
        other = np.flatnonzero((fits & (size > 2 * size.iloc[row])).to_numpy())
        if len(other):
            two = cells.iloc[[row, other[0]]]
            cells = _put(cells, int(row), **two.iloc[1][list(AXES)])
            return _put(cells, int(other[0]), **two.iloc[0][list(AXES)])
    return None


def _after_it_left(value: str) -> Planter:
    """A mouse that left early has its columns filled to the end: with 0, or its last values."""

    def plant_rows(cells: Frame, rng: Rng) -> Frame | None:
        if "day" not in cells or "tumor" in cells:
            return None
        day = _day(cells)
        last = cells.assign(at=day).groupby("mouse")["at"].max()
        size = _sized(cells).groupby(cells["mouse"]).last()
        later = np.sort(day.unique())
        early = [m for m in last.index if (later > last[m]).sum() >= 3 and size[m]]
        if not early:
            return None
        mouse = str(rng.choice(early))
        end = cells[cells["mouse"] == mouse].iloc[[-1]]
        visits = [f"{visit:g}" for visit in later[later > last[mouse]]]
        filled = pd.concat([end.assign(day=visit, mark=True) for visit in visits])
        if value == "0":
            filled = filled.assign(**{n: "0" for n in (*AXES, "volume_mm3") if n in cells})
        # A row that was filled in the last reading's place: the run begins there.
        filled = filled.assign(**({"fate": ""} if _fate_once(cells) else {}))
        run = cells.assign(mark=(cells.index == end.index[0]) & (value != "0"))
        at = cells.index.get_loc(end.index[0]) + 1
        return pd.concat([run.iloc[:at], filled, run.iloc[at:]])

    return plant_rows


def _fate_once(cells: Frame) -> bool:
    return "fate" in cells and bool((cells["fate"] == "").any())


def _read_after_fate(cells: Frame, rng: Rng) -> Frame | None:
    """The fate of a mouse stands on a row before its last."""
    if not _fate_once(cells):
        return None
    row = _pick(cells, _inner(cells), rng)
    if row is None:
        return None
    mouse = cells["mouse"].iloc[row[0]]
    own = cells["mouse"] == mouse
    moved = cells["fate"].mask(own, "")
    moved.iloc[row[0]] = "found dead"
    return cells.assign(fate=moved, mark=own & (cells.index > row[0]))


def _no_baseline(cells: Frame, rng: Rng) -> Frame | None:
    """The first readings of a mouse are missing."""
    mouse = rng.choice(cells["mouse"].unique())
    own = cells["mouse"] == mouse
    day = _day(cells)
    gone = own & (day <= day[own].min() + (7 if "day" in cells else 10))
    left = cells[~gone]
    if not (left["mouse"] == mouse).any():
        return None
    first = left.index == left.index[left["mouse"] == mouse][0]
    return left.assign(mark=first)


# Columns and names --------------------------------------------------------------------------------


def _scaled(*columns: str, factor: float) -> Planter:
    def plant_all(cells: Frame, rng: Rng) -> Frame | None:
        if any(name not in cells for name in columns):
            return None
        scaled = {n: (cells[n].astype(float) * factor).map("{:.6g}".format) for n in columns}
        return cells.assign(**scaled)

    return plant_all


def _days(change: Callable[[pd.Series], pd.Series]) -> Planter:
    def plant_days(cells: Frame, rng: Rng) -> Frame | None:
        if "day" not in cells:
            return None
        return cells.assign(day=change(cells["day"].astype(float)).map("{:.6g}".format))

    return plant_days


def _arm_written(change: Callable[[str], str]) -> Planter:
    """The name of an arm is written otherwise for one of its mice."""

    def plant_arm(cells: Frame, rng: Rng) -> Frame | None:
        mice = cells.loc[cells["arm"].map(change) != cells["arm"], "mouse"].unique()
        if not len(mice):
            return None
        mouse = rng.choice(mice)
        own = cells["mouse"] == mouse
        return cells.assign(arm=cells["arm"].where(~own, cells["arm"].map(change)), mark=own)

    return plant_arm


def _mouse_written(change: Callable[[str], str]) -> Planter:
    """The name of a mouse is written otherwise on some of its rows."""

    def plant_mouse(cells: Frame, rng: Rng) -> Frame | None:
        row = _pick(cells, _inner(cells), rng)
        if row is None:
            return None
        return _put(cells, int(row[0]), mouse=change(cells["mouse"].iloc[row[0]]))

    return plant_mouse


def _arm_renamed(name: str) -> Planter:
    def plant_name(cells: Frame, rng: Rng) -> Frame:
        own = cells["arm"] == rng.choice(cells["arm"].unique())
        return cells.assign(arm=cells["arm"].mask(own, name), mark=own)

    return plant_name


def _unbalanced(cells: Frame, rng: Rng) -> Frame | None:
    """One arm was given the large tumours."""
    if "length_mm" not in cells:
        return None
    own = cells["arm"] == rng.choice(cells["arm"].unique())
    larger = {
        axis: cells[axis].where(~own, (cells[axis].astype(float) * 1.35).map("{:.1f}".format))
        for axis in AXES
    }
    return cells.assign(**larger)


def _heap(cells: Frame, rng: Rng) -> Frame | None:
    """Small tumours were all written as one small number."""
    if "volume_mm3" not in cells:
        return None
    rows = _pick(cells, cells["volume_mm3"].astype(float) < 150, rng, 12)
    return None if rows is None else _put_all(cells, rows, "14").assign(mark=False)


def _placeholder(value: str, column: str) -> Planter:
    def plant_values(cells: Frame, rng: Rng) -> Frame | None:
        if column not in cells:
            return None
        return _put_all(cells, rng.choice(len(cells), 4, replace=False), value, column)

    return plant_values


def _put_all(cells: Frame, rows: np.ndarray, value: str, column: str = "volume_mm3") -> Frame:
    for row in rows:
        cells = _put(cells, int(row), **{column: value})
    return cells


def _other_operator(cells: Frame, rng: Rng) -> Frame | None:
    """Somebody else measures from some day on."""
    if "operator" not in cells:
        return None
    day = _day(cells)
    later = day >= np.median(day)
    return cells.assign(operator=cells["operator"].mask(later, "cd"))


def _site_slip(cells: Frame, rng: Rng) -> Frame | None:
    """A number has slipped into the name of a tumour's site."""
    if "tumor" not in cells:
        return None
    row = _pick(cells, _inner(cells), rng)
    return None if row is None else _put(cells, int(row[0]), tumor="L40.2")


def _defect(
    name: str, planter: Planter, *rules: str, severity: str = "warning", sure: bool = True
) -> Defect:
    return Defect(name, planter, frozenset(rules), severity, sure)


_JUMP = ("implausible-jump", "aspect-ratio")
_SWAP = (*_JUMP, "digits-swapped")
DEFECTS = (
    _defect("width above length", _one(_diameters_swapped, *AXES), "width-exceeds-length"),
    _defect("length × 10", _times("length_mm", 10), *_JUMP),
    _defect("length ÷ 10", _times("length_mm", 0.1), *_JUMP, "width-exceeds-length"),
    _defect("width × 10", _times("width_mm", 10), *_JUMP, "width-exceeds-length"),
    _defect("width ÷ 10", _times("width_mm", 0.1), *_JUMP),
    _defect("one size in cm", _size_times(0.1), *_JUMP),
    _defect("volume × 10", _times("volume_mm3", 10), *_JUMP),
    _defect("volume ÷ 10", _times("volume_mm3", 0.1), *_JUMP),
    _defect(
        "digits of a length swapped, 1.5 times or more",
        _swapped_digits("length_mm", 1.5, 99),
        *_SWAP,
        "width-exceeds-length",
    ),
    _defect(
        "digits of a length swapped, less",
        _swapped_digits("length_mm", 1.02, 1.5),
        *_SWAP,
        "width-exceeds-length",
        sure=False,
    ),
    _defect(
        "digits of a volume swapped, 3 times or more", _swapped_digits("volume_mm3", 3, 99), *_SWAP
    ),
    _defect(
        "digits of a volume swapped, less",
        _swapped_digits("volume_mm3", 1.05, 3),
        *_SWAP,
        sure=False,
    ),
    _defect("weight × 10", _times("body_weight_g", 10), "weight-slip"),
    _defect("weight ÷ 10", _times("body_weight_g", 0.1), "weight-slip"),
    _defect("weight half or double", _one(_weight_far, "body_weight_g"), "weight-slip"),
    _defect(
        "digits of a weight swapped, 1.25 times or more",
        _swapped_digits("body_weight_g", 1.25, 99),
        "weight-slip",
    ),
    _defect("weight −0.1", _text("body_weight_g", "-0.1"), "negative-value"),
    _defect("weight 0", _text("body_weight_g", "0"), "zero-weight"),
    _defect("volume −10", _text("volume_mm3", "-10"), "negative-value"),
    _defect(
        "a word for a number", _text("length_mm", "B", "like", "b10", "12,4,1"), "not-a-number"
    ),
    _defect(
        "a hand's mark, as 68*",
        _text("volume_mm3", "68*", "<15", ">2000"),
        "not-a-number",
        "below-limit-marks",
    ),
    _defect("0 for not read", _one(_not_read), "zero-then-regrowth"),
    _defect("zeros after it left", _after_it_left("0"), "trailing-zeros", "reading-after-fate"),
    _defect(
        "last value carried on", _after_it_left("="), "repeated-last-value", "reading-after-fate"
    ),
    _defect("read after its death", _read_after_fate, "reading-after-fate"),
    _defect("one small value heaped", _heap, "heaped-value"),
    _defect("volume 999", _placeholder("999", "volume_mm3"), "placeholder-value"),
    _defect("length 9.99", _placeholder("9.99", "length_mm"), "placeholder-value"),
    _defect("row twice", _twice(conflict=False), "reading-twice"),
    _defect("row twice, otherwise", _twice(conflict=True), "duplicates-conflict", severity="error"),
    _defect("row in another arm", _in_two_arms, "mouse-in-two-arms", severity="error"),
    _defect("two mice of one name", _two_mice_of_one_name, "mouse-in-two-arms", severity="error"),
    _defect("mice taken for each other", _mice_exchanged, "implausible-jump"),
    _defect("no baseline", _no_baseline, "no-baseline"),
    _defect("slip of the day", _day_slip, "readings-far-apart", "day-off-schedule"),
    _defect("volumes in cm³", _scaled("volume_mm3", factor=0.001), "volume-looks-like-cm3"),
    _defect("lengths in cm", _scaled(*AXES, factor=0.1), "length-looks-like-cm"),
    _defect("weeks as days", _days(lambda day: day / 7), "days-look-like-weeks"),
    _defect("dates as days", _days(lambda day: day + 45292), "days-look-like-dates"),
    _defect("arm in capitals", _arm_written(str.upper), "arm-split"),
    _defect("quote in an arm", _arm_written(lambda arm: arm + '"'), "arm-split"),
    _defect("blanks in an arm", _arm_written(lambda arm: arm.replace("+", " +  ")), "arm-split"),
    _defect("mouse in small letters", _mouse_written(str.lower), "mouse-split"),
    _defect("blank in a mouse", _mouse_written(lambda m: f"{m[0]} {m[1:]}"), "mouse-split"),
    _defect("arm None", _arm_renamed("None"), "name-like-missing"),
    _defect("arm NA", _arm_renamed("NA"), "name-like-missing"),
    _defect("arms unequal at baseline", _unbalanced, "arms-unbalanced"),
    _defect("another person measures", _other_operator, "operator-changed"),
    _defect("number in a site's name", _site_slip, "tumor-seen-once"),
)
