"""What reading and mending changed in a sheet: a line for each row left out and each value changed.

Rows of the sheet = rows of the corrected table + rows that the ledger says were left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd

from xenotrack.study.acceptance import accept_findings
from xenotrack.study.finding import Finding, sort_findings
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger, Row, each_row
from xenotrack.study.measures import note_width_over_length
from xenotrack.study.numbers import is_missing
from xenotrack.study.study import Study, Trace

LEDGER = ("rule", "file", "sheet", "cell", "mouse", "column", "old", "new")
# Text by role in the sheet, and the column in which its number stands.
VALUES = {
    "length": "length_mm",
    "width": "width_mm",
    "height": "height_mm",
    "volume": "volume_mm3",
    "body_weight": "body_weight_g",
}
LONGEST_SHAPE = 3.0
# What the corrected sheet no longer has; a value that was emptied is still to be supplied.
MENDED = frozenset({"reading-twice", "width-exceeds-length", "arm-split"})
NAMES = ("mouse", "tumor", "arm")
# Rules that are about a whole row, the likeliest reason for its being left out.
ABOUT_ROWS = frozenset(
    (
        *("reading-twice", "duplicates-conflict", "phase-left-out", "not-a-day", "no-baseline"),
        *("row-names", "row-of-a-summary", "row-without-arm", "row-without-line"),
        *("row-without-measure", "row-without-mouse", "row-without-reading", "row-without-study"),
    )
)
# Rules about words that stand where a number would.
ABOUT_WORDS = frozenset(
    ("fate-in-a-reading", "no-tumor-in-words", "below-limit-marks", "not-a-number")
)
# Rules that give a mouse or an arm another name than the one written.
ABOUT_NAMES = frozenset(
    (
        *("arm-split", "arm-written-once", "arms-from-legend", "row-without-arm"),
        *("mouse-in-two-arms", "mouse-numbers-restart", "mouse-written-once"),
    )
)


def changes(study: Study) -> pd.DataFrame:
    """The ledger of reading: ``rule file sheet cell mouse column old new``.

    The study is one that was read with its trace.
    """
    trace = study.trace
    assert trace is not None, "read with trace=True"
    rules = _rules_by_row(study.findings)
    ledger = Ledger(trace.origins)
    kept = np.zeros(len(trace.written), dtype=bool)
    kept[trace.lines] = True
    lines = [*_left_out(study, trace, ~kept, rules, ledger), *_changed(study, trace, rules, ledger)]
    return pd.DataFrame(lines, columns=list(LEDGER))


def swaps(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The measurements with diameters in their order, and the ledger of those that were swapped.

    Only where either order is a tumour's shape: 9.1 by 69 mm is a slip, and not two swapped cells.
    """
    trace = study.trace
    assert trace is not None, "read with trace=True"
    rows = study.measurements
    length, width = rows["length_mm"].to_numpy(), rows["width_mm"].to_numpy()
    swapped = (width > length) & (width <= LONGEST_SHAPE * length)
    ledger, lines = Ledger(trace.origins), []
    for place in np.flatnonzero(swapped):
        row = trace.written.iloc[trace.lines[place]].to_dict()
        mouse = str(rows["mouse"].iloc[place])
        for role, old, new in (("length", length, width), ("width", width, length)):
            where = _place(row, ledger, role)
            numbers = (f"{old[place]:.10g}", f"{new[place]:.10g}")
            lines.append(("width-exceeds-length", *where, mouse, f"{role}_mm", *numbers))
    ordered = with_columns(
        study.tidy,
        length_mm=np.where(swapped, width, length),
        width_mm=np.where(swapped, length, width),
    )
    return ordered, pd.DataFrame(lines, columns=list(LEDGER))


def remaining(study: Study, corrected: pd.DataFrame) -> tuple[Finding, ...]:
    """The findings that a corrected table leaves to people.

    What may be mended of some rows alone is asked anew of the corrected ones, by its own rule.
    """
    trace = study.trace
    assert trace is not None, "read with trace=True"
    diameters = {name: corrected[name].to_numpy() for name in ("length_mm", "width_mm")}
    ledger = Ledger(trace.origins)
    note_width_over_length(with_columns(study.measurements, **diameters), ledger)
    # Where arms are declared, two spellings are two arms.
    mended = MENDED - {"arm-split"} if study.design.rules.arms else MENDED
    kept = [finding for finding in study.findings if finding.rule not in mended]
    left = sort_findings([*kept, *ledger.findings])
    return accept_findings(replace(study, findings=left))


def _rules_by_row(findings: Iterable[Finding]) -> dict[tuple[str, str, int], list[str]]:
    """The rules that were noted at each row of each sheet."""
    rules: dict[tuple[str, str, int], list[str]] = defaultdict(list)
    for finding in findings:
        for row in chain.from_iterable(finding.runs):
            rules[finding.file, finding.sheet, row].append(finding.rule)
    return rules


def _left_out(
    study: Study,
    trace: Trace,
    gone: np.ndarray,
    rules: dict[tuple[str, str, int], list[str]],
    ledger: Ledger,
) -> Iterator[tuple[str, ...]]:
    """A line for each row that the table no longer has, with all that stood on it."""
    excluded = {
        exclusion.rule.mouse
        for exclusion in study.exclusions
        if exclusion.rule.day is None and not exclusion.rule.value
    }
    for row in each_row(trace.written[gone]):
        origin = ledger.origins[int(row["part"])]
        noted = rules.get((origin.file, origin.sheet, int(row["row"])), [])
        about = [rule for rule in noted if rule in ABOUT_ROWS] or noted
        rule = "excluded" if row["mouse"] in excluded and not about else (*about, "left-out")[0]
        roles = [*NAMES, "day", *VALUES, "fate"]
        words = "; ".join(f"{role} {row[role]}" for role in roles if str(row.get(role) or ""))
        yield (rule, *_place(row, ledger), str(row["mouse"]), "", words, "")


def _changed(
    study: Study,
    trace: Trace,
    rules: dict[tuple[str, str, int], list[str]],
    ledger: Ledger,
) -> Iterator[tuple[str, ...]]:
    """A line for each value that was emptied or read of words, and each name that was changed."""
    before = trace.written.iloc[trace.lines].reset_index(drop=True)
    after = study.measurements.reset_index(drop=True)
    for role, column in VALUES.items():
        if role not in before:
            continue
        numbers = after[column].to_numpy(dtype=float)
        wordy = before[f"{role}_number"].isna().to_numpy()
        for place in np.flatnonzero(np.isnan(numbers) | wordy):
            text = str(before[role].iloc[place])
            if not is_missing(text):
                row = before.iloc[place].to_dict()
                rule = _rule_of_value(study, after.iloc[place], column, row, rules, ledger)
                mouse = str(after["mouse"].iloc[place])
                read = "" if np.isnan(numbers[place]) else f"{numbers[place]:.10g}"
                yield (rule, *_place(row, ledger, role), mouse, column, text, read)
    for name in NAMES:
        old, new = before[name].astype(str), after[name].astype(str)
        for place in np.flatnonzero((old != new).to_numpy()):
            row = before.iloc[place].to_dict()
            noted = _noted(row, rules, ledger)
            rule = next(
                (rule_name for rule_name in noted if rule_name in ABOUT_NAMES), f"{name}-named"
            )
            mouse = str(after["mouse"].iloc[place])
            yield (rule, *_place(row, ledger, name), mouse, name, old[place], new[place])


def _rule_of_value(
    study: Study,
    now: pd.Series,
    column: str,
    row: dict[str, object],
    rules: dict[tuple[str, str, int], list[str]],
    ledger: Ledger,
) -> str:
    """Why a value was emptied: it was excluded, or what was noted at its row."""
    for exclusion in study.exclusions:
        asked = exclusion.rule
        weight = column == "body_weight_g"
        same_day = asked.mouse == now["mouse"] and asked.day in (None, now["day"])
        if same_day and (asked.value is None or (asked.value == "weight") == weight):
            return "excluded"
    # What was mended in the row took no value.
    noted = [rule for rule in _noted(row, rules, ledger) if rule not in MENDED]
    return (*(rule for rule in noted if rule in ABOUT_WORDS), *noted, "not-a-number")[0]


def _noted(
    row: dict[str, object], rules: dict[tuple[str, str, int], list[str]], ledger: Ledger
) -> list[str]:
    origin = ledger.origins[int(str(row["part"]))]
    return rules.get((origin.file, origin.sheet, int(str(row["row"]))), [])


def _place(row: Row, ledger: Ledger, role: str = "") -> tuple[str, str, str]:
    origin = ledger.origins[int(row["part"])]
    return origin.file, origin.sheet, str(ledger.cell(row, role))
