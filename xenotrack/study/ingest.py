"""A file → a Study, with a finding for everything that is doubtful about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.absent import read_absences
from xenotrack.study.acceptance import accept_findings, rules_concerning
from xenotrack.study.allocation import Allocation, read_allocation
from xenotrack.study.arms import read_design, unite_spellings_of_mice, unite_split_names
from xenotrack.study.checks.checklist import check_study
from xenotrack.study.checks.names import note_operators
from xenotrack.study.column_words import NAME_OF_ROLE
from xenotrack.study.contents import (
    Contents,
    Given,
    Input,
    Source,
    named_after,
    read_contents,
)
from xenotrack.study.design import Design
from xenotrack.study.duplicates import merge_duplicates
from xenotrack.study.exclusions import exclude, require_all_met
from xenotrack.study.factors import key_by_block, settle_factors
from xenotrack.study.fates import read_fates
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import sort_findings
from xenotrack.study.flanks import read_flanks
from xenotrack.study.frames import with_columns
from xenotrack.study.identity import (
    drop_nameless,
    drop_notes,
    drop_summaries,
    fill_arms,
    fill_down,
    key_by_arm,
    key_by_cage,
)
from xenotrack.study.inputs import read_sheets
from xenotrack.study.join import join_sheets
from xenotrack.study.join_arms import with_arms_of_others
from xenotrack.study.joined import with_joined_columns, without_ignored
from xenotrack.study.labels import drop_labels
from xenotrack.study.layouts.one_arm import with_only_day
from xenotrack.study.layouts.panels import panels_of
from xenotrack.study.ledger import Ledger, sources
from xenotrack.study.legend import name_arms
from xenotrack.study.limit import find_limit
from xenotrack.study.longtable import LongTable, read_long_tables, stack, table_of
from xenotrack.study.measures import measure_rows, with_readout_unit
from xenotrack.study.order import row_order
from xenotrack.study.phases import (
    keep_baselines,
    name_phases,
    pick_phases,
    rules_of_phase,
    take_phase,
)
from xenotrack.study.primary import named_sides
from xenotrack.study.remarks import read_remarks
from xenotrack.study.rules import Rules
from xenotrack.study.schedule import schedule_rows
from xenotrack.study.settings import read_rules
from xenotrack.study.split import split_studies
from xenotrack.study.study import FACTORS, PLACE, TIDY_COLUMNS, Place, Study, Trace
from xenotrack.study.took import exclusions_of
from xenotrack.study.unused import told_once
from xenotrack.study.weights import join_weights, part_weights

_MEASURED = ("volume_number", "area_number", "length_number")


def read_study(
    source: str | Path | bytes | Contents,
    rules: Rules | Design | None = None,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    sheet_name: str | None = None,
    layout: str | None = None,
) -> Study:
    """The one study of a sheet, or the one that ``[study] select`` names.

    ``source`` is a path, the bytes of a sheet, or what ``read_contents`` read; a ``Design`` in
    place of rules declares the arms as well, as ``[arms]`` would. What is doubtful becomes a
    finding of the study; only a sheet of which no study can be made is an error.
    """
    studies = read_studies(
        source,
        rules,
        encoding=encoding,
        delimiter=delimiter,
        decimal=decimal,
        sheet_name=sheet_name,
        layout=layout,
    )
    return only_study(studies)


def only_study(studies: Sequence[Study]) -> Study:
    """The one of these studies, or the question which of its studies or phases is meant."""
    if len(studies) == 1:
        return studies[0]
    for kind in ("studies", "lines"):
        names = list(dict.fromkeys(s.design.name if kind == "studies" else s.line for s in studies))
        if len(names) > 1:
            raise InputError(
                f"The sheet holds {len(names)} {kind}: {', '.join(names)}. "
                f"Choose one with --select NAME, as --select {names[0]!r}."
            )
    phases = "; ".join(f"{study.phase} ({', '.join(study.design.arm_names)})" for study in studies)
    raise InputError(
        f"Mice were treated in {len(studies)} phases: {phases}. "
        f"Choose one with --phase, as --phase {studies[-1].phase!r}."
    )


def read_studies(
    source: str | Given | Contents,
    rules: Rules | Design | None = None,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal: str | None = None,
    sheet_name: str | None = None,
    layout: str | None = None,
    trace: bool = False,
    staged: bool = False,
) -> tuple[Study, ...]:
    """Every study of a sheet and every phase of it, or those selected: a phase is a study.

    Several sheets are the parts of one study, as several in ``sheet`` of a study.toml are. A
    ``staged`` sheet lists mice of one day, which it need not name.
    With ``trace`` each remembers the rows as they were written, for a corrected sheet: spellings
    of one arm are then made one.
    """
    source = Path(source) if isinstance(source, str) else source
    if isinstance(rules, Design):
        rules = rules.declared
    if rules is None:
        named = source if isinstance(source, Path) else None
        rules = read_rules(named if named and named.suffix.casefold() == ".toml" else None)
    contents = source if isinstance(source, Contents) else read_contents(source, rules)
    inputs, files = contents.inputs, contents.sources
    allocation = read_allocation(contents, rules)
    sheets = [
        [
            with_joined_columns(sheet, rules.named_columns)
            for sheet in _tables_of(one, encoding, delimiter, sheet_name)
        ]
        for one in inputs
    ]
    sheets = without_ignored(sheets, rules.ignored_columns)
    if staged:
        sheets = [[with_only_day(each, rules.named_columns) for each in one] for one in sheets]
    if allocation is not None:
        sheets = [*sheets, [allocation.sheet]]
    sheets = with_arms_of_others(join_sheets(sheets, rules.named_columns), rules.named_columns)
    sheets = name_arms(sheets, rules.named_columns, _arms_said(rules))
    readings, weights = part_weights(sheets, rules.named_columns)
    tables = read_long_tables(readings, rules, decimal, layout)
    weighed = [table_of(one.sheet, "weights", one.long, rules, decimal) for one in weights]
    fallback = named_after([one.name for one in inputs])
    studies = tuple(
        study
        for name, table in split_studies(join_weights(stack(tables), weighed), rules, fallback)
        for study in _build_phases(name, table, rules, files, trace)
    )
    partial = rules.study.select is not None or rules.study.phase is not None
    if allocation is not None:
        studies = _compared(studies, allocation, partial)
    studies = tuple(_with_accepted(study, studies, partial) for study in studies)
    if not partial:
        applied = [exclusion for study in studies for exclusion in study.exclusions]
        mice = [mouse for study in studies for mouse in study.measurements["mouse"].unique()]
        require_all_met(rules.exclude, applied, mice)
    return studies


def _tables_of(
    one: Input, encoding: str | None, delimiter: str | None, name: str | None
) -> list[Sheet]:
    """The tables of a file, or the one named: a worksheet, or one of several on it."""
    worksheet, mark, title = (name or "").partition(": ")
    sheets = read_sheets(one, encoding, delimiter, worksheet if mark and title else name)
    tables = [table for sheet in sheets for table in panels_of(sheet)]
    return [table for table in tables if table.name == name] or tables


def _compared(studies: Sequence[Study], allocation: Allocation, partial: bool) -> tuple[Study, ...]:
    """The studies with a finding wherever they depart from the allocation."""
    missing = [] if partial else list(allocation.missing(studies))
    # Of mice that the list of the allocation has and the sheet has not, one word is enough.
    findings = [
        [one for one in study.findings if one.rule != "mouse-never-measured" or not missing]
        for study in studies
    ]
    return tuple(
        replace(study, findings=sort_findings([*own, *allocation.findings(study), *missing]))
        for study, own in zip(studies, findings, strict=True)
    )


def _with_accepted(study: Study, studies: Sequence[Study], partial: bool) -> Study:
    """The study with what it declares as known marked among its findings."""
    if not study.design.rules.accept:
        return study
    accept = rules_concerning(study, studies, partial)
    rules = msgspec.structs.replace(study.design.rules, accept=accept)
    study = replace(study, design=replace(study.design, rules=rules))
    return replace(study, findings=accept_findings(study))


def _arms_said(rules: Rules) -> set[str]:
    """The arms that the rules call by name."""
    rule = rules.compare.named_beforehand
    sides = named_sides(rule) if rule is not None else ()
    return {*rules.arms, *chain(*sides), *filter(None, (rules.study.control,))}


def _build_phases(
    name: str, table: LongTable, rules: Rules, files: tuple[Source, ...], trace: bool
) -> Iterator[Study]:
    ledger = Ledger(table.origins, list(table.findings))
    rows = _with_measured(read_absences(read_remarks(table.rows, rules, ledger), ledger))
    written = _with_measured(table.rows) if trace else None
    if trace:
        rows = with_columns(rows, written=np.arange(len(rows)))
    rows = fill_down(drop_labels(drop_summaries(rows, ledger), ledger), ledger)
    rows = drop_notes(drop_nameless(rows, ledger), ledger)
    rows = read_flanks(rows, rules, ledger, table.headers)
    rows = key_by_block(rows, ledger)
    rows = fill_arms(key_by_cage(rows, rules, ledger, table.layouts[0]), ledger)
    unite = unite_split_names if trace else unite_spellings_of_mice
    rows = unite(rows, rules, ledger)
    rows = name_phases(rows, rules, ledger)
    for phase in pick_phases(rows, rules):
        own = Ledger(table.origins, list(ledger.findings))
        taken = take_phase(rows, phase, rules.study.phase is not None, own)
        its_rules = rules_of_phase(rules, phase, taken, rows["arm"].unique(), own)
        yield _build_study(name, replace(table, rows=taken), its_rules, own, files, written)


def _build_study(
    name: str,
    table: LongTable,
    rules: Rules,
    ledger: Ledger,
    files: tuple[Source, ...],
    written: pd.DataFrame | None,
) -> Study:
    rules = with_readout_unit(rules, table.headers)
    rows = measure_rows(table.rows, table.headers, rules, ledger)
    rows = schedule_rows(rows, rules, ledger)
    window, phase = rules.study.baseline_window_days, rules.study.phase or ""
    rows = keep_baselines(rows, window, phase, ledger)
    rows = key_by_arm(rows, rules, ledger, table.layouts[0])
    rows = settle_factors(rows, ledger)
    rows, excluded = exclude(rows, rules.exclude, ledger)
    rows = read_fates(rows, rules.fates, ledger)
    rows = merge_duplicates(rows, ledger, rules.study.replicates)
    note_operators(rows, ledger)
    _refuse_without_mice(rows, ledger)
    design = read_design(name, rows, rules, ledger)
    limit = find_limit(rows, rules, ledger)
    header = table.headers[0]
    rows = _ordered(rows, design.arm_names)
    study = Study(
        design,
        _tidy(rows, design.name, limit, table),
        limit,
        table.origins,
        sources=files,
        exclusions=excluded,
        layout=table.layouts[0],
        columns=tuple(
            (NAME_OF_ROLE[role], header.names[column]) for role, column in header.roles.items()
        ),
        trace=Trace(written, rows["written"].to_numpy(), table.origins)
        if written is not None
        else None,
        moved_on=_moved_on(rows),
        said_below=_said_below(rows),
        first_sources=rows["source"].to_numpy(dtype=object) if "source" in rows else None,
    )
    # Of numbers that are no volumes nothing else is worth a word.
    misread = any(finding.rule == "column-misread" for finding in ledger.findings)
    checked = [] if misread else check_study(study)
    findings = sort_findings(
        replace(one, seen=design.words(one.seen), proposal=design.words(one.proposal))
        for one in told_once((*ledger.findings, *checked))
    )
    untaken = exclusions_of(study.never_took, study.measurements, study.origins)
    return replace(study, findings=findings, exclusions=(*study.exclusions, *untaken))


def _moved_on(rows: pd.DataFrame) -> frozenset[str]:
    """The mice whose phase ended because they began another."""
    return frozenset(rows.loc[rows["moved_on"], "mouse"]) if "moved_on" in rows else frozenset()


def _said_below(rows: pd.DataFrame) -> frozenset[Place]:
    """Where a reading says no more than what it is less than."""
    if "below_mm3" not in rows:
        return frozenset()
    said = rows.loc[rows["below_mm3"].notna(), list(PLACE)]
    return frozenset(said.itertuples(index=False, name=None))


def _with_measured(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``measured``: whether any number about the tumour stands on them."""
    numbers = [rows[name] for name in _MEASURED if name in rows]
    measured = np.logical_or.reduce([column.notna().to_numpy() for column in numbers])
    return with_columns(rows, measured=measured)


def _refuse_without_mice(rows: pd.DataFrame, ledger: Ledger) -> None:
    if not rows["volume_mm3"].notna().any():
        ledger.note(
            "no-usable-mouse",
            "No mouse has a volume that can be used.",
            "Look at the columns that were read as the mouse, the day and the volume.",
            severity="error",
        )


def _ordered(rows: pd.DataFrame, arms: tuple[str, ...]) -> pd.DataFrame:
    """The rows by arm in display order, then mouse, tumour and day."""
    order = row_order(rows, arms)
    used = [
        name
        for name in (*TIDY_COLUMNS, "part", "row", "column", "written", "moved_on", "below_mm3")
        if name in rows
    ]
    return pd.DataFrame({name: rows[name].to_numpy()[order] for name in used}, copy=False)


def _tidy(rows: pd.DataFrame, name: str, limit: float, table: LongTable) -> pd.DataFrame:
    """The canonical table of ordered rows."""
    volume = rows["volume_mm3"].to_numpy(dtype=float)
    columns = {column: rows[column].to_numpy() for column in TIDY_COLUMNS if column in rows}
    columns |= {name: np.full(len(rows), "", dtype=object) for name in FACTORS if name not in rows}
    # Where no limit is declared only zeros and placeholders lie below the one that is guessed.
    columns["below_limit"] = volume < limit
    columns["source"] = np.array(sources(rows, table.origins), dtype=object)
    columns["study"] = np.full(len(rows), name, dtype=object)
    columns |= {column: rows[column].to_numpy() for column in PLACE}
    return pd.DataFrame({name: columns[name] for name in (*TIDY_COLUMNS, *PLACE)}, copy=False)
