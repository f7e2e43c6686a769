"""Whose each part of a drawing is: told to matplotlib, and written in the svg.

The parts of one arm or one mouse can then be found, in a page or in a drawing program, by their
``data-arm`` and ``data-mouse``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

if TYPE_CHECKING:
    import pandas as pd

# matplotlib writes what it takes for the address of a link around each part of a collection, and
# nothing else that could tell one part from the next.
SCHEME = "xenotrack:"
LINK = re.compile(rf'<a xlink:href="{SCHEME}([^"/]*)/([^"]*)" target="_blank">(.*?)</a>', re.DOTALL)


def name_owners(svg: str) -> str:
    """An svg whose parts say whose they are, instead of being links.

    >>> name_owners('<a xlink:href="xenotrack:A%20%2B%20B/7" target="_blank"><use/></a>')
    '<g data-arm="A + B" data-mouse="7"><use/></g>'
    """
    return LINK.sub(_owned, svg)


def _owned(link: re.Match[str]) -> str:
    arm, mouse, drawn = unquote(link[1]), unquote(link[2]), link[3]
    whose = f" data-mouse={quoteattr(mouse)}" if mouse else ""
    return f"<g data-arm={quoteattr(arm)}{whose}>{drawn}</g>"


def owners(rows: pd.DataFrame) -> list[str | None]:
    """The address of each row's arm and mouse; matplotlib wants two of them to write any."""
    addresses = [
        f"{SCHEME}{quote(arm, safe='')}/{quote(mouse, safe='')}" if arm else None
        for arm, mouse in zip(rows["arm"].astype(str), rows["mouse"].astype(str), strict=True)
    ]
    return addresses * 2 if len(addresses) == 1 else addresses
