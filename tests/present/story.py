"""A run's folder with a story told by hand, for tests of what is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xenotrack.present.collect import collect_tables
from xenotrack.present.folder import write_folder
from xenotrack.present.results import Results
from xenotrack.present.story import Answer, Caption, Guideline, Sentence, Story, Tile
from xenotrack.study.ingest import read_study

# As matplotlib writes: a style for all the page, ids of its own, marks of an arm and its mouse.
SVG = """<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
 width="72pt" height="36pt" viewBox="0 0 72 36">
 <metadata>http://creativecommons.org/ns#</metadata>
 <defs><style type="text/css">*{stroke-linejoin: round}</style></defs>
 <g id="figure_1">
  <defs><clipPath id="clip"><rect x="0" y="0" width="72" height="36"/></clipPath></defs>
  <g data-arm="B"><path id="tick" d="M 1.23456 2 L 3 4" style="fill: none; stroke: #df7b05"/></g>
  <g data-arm="B" data-mouse="&lt;7&gt;" clip-path="url(#clip)"><use xlink:href="#tick"/></g>
  <text style="font-size: 7px; font-family: 'Arial'" onclick="steal()">A &amp; B</text>
  <script>steal()</script><a xlink:href="https://example.org"><text>out</text></a>
  <image xlink:href="https://example.org/spy.png" width="1" height="1"/>
 </g>
</svg>"""
PICTURES = {"growth.svg": SVG.encode(), "weight.svg": SVG.encode(), "of_mine.svg": SVG.encode()}


def told(**changes: Any) -> Story:
    """A short story of the figures above."""
    words = {
        "title": "A study",
        "headline": (Sentence("slowed growth by 62 %", "A", "95 % CI 48 to 75"),),
        "tiles": (Tile("Primary: A vs vehicle", "Grew slower", "p = 0.01", "good", "slowed"),),
        "arms": (),
        "names": "",
        "key_figure": "growth",
        "answers": (
            Answer(
                "slowed",
                "Did it slow growth?",
                (Sentence("Yes"),),
                ("growth",),
                ("growth", "compare"),
            ),
            Answer(
                "price",
                "At what price?",
                (Sentence("Low"),),
                ("weight",),
                ("tolerability",),
                ("Few.",),
            ),
        ),
        "quality": (),
        "exclusions": ("Mouse 7: no baseline.",),
        "methods": ("Volume = ½ · L · W².",),
        "references": ("Gao H. Nat Med 2015. doi:10.1038/nm.3954.",),
        "arrive": (
            Guideline("1", "Study design", "Groups.", "Two arms."),
            Guideline("2", "Sample size", "How many.", ""),
        ),
        "captions": (Caption("growth", "Mean volume", "Mean ± SEM.", "Tumours of A grew slower."),),
    }
    return Story(**{**words, **changes})


def written_run(
    sheet: Path,
    folder: Path,
    story: Story | None = None,
    pictures: Mapping[str, bytes] = PICTURES,
) -> Path:
    """The folder of a run of ``sheet`` that tells ``story``."""

    results = Results(read_study(sheet))
    write_folder(results, collect_tables(results), story or told(), folder, lambda: dict(pictures))
    return folder
