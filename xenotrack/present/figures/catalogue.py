"""Every figure: its name, its words, and what it costs; the list that everything reads.

A figure is an entry here and a file ``present/figures/NAME.py`` with ``draw(results)``. Nothing is
imported to read the list. The order is that of the report. Words in braces are filled from the
study's results: see ``TELLINGS`` in ``present/captions.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

NARROW = 78  # millimetres below which words would meet: type of 12 pixels on a phone of 390
SENTENCE = "sentence"  # what a figure's words are marked as where it is nothing but these
OF_PHONES = "_narrow"  # what stands behind the name of a figure that is drawn as narrow as that


class Figure(NamedTuple):
    """What is known of a figure before it is drawn.

    ``note`` says how to read it, ``alt`` what it shows to readers who cannot see it, ``help`` what
    ``plot`` says of it. ``share`` is its CPU time in hundredths of a second, ``question`` the
    answer of the report to which it belongs. A ``key`` figure is one of the few that stand for all;
    ``run`` draws one ``on_request`` only where its table is asked for. The page shows a ``folded``
    one when it is asked for, and prints a ``printed`` one with the summary. ``data`` is the table
    with what it shows.
    """

    name: str
    title: str
    note: str
    alt: str
    help: str
    question: str
    share: int
    key: bool = False
    on_request: bool = False
    folded: bool = False
    printed: bool = False
    data: str = "tidy"


POWER = Figure(
    name="power",
    title="Power by number of mice",
    note="Points: simulated studies, with two Monte-Carlo errors. The dotted line is the level of "
    "false claims that is allowed.",
    alt="Share of simulated studies that make the claim, by mice of each arm. The numbers stand in "
    "power.csv.",
    help="power by mice, of a study that is planned",
    question="",
    share=40,
    data="power",
)
"""Drawn by ``power`` of a study that is not done: no ``plot`` and no report has it."""

FIGURES: tuple[Figure, ...] = (
    Figure(
        name="growth_by_arm",
        title="Every mouse, and the fitted growth of its arm",
        note="On a log scale steady growth is a straight line.{fates}",
        alt="Tumour volumes of every mouse by arm, with the fitted lines. {rates}",
        help="every mouse and the fitted line, log scale",
        question="slowed",
        share=32,
        key=True,
    ),
    Figure(
        name="growth",
        title="Tumour volume of each arm",
        note="A mean of the mice that stay looks better as the largest tumours leave: read it "
        "beside how many they are, and the effect from the rates.",
        alt="Mean tumour volume by day for {arms}. {rates}",
        help="geometric mean of each arm, with the mice on study",
        question="slowed",
        share=25,
        key=True,
        folded=True,
    ),
    Figure(
        name="rates",
        title="Growth rate of each arm",
        note="Left of the line at zero tumours shrink. Whether two arms differ is not told by "
        "overlap of their intervals: see the comparisons.",
        alt="{rates}",
        help="growth rate of each arm",
        question="slowed",
        share=12,
        key=True,
        folded=True,
        data="growth",
    ),
    Figure(
        name="contrasts",
        title="How much slower arms grow",
        note="Differences of growth rates from control, and of combinations from their best part.",
        alt="{differences}",
        help="differences from control and from the best part",
        question="slowed",
        share=16,
        printed=True,
        data="compare",
    ),
    Figure(
        name="spider",
        title="Each mouse relative to its own baseline",
        note="Below the line at 1 a tumour is smaller than it was at baseline. A step of the scale "
        "is a doubling.",
        alt="Mice whose tumour was smaller than at baseline at some time: {smaller}.",
        help="each mouse relative to its baseline, scale of doublings",
        question="slowed",
        share=22,
        folded=True,
    ),
    Figure(
        name="growth_by_arm_linear",
        title="Every mouse in mm³",
        note="The same mice and fitted lines with volumes on a linear scale, where the large "
        "tumours take the room.",
        alt="Tumour volumes of every mouse by arm on a linear scale. {rates}",
        help="the same as growth_by_arm, linear scale",
        question="slowed",
        share=31,
        folded=True,
    ),
    Figure(
        name="growth_mean",
        title="Mean tumour volume of each arm",
        note="The picture that papers expect, and the one that flatters an arm whose largest "
        "tumours have left.",
        alt="Mean tumour volume ± standard error by day for {arms}. {rates}",
        help="arithmetic mean ± standard error, with the mice on study",
        question="slowed",
        share=25,
        folded=True,
    ),
    Figure(
        name="waterfall",
        title="Best response of each mouse",
        note="One bar a mouse: the smallest change of volume from its baseline, from day "
        "{min_day} on. Best means best: a tumour that came back later keeps its class.",
        alt="Best change of volume of {mice} mice: {classes}. Tumours that shrank to half or less: "
        "{halved}.",
        help="best response of each mouse",
        question="blocked",
        share=19,
        key=True,
        data="response",
    ),
    Figure(
        name="progression",
        title="Mice without progression",
        note="Progression is the {progression_rule}.",
        alt="Median days to progression: {medians}.",
        help="Kaplan–Meier curves with the mice at risk",
        question="how-long",
        share=19,
        key=True,
        printed=True,
        data="progression_curve",
    ),
    Figure(
        name="volume_progression",
        title="Volume and progression on the same days",
        note="Where a mean falls as mice progress, it falls because the largest tumours have left.",
        alt="Mean tumour volume by day for {arms}. Median days to progression: {medians}.",
        help="mean volumes above, Kaplan–Meier curves below",
        question="how-long",
        share=28,
        folded=True,
    ),
    Figure(
        name="swimmer",
        title="Time on study of each mouse",
        note="Longest on top in each arm.",
        alt="Mice that progressed: {progressed}.",
        help="time on study of each mouse, progression, fate",
        question="how-long",
        share=27,
        folded=True,
        data="progression_mice",
    ),
    Figure(
        name="lattice",
        title="What each drug adds",
        note="Arms by their number of drugs.",
        alt="{steps}",
        help="what each drug adds to the arm without it",
        question="parts",
        share=16,
        data="compare",
    ),
    Figure(
        name="index_by_day",
        title="Combination index over the days",
        note="The volume of each combination relative to the one expected of its parts. Its "
        "verdict, which holds for all combinations together, stands in the table.",
        alt="{indices}",
        help="combination index over the days",
        question="parts",
        share=15,
        folded=True,
        data="synergy",
    ),
    Figure(
        name="weight",
        title="Body weight",
        note="The lines at −15 and −20 % are common humane limits.",
        alt="{weights}",
        help="body weight",
        question="price",
        share=31,
        key=True,
    ),
    Figure(
        name="trade_off",
        title="Growth against body weight",
        note="Each arm where its growth and its weight, net of the tumour, are. Weights of mice "
        "that left for toxicity end with them: read it beside how many they are.",
        alt="{rates} {weights}",
        help="growth of each arm against its body weight",
        question="price",
        share=12,
        folded=True,
        data="trade_off",
    ),
    Figure(
        name="residuals",
        title="What the fitted lines leave",
        note="A bend in an arm says that one growth rate is an average over its days; a point far "
        "outside is a reading to look up in the sheet.",
        alt="{outside} readings lie more than two standard deviations from their mouse's line.",
        help="what the fitted lines leave of each reading",
        question="sure",
        share=22,
        folded=True,
    ),
    Figure(
        name="influence",
        title="What one mouse does to its arm",
        note="Where one tick leaves the interval, that mouse carries the rate: look it up, and say "
        "so. What one mouse does to the comparisons stands in the table.",
        alt="{influences}",
        help="the rate of each arm without each of its mice",
        question="sure",
        share=13,
        folded=True,
        data="influence",
    ),
    Figure(
        name="sensitivity",
        title="Days gained under other definitions of progression",
        note="Definitions were fixed beforehand. Those with toxicity as an event, and those from "
        "the nadir, ask another question than the declared one.",
        alt="{definitions}",
        help="days gained under other definitions of progression",
        question="sure",
        share=21,
        on_request=True,
        folded=True,
        data="sensitivity",
    ),
)


LINE_FIGURES: tuple[Figure, ...] = (
    Figure(
        name="forest_by_line",
        title="Difference in each line, and over lines",
        note="Squares: lines; diamonds: their mean with its interval; the thin line through the "
        "lowest diamond is where the next line lies.",
        alt="The numbers stand in the tables pool and pool_lines.",
        help="",
        question="across",
        share=20,
        key=True,
        printed=True,
        data="pool_lines",
    ),
    Figure(
        name="growth_by_line",
        title="Growth of each line",
        note="Each mouse, and the mean of its arm: a panel a line.",
        alt="The readings stand in the table tidy of each line.",
        help="",
        question="across",
        share=40,
        key=True,
    ),
    Figure(
        name="waterfall_by_line",
        title="Best response of each line",
        note="A waterfall an arm: a bar a line, the median of its mice.",
        alt="The numbers stand in the table pool_response.",
        help="",
        question="lines",
        share=20,
        key=True,
        data="pool_response",
    ),
    Figure(
        name="response_by_line",
        title="Response by line and arm",
        note="The class (mRECIST) of the mouse in the middle, and how many of the mice responded.",
        alt="The numbers stand in the table pool_response.",
        help="",
        question="lines",
        share=20,
        key=True,
        data="pool_response",
    ),
)
"""Drawn of a pool over lines, and of no study: no ``plot`` has them."""


def figure_names(question: str | None = None, key: bool = False) -> tuple[str, ...]:
    """The names of all figures, of the key ones, or of those of one question of the report."""
    return tuple(
        figure.name
        for figure in FIGURES
        if question in (None, figure.question) and figure.key >= key
    )


def owed(names: Iterable[str], requested: bool) -> tuple[str, ...]:
    """Those of some figures that ``run`` draws, with or without those on request."""
    asked = {figure.name for figure in FIGURES if requested or not figure.on_request}
    return tuple(name for name in names if name in asked)


def hands(count: int, names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Some figures in so many parts, each with about as much work as the others."""
    parts: list[list[Figure]] = [[] for _ in range(count)]
    asked = {*names}
    for figure in sorted(FIGURES, key=lambda entry: -entry.share):
        if figure.name in asked:
            min(parts, key=lambda part: sum(entry.share for entry in part)).append(figure)
    return tuple(tuple(entry.name for entry in part) for part in parts)
