"""A study.toml to start from, as the sheet was read."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from xenotrack.study.contents import STDIN_NAME
from xenotrack.study.design import Arm
from xenotrack.study.rulebook import KEYS, Key, keys_of, named_shapes
from xenotrack.study.rules import IGNORE
from xenotrack.study.study import FATES, Study
from xenotrack.study.toml_text import toml_key, toml_value

_TITLE = "# What the sheet cannot say. Every line is optional; options of the command line win."
# Where the words begin behind a key and its value, and where they end.
_MARGIN, _WIDTH = 36, 98
# What is worth a look in every study, declared or not.
_ALWAYS = ("day_zero",)
# Sections that a study may hold several times.
_REPEATED = ("exclude", "accept")


def template(study: Study, paths: Sequence[str] = ()) -> str:
    """The study.toml of a study: its sheet, columns and arms, and every rule.

    A rule that the study declares is written, one at its default stands there as a comment.
    ``paths`` are those by which the file will find its sheets; by default their names alone.
    """
    declared = msgspec.to_builtins(study.design.rules)
    declared["study"] |= _facts(study, paths)
    # By the first line editors find the schema, which lies in xenotrack/schemas.
    blocks = [["#:schema study.schema.json", _TITLE]]
    for section in declared:
        blocks += _BY_HAND[section](study) if section in _BY_HAND else _section(section, declared)
    return "\n\n".join("\n".join(lines) for lines in blocks) + "\n"


def _facts(study: Study, paths: Sequence[str]) -> dict[str, Any]:
    """What is known of the study without its having been declared."""
    others = (".toml", *filter(None, (study.design.rules.study.allocation,)))
    sheets = [source.name for source in study.sources if not source.name.endswith(others)]
    sheets = ["calipers.csv"] if sheets == [STDIN_NAME] else sheets
    if len(paths) == len(sheets):
        sheets = list(paths)
    return {
        "name": study.design.name,
        "sheet": sheets[0] if len(sheets) == 1 else sheets,
        "control": study.design.control,
    }


def _columns(study: Study) -> list[list[str]]:
    lines = [f"{ours} = {toml_value(theirs)}" for ours, theirs in study.columns]
    if ignored := study.design.rules.ignored_columns:
        lines.append(f"{IGNORE} = {toml_value(ignored)}")
    return [[_noted("[columns]", "ours = theirs"), *lines]]


def _arms(study: Study) -> list[list[str]]:
    lines = [f"{toml_value(arm.name)} = {_arm(arm)}" for arm in study.design.arms]
    return [[_noted("[arms]", "order here is order everywhere; no drugs = vehicle"), *lines]]


def _arm(arm: Arm) -> str:
    drugs = sorted(arm.drugs)
    return toml_value(drugs if arm.label is None else {"drugs": drugs, "label": arm.label})


def _colours(study: Study) -> list[list[str]]:
    declared = study.design.rules.colours
    drugs = sorted(frozenset().union(*(arm.drugs for arm in study.design.arms)))
    shown = declared or dict.fromkeys(drugs[:1] or ["drug"], "#1f7a3a")
    lines = [f"{toml_value(drug)} = {toml_value(colour)}" for drug, colour in shown.items()]
    if not declared:
        lines = [f"# {line}" for line in lines]
    return [[_noted("[colours]", "of drugs, in figures; the rest are chosen"), *lines]]


def _fates(study: Study) -> list[list[str]]:
    declared = study.design.rules.fates
    lines = [f"{toml_value(theirs)} = {toml_value(ours)}" for theirs, ours in declared.items()]
    if not declared:
        lines = ['# "tumour > 1.5 cm3" = "tumor_size"']
    return [[_noted("[fates]", f"theirs = ours: {', '.join(FATES)}"), *lines]]


def _lines(study: Study) -> list[list[str]]:
    declared = study.design.rules.lines
    groups = {
        factor: {name: list(own) for name, own in by_name.items()}
        for factor, by_name in declared.items()
    }
    lines = [f"{toml_value(factor)} = {toml_value(own)}" for factor, own in groups.items()]
    if not declared:
        lines = ['# PIK3CA = { mutant = ["M1"], wild_type = ["W1"] }']
    return [[_noted("[lines]", "groups of lines that are pooled"), *lines]]


_BY_HAND = {
    "columns": _columns,
    "arms": _arms,
    "colours": _colours,
    "fates": _fates,
    "lines": _lines,
}


def _section(section: str, declared: dict[str, Any]) -> Iterator[list[str]]:
    """Every key of a section; of one that may be repeated each, or a first one as a comment."""
    if section not in _REPEATED:
        yield [f"[{section}]", *_lines_of(section, declared[section])]
        yield from _by_name(section, declared[section])
    for table in declared[section] if section in _REPEATED else ():
        yield [f"[[{section}]]", *_lines_of(section, table)]
    if section in _REPEATED and not declared[section]:
        yield [f"# [[{section}]]", *_lines_of(section, {})]


def _lines_of(section: str, declared: dict[str, Any]) -> Iterator[str]:
    """A line a key, but for those that hold tables by name."""
    return (_line(key, declared) for key in KEYS[section] if not any(named_shapes(key.takes)))


def _by_name(section: str, declared: dict[str, Any]) -> Iterator[list[str]]:
    """The keys that hold tables under names of the study, each in a section of its own."""
    for key in KEYS[section]:
        for shape in named_shapes(key.takes):
            keys = keys_of(section, shape)
            note = f"{key.rule.help[:-1]}: {', '.join(inner.name for inner in keys)}"
            tables = declared[key.name]
            example = {inner.name: inner.rule.example for inner in keys if inner.rule.example}
            lines = [f"{toml_key(name)} = {_chosen(tables[name], keys)}" for name in tables]
            lines = lines or [f"# {toml_key('another rule')} = {toml_value(example)}"]
            yield [_noted(f"[{section}.{key.name}]", note), *lines]


def _chosen(table: dict[str, Any], keys: Sequence[Key]) -> str:
    """What a table says beyond the defaults."""
    said = {key.name: table[key.name] for key in keys if table[key.name] != key.default}
    return toml_value(said)


def _line(key: Key, declared: dict[str, Any]) -> str:
    """A key with its value, or as a comment with what holds without it; then its words."""
    value = declared.get(key.name)
    declares = value is not None and (value != key.default or key.name in _ALWAYS)
    text = f"{key.name} = {toml_value(value if declares else _shown(key))}"
    unset = f" [{key.rule.otherwise}]" if key.rule.otherwise else ""
    words = f": {' | '.join(key.words)}" if key.words else ""
    return _noted(text if declares else f"# {text}", f"{key.rule.help[:-1]}{unset}{words}")


def _shown(key: Key) -> Any:
    """The value that stands for one that is not declared: the default, else an example."""
    values = (key.default, key.rule.example, *key.words, "")
    return next(value for value in values if value not in (None, msgspec.NODEFAULT))


def _noted(text: str, note: str) -> str:
    """A line with a note beside it, which goes on below where it is long."""
    first, *more = textwrap.wrap(note, _WIDTH - _MARGIN)
    below = (f"{' ' * _MARGIN}# {line}" for line in more)
    return "\n".join([f"{text.ljust(_MARGIN - 1)} # {first}", *below])
