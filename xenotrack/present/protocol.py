"""A page for an ethics committee: what is asked, and how many mice answer it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from xenotrack import __version__
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.glossary_plan import PLAN_COLUMNS
from xenotrack.present.numbers import join
from xenotrack.present.rule_words import progression_rule
from xenotrack.present.tell.arrive import ITEMS
from xenotrack.study.rules import Rules

STYLE = Path(__file__).parent / "page" / "protocol.css"
TO_WRITE = "To be written by the lab."


@dataclass(frozen=True)
class Section:
    """A heading with its paragraphs and tables, and the items of ARRIVE that it fills."""

    heading: str
    paragraphs: tuple[str, ...]
    tables: tuple[pd.DataFrame, ...] = ()
    fills: tuple[str, ...] = ()
    picture: str = ""  # an svg


@dataclass(frozen=True)
class Protocol:
    """The page: a title and its sections, in the order of reading."""

    title: str
    sections: tuple[Section, ...]
    words: dict[str, str] = field(default_factory=dict)  # what [arrive] says

    def guidelines(self) -> Section:
        """Which items of ARRIVE 2.0 the page fills, and where."""
        rows = []
        for number, (key, name) in enumerate(ITEMS.items(), start=1):
            places = [one.heading for one in self.sections if key in one.fills]
            words = " ".join(self.words.get(key, "").split())
            said = "; ".join([*places, *([words] if words else [])]) or TO_WRITE
            rows.append({"item": f"{number}. {name}", "where": said})
        note = "Items of ARRIVE 2.0 (Percie du Sert et al. 2020), and where this page fills them."
        return Section("ARRIVE", (note,), (pd.DataFrame(rows),))

    @property
    def whole(self) -> tuple[Section, ...]:
        return (*self.sections, self.guidelines())


def markdown(page: Protocol) -> bytes:
    """The page as markdown."""
    blocks = [f"# {page.title}"]
    for section in page.whole:
        blocks += [f"## {section.heading}", *section.paragraphs, *map(_pipes, section.tables)]
    return ("\n\n".join([*blocks, _made()]) + "\n").encode()


def html(page: Protocol) -> bytes:
    """The page as one html file that needs nothing else."""
    parts = [f"<h1>{escape(page.title)}</h1>"]
    for section in page.whole:
        parts.append(f"<section><h2>{escape(section.heading)}</h2>")
        parts += [f"<p>{escape(text)}</p>" for text in section.paragraphs]
        parts += [_html_table(frame) for frame in section.tables]
        parts += [section.picture, "</section>"] if section.picture else ["</section>"]
    style = STYLE.read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(page.title)}'
        '</title><meta name="viewport" content="width=device-width">'
        f"<style>{style}</style></head>\n"
        + "<body><main>\n"
        + "\n".join(parts)
        + f"\n<footer>{escape(_made())}</footer></main></body></html>\n"
    ).encode()


def _made() -> str:
    return f"Made by xenotrack {__version__}."


def _cells(frame: pd.DataFrame) -> tuple[list[str], list[list[str]]]:
    """The names of the columns as words, and the cells rounded for reading."""
    return [_heading(str(name)) for name in frame], [
        [_cell(value) for value in row] for row in frame.itertuples(index=False)
    ]


def _heading(name: str) -> str:
    """The name of a column in words, with the unit of a size.

    >>> _heading("volume_mean"), _heading("n_mice")
    ('volume mean (mm³)', 'mice')
    """
    unit = PLAN_COLUMNS[name].unit if name in PLAN_COLUMNS else ""
    words = name.replace("_mm3", " (mm³)").removeprefix("n_").replace("_", " ")
    return f"{words} ({unit})" if unit in ("mm³", "g") else words


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return str(value)


def _pipes(frame: pd.DataFrame) -> str:
    names, rows = _cells(frame)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(
        "| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines
    )


def _html_table(frame: pd.DataFrame) -> str:
    names, rows = _cells(frame)
    head = "".join(f"<th>{escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def question(arms: Sequence[str], rules: Rules) -> Section:
    """What is asked, and which contrast answers it."""
    named = rules.compare.named_beforehand
    primary = (
        f"The primary contrast is {_contrast(named.contrast)}, in "
        f"{OUTCOMES[named.outcome].title.lower()}; "
        "it is tested at the full level, unadjusted for the others."
        if named is not None
        else "No contrast is named as primary: comparisons with the control are adjusted together "
        f"({rules.compare.adjust.capitalize()})."
    )
    asked = f"Do tumours of mice under {join(arms)} grow at different rates?"
    return Section("Question and primary contrast", (asked, primary), fills=("outcomes",))


def _contrast(contrast: str | tuple[str, str]) -> str:
    return contrast if isinstance(contrast, str) else " − ".join(contrast)


SHAPES = {
    "curve": "a smooth curve",
    "phases": "straight lines that meet on declared days",
    "line": "a straight line",
    "gompertz": "Gompertz growth",
    "regrowth": "decay and regrowth",
}


def analysis(rules: Rules, unit: str) -> Section:
    """The analysis as the study declares it."""
    growth, compare = rules.growth, rules.compare
    shape = SHAPES[growth.shape]
    spread = (
        "each arm has its own variances" if growth.variances == "by_arm" else "pooled variances"
    )
    return Section(
        "Analysis",
        (
            f"ln tumour volume is fitted by a mixed model with {shape} an arm, a level and a rate "
            "of "
            f"each {unit}; {spread}; tests use {growth.df.title().replace('-', '–')} degrees of "
            "freedom.",
            f"Progression: {progression_rule(rules.progression)}. Intervals are at "
            f"{100 * compare.level:g} %; contrasts with the control are adjusted by "
            f"{compare.adjust.capitalize()}.",
            "No mouse and no reading is left out but by a rule written down beforehand.",
        ),
        fills=("statistics",),
    )


def humane_limits(cull_mm3: float | None, cull_weight_loss: float | None) -> Section:
    """When a mouse leaves for its own sake."""
    size = f"{cull_mm3:g} mm³" if cull_mm3 else "the size that the licence sets"
    loss = f"{100 * cull_weight_loss:g} %" if cull_weight_loss else "the loss that the licence sets"
    return Section(
        "Humane limits",
        (
            f"A mouse leaves when its tumour reaches {size}, or its body weight has fallen by "
            f"{loss} "
            "from its baseline. The reading at which it leaves is kept, with the reason (fate). "
            "Losses of 15 and 20 % of body weight are counted by arm.",
        ),
        fills=("procedures",),
    )
