"""The combination index over the days: how far each combination is from its references."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import aes, ggplot, guide_legend, labs, scale_colour_manual, scale_linetype_manual

from xenotrack.present.axes import log_breaks, plain_number, reach
from xenotrack.present.figures.artists import geom_bands, geom_polylines, geom_words
from xenotrack.present.figures.needs import Results
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.style import (
    CAPTION_SIZE,
    MIDDLE,
    SINCE,
    assemble,
    begin,
    caption,
    interval_name,
    legend_rows,
    say,
)
from xenotrack.present.labels import about_names
from xenotrack.present.theme import arm_colours
from xenotrack.study.design import Design

# A reference: its line, and what it is called.
REFERENCES = {
    "bliss": ("solid", "Bliss"),
    "additivity": ("dashed", "response additivity"),
    "hsa": ("dotted", "best part"),
}
BANDED = "bliss"
FARTHEST = 16.0  # times more or less than expected: further out nothing is drawn


def draw(results: Results) -> ggplot:
    return index_by_day(results.study.design, results.synergy_by_day)


def index_by_day(design: Design, table: pd.DataFrame) -> ggplot:
    """The observed volume relative to the expected one, a panel a combination.

    ``table`` is that of ``synergy`` on volumes, at several days.
    """
    volumes = table["scale"].isin(["ln_volume", "relative_volume"])
    known = table[volumes & table["reference"].isin(list(REFERENCES))]
    drawn = known.dropna(subset=["combination_index"]).rename(columns={"combination": "arm"})
    if not len(drawn):
        return say("No combination can be held against its parts, so it has no index.")
    n_known = len(drawn)
    drawn = _on_log_axis(drawn)
    beyond = len(drawn) < n_known
    panels = _panels(design, drawn)
    placed = panels.placed(
        drawn.assign(
            curve=drawn.groupby(["arm", "reference"], sort=False).ngroup(),
        ).sort_values(["curve", "day"], kind="stable"),
        y="at",
        bottom="at_low",
        top="at_high",
    )
    shown = [name for name in REFERENCES if (placed["reference"] == name).any()]
    words = [REFERENCES[name][1] for name in shown]
    return assemble(
        begin(placed, aes("x", "y", colour="arm")),
        *panels.paper(0.85),
        *panels.layers(),
        *_band(design, placed),
        geom_polylines(aes(group="curve", linetype="reference", arm="arm"), size=0.8),
        scale_colour_manual(values=arm_colours(design), guide=None),
        scale_linetype_manual(
            name="Expected by",
            values={name: REFERENCES[name][0] for name in shown},
            breaks=shown,
            labels=words,
            guide=guide_legend(nrow=legend_rows("Expected by", *words)),
        ),
        _sides(panels),
        labs(x=SINCE, y="Volume relative to the expected one"),
        caption(
            f"Band: {interval_name(design)} of the index against Bliss, for all visits together; "
            "above, the last day in numbers, for itself. Additivity ends where it expects no "
            "tumour.",
            f"Not drawn: what is beyond {FARTHEST:g} times." if beyond else "",
            about_names(design, panels.names),
        ),
    )


def _sides(panels: Panels) -> object:
    """What it means to lie above and below the line, in each panel."""
    edge = 0.03 * (panels.high - panels.low)
    words = pd.concat(
        pd.DataFrame({"arm": [arm], "day": panels.first, "at": at, "label": label, "va": va})
        for arm in panels.arms
        for at, label, va in (
            # The blank keeps the words off the axis, where panels are as wide as they may be.
            (panels.high - edge, "\N{NO-BREAK SPACE}more than expected", "top"),
            (panels.low + edge, "\N{NO-BREAK SPACE}less than expected", "bottom"),
        )
    )
    return geom_words(
        aes("x", "y", label="label", va="va"),
        panels.placed(words, y="at"),
        ha="left",
        size=CAPTION_SIZE,
        colour=MIDDLE,
        inherit_aes=False,
    )


def _on_log_axis(drawn: pd.DataFrame) -> pd.DataFrame:
    """Heights of the index, where it is not beyond the farthest, and of its band up to there."""
    end = np.log10(FARTHEST)
    heights = {
        "at": np.log10(drawn["combination_index"].to_numpy(float)),
        "at_low": drawn["band_low"].to_numpy(float) / np.log(10),
        "at_high": drawn["band_high"].to_numpy(float) / np.log(10),
    }
    inside = np.abs(heights["at"]) <= end
    return drawn.assign(**{at: np.clip(each, -end, end) for at, each in heights.items()})[inside]


def _panels(design: Design, drawn: pd.DataFrame) -> Panels:
    banded = drawn[drawn["reference"] == BANDED]
    low, high = reach([0.0, *drawn["at"], *banded["at_low"], *banded["at_high"]], least=0.1)
    arms = [arm for arm in design.arm_names if (drawn["arm"] == arm).any()]
    return Panels(
        design=design,
        arms=arms,
        notes={arm: _note(drawn[drawn["arm"] == arm]) for arm in arms},
        low=low,
        high=high,
        first=float(drawn["day"].min()),
        last=float(drawn["day"].max()),
        ticks={
            float(np.log10(value)): plain_number(value)
            for value in log_breaks(10**low, 10**high, most=5)
        },
        lines=(0.0,),
    )


def _band(design: Design, placed: pd.DataFrame) -> list[object]:
    whole = placed[placed["reference"] == BANDED].dropna(subset=["bottom", "top"])
    if not len(whole):
        return []
    from plotnine import scale_fill_manual

    bounds = aes(ymin="bottom", ymax="top", fill="arm", group="curve", arm="arm")
    return [
        geom_bands(bounds, whole, alpha=0.18),
        scale_fill_manual(values=arm_colours(design), guide=None),
    ]


def _note(by_day: pd.DataFrame) -> str:
    """The last index, against Bliss where there is one."""
    by_day = by_day.sort_values("day")
    banded = by_day[by_day["reference"] == BANDED]
    last = (banded if len(banded) else by_day).iloc[-1]
    index, low, high = (last[name] for name in ("combination_index", "index_low", "index_high"))
    limits = f" ({low:.3g} to {high:.3g})" if np.isfinite([low, high]).all() else ""
    return f"{index:.3g}{limits}"
