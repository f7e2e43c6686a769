"""Tables as bytes: csv, tsv and json in full precision, text for the eye."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from xenotrack.doubts import Doubt
from xenotrack.errors import InputError, did_you_mean
from xenotrack.present.delimited import delimited
from xenotrack.present.words import printable

SCHEMA_VERSION = 2
# The schema of results.json, in xenotrack/schemas.
RESULTS_SCHEMA = "results.schema.json"


def to_csv(frame: pd.DataFrame, doubts: Iterable[Doubt] = (), facts: Any = None) -> bytes:
    """Comma-separated, UTF-8, full precision; empty = not applicable or not estimable."""
    return delimited(frame, ",")


def to_tsv(frame: pd.DataFrame, doubts: Iterable[Doubt] = (), facts: Any = None) -> bytes:
    return delimited(frame, "\t")


def to_json(
    frame: pd.DataFrame, doubts: Iterable[Doubt] = (), facts: Mapping[str, Any] | None = None
) -> bytes:
    """The rows with every key, null where empty, and what makes one trust them less."""
    return json_bytes(
        {
            "schema_version": SCHEMA_VERSION,
            **(facts or {}),
            "rows": records(frame),
            "doubts": [msgspec.to_builtins(doubt) for doubt in doubts],
        }
    )


def json_bytes(value: Any) -> bytes:
    """JSON with a line a key; NaN and infinities are null, since JSON has none."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain values."""
    plain = {str(name): plain_values(frame[name]) for name in frame}
    return [dict(zip(plain, row, strict=True)) for row in zip(*plain.values(), strict=True)]


def first_row(frame: pd.DataFrame) -> dict[str, Any]:
    """The facts of a fit, as plain values."""
    return records(frame)[0]


def plain_values(values: pd.Series) -> list[Any]:
    """A column as plain values, None where a number is missing or infinite."""
    if values.dtype == float:
        numbers = values.to_numpy()
        plain = numbers.astype(object)
        plain[~np.isfinite(numbers)] = None
        picked: list[Any] = plain.tolist()
        return picked
    return [value if type(value) is str else _plain(value) for value in values.tolist()]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    infinite = isinstance(value, float) and not isfinite(value)
    return None if infinite or value is pd.NA else value


def to_text(
    frame: pd.DataFrame, doubts: Iterable[Doubt] = (), facts: Any = None, width: int = 0
) -> bytes:
    """Aligned columns, rounded for reading; folded into blocks where a ``width`` is too narrow."""
    columns = [_column(str(name), frame[name]) for name in frame]
    blocks = fold_columns(columns, width) if width else [columns]
    return "\n".join(map(_aligned, blocks)).encode()


def _aligned(columns: Sequence[Sequence[str]]) -> str:
    return "".join("  ".join(cells).rstrip() + "\n" for cells in zip(*columns, strict=True))


def fold_columns(columns: Sequence[list[str]], width: int) -> list[list[list[str]]]:
    """Columns of padded cells in blocks of at most ``width`` characters a line.

    Each block begins with the columns that tell the rows apart, as far as they take half a line.

    >>> fold_columns([["arm", "a  "], ["day", "  0"], ["rate", " 0.1"]], 10)
    [[['arm', 'a  '], ['day', '  0']], [['arm', 'a  '], ['rate', ' 0.1']]]
    """
    keys = _keys(columns, width)
    blocks = [list(columns[:keys])]
    for column in columns[keys:]:
        if len(blocks[-1]) > keys and _width([*blocks[-1], column]) > width:
            blocks.append(list(columns[:keys]))
        blocks[-1].append(column)
    return blocks


def _keys(columns: Sequence[list[str]], width: int) -> int:
    """How many leading columns tell the rows apart; at least one."""
    for n in range(1, len(columns)):
        if 2 * _width(columns[:n]) > width:
            return max(n - 1, 1)
        rows = list(zip(*columns[:n], strict=True))
        if len(set(rows)) == len(rows):
            return n
    return 1


def _width(columns: Sequence[list[str]]) -> int:
    return sum(len(column[0]) + 2 for column in columns) - 2


def only_columns(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The frame with these columns alone, in their order."""
    known = [str(name) for name in frame]
    for name in names:
        if name not in known:
            raise LookupError(
                f"The table has no column {name!r}.{did_you_mean(name, known)} Its columns are: "
                f"{', '.join(known)}."
            )
    return frame[list(names)]


def _column(name: str, values: pd.Series) -> list[str]:
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    cells = [name, *(_cell(name, value) for value in values)]
    width = max(map(len, cells))
    return [cell.rjust(width) if numeric else cell.ljust(width) for cell in cells]


def _cell(name: str, value: Any) -> str:
    if _plain(value) is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return _rounded(name, float(value))
    return printable(str(value))


def _rounded(name: str, value: float) -> str:
    """Four significant digits; p-values as papers print them.

    >>> _rounded("p_value", 0.00002), _rounded("estimate", -0.0123456), _rounded("day", 14.0)
    ('<0.0001', '-0.01235', '14')
    """
    if name.startswith("p_"):
        return "<0.0001" if value < 1e-4 else f"{value:.4f}"
    if value == round(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.4g}"


def to_parquet(frame: pd.DataFrame, doubts: Iterable[Doubt] = (), facts: Any = None) -> bytes:
    """Apache Parquet, every value of its own type and text as it is."""
    from xenotrack.study.files.parquet import pyarrow

    arrow, parquet = pyarrow("To write Parquet")
    names = list(map(str, frame))
    columns = [arrow.array(_of_one_type(frame[name]), from_pandas=True) for name in frame]
    made = arrow.BufferOutputStream()
    parquet.write_table(arrow.table(columns, names=names), made, compression="zstd")
    data: bytes = made.getvalue().to_pybytes()
    return data


def to_xlsx(frame: pd.DataFrame, doubts: Iterable[Doubt] = (), facts: Any = None) -> bytes:
    """A workbook: the table, and a sheet that says what its columns mean."""
    from xenotrack.present.workbook import to_workbook

    return to_workbook({"table": frame})


def _of_one_type(values: pd.Series) -> list[Any] | pd.Series:
    """A column that Parquet can type: where kinds are mixed, its text."""
    if values.dtype != object:
        return values
    plain = plain_values(values)
    kinds = {type(value) for value in plain if value is not None}
    if len(kinds) > 1 and kinds != {int, float}:
        return [None if value is None else str(value) for value in plain]
    return plain


Format = Callable[[pd.DataFrame, Iterable[Doubt], Any], bytes]
FORMATS: dict[str, Format] = {
    "table": to_text,
    "csv": to_csv,
    "tsv": to_tsv,
    "json": to_json,
    "parquet": to_parquet,
    "xlsx": to_xlsx,
}
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".json": "json",
    ".txt": "table",
    ".parquet": "parquet",
    ".xlsx": "xlsx",
}


def format_of(path: Path) -> str:
    """The format that a file's suffix names."""
    try:
        return SUFFIXES[path.suffix.lower()]
    except KeyError:
        raise InputError(
            f"No format is known for {path.name}. End its name in {', '.join(SUFFIXES)}, or say -f."
        ) from None


def stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of the same columns, one below the other."""
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return frames[0]
    # Object columns: pandas warns where an all-empty column meets numbers, and would guess.
    columns = {
        name: np.concatenate([frame[name].to_numpy() for frame in filled]) for name in filled[0]
    }
    return pd.DataFrame(columns)
