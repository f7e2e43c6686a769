"""Paths of a drawing in few letters: steps from point to point, with the decimals that are seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

NUMBERS = {"M": 2, "L": 2, "Q": 4, "C": 6}  # of each step that matplotlib writes
LONG = 60  # words of a path whose points are many: a tenth of a point is seen by nobody
Point = tuple[int, int]
Step = tuple[str, tuple[str, ...]]  # its letter, and how far it goes


def short_path(drawn: str) -> str:
    """The path by steps; as it is, where it is not written as matplotlib does.

    >>> short_path("M 1.23456 2 L 3 4.5 L 3 4 z")
    'm1.23 2 1.77 2.5v-.5z'
    >>> short_path("m1 2h3")
    'm1 2h3'
    """
    words = drawn.split()
    scale = 10 if len(words) > LONG else 100
    try:
        if not len(words) % 3 and {*words[::3]} <= {"M", "L"}:
            return "".join(_written(_straight(words, scale)))
        return "".join(_written(_steps(words, scale)))
    except (KeyError, ValueError):
        return drawn


def short_number(written: str) -> str:
    """A place of one of many points, to the tenth of a point; as it is, where it is no number.

    >>> short_number("193.504"), short_number("-0.04"), short_number("50%")
    ('193.5', '0', '50%')
    """
    try:
        return _SHORTS[10][round(10 * float(written))]
    except ValueError:
        return written


def _straight(words: Sequence[str], scale: int) -> Iterator[Step]:
    """The steps of a path of points alone, as most are: all of them at once."""
    shorts = _SHORTS[scale]
    across, down = (
        [
            shorts[to - from_]
            for from_, to in pairwise([0, *(round(float(word) * scale) for word in own)])
        ]
        for own in (words[1::3], words[2::3])
    )
    return zip(words[::3], zip(across, down, strict=True), strict=True)


def _steps(words: Sequence[str], scale: int) -> Iterator[Step]:
    shorts = _SHORTS[scale]
    here: Point = (0, 0)
    start = here
    at = 0
    while at < len(words):
        letter = words[at]
        if letter == "z":
            here = start
            at += 1
            yield "z", ()
            continue
        count = NUMBERS[letter]
        places = [round(float(word) * scale) for word in words[at + 1 : at + 1 + count]]
        if len(places) < count:
            raise ValueError(letter)
        yield letter, tuple(shorts[place - here[i % 2]] for i, place in enumerate(places))
        here = (places[-2], places[-1])
        start = here if letter == "M" else start
        at += 1 + count


def _written(steps: Iterable[Step]) -> Iterator[str]:
    """Steps without what says itself: a coordinate that stays, a letter that is the last again."""
    last = before = ""
    for letter, numbers in steps:
        if letter == "z":
            yield "z"
        elif letter == "L" and "0" in numbers:
            letter, before = ("v", numbers[1]) if numbers[0] == "0" else ("h", numbers[0])
            yield letter + before
        else:
            again = letter == "L" and last in ("L", "M")
            yield (_parting(before, numbers[0]) if again else letter.lower()) + numbers[0]
            yield from (_parting(*pair) + pair[1] for pair in pairwise(numbers))
            before = numbers[-1]
        last = letter


def _parting(before: str, after: str) -> str:
    """What must stand between two numbers: a sign or a second point parts them by itself."""
    return "" if after[0] == "-" or (after[0] == "." and "." in before) else " "


class _Shorts(dict[int, str]):
    """A number of so many parts of a point as text, each written once.

    >>> shorts = _Shorts(100)
    >>> shorts[-50], shorts[1230], shorts[0]
    ('-.5', '12.3', '0')
    """

    def __init__(self, scale: int) -> None:
        self.scale = scale

    def __missing__(self, number: int) -> str:
        text = f"{number / self.scale:.2f}".rstrip("0").rstrip(".")
        short = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
        self[number] = short
        return short


_SHORTS = {scale: _Shorts(scale) for scale in (10, 100)}
