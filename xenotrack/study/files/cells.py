"""The cells of a workbook as text, by python-calamine; also as a program that may die of it.

A reader of a damaged or a hostile file may ask for more memory than there is, and take the whole
process with it. So formats that are not looked through beforehand are read by a process of their
own: ``python -m xenotrack.study.files.cells``, a workbook on stdin, its cells on stdout.
"""

from __future__ import annotations

import datetime
import io
import json
import os
import subprocess
import sys

from xenotrack.errors import InputError

Rows = list[list[str]]
_MIDNIGHT = datetime.time(0)
_MOST_MEMORY = 3_000_000_000


def read_cells(data: bytes, wanted: str | None, file: str) -> dict[str, Rows]:
    """The rows of each worksheet, or of the one named."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = _chosen_names(book.sheet_names, wanted, file)
        return {name: _rows(book, name) for name in names}
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise _unreadable(file, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how Rust fails
            raise
        raise _unreadable(file, str(error)) from error


def read_cells_apart(data: bytes, wanted: str | None, file: str) -> dict[str, Rows]:
    """The same, by a process of its own that has so much memory and no more."""
    done = subprocess.run(
        [sys.executable, "-m", __name__, wanted or "", file],
        input=data,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    if done.returncode != 0:
        raise _unreadable(file, "it spans more cells than can be laid out, or is damaged")
    answer = json.loads(done.stdout)
    if isinstance(answer, str):
        raise InputError(answer)
    sheets: dict[str, Rows] = answer
    return sheets


def _unreadable(file: str, why: str) -> InputError:
    return InputError(
        f"{file} cannot be read as a workbook: {why}. Save it again as xlsx, or as csv."
    )


def _chosen_names(names: list[str], wanted: str | None, file: str) -> list[str]:
    if wanted is None:
        return names
    matching = [name for name in names if name.casefold() == wanted.casefold()]
    if not matching:
        raise InputError(f"{file} has no sheet {wanted!r}. Its sheets are: {', '.join(names)}.")
    return matching[:1]


def _rows(book, name: str) -> Rows:  # type: ignore[no-untyped-def]
    values = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return [[_text(value) for value in row] for row in values]


def _text(value: object) -> str:
    """A cell as a person would type it: whole numbers without ``.0``, dates as ISO."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(" ")
    return str(value)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows, where the machine's own limit holds
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    limit = _MOST_MEMORY if most == resource.RLIM_INFINITY else min(_MOST_MEMORY, most)
    resource.setrlimit(resource.RLIMIT_AS, (limit, most))


def main() -> None:
    wanted, file = sys.argv[1:3]
    _limit_memory()
    answer: dict[str, Rows] | str
    try:
        answer = read_cells(sys.stdin.buffer.read(), wanted or None, file)
    except InputError as error:
        answer = str(error)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
