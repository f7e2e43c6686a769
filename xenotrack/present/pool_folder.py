"""What a pool leaves behind: report, tables, figures, results.json and manifest.json."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from xenotrack import __version__
from xenotrack.compare.across import Pool
from xenotrack.compare.claims import claims_frame
from xenotrack.credits import DRAWN_BY, POOL_RESTS_ON
from xenotrack.glossary import COLUMNS
from xenotrack.present.figures.catalogue import LINE_FIGURES, NARROW, OF_PHONES
from xenotrack.present.folder import claim_record, methods_page, versions
from xenotrack.present.manifest import MANIFEST, complete
from xenotrack.present.report import render_report
from xenotrack.present.stored import stored_run
from xenotrack.present.story import Story
from xenotrack.present.tables import SCHEMA_VERSION, json_bytes, records, to_csv
from xenotrack.present.workbook import to_workbook
from xenotrack.study.study import Source

FORMATS = ("svg", "png")


def write_pool(
    pool: Pool,
    story: Story,
    folder: Path,
    inputs: Sequence[Source],
    drawn: bool,
    made_for: Mapping[str, Any],
) -> None:
    """Write everything; ``drawn``: with figures. ``made_for`` is what the manifest says of it."""
    design, readout = pool.design, pool.design.readout
    tables = {**pool.tables, "claims": claims_frame(pool.claims)}
    tables = {table: readout.table(frame, design.names) for table, frame in tables.items()}
    (folder / "tables").mkdir(parents=True)
    for table, frame in tables.items():
        (folder / "tables" / f"{table}.csv").write_bytes(to_csv(frame))
    (folder / "tables.xlsx").write_bytes(to_workbook(tables, readout.glossary(COLUMNS)))
    said = {
        "schema_version": SCHEMA_VERSION,
        "study": facts(pool),
        "tables": {table: records(frame) for table, frame in tables.items()},
        "claims": readout.spoken([claim_record(each) for each in pool.claims], design.names),
        "doubts": [msgspec.to_builtins(doubt) for doubt in design.in_words(pool.doubts)],
        "story": msgspec.to_builtins(story),
    }
    made = {**manifest(pool, inputs), **made_for}
    (folder / "results.json").write_bytes(json_bytes(said))
    (folder / "methods.md").write_text(methods_page(said["story"]), encoding="utf-8")
    pictures = draw_pool(pool) if drawn else {}
    if pictures:
        (folder / "figures").mkdir()
        made["rests_on"]["figures"] = DRAWN_BY
    for file, data in pictures.items():
        (folder / "figures" / file).write_bytes(data)
    made["libraries"] = versions(made["rests_on"])
    svgs = {Path(file).stem: data for file, data in pictures.items() if file.endswith(".svg")}
    run = stored_run(json_bytes(said), json_bytes(made), svgs)
    (folder / "report.html").write_bytes(render_report(run))
    # Last: it lists all others, and a folder with a manifest is a whole one.
    (folder / MANIFEST).write_bytes(complete(made, folder))


def facts(pool: Pool) -> dict[str, Any]:
    """The facts of a pool, as those of a study."""
    return {
        "name": pool.name,
        "phase": None,
        "arms": [{"name": arm.name, "drugs": sorted(arm.drugs)} for arm in pool.design.arms],
        "control": pool.control,
        "n_mice": sum(sum(line.counts.values()) for line in pool.lines),
        "n_readings": sum(len(line.readings) for line in pool.lines),
        "lines": [line.name for line in pool.lines],
    }


def manifest(pool: Pool, inputs: Sequence[Source]) -> dict[str, Any]:
    """What made the pool: libraries, rules in force, inputs; no clock, no path."""
    rules = msgspec.to_builtins(pool.rules)
    rules["study"].pop("sheet")
    excluded, accepted = rules.pop("exclude"), rules.pop("accept")
    return {
        "schema_version": SCHEMA_VERSION,
        "xenotrack": __version__,
        "python": platform.python_version(),
        "rests_on": dict(POOL_RESTS_ON),
        "rules": rules,
        "exclude": excluded,
        "accept": accepted,
        "inputs": [{"name": source.name, "sha256": source.sha256} for source in inputs],
    }


def draw_pool(pool: Pool) -> dict[str, bytes]:
    """Every figure of a pool: file name → bytes."""
    from xenotrack.present.figures.gallery import draw_lines
    from xenotrack.present.figures.save import give_matplotlib_a_home, render
    from xenotrack.present.figures.style import MILLIMETRES, Canvas

    give_matplotlib_a_home()
    pictures = {}
    for kind in (one.name for one in LINE_FIGURES):
        for form, data in render(draw_lines(kind, pool), FORMATS).items():
            pictures[f"{kind}.{form}"] = data
        narrow = render(draw_lines(kind, pool, Canvas(NARROW / MILLIMETRES)), ("svg",))
        pictures[f"{kind}{OF_PHONES}.svg"] = narrow["svg"]
    return pictures
