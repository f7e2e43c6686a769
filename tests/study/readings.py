"""Readings for tests to lay out as labs do, and to find again in the long table."""

from __future__ import annotations

from pathlib import Path

from costs import examples
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

DATA = Path(__file__).parents[3] / "shared" / "data"
SAMPLES = Path(__file__).parents[2] / "sample_data"
DAYS = (0, 3, 7)

few = settings(max_examples=examples(5), deadline=None, suppress_health_check=list(HealthCheck))


def _grids(values):
    """Six mice in two arms, each with a value or None a day, the first never None."""
    row = st.tuples(values, *(st.none() | values for _ in DAYS[1:]))
    return st.lists(row, min_size=6, max_size=6)


volumes = _grids(st.integers(10, 5000))
areas = _grids(st.integers(9, 400))
# A length, a width that is not longer, and a height.
sizes = _grids(
    st.tuples(st.integers(80, 150), st.integers(40, 80), st.integers(30, 60)).map(
        lambda size: tuple(number / 10 for number in size)
    )
)


def arm_of(number):
    """The arm of a mouse: the first three are controls."""
    return "vehicle" if number < 3 else "drug"


def long_of(grid, columns=("volume_mm3",)):
    """What a grid says as the long table does: mouse and day → the numbers of these columns."""
    return {
        (f"m{number}", float(day)): value if isinstance(value, tuple) else (float(value),)
        for number, values in enumerate(grid)
        for day, value in zip(DAYS, values, strict=True)
        if value is not None
    }


def numbers_of(study, *columns, tumor=None):
    """The long table of a study, or of one tumour: mouse and day → numbers."""
    rows = study.measurements
    rows = rows if tumor is None else rows[rows["tumor"] == tumor]
    names = list(columns or ("volume_mm3",))
    return {
        (row["mouse"], row["day"]): tuple(row[name] for name in names)
        for row in rows[rows[names].notna().any(axis=1)].to_dict("records")
    }


def written(value):
    """A cell: a number, or nothing."""
    return "" if value is None else f"{value:g}"
