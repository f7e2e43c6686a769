"""Each figure of a study with hardly anything in it is drawn, or says why it is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from costs import often

from xenotrack.present.captions import captions
from xenotrack.present.collect import collect_tables
from xenotrack.present.figures.catalogue import figure_names
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.save import render
from xenotrack.present.page.svg import inline_svg
from xenotrack.present.page.tables import Marks
from xenotrack.present.results import Results
from xenotrack.present.tell.whole import tell
from xenotrack.study.ingest import read_study
from xenotrack.study.rules import Rules, VolumeRules


def sheet(volume: Callable[[int, int, int], float], arms=2, mice=2, days=(0, 7, 14)) -> str:
    """A long sheet: the volume of a mouse of an arm on a day."""
    rows = ["mouse,arm,day,volume"]
    rows += [
        f"{arm}{mouse},{('vehicle', 'drug')[arm]},{day},{volume(arm, mouse, day):g}"
        for arm in range(arms)
        for mouse in range(mice)
        for day in days
    ]
    return "\n".join(rows)


def unchanged(arm: int, mouse: int, day: int) -> float:
    return 100


def nothing(arm: int, mouse: int, day: int) -> float:
    return 0


def growing(arm: int, mouse: int, day: int) -> float:
    return (100 + 5 * mouse) * (1.08 - 0.05 * arm) ** day


BARE = {
    "all tumours of one size that never change": sheet(unchanged),
    "mice that grow alike": sheet(lambda arm, mouse, day: 100 * 1.1**day),
    "one visit": sheet(growing, days=(0,)),
    "two visits": sheet(growing, days=(0, 7)),
    "zeros only": sheet(nothing),
    "one arm of zeros": sheet(lambda arm, mouse, day: growing(arm, mouse, day) * (1 - arm)),
    "one mouse": sheet(growing, arms=1, mice=1),
    "one reading": sheet(growing, arms=1, mice=1, days=(0,)),
    "volumes that hardly differ": sheet(lambda arm, mouse, day: 100 + 1e-9 * day),
}


def results_of(text: str, **rules: object) -> Results:
    study = read_study(text.encode(), Rules(**rules))
    return Results(study, in_spite_of_errors=True)  # zeros only are an error


@pytest.fixture(
    scope="module", params=often(BARE, ["one visit", "one arm of zeros", "one reading"])
)
def bare(request) -> Results:
    return results_of(BARE[request.param])


@pytest.mark.filterwarnings("ignore:divide by zero|invalid value")  # zeros without a limit
@pytest.mark.parametrize("kind", figure_names())
def test_a_bare_study_is_drawn_or_told_why_not(bare, kind) -> None:
    svg = render(draw(kind, bare), ("svg",))["svg"].decode()
    root = ElementTree.fromstring(svg)
    texts = [text for text in root.itertext() if text.strip()]
    assert not [text for text in texts if "nan" in text.lower()]
    assert "data-arm" in svg or any(text.endswith(".") for text in texts)


@pytest.mark.filterwarnings("ignore:divide by zero|invalid value")
def test_words_of_a_bare_study_have_no_numbers_that_are_none(bare) -> None:
    for one in captions(bare):
        assert not re.search(r"\bnan\b", f"{one.note} {one.alt}"), one


def test_nobody_who_can_be_judged_is_said_in_words() -> None:
    beyond = results_of(BARE["two visits"], volume=VolumeRules(limit_mm3=400))
    texts = "".join(ElementTree.fromstring(render(draw("progression", beyond))["svg"]).itertext())
    assert "No mouse could be judged for progression." in " ".join(texts.split())
    methods = " ".join(tell(beyond, collect_tables(beyond)).methods)
    assert "No mouse could be judged for progression" in methods
    assert "day nan" not in methods


MARKED = "m\x1b[2J\x0b1"


@pytest.mark.parametrize("kind", often(figure_names(), ["growth_by_arm", "lattice", "spider"]))
def test_a_control_character_in_a_name_leaves_the_svg_whole(grown, kind) -> None:
    results = grown(
        {"vehicle": 0.06, "A\x0b": 0.02, "B\x0b": 0.03, "A\x0b+B\x0b": 0.0}, weight=0.001
    )
    study = results.study
    rows = study.measurements.assign(mouse=study.measurements["mouse"].replace("m1-1", MARKED))
    marked = Results(replace(study, measurements=rows))
    svg = render(draw(kind, marked), ("svg",))["svg"]
    root = ElementTree.fromstring(svg)
    assert not [text for text in root.itertext() if "\x1b" in text]
    marks = Marks.of(study.design.arm_names, [{"mouse": name} for name in rows["mouse"].unique()])
    page = inline_svg(kind, svg, "", marks)
    combination = study.design.arm_names[-1]
    assert f'data-arm="{marks.arms[combination]}"' in page
    if 'data-mouse="' in page:
        assert f'data-mouse="{marks.mice[MARKED]}"' in page


SHARED = (
    *("reliability/flat/flat", "reliability/flat/same", "reliability/flat/two"),
    *("reliability/ctl/esc", "reliability/ctl/vt", "claims/tiny", "claims/zeros"),
    *("claims/allzero", "claims/longnames", "claims/zero_is_cr"),
)


@pytest.mark.parametrize("name", often(SHARED, ["reliability/flat/two"]))
def test_figures_of_a_shared_fault_are_whole(faults, name) -> None:
    results = Results(read_study(faults(f"{name}.csv")))
    for kind in figure_names():
        ElementTree.fromstring(render(draw(kind, results), ("svg",))["svg"])


def test_twenty_shared_arms_have_a_panel_each(faults) -> None:
    results = Results(read_study(faults("claims/twenty.csv")))
    for kind in ("growth", "growth_mean", "progression"):
        svg = render(draw(kind, results), ("svg",))["svg"].decode()
        assert svg.count(">n = 6") == 20, kind
