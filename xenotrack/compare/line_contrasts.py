"""One contrast of arms in several lines: what is pooled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.one_stage import PanelMice
from xenotrack.compare.outcomes import OUTCOMES, Better
from xenotrack.compare.within_lines import Bounded

RATE = "arm_rate"
"""The growth rate of an arm itself, no contrast: whether it was blocked is a claim of it."""

# Subgroups of lines: factor → group → lines.
Factors = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, eq=False)
class LineContrasts:
    """One contrast of one outcome in every line that has it.

    ``std_error`` is NaN where lines do not know their own error; ``df`` NaN where it is taken as
    known. ``against`` is empty for the rate of an arm itself. ``null`` is the value that is tested.
    ``mice`` are those of a panel, where all of them stand in one model. ``withheld`` are the lines
    whose own claim is withheld, with the rule of the doubt. ``bounded`` are the mice of a panel
    whose values have bounds and ties.
    """

    outcome: str
    arm: str
    against: str
    lines: tuple[str, ...]
    estimate: Floats
    std_error: Floats
    df: Floats
    from_day: Floats
    until_day: Floats
    primary: bool = False
    null: float = 0.0
    mice: PanelMice | None = None
    withheld: Mapping[str, str] = field(default_factory=dict)
    bounded: Bounded | None = None

    @property
    def is_paired(self) -> bool:
        """Whether lines have no errors of their own."""
        return bool(np.isnan(self.std_error).all())

    @property
    def better(self) -> Better:
        return "lower" if self.outcome == RATE else OUTCOMES[self.outcome].better

    def some(self, names: Sequence[str]) -> LineContrasts:
        """The contrast in some of the lines."""
        kept = np.isin(self.lines, list(names))
        arrays = ("estimate", "std_error", "df", "from_day", "until_day")
        return replace(
            self,
            lines=tuple(line for line, one in zip(self.lines, kept, strict=True) if one),
            **{name: getattr(self, name)[kept] for name in arrays},
            withheld={line: why for line, why in self.withheld.items() if line in names},
        )
