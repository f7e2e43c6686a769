"""Text as xml may hold it."""

from __future__ import annotations

import re

# Some characters no xml may hold, however they are written.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """The text with a sign in place of each character that xml forbids.

    >>> xml_text("A\\x00<b>")
    'A�<b>'
    """
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
