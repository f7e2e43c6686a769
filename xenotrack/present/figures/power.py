"""Power by number of mice: what was simulated, with its error, and a line through it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from plotnine import (
    aes,
    annotate,
    geom_errorbar,
    geom_hline,
    geom_line,
    geom_point,
    ggplot,
    labs,
    scale_colour_manual,
    scale_shape_manual,
    scale_x_continuous,
    scale_y_continuous,
)

from xenotrack.plan.power import designs_of, probit_line
from xenotrack.present.figures.style import MIDDLE, assemble, begin, caption, paper
from xenotrack.present.numbers import number

POWER, FALSE, CLOSED = "power", "false positives", "closed form"
COLOURS = {POWER: "#1f5fa8", FALSE: "#b3541e", CLOSED: "#111111"}
LOWEST = -0.02  # a point at 0 is seen whole
SHAPES = {POWER: "o", FALSE: "s", CLOSED: "x"}


def power_figure(table: pd.DataFrame, target: float, level: float) -> ggplot:
    """The curve of one question; ``table`` is that of ``power_table``."""
    points = pd.concat([_points(table, *one) for one in _SHOWN], ignore_index=True)
    points = points.dropna(subset="share")
    line = pd.concat([_line(*one) for one in designs_of(table)], ignore_index=True)
    # Through one number of mice there is no line.
    through = [geom_line(aes(linetype="design"), line, size=0.8, show_legend=_legend(line))]
    through = through if line["design"].duplicated().any() else []
    names = [name for name in COLOURS if name in set(points["what"])]
    return assemble(
        begin(points, aes("mice", "share", colour="what", shape="what")),
        geom_hline(yintercept=target, linetype="dashed", colour=MIDDLE, size=0.4),
        geom_hline(yintercept=1 - level, linetype="dotted", colour=MIDDLE, size=0.4),
        *through,
        geom_errorbar(
            aes(ymin="low", ymax="high"),
            points[points["what"] != CLOSED],
            width=0.15,
            size=0.5,
            show_legend=False,
        ),
        geom_point(size=2.2, fill="white"),
        annotate(
            "text",
            x=float(table["mice_per_arm"].min()),
            y=target + 0.035,
            label=f"{100 * target:.0f} %",
            size=7,
            colour=MIDDLE,
            ha="left",
        ),
        scale_colour_manual(values=[COLOURS[name] for name in names], limits=names),
        scale_shape_manual(values=[SHAPES[name] for name in names], limits=names),
        scale_x_continuous(breaks=sorted(set(table["mice_per_arm"]))),
        scale_y_continuous(
            limits=(LOWEST, 1.02), breaks=np.arange(0, 1.1, 0.2).tolist(), expand=(0, 0)
        ),
        labs(
            x="Mice of each arm (of the smallest)",
            y="Share of simulated studies",
            colour="",
            shape="",
            linetype="",
        ),
        caption(
            f"{_claim(table)}, true effect {number(table['effect'].iloc[0])} per day. "
            f"{table['n_studies'].iloc[0]} studies a point, bars two Monte-Carlo errors"
            f"{'; the line is probit in √n' if through else ''}. Dotted: the level of false "
            "positives that is allowed."
        ),
        *paper(3.2),
    )


def _claim(table: pd.DataFrame) -> str:
    """The contrast, and what it is of where that is not growth."""
    of_days = " in days without progression" if table["outcome"].iloc[0] == "rmst_days" else ""
    return f"{table['contrast'].iloc[0]}{of_days}"


_SHOWN = (
    (POWER, "power", "power_error"),
    (FALSE, "false_positive", "false_positive_error"),
    (CLOSED, "closed_form", None),
)


def _line(design: str, table: pd.DataFrame) -> pd.DataFrame:
    """The line through the powers of one design."""
    mice, smooth = probit_line(table)
    return pd.DataFrame({"mice": mice, "share": smooth, "what": POWER, "design": design or POWER})


def _legend(line: pd.DataFrame) -> dict[str, bool] | bool:
    """Designs are named by their kind of line, where there are several."""
    several = line["design"].nunique() > 1
    return {"linetype": True, "colour": False, "shape": False} if several else False


def _points(table: pd.DataFrame, what: str, name: str, error: str | None) -> pd.DataFrame:
    reach = 2 * table[error] if error else 0.0
    share = table[name]
    return pd.DataFrame(
        {
            "mice": table["mice_per_arm"],
            "share": share,
            "low": (share - reach).clip(0, 1),
            "high": (share + reach).clip(0, 1),
            "what": what,
        }
    )
