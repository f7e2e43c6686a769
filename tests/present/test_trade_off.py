"""Names in the figure of growth against weight stand beside their points, none on another."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest

from xenotrack.present.figures.line_ends import LINE
from xenotrack.present.figures.trade_off import DOT, HALF_WORD, places_beside, trade_off
from xenotrack.study.design import Design


@pytest.mark.parametrize("count", [1, 2, 8, 20])
def test_names_of_points_at_one_place_do_not_meet(count) -> None:
    wide = [0.3 + 0.1 * (i % 4) for i in range(count)]
    places = places_beside([(3.0, 1.5 + 0.01 * i) for i in range(count)], wide, 3.0)
    for (one, first), (other, second) in combinations(zip(places, wide, strict=True), 2):
        across = min(one[0] + first, other[0] + second) - max(one[0], other[0])
        assert across <= 1e-6 or abs(one[1] - other[1]) >= LINE - 1e-6


def test_a_name_stands_on_no_point() -> None:
    points = [(1.0, 1.0), (1.3, 1.1)]
    (left, middle), _ = places_beside(points, [0.6, 0.6], 3.0)
    assert not (left < 1.3 + DOT and left + 0.6 > 1.3 - DOT and abs(middle - 1.1) < LINE)


def test_a_name_stands_on_no_line_where_there_is_room_beside_it() -> None:
    line = ((0.9, 1.1), (3.0, 1.1))  # through the nearest place
    ((left, middle),) = places_beside([(1.0, 1.0)], [0.5], 3.0, [line])
    assert abs(middle - 1.1) >= HALF_WORD
    assert abs(middle - 1.0) <= LINE  # and is no further away than it must be
    assert left > 1.0


def test_a_name_stays_within_the_panel() -> None:
    places = places_beside([(1.0, 2.99), (1.0, 0.01), (0.05, 1.0)], [0.5, 0.5, 0.5], 3.0)
    assert all(LINE / 2 <= middle <= 3.0 - LINE / 2 and left >= 0 for left, middle in places)


def test_the_caption_names_arms_without_a_point_and_one_day_as_one() -> None:
    growth = {"growth_rate": 0.05, "growth_low": 0.03, "growth_high": 0.07}
    weight = {"net_weight": -2.0, "net_weight_low": -4.0, "net_weight_high": 0.0}
    days = {"growth_from_day": 0.0, "growth_until_day": 42.0}
    days |= {"weight_from_day": 7.0, "weight_until_day": 7.0}
    rows = [{"arm": arm, **growth, **weight, **days} for arm in ("vehicle", "A", "B")]
    rows[1]["net_weight"] = float("nan")
    figure = trade_off(Design.of_names("toy", ("vehicle", "A", "B")), pd.DataFrame(rows))
    (zeros,) = (
        layer._data
        for layer in figure.layers
        if layer._data is not None and {"x", "xend", "y", "yend"} <= set(layer._data)
    )
    ends = [scale.limits for scale in figure.scales if scale.aesthetics[0] in ("x", "y")]
    assert tuple(zeros.loc[0, ["x", "xend"]]) == pytest.approx(ends[0])
    assert tuple(zeros.loc[1, ["y", "yend"]]) == pytest.approx(ends[1])
    words = " ".join(figure.labels.caption.split())
    assert "Growth of days 0–42, weight of day 7, which these arms share" in words
    assert "Without a growth rate or a body weight: A." in words
