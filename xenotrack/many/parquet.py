"""The tables of many studies as Parquet files, a piece at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xenotrack.many.database import tables_in
from xenotrack.present.safe_files import always, cannot_write, put_files
from xenotrack.study.files.parquet import pyarrow


def write_parquets(database: Path, folder: Path, force: bool = False) -> None:
    """Write each table of a database as ``TABLE.parquet``.

    Raises ``InputError`` where pyarrow is not installed, or a file of another is in the way.
    """
    import tempfile

    arrow, parquet = pyarrow("To write Parquet")
    with cannot_write(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as drafts, cannot_write(Path(drafts)):
        for table, names, types, chunks in tables_in(database):
            draft = Path(drafts) / f"{table}.parquet"
            schema = arrow.schema(
                [(name, _type(arrow, kind)) for name, kind in zip(names, types, strict=True)],
                metadata={"made by": "xenotrack collect"},
            )
            with parquet.ParquetWriter(draft, schema, compression="zstd") as writer:
                for rows in chunks:
                    writer.write_table(_piece(arrow, schema, rows))
        places = {folder / draft.name: draft for draft in sorted(Path(drafts).iterdir())}
        put_files(places, always if force else is_parquet_of_ours)


def _type(arrow: Any, kind: str) -> Any:
    types = {"INTEGER": arrow.int64(), "REAL": arrow.float64(), "TEXT": arrow.string()}
    return types[kind]


def _piece(arrow: Any, schema: Any, rows: Sequence[tuple[Any, ...]]) -> Any:
    columns = list(zip(*rows, strict=True))
    arrays = [
        arrow.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)
    ]
    return arrow.Table.from_arrays(arrays, schema=schema)


def is_parquet_of_ours(path: Path) -> bool:
    """Whether a file is empty, or one that ``collect`` wrote."""
    arrow, parquet = pyarrow("To know a table")
    if not path.stat().st_size:
        return True
    try:
        said = parquet.read_schema(path).metadata or {}
    except (arrow.ArrowInvalid, OSError):
        return False
    return said.get(b"made by") == b"xenotrack collect"
