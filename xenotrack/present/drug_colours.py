"""Which colour belongs to which drug, in every study alike.

Drugs of the field have fixed places among the colours, a place a class, so that the same drug looks
the same in every study. The others have one of the first three places by their name, since these
mix well, and where it is taken the next that is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from zlib import crc32

ENDOCRINE, CDK, PI3K = 0, 1, 2
MIXING = 3  # the first colours, for which the next four are mixtures: see ``MIXTURES``
# The places of colours that look like the mixture of some of the first three.
MIXTURES = {
    frozenset({ENDOCRINE, CDK}): 5,
    frozenset({ENDOCRINE, PI3K}): 4,
    frozenset({CDK, PI3K}): 6,
    frozenset({ENDOCRINE, CDK, PI3K}): 3,
}
# The first of a class keeps its place where two of them meet. A name holds one of these words.
FIELD: dict[str, int] = {
    **dict.fromkeys(("fulvestrant", "faslodex", "ici182780"), ENDOCRINE),
    **dict.fromkeys(("elacestrant", "camizestrant", "giredestrant", "imlunestrant"), ENDOCRINE),
    **dict.fromkeys(("tamoxifen", "letrozole", "anastrozole", "exemestane"), ENDOCRINE),
    **dict.fromkeys(("endocrine", "vepdegestrant"), ENDOCRINE),
    **dict.fromkeys(("ribociclib", "kisqali", "lee011"), CDK),
    **dict.fromkeys(("palbociclib", "ibrance", "pd0332991"), CDK),
    **dict.fromkeys(("abemaciclib", "verzenio", "ly2835219", "cdk46", "cdk4"), CDK),
    **dict.fromkeys(("alpelisib", "piqray", "byl719", "inavolisib", "gdc0077"), PI3K),
    **dict.fromkeys(("taselisib", "buparlisib", "gedatolisib", "capivasertib"), PI3K),
    **dict.fromkeys(("everolimus", "pi3k"), PI3K),
}


def drug_colours(
    drugs: Sequence[str], colours: Sequence[str], declared: Mapping[str, str], other: str
) -> dict[str, str]:
    """The colour of each drug: the declared one, else that of its place among ``colours``.

    Beyond all places it is ``other``. Neither the order of the drugs nor how a name writes its
    capitals and hyphens matters.

    >>> drug_colours(["LEE-011", "alpelisib 25 mg/kg"], ("blue", "orange", "green"), {}, "grey")
    {'LEE-011': 'orange', 'alpelisib 25 mg/kg': 'green'}
    """
    found = {drug: declared[drug] for drug in drugs if drug in declared}
    free = {place: colour for place, colour in enumerate(colours) if colour not in found.values()}
    others = sorted(
        (drug for drug in drugs if drug not in declared),
        key=lambda drug: (_rank(drug), _plain(drug)),
    )
    # Each drug that has its class to itself comes before those that must give way.
    for drug in [drug for drug in others if _word(drug)]:
        if (place := FIELD[_word(drug)]) in free:
            found[drug] = free.pop(place)
    for drug in [drug for drug in others if drug not in found]:
        nearest = next((place for place in _places(drug, len(colours)) if place in free), -1)
        found[drug] = free.pop(nearest, other)
    return {drug: found[drug] for drug in drugs}


def mixture(parts: Iterable[str], colours: Sequence[str]) -> str | None:
    """The colour made for a combination of these; none where there is none."""
    places = frozenset(colours.index(part) if part in colours else -1 for part in parts)
    return colours[MIXTURES[places]] if places in MIXTURES else None


def _places(drug: str, count: int) -> Iterator[int]:
    """Where a drug may be whose place is taken, or that has none: the first places by its name.

    A drug of the field leaves them to the other classes.
    """
    start = crc32(_plain(drug).encode()) % MIXING
    first = [(start + step) % MIXING for step in range(MIXING)]
    last = range(MIXING, count)
    return chain(last, first) if _word(drug) else chain(first, last)


def _rank(drug: str) -> int:
    """The place in the list of the field; after it for all other drugs."""
    word = _word(drug)
    return list(FIELD).index(word) if word else len(FIELD)


def _word(drug: str) -> str:
    """The word of the field that a name holds."""
    plain = _plain(drug)
    return next((word for word in FIELD if word in plain), "")


def _plain(drug: str) -> str:
    return "".join(letter for letter in drug.casefold() if letter.isalnum())
