"""The summary of a run: what a scientist can read aloud."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

import numpy as np
import pandas as pd

from xenotrack.compare.slowing import with_slowing
from xenotrack.doubts import p_words
from xenotrack.present.results import Results
from xenotrack.present.sentences import (
    blocked_sentence,
    interval,
    left_words,
    number,
    parts_sentences,
    progression_rule,
    slowed_sentences,
    synergy_sentences,
    volume_rule,
)
from xenotrack.present.tables import to_text
from xenotrack.study.primary import Primary
from xenotrack.study.study import Study

WIDTH = 96
OF_TUMORS = {
    "sum": "A mouse is the sum of its tumours.",
    "largest": "A mouse is the largest of its tumours on each day.",
    "each": "A mouse is the geometric mean of its tumours, and progresses with the first of them.",
}
ADJUSTMENTS = {
    "holm": "p for all arms together by Holm, intervals by Bonferroni",
    "dunnett": "p and intervals for all arms together, by Dunnett",
    "none": "each arm for itself, unadjusted",
}


def summarise(results: Results) -> str:
    """The study, a row an arm, and the sentences that matter, each with interval and days."""
    blocks = [_opening(results), to_text(arm_table(results)).decode().rstrip()]
    blocks += [_listed(heading, said) for heading, said in answers(results) if said]
    if results.study.exclusions:
        blocks.append(_listed("Excluded:", [one.text for one in results.study.exclusions]))
    open_doubts = [doubt.text for doubt in results.doubts if not doubt.accepted]
    lists = {"Known:": results.accepted, "Doubts:": open_doubts}
    blocks += [_listed(heading, said) for heading, said in lists.items() if said]
    return "\n\n".join(blocks) + "\n"


def _wrapped(text: str, indent: str = "") -> str:
    return fill(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _listed(heading: str, sentences: Sequence[str]) -> str:
    return "\n".join([_wrapped(heading), *(_wrapped(f"- {text}", "  ") for text in sentences)])


def _opening(results: Results) -> str:
    study = results.study
    design = study.design
    days = study.readings["day"]
    text = (
        f"{study.title}: {len(design.arms)} arms, {len(study.mice)} mice, {len(days)} readings on "
        f"days {days.min():g} to {days.max():g}. {_volumes(study)} {_tumors(study)}"
        f"{_growth_days(results)} Progression: {progression_rule(design.rules.progression)}."
    )
    return _wrapped(text)


def _volumes(study: Study) -> str:
    """Where the volumes come from."""
    rows = study.measurements
    computed = rows["length_mm"].notna() & rows["volume_mm3"].notna()
    if not computed.any():
        return "Volumes as they stand in the sheet."
    return f"Volume {volume_rule(study.design)}."


def _tumors(study: Study) -> str:
    """What stands for a mouse, where mice bear several tumours."""
    if not study.measurements.groupby("mouse")["tumor"].nunique().gt(1).any():
        return ""
    return f"{OF_TUMORS[study.design.rules.study.tumors]} "


def _growth_days(results: Results) -> str:
    if not results.has_growth:
        return "Growth could not be fitted."
    facts = results.growth.facts().iloc[0]
    return (
        f"Growth rates fitted on days {facts['first_day']:g} to {facts['last_day']:g} "
        f"({facts['method']})."
    )


def arm_table(results: Results) -> pd.DataFrame:
    """Rate, doubling time, verdict and time to progression of each arm, as words."""
    level = results.study.design.rules.compare.level
    progression = results.progression.to_frame()
    columns = {"arm": progression["arm"], "mice": progression["n_mice"]}
    if results.has_growth:
        growth = results.growth.to_frame()
        percent = f"{100 * level:g} %"
        columns["mice"] = growth["n_mice"]
        columns[f"rate per day ({percent})"] = [
            _estimate(*row)
            for row in zip(growth["estimate"], growth["conf_low"], growth["conf_high"], strict=True)
        ]
        columns["doubling, days"] = [
            number(days) if np.isfinite(days) else "–" for days in growth["doubling_time_days"]
        ]
        columns["growth"] = growth["verdict"]
    columns["progressed"] = [
        f"{events} of {mice}"
        for events, mice in zip(progression["n_events"], progression["n_mice"], strict=True)
    ]
    columns["median days to progression"] = [
        _median(*row)
        for row in zip(
            progression["n_mice"],
            progression["median_days"],
            progression["conf_low"],
            progression["conf_high"],
            strict=True,
        )
    ]
    return pd.DataFrame(columns)


def _estimate(estimate: float, low: float, high: float) -> str:
    if np.isnan(estimate):
        return "–"
    ends = "" if np.isnan(low) else f" ({low:.4f} to {high:.4f})"
    return f"{estimate:.4f}{ends}".replace("-", "−")


def _median(mice: int, median: float, low: float, high: float) -> str:
    if mice == 0:
        return "–"
    ends = [f"{end:.3g}" if np.isfinite(end) else "–" for end in (low, high)]
    middle = f"{median:.3g}" if np.isfinite(median) else "not reached"
    return middle if ends == ["–", "–"] else f"{middle} ({ends[0]} to {ends[1]})"


def answers(results: Results) -> Iterator[tuple[str, list[str]]]:
    """What slowed growth, what blocked it, what combining adds: a heading and its sentences."""
    design = results.study.design
    level = design.rules.compare.level
    if not results.has_growth:
        return
    facts = results.growth.facts().iloc[0]
    days = f"days {facts['first_day']:g} to {facts['last_day']:g}"
    compared = _contrasts(results, "growth_rate")
    if design.control is None:
        names = ", ".join(design.arm_names)
        yield (
            "What slowed growth:",
            [f"Nothing was compared: no arm is the control. Choose one with --control: {names}."],
        )
    else:
        family = compared[compared["family"] == "control"]
        how = ADJUSTMENTS[design.rules.compare.adjust]
        yield (
            f"What slowed growth, {days} (rate against that of {design.control}, above 100 % it "
            f"shrinks; {how}):",
            slowed_sentences(with_slowing(family, results.growth), design.control, level),
        )
    yield f"What blocked it, growth of {days}, progression of all days:", _blocked(results, level)
    parts, days_gained = (
        rows[rows["family"] == "parts"] for rows in (compared, _contrasts(results, "rmst_days"))
    )
    yield f"What combining adds, {days}:", parts_sentences(parts, days_gained, design, level)
    if design.control is not None:
        found = results.synergy.to_frame()
        yield (
            f"Whether that is more than the sum, {days} (negative is synergy; one line for all "
            "these days):",
            synergy_sentences(found[found["scale"] == "rate"], level),
        )
    yield f"Primary contrast, {days}:", _primary(compared, design.primary, level)


def _contrasts(results: Results, outcome: str) -> pd.DataFrame:
    """The contrasts of an outcome; none without a control."""
    if results.study.design.control is not None:
        for contrasts in results.comparisons:
            if contrasts.outcome == outcome:
                return contrasts.to_frame()
    return pd.DataFrame(columns=["family", "contrast"])


def _blocked(results: Results, level: float) -> list[str]:
    growth, blocked = results.growth.to_frame(), results.blocked
    progressed = blocked[blocked["category"] == "progressed"].set_index("arm")
    fit, last = results.growth.facts().iloc[0], float(results.study.readings["day"].max())
    days = (f"days {fit['first_day']:g} to {fit['last_day']:g}", f"day {number(last)}")
    said = [
        blocked_sentence(
            row, progressed.loc[arm], days, left_words(results.progression.mice, arm, last), level
        )
        for arm, row in growth.set_index("arm", drop=False).iterrows()
    ]
    return [text for text in said if text] or ["No arm was shown to hold growth."]


def _primary(compared: pd.DataFrame, primary: Primary | None, level: float) -> list[str]:
    """The primary contrast, read unadjusted."""
    if primary is None:
        return []
    rows = compared[compared["contrast"] == primary.label].head(1)
    return [
        f"{primary.label}: growth rates differ by {number(row['estimate'])} per day "
        f"({interval(row['conf_low'], row['conf_high'], level)}, {p_words(row['p_value'])}, "
        "not adjusted)."
        for _, row in rows.iterrows()
    ]
