"""Every mouse of each arm with the arm's fitted line."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    geom_path,
    geom_point,
    geom_ribbon,
    ggplot,
    guide_legend,
    labs,
    scale_colour_manual,
    scale_fill_manual,
    scale_shape_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.present.axes import day_breaks, log_breaks, plain_number
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.polylines import geom_polylines
from xenotrack.present.figures.style import caption, interval_name, paper, say
from xenotrack.present.theme import FATES, arm_colours
from xenotrack.present.words import mice_text, rate_text
from xenotrack.study.design import Design

MOUSE_LINE = 0.35


def growth_by_arm(
    design: Design,
    readings: pd.DataFrame,
    last: pd.DataFrame,
    curves: pd.DataFrame,
    rates: pd.DataFrame,
) -> ggplot:
    """Readings of every mouse, how each left, and the fitted line with its interval.

    ``readings`` has ``mouse arm day value below_limit``, ``last`` the last of each mouse with its
    ``fate``; ``curves`` and ``rates`` are those of a growth fit, without rows where there is none.
    """
    if not len(readings):
        return say("No tumour volume was measured.")
    drawn, ends, fitted = (_on_log_axis(frame) for frame in (readings, last, curves))
    low, high = drawn["y"].min(), drawn["y"].max()
    low, high = low - 0.04 * (high - low) - 0.02, high + 0.04 * (high - low) + 0.02
    panels = Panels(_arms(design, readings), _notes(readings, rates), low, high)
    values = log_breaks(10**low, 10**high, most=5)
    first, final = drawn["day"].min(), drawn["day"].max()
    fates = [fate for fate in FATES if fate in set(ends["fate"])]
    return (
        ggplot(panels.placed(drawn), aes("day", "y"))
        + paper(panels.height + 0.9)
        + geom_polylines(aes(group="mouse", colour="arm"), size=MOUSE_LINE, alpha=0.45)
        + _fitted(panels, fitted, low, high)
        + _below_limit(panels, drawn)
        + geom_point(
            aes(colour="arm", shape="fate"), panels.placed(ends), size=1.3, fill="none", stroke=0.5
        )
        + _arm_colours(design)
        + scale_shape_manual(
            name="Fate",
            values={fate: FATES[fate][0] for fate in fates},
            breaks=fates,
            labels=[FATES[fate][1] for fate in fates],
            guide=guide_legend(nrow=1, override_aes={"colour": "black", "size": 2}),
        )
        + scale_x_continuous(breaks=day_breaks(first, final, most=6), labels=_labels)
        + scale_y_continuous(
            limits=(low, panels.top),
            breaks=np.log10(values).tolist(),
            labels=[plain_number(value) for value in values],
            expand=(0, 0),
        )
        + panels.layers(first)
        + _axis_names(design)
        + caption(_explain(design, drawn, curves))
    )


def _arms(design: Design, readings: pd.DataFrame) -> list[str]:
    present = set(readings["arm"])
    return [arm for arm in design.arm_names if arm in present]


def _notes(readings: pd.DataFrame, rates: pd.DataFrame) -> dict[str, str]:
    """The number of mice drawn, and the rate where the arm has one."""
    mice = readings.groupby("arm")["mouse"].nunique()
    notes = {arm: mice_text(n) for arm, n in mice.items()}
    for row in rates.dropna(subset=["estimate"]).itertuples():
        if row.arm in notes:
            notes[row.arm] += f", {rate_text(row.estimate)} per day"
    return notes


def _on_log_axis(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with the logarithm of its value or estimate, and of its limits."""
    heights = {"value": "y", "estimate": "y", "conf_low": "low", "conf_high": "high"}
    found = {place: name for name, place in heights.items() if name in frame.columns}
    return frame.assign(
        **{place: np.log10(frame[name].to_numpy(float)) for place, name in found.items()}
    )


def _fitted(panels: Panels, fitted: pd.DataFrame, low: float, high: float) -> list[object]:
    """Band and line, within the panels: an extrapolated band may leave them."""
    inside = fitted[fitted["y"].between(low, high) & fitted["arm"].isin(list(panels.arms))]
    if not len(inside):
        return []
    band = inside.assign(low=inside["low"].clip(low, high), high=inside["high"].clip(low, high))
    band = panels.placed(band)
    return [
        geom_ribbon(aes(ymin="low", ymax="high", fill="arm"), band, alpha=0.25),
        geom_path(aes(colour="arm"), band, size=1.2),
    ]


def _below_limit(panels: Panels, drawn: pd.DataFrame) -> list[object]:
    below = drawn[drawn["below_limit"]]
    if not len(below):
        return []
    placed = panels.placed(below)
    return [geom_point(aes(colour="arm"), placed, shape="o", fill="white", size=1.1, stroke=0.4)]


def _arm_colours(design: Design) -> list[object]:
    colours = arm_colours(design)
    return [
        scale_colour_manual(values=colours, guide=None),
        scale_fill_manual(values=colours, guide=None),
    ]


def _labels(days: list[float]) -> list[str]:
    return [plain_number(day) for day in days]


def _axis_names(design: Design) -> labs:
    if design.rules.growth.baseline == "ratio":
        return labs(x="Days since baseline", y="Tumour volume relative to baseline")
    return labs(x="Days since treatment start", y="Tumour volume (mm³)")


def _explain(design: Design, drawn: pd.DataFrame, curves: pd.DataFrame) -> str:
    text = "Thin lines: mice; log scale."
    if len(curves):
        text += (
            f" Thick line and band: fitted growth with its {interval_name(design)}, "
            f"days {curves['day'].min():g} to {curves['day'].max():g}."
        )
    if drawn["below_limit"].any():
        text += " Open circles: below the limit of measurement, drawn at the limit."
    return text
