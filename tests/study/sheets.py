"""Sheets written in tests, read as a user's would be."""

from __future__ import annotations

from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

HEADER = "mouse,arm,day,volume\n"


def read(text, options=None, **how):
    """The study of a sheet given as text, with options in the shape of study.toml."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_study(data, read_rules(None, options), **how)


def rules_of(study):
    """The names of the study's findings."""
    return [finding.rule for finding in study.findings]


def finding_of(study, rule):
    """The one finding of a rule."""
    (found,) = [finding for finding in study.findings if finding.rule == rule]
    return found


def clean_rows():
    """Rows of two arms of three mice with four readings each, and no doubt about any."""
    rows = []
    for number in range(6):
        arm = "vehicle" if number < 3 else "drug"
        for day in (0, 3, 7, 10):
            rows.append([f"m{number}", arm, str(day), f"{100 * 1.05**day + number:.1f}"])
    return rows


def sheet(rows, header=HEADER):
    """Rows as a comma-separated sheet."""
    return header + "".join(",".join(row) + "\n" for row in rows)
