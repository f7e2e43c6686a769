"""What a batch left: the results of each study, failures among them, one after another."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from xenotrack.errors import InputError
from xenotrack.many.asked import digests_of_files
from xenotrack.many.plan import Planned
from xenotrack.many.record import Failure, failures_in, inputs_of, is_pool, made_folders
from xenotrack.present.manifest import INDEX, is_ours
from xenotrack.present.page.index import Entry, entry_of, failure_of, render_index
from xenotrack.present.stored import read_run
from xenotrack.present.tables import json_bytes
from xenotrack.study.rules import GrowthRules

MULTIQC = "xenotrack_mqc.json"
CHANGED = "Its files were changed since its results were made: do it with `xenotrack batch`."
UNDONE = "It has no results yet: do it with `xenotrack batch`."


class Found(NamedTuple):
    """A study of a batch: its folder, or why it has no results of its present input."""

    name: str
    folder: Path | None
    failure: str = ""
    status: str = "done"


class Said(msgspec.Struct, frozen=True):
    """What results.json holds that a database keeps."""

    study: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]]
    doubts: list[dict[str, Any]]


def studies_of(out: Path, planned: Sequence[Planned] | None = None) -> list[Found]:
    """Every study in the folder of a batch, or the one of ``run``; failures without results.

    The results of a study that fails now are of an earlier input: they are not among them. With
    ``planned`` these studies alone; those to which no batch has come, not even since their files
    were changed, are undone.
    """
    if is_ours(out) and planned is None:
        return [Found(out.resolve().name, out)]
    if not os.path.isdir(out) or is_ours(out):
        raise InputError(f"{out} is no folder of a batch. Name one that `xenotrack batch` wrote.")
    failures = {failure.study: failure for failure in failures_in(out)}
    folders = [one for one in out.iterdir() if one.is_dir() and not one.name.startswith(".")]
    names = {path.name for path in folders} | set(failures)
    wanted = sorted(names if planned is None else [one.name for one in planned])
    found = [each for name in wanted for each in _found(out, name, failures.get(name))]
    if planned is not None:
        known = {each.name.partition("/")[0] for each in found}
        found += [Found(name, None, UNDONE, "undone") for name in wanted if name not in known]
        sources = {one.name: one.source for one in planned}
        found = list(_of_now(found, sources))
    if not found:
        raise InputError(
            f"{out} holds no results of xenotrack. Name the folder that `xenotrack batch` wrote."
        )
    return found


def _found(out: Path, name: str, failure: Failure | None) -> Iterator[Found]:
    if failure is not None:
        yield Found(name, None, failure.message, "failed")
        return
    for folder in made_folders(out / name):
        status = "pool" if is_pool(folder) else "done"
        yield Found(folder.relative_to(out).as_posix(), folder, status=status)


def _of_now(found: Sequence[Found], sources: Mapping[str, Path]) -> Iterator[Found]:
    """The studies; those whose files are not those that their results were made of, once each."""
    by_name = groupby(
        sorted(found, key=lambda each: each.name), lambda each: each.name.partition("/")[0]
    )
    for name, own in ((name, list(each)) for name, each in by_name):
        made = set[str]().union(*(inputs_of(each.folder) for each in own if each.folder))
        if made and not digests_of_files(sources[name]) <= made:
            yield Found(name, None, CHANGED, "undone")
        else:
            yield from own


def results_of(found: Found) -> Said:
    """What a study's results say.

    Raises ``InputError`` where they cannot be read.
    """
    assert found.folder is not None, "a study that failed has no results"
    path = found.folder / "results.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Said)
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}. {_AGAIN}") from error
    except msgspec.DecodeError as error:
        raise InputError(f"{path} is not what xenotrack writes: {error}. {_AGAIN}") from error


_AGAIN = "Do the study again with `xenotrack batch`."


def index_page(out: Path, studies: Sequence[Found], page: Path) -> bytes:
    """The page of all studies, with the way from it to the report of each."""
    return render_index(out.resolve().name, (_entry(each, page, each.name) for each in studies))


def index_of_run(title: str, out: Path, names: Collection[str] = ()) -> bytes:
    """The page of the studies that one run wrote into ``out``, each by its own title.

    ``names`` are those of its folders, where others may lie there as well.
    """
    of_run = [each for each in studies_of(out) if not names or each.name.partition("/")[0] in names]
    return render_index(title, (_entry(each, out / INDEX, "") for each in of_run))


def _entry(found: Found, page: Path, name: str) -> Entry:
    """``name`` is what the study is called there; "" = by its title."""
    if found.folder is None:
        return failure_of(found.name, found.failure)
    report = found.folder / "report.html"
    place = Path(os.path.relpath(report, page.absolute().parent)).as_posix()
    if report.is_file():
        return entry_of(read_run(found.folder), place, name)
    said = results_of(found)  # some tables, and no report
    facts = f"{len(said.study['arms'])} arms, {said.study['n_mice']} mice"
    return Entry(
        name=name or found.name,
        facts=facts,
        control=said.study["control"],
        doubts=len(said.doubts),
        blocked_below=GrowthRules().blocked_below,  # the scale of a drawing without arms
    )


def multiqc_of(studies: Sequence[Found]) -> bytes:
    """The sections that MultiQC shows of each study, as one; a row a study and arm."""
    whole: dict[str, Any] = {}
    rows: dict[str, Any] = {}
    for each in studies:
        path = each.folder / MULTIQC if each.folder is not None else None
        if path is None or not path.is_file():
            continue
        section = msgspec.json.decode(path.read_bytes())
        whole = whole or section
        rows |= {_row(each.name, name): row for name, row in section["data"].items()}
    if not whole:
        raise InputError(
            "No study has a section for MultiQC: `batch --tables` writes none. Do them without it."
        )
    return json_bytes({**whole, "data": rows})


def _row(study: str, name: str) -> str:
    """The name of a row: that of the folder tells studies of one title apart.

    MultiQC takes a name with a slash for a path and keeps its end.
    """
    return f"{study}: {name}".replace("/", "\N{DIVISION SLASH}")
