"""A frame of readings → a Study, for simulation, notebooks and tests."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Floats
from xenotrack.errors import StudyError, did_you_mean
from xenotrack.study.design import Design
from xenotrack.study.order import row_order
from xenotrack.study.study import FACTORS, FATES, TIDY_COLUMNS, Study

_REQUIRED = ("mouse", "arm", "day", "volume_mm3")
_NAMES = ("mouse", "tumor", "arm", "phase", "source", *FACTORS)
_SIZES = ("length_mm", "width_mm", "height_mm", "volume_mm3", "body_weight_g")


def study_of_frame(frame: pd.DataFrame, design: Design, limit_mm3: float | None = None) -> Study:
    """The study of a frame with the columns of the tidy table; what it lacks is empty.

    ``mouse arm day volume_mm3`` are needed. The limit is the one given or declared, else, where
    volumes are zero, the smallest positive one. Raises ``StudyError`` where identity or a value
    cannot be what it says; what is only doubtful is for ``check_study``.
    """
    _refuse_columns(frame)
    numbers = {name: _numbers(frame, name) for name in ("day", *_SIZES)}
    names = {name: _names(frame, name) for name in _NAMES}
    volume, fates = numbers["volume_mm3"], _names(frame, "fate")
    fates[fates == ""] = None
    limit = _limit(volume, design.rules.volume.limit_mm3 if limit_mm3 is None else limit_mm3)
    below = frame.get("below_limit", volume < limit)
    rows = pd.DataFrame(
        {
            **dict.fromkeys(TIDY_COLUMNS),
            **names,
            **numbers,
            "study": design.name,
            "below_limit": np.asarray(below, dtype=bool),
            "fate": fates,
            "part": 0,
            "row": np.arange(1, len(frame) + 1),
            "column": 0,
        },
        index=range(len(frame)),
    )
    for complaint in _complaints(rows, design):
        raise StudyError(complaint)
    _ = design.primary
    order = row_order(rows, design.arm_names)
    return Study(design, rows.iloc[order].reset_index(drop=True), limit)


def _refuse_columns(frame: pd.DataFrame) -> None:
    seen = [str(name) for name in frame.columns]
    absent = [name for name in _REQUIRED if name not in seen]
    unknown = [name for name in seen if name not in TIDY_COLUMNS]
    if absent or unknown:
        what = f"lacks {', '.join(absent)}" if absent else "has columns that are not known"
        near = [
            near_name[0]
            for name in unknown
            if (near_name := get_close_matches(name, TIDY_COLUMNS, 1))
        ]
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise StudyError(
            f"A frame of readings {what}. Its columns are: {', '.join(seen)}.{hint} "
            f"Known are: {', '.join(TIDY_COLUMNS)}."
        )


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    if name not in frame:
        return np.full(len(frame), np.nan)
    try:
        return frame[name].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise StudyError(f"{name} of the frame is no column of numbers: {error}.") from error


def _names(frame: pd.DataFrame, name: str) -> NDArray[np.object_]:
    """The names in a column as text, "" where it has none."""
    if name not in frame:
        return np.full(len(frame), "", dtype=object)
    codes, names = pd.factorize(frame[name])
    return np.append(np.array([str(value) for value in names], dtype=object), "")[codes]


def _limit(volume: Floats, declared: float | None) -> float:
    """The declared limit, else the smallest positive volume where some are zero, else none."""
    if declared is not None:
        return declared
    positive = volume[volume > 0]
    return float(positive.min()) if (volume == 0).any() and len(positive) else 0.0


def _complaints(rows: pd.DataFrame, design: Design) -> Iterable[str]:
    """What leaves the identity or the value of a row undecided."""
    for name in ("mouse", "arm"):
        if (rows[name] == "").any():
            yield f"{(rows[name] == '').sum()} rows of the frame name no {name}. Name it on each."
    for arm in rows["arm"].unique():
        if arm not in design.arm_names:
            yield (
                f"The arm {arm!r} of the frame is none of the design: "
                f"{', '.join(design.arm_names)}.{did_you_mean(arm, design.arm_names)}"
            )
    yield from _impossible_numbers(rows)
    arms = rows.groupby("mouse", sort=False)["arm"].nunique()
    for mouse in arms.index[arms > 1]:
        yield f"Mouse {mouse!r} is in several arms. A mouse is in one; name each by its own."
    keys = ["mouse", "tumor", "day"]
    for row in rows[rows.duplicated(keys)].itertuples():
        yield f"Mouse {row.mouse!r} has two rows on day {row.day:g}. Keep one a tumour and day."
    if rows["phase"].nunique() > 1:
        yield "The frame holds several phases. A phase is a study of its own: make one of each."
    strange = [fate for fate in rows["fate"].dropna().unique() if fate not in FATES]
    if strange:
        yield f"The fate {strange[0]!r} is none of: {', '.join(FATES)}."


def _impossible_numbers(rows: pd.DataFrame) -> Iterable[str]:
    days = rows["day"].to_numpy()
    if not np.isfinite(days).all():
        yield "A day of the frame is no finite number. Every row has its day."
    for name in _SIZES:
        size = rows[name].to_numpy()
        wrong = size[(size < 0) | np.isinf(size)]
        if len(wrong):
            yield f"{name} of the frame is {wrong[0]:g}. It is 0 or above, or empty."
