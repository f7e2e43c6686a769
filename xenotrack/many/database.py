"""Every table of every study in one SQLite file, and questions to it.

Columns are those of the glossary, with the study in front; their types are those of their values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.glossary import TABLES
from xenotrack.many.gather import Found, results_of

# By it a file is known as ours: "xeno".
APPLICATION = 0x78656E6F
STUDIES = ("study", "status", "name", "phase", "control", "n_arms", "n_mice", "n_readings", "why")
DOUBTS = ("study", "rule", "outcome", "arms", "mice", "text", "accepted")
TYPES = {"integer": "INTEGER", "real": "REAL", "text": "TEXT"}
CHUNK = 50_000


def write_database(studies: Iterable[Found], path: Path) -> None:
    """Write a new file with the tables ``studies`` and ``doubts`` and those of the glossary."""
    with _opened(path) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute("PRAGMA synchronous = OFF")  # it gets its name when it is whole
        connection.execute("ATTACH '' AS raw")
        columns = {"studies": STUDIES, "doubts": DOUBTS, **_columns()}
        for table, names in columns.items():
            connection.execute(f"CREATE TABLE raw.{_quoted(table)} ({_listed(names)})")
        for found in studies:
            for table, rows in _rows(found, columns):
                marks = ", ".join("?" * len(columns[table]))
                connection.executemany(f"INSERT INTO raw.{_quoted(table)} VALUES ({marks})", rows)
        for table, names in columns.items():
            _settle(connection, table, names)
        connection.commit()


def _columns() -> dict[str, tuple[str, ...]]:
    """The columns of each table; where it names its study itself, that is ``study_name``."""
    return {
        table: ("study", *("study_name" if name == "study" else name for name in names))
        for table, names in TABLES.items()
    }


def _rows(
    found: Found, columns: dict[str, tuple[str, ...]]
) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    if found.folder is None:
        yield "studies", [(found.name, found.status, *[None] * 6, found.failure)]
        return
    said = results_of(found)
    facts = [said.study.get(name) for name in STUDIES[2:5]]
    counts = [len(said.study["arms"]), *(said.study.get(name) for name in STUDIES[6:8])]
    yield "studies", [(found.name, found.status, *facts, *counts, None)]
    yield "doubts", [_row(found.name, DOUBTS[1:], doubt) for doubt in said.doubts]
    for table, rows in said.tables.items():
        if table in TABLES:
            yield table, [_row(found.name, TABLES[table], row) for row in rows]


def _row(study: str, names: Sequence[str], row: dict[str, Any]) -> tuple[Any, ...]:
    return (study, *(_value(row.get(name)) for name in names))


def _value(value: Any) -> Any:
    """A value as SQLite has it; lists are text."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else value


def _settle(connection: sqlite3.Connection, table: str, names: Sequence[str]) -> None:
    """Bring a table from the draft into the file, each column with the type of its values."""
    typed = ", ".join(f"{_quoted(name)} {_type(connection, table, name)}" for name in names)
    connection.execute(f"CREATE TABLE main.{_quoted(table)} ({typed})")
    connection.execute(f"INSERT INTO main.{_quoted(table)} SELECT * FROM raw.{_quoted(table)}")
    connection.execute(f"DROP TABLE raw.{_quoted(table)}")


def _type(connection: sqlite3.Connection, table: str, name: str) -> str:
    kinds = connection.execute(
        f"SELECT DISTINCT typeof({_quoted(name)}) FROM raw.{_quoted(table)}"
    ).fetchall()
    known = {kind for (kind,) in kinds} - {"null"}
    if known == {"integer", "real"}:
        return "REAL"
    return TYPES[known.pop()] if len(known) == 1 else "TEXT"


def is_database(path: Path) -> bool:
    """Whether a file is a database that ``collect`` wrote, or empty."""
    with path.open("rb") as file:
        start = file.read(72)
    return not start or (
        start.startswith(b"SQLite format 3") and start[68:72] == APPLICATION.to_bytes(4, "big")
    )


def ask_database(path: Path, question: str) -> pd.DataFrame:
    """The answer to a question in SQL; nothing can be changed by it.

    Raises ``InputError`` where the question is none, or would write.
    """
    with _opened(path, read_only=True) as connection:
        connection.set_authorizer(_reads_only)
        try:
            answer = connection.execute(question)
            names = [column[0] for column in answer.description or ()]
            rows = answer.fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            why = str(error).rstrip(".")
            raise InputError(
                f"The question was not answered: {why}. It is one SELECT; tables: studies, "
                f"doubts, {', '.join(TABLES)}."
            ) from error
    if not names:
        raise InputError("The question is empty. Write a SELECT after --query.")
    data = {place: [row[place] for row in rows] for place in range(len(names))}
    frame = pd.DataFrame(data)
    frame.columns = pd.Index(names)
    return frame


_READING = frozenset(
    (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE)
)


def _reads_only(action: int, *about: str | None) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


class Stored(NamedTuple):
    """A table of a database: its columns, their types, and its rows by and by."""

    name: str
    columns: tuple[str, ...]
    types: tuple[str, ...]
    chunks: Iterator[list[tuple[Any, ...]]]


def tables_in(path: Path) -> Iterator[Stored]:
    """Each table of a database."""
    with _opened(path, read_only=True) as connection:
        for table in ("studies", "doubts", *TABLES):
            about = connection.execute(f"PRAGMA table_info({_quoted(table)})").fetchall()
            names, types = tuple(one[1] for one in about), tuple(one[2] for one in about)
            rows = connection.execute(f"SELECT * FROM {_quoted(table)}")
            yield Stored(table, names, types, iter(partial(rows.fetchmany, CHUNK), []))


# What is no fault of a question or of ours.
_OF_THE_DISK = frozenset(
    (
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB),
    )
)


@contextmanager
def _opened(path: Path, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    mode = "ro" if read_only else "rwc"
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True)
    except sqlite3.Error as error:
        raise InputError(f"Cannot open {path}: {error}.") from error
    try:
        yield connection
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in _OF_THE_DISK:
            raise
        mend = "Make it anew" if read_only else "Set TMPDIR to a folder with more room"
        raise InputError(
            f"Cannot {'read' if read_only else 'write'} {path}: {error}. {mend}."
        ) from error
    finally:
        connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _listed(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names))
