"""Which studies a batch has, and the name of each one's folder."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from xenotrack.errors import XenotrackError
from xenotrack.many.names import stem_name

SHEETS = frozenset((".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsb", ".ods", ".pzfx", ".parquet"))
NOT_STUDIES = ("readme", "license", "licence", "changelog")


@dataclass(frozen=True)
class Planned:
    """A study of a batch: the name of its folder, and its sheet or study.toml."""

    name: str
    source: Path


def plan_studies(named: Iterable[Path]) -> list[Planned]:
    """The studies named, and those in the folders named, each once, under names of their own."""
    sources: dict[str, Path] = {}
    for path in named:
        for source in _sources_at(path):
            sources.setdefault(_real(source), source)
    # What a study is called depends on which are there, and not on the order in which they came.
    paths = sorted(sources.values(), key=Path.absolute)
    names = dict(zip(paths, names_of(paths), strict=True))
    return [Planned(names[path], path) for path in sources.values()]


def _sources_at(path: Path) -> Sequence[Path]:
    """A sheet or study.toml, or those in a folder; none of a folder that is not there."""
    if os.path.isdir(path):
        return studies_in(path)
    return () if _is_lost_folder(path) else (path,)


def _is_lost_folder(path: Path) -> bool:
    """Whether nothing is there, and what was named is called as no study is."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return path.suffix.casefold() not in (*SHEETS, ".toml")
    except (OSError, ValueError):  # a name that no disk takes: it is told as a sheet's is
        pass
    return False


def studies_in(folder: Path) -> list[Path]:
    """Every study below a folder: study.toml files, and the sheets that none of them names.

    Hidden files and folders are left out, and so are results of ours; links are followed.
    """
    paths = sorted(filter(_may_be, _files_below(folder)))
    tomls = [path for path in paths if path.suffix.casefold() == ".toml" and _is_study(path)]
    named = {_real(sheet) for toml in tomls for sheet in _sheets_of(toml)}
    sheets = [
        path for path in paths if path.suffix.casefold() in SHEETS and _real(path) not in named
    ]
    return sorted([*tomls, *sheets])


def unseen_studies(named: Iterable[Path]) -> list[str]:
    """What of the folders named is not seen: not there, closed, or without a study."""
    return [text for path in named for text in _unseen_in(path)]


def _unseen_in(folder: Path) -> Iterator[str]:
    if _is_lost_folder(folder):
        yield f"There is no folder {folder}. Look at its name, and whether its disk is there."
    if not os.path.isdir(folder):
        return
    closed: list[OSError] = []
    found = [path for path in _files_below(folder, closed.append) if _may_be(path)]
    for error in closed:
        yield (
            f"Cannot read {error.filename}: {error.strerror}. No study in it was looked at: give "
            "whoever runs this the right to read it, or move it away."
        )
    if not found and not closed:
        yield (
            f"There is no study in {folder}. Look whether the disk is there, or name a folder of "
            "sheets."
        )


def _real(path: Path) -> str:
    """The one name of a file; that which can be none, as with a zero byte in it, stays as it is."""
    try:
        return os.path.realpath(path)
    except ValueError:
        return str(path)


def _may_be(path: Path) -> bool:
    """Whether a file is called as a study is."""
    suffix = path.suffix.casefold()
    return suffix == ".toml" or (suffix in SHEETS and path.stem.casefold() not in NOT_STUDIES)


def _pass_by(error: OSError) -> None:
    """Leave out a folder that cannot be read; ``unseen_studies`` tells of it."""


def _files_below(folder: Path, closed: Callable[[OSError], None] = _pass_by) -> Iterator[Path]:
    from xenotrack.present.manifest import is_ours

    seen: set[str] = set()
    for place, folders, files in os.walk(folder, onerror=closed, followlinks=True):
        within = Path(place)
        # A link may lead to a folder above it, and round for ever.
        if (real := os.path.realpath(place)) in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and not is_ours(within / name)
        )
        # Excel puts ~$NAME beside a workbook that is open.
        yield from (within / name for name in files if not name.startswith((".", "~$")))


def _is_study(toml: Path) -> bool:
    """Whether a toml file is about a study; one that cannot be read is not left out silently."""
    import tomllib

    if not os.path.isfile(toml):
        return True
    try:
        declared = tomllib.loads(toml.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return True
    study = declared.get("study")
    return isinstance(study, dict) and "sheet" in study


def _sheets_of(toml: Path) -> list[Path]:
    from xenotrack.study.contents import input_paths
    from xenotrack.study.settings import read_rules

    if not os.path.isfile(toml):
        return []
    try:
        return input_paths(toml, read_rules(toml))[1:]
    except XenotrackError:
        return []  # it is told when its turn comes


def names_of(paths: Sequence[Path]) -> list[str]:
    """A folder's name for each study: its stem; equal ones are parted by their folders' names.

    >>> names_of([Path("a/x.csv"), Path("b/x.csv"), Path("b/y.csv"), Path("b/y.xlsx")])
    ['a_x', 'b_x', 'y_csv', 'y_xlsx']
    """
    wholes = [_parts(path) for path in paths]
    keys = [tuple(map(_key, parts)) for parts in wholes]
    endings = [
        f"_{path.suffix.removeprefix('.')}" if keys.count(key) > 1 else ""
        for path, key in zip(paths, keys, strict=True)
    ]
    depths = [1] * len(paths)
    while True:
        names = [
            stem_name("_".join(parts[-depth:]) + ending)
            for parts, depth, ending in zip(wholes, depths, endings, strict=True)
        ]
        alike = [place for group in _alike(names) if _differ(group, keys) for place in group]
        deeper = [place for place in alike if depths[place] < len(wholes[place])]
        if not deeper:
            return _numbered(names)
        for place in deeper:
            depths[place] += 1


def _alike(names: Sequence[str]) -> list[list[int]]:
    """The places of names that are one on some machine."""
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        groups.setdefault(_key(name), []).append(place)
    return [group for group in groups.values() if len(group) > 1]


def _differ(group: Sequence[int], keys: Sequence[tuple[str, ...]]) -> bool:
    """Whether the folders of some of a group tell them apart."""
    return len({keys[place][:-1] for place in group}) > 1


def _parts(path: Path) -> tuple[str, ...]:
    """The folders of a path and its stem."""
    real = path.absolute()
    return (*real.parent.parts[1:], real.stem)


def _numbered(names: Sequence[str]) -> list[str]:
    """The names, those that are still alike numbered."""
    taken: set[str] = set()
    numbered = []
    for name in names:
        others = (f"{name}_{number}" for number in count(2))
        numbered.append(next(one for one in chain([name], others) if _key(one) not in taken))
        taken.add(_key(numbered[-1]))
    return numbered


def _key(name: str) -> str:
    """What tells names of files apart on every machine."""
    return unicodedata.normalize("NFC", name).casefold()


def in_shard(planned: Iterable[Planned], number: int, of: int) -> list[Planned]:
    """The studies of one of several shards.

    By the digest of the name: a study that comes or goes while the shards start moves no other.
    """
    return [one for one in planned if _number(one.name) % of == number - 1]


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(_key(name).encode()).digest()[:8], "big")
