"""Every key of ``study.toml`` as data, for options, the template and the documentation."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from xenotrack.study.rule import Rule
from xenotrack.study.rules import Rules

LARGEST = 1e9
LARGEST_SIZE = 1e15  # of light
_SIZES = ("limit_mm3", "value", "rise")


@dataclass(frozen=True)
class Key:
    """One key of a section: its name, what it takes, its default, and what people are told."""

    section: str
    name: str
    takes: Any
    default: Any
    rule: Rule

    @property
    def words(self) -> tuple[str, ...]:
        """The words among which it chooses; none where it takes another kind of value."""
        return tuple(literals(self.takes))

    @property
    def types(self) -> frozenset[type]:
        """The plain types of the values that it takes."""
        return frozenset(_types(self.takes))

    @property
    def is_number(self) -> bool:
        return float in self.types and str not in self.types and not self.is_compound

    @property
    def is_pair(self) -> bool:
        """Whether it takes two numbers, as the first and the last day."""
        return tuple[float, float] in (self.takes, *typing.get_args(self.takes))

    @property
    def is_numbers(self) -> bool:
        """Whether it takes a list of numbers of any length."""
        return tuple[float, ...] in (self.takes, *typing.get_args(self.takes))

    @property
    def is_compound(self) -> bool:
        """Whether it may be a list or a table."""
        parts = (self.takes, *typing.get_args(self.takes))
        return any(typing.get_origin(part) in (list, tuple) for part in parts) or any(
            shapes(self.takes)
        )

    def allows(self, number: float) -> bool:
        """Whether a number lies within the bounds; none of a study is beyond a thousand million."""
        rule = self.rule
        return (
            abs(number) <= (LARGEST_SIZE if self.name in _SIZES else LARGEST)
            and (rule.above is None or number > rule.above)
            and (rule.at_least is None or number >= rule.at_least)
            and (rule.below is None or number < rule.below)
        )

    @property
    def range(self) -> str:
        """The numbers that it takes, in words."""
        rule = self.rule
        bounds = {"above": rule.above, "of at least": rule.at_least, "below": rule.below}
        words = " and ".join(f"{word} {at:g}" for word, at in bounds.items() if at is not None)
        example = self.default if self.default is not None else rule.example
        return f"a number {words}, as {example:g}" if words else f"a number up to {LARGEST:g}"

    @property
    def flag(self) -> str:
        """Its option: ``--size-cull``, ``--confirm/--no-confirm``."""
        name = self.name.replace("_", "-")
        return f"--{name}/--no-{name}" if bool in self.types else f"--{name}"

    @property
    def unset(self) -> str:
        """What holds where nobody says otherwise; empty where nothing is to be said of it."""
        if self.default is None or isinstance(self.default, bool):
            return self.rule.otherwise
        return f"{self.default:g}" if isinstance(self.default, float | int) else self.default

    @property
    def help(self) -> str:
        """The line of help of its option, ending with what holds without it."""
        return f"{self.rule.help[:-1]} [{self.unset}]." if self.unset else self.rule.help


def literals(annotation: Any) -> Iterator[str]:
    """The words of every ``Literal`` in an annotation.

    >>> list(literals(typing.Literal["a", "b"] | None))
    ['a', 'b']
    """
    if typing.get_origin(annotation) is typing.Literal:
        yield from typing.get_args(annotation)
    else:
        for part in typing.get_args(annotation):
            yield from literals(part)


def _types(annotation: Any) -> Iterator[type]:
    parts = typing.get_args(annotation)
    if isinstance(annotation, type) and not parts:
        yield annotation
    elif typing.get_origin(annotation) is not typing.Literal:
        for part in parts:
            yield from _types(part)


def shapes(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    """The sections that an annotation names, alone or in a list; not those by names of a study."""
    if typing.get_origin(annotation) is not dict:
        yield from _sections(annotation)


def named_shapes(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    """The sections that a key holds by names of the study."""
    if typing.get_origin(annotation) is dict:
        yield from _sections(annotation)


def _sections(annotation: Any) -> Iterator[type[msgspec.Struct]]:
    yield from (kind for kind in _types(annotation) if issubclass(kind, msgspec.Struct))


def _default(field: msgspec.structs.FieldInfo) -> Any:
    """What holds where nobody says otherwise: a value, or an empty list or table."""
    made = field.default_factory
    return field.default if made is msgspec.NODEFAULT else made()


def keys_of(section: str, shape: type[msgspec.Struct]) -> tuple[Key, ...]:
    """The keys of a section, in the order in which they are declared."""
    return tuple(
        Key(section, field.encode_name, plain, _default(field), rule)
        for field in msgspec.structs.fields(shape)
        if typing.get_origin(field.type) is typing.Annotated
        for plain, *notes in [typing.get_args(field.type)]
        for rule in notes
        if isinstance(rule, Rule)
    )


# Every section of study.toml that has keys of its own, with these.
KEYS: dict[str, tuple[Key, ...]] = {
    section.encode_name: keys_of(section.encode_name, shape)
    for section in msgspec.structs.fields(Rules)
    for shape in shapes(section.type)
}
