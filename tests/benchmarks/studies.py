"""Simulated sheets as studies, without a file between."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack.study.design import Arm, Design, drugs_in_name
from xenotrack.study.rules import Rules
from xenotrack.study.study import TIDY_COLUMNS, Study
from xenotrack.study.volume import tumor_volume


def study_of_sheet(sheet: pd.DataFrame, rules: Rules | None = None) -> Study:
    """The study of a sheet of ``plan/simulate.py``; the limit is guessed as for a sheet read."""
    names = tuple(dict.fromkeys(sheet["arm"]))
    arms = tuple(Arm(name, drugs_in_name(name)) for name in names)
    volume = tumor_volume(sheet["length_mm"].to_numpy(), sheet["width_mm"].to_numpy())
    limit = float(volume[volume > 0].min()) if (volume == 0).any() else 0.0
    rows = sheet.assign(
        volume_mm3=volume, below_limit=volume < limit, day=sheet["day"].astype(float)
    )
    rank = pd.Index(names).get_indexer(rows["arm"])
    order = np.lexsort((rows["day"], rows["mouse"].astype(str), rank))
    rows = rows.iloc[order].reset_index(drop=True)
    design = Design("simulated", arms, rules or Rules())
    return Study(design, rows.reindex(columns=list(TIDY_COLUMNS)), limit_mm3=limit)
