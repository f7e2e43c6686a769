"""The sheets of a file, told apart by what is in it."""

from __future__ import annotations

from xenotrack.errors import InputError
from xenotrack.study.contents import Input
from xenotrack.study.files.delimited import read_delimited
from xenotrack.study.files.html import is_html, read_html
from xenotrack.study.files.parquet import is_parquet, read_parquet
from xenotrack.study.files.prism import is_prism, read_prism
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.files.strays import without_strays
from xenotrack.study.files.workbook import is_workbook, read_workbook


def read_sheets(
    input_file: Input,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet_name: str | None = None,
) -> list[Sheet]:
    """The sheets of one file that hold anything, told apart by what is in it, not by its name."""
    if is_workbook(input_file.data):
        sheets = read_workbook(input_file.data, input_file.name, sheet_name)
    elif is_parquet(input_file.data):
        sheets = read_parquet(input_file.data, input_file.name)
    elif is_prism(input_file.data):
        sheets = read_prism(input_file.data, input_file.name, sheet_name)
    elif is_html(input_file.data):
        sheets = read_html(input_file.data, input_file.name)
    else:
        sheets = [read_delimited(input_file.data, input_file.name, encoding, delimiter)]
    if not sheets:
        raise InputError(
            f"{input_file.name} is empty. Save the sheet again, with its column names."
        )
    return [without_strays(sheet) for sheet in sheets]
