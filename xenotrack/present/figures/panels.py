"""A panel an arm: how many stand side by side, how high they are, what their titles say."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil

import pandas as pd
from plotnine import aes, facet_wrap, geom_text

from xenotrack.present.figures.style import SMALL
from xenotrack.present.theme import wrap_name

TITLE_WIDTH = {1: 100, 2: 52, 3: 32, 4: 24, 5: 19}  # characters of a panel's title
CURVE_HEIGHT = {1: 2.8, 2: 2.3, 3: 1.7, 4: 1.5, 5: 1.15}  # inches
TITLE_LINE = 0.125
MARGIN = 0.05


@dataclass(frozen=True)
class Panels:
    """The panels of some arms; ``notes`` is what each title says below the arm's name.

    The title stands inside its panel, above the curves: ``low`` and ``high`` bound these, and
    ``top`` the panel.
    """

    arms: Sequence[str]
    notes: Mapping[str, str]
    low: float
    high: float

    @property
    def columns(self) -> int:
        """At most five side by side, and as even as can be."""
        n = len(self.arms)
        if n <= 3:
            return n
        return 3 if n in (5, 6, 9) else 4 if n <= 12 else 5

    @cached_property
    def titles(self) -> dict[str, str]:
        width = TITLE_WIDTH[self.columns]
        return {
            arm: wrap_name(arm, width) + "\n" + textwrap.fill(self.notes[arm], width)
            for arm in self.arms
        }

    @property
    def title_height(self) -> float:
        """Inches of the longest title."""
        lines = 1 + max(title.count("\n") for title in self.titles.values())
        return lines * TITLE_LINE + MARGIN

    @property
    def curve_height(self) -> float:
        return CURVE_HEIGHT[self.columns]

    @property
    def top(self) -> float:
        share = self.title_height / self.curve_height
        return self.high + share * (self.high - self.low)

    @property
    def height(self) -> float:
        """Inches of all panels with their titles."""
        return ceil(len(self.arms) / self.columns) * (self.curve_height + self.title_height)

    def placed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A frame with the panel of its arm, in the arms' order."""
        return frame.assign(panel=pd.Categorical(frame["arm"], categories=list(self.arms)))

    def layers(self, first_day: float) -> list[object]:
        """The panels with their titles, which begin at the axis."""
        titles = pd.DataFrame({"arm": list(self.arms)}).assign(
            label=lambda frame: frame["arm"].map(self.titles), x=first_day, y=self.top
        )
        text = geom_text(
            aes("x", "y", label="label"),
            self.placed(titles),
            ha="left",
            va="top",
            size=SMALL,
            inherit_aes=False,
        )
        return [facet_wrap("panel", ncol=self.columns), text]
