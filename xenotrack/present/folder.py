"""What ``run`` leaves behind: report, tables, figures, results.json, manifest.json, README."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from xenotrack import __version__
from xenotrack.compare.claims import Claim
from xenotrack.credits import DRAWN_BY, RESTS_ON, version
from xenotrack.glossary import COLUMNS, TABLES
from xenotrack.model.spread import variance_components
from xenotrack.present.figures.catalogue import FIGURES, OF_PHONES
from xenotrack.present.manifest import MANIFEST, complete
from xenotrack.present.multiqc import multiqc
from xenotrack.present.prism import outcome_tables, to_prism
from xenotrack.present.results import Results
from xenotrack.present.story import Story
from xenotrack.present.tables import (
    RESULTS_SCHEMA,
    SCHEMA_VERSION,
    first_row,
    json_bytes,
    records,
    to_csv,
)
from xenotrack.present.workbook import to_workbook
from xenotrack.study.exclusions import Exclusion


def write_folder(
    results: Results,
    tables: dict[str, pd.DataFrame],
    story: Story,
    folder: Path,
    fetch_pictures: Callable[[], dict[str, bytes]],
    made_for: Mapping[str, Any] | None = None,
) -> None:
    """Write everything; ``fetch_pictures`` (file name → bytes) is asked last, when they are due.

    ``made_for`` is what the manifest says beside: the name of the folder, and what was asked.
    """
    design, readout = results.study.design, results.study.design.readout
    tables = {name: readout.table(frame, design.names) for name, frame in tables.items()}
    (folder / "tables").mkdir(parents=True)
    for table, frame in tables.items():
        (folder / "tables" / f"{table}.csv").write_bytes(to_csv(frame))
    (folder / "tables.xlsx").write_bytes(to_workbook(tables, readout.glossary(COLUMNS)))
    (folder / "prism.pzfx").write_bytes(to_prism(outcome_tables(results)))
    (folder / "xenotrack_mqc.json").write_bytes(
        json_bytes(readout.spoken(multiqc(results, tables), design.names))
    )
    said = everything(results, tables, story)
    spoken = {name: said[name] for name in ("growth_model", "claims")}
    said |= readout.spoken(spoken, design.names)
    made = {**manifest(results), **(made_for or {})}
    data = json_bytes(said)
    (folder / "results.json").write_bytes(data)
    (folder / "methods.md").write_text(methods_page(said["story"]), encoding="utf-8")
    pictures = fetch_pictures()
    if pictures:
        (folder / "figures").mkdir()
        made["rests_on"]["figures"] = DRAWN_BY
    made["libraries"] = versions(made["rests_on"])
    for file, drawn in pictures.items():
        (folder / "figures" / file).write_bytes(drawn)
    _write_report(folder, data, json_bytes(made), pictures)
    (folder / "README.txt").write_text(contents(results, sorted(pictures)), encoding="utf-8")
    # Last: it lists all others, and a folder with a manifest is a whole one.
    (folder / MANIFEST).write_bytes(complete(made, folder))


def _write_report(folder: Path, results: bytes, made: bytes, pictures: dict[str, bytes]) -> None:
    """report.html, of the bytes that `xenotrack report` would read."""
    from xenotrack.present.report import render_report
    from xenotrack.present.stored import fresh_run

    svgs = {Path(name).stem: data for name, data in pictures.items() if name.endswith(".svg")}
    (folder / "report.html").write_bytes(render_report(fresh_run(results, made, svgs)))


def methods_page(story: dict[str, Any]) -> str:
    """methods.md: the paragraphs, then the works that they cite, numbered as there."""
    works = [f"{place}. {work}" for place, work in enumerate(story["references"], start=1)]
    blocks = [f"# {story['title']}: methods", *story["methods"], "## References", "\n".join(works)]
    return "\n\n".join(blocks) + "\n"


def everything(results: Results, tables: dict[str, pd.DataFrame], story: Story) -> dict[str, Any]:
    """results.json: the study's facts, tables, claims and doubts, and the text of the report."""
    return {
        "$schema": RESULTS_SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "study": study_facts(results),
        "growth_model": growth_facts(results),
        "tables": {name: records(frame) for name, frame in tables.items()},
        "claims": [claim_record(each) for each in results.claims],
        "doubts": [msgspec.to_builtins(doubt) for doubt in results.doubts],
        "exclusions": exclusions(results),
        "accepted": results.accepted,
        "story": msgspec.to_builtins(story),
    }


def study_facts(results: Results) -> dict[str, Any]:
    """What the study is: its arms, and how much of it there is."""
    study = results.study
    design = study.design
    return {
        "name": design.name,
        "phase": study.phase or None,
        "arms": [{"name": arm.name, "drugs": sorted(arm.drugs)} for arm in design.arms],
        "control": design.control,
        "n_mice": len(study.mice),
        "n_readings": len(study.readings),
        "limit_mm3": study.limit_mm3 or None,
    }


def growth_facts(results: Results) -> dict[str, Any] | None:
    """What the growth model is; nothing where growth cannot be measured."""
    if not results.has_growth:
        return None
    components = records(variance_components(results.growth))
    return {**first_row(results.growth.facts()), "components": components}


def exclusions(results: Results) -> list[dict[str, Any]]:
    """What the study declared as left out."""
    return [_exclusion(each) for each in results.study.exclusions]


def claim_record(one: Claim) -> dict[str, Any]:
    """A claim with its evidence; what is not a number is null."""
    claim: dict[str, Any] = msgspec.to_builtins(one)
    return {
        name: None if isinstance(value, float) and not isfinite(value) else value
        for name, value in claim.items()
    }


def _exclusion(exclusion: Exclusion) -> dict[str, Any]:
    """A declared exclusion, and where it was applied."""
    rule = msgspec.to_builtins(exclusion.rule)
    return {**rule, "arm": exclusion.arm, "n_rows": exclusion.n_rows, "place": exclusion.place}


def manifest(results: Results) -> dict[str, Any]:
    """What made the results: libraries, rules in force, inputs; no clock, no path."""
    study = results.study
    rules = msgspec.to_builtins(study.design.rules)
    for name in ("sheet", "allocation"):  # the inputs below name them, without their folder
        rules["study"].pop(name)
    excluded, accepted = rules.pop("exclude"), rules.pop("accept")
    return {
        "schema_version": SCHEMA_VERSION,
        "xenotrack": __version__,
        "python": platform.python_version(),
        "rests_on": dict(RESTS_ON),
        "rules": rules,
        "exclude": excluded,
        "accept": accepted,
        "inputs": [{"name": source.name, "sha256": source.sha256} for source in study.sources],
    }


def versions(rests_on: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The version of each library that something rests on."""
    return {name: version(name) for name in sorted(set(chain.from_iterable(rests_on.values())))}


def _pictures_told(pictures: list[str], words: Callable[[str], str]) -> Iterator[str]:
    """A line a figure: its files and its title."""
    for figure in FIGURES:
        names = (figure.name, figure.name + OF_PHONES)
        files = [name for name in pictures if name.partition(".")[0] in names]
        if files:
            yield f"  {' '.join(files)}  {words(figure.title)}"


def contents(results: Results, pictures: list[str]) -> str:
    """README.txt: what lies where."""
    words = results.study.design.words
    lines = [
        f"Results of xenotrack {__version__} for {results.study.title}.",
        *(f"Excluded: {exclusion.text}" for exclusion in results.study.exclusions),
        *(f"Known: {note}" for note in results.accepted),
        "",
        "report.html     everything to look at and read, in one page that needs nothing else",
        "methods.md      the methods paragraph for a paper, with its references",
        "tables.xlsx     every table in one workbook, a sheet each",
        words("prism.pzfx      for GraphPad Prism: volumes, weights, progression, best responses"),
        "results.json    study facts, every table, every doubt",
        "xenotrack_mqc.json  a summary that MultiQC shows beside those of other studies",
        "manifest.json   versions, rules in force, digests of the inputs and of each file here",
        "",
        "tables/         full precision; empty = not applicable or not estimable",
        *(f"  {name}.csv" for name in TABLES),
        "",
        *(["figures/", *_pictures_told(pictures, words), ""] if pictures else []),
        "Every column is explained in docs/columns.md of the source.",
        "",
    ]
    return "\n".join(lines)
