"""All figures of a study, drawn beside the analysis.

Drawing costs more than everything else, so two forked processes do it: they load the plotting
library while the study is still being read, and draw while the comparisons are computed. Where a
process cannot be forked, or has only one processor, the figures are drawn in turn.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from xenotrack.present.figures.catalogue import (
    NARROW,
    OF_PHONES,
    figure_names,
    hands,
    owed,
)
from xenotrack.present.figures.needs import ASKED

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.present.figures import needs
    from xenotrack.present.results import Results

FORMATS = ("svg", "png")
SHARED = (
    *("xenotrack.compare.dose_grid", "xenotrack.compare.verdicts"),
    *("xenotrack.response.courses_by_arm", "xenotrack.response.relative"),
    "xenotrack.study.order",
)


@dataclass(frozen=True)
class GrowthTables:
    """The growth fit as figures see it."""

    rates: pd.DataFrame
    lines: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        return self.rates

    def curves(self) -> pd.DataFrame:
        return self.lines


@dataclass(frozen=True)
class ProgressionTables:
    """The progression fit as figures see it."""

    arms: pd.DataFrame
    curve: pd.DataFrame
    mice: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        return self.arms

    def curve_frame(self) -> pd.DataFrame:
        return self.curve


class Drawable(SimpleNamespace):
    """What figures need of a study's results (``needs.ASKED``), in a form that can be sent."""

    @classmethod
    def of(cls, results: Results) -> Drawable:
        """Each result as it is, but for fits, of which the tables are sent; None for one not asked.

        What a figure needs is computed here, before the work is shared out.
        """
        fit, progression = results.growth if results.has_growth else None, results.progression
        of_fits = {
            "growth": GrowthTables(fit.to_frame(), fit.curves()) if fit is not None else None,
            "progression": ProgressionTables(
                progression.to_frame(), progression.curve_frame(), progression.mice
            ),
        }
        of_request = {} if results.with_sensitivity else {"sensitivity": None}
        known = of_fits | of_request
        return cls(**known, **{name: getattr(results, name) for name in ASKED if name not in known})

    def due(self, figures: Iterable[str]) -> tuple[str, ...]:
        """Those of some figures that ``run`` draws."""
        return owed(figures, self.sensitivity is not None)


class Studio:
    """Draws the figures of one study after another; ask first, fetch later."""

    def __init__(self, artist: Connection | None, key: bool) -> None:
        self._artist = artist
        self._key = key
        self._asked: Drawable | None = None

    def ask(self, results: Results) -> None:
        """Begin to draw all figures of a study."""
        self._asked = Drawable.of(results)
        if self._artist is not None:
            try:
                self._artist.send(self._asked)
            except OSError:
                self._artist = None  # the artist died

    def fetch(self) -> dict[str, bytes]:
        """The figures asked for: file name → bytes."""
        assert self._asked is not None, "ask before you fetch"
        if self._artist is not None:
            try:
                return self._artist.recv()
            except (EOFError, OSError):
                # The artist died: draw here, where a bug shows its traceback.
                self._artist = None
        return dict(_draw(self._asked.due(figure_names(key=self._key)), self._asked))


@contextmanager
def open_studio(key: bool = False, alone: bool = False) -> Iterator[Studio]:
    """A studio whose artists are gone when the block is left; with ``key`` for key figures only.

    ``alone``: the figures are drawn in this process, as others are busy with other studies.
    """
    if alone or not _can_share_work():
        yield Studio(None, key)
        return
    _load_what_is_shared()
    here, there = multiprocessing.Pipe()
    artist = multiprocessing.get_context("fork").Process(
        target=_work, args=(there, here, key), daemon=True
    )
    artist.start()
    there.close()
    try:
        yield Studio(here, key)
    finally:
        here.close()
        artist.join(timeout=1)
        artist.kill()


def _load_what_is_shared() -> None:
    """Load, before the work is shared out, what analysis and figures both need.

    The artist would otherwise load it a second time: a quarter of a second of work.
    """
    for name in SHARED:
        import_module(name)


def _can_share_work() -> bool:
    # Elsewhere than on Linux system libraries do not survive a fork.
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


def _work(studio: Connection, other_end: Connection, key: bool) -> None:
    """Draw what comes until the studio closes, half of it by a second pair of hands."""
    # An open copy of the other end would keep us waiting for ever on a studio that was killed.
    other_end.close()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the studio's owner decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _warm_up(figure_names(key=key))
    while True:
        try:
            drawable = studio.recv()
        except EOFError:
            return
        first_half, second_half = hands(2, drawable.due(figure_names(key=key)))
        second = _second_hand(second_half, drawable)
        pictures = dict(_draw(first_half, drawable))
        with suppress(BrokenPipeError):  # a studio that closed meanwhile
            studio.send(pictures | second.recv())
        os.wait()  # the second hand is done: leave no zombie
        gc.collect()


def _second_hand(kinds: Iterable[str], drawable: Drawable) -> Connection:
    """Where the second half of the figures will come from.

    A bare fork: the artist is a daemon of the process that asked, and such may have no children of
    their own by the usual way.
    """
    here, there = multiprocessing.Pipe(duplex=False)
    if os.fork() == 0:
        # With a copy of the reading end open here, sending to an artist that was stopped would
        # never fail but wait for ever.
        here.close()
        code = 1
        try:
            pictures = dict(_draw(kinds, drawable))
            with suppress(BrokenPipeError):
                there.send(pictures)
            code = 0
        finally:
            if code:
                sys.excepthook(*sys.exc_info())
            os._exit(code)
    there.close()
    return here


def _warm_up(kinds: Iterable[str] = ()) -> None:
    """Load all that drawing needs, fonts included, and the files of some figures."""
    from xenotrack.present.figures.save import give_matplotlib_a_home, render

    give_matplotlib_a_home()
    from xenotrack.present.figures.gallery import drawing
    from xenotrack.present.figures.style import say

    render(say("ready"), FORMATS)
    for kind in kinds:
        drawing(kind)
    # Looking for garbage while drawing costs a tenth of it: what loading left stays, and what a
    # study leaves is swept once it is sent.
    gc.freeze()
    gc.disable()


def _draw(kinds: Iterable[str], drawable: Drawable) -> Iterator[tuple[str, bytes]]:
    from xenotrack.present.figures.save import give_matplotlib_a_home, render

    give_matplotlib_a_home()
    from xenotrack.present.figures.gallery import draw
    from xenotrack.present.figures.style import MILLIMETRES, Canvas

    results = cast("needs.Results", drawable)
    narrow = Canvas(NARROW / MILLIMETRES)
    for kind in kinds:
        for form, data in render(draw(kind, results), FORMATS).items():
            yield f"{kind}.{form}", data
    for kind in kinds:
        yield f"{kind}{OF_PHONES}.svg", render(draw(kind, results, narrow), ("svg",))["svg"]
