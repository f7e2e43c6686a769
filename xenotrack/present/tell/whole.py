"""The story of a study: everything that its report says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from xenotrack.present.captions import captions
from xenotrack.present.labels import MOST_EXPLAINED, about_names, short_names
from xenotrack.present.numbers import join
from xenotrack.present.results import Results
from xenotrack.present.story import Story
from xenotrack.present.tell.answers import answers
from xenotrack.present.tell.arm_rows import arm_rows, note_of
from xenotrack.present.tell.arrive import arrive
from xenotrack.present.tell.best import best
from xenotrack.present.tell.caveats import claims_in, in_few_words
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.glance import tiles
from xenotrack.present.tell.headline import headline, key_figure
from xenotrack.present.tell.methods import methods, references
from xenotrack.study.design import Design


def tell(
    results: Results,
    tables: Mapping[str, pd.DataFrame],
    figures: Collection[str] | None = None,
) -> Story:
    """The whole report in words, from a study's results and the tables that ``run`` writes.

    Captions are of these ``figures`` alone; none named, of all that a run draws.
    """
    facts = Facts(results, tables)
    return facts.design.readout.struct(_told(facts, figures), facts.design.names)


def key_of(design: Design) -> str:
    """What short names stand for; "" where they are many, as the row of each arm says it."""
    key = about_names(design, short_names(design))
    return key if key.count(" = ".replace(" ", "\N{NO-BREAK SPACE}")) <= MOST_EXPLAINED else ""


def _told(facts: Facts, figures: Collection[str] | None) -> Story:
    results = facts.results
    first = headline(facts)
    arms = tuple(arm_rows(facts))
    return Story(
        title=results.study.title,
        headline=first,
        tiles=tuple(tiles(facts)),
        arms=arms,
        arms_note=note_of(arms, facts),
        names=key_of(facts.design),
        best=best(facts),
        caveat=in_few_words(facts, claims_in(first)),
        key_figure=key_figure(facts),
        answers=tuple(answers(facts)),
        quality=tuple(quality(facts)),
        exclusions=exclusions(facts),
        methods=methods(facts),
        references=references(facts),
        arrive=arrive(facts),
        captions=captions(results, figures),
    )


SHOWN = 5


def quality(facts: Facts) -> Iterator[str]:
    """What the sheet is, and what was found doubtful in it."""
    study = facts.results.study
    names = [source.name for source in study.sources if not source.name.endswith(".toml")]
    days = study.readings["day"]
    phase = f"; phase {study.phase}" if study.phase else ""
    where = join(names) if names else study.title
    yield (
        f"{where}: {len(days)} readings of {len(study.mice)} mice on days {days.min():g} to "
        f"{days.max():g}{phase}."
    )
    found = facts.tables["findings"]
    if found.empty:
        yield "Nothing doubtful was found in the sheet."
        return
    counts = found["rule"].value_counts()
    listed = [f"{rule} ({count})" for rule, count in counts.head(SHOWN).items()]
    more = f" and {len(counts) - SHOWN} more" if len(counts) > SHOWN else ""
    yield (
        f"{len(found)} {'finding' if len(found) == 1 else 'findings'} about the sheet, with their "
        f"places in tables/findings.csv: {', '.join(listed)}{more}."
    )
    # First what must be mended, then single readings: one of them can move a result.
    for finding in sorted(
        study.findings, key=lambda finding: (finding.severity != "error", not finding.mouse)
    )[:SHOWN]:
        yield finding.told
    if len(found) > SHOWN:
        yield f"And {len(found) - SHOWN} more in the table of findings below."


def exclusions(facts: Facts) -> tuple[str, ...]:
    """What the study declares as left out, and what could not be judged."""
    declared = [exclusion.text for exclusion in facts.results.study.exclusions]
    if facts.readings_not_fitted:
        declared.append(facts.readings_not_fitted)
    lost = len(facts.results.study.mice) - int(facts.tables["progression"]["n_mice"].sum())
    if lost:
        noun = "mouse" if lost == 1 else "mice"
        declared.append(f"{lost} {noun} could not be judged for progression: see the doubts.")
    return tuple(declared)
