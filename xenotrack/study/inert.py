"""Text that a spreadsheet would run as a formula, made harmless and read back as it was.

One apostrophe is put before it, as spreadsheets themselves mark text; text that has its own
apostrophes there gets one more, so that taking one away gives back every text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")
# Full-width signs, as Japanese keyboards write them, begin formulas as well.
_SIGNS = "=+-@\t\r＝＋－＠"
RISKY = re.compile(rf"'*[{re.escape(_SIGNS)}]")
RISKY_STARTS = frozenset("'" + _SIGNS)
MARKED = re.compile(rf"'+[{re.escape(_SIGNS)}]")


def inert(texts: Iterable[T]) -> list[T | str]:
    """
    >>> inert(["m1", "=1+1", "-1", "'=x", None])
    ['m1', "'=1+1", "'-1", "''=x", None]
    """
    return [f"'{text}" if isinstance(text, str) and RISKY.match(text) else text for text in texts]


def as_written(text: str) -> str:
    """What stood in a cell before it was made inert.

    >>> [as_written(text) for text in ("m1", "'=1+1", "''=x", "'quoted'")]
    ['m1', '=1+1', "'=x", "'quoted'"]
    """
    return text[1:] if MARKED.match(text) else text
