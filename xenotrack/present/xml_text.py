"""Text as xml may hold it."""

from __future__ import annotations

import re

# Some characters no xml may hold, however they are written.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """The text with a sign in place of each character that xml forbids.

    >>> xml_text("A\\x00<b>")
    'A�<b>'
    """
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
