"""Arms that stand in two columns, as ``arm = "Drug + Dose"`` under ``[columns]`` declares them."""

from __future__ import annotations

from collections.abc import Mapping

from xenotrack.study.files.sheet import Sheet
from xenotrack.study.numbers import is_missing

_WITHIN = 30  # records in which a header is looked for
_JOINT = " + "


def with_joined_columns(sheet: Sheet, declared: Mapping[str, str]) -> Sheet:
    """The sheet with a column more for each declared ``A + B``, of the texts of both.

    Nothing of a drug that was not given: a dose of 0 and an empty cell add no word.
    """
    for wanted in {name.strip() for name in declared.values() if _JOINT in name}:
        parts = [part.strip().casefold() for part in wanted.split(_JOINT)]
        for position in range(min(len(sheet.cells), _WITHIN)):
            names = [text.casefold() for text in sheet.texts(position)]
            if wanted.casefold() not in names and all(part in names for part in parts):
                sheet = _joined(sheet, position, wanted, [names.index(part) for part in parts])
                break
    return sheet


def _joined(sheet: Sheet, position: int, name: str, columns: list[int]) -> Sheet:
    below = sheet.cells.iloc[position + 1 :, columns].to_numpy().tolist()
    texts = [" ".join(text.strip() for text in row if _says_something(text)) for row in below]
    return sheet.with_column(position, name, texts)


def _says_something(text: str) -> bool:
    return not is_missing(text) and text.strip() != "0"
