"""The doubts that a headline must not be read without, in few words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from xenotrack.compare.claims import touches
from xenotrack.doubts import Doubt
from xenotrack.present.labels import short_names
from xenotrack.present.numbers import join
from xenotrack.present.story import Sentence
from xenotrack.present.tell.claims import versus
from xenotrack.present.tell.doubts import DOUBTS, MANY, in_short
from xenotrack.present.tell.facts import Facts

_ABOUT = "To bear in mind"
FEW = 2  # on the first screen


def caveats(facts: Facts, stated: Iterable[int]) -> Iterator[Sentence]:
    """The doubts that touch the claims ``stated`` above, by name; many arms are counted."""
    named = _named(_touching(facts, stated), {arm: arm for arm in facts.design.arm_names})
    if named:
        yield Sentence("; ".join(named), _ABOUT)


def in_few_words(facts: Facts, stated: Iterable[int]) -> Sentence | None:
    """The same by the short names of arms, the first few; None without any."""
    named = _named(_touching(facts, stated), short_names(facts.design))
    more = f"and {len(named) - FEW} more" if len(named) > FEW else ""
    return Sentence("; ".join([*named[:FEW], *filter(None, [more])]), _ABOUT) if named else None


def _touching(facts: Facts, stated: Iterable[int]) -> list[Doubt]:
    claims = [facts.claims[place] for place in stated]
    return [
        doubt for doubt in facts.results.doubts if any(touches(doubt, claim) for claim in claims)
    ]


def _named(doubts: Sequence[Doubt], called: Mapping[str, str]) -> list[str]:
    return [*_mice(doubts, called), *_rules(doubts, called)]


def _mice(doubts: Sequence[Doubt], called: Mapping[str, str]) -> Iterator[str]:
    """Verdicts that one mouse turns: the mouse is named."""
    turned: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for doubt in doubts:
        if doubt.rule == "verdict-rests-on-a-mouse":
            contrast = versus(*(called.get(arm, arm) for arm in doubt.arms))
            turned[doubt.mice].append(contrast)
    for mice, contrasts in turned.items():
        verdicts = "the verdict on" if len(contrasts) == 1 else "the verdicts on"
        what = f"{verdicts} {join(contrasts)}"
        if len(contrasts) > MANY:
            what = f"{len(contrasts)} verdicts"
        yield f"without mouse {join(mice)} {what} would turn"


def _rules(doubts: Sequence[Doubt], called: Mapping[str, str]) -> Iterator[str]:
    for rule in dict.fromkeys(doubt.rule for doubt in doubts):
        if DOUBTS[rule].short:
            yield in_short(rule, doubts, (), called)


def claims_in(sentences: Iterable[Sentence]) -> tuple[int, ...]:
    """The places of all claims that sentences state, each once."""
    return tuple(dict.fromkeys(place for sentence in sentences for place in sentence.claims))
