"""Text files → Sheet: encoding, delimiter and records, all cells as text."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from typing import Literal

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.files.encodings import GUESSES, guess_encoding
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_NAMED = {name: mark for mark, name in DELIMITERS.items()} | {"\\t": "\t"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLANKS = re.compile(r"[ \t]{2,}")
# What R says about a tibble that it prints, and the line of its types below the names.
_CUT_SHORT = re.compile(r"^# .*\bmore (?:rows?|variables?|columns?)\b", re.MULTILINE)
_ABOUT_A_PRINT = re.compile(r"^(?:#.*|[ \t]*<\w+>(?:[ \t]+<\w+>)*[ \t]*)$", re.MULTILINE)
# A table of this many cells takes about a gigabyte; real sheets stay a hundred times below.
_MOST_CELLS = 60_000_000
_MANY_COLUMNS = 500
# A line of ten thousand cells has some 100 kB; a longer one than this is no row of a sheet.
_LONGEST_LINE = 8_000_000


def read_delimited(
    data: bytes, file: str, encoding: str | None = None, delimiter: str | None = None
) -> Sheet:
    """The records of a delimited text file, each with the line on which it begins."""
    _refuse_endless_line(data, file)
    text, findings = _decode(data, file, encoding)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise InputError(f"{file} is empty. Save the sheet again, with a line of column names.")
    text = text if delimiter else with_tabs(_without_print(text, file))
    mark = _delimiter(delimiter) if delimiter else find_delimiter(text)
    cells, rows = _records(text, mark, file, findings)
    cells = _with_row_names(cells, text, mark, file, findings)
    return Sheet(file, "", cells, rows, tuple(findings))


def _refuse_endless_line(data: bytes, file: str) -> None:
    start = 0
    while len(data) - start > _LONGEST_LINE:
        end = max(data.rfind(mark, start, start + _LONGEST_LINE) for mark in (b"\n", b"\r"))
        if end < 0:
            row = data.count(b"\n", 0, start) + 1
            raise InputError(
                f"{file}, row {row}, is a line of more than {_LONGEST_LINE / 1e6:g} MB, which no "
                "sheet has. Save the sheet again, as csv."
            )
        start = end + 1


def _decode(data: bytes, file: str, encoding: str | None) -> tuple[str, list[Finding]]:
    """The text and a finding where its encoding was guessed; BOM, else UTF-8, else by its words."""
    if encoding is not None:
        return _decode_as(data, file, encoding), []
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode_as(data, file, name), []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        guess = guess_encoding(data)
        text = _decode_as(data, file, guess)
        return _without_nul(text, file), [_guessed_encoding(file, line, guess)]
    return _without_nul(text, file), []


def _decode_as(data: bytes, file: str, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError as error:
        raise InputError(
            f"There is no encoding {encoding!r}. Usual ones: utf-8, utf-16, cp1252, mac_roman."
        ) from error
    except UnicodeError as error:
        raise InputError(
            f"{file} is not {encoding} text: {error}. Name its encoding with --encoding."
        ) from error


def _without_nul(text: str, file: str) -> str:
    if "\0" in text:
        raise InputError(
            f"{file} is not a text file, or is UTF-16 without its mark. "
            "Save it as csv, or try --encoding utf-16-le."
        )
    return text


def _guessed_encoding(file: str, line: int, encoding: str) -> Finding:
    return Finding(
        "encoding-guessed",
        "warning",
        file,
        "",
        str(line),
        "",
        f"The file is not UTF-8 and was read as {GUESSES[encoding]}.",
        "Look at letters such as µ, ³ or ü; if they are wrong, name it with --encoding.",
    )


def _delimiter(given: str) -> str:
    mark = _NAMED.get(given, given)
    if len(mark) != 1 or not mark.isascii() or mark in '"\n\r':
        raise InputError(
            f"The delimiter {given!r} is not one character. Usual: , ; | or tab (--delimiter tab)."
        )
    return mark


def find_delimiter(text: str) -> str:
    """The mark that cuts the first lines into the same number of cells, most of them.

    >>> find_delimiter("a;b;c\\n1;2;17,5\\n1;2;18,5\\n")
    ';'
    """
    # The first lines alone: a reader of all the text would copy it, which of 30 MB takes 2 s.
    lines = [line for line in text.split("\n", 300)[:300] if line.strip()]
    return max(DELIMITERS, key=lambda mark: _consistency(lines, mark))


def _without_print(text: str, file: str) -> str:
    """A table as R prints a tibble, with tabs and without what R says about it.

    Lines keep their places; over the numbers of the rows stands no name.
    """
    if not text.lstrip().startswith("# A tibble"):
        return text
    if _CUT_SHORT.search(text):
        raise InputError(
            f"{file} is the beginning of a table as R prints it, and says that more rows or "
            "columns are not in it. Save the whole table in R: write.csv(data, 'sheet.csv')."
        )
    bare = re.sub(r"^(?=[ \t]*\S)", '"" ', _ABOUT_A_PRINT.sub("", text), count=1, flags=re.M)
    cells = [_cut_at_blanks(line.strip()) for line in bare.split("\n")]
    even = len({len(row) for row in cells if row}) == 1
    return "\n".join(map("\t".join, cells)) if even else text


def with_tabs(text: str) -> str:
    """A text whose columns only blanks keep apart with a tab between them, any other as it is.

    >>> with_tabs("mouse  day  mm3\\n   m1    0  120\\n"), with_tabs("mouse,day,mm3\\n")
    ('mouse\\tday\\tmm3\\nm1\\t0\\t120', 'mouse,day,mm3\\n')
    """
    head = [line for line in map(str.strip, text.split("\n", 300)[:300]) if line]
    if any(_consistency(head, mark)[0] for mark in DELIMITERS):
        return text
    for cut in (_BLANKS.split, _cut_at_blanks):
        widths = {len(cut(line)) for line in head}
        # One more where R wrote the names of rows and none over them.
        first = len(cut(head[0])) if head else 0
        if first > 2 and (len(widths) == 1 or widths == {first, first + 1}):
            lines = map(str.strip, text.split("\n"))
            cells = ([cell.strip('"') for cell in cut(line)] if line else [] for line in lines)
            return "\n".join(map("\t".join, cells)).rstrip("\n")
    return text


def _cut_at_blanks(line: str) -> list[str]:
    """The cells of a line, blanks within quotes kept."""
    try:
        return next(csv.reader([line], delimiter=" ", skipinitialspace=True))
    except csv.Error:
        return [line]


def _consistency(lines: list[str], mark: str) -> tuple[float, int]:
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=mark))
    except csv.Error:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]))
    return (count / len(lines), width) if width > 1 else (0.0, 0)


def _records(
    text: str, mark: str, file: str, findings: list[Finding]
) -> tuple[pd.DataFrame, np.ndarray]:
    """The cells of each record and the line on which it begins."""
    n_lines, width = _extent(text, mark, file)
    quoting: Literal[0, 3] = 0  # csv.QUOTE_MINIMAL
    if '"' in text:
        quotes = _quotes(text, mark)
        if quotes == "open":
            findings.append(_open_quote(file))
            quoting = 3  # csv.QUOTE_NONE
        elif quotes == "spread":
            return _spread_records(text, mark, file, findings)
    cells = _cells(text, mark, width, quoting)
    if len(cells) < n_lines:
        return _spread_records(text, mark, file, findings)
    cells = _without_empty_edge(cells.iloc[:n_lines])
    return cells, np.arange(1, n_lines + 1)


def _extent(text: str, mark: str, file: str) -> tuple[int, int]:
    """Lines up to the last one with text, and the most cells that a line can have."""
    data = np.frombuffer(text.rstrip("\n").encode(), dtype=np.uint8)
    ends = np.append(np.flatnonzero(data == ord("\n")), len(data))
    # Of a mark outside ASCII the first byte may be another letter's: more cells than needed.
    before = np.searchsorted(np.flatnonzero(data == mark.encode()[0]), ends)
    marks = np.diff(before, prepend=0)
    width = int(marks.max()) + 1
    if width * len(ends) > _MOST_CELLS:
        raise InputError(
            f"{file}, row {int(marks.argmax()) + 1} has {width} cells; {len(ends)} such rows are "
            "too many to read. Is the delimiter right (--delimiter)?"
        )
    return len(ends), width


def _quotes(text: str, mark: str) -> Literal["closed", "spread", "open"]:
    """Whether quoted cells end on their line, span lines, or never close."""
    for strict in (True, False):
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=strict)
        try:
            n_records = sum(1 for _ in reader)
        except csv.Error as error:
            if "end of data" in str(error) or "larger" in str(error):
                return "open"
        else:
            return "closed" if n_records == reader.line_num else "spread"
    return "open"


def _cells(text: str, mark: str, width: int, quoting: Literal[0, 3]) -> pd.DataFrame:
    if width > _MANY_COLUMNS:
        # Which takes pandas half a millisecond a column, the reader of Python none.
        return _slow_cells(text, mark, width, quoting)
    try:
        cells = _fast_cells(text, mark, width, quoting)
    except pd.errors.ParserError:
        # pandas' parser runs out of its buffer where short lines come before the first long one.
        return _slow_cells(text, mark, width, quoting)
    if quoting == 3:
        cells = cells.apply(lambda column: column.str.replace(r'^"(.*)"$', r"\1", regex=True))
    return cells


def _slow_cells(text: str, mark: str, width: int, quoting: Literal[0, 3]) -> pd.DataFrame:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark, quoting=quoting)
    records = [record[:width] + [""] * (width - len(record)) for record in reader]
    return pd.DataFrame(records, dtype=object)


def _fast_cells(text: str, mark: str, width: int, quoting: Literal[0, 3]) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(text.encode()),
        sep=mark,
        header=None,
        names=range(width),
        index_col=False,
        dtype=str,
        na_filter=False,
        skip_blank_lines=False,
        quoting=quoting,
        engine="c",
        encoding="utf-8",
    )


def _spread_records(
    text: str, mark: str, file: str, findings: list[Finding]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Records whose quoted cells may span lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    records: list[list[str]] = []
    rows: list[int] = []
    before = 0
    try:
        for record in reader:
            records.append(record)
            rows.append(before + 1)
            before = reader.line_num
            if any("\n" in cell and mark in cell for cell in record):
                findings.append(_cell_spans_lines(file, rows[-1]))
    except csv.Error as error:
        raise InputError(f"{file}, row {before + 1}: {error}.") from error
    width = max(map(len, records))
    padded = [record + [""] * (width - len(record)) for record in records]
    return _without_empty_edge(pd.DataFrame(padded, dtype=object)), np.asarray(rows)


def _open_quote(file: str) -> Finding:
    return Finding(
        "quote-left-open",
        "warning",
        file,
        "",
        "",
        "",
        "A quotation mark opens a cell and never closes; quotation marks were read as text.",
        "Remove the stray quotation mark.",
    )


def _cell_spans_lines(file: str, row: int) -> Finding:
    return Finding(
        "cell-spans-lines",
        "error",
        file,
        "",
        row_ranges([row]),
        "",
        "One quoted cell holds several lines of the file, delimiters included.",
        "Close the quotation mark on its own line, or the lines below it are lost.",
    )


def _without_empty_edge(cells: pd.DataFrame) -> pd.DataFrame:
    """The frame without the columns at its right edge that hold nothing at all."""
    width = cells.shape[1]
    while width > 1 and (cells.iloc[:, width - 1] == "").all():
        width -= 1
    return cells.iloc[:, :width]


def _with_row_names(
    cells: pd.DataFrame, text: str, mark: str, file: str, findings: list[Finding]
) -> pd.DataFrame:
    """The frame with its header moved over row names, as R's write.table writes them."""
    first_line = text.split("\n", 1)[0].rstrip()
    last = cells.iloc[:, -1]
    if len(cells) < 2 or last.iloc[0] != "" or (last.iloc[1:] == "").any():
        return cells
    if first_line.endswith(mark) or cells.iloc[0, 0] == "" or cells.iloc[0, -2] == "":
        return cells
    findings.append(
        Finding(
            "row-names",
            "warning",
            file,
            "",
            "1",
            "",
            "Every row has one cell more than the header, at its start.",
            "The header was moved by one; write the file without row names.",
        )
    )
    header = ["", *cells.iloc[0, :-1].tolist()]
    return pd.concat([pd.DataFrame([header]), cells.iloc[1:]], ignore_index=True)
