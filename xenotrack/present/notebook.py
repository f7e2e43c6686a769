"""A study in a notebook: what it shows, a row an arm, and what is doubtful, as HTML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from markupsafe import Markup

from xenotrack.present.collect import collect_tables
from xenotrack.present.page.prose import prose, stated
from xenotrack.present.summary import arm_table
from xenotrack.present.tell.doubts import with_remedy
from xenotrack.present.tell.whole import tell

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.present.results import Results


def notebook_html(results: Results) -> str:
    """The headline, the table of the arms and the doubts of a study: no style, script or link."""
    story = tell(results, collect_tables(results), ())
    doubts = [prose(with_remedy(doubt)) for doubt in results.doubts if not doubt.accepted]
    title = Markup("<p><strong>{}</strong></p>").format(story.title)
    headline = _listed(stated(sentence) for sentence in story.headline)
    return title + headline + _table(arm_table(results, story)) + _folded("Doubts", doubts)


def _listed(lines: Iterable[Markup]) -> Markup:
    items = Markup().join(Markup("<li>{}</li>").format(line) for line in lines)
    return Markup("<ul>{}</ul>").format(items) if items else Markup()


def _folded(title: str, lines: list[Markup]) -> Markup:
    """A list behind its title and how many it has; nothing where it is empty."""
    if not lines:
        return Markup()
    words = Markup("<details><summary>{} ({})</summary>{}</details>")
    return words.format(title, len(lines), _listed(lines))


def _table(frame: pd.DataFrame) -> Markup:
    head = Markup().join(Markup("<th>{}</th>").format(name) for name in frame.columns)
    rows = (
        Markup().join(Markup("<td>{}</td>").format(value) for value in row)
        for row in frame.itertuples(index=False)
    )
    body = Markup().join(Markup("<tr>{}</tr>").format(row) for row in rows)
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, body)
