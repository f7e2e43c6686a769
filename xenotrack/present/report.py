"""The report: one page that needs nothing else, made from what a run's folder holds."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup

from xenotrack.glossary import COLUMNS, Column
from xenotrack.present.figures.catalogue import FIGURES, OF_PHONES, SENTENCE
from xenotrack.present.page.cells import NOTHING
from xenotrack.present.page.colours import colour_rules, colours_of
from xenotrack.present.page.data import page_data
from xenotrack.present.page.forest import Forest, forest_of
from xenotrack.present.page.pages import page_of, part
from xenotrack.present.page.svg import inline_svg
from xenotrack.present.page.tables import (
    Line,
    Marks,
    Table,
    table_row,
    views_of,
    whole_table,
    words_rules,
)
from xenotrack.present.stored import StoredRun
from xenotrack.present.story import Answer, Caption, Sentence, Story

SCRIPTS = ("report.js", "touch.js", "draw.js", "replay.js", "narrow.js")
FOLDED = frozenset(one.name for one in FIGURES if one.folded)
KNOWN = frozenset(one.name for one in FIGURES)
SENTENCE_MARK = f'id="{SENTENCE}"'.encode()
MOST_LEADING = 6  # sentences before a reader asks for them
MANY_ARMS = 12
PANELS = ("progression",)  # which fills a page, and whose days stand in the row of each arm
PRINTED = frozenset(one.name for one in FIGURES if one.printed)


def render_report(run: StoredRun) -> bytes:
    """report.html of a run."""
    report = Report(run)
    return page_of(
        "report.html",
        part("report.css") + words_rules() + colour_rules(colours_of(run)),
        "".join(map(part, SCRIPTS)),
        report=report,
        data=page_data(run, report.marks),
        story=run.results.story,
        study=run.results.study,
        manifest=run.manifest,
        columns=report.glossary,
    )


@dataclass(frozen=True)
class Report:
    """What the page asks for: figures with their captions, tables as they are read."""

    run: StoredRun

    @property
    def story(self) -> Story:
        return self.run.results.story

    @property
    def tables_by_name(self) -> dict[str, list[dict[str, Any]]]:
        return self.run.results.tables

    @cached_property
    def marks(self) -> Marks:
        arms = [arm.name for arm in self.run.results.study.arms]
        return Marks.of(arms, self.tables_by_name.get("response", ()), self.glossary)

    @cached_property
    def glossary(self) -> Mapping[str, Column]:
        """What columns mean."""
        return self.run.readout.glossary(COLUMNS)

    @property
    def level(self) -> float:
        return float(self.run.manifest.rules["compare"]["level"])

    @property
    def percent(self) -> str:
        """The level of the intervals."""
        return f"{100 * self.level:g} %"

    @cached_property
    def forest(self) -> Forest:
        """The growth rates of the arms on one axis."""
        return forest_of(self.story.arms, self.run.manifest.rules["growth"]["blocked_below"])

    @property
    def arms(self) -> Iterator[tuple[int, str, dict[int, str]]]:
        """Each arm's number and name, and the number and name of its mice."""
        attributes: dict[str, dict[int, str]] = {name: {} for name in self.marks.arms}
        for row in self.tables_by_name.get("response", ()):
            attributes.setdefault(row["arm"], {})[self.marks.mice[row["mouse"]]] = row["mouse"]
        for name, number in self.marks.arms.items():
            yield number, name, attributes[name]

    def caption(self, name: str) -> Caption:
        """A figure's words; its name, where nobody wrote any."""
        own = [one for one in self.story.captions if one.figure == name]
        words = name.replace("_", " ").capitalize()
        return own[0] if own else Caption(name, words, "", words)

    @cached_property
    def pictures(self) -> frozenset[str]:
        """The figures that show more than a sentence of why there is nothing to show."""
        return frozenset(
            name
            for name, drawn in self.run.pictures.items()
            if not name.endswith(OF_PHONES) and SENTENCE_MARK not in drawn
        )

    def drawing(self, name: str) -> Markup:
        """A figure, and behind it the place of the narrow drawing that phones show instead."""
        drawn = self._inline(name, name, "f")
        if name + OF_PHONES not in self.run.pictures:
            return drawn
        place = '<div class="wide">{}</div><div class="narrow" data-narrow="{}"></div>'
        return Markup(place).format(drawn, name)

    @property
    def packed(self) -> dict[str, str]:
        """What most readers never look at, a fifth as long as it would be, by its place.

        A browser unpacks it by itself; without script the page shows wide drawings and, of many
        arms, the first rows of long tables, and names the files of the others.
        """
        parts = {"packed": self._narrow, "packed-rows": self._further_rows}
        return {place: _packed(part) for place, part in parts.items() if part}

    @property
    def _narrow(self) -> dict[str, str]:
        """The drawings for phones by name."""
        return {
            name: self._inline(name + OF_PHONES, name, "n")
            for name in self.figure_numbers
            if name + OF_PHONES in self.run.pictures
        }

    def rows_of(self, table: Table) -> tuple[Line, ...]:
        """The rows that stand in the page from the beginning: all but of a study of many arms.

        The page of such a study would be half tables, and 2.5 MB.
        """
        return table.first if self._has_many_arms else table.lines

    @property
    def _has_many_arms(self) -> bool:
        return len(self.run.results.study.arms) > MANY_ARMS

    @property
    def _further_rows(self) -> dict[str, str]:
        """The rows of long tables that follow those in the page, by the table's name."""
        return {
            table.name: "".join(table_row(line, table.headings) for line in further)
            for table in self.all_tables
            if (further := table.lines[len(self.rows_of(table)) :])
        }

    def _inline(self, picture: str, name: str, prefix: str) -> Markup:
        alt, first = self.caption(name).alt, f"{prefix}{self.figure_numbers[name]}-"
        return Markup(inline_svg(picture, self.run.pictures[picture], alt, self.marks, first))

    def figures(self, answer: Answer, folded: bool) -> list[str]:
        """The figures of an answer that were drawn, but for those that stand above it."""
        own = [name for name in answer.figures if self._first_at.get(name) == answer.id]
        return [name for name in own if (name in FOLDED) == folded]

    @cached_property
    def figure_numbers(self) -> dict[str, int]:
        """The number of each figure, in the order of the page."""
        ordered = [name for name, place in self._first_at.items() if not place]
        for answer in self.story.answers:
            ordered += [*self.figures(answer, folded=False), *self.figures(answer, folded=True)]
        return {name: number for number, name in enumerate([*ordered, *self.other_figures], 1)}

    def is_printed(self, name: str) -> bool:
        """Whether a figure is printed with the summary; of many arms one with panels is not."""
        crowded = self._has_many_arms and name in PANELS
        return name == self.story.key_figure or (name in PRINTED and not crowded)

    def is_in_print(self, answer: Answer) -> bool:
        """Whether an answer has something that is printed with the summary."""
        return bool(answer.doubts) or any(map(self.is_printed, self.figures(answer, folded=False)))

    @cached_property
    def _first_at(self) -> dict[str, str]:
        """Where each figure stands: a figure that answers twice is drawn once."""
        places = {self.story.key_figure: ""}
        for answer in self.story.answers:
            for name in answer.figures:
                places.setdefault(name, answer.id)
        return {name: place for name, place in places.items() if name in self.pictures}

    def figures_above(self, answer: Answer) -> list[str]:
        """The figures of an answer that were drawn before it."""
        return [name for name in answer.figures if self._first_at.get(name, answer.id) != answer.id]

    @property
    def other_figures(self) -> list[str]:
        """Figures that no answer names, and that no question of the page asks for."""
        return sorted(set(self.pictures) - set(self._first_at) - KNOWN)

    @property
    def n_doubts(self) -> str:
        """How many doubts the results carry, in words."""
        count = len(self.run.results.doubts)
        return f"{count or 'no'} {'doubt' if count == 1 else 'doubts'}"

    def lead(self, answer: Answer) -> list[Sentence]:
        """What an answer says at once: the claim of its tile, else the first that it states.

        The others are said by its figures and tables as well; so are many that state no claim.
        """
        stating = [sentence for sentence in answer.sentences if sentence.claims]
        if not stating:
            return list(answer.sentences) if len(answer.sentences) <= MOST_LEADING else []
        tiles = [tile for tile in self.story.tiles if tile.question == answer.id]
        tiled = {claim for tile in tiles for claim in tile.claims}
        known = [*stating, *self.story.headline]
        return [one for one in known if tiled & set(one.claims)][:1] or stating[:1]

    def tables(self, answer: Answer) -> list[Table]:
        """The tables of an answer that have rows."""
        return [
            table
            for name in answer.tables
            if self.tables_by_name.get(name)
            for table in views_of(
                name, self.tables_by_name[name], answer.id, self.marks, self.level
            )
        ]

    @property
    def exits(self) -> list[Table]:
        """The mice that left before the end, and why."""
        rows = self.tables_by_name.get("response", [])
        views = views_of("response", rows, "quality", self.marks, self.level) if rows else []
        return [table for table in views if table.title != table.name]

    @cached_property
    def all_tables(self) -> list[Table]:
        """Every table whole, doubts first."""
        tables = {"doubts": self.run.results.doubts, **self.tables_by_name}
        return [whole_table(name, rows, self.marks) for name, rows in tables.items()]

    @property
    def rules(self) -> Iterator[tuple[str, str]]:
        """The rules in force, as `section.key` and value."""
        for section, keys in self.run.manifest.rules.items():
            for key, value in keys.items():
                yield f"{section}.{key}", _rule_text(value)


def _packed(part: Mapping[str, str]) -> str:
    """Texts by name in few letters."""
    text = json.dumps(part, ensure_ascii=False, separators=(",", ":"))
    return b64encode(zlib.compress(text.encode(), 7)).decode()


def _rule_text(value: Any) -> str:
    """A rule's value as study.toml has it.

    >>> _rule_text(28.0), _rule_text(False), _rule_text(["a", "b"]), _rule_text(None)
    ('28', 'false', 'a, b', '–')
    """
    if value is None:
        return NOTHING
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)
