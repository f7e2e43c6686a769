"""Studies and results that figures are tried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import exp
from pathlib import Path

import pytest

from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study
from xenotrack.study.rules import Rules, StudyRules


@pytest.fixture(scope="session")
def results_of(sample: Callable[[str], str]) -> Callable[[str], Results]:
    """The results of a bundled sheet, each computed once."""
    seen: dict[str, Results] = {}

    def compute(name: str) -> Results:
        if name not in seen:
            seen[name] = Results(read_study(Path(sample(name))))
        return seen[name]

    return compute


@pytest.fixture
def grown(tmp_path: Path) -> Callable[..., Results]:
    """The results of a made-up study: arms with a growth rate a day, mice a little apart."""

    def make(
        arms: dict[str, float],
        days: Sequence[float] = (0, 4, 7, 11, 14),
        mice: int = 3,
        weight: float | None = None,
        start: float = 150,
        control: str | None = None,
    ) -> Results:
        head = "mouse,arm,day,volume" + (",weight" if weight is not None else "")
        lines = [head]
        for position, (arm, rate) in enumerate(arms.items()):
            for mouse in range(mice):
                for turn, day in enumerate(days):
                    swing = 0.05 * ((3 * turn + 2 * mouse + position) % 5 - 2)
                    volume = start * exp((rate + 0.004 * (mouse - 1)) * day + swing)
                    heavy = f",{20 * (1 + weight * day):.2f}" if weight is not None else ""
                    lines.append(f'"m{position}-{mouse}","{arm}",{day:g},{volume:.1f}{heavy}')
        sheet = tmp_path / "grown.csv"
        sheet.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return Results(read_study(sheet, Rules(study=StudyRules(control=control))))

    return make
