"""Xenograft lines side by side: what each says of each contrast, and what keeps a line out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from xenotrack.compare.days_over_lines import to_one_day
from xenotrack.compare.line_contrasts import RATE, LineContrasts
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.panel import panel_contrasts
from xenotrack.compare.panel_components import PanelTables, panel_components
from xenotrack.study.design import Arm
from xenotrack.study.rules import Rules

POOLED = tuple(name for name in OUTCOMES if not name.startswith("composite"))
PANEL_TABLES = ("response", "times", "weights")
FEWEST_MICE = 3  # of a cell from which a line knows its own error
LINE_COLUMNS = (
    *("line", "outcome", "arm", "against", "n_arm", "n_against", "from_day", "until_day"),
    *("estimate", "std_error", "df", "conf_low", "conf_high"),
)


@dataclass(frozen=True, eq=False)
class Line:
    """The results of one line: the tables ``compare``, ``growth``, ``response`` and ``blocking``.

    ``blocking`` has a row an arm: ``arm shows n n_mice share_low share_high until_day``.
    ``readings`` are ``mouse arm day volume_mm3``, ``times`` the table ``progression_mice``,
    ``weights`` of a panel the changes of net weight, ``mouse arm day change_percent``; ``sheets``
    are those that it was read from, where that is known.
    """

    name: str
    design_arms: tuple[Arm, ...]
    control: str | None
    compare: pd.DataFrame
    growth: pd.DataFrame
    response: pd.DataFrame
    blocking: pd.DataFrame
    readings: pd.DataFrame
    times: pd.DataFrame
    weights: pd.DataFrame
    sheets: frozenset[str] = frozenset()

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple(arm.name for arm in self.design_arms)

    @cached_property
    def counts(self) -> dict[str, int]:
        """The mice of each arm."""
        by_arm = self.response["arm"].value_counts()
        return {arm: int(by_arm.get(arm, 0)) for arm in self.arms}


def arms_over(lines: Sequence[Line]) -> tuple[str, ...]:
    """Every arm of any line, in the order in which they appear."""
    return tuple(dict.fromkeys(arm for line in lines for arm in line.arms))


def control_over(lines: Sequence[Line]) -> str | None:
    """The control of most lines."""
    named = [line.control for line in lines if line.control is not None]
    return max(dict.fromkeys(named), key=named.count) if named else None


def treated_over(lines: Sequence[Line]) -> tuple[str, ...]:
    """The arms that receive a drug and are not the control of the others."""
    drugged = {arm.name for line in lines for arm in line.design_arms if arm.drugs}
    return tuple(arm for arm in arms_over(lines) if arm in drugged and arm != control_over(lines))


def is_panel(counts: Sequence[int]) -> bool:
    """Whether lines have one or two mice an arm, so that no line knows its own error.

    >>> is_panel([1, 1, 2, 1]), is_panel([8, 7, 1, 8])
    (True, False)
    """
    some = [n for n in counts if n]
    return bool(some) and float(np.median(some)) < FEWEST_MICE


def contrasts_of(
    lines: Sequence[Line], outcomes: Sequence[str], rules: Rules
) -> list[LineContrasts]:
    """Each contrast of each outcome with the lines that have it, and the rate of each arm."""
    if is_panel([n for line in lines for n in line.counts.values()]):
        readings = {line.name: line.readings for line in lines}
        found = panel_contrasts(
            readings,
            arms_over(lines),
            control_over(lines),
            rules.growth.blocked_below,
            rules.growth.variances == "pooled",
        )
        beside = panel_components(
            PanelTables(
                *({line.name: getattr(line, name) for line in lines} for name in PANEL_TABLES)
            ),
            *(arms_over(lines), control_over(lines), rules.compare.level),
        )
        return [one for one in (*found, *beside) if one.outcome in (*outcomes, RATE)]
    compared = [
        to_one_day(one, lines, rules) if one.outcome == "rmst_days" else one
        for one in _compared(lines, outcomes)
    ]
    return [*compared, *_rates(lines, rules.growth.blocked_below)]


def _compared(lines: Sequence[Line], outcomes: Sequence[str]) -> Iterator[LineContrasts]:
    """The contrasts with control, and the primary one, that are estimable in a line."""
    frames = [line.compare.assign(line=line.name) for line in lines if len(line.compare)]
    if not frames:
        return
    rows = pd.concat([estimable(frame) for frame in frames], ignore_index=True)
    wanted = rows["family"].eq("control") | rows["primary"].eq(True)
    rows = rows[wanted & rows["outcome"].isin(list(outcomes)) & rows["best_part"].isna()]
    rows = rows.drop_duplicates(["line", "outcome", "arm", "against"])
    for outcome in outcomes:
        own = rows[rows["outcome"] == outcome]
        for (arm, against), part in own.groupby(["arm", "against"], sort=False):
            yield _contrast(outcome, str(arm), str(against), part)


def _rates(lines: Sequence[Line], blocked_below: float) -> Iterator[LineContrasts]:
    """The growth rate of each treated arm, tested against the rate of a block."""
    frames = [line.growth.assign(line=line.name) for line in lines if len(line.growth)]
    if not frames:
        return
    rows = pd.concat([estimable(frame) for frame in frames], ignore_index=True)
    for arm in treated_over(lines):
        part = rows[rows["arm"] == arm]
        if len(part):
            yield _contrast(RATE, arm, "", part, blocked_below)


def estimable(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows with an estimate and its error, as numbers; nothing else of a stored table."""
    numbers = ("estimate", "std_error", "df", "from_day", "until_day")
    frame = frame.assign(**{name: pd.to_numeric(frame[name]).astype(float) for name in numbers})
    kept = ["line", "outcome", "family", "arm", "against", "primary", "best_part", "withheld"]
    known = np.isfinite(frame["estimate"]) & (frame["std_error"] > 0)
    return frame.loc[known, [name for name in (*kept, *numbers) if name in frame]]


def _contrast(
    outcome: str, arm: str, against: str, rows: pd.DataFrame, null: float = 0.0
) -> LineContrasts:
    numbers = ("estimate", "std_error", "df", "from_day", "until_day")
    return LineContrasts(
        outcome,
        arm,
        against,
        tuple(rows["line"]),
        **{name: rows[name].to_numpy(dtype=float) for name in numbers},
        primary=bool("primary" in rows and rows["primary"].eq(True).any()),
        null=null,
        withheld=_withheld(rows),
    )


def _withheld(rows: pd.DataFrame) -> dict[str, str]:
    """The lines in which the claim is withheld, each with the rule of the doubt for it."""
    if "withheld" not in rows:
        return {}
    told = rows[rows["withheld"].notna() & rows["withheld"].ne("")]
    return dict(zip(told["line"], told["withheld"], strict=True))


def line_frame(
    contrasts: Sequence[LineContrasts], lines: Sequence[Line], level: float
) -> pd.DataFrame:
    """The table ``pool_lines``: each line's own contrast, with its own interval."""
    from scipy.special import stdtrit

    counts = {line.name: line.counts for line in lines}
    rows = []
    for one in contrasts:
        df = np.where(np.isnan(one.df), np.inf, one.df)
        reach = stdtrit(df, (1 + level) / 2) * one.std_error
        for place, line in enumerate(one.lines):
            numbers = {
                name: getattr(one, name)[place]
                for name in ("from_day", "until_day", "estimate", "std_error", "df")
            }
            limits = {
                "conf_low": one.estimate[place] - reach[place],
                "conf_high": one.estimate[place] + reach[place],
            }
            n_against = counts[line].get(one.against) if one.against else None
            head = {"line": line, "outcome": one.outcome, "arm": one.arm}
            about = {"against": one.against or None, "n_arm": counts[line].get(one.arm)}
            rows.append({**head, **about, "n_against": n_against, **numbers, **limits})
    return pd.DataFrame(rows, columns=list(LINE_COLUMNS))
