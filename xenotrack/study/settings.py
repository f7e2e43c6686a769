"""``study.toml`` and the options of the command line → Rules."""

from __future__ import annotations

import datetime
import tomllib
import typing
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from xenotrack.errors import InputError
from xenotrack.study.columns import COLUMN_ROLES
from xenotrack.study.rules import Rules

Table = dict[str, Any]


def read_rules(path: Path | None, overrides: Mapping[str, Any] | None = None) -> Rules:
    """The rules in force: the defaults, the study.toml, and what the command line overrides.

    ``overrides`` has the shape of study.toml; a value of None overrides nothing.
    """
    declared = _read_toml(path) if path is not None else {}
    origin = path.name if path is not None else "The options"
    _refuse_unknown_keys(declared, Rules, origin)
    _refuse_unknown_keys(_without_nones(overrides or {}), Rules, "The options")
    rules = _convert(_dates_as_text(_merge(declared, _without_nones(overrides or {}))), origin)
    for complaint in _impossible_values(rules):
        raise InputError(f"{origin}: {complaint}")
    return msgspec.structs.replace(
        rules,
        study=msgspec.structs.replace(
            rules.study, day_zero=_day_zero(rules.study.day_zero, origin)
        ),
    )


def _read_toml(path: Path) -> Table:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
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


def _refuse_unknown_keys(table: Table, shape: type[msgspec.Struct], origin: str) -> None:
    sections = {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    _refuse_unknown(table, tuple(sections), "", origin)
    for name, content in table.items():
        if isinstance(content, dict):
            kind = sections[name]
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
                known = tuple(field.encode_name for field in msgspec.structs.fields(kind))
                _refuse_unknown(content, known, name, origin)
    _refuse_unknown(table.get("columns", {}), tuple(COLUMN_ROLES), "columns", origin)


def _refuse_unknown(table: Any, known: tuple[str, ...], section: str, origin: str) -> None:
    if not isinstance(table, dict):
        return
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            where = f"under [{section}]" if section else "at its top"
            raise InputError(
                f"{origin} has the unknown key {key!r} {where}.{hint} "
                f"Known there: {', '.join(known)}."
            )


def _convert(declared: Table, origin: str) -> Rules:
    try:
        return msgspec.convert(declared, Rules)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        place = path.strip("`").removeprefix("$.")
        raise InputError(f"{origin}, {place}: {message}.{_choices_of(place)}") from error


def _choices_of(place: str) -> str:
    """The words that a rule takes, for the message about one that it does not."""
    section, _, key = place.partition(".")
    for outer in msgspec.structs.fields(Rules):
        if outer.encode_name == section.partition("[")[0]:
            for shape in (outer.type, *typing.get_args(outer.type)):
                if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
                    words = _words_of(shape, key)
                    return f" Choose one of: {', '.join(words)}." if words else ""
    return ""


def _words_of(shape: type[msgspec.Struct], key: str) -> list[str]:
    return [
        word
        for field in msgspec.structs.fields(shape)
        if field.encode_name == key
        for word in _literals(field.type)
    ]


def _literals(annotation: Any) -> Iterator[str]:
    if typing.get_origin(annotation) is typing.Literal:
        yield from typing.get_args(annotation)
    else:
        for part in typing.get_args(annotation):
            yield from _literals(part)


def _impossible_values(rules: Rules) -> Iterator[str]:
    """What no study can mean, said before any number rests on it."""
    for section in msgspec.structs.fields(Rules):
        for key, number in _numbers(getattr(rules, section.name)):
            if not abs(number) < float("inf"):
                yield f"[{section.encode_name}] {key} is {number}; it is a finite number."
    if not 0 < rules.compare.level < 1:
        yield f"[compare] level is {rules.compare.level:g}; it lies between 0 and 1, as 0.95."
    if not rules.study.baseline_window_days >= 0:
        yield "[study] baseline_window_days is negative; it is a number of days, as 7."
    if rules.volume.limit_mm3 is not None and not 0 < rules.volume.limit_mm3 < 1e8:
        yield f"[volume] limit_mm3 is {rules.volume.limit_mm3:g}; it is a volume above 0 in mm³."
    value = rules.progression.value
    if value is not None and not 0 < value < 1e9:
        yield f"[progression] value is {value:g}; it is above 0, as 2 (fold) or 1000 (mm³)."
    if value is not None and value <= 1 and rules.progression.rule != "absolute":
        yield f"[progression] value is {value:g}; a tumour has progressed at a fold above 1."
    until = rules.progression.rmst_until
    if until is not None and not until > 0:
        yield f"[progression] rmst_until is {until:g}; it is a day after 0."
    low, high = rules.growth.from_day, rules.growth.until_day
    if low is not None and high is not None and not low < high:
        yield f"[growth] from = {low:g} is not before until = {high:g}."


def _numbers(section: object) -> Iterator[tuple[str, float]]:
    """The keys of a section whose value is a number."""
    if isinstance(section, msgspec.Struct):
        for field in msgspec.structs.fields(section):
            value = getattr(section, field.name)
            if isinstance(value, float):
                yield field.encode_name, value


def _day_zero(value: int | float | str, origin: str) -> int | float | str:
    """A day number, one of two words or an ISO date, which text from the command line becomes."""
    if not isinstance(value, str) or value in ("first", "first_of_mouse"):
        return value
    try:
        number = float(value)
    except ValueError:
        pass
    else:
        return int(number) if number.is_integer() else number
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise InputError(
            f"{origin}: [study] day_zero is {value!r}. "
            'It is a day of the sheet (0), "first", "first_of_mouse", or a date as 2024-01-31.'
        ) from error
