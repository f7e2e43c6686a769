"""What a sheet says that it holds, where its header does not: above it, on its tab, in its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import PurePath

import numpy as np
import pandas as pd

from xenotrack.study.days import is_date
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.grid import MEASURES
from xenotrack.study.layouts.layout import LongText, Recognition
from xenotrack.study.meaning import Meaning, meaning_of, names_tumors
from xenotrack.study.numbers import is_missing, plain_numbers

# What stands before a title that says what it is: `Task: Tumor volume (mm3)`.
_KEY = re.compile(
    r"(?:task|title|measure(?:ment|d)?|parameter|read-?out|variable|end ?point|data(?: type)?|"
    r"table|sheet|tab|content|study|project|experiment|name|y[ -]axis|values?|units?|einheit)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"[-+]?\d.*")
# What a title may say before a colon; `Food: ad libitum` is no title.
_TITLED = (
    "volume",
    "body_weight",
    "weight",
    "weight_change",
    "relative",
    "log",
    "diameter",
    "flux",
)
_DIAMETERS = ("volume", "diameter", "length", "width", "height")
_LATEST_HEADER, _FEWEST_COLUMNS = 40, 3
_EARLY = 10  # records of a sheet that nobody could read


@dataclass(frozen=True)
class Said:
    """A quantity that a sheet says it holds, and in which words of which place."""

    meaning: Meaning
    told: str

    def suits(self, recognition: Recognition, readout: str = "volume") -> bool:
        """Whether the numbers of a layout can be what is said, where a readout is wanted."""
        allowed = _DIAMETERS if recognition.bare == "diameters" else (readout,)
        return self.meaning.quantity in allowed


def said_of(sheet: Sheet, recognition: Recognition, readout: str = "volume") -> Said | None:
    """What a sheet says that its bare numbers are, where anything says it; the nearest first.

    Of several quantities in one place it is the ``readout`` wanted.
    """
    lines = list(_titles(sheet, recognition))
    tab = [sheet.name] if sheet.name else []
    places = (
        (lines, "its title says {!r}"),
        (tab, "its worksheet is called {!r}"),
        ([PurePath(sheet.file).stem], f"the file is called {PurePath(sheet.file).name!r}"),
    )
    for texts, told in places:
        said = [(text, meaning) for text in texts if (meaning := meaning_of(text)) is not None]
        wanted = [pair for pair in said if pair[1].quantity == readout]
        if said:
            text, meaning = (wanted or said)[-1]
            return Said(meaning, told.format(text))
        if any(map(names_tumors, texts)):
            return None
    return None


def said_in(sheet: Sheet, recognition: Recognition) -> Said | None:
    """What the only column of numbers says that it holds, where no column is a volume."""
    names = dict(enumerate(recognition.header.names))
    own = {
        c for role, c in recognition.header.roles.items() if role not in (*MEASURES, "body_weight")
    }
    body = sheet.grid[recognition.position + recognition.depth :]
    numbers = [c for c in names if c not in own and names[c] and holds_numbers(body[:, c])]
    if light := light_columns(sheet):
        return Said(Meaning("flux"), f"its column is called {light[0]!r}")
    meaning = meaning_of(names[numbers[0]]) if len(numbers) == 1 else None
    if meaning is None or meaning.quantity == "volume":
        return None
    return Said(meaning, f"its column is called {names[numbers[0]]!r}")


def holds_numbers(texts: Iterable[str]) -> bool:
    """Whether most of the filled cells are numbers."""
    filled = pd.Series([text for text in set(texts) if not is_missing(text)], dtype=object)
    numbers = (
        plain_numbers(filled.str.replace(",", ".", regex=False)) if len(filled) else np.array([])
    )
    return bool(2 * (~np.isnan(numbers)).sum() > len(filled))


def speaks_of_tumors(sheet: Sheet) -> bool:
    """Whether a sheet that no layout fits says, on its tab or in its first lines, that it is it."""
    early = (text for p in range(min(len(sheet.cells), _EARLY)) for text in sheet.texts(p))
    return names_tumors(sheet.name) or any(names_tumors(text) for text in early if text)


def light_columns(sheet: Sheet) -> list[str]:
    """The names of columns that hold light, in the first of the early lines that has any."""
    for position in range(min(len(sheet.cells), _LATEST_HEADER)):
        texts = sheet.texts(position)
        if sum(map(bool, texts)) >= _FEWEST_COLUMNS:
            light = [text for text in texts if text and names_light(text)]
            if light:
                return light
    return []


def names_light(text: str) -> bool:
    """Whether a text says that light was measured.

    >>> names_light("Total Flux [p/s]"), names_light("BLI"), names_light("Volume")
    (True, True, False)
    """
    meaning = meaning_of(text)
    return meaning is not None and meaning.quantity == "flux"


def no_light(sheet: Sheet, said: Said) -> str:
    """Why a sheet is not read where light is wanted."""
    return (
        f"{sheet.title} holds {said.meaning.noun}, not light: {said.told}. Give the sheet of "
        'light, or leave out `readout = "flux"` under [volume].'
    )


def no_volumes(sheet: Sheet, said: Said) -> str:
    """Why a sheet is not read, and what would settle it."""
    mend = {
        "body_weight": "Give the sheet of tumour volumes as well: the weights are joined to it.",
        "flux": 'To analyse light as such, say `readout = "flux"` under [volume] (--readout flux).',
        "area": 'Give it with a row a reading and a column named "area (mm2)".',
        "diameter": "No volume can be made of one diameter; give length and width.",
        "length": "No volume can be made of lengths alone; give length and width.",
        "width": "No volume can be made of widths alone; give length and width.",
        "height": "No volume can be made of heights alone; give length and width.",
        "unit": f"No volume is written in {said.meaning.unit}.",
    }.get(said.meaning.quantity, "Give the sheet of tumour volumes in mm³ or cm³.")
    return (
        f"{sheet.title} holds {said.meaning.noun}, not tumour volumes: {said.told}. {mend} "
        'If they are volumes, say `readout = "volume"` under [volume] (--readout volume).'
    )


def with_said_unit(long: LongText, said: Said | None, recognition: Recognition) -> LongText:
    """The long table with the unit of its bare numbers, where a title, a tab or a name says it."""
    if said is not None and said.meaning.quantity == "flux" and said.meaning.unit:
        units = {"volume": said.meaning.unit, **long.header.units}
        return replace(long, header=replace(long.header, units=units))
    if said is None or said.meaning.unit not in ("cm3", "cm"):
        return long
    roles = ("length", "width", "height") if recognition.bare == "diameters" else ("volume",)
    own = {role: said.meaning.unit for role in roles if role in long.frame}
    if (recognition.bare == "diameters") == (said.meaning.unit == "cm3"):
        return long
    header = replace(long.header, units={**own, **long.header.units})
    return replace(long, header=header)


def _titles(sheet: Sheet, recognition: Recognition) -> Iterator[str]:
    """The words above a header, and those in it over columns that hold nothing."""
    for position in range(recognition.position - recognition.above):
        texts = [text for text in dict.fromkeys(sheet.texts(position)) if text]
        yield from _not_of_the_study(texts)
    body = sheet.grid[recognition.position + recognition.depth :]
    for column, name in enumerate(recognition.header.names):
        if name and column < body.shape[1] and all(map(is_missing, body[:, column])):
            yield name


def _not_of_the_study(texts: Sequence[str]) -> Iterator[str]:
    """The texts of a line without facts of the study: ``Dose: 10 mg/kg``, ``Body weight | 21``."""
    for text, after in zip_longest(texts, texts[1:], fillvalue=""):
        key, colon, value = (part.strip() for part in text.partition(":"))
        value = value or (after if colon else "")
        if _VALUE.fullmatch(value or after) or is_date(value or after):
            continue
        if not value:
            yield text
        elif _KEY.fullmatch(key):
            yield value
        elif (meaning := meaning_of(key)) is not None and meaning.quantity in _TITLED:
            yield f"{key} ({value})"
