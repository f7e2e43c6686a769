"""Reasons to trust a number less, carried by every result from where they arise to the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Doubt:
    """One reason to trust a result less.

    ``rule`` is a stable kebab-case name for scripts; ``arms`` are those concerned (none: all);
    ``outcome`` is an outcome of ``compare`` (several with blanks between), or the source of some
    (``growth``, ``progression``, ``response``, ``weight``; "" = whatever the study says); ``text``
    is the fact
    in one or two sentences; ``mice`` are named where a few of them matter; ``accepted`` is
    the reason for which the study declares that it is known.
    """

    rule: str
    arms: tuple[str, ...]
    outcome: str
    text: str
    mice: tuple[str, ...] = ()
    accepted: str = ""

    @property
    def told(self) -> str:
        """The text, with the reason for which the lab accepts it."""
        reason = f" Accepted: {self.accepted.rstrip('.')}." if self.accepted else ""
        return f"{self.text}{reason}"

    def touches(self, outcomes: Iterable[str], arms: Iterable[str] = ()) -> bool:
        """Whether a result of these outcomes (or their source) and arms is to be read with it.

        >>> few = Doubt("few-mice", ("A",), "growth", "A has 3 mice.")
        >>> few.touches(["growth"], ["A", "B"]), few.touches(["growth"], ["B"])
        (True, False)
        >>> few.touches(["progression"]), few.touches(["growth"])
        (False, True)
        """
        named = set(arms)
        about_arms = not self.arms or not named or bool(named & set(self.arms))
        return about_arms and (
            not self.outcome or not set(self.outcome.split()).isdisjoint(outcomes)
        )


def merge_doubts(*groups: Iterable[Doubt]) -> tuple[Doubt, ...]:
    """All doubts in order, each once."""
    return tuple(dict.fromkeys(doubt for group in groups for doubt in group))


def p_words(p_value: float) -> str:
    """A p-value as a sentence has it.

    >>> p_words(0.00001), p_words(0.0312)
    ('p < 0.0001', 'p = 0.031')
    """
    number = p_number(p_value)
    return f"p {number}" if number.startswith("<") else f"p = {number}"


def p_number(p_value: float) -> str:
    """A p-value as a table has it.

    >>> p_number(0.00001), p_number(0.0312)
    ('< 0.0001', '0.031')
    """
    return "< 0.0001" if p_value < 1e-4 else f"{p_value:.2g}"
