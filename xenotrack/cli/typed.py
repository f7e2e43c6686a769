"""What was typed, as values: names between commas, pairs of a name and a value, text as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from xenotrack.cli.options import TEXT_OR_TABLE


def as_text(value: Any) -> Any:
    """Text that can be written: bytes that are not UTF-8 reach Python as half characters."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {as_text(key): as_text(each) for key, each in value.items()}
    return type(value)(map(as_text, value)) if isinstance(value, tuple | list) else value


def parts_of_one(sources: tuple[str, ...]) -> tuple[str, ...]:
    """The sheets of one study as typed: a study.toml and stdin stand alone, no sheet twice."""
    if len(sources) > 1:
        alone = next((one for one in sources if one == "-" or one.endswith(".toml")), None)
        if alone is not None:
            raise click.UsageError(
                f"Several sheets are the parts of one study; {alone} cannot be one of them. Name "
                "it alone, or list the sheets under `sheet` of a study.toml. Several study.toml "
                "are for `xenotrack run` and `batch`."
            )
        twice = next((one for one in sources if sources.count(one) > 1), None)
        if twice is not None:
            raise click.UsageError(f"{twice} is named twice. Name each sheet once.")
    return sources


def columns_typed(typed: Iterable[str]) -> dict[str, str | list[str]]:
    """``[columns]`` as ``--column`` gives it: ``ignore=`` may be typed for several columns."""
    columns: dict[str, str | list[str]] = {}
    ignored = []
    for ours, theirs in (pair_typed(text, "--column", first=True) for text in typed if text):
        if ours == "ignore":
            ignored.append(theirs)
        else:
            columns[ours] = theirs
    return {**columns, "ignore": ignored} if ignored else columns


def names_typed(typed: str | None) -> tuple[str, ...]:
    """The names between commas, each once.

    >>> names_typed("arm, estimate,"), names_typed(None)
    (('arm', 'estimate'), ())
    """
    names = [name.strip() for name in (typed or "").split(",")]
    return tuple(dict.fromkeys(name for name in names if name))


def arm_typed(text: str) -> tuple[str, list[str]]:
    """An arm and its drugs, between commas or, where a name holds one, as a list of toml.

    >>> arm_typed("A + B = A, B"), arm_typed('x=["drug, 10 mg/kg"]')
    (('A + B', ['A', 'B']), ('x', ['drug, 10 mg/kg']))
    """
    name, sign, rest = text.partition("=[")
    listed = TEXT_OR_TABLE.convert(f"[{rest}", None, None) if sign else None
    if isinstance(listed, list) and name.strip():
        return name.strip(), listed
    name, drugs = pair_typed(text, "--arm")
    return name, [drug.strip() for drug in drugs.split(",") if drug.strip()]


def pair_typed(text: str, flag: str, first: bool = False) -> tuple[str, str]:
    """What stands before and behind a sign: the last one, or where ours stands before it the first.

    >>> pair_typed("dose=10 = A", "--arm"), pair_typed("arm=Dose = mg", "--column", first=True)
    (('dose=10', 'A'), ('arm', 'Dose = mg'))
    """
    left, sign, right = text.partition("=") if first else text.rpartition("=")
    if not sign or not left.strip():
        raise click.UsageError(f"{flag} takes NAME=VALUE, not {text!r}.")
    return left.strip(), right.strip()
