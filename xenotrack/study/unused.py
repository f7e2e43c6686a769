"""Columns that were not used: each told once, where several findings would speak of one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import replace

from xenotrack.study.finding import Finding

RULE = "columns-not-used"
_SAID = "Columns that were not used: "
# These name the column of which they speak, and say what to do about it.
_TELLING = ("arm-pools-models", "arm-pools-groups", "factor-not-used", "readings-repeated")
# These speak of a worksheet as a whole.
_OF_A_SHEET = (
    *(RULE, "row-of-a-summary", "column-of-a-summary", "columns-of-numbers-not-read"),
    *("lines-above-header", "facts-above-header"),
)
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")


def not_used(names: Iterable[str]) -> str:
    """The sentence that names unused columns."""
    return f"{_SAID}{', '.join(map(repr, names))}."


def unused_names(finding: Finding) -> list[str]:
    """The columns that a finding says were not used.

    >>> finding = Finding(RULE, "warning", "", "", "", "", not_used(["Rep", "it's"]), "")
    >>> unused_names(finding)
    ['Rep', "it's"]
    """
    if finding.rule != RULE:
        return []
    return [ast.literal_eval(text) for text in _QUOTED.findall(finding.seen)]


def told_once(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, an unused column named by that alone which says more of it."""
    findings = list(findings)
    told = " ".join(finding.seen for finding in findings if finding.rule in _TELLING)
    kept = []
    for finding in findings:
        names = unused_names(finding)
        rest = [name for name in names if repr(name) not in told]
        if not names or len(rest) == len(names):
            kept.append(finding)
        elif rest:
            kept.append(replace(finding, seen=not_used(rest)))
    return _told_of_several(kept)


def _told_of_several(findings: list[Finding]) -> list[Finding]:
    """What is seen alike on many worksheets, told at the first of them."""
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        if finding.sheet and not finding.mouse and finding.rule in _OF_A_SHEET:
            key = (finding.rule, finding.severity, finding.file, finding.seen, finding.proposal)
            alike.setdefault(key, []).append(finding)
    gone = {id(one) for several in alike.values() if len(several) > 2 for one in several[1:]}
    first = {id(several[0]): len(several) - 1 for several in alike.values() if len(several) > 2}
    return [
        replace(finding, seen=f"{finding.seen} So it is on {first[id(finding)]} other worksheets.")
        if id(finding) in first
        else finding
        for finding in findings
        if id(finding) not in gone
    ]
