"""What a user asked for: which study, by which rules, written where."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xenotrack.cli.options import RULES
from xenotrack.cli.stdout import behind, put
from xenotrack.cli.typed import (
    arm_typed,
    as_text,
    columns_typed,
    names_typed,
    pair_typed,
    parts_of_one,
)
from xenotrack.doubts import Doubt
from xenotrack.errors import InputError, RulesError
from xenotrack.present.words import printable_lines
from xenotrack.study.primary import PrimaryError

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.many.job import Job
    from xenotrack.present.results import Results
    from xenotrack.present.safe_files import GivesWay
    from xenotrack.study.design import Design
    from xenotrack.study.rules import AcceptRule, Rules
    from xenotrack.study.study import Study


@dataclass(frozen=True)
class Request:
    """One invocation, its options as typed sorted into rules, reading and writing."""

    sources: tuple[str, ...]  # several: the parts of one study
    overrides: dict[str, Any]
    reading: dict[str, Any]
    output: Path | None  # none: stdout
    to_stdout: bool  # as was typed
    force: bool
    form: str | None
    shown: tuple[str, ...]  # columns of the table; none: all
    wide: bool
    strict: bool
    quiet: bool
    # What the studies read so far left out: every answer says it.
    excluded: list[str] = field(default_factory=list)
    # What they accept, and the findings that this meets.
    accepting: list[AcceptRule] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    # The designs of those read: their readout has its own words.
    designs: list[Design] = field(default_factory=list)

    @classmethod
    def of(cls, sources: tuple[str, ...], options: dict[str, Any]) -> Request:
        """Take what every command shares out of ``options``; the command's own remain."""
        output = options.pop("output", None)  # a path stays as typed
        if output == "":
            raise click.UsageError("-o names nothing. Is a variable of the shell empty?")
        options.update({name: as_text(value) for name, value in options.items()})
        overrides: dict[str, Any] = {}
        for name in [name for name in options if name in RULES]:
            key, value = RULES[name], options.pop(name)
            if value is not None:
                overrides.setdefault(key.section, {})[key.name] = value
        if "allocation" in overrides.get("study", {}):
            # What is typed is found from where it is typed, not from the study.toml.
            overrides["study"]["allocation"] = os.path.abspath(overrides["study"]["allocation"])
        overrides["columns"] = columns_typed(options.pop("columns"))
        overrides["arms"] = dict(map(arm_typed, options.pop("arms")))
        overrides["fates"] = dict(pair_typed(text, "--fate") for text in options.pop("fates"))
        delimiter = options.pop("delimiter")
        reading = {
            "delimiter": "\t" if delimiter == "tab" else delimiter,
            **{key: options.pop(key) for key in ("encoding", "decimal", "sheet_name", "layout")},
        }
        return cls(
            sources=parts_of_one(sources),
            overrides=overrides,
            reading=reading,
            output=Path(output) if output not in (None, "-") else None,
            to_stdout=output == "-",
            force=options.pop("force", False),
            form=options.pop("form", None),
            shown=names_typed(options.pop("shown", None)),
            wide=options.pop("wide", False),
            strict=options.pop("strict"),
            quiet=options.pop("quiet"),
        )

    @contextmanager
    def mistyped(self) -> Iterator[None]:
        """Let rules that were typed, and that no study or this one cannot follow, be a slip."""
        try:
            yield
        except PrimaryError as error:
            if "primary" in self.overrides.get("compare", {}):
                raise click.UsageError(str(error)) from error
            raise
        except RulesError as error:
            if self.overrides.get("growth"):
                raise click.UsageError(str(error)) from error
            raise

    def rules(self) -> Rules:
        """The rules in force: those of the study.toml and those typed."""
        from xenotrack.study.settings import read_rules

        toml = Path(self.source) if self.source.endswith(".toml") else None
        try:
            return read_rules(toml, self.overrides)
        except InputError as error:
            if toml is None or self._are_wrong_alone():
                raise click.UsageError(str(error)) from error
            raise

    def _are_wrong_alone(self) -> bool:
        """Whether the rules typed are wrong whatever a study.toml says."""
        from xenotrack.study.settings import read_rules

        try:
            read_rules(None, self.overrides)
        except InputError:
            return True
        return False

    @property
    def source(self) -> str:
        """What was typed for the study, to be said in messages."""
        return " ".join(self.sources)

    @property
    def paths(self) -> Path | list[Path]:
        """Where the sheet is, or the sheets are."""
        paths = [Path(source) for source in self.sources]
        return paths if len(paths) > 1 else paths[0]

    def source_read(self) -> Path | bytes | list[Path]:
        """Where the sheet is, or the sheets are, or what came on stdin."""
        return sys.stdin.buffer.read() if self.source == "-" else self.paths

    def job(
        self,
        figures: str,
        sensitivity: bool,
        declared: str | None,
        beside: Iterable[Path] = (),
    ) -> Job:
        """The request as a job of ``run``; ``beside`` are more files to be written."""
        from xenotrack.many.job import Job
        from xenotrack.study.declaration import read_declaration

        rules = self.rules()
        inputs = self.refuse_inputs(rules, beside)
        return Job(
            self.source_read(),
            rules,
            self.output,
            self.source,
            self.reading,
            figures,
            self.strict,
            inputs,
            sensitivity,
            declared=read_declaration(Path(declared)) if declared is not None else None,
        )

    def studies(
        self,
        trace: bool = False,
        beside: Iterable[Path] = (),
        rules: Rules | None = None,
        staged: bool = False,
    ) -> tuple[Study, ...]:
        """Every study of the sheet, findings and all; ``beside`` are more files to be written.

        ``rules`` are others than those in force, ``staged`` are mice of one day.
        """
        from xenotrack.study.ingest import read_studies

        rules = rules or self.rules()
        self.refuse_inputs(rules, [*([self.output] if self.output else []), *beside])
        studies = read_studies(
            self.source_read(), rules, trace=trace, staged=staged, **self.reading
        )
        self.excluded[:] = [note.text for study in studies for note in study.exclusions]
        for text in self.excluded:
            self.say(f"Excluded: {text}")
        self.designs[:] = [study.design for study in studies]
        self.accepting[:] = rules.accept
        known = [note.told for study in studies for note in study.findings if note.accepted]
        self.accepted[:] = dict.fromkeys(known)
        for text in self.accepted:
            self.say(f"Known: {text}")
        return studies

    def read(self) -> Study:
        """The one study of the sheet, findings and all."""
        from xenotrack.study.ingest import only_study

        return only_study(self.studies())

    def results(self) -> Results:
        """The results of the study, refused where its sheet cannot be trusted."""
        from xenotrack.present.results import Results

        study = self.read()
        self.refuse_findings(study)
        return Results(study)

    def refuse_findings(self, study: Study) -> None:
        """Refuse on errors (``--strict``: on warnings too); else say how many warnings."""
        from xenotrack.study.refusal import about_warnings, refuse_findings

        refuse_findings(study, self.strict, self.source)
        if study.unaccepted:
            self.say(about_warnings(study, self.source))

    def refuse_errors(self, study: Study) -> None:
        """Refuse what only people can mend."""
        from xenotrack.study.refusal import refuse_findings

        refuse_findings(study, False, self.source)

    def refuse_inputs(self, rules: Rules, outputs: Iterable[Path]) -> list[os.stat_result]:
        """Refuse to write into what is read, by whatever name; what is read."""
        from xenotrack.present.safe_files import input_among, same_file, stats_of
        from xenotrack.study.contents import input_paths

        given = behind(sys.stdin) if self.source == "-" else None
        paths = [] if self.source == "-" else input_paths(self.paths, rules)
        read = [*stats_of(paths), *([given] if given is not None else [])]
        if (out := input_among(read, outputs)) is not None:
            raise click.UsageError(f"{out} is what was read; name another file with -o.")
        goes = behind(sys.stdout)
        if goes is not None and same_file(goes, read):
            raise click.UsageError("stdout goes into what was read; name another file with -o.")
        return read

    def say(self, text: str) -> None:
        """Say something to a person."""
        if not self.quiet:
            click.echo(printable_lines(text), err=True)

    def say_doubts(self, doubts: Iterable[Doubt]) -> None:
        """Say every doubt, or refuse to go on where the user is strict."""
        from xenotrack.present.tell.doubts import with_remedy
        from xenotrack.study.acceptance import accept_doubts
        from xenotrack.study.refusal import refuse_doubts

        doubts = accept_doubts(self.in_words(doubts), self.accepting)
        if self.strict:
            refuse_doubts(doubts)
        for doubt in doubts:
            self.say(f"{'Known' if doubt.accepted else 'Doubt'}: {with_remedy(doubt)}")

    def in_words(self, doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
        """The doubts in the words of the readout."""
        return self.designs[0].in_words(doubts) if self.designs else tuple(doubts)

    def say_letters(self, study: Study) -> None:
        """Say which letters of a study's names no installed font has, where that is so."""
        from xenotrack.present.figures.fonts import about_letters

        sentence = about_letters((*study.design.arm_names, *study.mice["mouse"].astype(str)))
        if sentence:
            self.say(sentence)

    def write(
        self,
        frame: pd.DataFrame,
        doubts: Iterable[Doubt] = (),
        text: bytes | None = None,
        edited: bool = False,
        **facts: Any,
    ) -> None:
        """Write a table with its doubts to the file asked for, or to stdout.

        ``text`` is what people read instead of the table; ``edited``: they go on to edit it.
        """
        from xenotrack.present.tables import FORMATS, SUFFIXES, format_of, to_text
        from xenotrack.study.acceptance import accept_doubts

        form = self.form or (format_of(self.output) if self.output else "table")
        if self.form and self.output and SUFFIXES.get(self.output.suffix, form) != form:
            raise click.UsageError(f"-f {form} contradicts the suffix of {self.output.name}.")
        if self.designs:
            design = self.designs[0]
            frame = design.readout.table(frame, design.names)
        doubts = accept_doubts(self.in_words(doubts), self.accepting)
        self.say_doubts(doubts)
        frame = self._with_columns_asked_for(frame)
        if form == "table" and text is not None and not self.shown:
            data = text
        elif form == "table":
            data = to_text(frame, width=self._width())
        else:
            known = {"exclusions": self.excluded, "accepted": self.accepted}
            data = FORMATS[form](frame, doubts, {**facts, **known})
        self.save(data, edited)

    def _with_columns_asked_for(self, frame: pd.DataFrame) -> pd.DataFrame:
        from xenotrack.present.tables import only_columns

        try:
            return only_columns(frame, self.shown) if self.shown else frame
        except LookupError as error:
            raise click.UsageError(error.args[0]) from error

    def _width(self) -> int:
        """How many characters a line of a table may have; 0 where none reads it on a terminal."""
        at_terminal = self.output is None and not self.wide and sys.stdout.isatty()
        return shutil.get_terminal_size().columns if at_terminal else 0

    def save(self, data: bytes, edited: bool = False) -> None:
        """Write a result to the file asked for, or to stdout.

        What people go on to edit gives way to nothing, other results to the next one.
        """
        from xenotrack.present.recognised import is_output
        from xenotrack.present.safe_files import never, write_bytes

        if self.output is None:
            put(data)
        else:
            write_bytes(self.output, data, self.gives_way(never if edited else is_output))

    def gives_way(self, usually: GivesWay) -> GivesWay:
        """What may be replaced: with ``--force`` everything."""
        from xenotrack.present.safe_files import always

        return always if self.force else usually
