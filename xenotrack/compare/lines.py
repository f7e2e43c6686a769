"""Xenograft lines side by side: what each says of each contrast, and what keeps a line out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from xenotrack.compare.days_over_lines import cut_short, to_one_day
from xenotrack.compare.line_contrasts import RATE, LineContrasts
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.panel import panel_contrasts
from xenotrack.compare.panel_components import PanelTables, panel_components
from xenotrack.doubts import Doubt
from xenotrack.study.design import Arm
from xenotrack.study.rules import Rules

POOLED = tuple(name for name in OUTCOMES if not name.startswith("composite"))
FEW_LINES = 3  # up to so many a mean over lines rests on two degrees of freedom
BY_WINDOW = ("growth_rate", "late_rate")
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
    ``weights`` of a panel the changes of net weight, ``mouse arm day change_percent``.
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
    rows = pd.concat([_estimable(frame) for frame in frames], ignore_index=True)
    wanted = rows["family"].eq("control") | rows["primary"].eq(True)
    rows = rows[wanted & rows["outcome"].isin(list(outcomes)) & rows["best_part"].isna()]
    rows = rows.drop_duplicates(["line", "outcome", "arm", "against"])
    for outcome in outcomes:
        own = rows[rows["outcome"] == outcome]
        for (arm, against), part in own.groupby(["arm", "against"], sort=False):
            yield _contrast(outcome, str(arm), str(against), part)


def _rates(lines: Sequence[Line], blocked_below: float) -> Iterator[LineContrasts]:
    """The growth rate of each arm but the control, tested against the rate of a block."""
    frames = [line.growth.assign(line=line.name) for line in lines if len(line.growth)]
    if not frames:
        return
    rows = pd.concat([_estimable(frame) for frame in frames], ignore_index=True)
    for arm in arms_over(lines):
        part = rows[rows["arm"] == arm]
        if arm != control_over(lines) and len(part):
            yield _contrast(RATE, arm, "", part, blocked_below)


def _estimable(frame: pd.DataFrame) -> pd.DataFrame:
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


def doubts_about_lines(
    lines: Sequence[Line],
    contrasts: Sequence[LineContrasts],
    groups: Mapping[str, Mapping[str, Sequence[str]]],
) -> Iterator[Doubt]:
    """Lines that are left out of a contrast and why, lines of other days, groups without lines."""
    control = control_over(lines)
    for line in lines if any(one.against for one in contrasts) else ():
        yield from _left_out(line, control, contrasts)
    yield from _arms_of_some(lines)
    yield from _windows(contrasts)
    # A panel counts the days of its mice by itself: what its lines were compared to says nothing.
    if not is_panel([n for line in lines for n in line.counts.values()]):
        yield from cut_short(contrasts, _followed(lines))
    yield from _held_back(contrasts)
    used = {name for one in contrasts for name in one.lines}
    if 0 < len(used) <= FEW_LINES:
        yield Doubt(
            "few-lines",
            (),
            "",
            f"{len(used)} lines say little of lines in general: a mean over them has "
            f"{len(used) - 1} degrees of freedom. Read each line.",
        )
    for factor, own in groups.items():
        yield from _grouping(factor, own, [line.name for line in lines])


def _left_out(
    line: Line, control: str | None, contrasts: Sequence[LineContrasts]
) -> Iterator[Doubt]:
    """What a line is left out of: every contrast, or some outcomes of arms that it has."""
    compared = [one for one in contrasts if one.against]
    if not any(line.name in one.lines for one in compared):
        reason = _why_left_out(line, control)
        yield Doubt("line-left-out", (), "", f"Line {line.name} is in no pooled contrast: {reason}")
        return
    has = {arm for arm, n in line.counts.items() if n}
    missing = [
        one for one in compared if line.name not in one.lines and {one.arm, one.against} <= has
    ]
    if missing:
        titles = ", ".join(dict.fromkeys(OUTCOMES[one.outcome].title.lower() for one in missing))
        arms = tuple(dict.fromkeys(one.arm for one in missing))
        yield Doubt(
            "line-left-out",
            arms,
            "",
            f"Line {line.name} is not in what is pooled of {titles} ({', '.join(arms)}): "
            f"{_why_left_out(line, control)}",
        )


def _followed(lines: Sequence[Line]) -> dict[tuple[str, str], dict[str, float]]:
    """Contrast → line → the day to which the line itself counts days gained."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for line in lines:
        if not len(line.compare):
            continue
        rows = _estimable(line.compare.assign(line=line.name))
        rows = rows[rows["outcome"] == "rmst_days"]
        for arm, against, until in zip(
            rows["arm"], rows["against"], rows["until_day"], strict=True
        ):
            found.setdefault((arm, against), {})[line.name] = until
    return found


def _held_back(contrasts: Sequence[LineContrasts]) -> Iterator[Doubt]:
    """Claims that are withheld in a line, and so over lines."""
    for one in contrasts:
        if one.withheld:
            told = ", ".join(f"{line} ({rule})" for line, rule in one.withheld.items())
            yield Doubt(
                "line-withheld",
                (one.arm, one.against),
                OUTCOMES[one.outcome].source,
                f"{OUTCOMES[one.outcome].title} of {one.arm} against {one.against} is withheld in "
                f"{told}, and so is what is pooled of it.",
            )


def _why_left_out(line: Line, control: str | None) -> str:
    present = [arm for arm, n in line.counts.items() if n]
    if len(present) < 2:
        arm = f" ({present[0]})" if present else ""
        return f"it has one arm only{arm}, so nothing is compared within it."
    if control not in present:
        arms = ", ".join(present)
        return f"it has no mouse of {control}, the control of the other lines (arms: {arms})."
    few = [f"{arm} {n}" for arm, n in line.counts.items() if n < 2]
    if few:
        return f"it has one mouse in an arm ({', '.join(few)}), so it does not know its own error."
    return "it could not be estimated there."


def _arms_of_some(lines: Sequence[Line]) -> Iterator[Doubt]:
    """Arms that only some lines have: another name, or another design."""
    for arm in arms_over(lines):
        having = [line.name for line in lines if line.counts.get(arm)]
        if 0 < len(having) < len(lines) and 2 * len(having) <= len(lines):
            yield Doubt(
                "arm-in-some-lines",
                (arm,),
                "",
                f"Only {len(having)} of {len(lines)} lines have the arm {arm}: "
                f"{', '.join(having[:4])}{'…' if len(having) > 4 else ''}.",
            )


def _windows(contrasts: Sequence[LineContrasts]) -> Iterator[Doubt]:
    """Rates of lines over days that differ are not quite the same thing."""
    rates = [one for one in contrasts if one.outcome in BY_WINDOW and len(one.lines) > 1]
    last = [(one.until_day.min(), one.until_day.max(), one.arm) for one in rates]
    apart = [each for each in last if each[1] > 1.25 * each[0]]
    if apart:
        first, until, arm = max(apart, key=lambda each: each[1] - each[0])
        yield Doubt(
            "windows-differ",
            tuple(dict.fromkeys(each[2] for each in apart)),
            "growth",
            f"Lines were followed over different days: what is said of {arm} ends between day "
            f"{round(first, 1):g} and day {round(until, 1):g}.",
        )


def _grouping(
    factor: str, groups: Mapping[str, Sequence[str]], lines: Sequence[str]
) -> Iterator[Doubt]:
    named = {line for own in groups.values() for line in own}
    if unknown := sorted(named - set(lines)):
        yield Doubt(
            "group-without-line",
            (),
            "",
            f"[lines] {factor} names {', '.join(unknown)}, and there is no such line. The lines "
            f"are: {', '.join(lines)}.",
        )
    if outside := [line for line in lines if line not in named]:
        yield Doubt(
            "line-without-group",
            (),
            "",
            f"{', '.join(outside)} stand in no group of {factor}, and are in no mean by it.",
        )
