"""Studies and results that figures are tried on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study


@pytest.fixture(scope="session")
def results_of(sample: Callable[[str], str]) -> Callable[[str], Results]:
    """The results of a bundled sheet, each computed once."""
    seen: dict[str, Results] = {}

    def compute(name: str) -> Results:
        if name not in seen:
            seen[name] = Results(read_study(Path(sample(name))))
        return seen[name]

    return compute
