"""The summary of a run: what a scientist can read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import numpy as np
import pandas as pd

from xenotrack.present.collect import collect_tables
from xenotrack.present.numbers import fixed
from xenotrack.present.results import Results
from xenotrack.present.rule_words import OF_TUMORS, progression_rule, volume_rule
from xenotrack.present.story import Story
from xenotrack.present.tables import to_text
from xenotrack.present.tell.doubts import with_remedy
from xenotrack.present.tell.whole import tell
from xenotrack.study.study import Study

WIDTH = 96


def summarise(results: Results, story: Story | None = None) -> str:
    """The study, a row an arm, and what its story says, with every doubt.

    ``story`` is that of the report, told anew where it is not given.
    """
    story = story or tell(results, collect_tables(results))
    blocks = [_opening(results), to_text(arm_table(results)).decode().rstrip()]
    blocks.append(_listed("In short:", [one.whole for one in story.headline]))
    for answer in story.answers:
        if answer.sentences:
            blocks.append(_listed(answer.question, [one.whole for one in answer.sentences]))
    if results.study.exclusions:
        blocks.append(_listed("Excluded:", [one.text for one in results.study.exclusions]))
    open_doubts = [with_remedy(doubt) for doubt in results.doubts if not doubt.accepted]
    lists = {"Known:": results.accepted, "Doubts:": open_doubts}
    blocks += [_listed(heading, texts) for heading, texts in lists.items() if texts]
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
        columns[f"% a day ({percent} CI)"] = [
            _estimate(*row)
            for row in zip(growth["estimate"], growth["conf_low"], growth["conf_high"], strict=True)
        ]
        columns["doubling"] = [
            _doubling(*row)
            for row in zip(
                growth["doubling_time_days"],
                growth["doubling_time_low"],
                growth["doubling_time_high"],
                strict=True,
            )
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
    ends = "" if np.isnan(low) else f" ({fixed(100 * low, 1)} to {fixed(100 * high, 1)})"
    return f"{fixed(100 * estimate, 1)}{ends}"


def _doubling(days: float, low: float, high: float) -> str:
    """A doubling time; only its lower limit where the arm may not grow at all.

    >>> _doubling(14.7, 13.0, 17.0), _doubling(417.0, 73.0, float("nan"))
    ('15 d', '> 73 d')
    """
    if np.isfinite(days) and np.isfinite(high):
        return f"{days:.0f} d"
    return f"> {low:.0f} d" if np.isfinite(low) else "–"


def _median(mice: int, median: float, low: float, high: float) -> str:
    if mice == 0:
        return "–"
    ends = [f"{end:.3g}" if np.isfinite(end) else "–" for end in (low, high)]
    middle = f"{median:.3g}" if np.isfinite(median) else "not reached"
    return middle if ends == ["–", "–"] else f"{middle} ({ends[0]} to {ends[1]})"
