"""Words have the room that they need, whatever the names and the size asked for."""

from __future__ import annotations

import re
from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
from costs import often

from xenotrack.errors import InputError
from xenotrack.present.figures.artists import geom_points, geom_segments, geom_words
from xenotrack.present.figures.catalogue import figure_names
from xenotrack.present.figures.gallery import LARGEST, draw
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.save import render
from xenotrack.present.figures.slide import draw_slide
from xenotrack.present.figures.style import (
    CAPTION_SIZE,
    LINE,
    MILLIMETRES,
    SMALL,
    USUAL,
    Canvas,
)
from xenotrack.present.results import Results

LONG = {
    "vehicle (0.5% methylcellulose + 0.1% Tween-80) PO QD": 0.06,
    "alpelisib 25 mg/kg QD + ribociclib 75 mg/kg BID + fulvestrant 5 mg/mouse SC": 0.02,
    "fulvestrant 5 mg/mouse SC once weekly": 0.03,
}


UNLIKE = [f"{letter} substance of the study, 25 mg/kg, once a day" for letter in "abcdefghij"]


@pytest.fixture
def long(grown):
    return grown(LONG, mice=2, control=next(iter(LONG)))


def data_of(figure, kind):
    frames = [layer._data for layer in figure.layers if isinstance(layer.geom, kind)]
    return [figure.data if frame is None or not len(frame) else frame for frame in frames]


def scale_of(figure, aesthetic):
    return next(scale for scale in figure.scales if aesthetic in scale.aesthetics)


def height_of(figure) -> float:
    return figure.theme.getp("figure_size")[1]


def words_of(figure) -> list[str]:
    return [word for frame in data_of(figure, geom_words) for word in frame["label"]]


@pytest.fixture
def unexplained(grown):
    """Arms of so many drugs that nobody would look their initials up."""
    return grown(dict.fromkeys(("vehicle", *UNLIKE), 0.05), mice=2, control="vehicle")


@pytest.mark.parametrize("kind", ["rates", "contrasts", "influence"])
def test_rows_of_a_forest_are_as_high_as_their_longest_name(unexplained, kind) -> None:
    figure = draw(kind, unexplained)
    axis = scale_of(figure, "y")
    lines = 1 + max(name.count("\n") for name in axis.labels)
    low, high = axis.limits
    assert lines > 1
    assert (height_of(figure) - 1.0) / (high - low) >= LINE * lines * 0.99


@pytest.mark.parametrize("kind", ["rates", "contrasts", "influence"])
def test_names_too_long_for_a_line_are_short_and_explained(long, kind) -> None:
    figure = draw(kind, long)
    names = scale_of(figure, "y").labels
    assert max(name.count("\n") for name in names) == 0
    assert {"A+R+F", "F once weekly"} <= set(names)
    caption = figure.labels.caption.replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")
    assert "A = alpelisib 25 mg/kg QD" in caption


def test_bars_of_few_mice_are_as_far_apart_as_the_names_of_their_arms(long) -> None:
    figure = draw("swimmer", long)
    axis = scale_of(figure, "y")
    inch = (height_of(figure) - 1.3) / axis.limits[1]
    for upper, lower, one, other in zip(
        axis.breaks, axis.breaks[1:], axis.labels, axis.labels[1:], strict=False
    ):
        lines = 2 + one.count("\n") + other.count("\n")
        assert (upper - lower) * inch >= LINE * lines / 2


def test_on_a_slide_the_bars_of_many_mice_give_room_to_the_words(results_of) -> None:
    _, times = draw_slide("swimmer", results_of("naive.csv"), caption=True)
    assert times >= 1.4


def test_marks_are_seen_on_the_bars_of_the_control(results_of) -> None:
    figure = draw("swimmer", results_of("naive.csv"))
    bars = next(layer for layer in figure.layers if isinstance(layer.geom, geom_segments))
    assert bars.geom.aes_params["alpha"] < 0.7


def test_the_mark_of_toxicity_looks_like_its_key(results_of) -> None:
    figure = draw("swimmer", results_of("naive.csv"))
    shape = scale_of(figure, "shape")
    looks = (shape.guide.override_aes[name] for name in ("fill", "color"))
    key = dict(zip(shape.breaks, zip(*looks, strict=True), strict=True))
    drawn = {
        mark: tuple(layer.geom.aes_params[name] for name in ("fill", "color"))
        for layer in figure.layers
        if isinstance(layer.geom, geom_points)
        for mark in layer._data["mark"].unique()
    }
    assert drawn == key
    assert drawn["toxicity"] == ("black", "black")
    assert drawn["progressed"] != drawn["tumor_size"]


def test_a_mouse_that_was_culled_before_it_progressed_has_one_filled_mark(grown) -> None:
    results = grown({"vehicle": 0.02}, days=(0, 4, 7))
    rows = results.study.measurements
    study = replace(results.study, measurements=rows.assign(fate="tumor_size"))
    marks = [layer._data for layer in draw("swimmer", Results(study)).layers]
    marks = [frame for frame in marks if frame is not None and "mark" in frame]
    assert [set(frame["mark"]) for frame in marks] == [{"culled"}]


def test_mice_named_after_their_arm_are_called_by_their_number(naive_by_arm) -> None:
    words = words_of(draw("influence", naive_by_arm))
    assert not any(word.startswith("vehicle/") for word in words)
    assert set(words) & {str(number) for number in range(1, 11)}


@pytest.fixture
def naive_by_arm(results_of):
    study = results_of("naive.csv").study
    rows = study.measurements
    number = rows.groupby("arm")["mouse"].transform(lambda own: own.factorize()[0] + 1)
    names = rows["arm"].astype(str) + "/" + number.astype(str)
    return Results(replace(study, measurements=rows.assign(mouse=names)))


@pytest.mark.parametrize("kind", figure_names())
@pytest.mark.parametrize("height", [5, 15, 20])
def test_a_height_at_which_words_would_meet_is_refused(results_of, kind, height) -> None:
    with pytest.raises(InputError, match=r"meet at a height of .* at least \d+ mm high"):
        draw(kind, results_of("naive.csv"), Canvas(USUAL.width, height / MILLIMETRES))


@pytest.mark.parametrize("kind", often(figure_names(), ["growth", "lattice", "swimmer"]))
def test_a_figure_is_drawn_at_the_least_height_it_names(results_of, kind) -> None:
    results = results_of("naive.csv")
    with pytest.raises(InputError) as refused:
        draw(kind, results, Canvas(USUAL.width, 1.0))
    least = float(str(refused.value).split("at least ")[1].split(" mm")[0])
    figure = draw(kind, results, Canvas(USUAL.width, least / MILLIMETRES))
    assert height_of(figure) == pytest.approx(least / MILLIMETRES)
    assert render(figure, ("svg",))["svg"].startswith(b"<?xml")


@pytest.mark.parametrize("size", [(10_000, None), (200, 3000)])
def test_a_size_beyond_all_paper_is_refused(results_of, size) -> None:
    width, height = (None if each is None else each / MILLIMETRES for each in size)
    with pytest.raises(InputError, match=f"at most {LARGEST} mm"):
        draw("growth", results_of("naive.csv"), Canvas(width, height))


def test_a_higher_figure_has_higher_curves_and_the_same_table(results_of) -> None:
    def words_apart(height: float) -> float:
        axis = scale_of(draw("growth", results_of("naive.csv"), Canvas(USUAL.width, height)), "y")
        low, high = axis.limits
        return (axis.breaks[1] - axis.breaks[2]) / (high - low) * (height - 0.5)

    assert words_apart(5.0) == pytest.approx(words_apart(9.0))


def test_a_caption_takes_the_width_of_its_figure_and_leaves_no_word_alone(results_of) -> None:
    for kind in figure_names():
        for width in (168, 183, 250):
            caption = draw(
                kind, results_of("naive.csv"), Canvas(width / MILLIMETRES)
            ).labels.caption
            *full, last = caption.split("\n")
            assert len(last.split()) > 2
            for line in full[:-1]:
                assert text_inches(line, CAPTION_SIZE) > 0.85 * (width / MILLIMETRES - 0.2)
            for line in full:
                assert text_inches(line, CAPTION_SIZE) <= width / MILLIMETRES - 0.2


def test_names_of_several_lines_end_at_the_axis(results_of) -> None:
    drawn = draw("rates", results_of("naive.csv")).draw()
    try:
        (labels,) = (axes.get_yticklabels() for axes in drawn.axes)
        assert {label._get_multialignment() for label in labels} == {"right"}
    finally:
        plt.close(drawn)


def test_titles_of_panels_stand_on_their_panels(unexplained) -> None:
    figure = draw("spider", unexplained, Canvas(84 / MILLIMETRES))
    texts = next(frame for frame in data_of(figure, geom_words) if "va" in frame)
    titles = texts[texts["label"].str.contains("n = ")]
    assert set(titles["va"]) == {"bottom"}
    assert titles["label"].str.count("\n").nunique() > 1


def test_a_column_of_medians_has_the_room_that_its_words_take(long) -> None:
    figure = draw("progression", long, Canvas(140 / MILLIMETRES))
    names = [text_inches(name, SMALL) for name in scale_of(figure, "y").labels]
    low, high = scale_of(figure, "x").limits
    (words,) = (frame for frame in data_of(figure, geom_words) if "angle" in frame)
    inch = (140 / MILLIMETRES - max(names) - 0.2) / (high - low)
    column = words[words["ha"] == "left"]
    assert {"Median, days", "Days gained, p"} <= set(column["label"])
    ends = column["x"] + column["label"].map(lambda word: text_inches(word, SMALL)) / inch
    assert ends.max() <= high + 0.01 * (high - low)


def test_names_of_a_waterfall_are_not_broken_inside_a_word(unexplained) -> None:
    labels = " ".join(scale_of(draw("waterfall", unexplained), "x").labels)
    for word in (word for name in UNLIKE for word in name.split()):
        assert word in labels


def test_values_of_cut_bars_are_written_where_they_do_not_meet(grown) -> None:
    arms = {"vehicle": 0.3, **{f"drug {k}": 0.3 for k in range(24)}}
    crowded = draw("waterfall", grown(arms, mice=5))
    assert not words_of(crowded)
    caption = crowded.labels.caption.replace("\n", " ")
    assert "Bars are cut at" in caption
    assert "on top" not in caption
    assert words_of(draw("waterfall", grown({"vehicle": 0.3, "drug": 0.3}, mice=5)))


def test_days_before_treatment_have_a_minus(grown) -> None:
    caption = draw("growth_by_arm", grown({"vehicle": 0.05}, days=(-6, 0, 4, 7))).labels.caption
    assert "-" not in caption


@pytest.mark.parametrize("kind", often(figure_names(), ["waterfall", "lattice", "progression"]))
def test_no_type_is_smaller_than_6_points(grown, kind) -> None:
    study = grown({"vehicle": 0.3, "a": 0.1, "b": 0.1, "a+b": -0.02}, mice=4, control="vehicle")
    svg = render(draw(kind, study), ("svg",))["svg"].decode()
    sizes = [float(size) for size in re.findall(r"font-size: ([\d.]+)px", svg)]
    assert min(sizes) >= 6


def test_rows_of_definitions_are_told_apart_where_they_have_no_columns(results_of) -> None:
    figure = draw("sensitivity", results_of("two_arm.csv"), Canvas(89 / MILLIMETRES))
    names = scale_of(figure, "y").labels
    blocks = "|".join(names).replace("Or toxicity", "#").replace("From the nadir", "#").split("#")
    assert len(blocks) == 3
    for block in blocks:
        rows = [name for name in block.split("|") if name]
        assert len(set(rows)) == len(rows)
    assert sum("(declared)" in name for name in names) == 1


def test_words_of_a_band_do_not_begin_on_the_axis(results_of) -> None:
    words = words_of(draw("index_by_day", results_of("combination.csv")))
    sides = [word for word in words if "expected" in word]
    assert sides
    assert all(word.startswith("\N{NO-BREAK SPACE}") for word in sides)
