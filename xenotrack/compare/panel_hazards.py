"""Hazards of panels, stratified by line: over all lines, by groups of them, and the difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from xenotrack.compare.line_contrasts import Factors
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.panel import Readings, with_lines
from xenotrack.compare.pooled import ALL, DIFFERENCE, GROUP, Pooled, each_row
from xenotrack.model.hazard_difference import HazardDifference
from xenotrack.model.stratified import StratifiedHazard

OUTCOME = "log_hazard"
STRATIFIED = (
    "Cox stratified by line, Efron ties; p the larger of the likelihood ratio's and that of arms "
    "permuted within lines"
)
INTERACTION = (
    "Cox stratified by line, arm by group, Efron ties; p the larger of the likelihood ratio's and "
    "that of lines permuted over groups"
)


def panel_hazards(
    responses: Readings,
    arms: tuple[str, ...],
    control: str | None,
    factors: Factors,
    level: float,
) -> Iterator[Pooled]:
    """The hazard of progression of each arm against control, stratified by line.

    ``responses`` are the tables ``response`` of the lines.
    """
    rows = with_lines(responses)
    days = [pd.to_numeric(rows[name]).astype(float) for name in ("progression_day", "last_day")]
    event = rows["progressed"].eq(True)
    rows = rows.assign(event=event, until=days[0].where(event, days[1]))
    rows = rows[rows["until"].notna() & (rows["mrecist"] != "NE")]
    for arm in arms if control is not None else ():
        own = rows[rows["arm"].isin([arm, control])]
        own = own[own.groupby("line")["arm"].transform("nunique") == 2]
        if arm == control or own.empty:
            continue
        pair = (arm, str(control))
        yield _row(pair, own, level)
        for factor, groups in factors.items():
            yield from _by_factor(pair, own, factor, groups, level)


def _by_factor(
    pair: tuple[str, str],
    rows: pd.DataFrame,
    factor: str,
    groups: Mapping[str, Sequence[str]],
    level: float,
) -> Iterator[Pooled]:
    """The hazard in each group of lines, how they differ, and the claim of each."""
    group_of = {line: name for name, lines in groups.items() for line in lines}
    rows = rows.assign(group=rows["line"].map(group_of))
    names = [name for name in groups if rows["group"].eq(name).any()]
    if len(names) < 2:
        return
    means = [_row(pair, rows[rows["group"] == name], level, factor, (name,)) for name in names]
    yield from means
    for two in combinations(names, 2):
        yield _row(pair, rows[rows["group"].isin(two)], level, factor, two)
    yield each_row(OUTCOMES[OUTCOME].better, means, level)


def _row(
    pair: tuple[str, str],
    rows: pd.DataFrame,
    level: float,
    factor: str = "",
    groups: tuple[str, ...] = (),
) -> Pooled:
    """The row of some lines; of two groups that of their difference."""
    lines, names = pd.factorize(rows["line"])
    until = rows["until"].to_numpy(dtype=float)
    treated = rows["arm"].eq(pair[0]).to_numpy()
    model: StratifiedHazard | HazardDifference
    model = StratifiedHazard(until, rows["event"].to_numpy(dtype=bool), treated, lines)
    scope = GROUP if factor else ALL
    if len(groups) == 2:
        scope = DIFFERENCE
        group_of = dict(zip(rows["line"], rows["group"], strict=True))
        model = HazardDifference(model, np.array([group_of[name] == groups[0] for name in names]))
    low, high = model.limits(level)
    last = np.array([until[lines == code].max() for code in range(len(names))])
    return Pooled(
        *(OUTCOME, *pair, scope, factor, groups, len(names)),
        estimate=model.estimate,
        std_error=model.std_error,
        df=np.nan,
        statistic=np.nan,
        p_value=model.p_value,
        conf_low=low,
        conf_high=high,
        from_day=0.0,
        until_day=float(last.min()),
        until_last=float(last.max()),
        method=INTERACTION if scope == DIFFERENCE else STRATIFIED,
        limits=model.limits,
    )
