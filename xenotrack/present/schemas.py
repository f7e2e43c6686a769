"""The JSON Schemas of study.toml and results.json, made from the registries of rules and columns.

They are shipped in ``xenotrack/schemas``, as ``docs/generate.py`` writes them.
"""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec

from xenotrack.compare.claims import Claim
from xenotrack.doubts import Doubt
from xenotrack.glossary import COLUMNS, IN_TABLE, TABLES
from xenotrack.present.story import Story
from xenotrack.present.tables import RESULTS_SCHEMA, SCHEMA_VERSION
from xenotrack.study.rulebook import KEYS, Key
from xenotrack.study.rules import Rules

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
STUDY_SCHEMA = "study.schema.json"
ANY_CELL = {"type": ["string", "number", "boolean", "null"]}
TEXT_OR_NULL = {"type": ["string", "null"]}
NUMBER_OR_NULL = {"type": ["number", "null"]}


def study_schema() -> Schema:
    """What a study.toml may hold: each key with what it takes, its bounds and its line of help."""
    (whole,), parts = msgspec.json.schema_components([Rules], ref_template="#/$defs/{name}")
    parts = {name: _without_null(part) for name, part in _plain(parts).items()}
    rules = parts.pop("Rules")
    for section, keys in KEYS.items():
        own = parts[_part_of(rules["properties"][section])]["properties"]
        for key in keys:
            own[key.name] = {**own[key.name], **_bounds(key), "description": key.rule.help}
    # A list of drugs stands for an arm that says nothing else.
    arms = rules["properties"]["arms"]
    drugs = {"type": "array", "items": {"type": "string"}}
    arms["additionalProperties"] = {"anyOf": [arms["additionalProperties"], drugs]}
    assert whole["$ref"].endswith("Rules")
    return {"$schema": DIALECT, "$id": STUDY_SCHEMA, **rules, "title": "study.toml", "$defs": parts}


def _plain(parts: Schema) -> Schema:
    """The parts, described without the indents that docstrings have before Python 3.13."""
    described = {name: part for name, part in parts.items() if "description" in part}
    plain = {
        name: {**part, "description": cleandoc(part["description"])}
        for name, part in described.items()
    }
    return {**parts, **plain}


def _part_of(section: Schema) -> str:
    """The name of the part that a section refers to, or whose items it lists."""
    found = section.get("$ref") or section["items"]["$ref"]
    name: str = found.rsplit("/", 1)[-1]
    return name


def _bounds(key: Key) -> Schema:
    """The bounds of a number."""
    rule = key.rule
    limits = {
        "exclusiveMinimum": rule.above,
        "minimum": rule.at_least,
        "exclusiveMaximum": rule.below,
    }
    return {name: at for name, at in limits.items() if at is not None} if key.is_number else {}


def _without_null(schema: Any) -> Any:
    """The schema without null and defaults: TOML has no null, and a default is what is not said."""
    if isinstance(schema, list):
        return [_without_null(each) for each in schema if each != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _without_null(part) for name, part in schema.items() if name != "default"}
    if len(kept.get("anyOf", ())) == 1:
        (only,) = kept.pop("anyOf")
        return {**kept, **only}
    return kept


def results_schema() -> Schema:
    """What results.json holds; ``batch --tables`` writes some of the tables and no story."""
    (claim, doubt, story), parts = msgspec.json.schema_components(
        [Claim, Doubt, Story], ref_template="#/$defs/{name}"
    )
    parts = _plain(parts)
    # What is not a number is null.
    for part in parts["Claim"]["properties"].values():
        if part.get("type") == "number":
            part["type"] = ["number", "null"]
    properties = {
        "$schema": {"const": RESULTS_SCHEMA},
        "schema_version": {"const": SCHEMA_VERSION},
        "study": _study(),
        "growth_model": {"type": ["object", "null"]},
        "tables": _object({name: _table(name) for name in TABLES}, required=()),
        "claims": {"type": "array", "items": claim},
        "doubts": {"type": "array", "items": doubt},
        "exclusions": {"type": "array", "items": {"type": "object"}},
        "accepted": {"type": "array", "items": {"type": "string"}},
        "story": {"anyOf": [story, {"type": "null"}]},
    }
    head = {"$schema": DIALECT, "$id": RESULTS_SCHEMA, "title": "results.json"}
    return {**head, **_object(properties), "$defs": parts}


def _object(properties: Schema, required: tuple[str, ...] | None = None) -> Schema:
    named = list(properties) if required is None else list(required)
    return {
        "type": "object",
        "properties": properties,
        "required": named,
        "additionalProperties": False,
    }


def _study() -> Schema:
    drugs = {"type": "array", "items": {"type": "string"}}
    arm = _object({"name": {"type": "string"}, "drugs": drugs})
    return _object(
        {
            "name": {"type": "string"},
            "phase": TEXT_OR_NULL,
            "arms": {"type": "array", "items": arm},
            "control": TEXT_OR_NULL,
            "n_mice": {"type": "integer"},
            "n_readings": {"type": "integer"},
            "limit_mm3": NUMBER_OR_NULL,
        }
    )


def _table(name: str) -> Schema:
    """The rows of a table: every column is there, null where it is empty."""
    meant = {each: IN_TABLE.get((name, each), COLUMNS[each]) for each in TABLES[name]}
    columns = {
        each: {
            **ANY_CELL,
            "description": f"{one.meaning} ({one.unit})" if one.unit else one.meaning,
        }
        for each, one in meant.items()
    }
    return {"type": "array", "items": _object(columns)}
