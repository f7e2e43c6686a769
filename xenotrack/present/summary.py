"""The summary of a run: what a scientist can read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import pandas as pd

from xenotrack.compare.across import Pool
from xenotrack.present.collect import collect_tables
from xenotrack.present.numbers import fixed
from xenotrack.present.results import Results
from xenotrack.present.rule_words import OF_TUMORS, progression_rule, volume_rule
from xenotrack.present.story import ArmRow, Story
from xenotrack.present.tables import to_text
from xenotrack.present.tell.doubts import with_remedy
from xenotrack.present.tell.whole import tell
from xenotrack.study.study import Study

WIDTH = 96


def summarise(results: Results, story: Story | None = None) -> str:
    """The study, a row an arm, and what its story says, with every doubt.

    ``story`` is that of the report, told anew where it is not given.
    """
    story = story or tell(results, collect_tables(results), ())
    blocks = [_opening(results), to_text(arm_table(results, story)).decode().rstrip()]
    blocks.append(_listed("In short:", [line.whole for line in story.headline]))
    for answer in story.answers:
        if answer.sentences:
            blocks.append(_listed(answer.question, [line.whole for line in answer.sentences]))
    if results.study.exclusions:
        blocks.append(_listed("Excluded:", [line.text for line in results.study.exclusions]))
    open_doubts = [with_remedy(doubt) for doubt in results.doubts if not doubt.accepted]
    lists = {"Known:": results.accepted, "Doubts:": open_doubts}
    blocks += [_listed(heading, texts) for heading, texts in lists.items() if texts]
    return results.study.design.words("\n\n".join(blocks) + "\n")


def summarise_pool(pool: Pool, story: Story) -> str:
    """The pool: its lines, the answer first, then each question, with every doubt."""
    groups = [
        f"{factor}: " + "; ".join(f"{name} {', '.join(own)}" for name, own in by_name.items())
        for factor, by_name in pool.factors.items()
    ]
    lines = ", ".join(line.name for line in pool.lines)
    blocks = [_wrapped(f"{story.title}: {len(pool.lines)} lines ({lines}).")]
    blocks += [_wrapped(text) for text in groups]
    blocks.append(_listed("In short:", [one.whole for one in story.headline]))
    for answer in story.answers:
        blocks.append(_listed(answer.question, [one.whole for one in answer.sentences]))
    if pool.doubts:
        blocks.append(_listed("Doubts:", story.quality))
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


def arm_table(results: Results, story: Story) -> pd.DataFrame:
    """Growth, time, response, weight and verdict of each arm, as words."""
    rows = story.arms
    level = f"{100 * results.study.design.rules.compare.level:g} %"
    columns = {
        "arm": [row.arm for row in rows],
        "mice": [row.mice for row in rows],
        f"% a day ({level} CI)": [_rate(row) for row in rows],
        "doubling": [row.doubling for row in rows],
        "progressed": [f"{row.progressed} of {row.judged}" for row in rows],
        "median": [row.median for row in rows],
        "CR + PR": [row.responders for row in rows],
        "lowest weight": [row.weight for row in rows],
        "verdict": [row.verdict for row in rows],
    }
    table = pd.DataFrame(columns).replace("", "–")
    # A column of which every row is silent says nothing.
    return table.loc[:, [(table[name] != "–").any() for name in table]]


def _rate(row: ArmRow) -> str:
    if row.rate is None:
        return ""
    if row.rate_high is None:
        return fixed(100 * row.rate, 1)
    low = "–" if row.rate_low is None else fixed(100 * row.rate_low, 1)
    ends = f"{low} to {fixed(100 * row.rate_high, 1)}"
    return f"{fixed(100 * row.rate, 1)} ({ends})"
