"""A drawing's pixels as a png.

matplotlib's own way writes a fourth channel that is full everywhere, and tries five filters on each
line, of which none makes such drawings smaller: it takes twice as long for a larger file.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.figure import Figure

AT_ONCE = 32  # lines
LEVEL = 2  # of compression: higher ones take longer than they save
METRE = 100 / 2.54  # inches
EIGHT_BITS_RED_GREEN_BLUE = (8, 2, 0, 0, 0)


def png_of(drawn: Figure, dpi: float, texts: Mapping[str, str]) -> bytes:
    """The bytes of a figure on opaque paper; ``texts`` are what the file says of itself."""
    from xenotrack.present.figures.shaping import Pixels

    drawn.set_dpi(dpi)
    before = drawn.canvas
    canvas = Pixels(drawn)
    canvas.draw()
    # Of a drawing that is done with, parts hold one another: its pixels would stay, unused.
    drawn.set_canvas(before)
    return encoded(np.asarray(canvas.buffer_rgba())[:, :, :3], dpi, texts)


def encoded(pixels: NDArray[np.uint8], dpi: float, texts: Mapping[str, str]) -> bytes:
    """A png of ``pixels``, rows x columns x (red, green, blue).

    Source: https://www.w3.org/TR/png-3/
    """
    rows, columns, _ = pixels.shape
    in_a_metre = round(dpi * METRE)
    chunks = [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, *EIGHT_BITS_RED_GREEN_BLUE)),
        *(_chunk(b"tEXt", f"{key}\0{text}".encode("latin-1")) for key, text in texts.items()),
        _chunk(b"pHYs", struct.pack(">IIB", in_a_metre, in_a_metre, 1)),
        _chunk(b"IDAT", _packed(pixels)),
        _chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _packed(pixels: NDArray[np.uint8]) -> bytes:
    """The lines of a picture without a filter, packed some at a time.

    A copy of all of it would be of fresh memory, which takes longer to get than to fill.
    """
    rows, columns, channels = pixels.shape
    packer = zlib.compressobj(LEVEL)
    lines: NDArray[Any] = np.zeros((AT_ONCE, 1 + columns * channels), np.uint8)
    placed = lines[:, 1:].reshape(AT_ONCE, columns, channels)
    packed = []
    for first in range(0, rows, AT_ONCE):
        some = pixels[first : first + AT_ONCE]
        for channel in range(channels):  # at once they take four times as long
            placed[: len(some), :, channel] = some[:, :, channel]
        packed.append(packer.compress(lines[: len(some)].data))
    return b"".join([*packed, packer.flush()])


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
