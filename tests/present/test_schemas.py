"""The JSON Schemas that are shipped are those of the registries, and our files keep to them."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xenotrack.many.asked import Asked
from xenotrack.many.worker import perform
from xenotrack.present.schemas import RESULTS_SCHEMA, STUDY_SCHEMA, results_schema, study_schema
from xenotrack.present.tables import json_bytes

ROOT = Path(__file__).parent.parent.parent
SHIPPED = ROOT / "xenotrack" / "schemas"
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}


def wrongs(value: Any, schema: dict, root: dict, at: str = "$") -> Iterator[str]:
    """Where a value breaks a schema, as far as our schemas go."""
    if "$ref" in schema:
        schema = {**schema, **root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]}
    if "anyOf" in schema:
        some = [list(wrongs(value, one, root, at)) for one in schema["anyOf"]]
        if all(some):
            yield f"{at}: none of several: {min(some, key=len)[0]}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    is_bool = isinstance(value, bool)
    if kinds and not any(
        isinstance(value, TYPES[kind]) and not (is_bool and kind in ("integer", "number"))
        for kind in kinds
    ):
        yield f"{at}: {value!r} is no {kinds}"
    if isinstance(value, dict):
        yield from wrong_keys(value, schema, root, at)
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from wrongs(each, schema.get("items") or {}, root, f"{at}[{place}]")
    if isinstance(value, int | float) and not is_bool and too_small(value, schema):
        yield f"{at}: {value} is too small"


def too_small(value: float, schema: dict) -> bool:
    return value <= schema.get("exclusiveMinimum", -1e99) or value < schema.get("minimum", -1e99)


def wrong_keys(value: dict, schema: dict, root: dict, at: str) -> Iterator[str]:
    known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
    yield from (f"{at}: lacks {name}" for name in schema.get("required", ()) if name not in value)
    for name, each in value.items():
        if name in known:
            yield from wrongs(each, known[name], root, f"{at}.{name}")
        elif more is False:
            yield f"{at}: unknown {name}"
        elif isinstance(more, dict):
            yield from wrongs(each, more, root, f"{at}.{name}")


@pytest.mark.parametrize(
    ("name", "made"), [(STUDY_SCHEMA, study_schema), (RESULTS_SCHEMA, results_schema)]
)
def test_the_schemas_shipped_are_those_of_the_registries(name, made) -> None:
    assert (SHIPPED / name).read_bytes() == json_bytes(made()), "run `make docs`"


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "sample_data").glob("*.toml")), ROOT / "docs" / "example-study.toml"]
)
def test_every_study_toml_of_ours_keeps_to_the_schema(path) -> None:
    schema = study_schema()
    declared = json.loads(json.dumps(tomllib.loads(path.read_text("utf-8")), default=str))
    assert list(wrongs(declared, schema, schema)) == []


@pytest.mark.parametrize(
    ("declared", "wrong"),
    [
        ({"study": {"contrl": "A"}}, "unknown contrl"),
        ({"growth": {"shape": "straight"}}, "none of"),
        ({"study": {"baseline_window_days": -1}}, "too small"),
        ({"arms": {"A": 3}}, "none of several"),
        ({"nonsense": {}}, "unknown nonsense"),
    ],
)
def test_a_wrong_study_toml_is_seen(declared, wrong) -> None:
    schema = study_schema()
    assert any(wrong in text for text in wrongs(declared, schema, schema))


@pytest.mark.parametrize("tables", [(), ("growth", "compare")])
def test_results_keep_to_the_schema_that_they_name(sample, tmp_path, tables) -> None:
    schema = results_schema()
    job = Asked(tables=tables).job(Path(sample("two_arm.csv")), tmp_path / "out")
    assert perform(job).kind == "done"
    said = json.loads((tmp_path / "out" / "results.json").read_bytes())
    assert said["$schema"] == RESULTS_SCHEMA
    assert list(wrongs(said, schema, schema)) == []
    said["tables"]["growth"][0].pop("estimate")
    said["study"]["n_mice"] = "many"
    assert len(list(wrongs(said, schema, schema))) == 2
