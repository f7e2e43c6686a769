"""A file an arm, or a file a visit: what only its name says becomes a column of its rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from xenotrack.study.contents import shared_beginning
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.registry import recognitions
from xenotrack.study.layouts.sections import complete_by_names, fits
from xenotrack.study.layouts.wide import day_of_header

_WORD = re.compile(r"[^\W\d_]{2}")
_SIGN = re.compile(r"[\s_.-]")


def named_by_files(files: Sequence[list[Sheet]], declared: Mapping[str, str]) -> list[list[Sheet]]:
    """The files with their names as arms or days, where none of them says these in itself."""
    sheets = [sheet for file in files for sheet in file]
    if len(files) < 2 or len(sheets) > len(files):
        return list(files)
    if any(fits(sheet, lambda one: recognitions(one, declared)) for sheet in sheets):
        return list(files)
    named = complete_by_names(
        sheets,
        telling_parts([Path(sheet.file).stem for sheet in sheets]),
        lambda one: recognitions(one, declared),
        kind="Files",
    )
    return [[sheet] for sheet in named] if len(named) == len(files) else list(files)


def telling_parts(names: Sequence[str]) -> list[str]:
    """Names without the words with which all of them begin or end; days and dates stay whole.

    >>> telling_parts(["x12_vehicle_tv", "x12_drug A_tv"]), telling_parts(["drugA", "drugB"])
    (['vehicle', 'drug A'], ['drugA', 'drugB'])
    >>> telling_parts(["2024-03-01_tv", "2024-03-08_tv"])
    ['2024-03-01', '2024-03-08']
    """
    before = _whole_words(shared_beginning(names))
    after = _whole_words(shared_beginning([name[before:][::-1] for name in names]))
    cuts = ((0, 0), (0, after), (before, 0), (before, after))
    ways = [[name[begin : len(name) - end] for name in names] for begin, end in cuts]
    days = next((way for way in ways if all(map(day_of_header, way))), None)
    # What is left of `cohort 2a` is no name of an arm.
    return days or (ways[-1] if all(map(_WORD.search, ways[-1])) else list(names))


def _whole_words(shared: str) -> int:
    """How much of a shared beginning is whole words with the sign behind them."""
    return max((found.end() for found in _SIGN.finditer(shared)), default=0)
