"""The group indices of the field, each with its formula, its day, its mice and its limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from xenotrack.compare.components import doubt_day
from xenotrack.compare.growth_delay import growth_delays
from xenotrack.compare.rate_indices import rate_indices
from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.response.inhibition import GroupIndex, choose_day, volume_indices
from xenotrack.study.study import Study

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class GroupIndices:
    """Every index of every arm against the control; ``day`` is that of the volumes."""

    day: float
    indices: tuple[GroupIndex, ...]
    doubts: tuple[Doubt, ...]

    def to_frame(self) -> pd.DataFrame:
        """A row an index and arm, as the table ``group_indices`` has it."""
        import pandas as pd

        columns = ["index", "formula", "arm", "control", "day", "n_arm", "n_control"]
        plain = {name: [getattr(row, name) for row in self.indices] for name in columns}
        numbers = {
            name: np.array([getattr(row.found, name) for row in self.indices], dtype=float)
            for name in ("estimate", "conf_low", "conf_high")
        }
        methods = pd.Series([row.found.method for row in self.indices], dtype=object)
        between = {
            name: pd.array([getattr(row, name) for row in self.indices], dtype="Int64")
            for name in ("n_arm_interpolated", "n_control_interpolated")
        }
        return pd.DataFrame({**plain, **numbers, "method": methods, **between})


def group_indices(
    study: Study,
    growth: GrowthFit | None,
    day: float | None = None,
    treatment_days: float | None = None,
) -> GroupIndices:
    """The indices at the visit nearest to ``day``, or at the last one with every control mouse.

    Net log cell kill needs ``treatment_days``; what rests on rates needs the growth fit.
    """
    chosen = choose_day(study, day)
    rows: list[GroupIndex] = []
    if np.isfinite(chosen.day):
        rows.extend(volume_indices(study, chosen.day))
    # A line needs no visit: the T/C of rates is at the very day that was asked for.
    at = chosen.day if day is None else day
    beyond: Iterable[Doubt] = ()
    if growth is not None:
        rows.extend(rate_indices(growth, at))
        beyond = (
            doubt_day(study.design, growth.follow_up.until_day, at, growth.narrow is not None)
            if day is not None
            else ()
        )
    rows.extend(growth_delays(study, growth, treatment_days))
    return GroupIndices(
        chosen.day, tuple(rows), merge_doubts(chosen.doubts, beyond, doubts_about(rows))
    )


def doubts_about(rows: Sequence[GroupIndex]) -> Iterator[Doubt]:
    """What cannot be given: each reason once, with its arms and the indices it takes away."""
    missing: dict[str, list[GroupIndex]] = {}
    for row in rows:
        if np.isnan(row.found.estimate):
            missing.setdefault(row.found.why, []).append(row)
    for reason, lost in missing.items():
        arms = tuple(dict.fromkeys(row.arm for row in lost))
        names = ", ".join(dict.fromkeys(row.index for row in lost))
        text = f"No {names} for {', '.join(arms)}: {reason}."
        yield Doubt("index-not-estimable", arms, "indices", text)
