"""Where matplotlib keeps its fonts, and which pictures can be asked for."""

from __future__ import annotations

import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xenotrack.errors import InputError
from xenotrack.present.figures import save
from xenotrack.present.figures.fonts import FAMILIES
from xenotrack.present.figures.png import encoded
from xenotrack.present.figures.style import say


@pytest.fixture
def no_home(monkeypatch, tmp_path):
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(os, "access", lambda *_: False)
    return tmp_path


def test_fonts_are_kept_aside_where_the_home_cannot_be_written(no_home):
    save.give_matplotlib_a_home()
    folder = Path(os.environ["MPLCONFIGDIR"])
    assert folder.parent == no_home
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_declared_home_stays(no_home, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", "elsewhere")
    save.give_matplotlib_a_home()
    assert os.environ["MPLCONFIGDIR"] == "elsewhere"
    assert not list(no_home.iterdir())


def test_a_home_that_can_be_written_is_used(monkeypatch):
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    monkeypatch.setattr(os, "access", lambda *_: True)
    save.give_matplotlib_a_home()
    assert "MPLCONFIGDIR" not in os.environ


@pytest.mark.parametrize("name", ["growth.jpeg", "growth", ".svg"])
def test_a_picture_of_an_unknown_kind_is_refused(name):
    with pytest.raises(InputError, match=r"\.svg, \.png, \.pdf"):
        save.picture_format(Path(name))


def test_an_svg_asks_for_arial_or_helvetica_first():
    svg = save.render(say("any words"), ("svg",))["svg"].decode()
    assert "font-family: 'Arial', 'Helvetica'" in svg


def test_a_png_has_each_pixel_and_its_size_on_paper() -> None:
    from PIL import Image

    pixels = np.random.default_rng(1).integers(0, 256, (7, 5, 3), np.uint8)
    image = Image.open(BytesIO(encoded(pixels, 300, {"Software": "xenotrack"})))
    assert (np.asarray(image) == pixels).all()
    assert image.info["dpi"] == pytest.approx((300, 300), abs=1e-3)  # whole pixels a metre
    assert image.info["Software"] == "xenotrack"


def test_a_line_is_measured_as_matplotlib_measures_it() -> None:
    import matplotlib
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    from xenotrack.present.figures.shaping import MeasuredAgg

    prop = FontProperties(family=list(FAMILIES), size=7)
    with matplotlib.rc_context(save.SETTINGS):
        for text in ("vehicle", "−1.32 % a day (−2.0 to 3.7)", "αlpelisib"):
            usual = RendererAgg(900, 300, 300).get_text_width_height_descent(text, prop, False)
            ours = MeasuredAgg(900, 300, 300).get_text_width_height_descent(text, prop, False)
            assert ours == pytest.approx(usual, abs=1)  # of 300 pixels an inch


def test_letters_stand_where_matplotlib_puts_them() -> None:
    import matplotlib
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    from xenotrack.present.figures.shaping import MeasuredAgg

    prop = FontProperties(family=list(FAMILIES), size=7)
    inks = []
    with matplotlib.rc_context(save.SETTINGS):
        for kind in (RendererAgg, MeasuredAgg):
            paper = kind(900, 300, 300)
            paper.draw_text(paper.new_gc(), 40, 150, "doubling > 73 d, p < 0.001", prop, 0.0)
            inks.append(np.asarray(paper.buffer_rgba())[:, :, 3].astype(float))
    usual, ours = inks
    assert usual.sum() > 0
    assert abs(usual - ours).sum() < 0.05 * usual.sum()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks are of Unix")
def test_a_fork_opens_the_fonts_itself() -> None:
    from matplotlib.font_manager import FontProperties

    from xenotrack.present.figures import measure, shaping

    held = (shaping._letters, measure._font)
    shaping._letters("day", shaping._fonts(FontProperties(family=list(FAMILIES))))
    measure._font()
    assert all(cached.cache_info().currsize for cached in held)
    child = os.fork()
    if child == 0:
        os._exit(sum(cached.cache_info().currsize for cached in held))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_figure_that_is_written_keeps_no_pixels() -> None:
    import gc

    from xenotrack.present.figures.shaping import MeasuredAgg

    def canvases() -> int:
        return sum(isinstance(each, MeasuredAgg) and each.width > 1 for each in gc.get_objects())

    gc.collect()
    gc.disable()  # as while figures are drawn
    try:
        kept: list[Any] = []
        before = canvases()
        save.render(say("words"), ("svg", "png"), dress=kept.append)
        assert len(kept) == 1
        assert canvases() == before
    finally:
        gc.enable()
