"""Apache Parquet → Sheet: a table that some program typed, as the text of its cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xenotrack.errors import InputError, MachineError
from xenotrack.study.files.sheet import Sheet

MAGIC = b"PAR1"


def pyarrow(why: str) -> tuple[Any, Any]:
    """pyarrow and its Parquet part, which are not part of every installation."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise MachineError(
            f"{why}, pyarrow is needed. Install it in the folder of the source with: "
            "pip install '.[db]'"
        ) from error
    return pyarrow, pyarrow.parquet


def is_parquet(data: bytes) -> bool:
    """Whether the bytes are a Parquet file, by both its ends.

    >>> is_parquet(b"PAR1....PAR1"), is_parquet(b"PAR1,a"), is_parquet(b"mouse,arm")
    (True, False, False)
    """
    return data.startswith(MAGIC) and data.endswith(MAGIC) and len(data) >= 12


def read_parquet(data: bytes, file: str) -> list[Sheet]:
    """The one sheet of a Parquet file; numbers are written so that they are read back exactly."""
    arrow, parquet = pyarrow(f"To read {file}")
    try:
        table = parquet.read_table(arrow.BufferReader(data))
        columns = [column.to_pylist() for column in table.itercolumns()]
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise InputError(
            f"{file} cannot be read as Parquet: {str(error).splitlines()[0]}. Write it again, or "
            "save the table as csv."
        ) from error
    if not columns:
        return []
    texts = [
        [str(name), *map(_text, values)]
        for name, values in zip(table.column_names, columns, strict=True)
    ]
    cells = pd.DataFrame(dict(enumerate(texts)), dtype=object)
    return [Sheet(file, "", cells, np.arange(1, len(cells) + 1))]


def _text(value: Any) -> str:
    """A cell as text; a time at midnight is a date."""
    if value is None or value != value:
        return ""
    return str(value).removesuffix(" 00:00:00")
