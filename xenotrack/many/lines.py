"""Results of studies → lines to be pooled: of sheets, of panels, of folders of results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from xenotrack.compare.lines import POOLED, Line, is_panel
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.errors import InputError
from xenotrack.many.stored_lines import BLOCKING, StoredLine
from xenotrack.present.results import Results
from xenotrack.present.tables import stack
from xenotrack.response.progression import progression_events
from xenotrack.response.weight import net_weight_changes
from xenotrack.study.ingest import read_studies
from xenotrack.study.rules import Rules
from xenotrack.study.study import Study

Entry = Results | StoredLine | Line
"""What is pooled: a line to be analysed, one of a folder, or one of a panel."""


def lines_of(
    entries: Sequence[Entry], outcomes: Sequence[str] = POOLED, day: float | None = None
) -> list[Line]:
    """The lines of sheets and folders, each a study of its own; ``day`` is that of ``ln_volume``.

    Where lines have one or two mice an arm, their mice are all that they hold.
    """
    entries = _named_apart(entries)
    studies = [one.study for one in entries if isinstance(one, Results)]
    names = iter(line_names(studies))
    if is_panel([n for one in entries for n in _counts(one)]):
        return [one if isinstance(one, Line) else _cells(one, names) for one in entries]
    at = day
    if day is None and "ln_volume" in outcomes:
        at = _last_day_of_all([one for one in map(_results, entries) if one is not None])
    return [one if isinstance(one, Line) else _line(one, names, outcomes, at) for one in entries]


def _named_apart(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Folders of studies of one name and of no line (sheets of a book) are called as they are."""
    names = [one.line.name for one in entries if isinstance(one, StoredLine)]
    return [
        one.named_by_folder()
        if isinstance(one, StoredLine)
        and not one.results.study.line
        and names.count(one.line.name) > 1
        else one
        for one in entries
    ]


def _results(one: Entry) -> Results | None:
    if isinstance(one, Line):
        return None
    return one.results if isinstance(one, StoredLine) else one


def _counts(one: Entry) -> Sequence[int]:
    """The mice of each arm."""
    results = _results(one)
    if isinstance(one, Line) or results is None:
        return list(one.counts.values()) if isinstance(one, Line) else []
    return results.study.mice["arm"].value_counts().tolist()


def read_panel(source: Path, rules: Rules, reading: Mapping[str, Any]) -> list[Line]:
    """The lines of a sheet whose lines have one or two mice an arm; none of another sheet.

    Read as one study of blocks. Not where its days are dates, which count from each line's own.
    """
    theirs = rules.columns.get("line")
    if theirs is None or "block" in rules.columns or isinstance(rules.study.day_zero, str):
        return []
    others = {ours: name for ours, name in rules.columns.items() if ours != "line"}
    whole = msgspec.structs.replace(rules, columns={**others, "block": theirs})
    studies = read_studies(source, whole, **reading)
    if len(studies) != 1 or studies[0].errors or "date" in dict(studies[0].columns):
        return []
    return panel_of(Results(studies[0]))


def panel_of(results: Results) -> list[Line]:
    """The lines of a panel that was read as one study, its lines as blocks; else none.

    Forty lines are then read once, and not one by one.
    """
    study = results.study
    mice = study.mice
    line_of = dict(zip(mice["mouse"], mice["block"], strict=True))
    names = [name for name in dict.fromkeys(line_of.values()) if name]
    if len(names) < 2 or not is_panel(mice.groupby(["block", "arm"]).size().tolist()):
        return []
    frames = [
        frame.assign(line=frame["mouse"].map(line_of))
        for frame in (
            *(results.response, study.readings),
            *(progression_events(study).mice, net_weight_changes(study)),
        )
    ]
    responses, readings, times, weights = (
        dict(tuple(frame.groupby("line", sort=False))) for frame in frames
    )
    empty, blocking = pd.DataFrame(), pd.DataFrame(columns=list(BLOCKING))
    part_of = study.measurements.groupby("block", sort=False)["part"]
    sheets = {str(name): _sheets(study, own) for name, own in part_of}
    arms, control = study.design.arms, study.design.control
    return [
        Line(
            *(name, arms, control, empty, empty, responses[name], blocking, readings[name]),
            *(times.get(name, frames[2][:0]), weights.get(name, frames[3][:0])),
            sheets=sheets.get(name, frozenset()),
        )
        for name in names
        if name in responses and name in readings
    ]


def line_names(studies: Sequence[Study]) -> list[str]:
    """Each study's line, or where several are of one line or of none, its title."""
    names = [study.line or study.title for study in studies]
    return names if len(set(names)) == len(names) else [study.title for study in studies]


def _last_day_of_all(results: Sequence[Results]) -> float | None:
    """The last day of which the growth fit of every line speaks."""
    days = [one.last_day_fitted for one in results if one.has_growth and one.growth.pieces]
    return min(days, default=None)


def _cells(one: Results | StoredLine, names: Iterator[str]) -> Line:
    """A line of a panel: its mice, and nothing that needs an error of its own."""
    if isinstance(one, StoredLine):
        return one.line
    empty = pd.DataFrame(columns=list(BLOCKING))
    return _of_mice(one, next(names), pd.DataFrame(), pd.DataFrame(), empty)


def _of_mice(
    results: Results,
    name: str,
    compare: pd.DataFrame,
    growth: pd.DataFrame,
    blocking: pd.DataFrame,
) -> Line:
    """A line with what is known of each of its mice."""
    study = results.study
    return Line(
        *(name, study.design.arms, study.design.control),
        *(compare, growth, results.response, blocking, study.readings),
        *(progression_events(study).mice, net_weight_changes(study)),
        sheets=_sheets(study, study.measurements["part"]),
    )


def _sheets(study: Study, part: pd.Series) -> frozenset[str]:
    """The sheets of these parts of a study."""
    parts = part.unique()
    origins = [study.origins[part] for part in parts if part < len(study.origins)]
    return frozenset(f"{one.file} {one.sheet}".strip() for one in origins)


def _line(
    one: Results | StoredLine, names: Iterator[str], outcomes: Sequence[str], day: float | None
) -> Line:
    if isinstance(one, StoredLine):
        return _with_more(one, outcomes, day)
    growth = one.growth.to_frame() if one.has_growth else pd.DataFrame()
    compared = _compared(one, outcomes, day)
    return _of_mice(one, next(names), compared, growth, _blocking(one))


def _with_more(stored: StoredLine, outcomes: Sequence[str], day: float | None) -> Line:
    """The line of a folder, with the outcomes that no run compares unasked."""
    line, known = stored.line, set(stored.line.compare.get("outcome", ()))
    asked = [
        name
        for name in _asked(stored.results, outcomes, day)
        if name not in known and not OUTCOMES[name].by_default
    ]
    if not asked:
        return line
    more = [one.to_frame() for one in stored.results.compare(tuple(asked), ("control",), day)]
    return replace(line, compare=stack([line.compare, *more]))


def _asked(results: Results, outcomes: Sequence[str], day: float | None) -> list[str]:
    """The outcomes that the line has."""
    # A panel needs none of the models behind these.
    from xenotrack.present.sources import SOURCES

    if results.study.design.control is None:
        return []
    curved = results.study.design.rules.growth.shape != "line"
    return [
        name
        for name in outcomes
        if SOURCES[name].has(results)
        and (name not in ("late_rate", "mean_ln_volume") or curved)
        and (name != "ln_volume" or day is not None)
    ]


def _compared(results: Results, outcomes: Sequence[str], day: float | None) -> pd.DataFrame:
    """The contrasts with control of every outcome that the line has."""
    asked = _asked(results, outcomes, day)
    if not asked:
        return pd.DataFrame()
    known = {one.outcome: one for one in results.comparisons if one.outcome in asked}
    fresh = [name for name in asked if name not in known]
    more = results.compare(tuple(fresh), ("control",), day) if fresh else ()
    frames = [one.to_frame() for one in (*known.values(), *more)]
    return stack(frames) if frames else pd.DataFrame()


def _blocking(results: Results) -> pd.DataFrame:
    rows = [
        (one.arm, one.shows, one.n_progressed, one.n_mice, one.share_low, one.share_high, one.day)
        for one in results.blocking
    ]
    return pd.DataFrame(rows, columns=list(BLOCKING))


def require_lines(lines: Sequence[Line], source: str) -> None:
    """Refuse what cannot be pooled: one line, two of one name, or lines of one arm, as mice are."""
    names = [line.name for line in lines]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"Two of the results are of line {twice[0]!r}. Give their studies names of their own "
            "with `name` under [study]."
        )
    if len(lines) < 2:
        raise InputError(
            f"{source} holds one line, and a pool is of several. Name the column of the lines as "
            "--column line=NAME, or give several folders of results."
        )
    if all(sum(n > 0 for n in line.counts.values()) < 2 for line in lines):
        mice = sum(sum(line.counts.values()) for line in lines)
        raise InputError(
            f"None of the {len(lines)} lines of {source} has two arms, and they hold {mice} mice: "
            "the column that was read as the line names mice or arms. Name another with "
            "--column line=NAME."
        )


def known_outcomes(outcomes: Sequence[str]) -> list[str]:
    """The outcomes asked for in the order of the registry; all that are pooled by default."""
    return [name for name in OUTCOMES if name in (outcomes or POOLED)]
