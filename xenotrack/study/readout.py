"""What stands for a tumour's size: its volume in mm³, or another readout with its own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from xenotrack.glossary_pool import Column

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.study.rules import VolumeRules


Told = TypeVar("Told")
FLUX = "flux"  # the column of light in the tidy table
# A name in quotes or a key of study.toml is somebody's word for something, and stays.
_QUOTED = r"`[^`]*`|\[\w+\]|(?<!\w)'[^'\n]*'(?!\w)|\"[^\"\n]*\""
_OF_VOLUMES = ("mean_ln_volume", "ln_volume", "relative_volume")  # outcomes and scales
# Columns that hold sentences of ours; all others hold names and numbers.
_SENTENCES = ("method", "formula", "seen", "proposal", "text", "meaning")


@dataclass(frozen=True)
class Readout:
    """What was measured of a tumour: its noun, its unit as axes have it, its columns by ours.

    Below what people read it is everywhere ``volume_mm3``, a size above 0; a readout without a
    scale in mm has nothing that rests on one: no calipers, no mass, no PPTP classes.
    """

    noun: str
    plural: str
    unit: str
    columns: tuple[tuple[str, str], ...] = ()

    @property
    def in_mm(self) -> bool:
        """Whether it is a volume, and lengths, masses and calipers mean something."""
        return not self.columns

    def words(self, text: str, names: Iterable[str] = ()) -> str:
        """A text about volumes in the words of the readout; quoted text and ``names`` stay.

        >>> light = Readout("flux", "fluxes", "p/s", (("volume_mm3", "flux"),))
        >>> light.words("Tumour volume (mm³) of low volume, ln volumes", ["low volume"])
        'Flux (p/s) of low volume, ln fluxes'
        """
        if self.in_mm:
            return text
        if not self.unit:
            text = re.sub(r" ?(?:\(mm³\)|\bmm³)", "", text)
        # A long name may have been broken over lines.
        kept = [
            r"\s+".join(map(re.escape, name.split()))
            for name in sorted(names, key=len, reverse=True)
            if name.strip()
        ]
        theirs = {
            "volume": self.noun,
            "volumes": self.plural,
            "mm³": self.unit,
            "calipers": "the camera",
        }
        known = "|".join([_QUOTED, *kept])

        def said(match: re.Match[str]) -> str:
            word = match["word"]
            if word is None:
                return match[0]
            there = theirs[word.casefold().split()[-1]]
            return there.capitalize() if word[0].isupper() else there

        pattern = rf"(?:{known})|(?P<word>\b(?:tumou?r )?volumes?\b|mm³|\bcalipers\b)"
        return re.sub(pattern, said, text, flags=re.IGNORECASE)

    def spoken(self, value: Any, names: Iterable[str] = ()) -> Any:
        """All texts of a value of dicts and lists; its keys stay."""
        if isinstance(value, str):
            return self.words(value, names)
        if isinstance(value, dict):
            return {key: self.spoken(each, names) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.spoken(each, names) for each in value)
        return value

    def struct(self, value: Told, names: Iterable[str] = ()) -> Told:
        """A struct of msgspec with all its texts in the readout's words."""
        if self.in_mm:
            return value
        spoken = self.spoken(msgspec.to_builtins(value), names)
        return msgspec.convert(spoken, type(value))

    def table(self, frame: pd.DataFrame, names: Iterable[str] = ()) -> pd.DataFrame:
        """A table with the readout's columns, and its words in the sentences."""
        if self.in_mm:
            return frame
        ours = [name for name in _SENTENCES if name in frame and frame[name].dtype.kind == "O"]
        said = {name: self.spoken(frame[name].tolist(), names) for name in ours}
        for name in ("scale", "outcome"):
            if name in frame:
                said[name] = [self.name(value) for value in frame[name]]
        return frame.assign(**said).rename(columns=dict(self.columns))

    def glossary(self, columns: Mapping[str, Column]) -> Mapping[str, Column]:
        """What columns mean, where the readout is this one."""
        if self.in_mm:
            return columns
        return {
            self.column(name): Column(self.words(each.unit), self._meant(each.meaning))
            for name, each in columns.items()
        }

    def _meant(self, text: str) -> str:
        """What a column means, with the names of outcomes and scales that stand in it."""
        for name in _OF_VOLUMES:
            text = text.replace(name, self.name(name))
        return self.words(text)

    def name(self, value: Any) -> Any:
        """The readout's name of an outcome or a scale of ours.

        >>> Readout("flux", "fluxes", "p/s", (("volume_mm3", "flux"),)).name("ln_volume")
        'ln_flux'
        """
        named = not self.in_mm and value in _OF_VOLUMES
        return value.replace("volume", self.noun) if named else value

    def column(self, name: str) -> str:
        """The readout's name for a column of ours."""
        return dict(self.columns).get(name, name)


VOLUME = Readout("volume", "volumes", "mm³")


def readout_of(rules: VolumeRules) -> Readout:
    """The readout that the rules declare; volumes where they do not."""
    if rules.readout != "flux":
        return VOLUME
    columns = (("volume_mm3", FLUX), ("baseline_mm3", f"baseline_{FLUX}"))
    return Readout("flux", "fluxes", rules.readout_unit or "", columns)
