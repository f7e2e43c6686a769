"""Was growth blocked: how many mice of each arm did not grow, and how many progressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from xenotrack.response.by_arm import clopper_pearson
from xenotrack.study.design import Design


def blocked_by_arm(mice: pd.DataFrame, verdicts: Sequence[str], design: Design) -> pd.DataFrame:
    """Mice that did not grow, that barely grew, and that progressed, beside each arm's verdict.

    ``arm verdict category n_mice n proportion conf_low conf_high``: ``not_growing`` has an own
    rate ≤ 0 and ``blocked`` one ≤ ``blocked_below``, of the mice with readings on two days;
    ``progressed`` is of the mice that can be judged. Exact intervals (Clopper and Pearson) at the
    study's level. ``mice`` has a row a mouse as the table ``response``; ``verdicts`` are those of
    the growth fit by arm, "" without one. Bounds that know who was still followed are
    ``with_bounds`` of ``compare/blocking.py``.
    """
    table = pd.DataFrame(
        _counts(mice, verdicts, design), columns=["arm", "verdict", "category", "n_mice", "n"]
    )
    n, total = table["n"].to_numpy(dtype=int), table["n_mice"].to_numpy(dtype=int)
    low, high = clopper_pearson(n, total, design.rules.compare.level)
    return table.assign(
        verdict=table["verdict"].astype(object),
        proportion=n / np.where(total > 0, total, np.nan),
        conf_low=low,
        conf_high=high,
    )


def _counts(
    mice: pd.DataFrame, verdicts: Sequence[str], design: Design
) -> Iterator[tuple[str, str | None, str, int, int]]:
    for arm, verdict in zip(design.arm_names, verdicts, strict=True):
        of_arm = mice[mice["arm"] == arm]
        rates = of_arm["growth_rate"].dropna().to_numpy(dtype=float)
        judged = of_arm["progressed"].dropna().to_numpy(dtype=bool)
        for category, holds in (
            ("not_growing", rates <= 0),
            ("blocked", rates <= design.rules.growth.blocked_below),
            ("progressed", judged),
        ):
            yield arm, verdict or None, category, len(holds), int(holds.sum())
