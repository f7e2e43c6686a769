"""Layers that are drawn as they are: a part of plotnine's figures like any other."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection
from plotnine import (
    aes,
    element_blank,
    element_line,
    facet_wrap,
    geom_point,
    ggplot,
    labs,
    theme,
)
from plotnine.exceptions import PlotnineError, PlotnineWarning

from xenotrack.present.figures.artists import geom_points, geom_polylines
from xenotrack.present.figures.placed import Columns
from xenotrack.present.figures.save import render
from xenotrack.present.figures.style import assemble, begin, paper

ROWS = pd.DataFrame({"x": [0.0, 1.0, 2.0], "y": [1.0, np.nan, 3.0], "arm": ["B", "A", "B"]})


def drawn(layer: object, kind: type, frame: pd.DataFrame = ROWS):
    figure = assemble(begin(frame, aes("x", "y")), layer).draw()
    (found,) = figure.axes[0].findobj(kind)
    return found


def test_layers_of_plotnine_go_on_a_figure_and_widen_its_axes() -> None:
    frame = ROWS.dropna()
    figure = assemble(begin(frame, aes("x", "y")), geom_points())
    more = pd.DataFrame({"x": [0.0, 9.0], "y": [1.0, 8.0], "dose": ["low", "high"]})
    both = figure + geom_point(aes("x", "y", colour="dose"), more) + labs(title="both")
    axes = both.draw().axes[0]
    assert len(axes.collections) == 1 + 1
    assert axes.get_xlim()[1] > 9
    assert b">high<" in render(both, ("svg",))["svg"]


def test_a_grid_and_its_ticks_are_drawn_where_a_theme_asks_for_them() -> None:
    figure = assemble(begin(ROWS.dropna(), aes("x", "y")), *paper(2.0), geom_points())
    asked = figure + theme(panel_grid_major=element_line(colour="red"))
    asked += theme(axis_ticks_length_major=9, axis_ticks=element_line(colour="blue"))
    plain, dressed = (render(each, ("svg",))["svg"] for each in (figure, asked))
    assert b"#ff0000" in dressed
    assert b"#0000ff" in dressed
    assert b"#ff0000" not in plain


def test_a_figure_of_plotnines_own_facets_has_no_small_ticks_and_no_grid() -> None:
    figure = assemble(ggplot(ROWS.dropna(), aes("x", "y")), *paper(2.0), geom_point())
    axes = assemble(figure, facet_wrap("arm")).draw().axes[0]
    small = [*axes.xaxis.get_minor_ticks(), *axes.yaxis.get_minor_ticks()]
    assert len(small) > 2
    assert not [tick for tick in small if tick.tick1line.get_visible()]
    ticks = [*small, *axes.xaxis.get_major_ticks(), *axes.yaxis.get_major_ticks()]
    assert not [tick for tick in ticks if tick.gridline.get_visible()]


def test_the_looks_of_one_figure_are_not_those_of_the_next() -> None:
    first = assemble(begin(ROWS, aes("x", "y")), *paper(2.0, axis_text=element_blank()))
    first += theme(axis_line=element_line(colour="red"))
    second = assemble(begin(ROWS.dropna(), aes("x", "y")), *paper(2.0), geom_points())
    svg = render(second, ("svg",))["svg"]
    assert b"#ff0000" not in svg
    assert b">1.0<" in svg


def test_a_point_without_a_place_is_left_out_and_told() -> None:
    with pytest.warns(PlotnineWarning, match="geom_points: Removed 1 rows"):
        points = drawn(geom_points(), PathCollection)
    assert points.get_offsets().tolist() == [[0, 1], [2, 3]]


def test_a_line_has_a_gap_where_a_point_is_missing() -> None:
    lines = drawn(geom_polylines(), LineCollection)
    assert [len(part) for part in lines.get_segments()] == [2]  # the two known points
    assert np.isnan(lines.get_paths()[0].vertices[1, 1])


def test_groups_lie_on_each_other_as_they_are_met_not_by_their_names() -> None:
    lines = drawn(geom_polylines(aes(group="arm")), LineCollection, ROWS.fillna(2.0))
    assert [len(path.vertices) for path in lines.get_paths()] == [2, 1]


def test_a_frame_is_left_as_it_was() -> None:
    before = ROWS.dropna().copy()
    frame = before.copy()
    drawn(geom_points(aes(arm="arm")), PathCollection, frame)
    assert frame.equals(before)


def test_an_aesthetic_that_a_geom_needs_is_asked_for() -> None:
    with pytest.raises(PlotnineError, match="missing aesthetics"):
        assemble(begin(ROWS, aes("x")), geom_points()).draw()


def test_columns_hold_values_that_are_tuples() -> None:
    rows = Columns({"x": np.arange(2.0)})
    rows["linetype"] = (0, (4, 2))
    rows["label"] = ["a", "b"]
    assert rows["linetype"].tolist() == [(0, (4, 2))] * 2
    kept = rows.take(np.array([False, True]))
    assert (len(kept), kept["label"].tolist()) == (1, ["b"])
    rows["y"] = np.array([np.nan, 1.0])
    assert rows.complete(["x", "y"]).tolist() == [False, True]


def test_an_svg_clips_the_points_of_one_owner_once() -> None:
    frame = pd.DataFrame({"x": np.arange(20.0), "y": 1.0, "mouse": [*"AABB"] * 5, "arm": "arm"})
    points = geom_points(aes(arm="arm", mouse="mouse"))
    svg = render(assemble(begin(frame, aes("x", "y")), points), ("svg",))["svg"].decode()
    owned = re.findall(r'<g data-arm="arm" data-mouse="(\w)">(.*?)</g>', svg, re.DOTALL)
    assert [mouse for mouse, _ in owned] == [*"AB"] * 5
    assert {(drawn.count("<use"), drawn.count("clip-path")) for _, drawn in owned} == {(2, 1)}
    assert svg.count("<defs>") == svg.count("</defs>")
