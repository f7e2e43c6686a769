"""Names of folders, made of what a study or a file is called: none leads out of its folder."""

from __future__ import annotations

FAILED = ".failed.json"
MOST_BYTES = 200  # of 255: what is made beside it has a longer name


def folder_name(study: str) -> str:
    """A study's name as the name of a folder.

    >>> folder_name("../Study 1: naive")
    'Study_1_naive'
    """
    words = "".join(mark if mark.isalnum() or mark in "-." else " " for mark in study).split()
    return "_".join(words)[:60].strip("._-") or "study"


def stem_name(stem: str) -> str:
    """A file's stem as the name of a folder: as it is, but for what no folder should be called.

    >>> stem_name("Study 1 (naive)"), stem_name("."), stem_name("a\\nb/../c")
    ('Study 1 (naive)', 'study', 'a_b_.._c')
    """
    plain = "".join(mark if mark.isprintable() and mark not in "/\\" else "_" for mark in stem)
    short = plain.encode("utf-8", "replace")[:MOST_BYTES].decode("utf-8", "ignore")
    name = short.lstrip(".").rstrip(". ") or "study"
    return f"{name}_" if name.endswith(FAILED) else name
