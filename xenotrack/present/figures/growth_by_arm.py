"""Every mouse of each arm with the arm's fitted line."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    ggplot,
    guide_legend,
    labs,
    scale_colour_manual,
    scale_fill_manual,
    scale_shape_manual,
)

from xenotrack.present.axes import log_breaks, plain_number, rate_breaks, reach
from xenotrack.present.figures.artists import geom_bands, geom_points, geom_polylines
from xenotrack.present.figures.mean_curves import log_height
from xenotrack.present.figures.needs import Results, growth_of
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.style import (
    CUT,
    FEWEST,
    GHOST_OF_CONTROL,
    assemble,
    begin,
    caption,
    interval_name,
    legend_rows,
    model_days,
    say,
)
from xenotrack.present.labels import about_names
from xenotrack.present.theme import FATE_SYMBOLS, arm_colours
from xenotrack.present.words import FATES, mice_text, rate_text
from xenotrack.response.courses_by_arm import last_readings, readings_on_model_scale
from xenotrack.study.design import Design


def draw(results: Results) -> ggplot:
    return draw_on(results, log=True)


def draw_on(results: Results, log: bool) -> ggplot:
    """The figure on a log or on a linear axis."""
    study = results.study
    readings = readings_on_model_scale(study)
    curves = pd.DataFrame(columns=["arm", "day", "estimate", "conf_low", "conf_high"])
    table = pd.DataFrame(columns=["arm", "estimate", "conf_low", "conf_high"])
    fit = growth_of(results)
    if fit is not None:
        curves, table = fit.curves(), fit.to_frame()
    return growth_by_arm(study.design, readings, last_readings(study, readings), curves, table, log)


def growth_by_arm(
    design: Design,
    readings: pd.DataFrame,
    last: pd.DataFrame,
    curves: pd.DataFrame,
    rates: pd.DataFrame,
    log: bool = True,
) -> ggplot:
    """Readings of every mouse, how each left, and the fitted line with its interval.

    On a log axis, where steady growth is a straight line, or on a linear one.

    ``readings`` has ``mouse line arm day value below_limit``, ``last`` the last of each line with
    its ``fate``; ``curves`` and ``rates`` are those of a growth fit, without rows where there is
    none.
    """
    if not len(readings):
        return say("No tumour volume was measured.")
    drawn, ends, fitted = (_on_axis(frame, log) for frame in (readings, last, curves))
    panels = _panels(design, drawn, rates, log)
    colours = arm_colours(design)
    mice = drawn.groupby("arm")["mouse"].nunique()
    few = set(mice.index[mice < FEWEST])
    return assemble(
        begin(panels.placed(drawn, y="at_value"), aes("x", "y", colour="arm")),
        *panels.paper(0.75),
        *panels.layers(),
        *panels.ghosts(drawn, y="at_value", group="line", control=GHOST_OF_CONTROL),
        geom_polylines(aes(group="line", arm="arm", mouse="mouse"), size=0.35, alpha=0.7),
        *_fitted(panels, fitted, few),
        *_below_limit(panels, drawn),
        *_fates(panels, ends),
        scale_colour_manual(values=colours, guide=None),
        scale_fill_manual(values=colours, guide=None),
        _axis_names(design),
        caption(
            *_explain(design, drawn, curves, log),
            f"No band below {FEWEST} mice." if few & set(fitted["arm"]) else "",
            _about_cut(panels, fitted[~fitted["arm"].isin(few)]),
            about_names(design, panels.names),
        ),
    )


def _panels(design: Design, drawn: pd.DataFrame, rates: pd.DataFrame, log: bool) -> Panels:
    if log:
        low, high = reach(drawn["at_value"], least=0.3)
        values = log_breaks(10**low, 10**high, most=5)
        ticks = {float(np.log10(value)): plain_number(value) for value in values}
    else:
        low, high = 0.0, reach([0.0, *drawn["at_value"]], least=1.0)[1]
        ticks = {value: plain_number(value) for value in rate_breaks(low, high, most=4)}
    return Panels(
        design=design,
        arms=_arms(design, drawn),
        notes=_notes(drawn, rates),
        low=low,
        high=high,
        first=float(drawn["day"].min()),
        last=float(drawn["day"].max()),
        ticks=ticks,
    )


def _fates(panels: Panels, ends: pd.DataFrame) -> list[object]:
    """A symbol at the end of each mouse's line, with its legend; none where no fate is known."""
    found = set(ends["fate"])
    fates = [fate for fate in FATES if fate in found]
    if fates == ["unknown"]:
        return []
    placed = panels.placed(ends, y="at_value")
    words = [FATES[fate] for fate in fates]
    rows = legend_rows("Fate", *words)
    return [
        geom_points(
            aes(shape="fate", arm="arm", mouse="mouse"), placed, size=1.3, fill="none", stroke=0.5
        ),
        scale_shape_manual(
            name="Fate",
            values={fate: FATE_SYMBOLS[fate] for fate in fates},
            breaks=fates,
            labels=words,
            guide=guide_legend(nrow=rows, override_aes={"colour": "black", "size": 2}),
        ),
    ]


def _arms(design: Design, readings: pd.DataFrame) -> list[str]:
    present = set(readings["arm"])
    return [arm for arm in design.arm_names if arm in present]


def _notes(readings: pd.DataFrame, rates: pd.DataFrame) -> dict[str, str]:
    """The number of mice drawn, and the rate where the arm has one."""
    mice = readings.drop_duplicates("mouse")["arm"]
    notes = {arm: mice_text((mice == arm).sum()) for arm in mice.unique().tolist()}
    known = rates.dropna(subset=["estimate"])
    for arm, rate in zip(known["arm"].tolist(), known["estimate"].tolist(), strict=True):
        if arm in notes:
            notes[arm] += f", {rate_text(rate)} %/day"
    return notes


def _on_axis(frame: pd.DataFrame, log: bool) -> pd.DataFrame:
    """The frame with ``at_`` columns of its value, estimate and limits: their heights."""
    names = [name for name in ("value", "estimate", "conf_low", "conf_high") if name in frame]
    heights = {name: frame[name].to_numpy(float) for name in names}
    return frame.assign(
        **{f"at_{name}": log_height(at) if log else at for name, at in heights.items()}
    )


def _fitted(panels: Panels, fitted: pd.DataFrame, few: set[str]) -> list[object]:
    """Band and line where they are inside the panels: an extrapolated one may leave them.

    An arm of few mice has no band.
    """
    low, high = panels.low, panels.high
    inside = _inside(panels, fitted)
    inside = inside.assign(
        bottom=inside["at_conf_low"].clip(low, high), top=inside["at_conf_high"].clip(low, high)
    )
    placed = panels.placed(inside, y="at_estimate", bottom="bottom", top="top")
    if not len(placed):
        return []
    banded = placed[~placed["arm"].isin(few)]
    band = aes(ymin="bottom", ymax="top", fill="arm", arm="arm")
    return [
        *([geom_bands(band, banded, alpha=0.25)] if len(banded) else []),
        geom_polylines(aes(group="arm", arm="arm"), placed, size=1.2),
    ]


def _inside(panels: Panels, fitted: pd.DataFrame) -> pd.DataFrame:
    return fitted[fitted["at_estimate"].between(panels.low, panels.high)]


def _about_cut(panels: Panels, fitted: pd.DataFrame) -> str:
    """That the whole band is wider than what is seen of it, where that is so."""
    drawn = _inside(panels, fitted)
    cut = (drawn["at_conf_low"] < panels.low) | (drawn["at_conf_high"] > panels.high)
    return CUT if cut.any() else ""


def _below_limit(panels: Panels, drawn: pd.DataFrame) -> list[object]:
    below = panels.placed(drawn[drawn["below_limit"]], y="at_value")
    if not len(below):
        return []
    return [
        geom_points(
            aes(arm="arm", mouse="mouse"), below, shape="o", fill="white", size=1.1, stroke=0.4
        )
    ]


def _axis_names(design: Design) -> labs:
    of = " relative to baseline" if design.rules.growth.baseline == "ratio" else " (mm³)"
    return labs(x=model_days(design), y=f"Tumour volume{of}")


def _explain(design: Design, drawn: pd.DataFrame, curves: pd.DataFrame, log: bool) -> Iterator[str]:
    of = "tumours" if design.rules.study.tumors == "each" else "mice"
    ghosts = ""
    if drawn["arm"].nunique() > 1:
        ghosts = ", in grey those of the other arms" + (
            " (darker: the control)" if design.control is not None else ""
        )
    yield f"Thin lines: {of}{ghosts}; {'log' if log else 'linear'} scale."
    if len(curves):
        yield (
            f"Thick line and band: fitted growth with its {interval_name(design)}, days "
            f"{plain_number(curves['day'].min())} to {plain_number(curves['day'].max())}."
        )
    if drawn["below_limit"].any():
        yield "Open circles: below the limit of measurement, drawn at the limit."
