"""The doubts that a headline must not be read without, in few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from xenotrack.compare.claims import touches
from xenotrack.doubts import Doubt
from xenotrack.present.labels import short_names
from xenotrack.present.numbers import join
from xenotrack.present.story import Sentence
from xenotrack.present.tell.claims import versus
from xenotrack.present.tell.doubts import DOUBTS, in_short
from xenotrack.present.tell.facts import Facts

_ABOUT = "To bear in mind"
FEW = 2  # on the first screen


def caveats(facts: Facts, stated: Iterable[int]) -> Iterator[Sentence]:
    """The doubts that touch the claims ``stated`` above, by name."""
    named = _named(_touching(facts, stated))
    if named:
        yield Sentence("; ".join(named), _ABOUT)


def in_few_words(facts: Facts, stated: Iterable[int]) -> Sentence | None:
    """The same by the short names of arms, the first few; None without any."""
    short = short_names(facts.design)
    doubts = [
        replace(doubt, arms=tuple(short.get(arm, arm) for arm in doubt.arms))
        for doubt in _touching(facts, stated)
    ]
    named = _named(doubts)
    more = f"and {len(named) - FEW} more" if len(named) > FEW else ""
    return Sentence("; ".join([*named[:FEW], *filter(None, [more])]), _ABOUT) if named else None


def _touching(facts: Facts, stated: Iterable[int]) -> list[Doubt]:
    claims = [facts.claims[place] for place in stated]
    return [
        doubt for doubt in facts.results.doubts if any(touches(doubt, claim) for claim in claims)
    ]


def _named(doubts: Sequence[Doubt]) -> list[str]:
    return [*_mice(doubts), *_rules(doubts)]


def _mice(doubts: Sequence[Doubt]) -> Iterator[str]:
    """Verdicts that one mouse turns: the mouse is named."""
    for doubt in doubts:
        if doubt.rule == "verdict-rests-on-a-mouse":
            contrast = versus(*doubt.arms)
            yield f"without mouse {join(doubt.mice)} the verdict on {contrast} would turn"


def _rules(doubts: Sequence[Doubt]) -> Iterator[str]:
    for rule in dict.fromkeys(doubt.rule for doubt in doubts):
        if DOUBTS[rule].short:
            yield in_short(rule, doubts)


def claims_in(sentences: Iterable[Sentence]) -> tuple[int, ...]:
    """The places of all claims that sentences state, each once."""
    return tuple(dict.fromkeys(place for sentence in sentences for place in sentence.claims))
