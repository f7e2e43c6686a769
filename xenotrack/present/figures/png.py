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

LEVEL = 2  # of compression: higher ones take longer than they save
METRE = 100 / 2.54  # inches
EIGHT_BITS_RED_GREEN_BLUE = (8, 2, 0, 0, 0)


def png_of(drawn: Figure, dpi: float, texts: Mapping[str, str]) -> bytes:
    """The bytes of a figure on opaque paper; ``texts`` are what the file says of itself."""
    from xenotrack.present.figures.shaping import Pixels

    drawn.set_dpi(dpi)
    canvas = Pixels(drawn)
    canvas.draw()
    return encoded(np.asarray(canvas.buffer_rgba())[:, :, :3], dpi, texts)


def encoded(pixels: NDArray[np.uint8], dpi: float, texts: Mapping[str, str]) -> bytes:
    """A png of ``pixels``, rows x columns x (red, green, blue).

    Source: https://www.w3.org/TR/png-3/
    """
    rows, columns, channels = pixels.shape
    lines: NDArray[Any] = np.empty((rows, 1 + columns * channels), np.uint8)
    lines[:, 0] = 0  # no filter
    placed = lines[:, 1:].reshape(pixels.shape)
    for channel in range(channels):  # at once they take four times as long
        placed[:, :, channel] = pixels[:, :, channel]
    in_a_metre = round(dpi * METRE)
    chunks = [
        _chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, *EIGHT_BITS_RED_GREEN_BLUE)),
        *(_chunk(b"tEXt", f"{key}\0{text}".encode("latin-1")) for key, text in texts.items()),
        _chunk(b"pHYs", struct.pack(">IIB", in_a_metre, in_a_metre, 1)),
        _chunk(b"IDAT", zlib.compress(lines.data, LEVEL)),
        _chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
