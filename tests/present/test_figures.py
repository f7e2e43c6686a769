"""The data of the figures' layers, their words, and that each can be drawn."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from costs import often
from msgspec import structs
from plotnine import geom_point, geom_segment

from xenotrack.doubts import p_number
from xenotrack.present.figures.artists import (
    geom_bands,
    geom_boxes,
    geom_ghosts,
    geom_points,
    geom_polylines,
    geom_segments,
    geom_words,
)
from xenotrack.present.figures.catalogue import figure_names
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.line_ends import end_names
from xenotrack.present.figures.panels import Panels
from xenotrack.present.figures.residuals import residuals
from xenotrack.present.figures.save import render
from xenotrack.present.figures.style import MILLIMETRES, Canvas
from xenotrack.present.labels import short_names
from xenotrack.present.results import Results
from xenotrack.present.theme import arm_colours
from xenotrack.present.words import rate_text
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import CompareRules

KINDS = figure_names()


@pytest.fixture(scope="module")
def naive(results_of):
    return results_of("naive.csv")


def layers_of(figure, kind):
    return [layer for layer in figure.layers if isinstance(layer.geom, kind)]


def data_of(figure, kind, position=0):
    """The data of a layer, which is the figure's own where the layer has none."""
    own = layers_of(figure, kind)[position]._data
    return figure.data if own is None or not len(own) else own


def owned_data_of(figure, kind):
    """The data of the first layer of a kind that tells whose its parts are."""
    layers = [layer for layer in layers_of(figure, kind) if "arm" in layer.mapping]
    own = layers[0]._data
    return figure.data if own is None or not len(own) else own


def words_of(figure):
    frames = [layer._data["label"] for layer in layers_of(figure, geom_words)]
    return pd.concat(frames).tolist() if frames else []


def scale_of(figure, aesthetic):
    return next(scale for scale in figure.scales if aesthetic in scale.aesthetics)


def only(results, arms, mice=None):
    """The results of some arms, or of the first few mice of each."""
    rows = results.study.measurements
    rows = rows[rows["arm"].isin(arms)]
    if mice is not None:
        first = rows.drop_duplicates("mouse").groupby("arm").head(mice)["mouse"]
        rows = rows[rows["mouse"].isin(first)]
    design = results.study.design
    kept = tuple(arm for arm in design.arms if arm.name in arms)
    return Results(
        replace(
            results.study,
            design=Design(design.name, kept, design.rules),
            measurements=rows.reset_index(drop=True),
        )
    )


@pytest.mark.parametrize("kind", often(KINDS, ["growth", "lattice", "waterfall"]))
def test_every_figure_is_drawn_alike_twice(naive, kind):
    first, second = (render(draw(kind, naive), ("svg", "png")) for _ in range(2))
    assert first == second
    assert b"<dc:date>" not in first["svg"]
    assert first["png"].startswith(b"\x89PNG")


def test_a_pdf_says_nothing_of_the_day_it_was_made(naive):
    assert b"CreationDate" not in render(draw("rates", naive), ("pdf",))["pdf"]


@pytest.mark.slow  # test_plot.py draws every kind of a small study, too
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["two_arm.csv", "wide.csv"])
def test_small_studies_are_drawn(results_of, kind, name):
    assert render(draw(kind, results_of(name)), ("svg",))["svg"].startswith(b"<?xml")


@pytest.mark.parametrize("kind", often(KINDS, ["growth", "rates", "progression"]))
def test_an_arm_of_one_mouse_is_drawn(naive, kind):
    lone = only(naive, ["vehicle", "alpelisib"], mice=1)
    assert render(draw(kind, lone), ("svg",))["svg"].startswith(b"<?xml")


def test_words_stay_words_in_the_svg(naive):
    svg = render(draw("progression", naive), ("svg",))["svg"].decode()
    for word in ("Median, days", "Mice at risk", "vehicle", "not reached"):
        assert word in svg


OF_MICE = ("growth_by_arm", "waterfall", "swimmer", "spider", "weight", "influence")


@pytest.mark.parametrize("kind", often(KINDS, ["contrasts", "index_by_day", "waterfall"]))
def test_an_svg_tells_whose_each_part_is(naive, kind):
    svg = render(draw(kind, naive), ("svg",))["svg"].decode()
    arms = set(naive.study.design.arm_names)
    mice = set(naive.study.mice["mouse"])
    compared = arms - {naive.study.design.control}
    some = {"contrasts": compared, "index_by_day": {arm for arm in arms if "+" in arm}}
    some["sensitivity"] = {"alpelisib+ribociclib+fulvestrant"}  # of the primary contrast
    assert set(re.findall(r'data-arm="([^"]*)"', svg)) == some.get(kind, arms)
    assert "<a " not in svg
    if kind in OF_MICE:
        assert set(re.findall(r'data-mouse="([^"]*)"', svg)) == mice


@pytest.mark.parametrize("kind", KINDS)
def test_arms_have_the_same_colours_in_every_figure(naive, kind):
    figure = draw(kind, naive)
    colours = arm_colours(naive.study.design)
    # The palette is asked as plotnine asks it: by the number of arms.
    given = scale_of(figure, "color").palette(len(colours))
    assert {arm: given[arm] for arm in colours} == colours


def test_growth_draws_the_means_on_a_log_axis(naive):
    means = data_of(draw("growth", naive), geom_polylines)
    assert np.allclose(10 ** means["y"], means["estimate"].astype(float))
    assert set(means["arm"]) == set(naive.study.design.arm_names)


def test_growth_says_how_many_mice_are_left(naive):
    words = words_of(draw("growth", naive))
    assert words.count("10") >= 8
    assert "Tumour volume (mm³)" in words
    names = scale_of(draw("growth", naive), "y").labels
    assert names[0] == "Mice on study"
    assert names[1:] == [*naive.study.design.arm_names[:-1], "A+R+F"]


def test_curves_have_their_names_at_their_ends_in_the_colour_of_the_arm(naive):
    figure = draw("growth", naive)
    named = [
        layer._data
        for layer in layers_of(figure, geom_words)
        if layer.mapping.get("color") == "arm"
    ]
    ends = pd.concat([frame for frame in named if "at" in frame])
    assert dict(zip(ends["arm"], ends["label"], strict=True)) == end_names(naive.study.design)
    late = ends[ends["x"] == ends["x"].max()].sort_values("at")
    assert list(late["arm"]) == list(late.sort_values("y")["arm"])


def test_the_days_of_the_growth_fit_are_shaded_where_they_are_not_all(naive, results_of):
    rules = structs.replace(
        naive.study.design.rules,
        growth=structs.replace(naive.study.design.rules.growth, until_day=28.0),
    )
    early = replace(naive.study, design=replace(naive.study.design, rules=rules))
    figure = draw("growth", Results(early))
    (box,) = (layer._data for layer in layers_of(figure, geom_boxes))
    assert box[["xmin", "xmax"]].to_numpy().tolist() == [[0, 28]]
    assert "Shaded: days 0 to 28" in figure.labels.caption.replace("\n", " ")
    assert not layers_of(draw("growth", results_of("two_arm.csv")), geom_boxes)


def test_the_mice_of_the_other_arms_stand_in_grey_behind_each_panel(naive):
    every, control = (layer for layer in layers_of(draw("growth_by_arm", naive), geom_ghosts))
    assert len(every._data) == len(naive.study.readings)
    assert set(control._data["arm"]) == {"vehicle"}
    assert len(every.geom.places) == 8


def test_contrasts_draw_the_interval_of_each_claim_in_blocks_that_say_their_comparator_once(naive):
    figure = draw("contrasts", naive)
    table = naive.contrasts
    control = table[table["family"] == "control"]
    drawn = owned_data_of(figure, geom_segments)
    assert drawn["claim_low"].tolist()[:7] == control["claim_low"].tolist()
    assert drawn["arm"].tolist()[:7] == list(naive.study.design.arm_names[1:])
    short = short_names(naive.study.design)
    claims = table[table["best_part"].notna()]
    pairs = claims[["arm", "best_part"]].itertuples(index=False)
    assert drawn["label"].tolist()[7:] == [f"{short[arm]} vs {short[part]}" for arm, part in pairs]
    assert (drawn["y"].diff().dropna() < 0).all()
    names = scale_of(figure, "y").labels
    assert names.count("Against vehicle") == names.count("Against the best part") == 1
    assert not any("against" in name for name in drawn["label"])
    first = control.iloc[0]
    said = rate_text(*first[["estimate", "claim_low", "claim_high"]])
    assert said in words_of(figure)
    caption = figure.labels.caption.replace("\N{NO-BREAK SPACE}", " ").replace("\n", " ")
    assert "A = alpelisib, F = fulvestrant, R = ribociclib." in caption


def test_the_primary_contrast_stands_first_where_it_is_no_other_row(results_of):
    naive = results_of("naive.csv").study
    rules = structs.replace(
        naive.design.rules,
        compare=CompareRules(primary="alpelisib+ribociclib - ribociclib"),
    )
    study = replace(naive, design=replace(naive.design, rules=rules))
    names = scale_of(draw("contrasts", Results(study)), "y").labels
    assert names[:2] == ["Primary: against R", "alpelisib+ribociclib"]


def test_without_control_nothing_is_contrasted(naive):
    lone = only(naive, ["alpelisib"])
    assert "No arm is the control" in str(
        [layer.geom.aes_params for layer in draw("contrasts", lone).layers]
    )


def test_a_swimmer_has_a_bar_a_mouse_with_its_progression_and_fate(naive):
    figure = draw("swimmer", naive)
    bars, after = (layer._data for layer in layers_of(figure, geom_segment))
    mice = naive.study.mice
    assert (after["x"] == after["day"]).all()
    assert after["event"].all()
    assert len(bars) == len(mice) == 80
    assert bars["y"].is_unique
    top = bars.loc[bars["y"].idxmax()]
    own = mice[mice["arm"] == "vehicle"]
    assert (top["arm"], top["left_day"]) == ("vehicle", own["left_day"].max())
    marks = pd.concat([layer._data for layer in layers_of(figure, geom_point)])
    events = naive.progression.mice
    assert marks["mark"].isin(["progressed", "culled"]).sum() == events["event"].sum()
    assert (marks["mark"] == "toxicity").sum() == (mice["fate"] == "toxicity").sum()


def test_a_spider_loses_no_mouse_and_no_reading(naive):
    figure = draw("spider", naive)
    assert figure.data["mouse"].nunique() == 80
    assert np.allclose(2 ** figure.data["height"], figure.data["ratio"])
    assert "alpelisib+ribociclib\nn = 10" in words_of(figure)
    (every, _) = layers_of(figure, geom_ghosts)
    assert len(every._data) == len(figure.data)


def test_few_arms_have_bands_and_many_have_bars(naive):
    assert layers_of(draw("growth", only(naive, ["vehicle", "alpelisib"])), geom_bands)
    assert not layers_of(draw("growth", naive), geom_bands)


def test_growth_by_arm_draws_every_reading_of_every_mouse(naive):
    figure = draw("growth_by_arm", naive)
    assert len(figure.data) == len(naive.study.readings)
    assert figure.data["mouse"].nunique() == len(naive.study.mice)
    assert np.allclose(10 ** figure.data["at_value"], figure.data["value"])
    axis = scale_of(figure, "y")
    assert axis.breaks[axis.labels.index("100")] == pytest.approx(2)


def test_growth_by_arm_shows_readings_below_the_limit_as_such(naive):
    rows = naive.study.measurements
    study = replace(
        naive.study,
        measurements=rows.assign(below_limit=rows["volume_mm3"] < 60),
        limit_mm3=60.0,
    )
    figure = draw("growth_by_arm", Results(study))
    caption = figure.labels.caption
    below = [layer._data for layer in figure.layers if layer.geom.aes_params.get("fill") == "white"]
    assert len(below[0]) == int((rows["volume_mm3"] < 60).sum())
    assert np.allclose(below[0]["value"], 60)
    assert "below the limit" in " ".join(caption.split())


def test_growth_by_arm_titles_name_the_arm_its_mice_and_its_rate(naive):
    rate = naive.growth.to_frame().set_index("arm")["estimate"]["vehicle"]
    assert f"vehicle\nn = 10, {100 * rate:.1f} %/day" in words_of(draw("growth_by_arm", naive))


def test_the_fitted_line_is_that_of_the_fit_as_far_as_the_panel_reaches(naive):
    line = data_of(draw("growth_by_arm", naive), geom_polylines, 1)
    curves = naive.growth.curves()
    inside = curves["estimate"] < naive.study.readings["volume_mm3"].max()
    assert set(curves.loc[inside, "estimate"]) <= set(line["estimate"])
    assert set(line["arm"]) == set(naive.study.design.arm_names)


def test_a_study_without_fates_has_no_symbols_for_them(results_of):
    figure = draw("growth_by_arm", results_of("wide.csv"))
    assert not [scale for scale in figure.scales if "shape" in scale.aesthetics]


def test_panels_keep_the_days_apart_and_the_heights_in_order():
    design = Design("toy", tuple(Arm(name, frozenset()) for name in "abcde"))
    panels = Panels(design, list("abcde"), dict.fromkeys("abcde", "n = 1"), 0, 1, 0, 28, {})
    frame = pd.DataFrame({"arm": list("abcde"), "day": [0, 0, 0, 0, 28], "value": [0.5] * 5})
    placed = panels.placed(frame, y="value")
    assert panels.columns == 3
    assert placed["x"].tolist()[:3] == sorted(set(placed["x"].tolist()[:3]))
    assert placed["x"].iloc[0] == placed["x"].iloc[3] == 0
    assert placed["y"].iloc[0] == 0.5
    assert placed["y"].iloc[3] + 0.5 < panels.low


def test_the_waterfall_stands_from_most_growth_to_most_shrinkage(naive):
    bars = draw("waterfall", naive).data
    best = naive.response.set_index("mouse")["best_response_percent"]
    for _, own in bars.groupby("arm"):
        assert own["height"].is_monotonic_decreasing
    assert bars["height"].tolist() == best[bars["mouse"]].tolist()


def test_a_bar_beyond_the_cap_is_cut_and_says_its_value(naive):
    response = naive.response.assign(best_response_percent=np.r_[812.4, [-10.0] * 79])
    figure = draw("waterfall", Stand(naive, response=response))
    assert figure.data["height"].max() == 150
    assert words_of(figure) == ["+812"]
    assert "cut at +150" in figure.labels.caption.replace("\N{NO-BREAK SPACE}", " ")


def test_bars_have_the_colour_of_their_class_and_its_symbol_below(naive):
    figure = draw("waterfall", naive)
    classes = naive.response.set_index("mouse")["mrecist"]
    (boxes,) = layers_of(figure, geom_boxes)
    assert boxes.mapping["fill"] == "mrecist"
    assert boxes._data["mrecist"].tolist() == classes[boxes._data["mouse"]].tolist()
    symbols = next(layer for layer in layers_of(figure, geom_points))
    assert symbols.mapping["shape"] == symbols.mapping["fill"] == "mrecist"
    assert len(symbols._data) == len(naive.response)


def test_a_bar_below_the_limit_is_open_down_to_nothing(naive):
    rows = naive.study.measurements
    mouse = rows.loc[rows["arm"].eq(naive.study.design.arm_names[-1]), "mouse"].iloc[-1]
    gone = (rows["mouse"] == mouse) & (rows["day"] > 60)
    study = replace(naive.study, measurements=rows.assign(below_limit=gone), limit_mm3=20.0)
    figure = draw("waterfall", Results(study))
    full, opened = (layer._data for layer in layers_of(figure, geom_boxes))
    (bar,) = opened.itertuples()
    baseline = study.mice.set_index("mouse")["baseline_mm3"][mouse]
    assert (bar.mouse, bar.end) == (mouse, -100)
    assert bar.full == pytest.approx(100 * 20 / baseline - 100)
    assert full.loc[full["mouse"] == mouse, "full"].tolist() == [bar.full]
    assert "Open: below the limit" in figure.labels.caption.replace("\n", " ")


def test_a_waterfall_of_growing_tumours_has_no_empty_half(results_of, naive):
    low, high = scale_of(draw("waterfall", results_of("two_arm.csv")), "y").limits
    assert low > -0.4 * high
    assert scale_of(draw("waterfall", naive), "y").limits[0] < -100


def test_a_mouse_without_a_response_keeps_its_place(naive):
    values = naive.response["best_response_percent"].to_numpy().copy()
    values[0] = np.nan
    response = naive.response.assign(best_response_percent=values)
    figure = draw("waterfall", Stand(naive, response=response))
    assert len(figure.data) == len(response)
    assert figure.data["height"].isna().sum() == 1


def test_progression_falls_where_the_curve_falls(naive):
    corners = draw("progression", naive).data
    curve = naive.progression.curve_frame()
    for arm, own in curve.groupby("arm"):
        drawn = corners[corners["arm"] == arm]
        assert (drawn["day"].iloc[0], drawn["estimate"].iloc[0]) == (0, 1)
        for row in own[own["n_events"] > 0].itertuples():
            assert drawn.loc[drawn["day"] == row.day, "estimate"].min() == row.estimate


def test_each_fall_of_a_curve_has_its_arms_symbol_the_first_as_well(naive):
    curve = naive.progression.curve_frame()
    drawn = owned_data_of(draw("progression", naive), geom_points)
    falls = curve[curve["n_events"] > 0]
    assert drawn[["arm", "day"]].to_numpy().tolist() == falls[["arm", "day"]].to_numpy().tolist()


def test_curves_that_coincide_are_set_apart_by_half_a_percent(results_of):
    resistant = results_of("resistant.csv")
    figure = draw("progression", resistant)
    corners = figure.data
    table = resistant.progression.to_frame()
    held = table.loc[table["n_events"] == 0, "arm"].tolist()
    assert len(held) > 2
    moved = corners[corners["arm"].isin(held)]
    lowest = moved.groupby("arm", sort=False)["height"].min()
    assert lowest.tolist() == pytest.approx([1 - 0.005 * k for k in range(len(held))])
    assert "set apart by half a percent" in figure.labels.caption.replace("\n", " ")
    others = corners[~corners["arm"].isin(held)]
    assert others["height"].tolist() == others["estimate"].tolist()


def test_the_mice_at_risk_are_written_in_the_colour_of_their_arm(naive):
    counts = [
        layer
        for layer in layers_of(draw("progression", naive), geom_words)
        if layer._data is not None and "n_mice" in layer._data
    ]
    assert [layer.mapping["color"] for layer in counts] == ["arm"]
    assert counts[0]._data["n_mice"].astype(str).tolist() == counts[0]._data["label"].tolist()


def test_progression_says_the_declared_event(naive):
    assert "2 × baseline or leaving for tumour size" in draw("progression", naive).labels.caption


def test_progression_writes_days_gained_and_p_where_there_is_room(naive):
    def beside(width_mm):
        figure = draw("progression", naive, Canvas(width_mm / MILLIMETRES))
        frames = (layer._data for layer in layers_of(figure, geom_words))
        words = next(frame for frame in frames if frame is not None and "angle" in frame)
        words = words[words["ha"] == "left"]
        return {place: own["label"].tolist() for place, own in words.groupby("x")}

    medians, gained = beside(180).values()
    rows = naive.days_gained
    row = rows[rows["contrast"] == "fulvestrant - vehicle"].iloc[0]
    days = " to ".join(f"{row[end]:.0f}" for end in ("claim_low", "claim_high"))
    assert medians[0] == "Median, days"
    assert gained[0] == "Days gained, p"
    assert f"{row['estimate']:.0f} ({days}), {p_number(row['p_adjusted'])}" in gained
    assert [own[0] for own in beside(140).values()] == ["Median, days"]
    assert not beside(85)


def test_rates_draw_the_intervals_and_write_them(naive):
    figure = draw("rates", naive)
    table = naive.growth.to_frame()
    assert figure.data["estimate"].tolist() == table["estimate"].tolist()
    row = table.iloc[0]
    estimate, low, high = (100 * row[key] for key in ("estimate", "conf_low", "conf_high"))
    assert f"{estimate:.1f} ({low:.1f} to {high:.1f})" in words_of(figure)


def test_trade_off_is_a_point_an_arm_with_both_intervals(naive):
    figure = draw("trade_off", naive)
    table = naive.trade_off
    assert figure.data[["growth_rate", "net_weight"]].equals(table[["growth_rate", "net_weight"]])
    _, across, up = (layer for layer in figure.layers if isinstance(layer.geom, geom_segments))
    assert (across.mapping["x"], across.mapping["xend"]) == ("growth_low", "growth_high")
    assert (up.mapping["y"], up.mapping["yend"]) == ("net_weight_low", "net_weight_high")
    assert "which these arms share" in figure.labels.caption.replace("\n", " ")
    unweighed = Stand(naive, trade_off=table.assign(net_weight=float("nan")))
    assert "No arm has both" in str(
        [layer.geom.aes_params for layer in draw("trade_off", unweighed).layers]
    )


def test_weight_labels_the_losses_that_are_limits_and_counts_who_lost_so_much(naive):
    figure = draw("weight", naive)
    assert {"−15 %", "−20 %"} <= set(scale_of(figure, "y").labels)
    table = naive.tolerability.set_index("arm")["n_loss_15"]
    triple = naive.study.design.arm_names[-1]
    assert f"A+R+F\nn = 10, {table[triple]} lost 15 %" in words_of(figure)
    dashed = [
        layer
        for layer in layers_of(figure, geom_segments)
        if layer.geom.aes_params.get("linetype") == "dashed"
    ]
    assert len(dashed[0]._data) == 2 * 8


@pytest.mark.parametrize(
    ("kind", "arms"),
    [
        ("growth", ["vehicle", "alpelisib", "ribociclib"]),
        ("growth_mean", ["vehicle", "alpelisib"]),
        ("growth_by_arm", ["vehicle", "alpelisib", "ribociclib"]),
        ("progression", ["vehicle", "alpelisib"]),
        ("index_by_day", None),
    ],
)
def test_each_arm_has_a_band_of_its_own(naive, kind, arms):
    results = naive if arms is None else only(naive, arms)
    svg = render(draw(kind, results), ("svg",))["svg"].decode()
    drawn = re.findall(r'id="PolyCollection_1">(.*?)</g>\s*<g id', svg, re.S)
    bands = re.findall(r'data-arm="([^"]*)"', drawn[0])
    expected = arms or [arm for arm in naive.study.design.arm_names if "+" in arm]
    assert sorted(bands) == sorted(expected)


def test_the_index_says_in_each_panel_which_side_is_which(naive):
    words = [word.strip() for word in words_of(draw("index_by_day", naive))]
    assert words.count("more than expected") == words.count("less than expected") == 4


def test_a_trade_off_names_its_points_apart_and_has_no_legend(naive):
    figure = draw("trade_off", naive)
    (names,) = (layer._data for layer in layers_of(figure, geom_words))
    assert dict(zip(names["arm"], names["label"], strict=True)) == end_names(naive.study.design)
    assert scale_of(figure, "shape").guide is None


def test_weight_draws_every_mouse_and_marks_toxicity(naive):
    figure = draw("weight", naive)
    assert figure.data["mouse"].nunique() == 80
    marked = [layer._data for layer in figure.layers if "fate" in str(layer.mapping)]
    assert set(marked[0]["fate"]) == {"toxicity"}


@pytest.mark.parametrize(
    ("kind", "word"),
    [("weight", "No body weight was measured."), ("rates", "No growth rate could be estimated.")],
)
def test_what_is_missing_is_said_in_words(results_of, kind, word):
    wide = Stand(results_of("wide.csv"), has_growth=False, growth=None)
    assert word in str([layer.geom.aes_params for layer in draw(kind, wide).layers])


def test_growth_by_arm_is_drawn_without_a_fit(naive):
    figure = draw("growth_by_arm", Stand(naive, has_growth=False, growth=None))
    assert "vehicle\nn = 10" in words_of(figure)
    assert len(layers_of(figure, geom_polylines)) == 1


def test_an_arm_may_have_any_name(naive):
    names = {"vehicle": "$\\frac$ <b>&", "alpelisib": "x" * 60}
    two = only(naive, list(names)).study
    arms = tuple(replace(arm, name=names[arm.name]) for arm in two.design.arms)
    study = replace(
        two,
        design=replace(two.design, arms=arms),
        measurements=two.measurements.replace({"arm": names}),
    )
    # Two show claims about combinations only.
    for kind in set(KINDS) - {"index_by_day", "sensitivity"}:
        svg = render(draw(kind, Results(study)), ("svg",))["svg"].decode()
        assert "$\\frac$ &lt;b&gt;&amp;" in svg


def test_a_study_that_begins_late_has_days_on_its_axes(naive):
    rows = naive.study.measurements
    late = replace(naive.study, measurements=rows.assign(day=rows["day"] + 33))
    assert words_of(draw("growth", Results(late)))[2:5] == ["42", "56", "70"]
    panels = words_of(draw("growth_by_arm", Results(late)))
    assert "84" in panels
    assert "0" not in panels


def test_the_interval_of_two_mice_leaves_room_for_the_means(naive):
    figure = draw("growth", only(naive, ["vehicle", "alpelisib"], mice=2))
    low, high = scale_of(figure, "y").limits
    means = figure.data["y"]
    assert means.max() - means.min() > 0.2 * (high - low)


class Stand:
    """Results of which some are replaced."""

    def __init__(self, results, **changes):
        self.study, self.response = results.study, results.response
        self.progression, self.has_growth = results.progression, results.has_growth
        self.growth, self.days_gained = results.growth, results.days_gained
        self.__dict__.update(changes)


def test_the_mean_is_arithmetic_and_its_bars_one_standard_error_long(naive):
    means = data_of(draw("growth_mean", naive), geom_polylines)
    readings = naive.study.readings
    row = means[(means["arm"] == "vehicle") & means["high"].notna()].iloc[1]
    own = readings[(readings["arm"] == "vehicle") & (readings["day"] == row["day"])]["volume_mm3"]
    assert row["y"] == pytest.approx(own.mean())
    assert row["high"] - row["y"] == pytest.approx(own.std() / np.sqrt(len(own)))


def test_a_linear_axis_draws_volumes_as_they_are(naive):
    figure = draw("growth_by_arm_linear", naive)
    first = data_of(figure, geom_polylines)
    own = first[first["arm"] == "vehicle"]  # the panel that is not shifted
    assert own["y"].tolist() == own["value"].tolist()


def test_the_lattice_has_a_line_for_each_drug_more_with_the_contrast_on_it(naive):
    figure = draw("lattice", naive)
    lines = pd.concat([layer._data for layer in layers_of(figure, geom_segments)])
    assert len(lines) == 12
    table = naive.contrasts
    told = table[table["best_part"].isna()].drop_duplicates(["arm", "against"])
    told = told.set_index(["arm", "against"])
    for arm, part, label, look in lines[["arm", "part", "label", "look"]].itertuples(index=False):
        row = told.loc[(arm, part)]
        assert rate_text(*row[["estimate", "conf_low", "conf_high"]]) in label
        assert (look == "clear") == (row["conf_low"] > 0 or row["conf_high"] < 0)


def test_without_two_arms_that_differ_by_a_drug_there_is_no_lattice(naive):
    lone = only(naive, ["alpelisib", "fulvestrant"])
    figure = draw("lattice", lone)
    assert "No two arms differ by one drug" in str(
        [layer.geom.aes_params for layer in figure.layers]
    )


def test_the_index_is_drawn_for_each_reference_and_day(naive):
    lines = data_of(draw("index_by_day", naive), geom_polylines)
    assert set(lines["reference"]) == {"bliss", "hsa", "additivity"}
    own = lines[(lines["reference"] == "bliss") & (lines["arm"] == "ribociclib+fulvestrant")]
    index = own["combination_index"].astype(float)
    assert np.allclose(own["y"], np.log10(index))
    table = naive.synergy_by_day
    asked = table[(table["reference"] == "bliss") & (table["combination"] == own["arm"].iloc[0])]
    near = asked[(asked["scale"] == "ln_volume") & (asked["combination_index"] <= 16)]
    assert own["day"].tolist() == near["day"].tolist()
    assert 10 < len(near) < len(naive.visit_days)


def test_the_band_of_the_index_holds_for_all_visits_together(naive):
    band = data_of(draw("index_by_day", naive), geom_bands)
    own = band[band["arm"] == "ribociclib+fulvestrant"]
    assert np.allclose(own["bottom"], own["band_low"].astype(float) / np.log(10))
    inside = np.log10(own["index_high"].astype(float)) <= own["top"].astype(float) + 1e-9
    assert inside.all()


def test_residuals_far_out_stand_at_the_edge_as_diamonds(naive):
    table = naive.residuals.copy()
    table.loc[0, "residual"] = 9.0
    figure = residuals(naive.study.design, table)
    usual, far = (layer._data for layer in layers_of(figure, geom_points))
    assert len(usual) == len(table) - 1
    assert far["residual"].tolist() == [9.0]
    assert far["height"].tolist() == [5.0]


def test_influence_names_the_mouse_that_moves_its_arm_most(naive):
    words = words_of(draw("influence", naive))
    table = naive.influence
    own = table[table["arm"] == "vehicle"]
    most = own.loc[own["change_in_errors"].abs().idxmax()]
    assert most["mouse"] in words
    assert f"{most['change_in_errors']:+.2f} SE".replace("-", "−") in words
