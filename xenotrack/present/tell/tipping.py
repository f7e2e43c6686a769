"""Whether what growth shows outlasts what mice that left may have done."""

from __future__ import annotations

from collections.abc import Iterator

from xenotrack.present.numbers import number
from xenotrack.present.story import Sentence
from xenotrack.present.tell.claims import versus
from xenotrack.present.tell.facts import Facts


def left_unexplained(facts: Facts) -> Iterator[Sentence]:
    """That all comparisons hold whatever mice did that left unexplained, or which ones end."""
    rows = facts.tables["tipping_point"]
    if rows.empty:
        return
    if rows["holds"].all():
        yield Sentence(
            f"In {len(rows)} of the comparisons of growth mice of the slower arm left for toxicity "
            "or an unknown reason; each holds even if these then grew as the other arm did"
        )
    for row in rows[~rows["holds"]].itertuples():
        mice = "1 mouse" if row.n_left == 1 else f"{row.n_left} mice"
        yield Sentence(
            f"{mice} of {row.better_arm} left for toxicity or an unknown reason: what growth shows "
            f"of {versus(row.arm, row.against)} ends with {number(100 * row.tipping_delta, 2)} % a "
            f"day of growth more after leaving; growth as in {row.other_arm} would be "
            f"{number(100 * row.gap, 2)} % more"
        )
