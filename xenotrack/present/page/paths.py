"""Paths of a drawing in few letters: steps from point to point, with the decimals that are seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

NUMBERS = {"M": 2, "L": 2, "Q": 4, "C": 6}  # of each step that matplotlib writes
LONG = 60  # words of a path whose points are many: a tenth of a point is seen by nobody
Point = tuple[int, int]


def short_path(drawn: str) -> str:
    """The path by steps; as it is, where it is not written as matplotlib does.

    >>> short_path("M 1.23456 2 L 3 4.5 L 3 4 z")
    'm1.23 2l1.77 2.5l0-.5z'
    >>> short_path("m1 2h3")
    'm1 2h3'
    """
    words = drawn.split()
    scale = 10 if len(words) > LONG else 100
    try:
        return "".join(_steps(words, scale))
    except (KeyError, ValueError):
        return drawn


def _steps(words: Sequence[str], scale: int) -> Iterator[str]:
    here: Point = (0, 0)
    start = here
    at = 0
    while at < len(words):
        letter = words[at]
        if letter == "z":
            here = start
            at += 1
            yield "z"
            continue
        count = NUMBERS[letter]
        places = [round(float(word) * scale) for word in words[at + 1 : at + 1 + count]]
        if len(places) < count:
            raise ValueError(letter)
        yield letter.lower() + _joined(places, here, scale)
        here = (places[-2], places[-1])
        start = here if letter == "M" else start
        at += 1 + count


def _joined(places: Sequence[int], here: Point, scale: int) -> str:
    """Numbers one after another; a minus sign parts two of them by itself."""
    texts = [_short(place - here[index % 2], scale) for index, place in enumerate(places)]
    parts = [after if after[0] == "-" else f" {after}" for _, after in pairwise(texts)]
    return texts[0] + "".join(parts)


@lru_cache(maxsize=50_000)
def _short(number: int, scale: int) -> str:
    """
    >>> _short(-50, 100), _short(1230, 10), _short(0, 10)
    ('-.5', '123', '0')
    """
    text = f"{number / scale:.2f}".rstrip("0").rstrip(".")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
