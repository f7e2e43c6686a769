"""How much room words take: what decides whether they fit, and where their lines break."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

POINTS = 72.0  # in an inch
LARGE = 1000


def text_inches(text: str, size: float) -> float:
    """The width of a text's longest line, in the font that figures are written in.

    >>> text_inches("one line", 7) == text_inches("one line\\nmore", 7) < 0.6
    True
    """
    return max(_line_inches(line) for line in text.split("\n")) * size


@cache
def _line_inches(line: str) -> float:
    """The width of a line at a size of one point; a letter that the font lacks is a square."""
    font = _font()
    known = "".join(letter for letter in line if font.get_char_index(ord(letter)))
    font.set_text(known)
    ems = font.get_width_height()[0] / 64 / LARGE + len(line) - len(known)
    return float(ems / POINTS)


@cache
def _font() -> Any:
    """The font of the figures, so large that nothing is rounded."""
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    font = FT2Font(findfont(FontProperties(family=["sans-serif"])))
    font.set_size(LARGE, POINTS)
    return font


def fill_lines(text: str, fits: Callable[[str], bool], least: int = 3) -> str:
    """The text on as few lines as hold it; where its last would have few words, it gets more.

    >>> fill_lines("one two three four five six seven", lambda line: len(line) < 28)
    'one two three four\\nfive six seven'
    """
    lines = _greedy(text.split(" "), fits)
    while len(lines) > 1 and len(lines[-1]) < least < len(lines[-2]):
        lines[-1].insert(0, lines[-2].pop())
        if not fits(" ".join(lines[-1])):
            lines[-2].append(lines[-1].pop(0))
            break
    return "\n".join(" ".join(line) for line in lines)


def _greedy(words: list[str], fits: Callable[[str], bool]) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for word in words:
        if lines[-1] and not fits(" ".join([*lines[-1], word])):
            lines.append([])
        lines[-1].append(word)
    return lines
