"""Results as sentences whose strength is bound to the interval."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from xenotrack.doubts import p_words
from xenotrack.study.design import Design
from xenotrack.study.rules import ProgressionRules
from xenotrack.study.volume import FORMULAS


def number(value: float, digits: int = 3) -> str:
    """A number as a paper prints it: ``digits`` significant ones, a true minus sign.

    >>> number(-0.012345), number(14.0), number(105.25)
    ('−0.0123', '14', '105')
    """
    return f"{value:.{digits}g}".replace("-", "−")


def interval(low: float, high: float, level: float = 0.95) -> str:
    """``95 % −0.02 to 0.01``; an unbounded side is said.

    >>> interval(-0.02, float("nan"))
    '95 % −0.02 to unbounded'
    """
    ends = [number(end) if np.isfinite(end) else "unbounded" for end in (low, high)]
    return f"{100 * level:g} % {ends[0]} to {ends[1]}"


def join(items: Iterable[str]) -> str:
    """
    >>> join(["a", "b", "c"])
    'a, b and c'
    """
    *front, last = items
    return f"{', '.join(front)} and {last}" if front else last


def growth_sentence(row: pd.Series, level: float) -> str:
    """What one arm's rate says, from its row of the growth table."""
    if pd.isna(row["conf_low"]):
        return f"{row['arm']}: no interval could be given."
    rate = (
        f"{number(row['estimate'])} per day ({interval(row['conf_low'], row['conf_high'], level)})"
    )
    said = {
        "shrinking": "shrinks",
        "blocked": "does not grow, or hardly",
        "growing": "grows",
        "undecided": "may grow or not",
    }[row["verdict"]]
    sentence = f"{row['arm']} {said}: {rate}"
    if row["conf_high"] > 0 and row["verdict"] != "growing":
        sentence += (
            f"; it grows at most {number(row['conf_high'])} per day, doubling no faster than every "
            f"{number(row['doubling_time_low'], 2)} days"
        )
    return sentence + "."


def blocked_sentence(growth: pd.Series, progression: pd.Series, level: float) -> str | None:
    """Whether an arm blocked progression; None where its growth was not held."""
    if growth["verdict"] not in ("shrinking", "blocked"):
        return None
    events, mice = int(progression["n_events"]), int(progression["n_mice"])
    rate = f"at most {number(growth['conf_high'])} per day"
    if growth["conf_high"] < 0:
        rate = f"shrinking by at least {number(-growth['conf_high'])} per day"
    if events == 0 and mice > 0:
        return f"{growth['arm']} blocked progression ({rate}; none of {mice} progressed)"
    return f"{growth['arm']} held growth on average ({rate}; {events} of {mice} progressed)"


def slowed_sentence(rows: pd.DataFrame, control: str, level: float) -> list[str]:
    """What slowed growth against control, by the adjusted intervals, and what could not be shown.

    ``rows``: the control family of ``growth_rate``.
    """
    known = rows[rows["p_adjusted"].notna()]
    sure = known["p_adjusted"] < 1 - level
    said = []
    for word, sign in (("slower", -1), ("faster", 1)):
        found = known[sure & (known["estimate"] * sign > 0)]
        if len(found):
            each = [_by_how_much(row, control, sign, level) for _, row in found.iterrows()]
            said.append(f"Grew {word} than {control}, per day: {join_long(each)}.")
    if len(known) and not (sure & (known["estimate"] < 0)).any():
        said.insert(0, f"No arm was shown to grow slower than {control}.")
    unclear = known[~sure]
    if len(unclear):
        each = [_by_how_much(row, control, -1, level) for _, row in unclear.iterrows()]
        said.append(f"Slower than {control} could not be shown, per day: {join_long(each)}.")
    return said


def join_long(items: Iterable[str]) -> str:
    """Items that hold commas themselves."""
    return "; ".join(items)


def _by_how_much(row: pd.Series, control: str, sign: int, level: float) -> str:
    """``drug by 0.02 (95 % 0.01 to 0.03, p = 0.002)``: how much slower (−1) or faster (+1)."""
    arm = str(row["contrast"]).removesuffix(f" - {control}")
    low, high = sorted((sign * row["simultaneous_low"], sign * row["simultaneous_high"]))
    return (
        f"{arm} by {number(sign * row['estimate'])} ({interval(low, high, level)}, "
        f"{p_words(row['p_adjusted'])})"
    )


def parts_sentence(rows: pd.DataFrame, design: Design, level: float) -> list[str]:
    """What the largest combinations add over the arms of one drug fewer.

    ``rows``: the parts family of ``growth_rate``. The claim is the intersection–union row alone.
    """
    combinations = dict(design.combinations())
    if not combinations:
        return []
    most = max(len(design.drugs_of(name)) for name in combinations)
    said = []
    for name, parts in combinations.items():
        if len(design.drugs_of(name)) < most:
            continue
        near = [part for part in parts if len(design.drugs_of(part)) == most - 1]
        labels = [f"{name} - {part}" for part in near]
        each = [
            f"{number(row['estimate'])} against {label.removeprefix(name + ' - ')} "
            f"({interval(row['conf_low'], row['conf_high'], level)})"
            for label in labels
            for _, row in rows[rows["contrast"] == label].iterrows()
            if np.isfinite(row["conf_low"])
        ]
        if each:
            said.append(f"{name} adds, per day: {'; '.join(each)}.")
        claim = rows[rows["contrast"] == f"{name} - best part"]
        said.extend(_claim(name, row, level) for _, row in claim.iterrows())
    return said


def _claim(name: str, row: pd.Series, level: float) -> str:
    if pd.isna(row["p_adjusted"]):
        return f"Whether {name} is better than each of its parts cannot be tested."
    low, high = row["simultaneous_low"], row["simultaneous_high"]
    found = (
        f"{number(row['estimate'])} per day against the best of them, "
        f"{interval(low, high, level)}, {p_words(row['p_adjusted'])}"
    )
    if row["p_adjusted"] < 1 - level and row["estimate"] < 0:
        return f"{name} grows slower than every one of its parts ({found})."
    return f"That {name} grows slower than every one of its parts could not be shown ({found})."


def progression_rule(rules: ProgressionRules) -> str:
    """The declared event in words.

    >>> progression_rule(ProgressionRules())
    'first reading at or above 2 × the baseline volume, day interpolated linearly'
    """
    what = {
        "fold": f"{rules.threshold:g} × the baseline volume",
        "nadir": f"{rules.threshold:g} × the smallest volume so far",
        "absolute": f"{rules.threshold:g} mm³",
    }[rules.rule]
    confirmed = ", confirmed by the next reading" if rules.confirm else ""
    day = {
        "none": "on the day of the visit",
        "linear": "day interpolated linearly",
        "log": "day interpolated on the log scale",
    }[rules.interpolate]
    cull = "" if rules.size_cull == "event" else "; leaving for tumour size is censored"
    return f"first reading at or above {what}{confirmed}, {day}{cull}"


def volume_rule(design: Design) -> str:
    """The volume formula in words."""
    return FORMULAS[design.rules.volume.formula].written
