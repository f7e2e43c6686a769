"""What every run of the tests pays for, and what only the slow ones do."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable

import pytest

# How many times as many examples of each property are tried: `make fuzz` asks for more.
TIMES = int(os.environ.get("XENOTRACK_TEST_TIMES", "1"))


def often(cases: Iterable[str], paid: Collection[str]) -> list:
    """All cases of a test, by name; those that are not ``paid`` for every time are slow ones.

    Raises ``ValueError`` where a name of ``paid`` is no case: it would be paid for by nobody.
    """
    names = list(cases)
    if strangers := set(paid) - set(names):
        raise ValueError(f"no cases: {sorted(strangers)}")
    return [name if name in paid else pytest.param(name, marks=pytest.mark.slow) for name in names]


def examples(few: int) -> int:
    """How many examples of a property are tried: a few in every run, many when asked."""
    return TIMES * few
