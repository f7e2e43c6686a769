"""``xenotrack batch``: many studies, each as ``run`` would do it."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from xenotrack.cli.options import StudyCommand, Words, draws_figures, reads_study, writes_folder
from xenotrack.cli.request import Request
from xenotrack.cli.stdout import put
from xenotrack.errors import StudyError
from xenotrack.present.words import printable

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from xenotrack.many.batch import Batch, Ended
    from xenotrack.many.crew import Crew
    from xenotrack.many.plan import Planned


@click.command(cls=StudyCommand)
@reads_study("growth", "progression", "response", "compare", many=True)
@writes_folder("The folder in which each study gets a folder of its own.")
@click.option(
    "--files-from",
    metavar="FILE",
    help="Read the names of studies from this file, one a line, or as `find -print0` writes them; "
    "- is stdin.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many studies at once [the processors allowed, or SLURM_CPUS_PER_TASK].",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Use the workers of the Dask cluster at this address, such as tcp://host:8786.",
)
@click.option(
    "--scheduler-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Use those of the cluster that this file of `dask scheduler` names.",
)
@click.option(
    "--shard",
    metavar="K/N",
    help="Only the K-th of N parts of the studies: one task of an array job.",
)
@click.option(
    "--rerun",
    type=Words(("changed", "failed", "all")),
    default="changed",
    help="Which studies are done again: those whose input, rules or version changed, those that "
    "failed as well, or all [changed].",
)
@click.option("--dry-run", is_flag=True, help="Print what would be done, and do nothing.")
@draws_figures("none", "How many figures; all take ten times as long as none")
@click.option(
    "--tables",
    metavar="NAME,NAME",
    help="Only these tables and results.json, such as growth,compare [everything].",
)
def batch(
    request: Request,
    *,
    named: tuple[str, ...],
    files_from: str | None,
    jobs: int | None,
    scheduler: str | None,
    scheduler_file: Path | None,
    shard: str | None,
    rerun: Literal["changed", "failed", "all"],
    dry_run: bool,
    figures: str,
    tables: str | None,
) -> None:
    """Many studies, each as run does it, into OUT/NAME of each.

    A STUDY may be a folder: every study in it and below. Results that are there are kept where
    input, rules and version are those of now, so that the same command goes on after whatever
    stopped it. A study that fails is named, and the others go on; the exit code is then 1.

    \b
    Examples
      xenotrack batch sample_data -o results --tables growth,compare
      xenotrack batch sample_data/naive.toml sheet.csv -o results --figures key
      xenotrack batch sample_data -o results --dry-run
    """
    from xenotrack.many.asked import Asked
    from xenotrack.many.batch import Batch, strangers
    from xenotrack.many.plan import in_shard, plan_studies, unseen_studies

    if request.output is None:
        raise click.UsageError("batch writes folders: name one with -o.")
    asked = Asked(request.overrides, request.reading, figures, _tables(tables), request.strict)
    number, of = _shard(shard)
    paths = list(_named(named, files_from))
    every, unseen = plan_studies(paths), unseen_studies(paths)
    if not every:
        refuse_undone(unseen)
    planned = in_shard(every, number, of)
    work = Batch(planned, asked, request.output, rerun)
    if dry_run:
        put(_plan(work).encode())
        refuse_undone(unseen)
        return
    with _crew(jobs, scheduler, scheduler_file, len(planned)) as crew:
        failed = _follow(request, work.work(crew), planned)
    # What cannot be seen may be theirs.
    left = strangers(request.output, every) if of == 1 and not unseen else []
    if left:
        request.say(
            f"{len(left)} results in {request.output} belong to no study of this batch: "
            f"{', '.join(left[:5])}{' …' if len(left) > 5 else ''}. `collect --only` leaves "
            "them out."
        )
    refuse_undone([*about_failures(failed, len(planned), request.output), *unseen])


def refuse_undone(unseen: Sequence[str]) -> None:
    """Say what was not done, each on its line."""
    if unseen:
        raise StudyError("\n".join(unseen))


def about_failures(failed: Sequence[Ended], of: int, out: Path) -> list[str]:
    """What is said at the end where studies failed: the others are done."""
    if not failed:
        return []
    notes = (
        f"{out}/NAME.failed.json says why"
        if all(one.noted for one in failed)
        else (f"the lines above say why, as not all of it could be written into {out}")
    )
    return [
        f"{len(failed)} of {of} studies failed; {notes}. Once mended, the same command does them."
    ]


def _crew(
    jobs: int | None, scheduler: str | None, file: Path | None, most: int
) -> AbstractContextManager[Crew]:
    """Who does the work: processes of this machine, or the workers of a cluster."""
    from xenotrack.many.crew import processes, processors_allowed

    if scheduler is None and file is None:
        return processes(min(jobs or processors_allowed(), max(1, most)))
    if jobs is not None or (scheduler is not None and file is not None):
        raise click.UsageError("Choose one of --jobs, --scheduler and --scheduler-file.")
    from xenotrack.many.cluster import cluster

    return cluster(scheduler, file)


def _follow(request: Request, ended: Iterable[Ended], planned: list[Planned]) -> list[Ended]:
    """Say what becomes of each study; those that failed."""
    failed = []
    counts = {"done": 0, "unchanged": 0, "failed": 0}
    with _progress(request, ended, len(planned)) as following:
        for each in following:
            counts[each.how] += 1
            if each.how == "failed":
                failed.append(each)
                _clear(request)
                click.echo(about_failure(each), err=True)
            for text in each.said:
                _clear(request)
                request.say(f"{each.planned.name}: {text}")
    request.say(
        f"{counts['done']} done, {counts['unchanged']} unchanged, {counts['failed']} failed."
    )
    return failed


def _progress(request: Request, ended: Iterable[Ended], length: int) -> Any:
    """The studies as they end, with a bar on a terminal."""
    hidden = request.quiet or not sys.stderr.isatty()
    return click.progressbar(
        ended, length=length, label="Studies", file=sys.stderr, show_pos=True, hidden=hidden
    )


def _clear(request: Request) -> None:
    """Leave the line of the bar."""
    if not request.quiet and sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)


def about_failure(ended: Ended) -> str:
    """What a person is told of a study that failed."""
    lines = [printable(line) for line in ended.message.splitlines()]
    return "\n  ".join([f"Failed: {printable(ended.planned.name)}: {lines[0]}", *lines[1:]])


def _plan(work: Batch) -> str:
    """A line a study: what would be done, its folder, its source."""
    lines = [
        "\t".join(
            printable(word) for word in (_what(work, state), planned.name, str(planned.source))
        )
        for planned, state in work.states()
    ]
    return "\n".join(["what\tfolder\tstudy", *lines]) + "\n"


def _what(work: Batch, state: object) -> str:
    if isinstance(state, Exception):
        return "cannot be read"
    if (state == "unchanged" and work.rerun != "all") or (
        state == "failed" and work.rerun == "changed"
    ):
        return f"skip, {state}"
    return f"do, {state}"


def _named(named: Iterable[str], files_from: str | None) -> Iterator[Path]:
    """The studies and folders typed, and those that a file lists."""
    listed = _listed(files_from) if files_from is not None else []
    given = [*named, *listed]
    if "-" in given:
        raise click.UsageError("batch reads files: - is no study here.")
    if not given and files_from is None:
        raise click.UsageError("Name a STUDY, a folder of them, or a list with --files-from.")
    yield from map(Path, given)


def _listed(files_from: str) -> list[str]:
    """The names in a file."""
    try:
        data = sys.stdin.buffer.read() if files_from == "-" else Path(files_from).read_bytes()
    except OSError as error:
        raise click.UsageError(f"Cannot read {files_from}: {error.strerror}.") from error
    return _names_in(data)


def _names_in(data: bytes) -> list[str]:
    """The names in a list, one a line, or each ended by a zero byte as ``find -print0`` does it.

    A name is what stands there: it may begin with a blank, or hold marks that end lines elsewhere.

    >>> _names_in("a.csv\\r\\n\\n b\\u2028.csv\\n".encode()), _names_in(b"a\\nb.csv\\0c.csv\\0")
    (['a.csv', ' b\\u2028.csv'], ['a\\nb.csv', 'c.csv'])
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as PowerShell writes lists
        data = data.decode("utf-16", "replace").encode()
    names = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "surrogateescape")
    if "\0" in names:
        return [name for name in names.split("\0") if name.strip()]
    return [name.rstrip("\r") for name in names.split("\n") if name.strip()]


def _tables(typed: str | None) -> tuple[str, ...]:
    """The tables asked for, in their own order."""
    from xenotrack.glossary import TABLES

    if typed is None:
        return ()
    names = [name.strip() for name in typed.split(",") if name.strip()]
    unknown = [name for name in names if name not in TABLES]
    if unknown or not names:
        what = f"has no table {unknown[0]!r}" if unknown else "names no table"
        raise click.UsageError(f"--tables {what}. Tables: {', '.join(TABLES)}.")
    return tuple(name for name in TABLES if name in names)


def _shard(typed: str | None) -> tuple[int, int]:
    """Which of how many parts.

    >>> _shard("2/5"), _shard(None)
    ((2, 5), (1, 1))
    """
    if typed is None:
        return 1, 1
    number, sign, of = typed.partition("/")
    if not (sign and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise click.UsageError(f"--shard takes K/N with K from 1 to N, as 1/10, not {typed!r}.")
    return int(number), int(of)
