"""Some tables of a study for who needs no more: no report, no text, no claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from xenotrack.present.collect import collect_tables, doubts_about
from xenotrack.present.folder import exclusions, growth_facts, manifest, study_facts, versions
from xenotrack.present.manifest import MANIFEST, complete
from xenotrack.present.results import Results
from xenotrack.present.tables import RESULTS_SCHEMA, SCHEMA_VERSION, json_bytes, records, to_csv
from xenotrack.study.acceptance import accept_doubts
from xenotrack.study.refusal import refuse_doubts


def write_part(
    results: Results, names: Sequence[str], folder: Path, made_for: Mapping[str, Any], strict: bool
) -> None:
    """Write the tables named, with the doubts that they rest on; ``story`` is null.

    Raises ``StudyError`` where ``strict`` refuses those doubts.
    """
    tables = collect_tables(results, names)
    rules = results.study.design.rules
    doubts = accept_doubts(doubts_about(results, names), rules.accept)
    if strict:
        refuse_doubts(doubts)
    known = [one.told for one in results.study.findings if one.accepted]
    known += [one.told for one in doubts if one.accepted]
    said = {
        "$schema": RESULTS_SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "study": study_facts(results),
        "growth_model": growth_facts(results) if "growth" in names else None,
        "tables": {name: records(frame) for name, frame in tables.items()},
        "claims": [],
        "doubts": [msgspec.to_builtins(doubt) for doubt in doubts],
        "exclusions": exclusions(results),
        "accepted": known,
        "story": None,
    }
    made = {**manifest(results), **made_for}
    made["rests_on"] = {name: made["rests_on"][name] for name in tables}
    made["libraries"] = versions(made["rests_on"])
    design = results.study.design
    (folder / "tables").mkdir(parents=True)
    for name, frame in tables.items():
        (folder / "tables" / f"{name}.csv").write_bytes(
            to_csv(design.readout.table(frame, design.names))
        )
    (folder / "results.json").write_bytes(json_bytes(said))
    (folder / MANIFEST).write_bytes(complete(made, folder))
