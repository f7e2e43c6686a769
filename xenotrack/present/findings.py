"""Findings for the eye: a block each, place first, then what was seen and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from xenotrack.present.words import printable
from xenotrack.study.finding import Finding

WIDTH = 92
INDENT = "  "


def findings_text(findings: Iterable[Finding]) -> bytes:
    """The findings as people read them; nothing where there are none."""
    return "\n".join(_block(finding) for finding in findings).encode()


def _block(finding: Finding) -> str:
    mouse = f", mouse {finding.mouse}" if finding.mouse else ""
    head = f"{finding.severity}: {finding.place}{mouse}  [{finding.rule}]"
    lines = [
        *textwrap.wrap(finding.seen, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT),
        *textwrap.wrap(
            finding.proposal, WIDTH, initial_indent=f"{INDENT}→ ", subsequent_indent=f"{INDENT}  "
        ),
        *textwrap.wrap(
            f"Accepted: {finding.accepted}" if finding.accepted else "",
            WIDTH,
            initial_indent=INDENT,
            subsequent_indent=INDENT,
        ),
    ]
    return "".join(f"{printable(line)}\n" for line in (head, *lines))
