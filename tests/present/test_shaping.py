"""Text in pixels: the letters that matplotlib would paint, each painted once."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from xenotrack.present.figures import shaping
from xenotrack.present.figures.save import SETTINGS
from xenotrack.present.figures.shaping import MeasuredAgg


def painted(renderer: type[RendererAgg], words: str, x: float, y: float, angle: float):
    with mpl.rc_context(SETTINGS):
        canvas = renderer(200, 120, 300)
        canvas.draw_text(canvas.new_gc(), x, y, words, FontProperties(size=9), angle)
        return np.asarray(canvas.buffer_rgba())[:, :, 3].astype(int)


@pytest.mark.parametrize("angle", [0.0, 90.0, 30.0])
@pytest.mark.parametrize(("x", "y"), [(40.0, 90.0), (40.25, 90.5), (41.75, 89.25)])
def test_a_letter_at_a_quarter_of_a_pixel_is_the_one_of_matplotlib(x, y, angle) -> None:
    ours, theirs = (painted(kind, "g", x, y, angle) for kind in (MeasuredAgg, RendererAgg))
    assert theirs.any()
    assert np.array_equal(ours, theirs)


def test_a_line_of_letters_weighs_and_stands_as_that_of_matplotlib() -> None:
    words = "Tumour volume, Ōµ"
    ours, theirs = (painted(kind, words, 7.1, 80.3, 0.0) for kind in (MeasuredAgg, RendererAgg))
    for places in np.indices(ours.shape):
        middles = [(places * pixels).sum() / pixels.sum() for pixels in (ours, theirs)]
        assert abs(middles[0] - middles[1]) < 0.2
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.01)


def test_a_letter_is_painted_once_for_all_its_places() -> None:
    shaping._painted.cache_clear()
    painted(MeasuredAgg, "oooo", 40.0, 90.0, 0.0)
    assert shaping._painted.cache_info().misses <= shaping.PARTS
