"""In how many lines an arm blocked progression, and how the mice of each line responded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from xenotrack.compare.blocking import BLOCKED
from xenotrack.compare.lines import Line, is_panel, treated_over
from xenotrack.response.best import MRECIST
from xenotrack.response.by_arm import CATEGORIES, clopper_pearson

Factors = Mapping[str, Mapping[str, Sequence[str]]]
RESPONSE = (
    *("line", "arm", "n_mice", "n_objective", "n_disease_control", "best_response_percent"),
    *("mrecist", "shows", "n_progressed", "share_low", "share_high", "until_day"),
)


def response_of_lines(lines: Sequence[Line]) -> pd.DataFrame:
    """The table ``pool_response``: a row a line and arm.

    ``mrecist`` is the class of the mouse in the middle, the worse of two; of one mouse, its own.
    """
    rows = [row for line in lines for row in _responses(line)]
    return pd.DataFrame(rows, columns=list(RESPONSE))


def _responses(line: Line) -> Iterator[dict[str, object]]:
    told = {row["arm"]: row for row in line.blocking.to_dict("records")}
    classes: dict[str, list[str]] = {arm: [] for arm in line.arms}
    changes: dict[str, list[float]] = {arm: [] for arm in line.arms}
    columns = (line.response[name].tolist() for name in ("arm", "mrecist", "best_response_percent"))
    for arm, category, change in zip(*columns, strict=True):
        classes[arm].append(category)
        changes[arm].append(np.nan if change is None else float(change))
    for arm, n in line.counts.items():
        best = [change for change in changes[arm] if np.isfinite(change)]
        own = told.get(arm, {})
        yield {
            "line": line.name,
            "arm": arm,
            "n_mice": n,
            "n_objective": sum(one in CATEGORIES["objective"] for one in classes[arm]),
            "n_disease_control": sum(one in CATEGORIES["disease_control"] for one in classes[arm]),
            "best_response_percent": float(np.median(best)) if best else np.nan,
            "mrecist": _middle(classes[arm]),
            "shows": own.get("shows") or None,
            "n_progressed": own.get("n", np.nan),
            "share_low": own.get("share_low", np.nan),
            "share_high": own.get("share_high", np.nan),
            "until_day": own.get("until_day", np.nan),
        }


def _middle(classes: Sequence[str]) -> str | None:
    """The class in the middle of those that could be judged."""
    ranked = sorted(MRECIST.index(one) for one in classes if one in MRECIST and one != "NE")
    if ranked:
        return MRECIST[ranked[len(ranked) // 2]]
    return "NE" if len(classes) else None


def blocked_lines(lines: Sequence[Line], factors: Factors, level: float) -> pd.DataFrame:
    """The table ``pool_blocked``: lines in which each arm blocked progression, of those with it.

    Exact limits of the share of lines; over all of them, and by group. Lines of which nothing could
    be said are counted as not blocked. One or two mice cannot show that a line was blocked: of a
    panel the lines count in which none of the arm's mice progressed.
    """
    panel = is_panel([n for line in lines for n in line.counts.values()])
    rows = []
    for arm in treated_over(lines):
        having = [line for line in lines if line.counts.get(arm) and (panel or len(line.blocking))]
        if not having:
            continue
        holds = _none_progressed if panel else _is_blocked
        blocked = {line.name: holds(line, arm) for line in having}
        groups = [("", "", tuple(blocked))]
        groups += [
            (factor, name, tuple(line for line in own if line in blocked))
            for factor, by_name in factors.items()
            for name, own in by_name.items()
        ]
        rows += [
            (arm, factor or None, name or None, len(own), sum(blocked[line] for line in own))
            for factor, name, own in groups
        ]
    frame = pd.DataFrame(rows, columns=["arm", "factor", "group", "n_lines", "n"])
    n, total = (frame[name].to_numpy(dtype=int) for name in ("n", "n_lines"))
    low, high = clopper_pearson(n, total, level)
    share = n / np.where(total > 0, total, np.nan)
    return frame.assign(proportion=share, conf_low=low, conf_high=high)


def _none_progressed(line: Line, arm: str) -> bool:
    """Whether every mouse of an arm could be judged, and none progressed."""
    columns = (line.response[name].tolist() for name in ("arm", "progressed", "mrecist"))
    return all(
        progressed is not None and not progressed and category != "NE"
        for name, progressed, category in zip(*columns, strict=True)
        if name == arm
    )


def _is_blocked(line: Line, arm: str) -> bool:
    shows = line.blocking.loc[line.blocking["arm"] == arm, "shows"]
    return bool(shows.eq(BLOCKED).any())
