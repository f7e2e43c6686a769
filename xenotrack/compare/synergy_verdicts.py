"""What an excess says in words, and when it may not be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from xenotrack.compare.excess import Excess
from xenotrack.compare.expectations import Expectation
from xenotrack.doubts import Doubt

Verdicts = tuple[str | None, ...]

SYNERGY = "synergy"
UNDECIDED = "additive or undecided"
ANTAGONISM = "antagonism"
BEYOND_PAIRS = "beyond its pairs"
LESS_THAN_PAIRS = "less than its pairs predict"
MUCH_BELOW_LIMIT = 0.10


def read_excess(asked: Sequence[Expectation], excess: Excess, level: float) -> Iterator[str | None]:
    """Each row in words, by what holds for all rows of its family; None without a test."""
    better, worse = excess.better(level), excess.worse(level)
    for row, expectation in enumerate(asked):
        if not excess.raw.estimable[row]:
            yield None
        elif better[row]:
            yield BEYOND_PAIRS if of_higher_order(expectation) else SYNERGY
        elif worse[row]:
            yield LESS_THAN_PAIRS if of_higher_order(expectation) else ANTAGONISM
        else:
            yield UNDECIDED


def of_higher_order(expectation: Expectation) -> bool:
    """Whether it is an interaction of three drugs or more.

    Such a one says that the pairs do not explain the triple, not that the triple is worse than
    its parts: two strong pairs leave little for it to add.
    """
    return expectation.reference == "interaction" and not expectation.is_of_two


def spare_antagonism(
    verdicts: Verdicts, combinations: Sequence[str], below_limit: Mapping[str, float]
) -> tuple[Verdicts, tuple[Doubt, ...]]:
    """No antagonism where more than a tenth of a combination's readings are below the limit.

    A tumour that cannot be measured does not shrink any further on paper, so that the best
    combinations would look like less than their parts.
    """
    spared: list[str | None] = []
    doubts: dict[Doubt, None] = {}
    for verdict, arm in zip(verdicts, combinations, strict=True):
        share = below_limit.get(arm, 0.0)
        hidden = verdict in (ANTAGONISM, LESS_THAN_PAIRS) and share > MUCH_BELOW_LIMIT
        spared.append(UNDECIDED if hidden else verdict)
        if hidden:
            text = (
                f"No verdict of antagonism on {arm}: {share:.0%} of its readings are below the "
                "limit, where further shrinkage is not seen."
            )
            doubts[Doubt("antagonism-below-limit", (arm,), "synergy", text)] = None
    return tuple(spared), tuple(doubts)


def agreed_verdicts(
    verdicts: Verdicts, others: Sequence[Verdicts], about: Sequence[tuple[str, str]]
) -> tuple[Verdicts, tuple[Doubt, ...]]:
    """Verdicts that hold wherever readings below the limit are placed; else undecided.

    ``about``: the combination and the reference of each row.
    """
    agreed: list[str | None] = []
    doubts: dict[Doubt, None] = {}
    for row, verdict in enumerate(verdicts):
        changed = [other[row] for other in others if other[row] != verdict]
        stable = verdict in (None, UNDECIDED) or not changed
        agreed.append(verdict if stable else UNDECIDED)
        if not stable:
            arm, reference = about[row]
            text = (
                f"{arm} ({reference}): {verdict} becomes undecided, since it depends on where "
                "readings below the limit lie."
            )
            doubts[Doubt("below-limit-synergy", (arm,), "synergy", text)] = None
    return tuple(agreed), tuple(doubts)
