"""The lattice where arms are many, unlike, or without a control."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from plotnine import geom_segment

from xenotrack.present.captions import captions
from xenotrack.present.figures.artists import geom_labels
from xenotrack.present.figures.lattice import lattice
from xenotrack.present.figures.measure import text_inches
from xenotrack.present.figures.style import SMALL
from xenotrack.present.results import Results
from xenotrack.study.design import Arm, Design, drugs_in_name

LIMITS = ["estimate", "conf_low", "conf_high"]


def drawn_of(*names: str, unknown: str = "", control: bool = True):
    """The lattice of a study of these arms, in which every drug slows growth a little."""
    arms = tuple(Arm(name, drugs_in_name(name)) for name in names)
    design = Design("toy", arms)
    rates = pd.DataFrame({"arm": names, "estimate": 0.05, "conf_low": 0.04, "conf_high": 0.06})
    contrasts = pd.DataFrame(
        [
            (one.name, other.name, None, -0.01, -0.02, -0.005)
            for one in arms
            for other in arms
            if other.drugs < one.drugs
        ],
        columns=["arm", "against", "best_part", *LIMITS],
    )
    contrasts.loc[contrasts["arm"] == unknown, LIMITS] = np.nan
    return lattice(design, rates.assign(n_mice=8), contrasts if control else contrasts[:0])


def words_on_lines(figure) -> list[str]:
    layers = [layer._data for layer in figure.layers if isinstance(layer.geom, geom_labels)]
    return next(data["words"].tolist() for data in layers if "words" in data)


def said(figure) -> str:
    return figure.labels.caption.replace("\n", " ")


def test_without_a_control_a_lattice_says_that_nothing_is_compared() -> None:
    figure = drawn_of("A", "B", "A+B", control=False)
    assert "No arm is the control" in str([layer.geom.aes_params for layer in figure.layers])


def test_lines_without_words_have_their_numbers_in_the_table() -> None:
    singles, pairs = "ABCD", [f"{a}+{b}" for a, b in combinations("ABCD", 2)]
    figure = drawn_of("vehicle", *singles, *pairs)
    assert len(words_on_lines(figure)) == 4
    assert "Lines without words: these numbers stand in the table compare." in said(figure)


def test_a_difference_that_cannot_be_estimated_has_a_line_of_its_own() -> None:
    figure = drawn_of("vehicle", "A", "B", unknown="B")
    lines = [layer for layer in figure.layers if isinstance(layer.geom, geom_segment)]
    types = {layer._data["look"].iloc[0]: str(layer.geom.aes_params["linetype"]) for layer in lines}
    assert types["clear"] == "solid"
    assert types["unknown"] not in ("solid", "dotted")
    assert "Dashed lines: not estimable." in said(figure)
    assert "not estimable" not in said(drawn_of("vehicle", "A", "B"))


@pytest.mark.parametrize("n", [3, 5, 6, 8, 12, 24])
def test_the_words_of_two_arms_never_meet(n) -> None:
    figure = drawn_of("vehicle", *(f"substance {k} 25 mg" for k in range(n)))
    nodes = figure.data
    for one, other in combinations(nodes.itertuples(), 2):
        apart = (text_inches(one.label, SMALL) + text_inches(other.label, SMALL)) / 2
        lower = max(one.y, other.y) - one.depth
        assert abs(one.x - other.x) >= apart or min(one.y, other.y) <= lower + 1e-9
    half = nodes["label"].map(lambda label: text_inches(label, SMALL) / 2)
    assert (nodes["x"] - half).min() >= 0
    assert (nodes["x"] + half).max() <= 7.0


def test_the_caption_beside_a_lattice_without_control_says_so(results_of) -> None:
    results = results_of("naive.csv")
    study = results.study
    rows = study.measurements[study.measurements["arm"] != study.design.control]
    kept = tuple(arm for arm in study.design.arms if arm.name != study.design.control)
    without = replace(
        study,
        design=Design(study.design.name, kept, study.design.rules),
        measurements=rows.reset_index(drop=True),
    )
    alt = {one.figure: one.alt for one in captions(Results(without))}
    assert alt["lattice"] == "No arm is the control, so nothing is compared."
