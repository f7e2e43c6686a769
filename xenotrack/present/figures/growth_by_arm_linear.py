"""Every mouse of each arm with the arm's fitted line, in mm³."""

from __future__ import annotations

from plotnine import ggplot

from xenotrack.present.figures.growth_by_arm import draw_on
from xenotrack.present.figures.needs import Results


def draw(results: Results) -> ggplot:
    return draw_on(results, log=False)
