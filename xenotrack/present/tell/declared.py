"""Whether the rules are those that were declared."""

from __future__ import annotations

from collections.abc import Iterator

from xenotrack.present.story import Sentence
from xenotrack.present.tell.facts import Facts

SHOWN = 12  # marks of a digest that tell it from others


def as_declared(facts: Facts) -> Iterator[Sentence]:
    """That rules are as declared, or what changed since; nothing where none were named."""
    declared = facts.results.declared
    if declared is None:
        return
    digest = f"digest {declared.digest[:SHOWN]}"
    if not declared.intact:
        yield Sentence(
            f"{declared.name} was edited after it was written: its rules have another digest than "
            "the one beside them"
        )
    changes = list(declared.changes(facts.design))
    if not changes:
        yield Sentence(f"Rules as declared in {declared.name}", evidence=digest)
    for change in changes:
        yield Sentence(change, f"Changed since {declared.name}", digest)
