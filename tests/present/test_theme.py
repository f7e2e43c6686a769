"""Colours, symbols and lines of the arms."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from xenotrack.present.theme import (
    COLOURS,
    CONTROL_COLOUR,
    FATE_SYMBOLS,
    OTHER_COLOUR,
    arm_colours,
    arm_linetypes,
    arm_shapes,
    wrap_name,
)
from xenotrack.study.design import Arm, Design, drugs_in_name
from xenotrack.study.rules import Rules, StudyRules
from xenotrack.study.study import FATES as FATES_OF_A_STUDY

FACTORIAL = ("vehicle", "A", "B", "A+B", "C", "A+C", "B+C", "A+B+C")
# What colour-blind eyes make of linear RGB: Machado, Oliveira & Fernandes 2009, severity 1.
BLINDNESS = (
    np.eye(3),
    np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
)


def design_of(*names: str) -> Design:
    return Design("toy", tuple(Arm(name, drugs_in_name(name)) for name in names))


def linear_rgb(colours: list[str]) -> np.ndarray:
    channels = [[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours]
    values = np.array(channels)
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def luminance(colours: list[str]) -> np.ndarray:
    return linear_rgb(colours) @ [0.2126, 0.7152, 0.0722]


def lab(linear: np.ndarray) -> np.ndarray:
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750]]
    to_xyz.append([0.0193339, 0.1191920, 0.9503041])
    xyz = linear @ np.array(to_xyz).T / [0.95047, 1, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = f.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def smallest_distance(colours: list[str]) -> float:
    """The smallest CIE 1976 distance between two colours, to any of four kinds of eyes."""
    linear = linear_rgb(colours)
    above = np.triu_indices(len(colours), 1)
    views = (lab(np.clip(linear @ view.T, 0, 1)) for view in BLINDNESS)
    return min(
        float(np.linalg.norm(view[:, None] - view[None], axis=2)[above].min()) for view in views
    )


@pytest.mark.parametrize("n", [1, 2, 8, 20])
def test_every_arm_has_a_colour_of_its_own(n):
    names = FACTORIAL[:n] if n <= 8 else ("vehicle", *(f"drug {k}" for k in range(n - 1)))
    colours = arm_colours(design_of(*names))
    assert list(colours) == list(names)
    assert len(set(colours.values())) == n


def test_all_colours_stand_out_on_white():
    assert (1.05 / (luminance([CONTROL_COLOUR, OTHER_COLOUR, *COLOURS]) + 0.05) >= 3).all()


def test_eight_arms_are_told_apart_by_colour_blind_eyes():
    assert smallest_distance(list(arm_colours(design_of(*FACTORIAL)).values())) > 35


def test_the_control_is_black_wherever_it_stands():
    assert arm_colours(design_of("A", "vehicle"))["vehicle"] == CONTROL_COLOUR


def test_no_arm_looks_like_the_black_control():
    shades = lab(linear_rgb([CONTROL_COLOUR, *COLOURS]))
    assert np.linalg.norm(shades[1:] - shades[0], axis=1).min() > 29


def test_a_study_without_a_control_has_no_black_arm():
    assert CONTROL_COLOUR not in arm_colours(design_of("A", "B", "A+B")).values()


def test_a_combination_looks_more_like_its_parts_than_like_the_other_drug():
    colours = arm_colours(design_of(*FACTORIAL))
    shades = dict(zip(colours, lab(linear_rgb(list(colours.values()))), strict=True))
    for pair, other in (("A+B", "C"), ("A+C", "B"), ("B+C", "A")):
        one, two = pair.split("+")
        mixture = (shades[one] + shades[two]) / 2
        assert np.linalg.norm(shades[pair] - mixture) < np.linalg.norm(shades[other] - mixture)


def test_a_drug_has_its_colour_wherever_it_stands_and_whoever_stands_beside_it():
    alone = arm_colours(design_of("alpelisib", "vehicle"))["alpelisib"]
    for names in (
        ("vehicle", "fulvestrant", "alpelisib"),
        ("ribociclib", "alpelisib", "placebo", "letrozole+alpelisib", "letrozole"),
        ("my compound", "alpelisib", "other"),
    ):
        assert arm_colours(design_of(*names))["alpelisib"] == alone
    for name in ("BYL-719", "Alpelisib 25 mg/kg QD", "piqray"):
        assert arm_colours(design_of("vehicle", name))[name] == alone


def test_the_order_of_arms_decides_no_colour():
    names = [*FACTORIAL, "tamoxifen", "fulvestrant", "fulvestrant+A", "untreated"]
    colours = arm_colours(design_of(*names))
    assert arm_colours(design_of(*reversed(names))) == colours
    assert len(set(colours.values())) == len(names)


def test_drugs_of_one_class_that_meet_leave_their_place_to_the_first():
    both = arm_colours(design_of("vehicle", "palbociclib", "ribociclib", "fulvestrant", "A"))
    assert both["ribociclib"] == arm_colours(design_of("ribociclib", "vehicle"))["ribociclib"]
    assert both["fulvestrant"] == arm_colours(design_of("fulvestrant", "vehicle"))["fulvestrant"]
    assert len(set(both.values())) == 5


def test_a_declared_colour_goes_before_all_and_no_other_drug_has_it():
    rules = Rules(colours={"ribociclib": "#1f7a3a", "B": COLOURS[0]})
    names = ("vehicle", "ribociclib", "B", "fulvestrant", "B+ribociclib")
    design = replace(design_of(*names), rules=rules)
    colours = arm_colours(design)
    assert (colours["ribociclib"], colours["B"]) == ("#1f7a3a", COLOURS[0])
    assert len(set(colours.values())) == len(names)


def test_doses_of_one_drug_and_a_second_untreated_arm_have_colours_of_their_own():
    drugs = frozenset({"alpelisib"})
    arms = [Arm(f"alpelisib {dose}", drugs) for dose in (10, 30, 100)]
    arms += [Arm("vehicle", frozenset()), Arm("untreated", frozenset())]
    design = Design("toy", tuple(arms), Rules(study=StudyRules(control="vehicle")))
    assert len(set(arm_colours(design).values())) == 5


@pytest.mark.parametrize("n", [8, 12, 20])
def test_arms_are_ten_apart_to_all_eyes_whatever_they_are(n):
    """Drugs of the field, drugs by their name, and combinations."""
    drugs = ["fulvestrant", "ribociclib", "palbociclib", "alpelisib", "ABC-1", "ABC-2"]
    pairs = [f"{one}+{other}" for one, other in combinations(drugs, 2)]
    names = ["vehicle", *drugs, *pairs][:n]
    assert smallest_distance(list(arm_colours(design_of(*names)).values())) >= 10


def test_more_drugs_make_a_more_broken_line():
    lines = arm_linetypes(design_of("vehicle", "A", "A+B", "A+B+C", "A+B+C+D", "A+B+C+D+E"))
    assert lines["vehicle"] == lines["A"] == "solid"
    assert len({str(lines[name]) for name in ("A", "A+B", "A+B+C", "A+B+C+D")}) == 4
    assert lines["A+B+C+D+E"] == lines["A+B+C+D"]


def test_twenty_arms_differ_in_colour_or_symbol():
    design = design_of("vehicle", *(f"drug {k}" for k in range(24)))
    looks = zip(arm_colours(design).values(), arm_shapes(design).values(), strict=True)
    assert len(set(looks)) >= 24


def test_every_fate_has_a_symbol():
    assert tuple(FATE_SYMBOLS) == FATES_OF_A_STUDY
    assert len(set(FATE_SYMBOLS.values())) == len(FATE_SYMBOLS)


def test_a_long_name_breaks_only_at_its_plus():
    lines = wrap_name("alpelisib+ribociclib+fulvestrant", 12).split("\n")
    assert lines == ["alpelisib+", "ribociclib+", "fulvestrant"]
