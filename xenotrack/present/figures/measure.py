"""How much room words take: what decides whether they fit, and where their lines break."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from xenotrack.present.figures.fonts import FAMILIES, forget_in_forks

POINTS = 72.0  # in an inch
LARGE = 1000
UNITS = 65536 * LARGE  # of the font's own count in a letter as wide as it is high


def text_inches(text: str, size: float) -> float:
    """The width of a text's longest line, in the font that figures are written in.

    >>> text_inches("one line", 7) == text_inches("one line\\nmore", 7) < 0.6
    True
    """
    return max(sum(map(_ems, line)) for line in text.split("\n")) * size / POINTS


@cache
def _ems(letter: str) -> float:
    """How far a letter moves the pen, in sizes of the font; one that it lacks is a square.

    Letter by letter: to lay out a line takes milliseconds, and kerning moves it by a hundredth.
    """
    from matplotlib.ft2font import LoadFlags

    font = _font()
    if not font.get_char_index(ord(letter)):
        return 1.0
    return float(font.load_char(ord(letter), LoadFlags.NO_HINTING).linearHoriAdvance) / UNITS


@cache
def _font() -> Any:
    """The font of the figures, so large that nothing is rounded."""
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    font = FT2Font(findfont(FontProperties(family=list(FAMILIES))))
    font.set_size(LARGE, POINTS)
    return font


forget_in_forks(_font)


def fill_lines(text: str, fits: Callable[[str], bool], least: int = 3) -> str:
    """The text on as few lines as hold it; where its last would have few words, it gets more.

    >>> fill_lines("one two three four five six seven", lambda line: len(line) < 28)
    'one two three four\\nfive six seven'
    >>> fill_lines("one two three four five\\N{NO-BREAK SPACE}six\\N{NO-BREAK SPACE}seven",
    ...            lambda line: len(line) < 20).split("\\n")[0]
    'one two three four'
    """
    lines = _greedy(text.split(" "), fits)
    while len(lines) > 1 and _count(lines[-1]) < least < len(lines[-2]):
        lines[-1].insert(0, lines[-2].pop())
        if not fits(" ".join(lines[-1])):
            lines[-2].append(lines[-1].pop(0))
            break
    return "\n".join(" ".join(line) for line in lines)


def _count(words: list[str]) -> int:
    """How many words a reader sees: some are held together so that no line breaks in them."""
    return len(" ".join(words).split())


def _greedy(words: list[str], fits: Callable[[str], bool]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for word in words:
        if lines[-1] and not fits(" ".join([*lines[-1], word])):
            lines.append([])
        lines[-1].append(word)
    return lines
