"""The growth rate of each arm with every mouse left out in turn."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, labs

from xenotrack.present.axes import reach
from xenotrack.present.figures.artists import geom_points, geom_segments
from xenotrack.present.figures.forest import (
    LEAST_RATES,
    about_numbers,
    forest_axes,
    forest_paper,
    forest_scales,
    forest_words,
    has_words,
    name_width,
)
from xenotrack.present.figures.needs import Results, growth_of
from xenotrack.present.figures.style import (
    LIGHT,
    arm_scales,
    assemble,
    begin,
    caption,
    interval_name,
    say,
)
from xenotrack.present.labels import about_names, arm_labels
from xenotrack.present.theme import wrap_name
from xenotrack.present.words import rate_text
from xenotrack.study.design import Design

MOUSE_WIDTH = 12  # characters
END = 2.0  # where the words end, in shares of the rates' own axis


def draw(results: Results) -> ggplot:
    fit = growth_of(results)
    if fit is None:
        return say("No growth rate could be estimated.")
    return influence(results.study.design, results.influence, fit.to_frame())


def influence(design: Design, table: pd.DataFrame, rates: pd.DataFrame) -> ggplot:
    """A dot a mouse: its arm's rate without it, over the interval with all of them.

    ``table`` has ``mouse arm estimate change change_in_errors``; ``rates`` is a growth frame.
    """
    dots = table.dropna(subset=["estimate"])
    if not len(dots):
        return say("No growth rate could be estimated without one of the mice.")
    arms = [arm for arm in design.arm_names if (dots["arm"] == arm).any()]
    height = {arm: float(place) for place, arm in enumerate(reversed(arms), start=1)}
    rows = rates[rates["arm"].isin(arms)].assign(y=rates["arm"].map(height))
    dots = dots.assign(y=dots["arm"].map(height))
    low, high = _reach(dots, rows)
    named = _named(dots, rows)
    names = arm_labels(design, name_width())
    shown = [names[arm] for arm in rows["arm"]]
    whole = rows.dropna(subset=["conf_low", "conf_high"])
    return assemble(
        begin(dots, aes("estimate", "y", colour="arm")),
        *forest_paper(len(rows), [*shown, *(named["label"] if has_words() else ())], title_at=0.2),
        forest_axes(len(rows) + 0.6, low, high),
        geom_segments(
            aes("conf_low", "y", xend="conf_high", yend="y"), whole, colour=LIGHT, size=3.2
        ),
        geom_points(aes(arm="arm", mouse="mouse"), shape="|", size=3.4, stroke=0.45),
        geom_points(aes(shape="arm", arm="arm"), rows, size=1.3),
        *_words(named, rows, low, high),
        *arm_scales(design),
        *forest_scales(rows["y"].tolist(), shown, low, high, END),
        labs(x="Growth rate (% a day)"),
        caption(
            f"Symbol and grey bar: the arm's rate and its {interval_name(design)}. Each tick: the "
            "rate without one of its mice, spread as estimated with all.",
            about_numbers(
                "influence",
                "Named: the mouse that moves it most, and by how many standard errors.",
            ),
            about_names(design, names),
        ),
    )


def _reach(dots: pd.DataFrame, rows: pd.DataFrame) -> tuple[float, float]:
    ends = rows[["conf_low", "conf_high"]].to_numpy(float)
    return reach([0.0, *dots["estimate"].astype(float), *ends.flat], least=LEAST_RATES)


def _named(dots: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Of each arm the mouse that weighs most, with a ``label`` that fits its column.

    Names that say the arm again, as in "vehicle/3", are cut to what follows.
    """
    size = dots["change_in_errors"].abs().fillna(dots["change"].abs())
    most = dots.loc[size.groupby(dots["arm"]).idxmax()].set_index("arm").loc[rows["arm"]]
    names = [
        mouse.removeprefix(arm).lstrip("/ ") or mouse
        for arm, mouse in zip(most.index, most["mouse"].astype(str), strict=True)
    ]
    return most.assign(label=[wrap_name(name, MOUSE_WIDTH) for name in names])


def _words(named: pd.DataFrame, rows: pd.DataFrame, low: float, high: float) -> list[object]:
    """Of each arm the mice, the mouse that weighs most, and the rate without it."""
    columns = {
        "n": (1.04, [str(n) for n in rows["n_mice"]]),
        "Moves it most": (1.12, named["label"].tolist()),
        "Without it": (1.42, [rate_text(rate) for rate in named["estimate"]]),
        "Change": (1.72, [_errors(change) for change in named["change_in_errors"]]),
    }
    return forest_words(rows["y"].tolist(), columns, low, high)


def _errors(change: float) -> str:
    if not np.isfinite(change):
        return "–"
    return f"{change:+.2f} SE".replace("-", "−")
