"""The encoding of a text that is not UTF-8: that in which its header says most."""

from __future__ import annotations

import codecs
import re

from xenotrack.study.column_words import RANKS
from xenotrack.study.columns import header_words
from xenotrack.study.header_roles import roles_named

# What programs write where they do not write UTF-8, the likeliest first.
GUESSES = {
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp1254": "Windows-1254 (Turkish)",
    "gb18030": "GB 18030 (Chinese)",
    "cp932": "Shift-JIS (Japanese)",
    "cp949": "CP949 (Korean)",
    "big5": "Big5 (Chinese)",
    "mac_roman": "Mac Roman",
}
# A header stands within the first lines.
_HEAD = 8_000
_CELLS = re.compile(r"[\t\n\r;,|]")


def guess_encoding(data: bytes) -> str:
    """The encoding in which most words of the first lines are known; Windows-1252 where none is.

    >>> guess_encoding("动物编号,组别,天数,肿瘤体积\\n".encode("gb18030"))
    'gb18030'
    >>> guess_encoding("Tier;Länge;Breite\\n".encode("cp1252")), guess_encoding(b"\\xb5")
    ('cp1252', 'cp1252')
    """
    known = {name: _known_words(data[:_HEAD], name) for name in GUESSES}
    best = max(known, key=lambda name: known[name])
    return best if known[best] > 0 else "cp1252"


def _known_words(head: bytes, encoding: str) -> int:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return -1
    words = {header_words(cell)[0] for cell in _CELLS.split(text) if not cell.isascii()}
    return sum(bool(roles_named(word)) or _is_known(word) for word in words)


def _is_known(word: str) -> bool:
    return any(word in ranks for ranks in RANKS.values())
