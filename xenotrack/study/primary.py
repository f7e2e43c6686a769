"""The contrast that a study names beforehand, as the arms that it compares."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

from xenotrack.errors import StudyError
from xenotrack.study.rule import Outcome
from xenotrack.study.rules import PrimaryRule

BEST_PART = "best part"
"""What a combination is held against where it is to be better than every one of its parts."""


@dataclass(frozen=True)
class Primary:
    """The contrast named beforehand, ``arm - against``, and its outcome.

    Both stand as the study's arms are called. ``against`` is ``BEST_PART`` for the claim that a
    combination is better than every one of its parts.
    """

    arm: str
    against: str
    outcome: Outcome = "growth_rate"

    @property
    def label(self) -> str:
        """The contrast as tables write it."""
        return f"{self.arm} - {self.against}"


class PrimaryError(StudyError):
    """A primary contrast that is not one of this study's: what was seen, and what to do."""

    def __init__(self, seen: str, proposal: str) -> None:
        super().__init__(f"{seen} {proposal}")
        self.seen = seen
        self.proposal = proposal


Sides = tuple[str, str]
_DASH = re.compile("[-–—−]")


def named_sides(rule: PrimaryRule) -> tuple[Sides, ...]:
    """Every way to read the declared contrast as two arms: a name may itself hold a dash.

    >>> named_sides(PrimaryRule(contrast="a - b - c"))
    (('a', 'b - c'), ('a - b', 'c'))
    """
    if not isinstance(rule.contrast, str):
        return (rule.contrast,)
    cuts = [dash.span() for dash in _DASH.finditer(rule.contrast)]
    sides = ((rule.contrast[:low].strip(), rule.contrast[high:].strip()) for low, high in cuts)
    return tuple((left, right) for left, right in sides if left and right)


def arms_compared(rule: PrimaryRule, arms: Sequence[str]) -> Sides:
    """The two arms, or the arm and ``BEST_PART``, that the declared contrast is of."""
    readings = list(dict.fromkeys(_readings(rule, arms)))
    pairs = [(arm, other) for arm, other in readings if arm != other]
    if len(pairs) == 1:
        return pairs[0]
    said = _said(rule)
    if not readings:
        raise _unknown(rule, arms)
    if not pairs:
        raise PrimaryError(f"The primary contrast {said} is of one arm alone.", _how(arms))
    ways = "; ".join(f"{arm!r} against {other!r}" for arm, other in pairs)
    raise PrimaryError(
        f"The primary contrast {said} can be read in several ways: {ways}.",
        "Write its two arms as a list, as primary = "
        f'["{pairs[0][0]}", "{pairs[0][1]}"] under [compare].',
    )


def _how(arms: Sequence[str]) -> str:
    return (
        f"The arms are: {', '.join(arms)}. Write two of them as 'A - B', or as a list, "
        'primary = ["A", "B"].'
    )


def _readings(rule: PrimaryRule, arms: Sequence[str]) -> Iterator[Sides]:
    for left, right in named_sides(rule):
        for arm in _arms_called(left, arms):
            for other in _arms_called(right, arms) or _arms_called(right, [BEST_PART]):
                yield arm, other


def _arms_called(name: str, arms: Sequence[str]) -> list[str]:
    """The arm of this name; without one, those that differ from it in blanks alone."""
    if name in arms:
        return [name]
    return [arm for arm in arms if arm.split() == name.split()]


def _unknown(rule: PrimaryRule, arms: Sequence[str]) -> PrimaryError:
    """What is said of a contrast whose arms the study does not have: which, and what is nearest."""
    sides = named_sides(rule)
    if not sides:
        return PrimaryError(
            f"The primary contrast {_said(rule)} does not name two arms.", _how(arms)
        )
    likeliest = max(sides, key=lambda pair: sum(_likeness(name, arms) for name in pair))
    absent = [name for name in likeliest if not _arms_called(name, arms)]
    near = [matches[0] for name in absent if (matches := get_close_matches(name, arms, n=1))]
    hint = f" Did you mean {' and '.join(map(repr, near))}?" if near else ""
    return PrimaryError(
        f"The primary contrast {_said(rule)} speaks of {' and '.join(map(repr, absent))}, and "
        f"there is no such arm.{hint}",
        _how(arms),
    )


def _likeness(name: str, arms: Collection[str]) -> float:
    return max((SequenceMatcher(None, name, arm).ratio() for arm in arms), default=0.0)


def _said(rule: PrimaryRule) -> str:
    if isinstance(rule.contrast, str):
        return repr(rule.contrast)
    return "[" + ", ".join(map(repr, rule.contrast)) + "]"
