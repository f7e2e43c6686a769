"""The forest of lines: a row a line, or of many lines one row; one number of decimals."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.line_contrasts import LineContrasts
from xenotrack.compare.pooled_claims import pool
from xenotrack.present.figures.forest_by_line import rows_of, texts_of
from xenotrack.study.design import Design


def pool_of(n_lines: int, estimates=None) -> SimpleNamespace:
    """A panel of one mouse a line and arm."""
    lines = tuple(f"L{k}" for k in range(n_lines))
    values = np.linspace(-0.06, -0.04, n_lines) if estimates is None else np.array(estimates)
    unknown, day = np.full(n_lines, np.nan), np.full(n_lines, 28.0)
    one = LineContrasts(
        "growth_rate", "A", "vehicle", lines, values, unknown, unknown, 0 * day, day
    )
    frame = pd.DataFrame({"line": lines, "estimate": values}).assign(
        outcome="growth_rate", arm="A", against="vehicle", conf_low=np.nan, conf_high=np.nan
    )
    return SimpleNamespace(
        tables={"pool_lines": frame},
        rows=pool([one], {}, 0.95),
        lines=lines,
        factors={},
        arms=("vehicle", "A"),
        control="vehicle",
        design=Design.of_names("panel", ["vehicle", "A"]),
    )


@pytest.mark.parametrize(
    ("n_lines", "names"),
    [(3, ["A", "L0", "L1", "L2", "all 3 lines"]), (20, ["A", "20 lines", "all 20 lines"])],
)
def test_many_lines_share_a_row(n_lines: int, names: list[str]) -> None:
    rows = rows_of(pool_of(n_lines))
    assert rows.loc[rows["label"] != "", "label"].tolist() == names
    assert rows["y"].nunique() == len(names)
    assert rows["estimate"].notna().sum() == n_lines + 1


def test_all_rows_have_the_decimals_of_the_one_that_needs_most() -> None:
    texts = texts_of(rows_of(pool_of(3, [-0.05, -0.0016, 0.03])))
    assert texts[1:4] == ["−5.00", "−0.16", "3.00"]
