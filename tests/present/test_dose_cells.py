"""Arms that are doses of two drugs lie in a grid of these doses."""

from __future__ import annotations

from itertools import product

import pytest

from xenotrack.present.figures.artists import geom_boxes, geom_words
from xenotrack.present.figures.dose_cells import doses_of
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.style import MILLIMETRES, USUAL, Canvas
from xenotrack.study.design import Design


def arm_of(one: int, other: int) -> str:
    given = [f"A {one} mg/kg"] * bool(one) + [f"B {other} mg/kg"] * bool(other)
    return "+".join(given) or "vehicle"


ARMS = {arm_of(a, b): 0.06 - 0.003 * a - 0.001 * b for a, b in product((0, 5, 20), (0, 10, 40))}


@pytest.fixture
def results(grown):
    return grown(ARMS, mice=4, control="vehicle")


def cells_of(figure):
    (layer,) = (layer for layer in figure.layers if isinstance(layer.geom, geom_boxes))
    return layer._data


def said(figure) -> str:
    return figure.labels.caption.replace("\n", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_each_arm_lies_in_the_cell_of_its_doses(results) -> None:
    figure = draw("lattice", results)
    cells = cells_of(figure).set_index("arm")
    assert len(cells) == len(ARMS)
    for (x, a), (y, b) in product(enumerate((0, 5, 20)), enumerate((0, 10, 40))):
        assert tuple(cells.loc[arm_of(a, b), ["x", "y"]]) == (x, y)
    assert (figure.labels.x, figure.labels.y) == ("A (mg/kg)", "B (mg/kg)")


def test_a_cell_has_its_rate_and_one_of_two_drugs_its_excess(results) -> None:
    cells = cells_of(draw("lattice", results)).set_index("arm")
    rates = results.growth.to_frame().set_index("arm")["estimate"]
    excess = results.dose_grid.set_index("combination")["estimate"]
    for arm, label in cells["label"].items():
        first, *rest = label.replace("−", "-").split("\n")
        assert float(first.split(" (")[0]) == pytest.approx(100 * rates[arm], abs=0.051)
        assert bool(rest) == (arm in excess.index)
        if rest:
            number = rest[0].removeprefix("excess ").split(" (")[0]
            assert float(number) == pytest.approx(100 * excess[arm], abs=0.051)
    assert "its excess over Bliss, negative is synergy" in said(draw("lattice", results))


@pytest.mark.parametrize("width", [78, 89, 183])
def test_the_words_of_a_cell_stay_within_it(results, width) -> None:
    from xenotrack.present.figures.measure import text_inches
    from xenotrack.present.figures.style import SMALL

    canvas = Canvas(width / MILLIMETRES)
    figure = draw("lattice", results, canvas)
    (words,) = (layer for layer in figure.layers if isinstance(layer.geom, geom_words))
    labels = cells_of(figure)["label"]
    assert words.geom.aes_params["size"] == SMALL
    assert max(text_inches(label, SMALL) for label in labels) < canvas.width / 3


def test_cells_too_small_for_intervals_say_where_these_are(grown) -> None:
    doses = (0, 1, 2, 5, 10, 20, 40)
    many = {arm_of(a, b): 0.05 for a, b in product(doses, (0, 10))}
    results = grown(many, mice=4, control="vehicle")
    narrow = draw("lattice", results, Canvas(78 / MILLIMETRES))
    assert not any("(" in label for label in cells_of(narrow)["label"])
    assert "Intervals: tables growth and dose_grid." in said(narrow)
    assert any("(" in label for label in cells_of(draw("lattice", results, USUAL))["label"])


def test_an_arm_with_a_third_drug_is_named_as_left_out(grown) -> None:
    arms = {**ARMS, "C": 0.04}
    assert "Not in the grid, or without a rate: C." in said(
        draw("lattice", grown(arms, mice=4, control="vehicle"))
    )


def test_without_doses_of_two_drugs_there_is_no_grid(grown) -> None:
    results = grown({"vehicle": 0.06, "A": 0.04, "B": 0.04, "A+B": 0.02}, control="vehicle")
    assert doses_of(results.study.design, results.dose_grid) is None


def test_a_grid_of_few_of_the_arms_leaves_the_lattice(results) -> None:
    others = [f"drug {letter}" for letter in "CDEFGHIJKLM"]
    wide = Design.of_names("wide", [*ARMS, *others])
    assert doses_of(wide, results.dose_grid) is None
