"""Findings as people read them."""

from __future__ import annotations

from xenotrack.present.findings import findings_text
from xenotrack.study.finding import Finding


def finding(**changes: str) -> Finding:
    words = {
        "rule": "implausible-jump",
        "severity": "warning",
        "file": "calipers.csv",
        "sheet": "",
        "cell": "4",
        "mouse": "m1",
        "seen": "Mouse m1, day 14: from 162 to 2328 mm³ in 7 days.",
        "proposal": "Look at both readings; nothing was changed.",
    }
    return Finding(**{**words, **changes})


def test_a_finding_is_a_block_with_its_place_first() -> None:
    assert findings_text([finding()]).decode() == (
        "warning: calipers.csv, row 4, mouse m1  [implausible-jump]\n"
        "  Mouse m1, day 14: from 162 to 2328 mm³ in 7 days.\n"
        "  → Look at both readings; nothing was changed.\n"
    )


def test_blocks_stand_apart_and_nothing_is_nothing() -> None:
    two = findings_text([finding(), finding(cell="", mouse="", sheet="Raw")]).decode()
    assert "\n\nwarning: calipers.csv, sheet Raw  [" in two
    assert findings_text([]) == b""


def test_a_long_finding_is_wrapped_under_itself() -> None:
    lines = findings_text([finding(proposal="word " * 60)]).decode().splitlines()
    assert max(map(len, lines)) <= 92
    assert lines[3].startswith("    word")


def test_a_name_cannot_rewrite_the_terminal() -> None:
    told = findings_text([finding(mouse="\x1b[2J\u202em1")]).decode()
    assert "\x1b" not in told
    assert "\u202e" not in told
