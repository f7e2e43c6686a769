"""``study.toml`` and the options of the command line → Rules."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec

from xenotrack.errors import InputError, did_you_mean
from xenotrack.study.column_words import COLUMN_ROLES
from xenotrack.study.progression_rules import DECLARED
from xenotrack.study.rule import FateName
from xenotrack.study.rulebook import KEYS, LARGEST, Key, keys_of, named_shapes, shapes
from xenotrack.study.rules import IGNORE, ArmRule, Rules

Table = dict[str, Any]
# The section of what a simulated study is made of; it is no rule of an analysis.
TRUTH = "truth"
_COLOUR = re.compile("#[0-9a-fA-F]{6}")


def read_rules(path: Path | None, overrides: Mapping[str, Any] | None = None) -> Rules:
    """The rules in force: the defaults, the study.toml, and what the command line overrides.

    ``overrides`` has the shape of study.toml; a value of None overrides nothing.
    """
    declared = read_toml(path) if path is not None else {}
    declared.pop(TRUTH, None)
    origin = path.name if path is not None else "The options"
    _refuse_unknown_keys(declared, origin)
    _refuse_unknown_keys(_without_nones(overrides or {}), "The options")
    merged = _dates_as_text(_merge(declared, _without_nones(overrides or {})))
    rules = _convert(_with_whole_arms(merged, origin), origin)
    for complaint in _impossible_values(rules):
        raise InputError(f"{origin}: {complaint}")
    return msgspec.structs.replace(
        rules,
        study=msgspec.structs.replace(
            rules.study, day_zero=_day_zero(rules.study.day_zero, origin)
        ),
    )


def read_toml(path: Path) -> Table:
    """The tables of a study.toml, as they are written."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from error
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, too
        raise InputError(
            f'{path.name} is not valid TOML: {error}. Text needs quotes: name = "my study".'
        ) from error


def _without_nones(table: Mapping[str, Any]) -> Table:
    pairs = {
        key: _without_nones(value) if isinstance(value, Mapping) else value
        for key, value in table.items()
        if value is not None
    }
    return {key: value for key, value in pairs.items() if value != {}}


def _merge(base: Table, over: Table) -> Table:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        merged[key] = _merge(base[key], value) if both else value
    return merged


def _dates_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _dates_as_text(item) for key, item in value.items()}
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return value


def _with_whole_arms(table: Table, origin: str) -> Table:
    """The rules with every arm as a table: a list stands for its drugs."""
    arms = table.get("arms")
    if not isinstance(arms, dict):
        return table
    for name, arm in arms.items():
        if not isinstance(arm, list | dict):
            raise InputError(
                f"{origin}: [arms] {name!r} is {arm!r}. It is a list of drugs, as "
                f'["{name}"], or {{ drugs = ["{name}"], label = "short name" }}.'
            )
    whole = {name: {"drugs": arm} if isinstance(arm, list) else arm for name, arm in arms.items()}
    return {**table, "arms": whole}


def _refuse_unknown_keys(table: Table, origin: str) -> None:
    refuse_unknown(table, Rules.__struct_encode_fields__, "at its top", origin)
    for section, keys in KEYS.items():
        for each in _each(table.get(section)):
            refuse_unknown(each, [key.name for key in keys], f"under [{section}]", origin)
            for key in keys:
                _refuse_unknown_in(each, key, origin)
    for name, arm in table["arms"].items() if isinstance(table.get("arms"), dict) else ():
        refuse_unknown(arm, ArmRule.__struct_encode_fields__, f"in {name!r} under [arms]", origin)
    refuse_unknown(table.get("columns"), (*COLUMN_ROLES, IGNORE), "under [columns]", origin)


def _refuse_unknown_in(table: Any, key: Key, origin: str) -> None:
    """Refuse unknown keys of a key that is itself a table."""
    inner = table.get(key.name) if isinstance(table, dict) else None
    for shape in shapes(key.takes):
        refuse_unknown(inner, _names(shape), f"in {key.name} under [{key.section}]", origin)
    for shape in named_shapes(key.takes):
        for name, each in inner.items() if isinstance(inner, dict) else ():
            place = f"in {name!r} under [{key.section}.{key.name}]"
            refuse_unknown(each, _names(shape), place, origin)


def _names(shape: type[msgspec.Struct]) -> list[str]:
    """The keys of a section."""
    return [key.name for key in keys_of("", shape)]


def refuse_unknown(table: Any, known: Sequence[str], where: str, origin: str) -> None:
    """Refuse a key that a table cannot have, with the nearest that it can."""
    for key in table if isinstance(table, dict) else ():
        if key not in known:
            hint = _elsewhere(key) or did_you_mean(key, known)
            raise InputError(
                f"{origin} has the unknown key {key!r} {where}.{hint} "
                f"Known there: {', '.join(known)}."
            )


def _elsewhere(name: str) -> str:
    """Where a key belongs that was written in another section, as the end of a message."""
    sections = [f"[{section}]" for section, keys in KEYS.items() if name in {k.name for k in keys}]
    return f" It belongs under {' or '.join(sections)}." if sections else ""


def _convert(declared: Table, origin: str) -> Rules:
    try:
        return msgspec.convert(_ignored_as_list(declared), Rules)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        place = path.strip("`").removeprefix("$.")
        raise InputError(f"{origin}, {place}: {message}.{_choices_of(place)}") from error


def _ignored_as_list(declared: Table) -> Table:
    """The table in which ``[columns] ignore`` is a list, and every other column one name."""
    columns = declared.get("columns")
    if not isinstance(columns, dict):
        return declared
    for ours, theirs in columns.items():
        if ours != IGNORE and isinstance(theirs, list):
            raise msgspec.ValidationError(f"Expected `str`, got `array` - at `$.columns.{ours}`")
    if isinstance(columns.get(IGNORE), str):
        columns = {**columns, IGNORE: [columns[IGNORE]]}
    return {**declared, "columns": columns}


def _choices_of(place: str) -> str:
    """The words that a rule takes, for the message about one that it does not."""
    section, *names = place.replace("[...]", "").split(".")  # a name of the study's
    if section.partition("[")[0] == "fates":
        return f" Choose one of: {', '.join(get_args(FateName))}."
    keys = KEYS.get(section.partition("[")[0], ())
    for name in names:
        key = next((key for key in keys if key.name == name), None)
        if key is None:
            return ""
        if key.words:
            return f" Choose one of: {', '.join(key.words)}."
        inside = (*shapes(key.takes), *named_shapes(key.takes))
        keys = tuple(inner for shape in inside for inner in keys_of(section, shape))
    return ""


def _impossible_values(rules: Rules) -> Iterator[str]:
    """What no study can mean, said before any number rests on it."""
    for place, keys, table in _tables(msgspec.to_builtins(rules)):
        for key in keys:
            for number in _each(table[key.name]):
                if isinstance(number, float | int) and not key.allows(number):
                    yield f"{place} {key.name} is {_shown(number)}; it is {key.range}."
    for drug, colour in rules.colours.items():
        if not _COLOUR.fullmatch(colour):
            yield f'[colours] {drug!r} is {colour!r}; a colour is written as "#1f7a3a".'
    for factor, groups in rules.lines.items():
        named = [line for own in groups.values() for line in own]
        for line in sorted({line for line in named if named.count(line) > 1}):
            yield f"[lines] {factor} names {line!r} twice; a line is in one group."
    declared = rules.progression
    for name in declared.rules:
        if name.strip() in ("", DECLARED):
            yield f"[progression.rules] {name!r} is no name for a further rule; give it its own."
    further = {f"[progression.rules] {n!r}": r.beside(declared) for n, r in declared.rules.items()}
    for place, rule in {"[progression]": declared, **further}.items():
        if rule.threshold <= 1 and rule.rule in ("fold", "nadir"):
            fold = f"{rule.threshold:g}"
            yield f"{place} value is {fold}; a tumour has progressed at a fold above 1."
        if rule.rule == "absolute" and rule.value is None and rules.volume.readout == "flux":
            yield f"{place} value is missing; an absolute rule on light needs its flux."
    low, high = rules.growth.from_day, rules.growth.until_day
    if low is not None and high is not None and not low < high:
        yield f"[growth] from = {low:g} is not before until = {high:g}."


def _tables(written: Table) -> Iterator[tuple[str, Sequence[Key], Table]]:
    """Every table of the rules with its place and its keys, those under names of the study too."""
    for section, keys in KEYS.items():
        for table in _each(written[section]):
            yield f"[{section}]", keys, table
            for key in keys:
                for shape in named_shapes(key.takes):
                    for name, inner in table[key.name].items():
                        place = f"[{section}.{key.name}] {name!r}"
                        yield place, keys_of(section, shape), inner


def _shown(number: float) -> str:
    """A number for a message, whose digits may be many."""
    try:
        return f"{number:g}"
    except OverflowError:
        return "a number of hundreds of digits"


def _each(content: Any) -> Sequence[Any]:
    """What a key or a section holds: one, or each of several."""
    return content if isinstance(content, list | tuple) else [content]


def _day_zero(value: int | float | str, origin: str) -> int | float | str:
    """A day number, one of two words or an ISO date, which text from the command line becomes."""
    if not isinstance(value, str) or value in ("first", "first_of_mouse"):
        return value
    try:
        number = float(value)
    except ValueError:
        pass
    else:
        if abs(number) <= LARGEST:
            return int(number) if number.is_integer() else number
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise InputError(
            f"{origin}: [study] day_zero is {value!r}. "
            'It is a day of the sheet (0), "first", "first_of_mouse", or a date as 2024-01-31.'
        ) from error
