"""When and why each mouse left: what every estimator of time to progression starts from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenotrack.arrays import Bools, Codes, Floats

PROGRESSION = "progression"
TOXICITY = "toxicity"
UNKNOWN = "unknown"


@dataclass(frozen=True, eq=False)
class MouseTimes:
    """A row a mouse that can be judged.

    Progression lies in ``(low, high]`` and is dated ``day``; without it ``high`` is NaN and
    ``low`` = ``day``, the last reading. ``cause`` is ``progression``, else the mouse's fate.
    ``arm`` is a position in the order of the design's arms.
    """

    low: Floats
    high: Floats
    day: Floats
    cause: NDArray[np.object_]
    arm: Codes

    @cached_property
    def events(self) -> Bools:
        """The mice that progressed."""
        return np.asarray(self.cause == PROGRESSION, dtype=bool)

    def left_for(self, *causes: str) -> Bools:
        """The mice that left for one of these causes."""
        return np.isin(self.cause.astype(str), causes)

    def of_arms(self, arms: Sequence[int]) -> MouseTimes:
        """The mice of these arms, which are counted anew from 0 in the order given."""
        code = np.full(max(int(self.arm.max(initial=-1)), *arms) + 1, -1)
        code[list(arms)] = np.arange(len(arms))
        chosen = code[self.arm] >= 0
        kept = {field.name: getattr(self, field.name)[chosen] for field in fields(self)}
        return MouseTimes(**{**kept, "arm": code[self.arm[chosen]]})


def mouse_times(mice: pd.DataFrame, arms: Sequence[str]) -> MouseTimes:
    """The times in a table of mice with ``arm day_low day_high day event fate``."""
    codes = {name: code for code, name in enumerate(arms)}
    fate = mice["fate"].astype(object).where(mice["fate"].notna(), UNKNOWN)
    event = mice["event"].to_numpy(dtype=bool)
    # Interpolated days carry rounding noise, which would break ties that are none, or tie others.
    low, high, day = (
        mice[name].to_numpy(dtype=float).round(9) for name in ("day_low", "day_high", "day")
    )
    cause = np.where(event, PROGRESSION, fate.to_numpy(dtype=object))
    return MouseTimes(low, high, day, cause, mice["arm"].map(codes).to_numpy(dtype=np.intp))
