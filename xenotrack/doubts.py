"""Reasons to trust a number less, carried by every result from where they arise to the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Doubt:
    """One reason to trust a result less.

    ``rule`` is a stable kebab-case name for scripts, ``about`` the arm, mouse or contrast
    concerned ("" = the whole result), ``text`` one sentence for a person.
    """

    rule: str
    about: str
    text: str


def merge_doubts(*groups: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """All doubts in order, each once."""
    return tuple(dict.fromkeys(doubt for group in groups for doubt in group))


def p_words(p_value: float) -> str:
    """A p-value as a sentence has it.

    >>> p_words(0.00001), p_words(0.0312)
    ('p < 0.0001', 'p = 0.031')
    """
    return "p < 0.0001" if p_value < 1e-4 else f"p = {p_value:.2g}"
