"""Volumes and progression in one figure, above one another on the same days."""

from __future__ import annotations

import numpy as np
import pytest

from xenotrack.present.figures.artists import geom_polylines
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.progression import HIGH, LOW

TWO = {"vehicle": 0.08, "drug": 0.01}


def courses(figure) -> list:
    layers = [layer for layer in figure.layers if isinstance(layer.geom, geom_polylines)]
    frames = [layer._data for layer in layers]
    return [figure.data if frame is None or not len(frame) else frame for frame in frames]


@pytest.fixture
def drawn(grown):
    return draw("volume_progression", grown(TWO, mice=4))


def test_volumes_stand_above_progression_on_the_same_days(drawn) -> None:
    volumes, steps = courses(drawn)
    assert set(volumes["arm"]) == set(steps["arm"]) == set(TWO)
    assert steps["y"].between(LOW, HIGH).all()
    assert volumes["y"].min() > HIGH
    assert volumes["day"].max() == steps["day"].max()


def test_heights_are_logarithms_and_each_curve_has_its_own_title(drawn) -> None:
    volumes, _ = courses(drawn)
    assert np.corrcoef(volumes["y"], np.log(volumes["estimate"]))[0, 1] == pytest.approx(1)
    words = [layer._data for layer in drawn.layers if "angle" in layer.mapping]
    titles = [word for frame in words for word in frame.loc[frame["angle"] == 90, "label"]]
    assert titles == ["Not progressed (% of mice)", "Tumour volume (mm³)"]


def test_many_arms_have_a_panel_each_with_both_courses(grown) -> None:
    many = {"vehicle": 0.08, **{f"drug{k}": 0.01 * k for k in range(8)}}
    (both,) = courses(draw("volume_progression", grown(many, mice=2)))
    assert both.groupby("arm")["part"].nunique().eq(2).all()
