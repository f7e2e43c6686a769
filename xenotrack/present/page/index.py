"""The page of many studies: failures first, then a line a study, then the arms of each.

It knows no command: whoever has analysed studies gives it an entry for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from xenotrack.present.manifest import sealed_page
from xenotrack.present.page.colours import colour_rules, colours_of
from xenotrack.present.page.forest import Axis, Forest, axis_of, forest_of
from xenotrack.present.page.pages import page_of, part
from xenotrack.present.page.small import Plane, plane_of
from xenotrack.present.stored import StoredRun
from xenotrack.present.story import ArmRow, Tile

# Beyond these, the arms of each study stand in its own report alone: the page stays small.
MOST_WITH_ARMS = 60
LINE = 6  # the height of an arm in a small forest, pixels


class Entry(NamedTuple):
    """One study: its name, the address of its report, and what its first screen says.

    ``place`` is relative to the page ("" = no report). ``failure`` is the sentence that says why
    there are no results ("" = there are). ``colours`` are those of its arms, ``unit`` is that of
    its tumours' size.
    """

    name: str
    place: str = ""
    failure: str = ""
    facts: str = ""
    control: str | None = None
    tiles: tuple[Tile, ...] = ()
    arms: tuple[ArmRow, ...] = ()
    note: str = ""
    colours: tuple[str, ...] = ()
    doubts: int = 0
    level: float = 0.95
    blocked_below: float = 0.0
    unit: str = "mm³"


def entry_of(run: StoredRun, place: str, name: str = "") -> Entry:
    """The entry of a study that was analysed; its title, where it has no other ``name``."""
    results, rules = run.results, run.manifest.rules
    study, story = results.study, results.story
    return Entry(
        name=name or story.title,
        place=place,
        facts=f"{len(study.arms)} arms, {study.n_mice} mice",
        control=study.control,
        tiles=story.tiles,
        arms=story.arms,
        note=story.arms_note,
        colours=colours_of(run),
        doubts=len(results.doubts),
        level=float(rules["compare"]["level"]),
        blocked_below=float(rules["growth"]["blocked_below"]),
        unit=run.readout.unit,
    )


def failure_of(name: str, why: str) -> Entry:
    """The entry of a study without results; ``why`` is one sentence with the place and the mend."""
    return Entry(name=name, failure=why)


def render_index(title: str, entries: Iterable[Entry]) -> bytes:
    """The page of many studies, in the order given, failures before all others."""
    index = Index(title, tuple(entries))
    style = part("report.css") + part("index.css") + index.style
    return sealed_page(page_of("index.html", style, part("index.js"), index=index))


class Row(NamedTuple):
    """A study with its drawings: on the axis of all studies, and on its own."""

    entry: Entry
    numbers: tuple[int, ...]
    together: Forest
    alone: Forest
    height: int

    @property
    def percent(self) -> str:
        return f"{100 * self.entry.level:g} %"


@dataclass(frozen=True)
class Index:
    """What the page asks for."""

    title: str
    entries: Sequence[Entry]

    @property
    def failed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.failure]

    @cached_property
    def rows(self) -> list[Row]:
        """The studies with results."""
        return [self._row(entry) for entry in self.entries if not entry.failure]

    def _row(self, entry: Entry) -> Row:
        return Row(
            entry,
            tuple(self._numbers[colour] for colour in entry.colours),
            forest_of(entry.arms, entry.blocked_below, self._axis),
            forest_of(entry.arms, entry.blocked_below),
            LINE * len(entry.arms) + 2,
        )

    @cached_property
    def planes(self) -> dict[str, Plane]:
        """The axes of the small drawings of growth, shared by studies of one unit."""
        drawn: dict[str, list[ArmRow]] = {}
        for entry in self.entries:
            drawn.setdefault(entry.unit, []).extend(entry.arms)
        made = {unit: plane_of(rows) for unit, rows in drawn.items()}
        return {unit: plane for unit, plane in made.items() if plane is not None}

    @property
    def with_arms(self) -> bool:
        return len(self.rows) <= MOST_WITH_ARMS

    @property
    def facts(self) -> str:
        """How many studies, failures and studies with doubts."""
        doubted = sum(1 for entry in self.entries if entry.doubts)
        counts = ((len(self.failed), "without results"), (doubted, "with doubts"))
        noun = "study" if len(self.entries) == 1 else "studies"
        parts = [f"{count} {words}" for count, words in counts if count]
        return ", ".join([f"{len(self.entries)} {noun}", *parts])

    @cached_property
    def _axis(self) -> Axis:
        arms = chain.from_iterable(entry.arms for entry in self.entries)
        return axis_of(arms, max((entry.blocked_below for entry in self.entries), default=0.01))

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """A number for each colour: the page allows no style at an element."""
        colours = dict.fromkeys(chain.from_iterable(entry.colours for entry in self.entries))
        return {colour: number for number, colour in enumerate(colours)}

    @property
    def style(self) -> str:
        return colour_rules(self._numbers)
