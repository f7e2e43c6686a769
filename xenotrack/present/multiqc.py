"""A summary that MultiQC shows: the arms of many studies in one table of one page.

MultiQC takes every ``*_mqc.json`` that it finds as a section of its report ("custom content").
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xenotrack.present.results import Results

RATE, DECIMAL, WHOLE = "{:,.4f}", "{:,.1f}", "{:,.0f}"
# Of each column: the table it is from, its name there, its title, its description, its format.
COLUMNS = (
    ("growth", "n_mice", "Mice", "mice of the arm", WHOLE),
    ("growth", "estimate", "Rate", "growth rate, ln volume per day", RATE),
    ("growth", "conf_low", "Rate, low", "lower limit of the growth rate", RATE),
    ("growth", "conf_high", "Rate, high", "upper limit of the growth rate", RATE),
    ("growth", "verdict", "Growth", "growing, blocked or shrinking, as the interval says", ""),
    ("progression", "n_events", "Progressed", "mice that progressed", WHOLE),
    ("progression", "median_days", "Median days", "median days to progression", DECIMAL),
    (
        *("tolerability", "weight_nadir_percent_mean"),
        *("Weight, %", "mean of the lowest body weights", DECIMAL),
    ),
    ("tolerability", "n_toxicity_exits", "Toxicity", "mice that left for toxicity", WHOLE),
)


def multiqc(results: Results, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """The section of one study: a row an arm, and how much there is to doubt."""
    study = results.study
    rows: dict[str, dict[str, Any]] = {arm: {} for arm in study.design.arm_names}
    for table, column, *_ in COLUMNS:
        frame = tables[table]
        for arm, value in zip(frame["arm"], frame[column], strict=True):
            plain = value.item() if isinstance(value, np.generic) else value
            if isinstance(plain, str) or (not pd.isna(plain) and np.isfinite(plain)):
                rows[arm][f"{table}_{column}"] = plain
    about_sheet, about_results = len(study.findings), len(results.doubts)
    for row in rows.values():
        row |= {"findings": about_sheet, "doubts": about_results}
    headers = {f"{t}_{c}": _header(*looks) for t, c, *looks in COLUMNS}
    headers["findings"] = _header("Findings", "findings in the sheet of the study", WHOLE)
    headers["doubts"] = _header("Doubts", "doubts about the results of the study", WHOLE)
    return {
        "id": "xenotrack_arms",
        "section_name": "xenotrack",
        "description": "Tumour growth, progression and body weight of each arm.",
        "plot_type": "table",
        "pconfig": {
            "id": "xenotrack_arms_table",
            "title": "xenotrack: arms",
            "col1_header": "Study and arm",
            "no_violin": True,
        },
        "headers": headers,
        # MultiQC takes a name with a slash for a path and keeps its end.
        "data": {f"{study.title} | {arm}".replace("/", "∕"): row for arm, row in rows.items()},
    }


def _header(title: str, words: str, form: str) -> dict[str, Any]:
    """How MultiQC shows a column; one of words has no format and no scale of colours."""
    look = {"format": form} if form else {"scale": False}
    return {"title": title, "description": words, **look}
