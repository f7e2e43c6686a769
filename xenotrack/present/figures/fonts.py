"""The font of the figures, and others for the letters that it lacks: names may be Japanese.

Journals ask for Arial or Helvetica; where neither is installed, one of the same widths, or the one
that comes with matplotlib, stands in, and an svg still names them first. All write Latin, Greek and
Cyrillic; for the rest the fonts that are installed are asked.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

USUAL = "sans-serif"
FAMILIES = ("Arial", "Helvetica", "Liberation Sans", "Arimo", "Nimbus Sans", "DejaVu Sans")
LATIN = 0x250  # letters below are in every font: nothing is loaded to know it
# Asked first, since they look best beside the usual one; all others after them by their names.
PREFERRED = (
    *("Noto Sans", "Noto Sans CJK JP", "Noto Sans CJK SC", "Noto Sans CJK KR", "Noto Sans JP"),
    *("Source Han Sans", "Hiragino Sans", "Yu Gothic", "Microsoft YaHei", "Malgun Gothic"),
    *("IPAGothic", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Arial Unicode MS"),
)


def lend_fonts(drawn: Figure) -> None:
    """Let each text of a drawing with letters that the usual font lacks take them from others."""
    from matplotlib.text import Text

    for text in drawn.findobj(Text):
        lenders = lending(_uncommon(text.get_text()))
        if lenders:
            text.set_fontfamily([USUAL, *lenders])


def about_letters(names: Iterable[str]) -> str:
    """What to say of letters that no installed font has; nothing where all can be written."""
    letters = _uncommon("".join(names))
    for family in lending(letters):
        letters -= _has(family, letters)
    if not letters:
        return ""
    listed = " ".join(sorted(letters))
    return (
        f"No installed font can write {listed}: figures show boxes instead. "
        "Install a font that can, such as Noto Sans CJK."
    )


def lending(letters: frozenset[str]) -> tuple[str, ...]:
    """The installed fonts that have the letters, as few as found from the preferred ones on."""
    lenders = []
    for family in _families() if letters else ():
        has_letters = _has(family, letters)
        if has_letters:
            lenders.append(family)
            letters -= has_letters
        if not letters:
            break
    return tuple(lenders)


@cache
def _uncommon(text: str) -> frozenset[str]:
    """The letters of a text that the usual font lacks."""
    letters = frozenset(letter for letter in text if ord(letter) >= LATIN and letter.isprintable())
    return letters - _has(USUAL, letters) if letters else letters


@cache
def _families() -> tuple[str, ...]:
    """All installed fonts by name, the preferred ones first."""
    from matplotlib.font_manager import fontManager

    installed = {font.name for font in fontManager.ttflist if font.style == "normal"}
    others = sorted(name for name in installed - set(PREFERRED) if "Emoji" not in name)
    return (*(name for name in PREFERRED if name in installed), *others)


def _has(family: str, letters: Iterable[str]) -> frozenset[str]:
    font = font_of(*(FAMILIES if family == USUAL else (family,)))
    return frozenset(letter for letter in letters if font.get_char_index(ord(letter)))


@cache
def font_of(*families: str) -> Any:
    """The upright font of the first family that is installed; no figure is drawn with it."""
    from matplotlib.font_manager import FontProperties, findfont
    from matplotlib.ft2font import FT2Font

    return FT2Font(findfont(FontProperties(family=list(families))))


def forget_in_forks(cached: Any) -> None:
    """Have a cache of fonts start empty in a forked process.

    A font keeps its file open, and a fork shares the place in it: where both read letters, each
    gets bytes that the other asked for, and draws another letter or fails.
    """
    if hasattr(os, "register_at_fork"):  # not on Windows
        os.register_at_fork(after_in_child=cached.cache_clear)
