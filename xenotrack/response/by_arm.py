"""How many mice of an arm responded, with exact intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd

from xenotrack.arrays import Counts, Floats
from xenotrack.response.best import MRECIST
from xenotrack.response.responses import MouseResponses
from xenotrack.study.study import Study

# What is counted, in the order of the table. NE stays in the denominator.
CATEGORIES: dict[str, tuple[str, ...]] = {
    **{category: (category,) for category in MRECIST},
    "objective": ("CR", "PR"),
    "disease_control": ("CR", "PR", "SD"),
}


def clopper_pearson(n: Counts, total: Counts, level: float) -> tuple[Floats, Floats]:
    """The exact interval of a proportion (Clopper and Pearson 1934, Biometrika 26:404).

    Quantiles of Beta(n, N − n + 1) and Beta(n + 1, N − n); NaN where nothing was counted.

    >>> low, high = clopper_pearson(np.array([0, 5, 10]), np.array([10, 10, 10]), 0.95)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0, 0.1871, 0.6915], [0.3085, 0.8129, 1.0])
    """
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = np.where(n > 0, betaincinv(np.maximum(n, 1), total - n + 1, tail), 0.0)
    high = np.where(n < total, betaincinv(n + 1, np.maximum(total - n, 1), 1 - tail), 1.0)
    counted = total > 0
    return np.where(counted, low, np.nan), np.where(counted, high, np.nan)


def response_by_arm(study: Study, responses: MouseResponses) -> pd.DataFrame:
    """Mice of each mRECIST category by arm, with the exact interval of their proportion.

    ``arm n_mice category n proportion conf_low conf_high``: ``objective`` is CR and PR,
    ``disease_control`` CR, PR and SD. Arms in display order, every arm and category listed;
    intervals at the study's ``level``.
    """
    table = pd.DataFrame(
        _counts(study.design.arm_names, responses.mice),
        columns=["arm", "n_mice", "category", "n"],
    )
    n, total = table["n"].to_numpy(), table["n_mice"].to_numpy()
    low, high = clopper_pearson(n, total, study.design.rules.compare.level)
    return table.assign(
        proportion=n / np.where(total > 0, total, np.nan), conf_low=low, conf_high=high
    )


def _counts(arms: tuple[str, ...], mice: pd.DataFrame) -> Iterator[tuple[str, int, str, int]]:
    for arm in arms:
        classes = mice.loc[mice["arm"] == arm, "mrecist"]
        count = Counter(classes)
        for category, members in CATEGORIES.items():
            yield arm, len(classes), category, sum(count[each] for each in members)
