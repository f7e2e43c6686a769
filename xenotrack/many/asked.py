"""What is asked of a study, as one digest: results that were made for it need not be made again."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from xenotrack import __version__
from xenotrack.errors import InputError, XenotrackError

if TYPE_CHECKING:
    from xenotrack.many.job import Job
    from xenotrack.study.contents import Contents


@dataclass(frozen=True)
class Asked:
    """What is asked of every study of a batch.

    ``overrides`` are rules in the shape of study.toml; ``reading`` says how sheets are read;
    ``tables`` are those wanted instead of everything; ``sensitivity`` asks for the claims under
    other definitions of progression.
    """

    overrides: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    figures: str = "none"
    tables: tuple[str, ...] = ()
    strict: bool = False
    sensitivity: bool = False

    def job(self, source: Path, folder: Path) -> Job:
        """The job of one study, its files read.

        Raises ``InputError`` where they cannot be read.
        """
        from xenotrack.many.job import Job
        from xenotrack.present.safe_files import stats_of
        from xenotrack.study.contents import input_paths, read_contents
        from xenotrack.study.settings import read_rules

        is_toml = source.suffix.casefold() == ".toml"
        require_files([source])
        rules = read_rules(source if is_toml else None, self.overrides)
        require_files(input_paths(source, rules))
        return Job(
            source=read_contents(source, rules),
            rules=rules,
            folder=folder,
            name=str(source),
            reading=self.reading,
            figures=self.figures,
            strict=self.strict,
            inputs=stats_of(input_paths(source, rules)),
            tables=self.tables,
            sensitivity=self.sensitivity or "sensitivity" in self.tables,
            alone=True,
        )


def require_files(paths: Iterable[Path]) -> None:
    """Refuse a pipe or a device: whoever reads one waits, for ever where nobody writes.

    What is not there is told by whoever reads it.
    """
    from xenotrack.present.safe_files import kind

    for path in paths:
        with suppress(OSError, ValueError):
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise InputError(f"{path} is {kind(status)}. Of many studies each is a file.")


def digests_of_files(source: Path) -> set[str]:
    """The digests of the files of a study as they are now; none where they cannot be read."""
    try:
        job = Asked().job(source, source)
    except XenotrackError:
        return set()  # the next batch says so
    return {one.sha256 for one in job.source.sources}  # type: ignore[union-attr]


def digest_of(job: Job, contents: Contents) -> str:
    """SHA-256 of all that the bytes of the results depend on: inputs, rules, options, version."""
    rules = msgspec.to_builtins(job.rules)
    rules["study"].pop("sheet")  # the inputs name it
    asked = {
        "xenotrack": __version__,
        "inputs": [one.sha256 for one in contents.sources],
        "names": [one.name for one in contents.inputs],
        "rules": rules,
        "reading": {name: value for name, value in job.reading.items() if value is not None},
        "figures": "none" if job.tables else job.figures,
        "tables": job.tables,
        "strict": job.strict,
        "sensitivity": job.sensitivity,
        "declared": msgspec.to_builtins(job.declared),
    }
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()
