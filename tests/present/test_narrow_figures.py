"""In one column of a journal every word of a figure stands on the paper, none on another."""

from __future__ import annotations

from io import BytesIO
from itertools import combinations

import matplotlib as mpl
import pytest
from costs import often
from matplotlib.text import Text

from xenotrack import Results, read_study
from xenotrack.cli.plot import JOURNALS
from xenotrack.present.figures.catalogue import NARROW, figure_names
from xenotrack.present.figures.gallery import draw
from xenotrack.present.figures.save import SETTINGS, _lay_out
from xenotrack.present.figures.style import CAPTION_SIZE, MILLIMETRES, SMALL, Canvas

COLUMN_MM = min(*JOURNALS.values(), NARROW)
COLUMN = COLUMN_MM / MILLIMETRES
SAMPLES = ("resistant.csv", "combination.csv")


@pytest.fixture(scope="module", params=often(SAMPLES, ["combination.csv"]))
def study(request) -> Results:
    return Results(read_study(request.config.rootpath / "sample_data" / request.param))


@pytest.mark.parametrize(
    "kind", often(figure_names(), ["contrasts", "growth", "lattice", "progression"])
)
def test_words_in_one_column_stay_on_the_paper_and_apart(study, kind) -> None:
    mpl.use("agg")
    with mpl.rc_context(SETTINGS):
        drawn = draw(kind, study, Canvas(COLUMN)).draw()
        _lay_out(drawn)
        drawn.savefig(BytesIO(), format="png", dpi=drawn.dpi)  # legends find their places
        boxes = [
            (text.get_text(), text.get_window_extent())
            for text in drawn.findobj(Text)
            if text.get_visible() and text.get_text().strip()
        ]
    assert len(boxes) > 4
    paper = drawn.bbox
    for words, box in boxes:
        assert box.x0 >= paper.x0 - 1, words
        assert box.x1 <= paper.x1 + 1, words
        assert box.y0 >= paper.y0 - 1, words
        assert box.y1 <= paper.y1 + 1, words
    for (one, first), (other, second) in combinations(boxes, 2):
        across = min(first.x1, second.x1) - max(first.x0, second.x0)
        down = min(first.y1, second.y1) - max(first.y0, second.y0)
        assert across < 2 or down < 2, f"{one!r} stands on {other!r}"


def test_on_a_phone_no_type_is_smaller_than_12_pixels() -> None:
    pixels, points = 390, 72 * NARROW / MILLIMETRES
    least = min(SMALL, 1.05 * CAPTION_SIZE)  # the page draws captions larger, and closer
    assert least * pixels / points >= 12
