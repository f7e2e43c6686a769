"""Many arms, few visits, giants, losses: figures stay true and readable."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from msgspec import structs

from xenotrack.present.figures.artists import (
    geom_bands,
    geom_ghosts,
    geom_points,
    geom_polylines,
    geom_segments,
    geom_words,
)
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.growth import growth
from xenotrack.present.figures.growth_mean import growth_mean
from xenotrack.present.figures.progression import medians, progression
from xenotrack.present.figures.residuals import residuals
from xenotrack.present.figures.sensitivity import open_circles
from xenotrack.present.figures.spider import spider
from xenotrack.present.results import Results
from xenotrack.response.courses_by_arm import mean_volumes, mice_on_study
from xenotrack.study.design import Arm, Design, drugs_in_name

EIGHT = {"vehicle": 0.06, **{f"drug{k}": 0.06 - 0.01 * k for k in range(1, 8)}}


def layer_data(figure, kind, position=0):
    """The data of a layer that tells whose its parts are."""
    layers = [layer for layer in figure.layers if isinstance(layer.geom, kind)]
    own = [layer for layer in layers if "arm" in layer.mapping][position]._data
    return figure.data if own is None or not len(own) else own


def caption_of(figure) -> str:
    return figure.labels.caption.replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")


def scale_of(figure, aesthetic):
    return next(scale for scale in figure.scales if aesthetic in scale.aesthetics)


def words_of(figure) -> list[str]:
    layers = [layer._data["label"] for layer in figure.layers if isinstance(layer.geom, geom_words)]
    return pd.concat(layers).tolist()


def said(figure) -> str:
    return str([layer.geom.aes_params for layer in figure.layers])


def design_of(*names: str) -> Design:
    return Design("toy", tuple(Arm(name, drugs_in_name(name)) for name in names))


@pytest.mark.parametrize("kind", ["growth", "growth_mean"])
@pytest.mark.parametrize("days", [(0, 7), (0, 7, 14), (0, 3, 7, 10, 14, 17)])
def test_every_one_of_many_arms_has_a_bar_and_none_lies_on_another(grown, kind, days) -> None:
    figure = draw(kind, grown(EIGHT, days, mice=4))
    bars = layer_data(figure, geom_segments)
    assert set(bars["arm"]) == set(EIGHT)
    assert not bars.duplicated("bar_day").any()
    assert (bars["bar_day"] - bars["day"]).abs().max() < 0.03 * max(days)


@pytest.mark.parametrize("make", [growth, growth_mean])
def test_an_interval_that_is_not_drawn_does_not_stretch_the_axis(grown, make) -> None:
    study = grown(EIGHT, (0, 7, 14), mice=4).study
    means = mean_volumes(study)
    alive = mice_on_study(study, [0, 7, 14])
    usual = make(study, means, alive)
    drawn = usual.data["high"].notna().to_numpy()
    wide = means.assign(conf_high=means["conf_high"].where(drawn, 9e5))
    assert scale_of(make(study, wide, alive), "y").limits == scale_of(usual, "y").limits


def test_a_band_runs_to_the_day_on_which_its_curve_falls_to_nothing() -> None:
    curve = pd.DataFrame(
        {
            "arm": ["vehicle", "vehicle"],
            "day": [7.0, 19.0],
            "n_at_risk": [2, 1],
            "n_censored": 0,
            "estimate": [0.5, 0.0],
            "conf_low": [0.1, np.nan],
            "conf_high": [0.9, np.nan],
        }
    )
    table = pd.DataFrame(
        {"arm": ["vehicle"], "n_mice": 4, "n_events": 4, "median_days": 7.0}
    ).assign(conf_low=np.nan, conf_high=np.nan)
    band = layer_data(progression(design_of("vehicle"), curve, table), geom_bands)
    assert band[["day", "low", "high"]].to_numpy().tolist() == [
        [0, 1, 1],
        [7, 1, 1],
        [7, 0.1, 0.9],
        [19, 0.1, 0.9],
        [19, 0.1, 0.9],
    ]


def test_a_spider_counts_in_doublings_and_a_tumour_that_is_gone_stands_open_at_the_foot() -> None:
    readings = pd.DataFrame(
        {
            "mouse": "m",
            "arm": "A",
            "day": [0.0, 10, 20, 30],
            "ratio": [1.0, 4.0, 0.25, 0.0],
            "below_limit": [False, False, True, True],
        }
    )
    figure = spider(design_of("A"), readings)
    assert figure.data["height"].tolist()[:3] == [0, 2, -2]
    assert figure.data["height"].iloc[3] < -2
    (opened,) = (layer._data for layer in figure.layers if isinstance(layer.geom, geom_points))
    assert opened["day"].tolist() == [20, 30]
    assert scale_of(figure, "y").labels == ["1/4", "1/2", "1", "2", "4"]
    assert "below the limit" in caption_of(figure)


def test_residuals_of_a_ratio_are_counted_from_baseline(results_of) -> None:
    results = results_of("two_arm.csv")
    design = results.study.design
    assert residuals(design, results.residuals).labels.x == "Days since treatment start"
    growth = structs.replace(design.rules.growth, baseline="ratio")
    rules = structs.replace(design.rules, growth=growth)
    ratio = residuals(replace(design, rules=rules), results.residuals)
    assert ratio.labels.x == "Days since baseline"


@pytest.mark.parametrize(("weight", "far"), [(0.064, 60), (-0.04, -40)])
def test_ticks_of_weight_reach_as_far_as_the_weights(grown, weight, far) -> None:
    labels = scale_of(draw("weight", grown({"vehicle": 0.05}, weight=weight)), "y").labels
    assert f"{far:+d} %".replace("-", "−") in labels


def test_an_interval_that_leaves_the_panel_is_said_to_be_cut(grown) -> None:
    study = grown({"vehicle": 0.06, "A": 0.02}, mice=4).study
    means, alive = mean_volumes(study), mice_on_study(study, [0, 7, 14])
    assert "cut at the edge" not in caption_of(growth(study, means, alive))
    assert "cut at the edge" in caption_of(growth(study, means.assign(conf_high=9e5), alive))


@pytest.mark.parametrize("kind", ["growth", "growth_mean", "growth_by_arm"])
def test_two_mice_are_shown_themselves_and_have_no_interval(grown, kind) -> None:
    figure = draw(kind, grown({"vehicle": 0.06, "A": 0.02}, mice=2))
    assert not [layer for layer in figure.layers if isinstance(layer.geom, geom_bands)]
    lines = [layer for layer in figure.layers if isinstance(layer.geom, geom_polylines)]
    mice = next(layer for layer in lines if "mouse" in layer.mapping)._data
    mice = figure.data if mice is None or not len(mice) else mice
    assert mice["mouse"].nunique() == 4
    assert re.search("fewer than 4 mice have no interval|No band below 4 mice", caption_of(figure))
    four = draw(kind, grown({"vehicle": 0.06, "A": 0.02}, mice=4))
    assert [layer for layer in four.layers if isinstance(layer.geom, geom_bands)]


@pytest.mark.parametrize("kind", ["growth", "growth_mean"])
def test_more_arms_than_can_be_told_apart_have_a_panel_each(grown, kind) -> None:
    figure = draw(kind, grown({**EIGHT, "drug8": 0.01}, mice=4))
    titles = [word for word in words_of(figure) if "n = 4" in word]
    assert len(titles) == 9
    ghosts = [layer for layer in figure.layers if isinstance(layer.geom, geom_ghosts)]
    assert [set(layer._data["arm"]) for layer in ghosts] == [{*EIGHT, "drug8"}, {"vehicle"}]
    assert not [layer for layer in draw(kind, grown(EIGHT)).layers if layer.geom in ghosts]
    assert "Grey: the other arms, the control black." in caption_of(figure)


@pytest.mark.parametrize("kind", ["spider", "weight", "swimmer"])
def test_a_study_of_one_day_has_no_course_to_draw(grown, kind) -> None:
    figure = draw(kind, grown({"vehicle": 0.05, "A": 0.02}, days=(0,), weight=0.0))
    assert "can be drawn" in said(figure)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("growth", "count as 250 mm³"),
        ("growth_mean", "count as written, a tumour gone as 0"),
    ],
)
def test_readings_below_the_limit_are_told_and_have_open_symbols(results_of, kind, words) -> None:
    study = results_of("two_arm.csv").study
    below = study.measurements["volume_mm3"] < 250
    limited = replace(
        study, measurements=study.measurements.assign(below_limit=below), limit_mm3=250.0
    )
    figure = draw(kind, Results(limited))
    assert f"{below.sum()} readings below the limit {words}" in caption_of(figure)
    points = [layer for layer in figure.layers if isinstance(layer.geom, geom_points)]
    (opened,) = (layer._data for layer in points if layer.geom.aes_params.get("fill") == "white")
    rows = study.measurements[below]
    expected = set(map(tuple, rows[["arm", "day"]].drop_duplicates().to_numpy().tolist()))
    assert set(map(tuple, opened[["arm", "day"]].to_numpy().tolist())) == expected


def test_a_curve_that_ends_on_day_0_does_not_fail_to_reach_its_median() -> None:
    curve = pd.DataFrame({"arm": ["A", "B", "B"], "day": [0.0, 0.0, 28.0]})
    table = pd.DataFrame({"arm": ["A", "B"], "median_days": np.nan})
    table = table.assign(conf_low=np.nan, conf_high=np.nan)
    assert medians(table, curve) == {"A": "not followed", "B": "not reached"}


@pytest.mark.parametrize(("holds", "told"), [(True, False), (False, True)])
def test_an_open_circle_with_a_small_p_is_explained(holds, told) -> None:
    own = pd.DataFrame({"holds": [holds, False], "p_adjusted": [0.02, 0.4]})
    assert bool(open_circles(own, 0.05)) == told
