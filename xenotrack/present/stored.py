"""A run's folder as another day reads it: what results.json and manifest.json must hold."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from xenotrack.errors import InputError
from xenotrack.present.manifest import MANIFEST, Listed, is_ours
from xenotrack.present.story import Story
from xenotrack.present.tables import SCHEMA_VERSION
from xenotrack.study.readout import Readout, readout_of
from xenotrack.study.rules import VolumeRules


class StoredArm(msgspec.Struct, frozen=True):
    name: str
    drugs: tuple[str, ...]


class StoredStudy(msgspec.Struct, frozen=True):
    """The facts of a study; of a pool the ``lines`` as well."""

    name: str | None
    phase: str | None
    arms: tuple[StoredArm, ...]
    control: str | None
    n_mice: int
    n_readings: int
    lines: tuple[str, ...] = ()


class StoredResults(msgspec.Struct, frozen=True):
    """results.json."""

    study: StoredStudy
    tables: dict[str, list[dict[str, Any]]]
    doubts: list[dict[str, Any]]
    story: Story


class StoredManifest(msgspec.Struct, frozen=True):
    """manifest.json."""

    xenotrack: str
    python: str
    libraries: dict[str, str]
    rules: dict[str, dict[str, Any]]
    inputs: tuple[Listed, ...]
    outputs: tuple[Listed, ...] = ()

    @property
    def versions(self) -> dict[str, str]:
        """The version of all that the results rest on."""
        return {"xenotrack": self.xenotrack, "python": self.python, **self.libraries}


class StoredRun(NamedTuple):
    """All that a report is made of; ``pictures`` are svg files by name, without its ending."""

    results: StoredResults
    manifest: StoredManifest
    pictures: Mapping[str, bytes]

    @property
    def readout(self) -> Readout:
        """What stands for a tumour's size."""
        return readout_of(msgspec.convert(self.manifest.rules.get("volume", {}), VolumeRules))


def run_folders(folder: Path) -> list[Path]:
    """The folder of each study that a run wrote here: this one, or those in it."""
    if is_ours(folder) or not os.path.isdir(folder):
        return [folder]
    try:
        return sorted(each for each in folder.iterdir() if is_ours(each)) or [folder]
    except OSError as error:
        raise InputError(f"Cannot read {folder}: {error.strerror}.") from error


def read_run(folder: Path) -> StoredRun:
    """The results that a run left in a folder."""
    if not is_ours(folder):
        raise InputError(
            f"{folder} holds no results of xenotrack. Name a folder that `xenotrack run` wrote."
        )
    run = stored_run(_read(folder / "results.json"), _read(folder / MANIFEST), {})
    # Only those of the run: others that a person put there say something else.
    drawn = [
        folder / output.name for output in run.manifest.outputs if output.name.endswith(".svg")
    ]
    return run._replace(pictures={path.stem: _read(path) for path in drawn if path.exists()})


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}. Run the study again with `xenotrack run`."
        ) from error


def stored_run(results: bytes, manifest: bytes, pictures: Mapping[str, bytes]) -> StoredRun:
    """What the two files and the pictures of a run say."""
    # First of all: a file of another version lacks what this one asks for.
    head = _decoded("results.json", results, _Head)
    _require_schema("results.json", head.schema_version)
    _require_schema(MANIFEST, _decoded(MANIFEST, manifest, _Head).schema_version)
    _require_story(head)
    return fresh_run(results, manifest, pictures)


def fresh_run(results: bytes, manifest: bytes, pictures: Mapping[str, bytes]) -> StoredRun:
    """The same of files that this version has just made."""
    return StoredRun(
        _decoded("results.json", results, StoredResults),
        _decoded(MANIFEST, manifest, StoredManifest),
        pictures,
    )


class _Head(msgspec.Struct):
    schema_version: int | None = None
    story: Any = None


def _require_schema(name: str, version: int | None) -> None:
    if version != SCHEMA_VERSION:
        raise InputError(
            f"{name} is of schema version {version}; this xenotrack reads version "
            f"{SCHEMA_VERSION}. Run the study again with `xenotrack run`."
        )


def _require_story(head: _Head) -> None:
    if head.story is None:
        raise InputError(
            "results.json holds no `story`, the text of a report: `batch --tables` or an earlier "
            "version wrote it. Run the study again with `xenotrack run`."
        )


def _decoded(name: str, data: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise InputError(
            f"{name} is not what this xenotrack writes: {error}. "
            "Run the study again with `xenotrack run`."
        ) from error
