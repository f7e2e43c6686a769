"""Paths of a drawing in few letters: steps from point to point, with the decimals that are seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from math import inf

NUMBERS = {"M": 2, "L": 2, "Q": 4, "C": 6}  # of each step that matplotlib writes
LONG = 60  # words of a path whose points are many: a tenth of a point is seen by nobody
COURSE = 12  # words of a line that goes through several places, which needs no more either
UNSEEN = 0.6  # of a tenth of a point
CIRCLE = re.compile(r"M 0 ([\d.]+)\s+C ([\d.]+) \1 ")
ROUND = 0.2652  # of the radius: where matplotlib's circle bends first
Point = tuple[int, int]
Step = tuple[str, tuple[str, ...]]  # its letter, and how far it goes


def short_path(drawn: str, every_corner: bool = False) -> str:
    """The path by steps; as it is, where it is not written as matplotlib does.

    Of a long one the corners are left out that nobody sees, unless ``every_corner`` is asked for.

    >>> short_path("M 1.23456 2 L 3 4.5 L 3 4 z")
    'm1.23 2 1.77 2.5v-.5z'
    >>> short_path("m1 2h3")
    'm1 2h3'
    """
    words = drawn.split()
    closed = words[-1:] == ["z"] and words.count("z") == 1
    corners = words[:-1] if closed else words
    try:
        if not len(corners) % 3 and {*corners[::3]} <= {"M", "L"}:
            thin = len(words) > LONG and not every_corner
            steps = _straight(corners, 10 if len(words) > COURSE else 100, thin)
            return "".join(_written(chain(steps, [("z", ())] if closed else [])))
        return "".join(_written(_steps(words, 10 if len(words) > LONG else 100)))
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


def dotted(places: Iterable[tuple[float, float]]) -> str:
    """Points as steps of no length, which a round pen makes dots.

    >>> dotted([(1, 2), (3, 1.96)])
    'm1 2v0m2 0v0'
    """
    tenths = [(round(10 * x), round(10 * y)) for x, y in places]
    stops = (step for place in tenths for step in (("M", place), ("L", place)))
    return "".join(_written(_stepped(list(stops), _SHORTS[10])))


def radius_of_dot(drawn: str) -> float | None:
    """The radius of a full circle round 0, as matplotlib draws one; None of any other shape.

    >>> radius_of_dot("M 0 0.8 C 0.21 0.8 0.41 0.71 0.56 0.56 z"), radius_of_dot("M 0 0 L 3 3")
    (0.8, None)
    """
    circle = CIRCLE.match(drawn)
    if circle is None or abs(float(circle[2]) / float(circle[1]) - ROUND) > 0.01:
        return None
    return float(circle[1])


def _straight(words: Sequence[str], scale: int, thin: bool) -> Iterator[Step]:
    """The steps of a path of points alone, as most are: all of them at once."""
    x, y = ([float(word) * scale for word in own] for own in (words[1::3], words[2::3]))
    letters = words[::3]
    kept = _corners(letters, x, y) if thin else range(len(letters))
    places = [(letters[at], (round(x[at]), round(y[at]))) for at in kept]
    return _stepped(places, _SHORTS[scale])


def _stepped(places: Sequence[tuple[str, Point]], shorts: _Shorts) -> Iterator[Step]:
    before = [(0, 0), *(place for _, place in places)]
    for (letter, (x, y)), (from_x, from_y) in zip(places, before, strict=False):
        yield letter, (shorts[x - from_x], shorts[y - from_y])


def _corners(letters: Sequence[str], x: Sequence[float], y: Sequence[float]) -> list[int]:
    """The corners without which a line would leave its place by more than ``UNSEEN``.

    From each kept corner the line goes on as long as one slope passes all that it skips, up and
    down by no more than that: one look at each corner.
    """
    kept = [0]
    low, high = -inf, inf
    for at in range(1, len(x)):
        start, before = kept[-1], at - 1
        across = x[at] - x[start]
        ahead = across * (x[before] - x[start]) > 0 or before == start
        if before > start:
            slope = (y[at] - y[start]) / across if across else inf
            if letters[at] == "M" or not ahead or not low <= slope <= high:
                kept.append(before)
                start, across, low, high = before, x[at] - x[before], -inf, inf
        if letters[at] == "M" or not across:
            kept.append(at)
            low, high = -inf, inf
            continue
        ends = sorted((y[at] + aside - y[start]) / across for aside in (-UNSEEN, UNSEEN))
        low, high = max(low, ends[0]), min(high, ends[1])
    return kept if kept[-1] == len(x) - 1 else [*kept, len(x) - 1]


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
