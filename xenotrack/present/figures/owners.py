"""Whose each part of a drawing is: told to matplotlib, and written in the svg.

The parts of one arm or one mouse can then be found, in a page or in a drawing program, by their
``data-arm`` and ``data-mouse``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

# matplotlib writes what it takes for the address of a link around each part of a collection, and
# nothing else that could tell one part from the next.
SCHEME = "xenotrack:"
ONE = rf'<a xlink:href="{SCHEME}([^"/]*)/([^"]*)" target="_blank">(.*?)</a>'
LINK = re.compile(ONE, re.DOTALL)
LINKS = re.compile(rf"(?:{ONE}\s*)+", re.DOTALL)
# Each part is clipped by itself, and all by the same panel.
CLIPPED_AGAIN = re.compile(r'</g>\s*<g clip-path="url\(#\w+\)">')


def name_owners(svg: str) -> str:
    """An svg whose parts say whose they are, instead of being links.

    Parts of one owner that follow one another are said to be its own together.

    >>> name_owners('<a xlink:href="xenotrack:A%20%2B%20B/7" target="_blank"><use/></a>')
    '<g data-arm="A + B" data-mouse="7"><use/></g>'
    """
    return LINKS.sub(_owned, svg)


def _owned(links: re.Match[str]) -> str:
    parts = groupby(LINK.findall(links[0]), key=lambda link: link[:2])
    return "".join(
        _group(unquote(arm), unquote(mouse), [drawn for *_, drawn in points])
        for (arm, mouse), points in parts
    )


def _group(arm: str, mouse: str, drawn: list[str]) -> str:
    whose = f" data-mouse={quoteattr(mouse)}" if mouse else ""
    inside = CLIPPED_AGAIN.sub("", "".join(drawn)) if len(drawn) > 1 else drawn[0]
    return f"<g data-arm={quoteattr(arm)}{whose}>{inside}</g>"


def owners(arms: Iterable[object], mice: Iterable[object]) -> list[str | None]:
    """The address of each row's arm and mouse; matplotlib wants two of them to write any."""
    whose = list(zip(arms, mice, strict=True))
    known = {pair: _address(*map(str, pair)) for pair in set(whose)}
    addresses = [known[pair] for pair in whose]
    return addresses * 2 if len(addresses) == 1 else addresses


def _address(arm: str, mouse: str) -> str | None:
    return f"{SCHEME}{quote(arm, safe='')}/{quote(mouse, safe='')}" if arm else None
