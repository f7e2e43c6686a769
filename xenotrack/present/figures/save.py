"""A figure as bytes: drawn once, written in each format, the same on every run."""

from __future__ import annotations

import os
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from xenotrack.errors import InputError
from xenotrack.present.figures.fonts import FAMILIES, lend_fonts
from xenotrack.present.figures.owners import name_owners
from xenotrack.present.figures.png import png_of
from xenotrack.present.figures.svg import svg_of
from xenotrack.present.xml_text import xml_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from plotnine import ggplot

    from xenotrack.study.design import Design

# A date in a file, or random ids in it, would make two runs differ.
METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": "xenotrack"},
    "pdf": {"CreationDate": None, "Creator": "xenotrack", "Producer": None},
}
FORMATS = ("svg", "png", "pdf")
SETTINGS = {
    "svg.hashsalt": "xenotrack",
    "svg.fonttype": "none",  # words stay words: searched, edited, and read aloud
    "pdf.fonttype": 42,
    "text.hinting": "none",  # at this resolution not to be seen, and a fifth of a png's time
    "text.parse_math": False,  # an arm's name may hold $
    "font.sans-serif": list(FAMILIES),
}
DPI = 300  # of a png, as journals ask


def render(
    figure: ggplot,
    formats: Iterable[str] = ("svg", "png"),
    dress: Callable[[Figure], None] = lambda drawn: None,
    times: float = 1.0,
) -> dict[str, bytes]:
    """The bytes of a figure in each format, laid out once, so that all formats agree.

    ``dress`` may change how the drawing looks before it is written, which is so many ``times`` as
    large as it was laid out; a pdf, which has no size of its own on a screen, stays as it is.
    """
    import matplotlib

    matplotlib.use("agg")  # no window, whatever the machine has
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        # Said once, with what to do, where the study's names are known: see ``about_letters``.
        warnings.filterwarnings("ignore", r"Glyph \d+ .* missing from font", UserWarning)
        drawn = figure.draw()
        try:
            lend_fonts(drawn)
            _lay_out(drawn)
            dress(drawn)
            # Pixels before svg: words hold on to what they were last drawn on, and with it to
            # megabytes that the next figure could use.
            return {name: _bytes(drawn, name, times) for name in sorted(formats)}
        finally:
            _forget(drawn)


def say_readout(plot: ggplot, design: Design) -> None:
    """Put the titles of a figure in the words of the study's readout."""
    for place, text in vars(plot.labels).items():
        if isinstance(text, str):
            setattr(plot.labels, place, design.words(text))


def _lay_out(drawn: Figure) -> None:
    """Place everything, and for good: each format would otherwise draw once more to do it again."""
    from xenotrack.present.figures.shaping import Ruler

    Ruler(drawn)  # the canvas that asks itself how large words are
    engine = drawn.get_layout_engine()
    if engine is not None:
        engine.execute(drawn)
        drawn.set_layout_engine(None)
    for axis in (each for axes in drawn.axes for each in (axes.xaxis, axes.yaxis)):
        # Titles stand by themselves: no axis has one that would have to keep clear of its numbers,
        # which would be measured three times in each format.
        setattr(axis, "_get_ticklabel_bboxes", _no_boxes)  # noqa: B010 (no type names it)


def _no_boxes(ticks: object, renderer: object) -> tuple[list[object], list[object]]:
    """The boxes of no tick's label, below and above an axis."""
    return [], []


def _bytes(drawn: Figure, name: str, times: float) -> bytes:
    if name == "png":
        return png_of(drawn, times * DPI, {"Software": "xenotrack"})
    if name == "svg":
        svg = xml_text(name_owners(svg_of(drawn, METADATA[name])))
        return (svg if times == 1 else _larger(svg, times)).encode()
    buffer = BytesIO()
    drawn.savefig(buffer, format=name, dpi=times * DPI, metadata=METADATA[name])
    return buffer.getvalue()


def _larger(svg: str, times: float) -> str:
    """An svg that is shown larger, whose own coordinates stay.

    >>> _larger('<svg width="72pt" height="36.5pt" viewBox="0 0 72 36.5">', 2)
    '<svg width="144pt" height="73pt" viewBox="0 0 72 36.5">'
    """

    def grown(size: re.Match[str]) -> str:
        return f'{size[1]}="{times * float(size[2]):g}pt"'

    return re.sub(r'\b(width|height)="([\d.]+)pt"', grown, svg, count=2)


def _forget(drawn: Figure) -> None:
    """Figures live in pyplot's list until they are closed."""
    import matplotlib.pyplot as plt

    plt.close(drawn)


def picture_format(path: Path) -> str:
    """The format that a picture's name asks for.

    >>> picture_format(Path("growth.SVG"))
    'svg'
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        known = ", ".join(f".{name}" for name in FORMATS)
        raise InputError(
            f"{path.name} does not say what kind of picture to write. The kinds are: {known}. "
            f"End the name with one of them, as in -o {path.stem or 'figure'}.svg."
        )
    return suffix


def give_matplotlib_a_home() -> None:
    """Let matplotlib keep its list of fonts where the home folder cannot be written.

    It would search all fonts again on every run. Call this before matplotlib is imported.
    """
    if "MPLCONFIGDIR" in os.environ or _home_is_writable():
        return
    owner = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"xenotrack-matplotlib-{owner}"
    folder.mkdir(mode=0o700, exist_ok=True)
    # In a folder that all may write to, somebody else may have made it first.
    if folder.stat().st_uid == owner:
        os.environ["MPLCONFIGDIR"] = str(folder)


def _home_is_writable() -> bool:
    """Whether matplotlib's folders for settings and for its cache can be made."""
    try:
        home = Path.home()
    except RuntimeError:
        return False
    folders = (("XDG_CONFIG_HOME", home / ".config"), ("XDG_CACHE_HOME", home / ".cache"))
    return all(_is_writable(Path(os.environ.get(name) or usual)) for name, usual in folders)


def _is_writable(folder: Path) -> bool:
    """Whether a folder, or where it is missing its nearest parent, can be written."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)
