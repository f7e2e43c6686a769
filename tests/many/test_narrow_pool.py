"""Figures over lines are drawn for phones as well: words of 12 pixels, on the paper and apart."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.text import Text

from xenotrack import Results
from xenotrack.compare.across import Pool
from xenotrack.many.pool import pools_of
from xenotrack.present.figures.catalogue import LINE_FIGURES, NARROW, OF_PHONES
from xenotrack.present.figures.gallery import draw_lines
from xenotrack.present.figures.save import SETTINGS, _lay_out
from xenotrack.present.figures.style import MILLIMETRES, SMALL, Canvas
from xenotrack.present.pool_folder import draw_pool
from xenotrack.study.ingest import read_studies
from xenotrack.study.settings import read_rules

KINDS = [one.name for one in LINE_FIGURES]
LEAST = 6.5  # points: captions, which the page enlarges


@pytest.fixture(scope="module")
def pool(request) -> Pool:
    path: Path = request.config.rootpath / "sample_data" / "models.toml"
    studies = read_studies(path, read_rules(path, {}))
    [(_, pool)] = pools_of([Results(study) for study in studies])
    return pool


@pytest.mark.parametrize("kind", KINDS)
def test_words_on_a_phone_are_large_enough_on_the_paper_and_apart(pool, kind) -> None:
    mpl.use("agg")
    with mpl.rc_context(SETTINGS):
        drawn = draw_lines(kind, pool, Canvas(NARROW / MILLIMETRES)).draw()
        _lay_out(drawn)
        drawn.savefig(BytesIO(), format="png", dpi=drawn.dpi)  # legends find their places
        texts = [text for text in drawn.findobj(Text) if text.get_visible() and text.get_text()]
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts]
    assert len(boxes) > 4
    paper = drawn.bbox
    for text in texts:
        assert text.get_fontsize() >= (LEAST if len(text.get_text()) > 80 else SMALL), text
    for words, box in boxes:
        assert box.x0 >= paper.x0 - 1, words
        assert box.x1 <= paper.x1 + 1, words
    for (one, first), (other, second) in combinations(boxes, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across < 2 or down < 2, f"{one!r} stands on {other!r}"


def test_each_figure_of_a_pool_has_a_narrow_drawing(pool, monkeypatch) -> None:
    monkeypatch.setattr(
        "xenotrack.present.figures.save.render", lambda _, forms: dict.fromkeys(forms, b"")
    )
    drawn = draw_pool(pool)
    assert {f"{kind}{OF_PHONES}.svg" for kind in KINDS} < drawn.keys()
    assert len(drawn) == 3 * len(KINDS)
