"""Studies of a few mice, written down reading by reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import pytest

from xenotrack.study.design import Design
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.rules import (
    GrowthRules,
    ResponseRules,
    Rules,
    StudyRules,
)
from xenotrack.study.study import Study

Readings = Sequence[tuple[float, float]]
Build = Callable[..., Study]
KEYS = {"mouse": object, "day": float}


def build_study(
    courses: Mapping[str, Readings],
    *,
    arms: Mapping[str, str] | None = None,
    fates: Mapping[str, str] | None = None,
    left: Mapping[str, float] | None = None,
    weights: Mapping[str, Readings] | None = None,
    limit: float = 0.0,
    control: str | None = None,
    arm_names: Sequence[str] = (),
    min_day: float = 10,
    mrecist: str = "usual",
    growth: GrowthRules | None = None,
    **progression: object,
) -> Study:
    """A study of ``{mouse: [(day, mm³), …]}``; mice are in the vehicle arm unless said.

    ``left`` gives the day of a last row without volume, ``weights`` body weights in g by day.
    """
    arms, fates = arms or {}, fates or {}
    volumes = _long(courses, "volume_mm3")
    table = volumes.merge(_long(weights or {}, "body_weight_g"), on=["mouse", "day"], how="outer")
    exits = pd.DataFrame({"mouse": list((left or {}).keys()), "day": list((left or {}).values())})
    table = table.merge(exits.astype(KEYS), on=["mouse", "day"], how="outer")
    table["arm"] = [arms.get(mouse, "vehicle") for mouse in table["mouse"]]
    table["fate"] = [fates.get(mouse, "end_of_study") for mouse in table["mouse"]]
    names = tuple(arm_names) or tuple(
        dict.fromkeys(arms.get(mouse, "vehicle") for mouse in (*courses, *(left or {})))
    )
    rules = Rules(
        study=StudyRules(control=control),
        response=ResponseRules(min_day=min_day, mrecist=mrecist),
        growth=growth or GrowthRules(),
        progression=ProgressionRules(**progression),
    )
    return Study.of_frame(table, Design.of_names("toy", names, rules), limit)


def _long(series: Mapping[str, Readings], column: str) -> pd.DataFrame:
    rows = [(mouse, day, value) for mouse, pairs in series.items() for day, value in pairs]
    return pd.DataFrame(rows, columns=["mouse", "day", column]).astype({**KEYS, column: float})


@pytest.fixture
def study_of() -> Build:
    return build_study
