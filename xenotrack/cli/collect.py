"""``xenotrack collect``: the tables of many studies in one file, and questions to them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xenotrack.cli.options import Words
from xenotrack.cli.stdout import put

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xenotrack.many.gather import Found
    from xenotrack.many.plan import Planned


@click.command()
@click.argument("source", metavar="OUT", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(),
    metavar="FILE",
    help="All tables in this SQLite file; with --query the answer, its format by the suffix.",
)
@click.option("--query", metavar="SQL", help="Answer this question, a SELECT; nothing is changed.")
@click.option(
    "-f",
    "--format",
    "form",
    type=Words(("table", "csv", "tsv", "json", "parquet", "xlsx")),
    help="Format of the answer on stdout [table].",
)
@click.option(
    "--parquet",
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="All tables in this folder, a Parquet file each.",
)
@click.option(
    "--index",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    help="A page of all studies, failures first, that leads to the report of each.",
)
@click.option(
    "--multiqc",
    type=click.Path(path_type=Path),
    metavar="FILE_mqc.json",
    help="The arms of all studies as a section of a MultiQC report.",
)
@click.option(
    "--only",
    type=click.Path(path_type=Path),
    multiple=True,
    metavar="STUDY",
    help="Only the studies that a batch of this sheet, study.toml or folder has; may be repeated. "
    "Those not done since their files were changed are named, results whose sheet is gone or "
    "renamed are left out.",
)
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was written.")
@click.option("--force", is_flag=True, help="Replace files that xenotrack did not write.")
def collect(source: Path, **options: Any) -> None:
    """Every table of every study of a batch in one file: a column study stands in front.

    OUT is what batch wrote, or the database that was made of it before. The table studies has each
    study with its status (done, failed, undone; pool = what the lines of a panel say together);
    doubts has every doubt. Studies that failed or are undone have no other rows.

    \b
    Examples
      xenotrack collect results -o all.sqlite
      xenotrack collect results --index results/index.html
      xenotrack collect results --only sample_data -o all.sqlite
      xenotrack collect all.sqlite --query "SELECT study, arm, estimate FROM growth"
    """
    from xenotrack.many.gather import index_page, multiqc_of, studies_of

    index, multiqc = options["index"], options["multiqc"]
    wanted = [options[name] for name in ("output", "query", "parquet", "index", "multiqc")]
    if not any(wanted):
        raise click.UsageError("Name what to make: -o FILE, --query SQL, --index FILE.html.")
    if os.path.isfile(source):
        if index or multiqc or options["only"]:
            raise click.UsageError("--index, --multiqc and --only are about the folder of a batch.")
        _from_database(source, options)
        return
    studies = studies_of(source, _planned(options["only"]))
    # All of it is made before any is written: what cannot be had leaves no half of the rest.
    page = index_page(source, studies, index) if index else b""
    section = multiqc_of(studies) if multiqc else b""
    if index:
        _save(index, page, b"<!doctype html>", options)
    if multiqc:
        _save(multiqc, section, b'{\n "id": "xenotrack_arms"', options)
    if options["output"] or options["query"] or options["parquet"]:
        _by_database(studies, options)


def _planned(named: Sequence[Path]) -> list[Planned] | None:
    """These studies by the names that a batch gives them; None where none were named."""
    from xenotrack.cli.batch import refuse_undone
    from xenotrack.many.plan import plan_studies, unseen_studies

    if not named:
        return None
    refuse_undone(unseen_studies(named))
    return plan_studies(named)


def _by_database(studies: Sequence[Found], options: dict[str, Any]) -> None:
    """Make the database, under its name only when it is whole."""
    from xenotrack.many.database import is_database, write_database
    from xenotrack.present.safe_files import always, put_file

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.sqlite"
        write_database(studies, path)
        if options["output"] and not options["query"]:
            given = Path(options["output"])
            if options["output"] == "-":
                put(path.read_bytes())
            else:
                put_file(path, given, always if options["force"] else is_database)
                _say(given, options)
        if options["query"] or options["parquet"]:
            taken = {**options, "output": options["output"] if options["query"] else None}
            _from_database(path, taken)


def _from_database(path: Path, options: dict[str, Any]) -> None:
    """Answer the question, or write Parquet, from a database."""
    from xenotrack.errors import InputError
    from xenotrack.many.database import ask_database, is_database
    from xenotrack.many.parquet import write_parquets

    if not is_database(path) or not path.stat().st_size:
        raise InputError(f"{path} is no database that `xenotrack collect` wrote.")
    if options["parquet"]:
        write_parquets(path, options["parquet"], options["force"])
        _say(options["parquet"], options)
    if options["query"]:
        _answer(ask_database(path, options["query"]), options)
    elif options["output"]:
        raise click.UsageError("A database is there already: ask it with --query.")


def _answer(frame: Any, options: dict[str, Any]) -> None:
    from xenotrack.present.recognised import is_output
    from xenotrack.present.safe_files import always, write_bytes
    from xenotrack.present.tables import FORMATS, format_of

    output = options["output"]
    to_file = output not in (None, "-")
    form = options["form"] or (format_of(Path(output)) if to_file else "table")
    data = FORMATS[form](frame, (), {})
    if to_file:
        write_bytes(Path(output), data, always if options["force"] else is_output)
    else:
        put(data)


def _save(path: Path, data: bytes, start: bytes, options: dict[str, Any]) -> None:
    """Write a page or a section in place of an earlier one, told by how it begins."""
    from xenotrack.present.safe_files import always, write_bytes

    def is_ours(there: Path) -> bool:
        head = there.read_bytes()
        return head[: len(start)].lower() == start.lower() and b"xenotrack" in head

    write_bytes(path, data, always if options["force"] else is_ours)
    _say(path, options)


def _say(path: Path, options: dict[str, Any]) -> None:
    if not options["quiet"]:
        click.echo(f"Wrote {path}.", err=True)
