"""A figure draws the same of a study, whatever its arms and mice are called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from xml.etree import ElementTree

import pandas as pd
import pytest
from costs import often
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from xenotrack.present import labels
from xenotrack.present.figures.catalogue import figure_names
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.save import render
from xenotrack.present.labels import arm_labels, short_names
from xenotrack.present.results import Results
from xenotrack.present.words import drawable
from xenotrack.present.xml_text import xml_text
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import CompareRules, Rules, StudyRules

PLAIN = ("vehicle", "A", "B", "A+B")
HOSTILE = {
    "text that is parsed elsewhere": ("A - B", "B - best part", "best part", "A - vehicle"),
    "commas, brackets and quotes": ('x, 10 mg/kg (QD) "low"', "x, [a]", "';--", "{0} %s {arm}"),
    "what is missing": ("nan", "None", "NA", "0"),
    "formulae and markup": ("$\\frac{a}{b}$", "a_b^c", "<b>&amp;</b>", "100 % \\n"),
    "words of the figures": ("CR", "arm", "bliss", "tumor_size"),
    "line ends and control characters": ("a\nb", "a\tb\x0b", "\x1b[2J", "a\r\nb\x00"),
    "letters from right to left": (
        "\u05d0\u05d1\u05d2",
        "\u202eabc",
        "\u0645\u0631\u062d",
        "z\u200d",
    ),
    "the other way round in the alphabet": ("z", "y", "x", "w"),
    "very long": tuple(f"{letter} {'very ' * 60}long" for letter in "dcba"),
}
MICE = ("a,b - c", "$x_1$ 5%", "\u05d0\u05d1", "<&\"'>", "nan", "v/L", "a+b", "\x0bq")


def study_of(grown: Callable[..., Results]):
    """Four arms with fates, weights, a tumour that is gone, and a primary contrast."""
    arms = dict(zip(PLAIN, (0.08, 0.03, 0.05, -0.04), strict=True))
    study = grown(arms, mice=4, weight=-0.004, days=(0, 4, 7, 11, 14)).study
    rows = study.measurements
    last = rows["day"] == 14
    rows = rows.assign(
        fate=rows["mouse"].str[-1].map({"0": "tumor_size", "1": "toxicity"}),
        below_limit=last & (rows["arm"] == "A+B"),
    )
    return replace(study, measurements=rows, limit_mm3=60.0)


def renamed(study, names: tuple[str, ...], mice: dict[str, str]):
    """The same study with other names of its arms, which declare the same drugs."""
    called = dict(zip(PLAIN, names, strict=True))
    arms = tuple(Arm(called[arm.name], arm.drugs) for arm in study.design.arms)
    rules = structs.replace(
        Rules(study=StudyRules(control=called["vehicle"])),
        compare=CompareRules(primary=[called["A+B"], called["B"]]),
    )
    rows = study.measurements
    return replace(
        study,
        design=Design(study.design.name, arms, rules),
        measurements=rows.assign(arm=rows["arm"].map(called), mouse=rows["mouse"].map(mice)),
    )


def drawn(results: Results, kind: str) -> list[object]:
    """All that an svg holds, with numbers for the names of arms and mice."""
    study = results.study
    mice = pd.unique(study.measurements["mouse"]).tolist()
    numbers = {xml_text(name): number for number, name in enumerate(study.design.arm_names)}
    spoken = {line: k for k, name in enumerate(mice) for line in (drawable(name).strip(), name)}
    mice_by_name = {xml_text(name): number for number, name in enumerate(mice)}
    root = ElementTree.fromstring(render(draw(kind, results), ("svg",))["svg"])
    return list(_parts(root, numbers, mice_by_name, spoken))


def _parts(root, arms, mice, spoken) -> Iterator[object]:
    for element in root.iter():
        marks = dict(element.attrib)
        for key, numbers in (("data-arm", arms), ("data-mouse", mice)):
            if key in marks:
                marks[key] = str(numbers[marks[key]])
        text = (element.text or "").strip()
        if text in spoken:
            marks = {"x": marks["x"]}  # its letters may be higher, and of another font
        yield element.tag, marks, str(spoken.get(text, text))


@pytest.fixture
def called_by_number(monkeypatch) -> None:
    """Every arm is called by its place: what remains of its name is what a figure makes of it."""

    def called(design: Design, *_: object) -> dict[str, str]:
        return {arm: f"arm {place}" for place, arm in enumerate(design.arm_names)}

    stand_ins = {
        "called_on_a_line": called,
        "short_names": called,
        "about_names": lambda *_: "",
    }
    for name in figure_names():  # loaded before, lest they keep what stands in here
        import_module(f"xenotrack.present.figures.{name}")
    for module in (labels, *figures_loaded()):
        for name in stand_ins.keys() & vars(module).keys():
            monkeypatch.setattr(module, name, stand_ins[name])


def figures_loaded() -> list[ModuleType]:
    names = sorted(name for name in sys.modules if name.startswith("xenotrack.present.figures."))
    return [sys.modules[name] for name in names]


@pytest.mark.usefixtures("called_by_number")
@pytest.mark.parametrize("kind_of_names", often(HOSTILE, ["text that is parsed elsewhere"]))
def test_figures_of_a_study_are_those_of_the_same_study_with_other_names(
    grown, kind_of_names
) -> None:
    names = HOSTILE[kind_of_names]
    study = study_of(grown)
    mice = pd.unique(study.measurements["mouse"]).tolist()
    plain = Results(renamed(study, PLAIN, {name: name for name in mice}))
    others = {name: f"{MICE[k % len(MICE)]}{k}" for k, name in enumerate(mice)}
    other = Results(renamed(study, names, others))
    for kind in figure_names():
        assert drawn(other, kind) == drawn(plain, kind), kind


@pytest.mark.parametrize("kind_of_names", HOSTILE)
@pytest.mark.parametrize(
    "kind", often(["growth", "contrasts", "lattice", "waterfall", "spider"], ["contrasts"])
)
def test_figures_with_any_names_are_whole_and_name_their_arms(grown, kind_of_names, kind) -> None:
    names = HOSTILE[kind_of_names]
    study = study_of(grown)
    mice = {name: name for name in pd.unique(study.measurements["mouse"])}
    results = Results(renamed(study, names, mice))
    svg = render(draw(kind, results), ("svg",))["svg"]
    texts = "".join("".join(ElementTree.fromstring(svg).itertext()).split())
    for arm, short in short_names(results.study.design).items():
        spoken = ("".join(drawable(name).split()) for name in (arm, short))
        assert any(name in texts for name in spoken), arm


NAMES = st.lists(st.text(min_size=1, max_size=40), min_size=2, max_size=6, unique=True)


@settings(max_examples=200, deadline=None)
@given(NAMES, st.integers(1, 30))
def test_a_label_is_on_lines_of_its_width_without_control_characters(names, width) -> None:
    design = Design("toy", tuple(Arm(name, frozenset({name})) for name in names))
    for label in arm_labels(design, width).values():
        assert all(len(line) <= width for line in label.split("\n"))
        assert all(letter == "\n" or letter.isprintable() or letter == "�" for letter in label)


@settings(max_examples=200, deadline=None)
@given(NAMES)
def test_no_two_short_names_are_alike_where_names_are_not(names) -> None:
    design = Design("toy", tuple(Arm(name, frozenset({name})) for name in names))
    short = short_names(design)
    shown = {drawable(name) for name in names}
    if len(shown) == len(names):
        assert len(set(short.values())) == len(names)
