"""Every doubt has its words: where it stands, in short, and what settles it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from xenotrack.compare.expectations import REFERENCES
from xenotrack.doubts import Doubt
from xenotrack.present.tell.answers import QUESTIONS
from xenotrack.present.tell.doubts import (
    ACROSS,
    DOUBTS,
    in_short,
    question_of,
    told_together,
    with_remedy,
)

PACKAGE = Path(__file__).parents[3] / "xenotrack"


def rules_in_code() -> Iterator[str]:
    """The first argument of every ``Doubt(...)`` in the package."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Doubt":
                rule = node.args[0]
                if isinstance(rule, ast.Constant):
                    yield rule.value
                else:
                    yield from (f"no-{name.replace('_', '-')}" for name in REFERENCES)


def test_every_rule_in_the_code_has_its_words_and_none_is_told_in_vain() -> None:
    assert set(rules_in_code()) == set(DOUBTS)


@pytest.mark.parametrize("rule", DOUBTS)
def test_a_doubt_stands_beside_a_question_of_the_report(rule: str) -> None:
    doubt = Doubt(rule, ("A",), "growth_rate", "A fact.")
    assert question_of(doubt) in {ACROSS, *(key for key, *_ in QUESTIONS)}
    assert "{" not in in_short(rule, [doubt])
    assert with_remedy(doubt).startswith("A fact.")


def test_a_contrast_without_estimate_stands_where_its_outcome_is_asked() -> None:
    assert question_of(Doubt("contrast-not-estimable", (), "rmst_days", "")) == "how-long"
    assert question_of(Doubt("contrast-not-estimable", (), "growth_rate", "")) == "slowed"


def test_no_doubt_in_a_report_names_an_option_of_the_command_line() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Doubt":
                texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
                assert not [text for text in texts if isinstance(text, str) and "--" in text], path


def test_doubts_alike_are_told_once_and_others_as_they_stand() -> None:
    few = [Doubt("few-mice", (arm,), "growth", f"{arm} has 2 mice.") for arm in ("A", "A+B")]
    other = Doubt("few-mice", ("C",), "growth", "C has 3 mice.")
    possessive = [Doubt("few-mice", (arm,), "growth", f"{arm}'s mice.") for arm in ("A", "B")]
    assert told_together([*few, other, *possessive]) == (
        "Each of A and A+B has 2 mice.",
        "C has 3 mice.",
        "A's mice.",
        "B's mice.",
    )
