"""Sheets and folders of results → one pool of lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from xenotrack.compare.across import Pool
from xenotrack.many.lines import Entry, lines_of, require_lines
from xenotrack.many.record import is_pool
from xenotrack.many.stored_lines import read_line
from xenotrack.present.manifest import digest
from xenotrack.present.safe_files import stats_of
from xenotrack.present.safe_folder import Say, replaced_folder
from xenotrack.present.stored import run_folders
from xenotrack.study.contents import Source
from xenotrack.study.settings import read_rules

if TYPE_CHECKING:
    from xenotrack.present.results import Results
    from xenotrack.study.rules import Rules
    from xenotrack.study.study import Study

Analyse = Callable[[str], Sequence[Entry]]


def read_pool(
    sources: Sequence[str],
    analyse: Analyse,
    rules: Rules,
    typed: Mapping[str, Any],
    outcomes: Sequence[str],
    day: float | None = None,
) -> Pool:
    """The pool of sheets and folders of results; ``analyse`` gives the lines of a sheet.

    The groups of lines, the level and the bound of a block are those ``typed``, else of the
    study.toml or of the first folder.
    """
    entries: list[Entry] = []
    for source in sources:
        path = Path(source)
        if os.path.isdir(path) or path.suffix == ".json":
            for folder in _line_folders(path):
                stored = read_line(folder)
                entries.append(stored)
                rules = with_stored(rules, stored.rules, typed)
        else:
            entries += analyse(source)
    lines = lines_of(entries, outcomes, day)
    require_lines(lines, " and ".join(sources) if len(sources) < 3 else sources[0])
    return Pool(rules.study.name or "", tuple(lines), rules, outcomes)


def _line_folders(source: Path) -> list[Path]:
    """The folders of lines that a run wrote; it put their pool beside them."""
    return [one for one in run_folders(source) if one == source or not is_pool(one)]


def write_report(pool: Pool, named: Sequence[str], out: Path, drawn: bool, say: Say) -> str:
    """Write the folder of a pool: report, tables and figures; its summary.

    ``named`` are the sheets and folders that it was made of: none of them is written into.
    """
    from xenotrack.present.pool_folder import write_pool
    from xenotrack.present.summary import summarise_pool
    from xenotrack.present.tell.across import tell_pool

    files = [path for source in named for path in _files_of(Path(source))]
    inputs = [Source(path.name, digest(path.read_bytes())) for path in files]
    story = tell_pool(pool)
    with replaced_folder(out, stats_of([*map(Path, named), *files]), say) as fresh:
        write_pool(pool, story, fresh, inputs, drawn, {"folder": out.name})
    return summarise_pool(pool, story)


def _files_of(source: Path) -> list[Path]:
    """What a source was read from: the results of its folders, or the sheet itself."""
    if os.path.isdir(source) or source.suffix == ".json":
        folders = _line_folders(source)
        return [one / "results.json" if one.is_dir() else one for one in folders]
    return [source] if os.path.isfile(source) else []


def _by_phase(studies: Sequence[Study]) -> dict[tuple[str, str], list[int]]:
    """The places of studies that differ in their line alone, where there are several lines."""
    found: dict[tuple[str, str], list[int]] = {}
    for place, study in enumerate(studies):
        if study.line:
            found.setdefault((study.design.name, study.phase), []).append(place)
    return {key: places for key, places in found.items() if len(places) > 1}


def pool_names(studies: Sequence[Study]) -> list[str]:
    """The folder of each pool of some studies: ``pool``, ``pool_2``."""
    return ["pool" if n == 1 else f"pool_{n}" for n in range(1, len(_by_phase(studies)) + 1)]


def pools_of(results: Sequence[Results]) -> list[tuple[str, Pool]]:
    """A pool for each study and phase of several lines, with the name of its folder."""
    studies = [one.study for one in results]
    groups = _by_phase(studies)
    found = []
    for name, ((study, phase), places) in zip(pool_names(studies), groups.items(), strict=True):
        lines = lines_of([results[place] for place in places])
        rules = results[places[0]].study.design.rules
        title = f"{study}, phase {phase}" if phase else study
        found.append((name, Pool(title, tuple(lines), rules)))
    return found


def with_stored(rules: Rules, stored: Mapping[str, Any], typed: Mapping[str, Any]) -> Rules:
    """The rules with what a folder of results says, where nobody typed otherwise."""
    overrides = {
        "lines": {**stored.get("lines", {}), **msgspec.to_builtins(rules.lines)},
        "compare": {"level": stored["compare"]["level"], **typed.get("compare", {})},
        "growth": {**_told_of_growth(stored["growth"]), **typed.get("growth", {})},
        "volume": {**_readout(stored.get("volume", {})), **typed.get("volume", {})},
    }
    return read_rules(None, overrides)


def _told_of_growth(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: stored[name] for name in ("blocked_below", "variances")}


def _readout(stored: Mapping[str, Any]) -> dict[str, Any]:
    """What was measured in the stored results, with its unit, where it is no volume."""
    light = stored.get("readout") == "flux"
    return {name: stored[name] for name in ("readout", "readout_unit")} if light else {}
