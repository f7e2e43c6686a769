"""manifest.json: what made a folder of results, and the digest of each file in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from xenotrack.present.tables import json_bytes

MANIFEST = "manifest.json"
SEAL = "sha256"
# The page of a folder that holds one folder a study: no manifest lists it, so it seals itself.
INDEX = "index.html"


class Listed(msgspec.Struct, frozen=True):
    """A file by its name and digest."""

    name: str
    sha256: str


class _Manifest(msgspec.Struct, frozen=True):
    """What a manifest of any version of ours says of its folder."""

    xenotrack: str
    outputs: tuple[Listed, ...] = ()
    folder: str | None = None
    request: str = ""


def is_ours(folder: Path) -> bool:
    """Whether a run made the folder: other programs have a manifest.json, too."""
    return _read(folder) is not None


def holds_studies(folder: Path) -> bool:
    """Whether a run made the folder to hold one folder a study."""
    inside = _made_in(folder)
    if any(made is not None and made.folder == name for name, made in inside.items()):
        return True
    # Earlier versions did not say so, and listed no outputs: then nothing else may be there.
    return bool(inside) and all(made and not made.outputs for made in inside.values())


def study_folders(folder: Path) -> list[str]:
    """The names of the folders in it that runs of several studies made, one folder a study.

    A pool that a person asked for is none of them, though it lies there: no run asked for it.
    """
    return [
        name
        for name, made in _made_in(folder).items()
        if made is not None and made.folder == name and made.request
    ]


def _made_in(folder: Path) -> dict[str, _Manifest | None]:
    """What the manifest of each folder in it says, by the folder's name."""
    inside = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    return {each.name: _read(each) for each in inside}


def digests(folder: Path) -> dict[str, str]:
    """The digest of each file as we wrote it, the manifest's own included, if that is unchanged."""
    made = _read(folder)
    if made is None:
        return _digest_of_index(folder / INDEX)
    listed = {output.name: output.sha256 for output in made.outputs if _is_inside(output.name)}
    data = (folder / MANIFEST).read_bytes()
    return listed | ({MANIFEST: digest(data)} if _is_sealed(data) else {})


def sealed_page(page: bytes) -> bytes:
    """A page with its own digest in the last line."""
    return page + f"<!-- xenotrack {digest(page)} -->\n".encode()


def _digest_of_index(page: Path) -> dict[str, str]:
    """The digest of the page of many studies, where it is as we wrote it."""
    try:
        data = page.read_bytes()
    except OSError:
        return {}
    start = data.rfind(b"<!-- xenotrack ")
    return {INDEX: digest(data)} if start > 0 and data == sealed_page(data[:start]) else {}


def complete(manifest: dict[str, Any], folder: Path) -> bytes:
    """The manifest of a folder whose other files are all written: it lists them, and seals itself.

    Without the seal nobody could tell a manifest that a person changed.
    """
    outputs = [
        {"name": path.relative_to(folder).as_posix(), "sha256": digest(path.read_bytes())}
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]
    return sealed({**manifest, "outputs": outputs})


def with_outputs(manifest: bytes, changed: Mapping[str, bytes]) -> bytes:
    """The manifest after some of the files that it lists were written anew, or others added."""
    stored = msgspec.json.decode(manifest)
    listed = {output["name"]: output["sha256"] for output in stored.get("outputs", ())}
    listed |= {name: digest(data) for name, data in changed.items()}
    stored.pop(SEAL, None)
    outputs = [{"name": name, "sha256": listed[name]} for name in sorted(listed)]
    return sealed({**stored, "outputs": outputs})


def sealed(content: dict[str, Any]) -> bytes:
    """The manifest with its own digest, which is that of all the rest."""
    return json_bytes({**content, SEAL: digest(json_bytes(content))})


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _is_sealed(data: bytes) -> bool:
    content = msgspec.json.decode(data)
    seal = content.pop(SEAL, None)
    return seal == digest(json_bytes(content)) and data == sealed(content)


def _read(folder: Path) -> _Manifest | None:
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=_Manifest)
    except (OSError, msgspec.DecodeError):
        return None


def _is_inside(name: str) -> bool:
    """Whether a name stays in the folder: a manifest may come from anywhere.

    >>> _is_inside("tables/growth.csv"), _is_inside("../sheet.csv"), _is_inside("/etc/fstab")
    (True, False, False)
    """
    parts = PurePosixPath(name)
    return bool(parts.parts) and not parts.is_absolute() and ".." not in parts.parts
