"""Times to doubling of the reference studies, which the numbers of R rest on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.response.progression import progression_events

HERE = Path(__file__).parents[1] / "reference" / "studies"
BESIDE = Path(__file__).parents[3] / "shared" / "reference" / "studies"
TIMES = [
    path
    for folder in (HERE, BESIDE)
    for path in sorted(folder.glob("*.ttp.csv"))
    if path.with_name(path.name.replace(".ttp", "")).exists()
]


@pytest.mark.parametrize("path", TIMES, ids=lambda path: path.name)
def test_times_to_doubling_are_those_of_the_reference(study_of, path):
    expected = pd.read_csv(path)
    rows = pd.read_csv(path.with_name(path.name.replace(".ttp", "")))
    volume = rows.columns[rows.columns.str.startswith("volume")][0]
    courses = {
        mouse: list(zip(group["day"], group[volume], strict=True))
        for mouse, group in rows.groupby("mouse")
    }
    limit = rows.loc[rows[volume] > 0, volume].min() if (rows[volume] == 0).any() else 0.0
    study = study_of(
        courses,
        arms=dict(zip(rows["mouse"], rows["arm"], strict=True)),
        limit=limit,
        interpolate="none",
    )
    found = progression_events(study).mice.merge(expected, on="mouse", validate="1:1")
    assert len(found) == len(expected) > 5
    np.testing.assert_array_equal(found["day"], found["time"])
    np.testing.assert_array_equal(found["event_x"], found["event_y"] == 1)
    if "left" in expected:
        np.testing.assert_array_equal(found["day_low"], found["left"])
        np.testing.assert_array_equal(found["day_high"], found["right"])
