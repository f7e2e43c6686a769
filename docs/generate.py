"""Write what the code already says: the generated pages, the figures, the examples' output.

``make docs`` runs it. ``tests/test_docs.py`` fails when a generated page is not what this writes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

sys.path.insert(0, str(Path(__file__).parent))

import console
import rule_texts
import rule_words
from manpage import man_page
from pages import MADE, markdown
from study_toml import study_toml_page

from xenotrack.cli.app import cli
from xenotrack.cli.options import HEADINGS
from xenotrack.glossary import COLUMNS, IN_TABLE, TABLES
from xenotrack.glossary_plan import PLAN_TABLES
from xenotrack.glossary_pool import POOL_TABLES

if TYPE_CHECKING:
    from xenotrack.present.results import Results

DOCS = Path(__file__).parent
ROOT = DOCS.parent

# The command that prints each table of `run`; the others are written by `run` only.
PRINTED_BY = {
    "power": "power",
    "balance": "randomize -o -",
    "findings": "check",
    "tidy": "tidy",
    "response": "response",
    "response_by_arm": "response --by-arm",
    "growth": "growth",
    "compare": "compare",
    "progression": "progression",
    "progression_by_rule": "progression --by-rule",
    "progression_mice": "progression --mice",
    "progression_curve": "progression --curve",
    "logrank": "progression --logrank",
    "incidence": "progression --incidence",
    "gray": "progression --gray",
    "milestones": "progression --milestones",
    "unknown_fates": "progression --unknown-fates",
    "turnbull": "progression --turnbull",
    "accelerated": "progression --accelerated",
    "group_indices": "indices",
    "independent_action": "progression --independent-action",
    "sensitivity": "progression --sensitivity",
    "synergy": "synergy",
    "factorial": "synergy --factorial",
    "dose_grid": "synergy --dose-grid",
    "tolerability": "tolerability",
    "pool": "pool",
    "pool_lines": "pool --table lines",
    "pool_response": "pool --table response",
    "pool_blocked": "pool --table blocked",
}
# Where the options begin that every command shares.
SHARED = f"\n\n{HEADINGS[2]}:\n"
# The study of every figure in the gallery.
GALLERY = "naive.toml"
# What is to be said of a figure beside another.
SAID_OF = {
    "contrasts": "Limits are at the level that adjustment leaves to each contrast: they are "
    "wider than those of the same difference under *What each drug adds*, which stands alone.",
    "lattice": "Limits are of each difference alone.",
}
# The figure that shows the themes.
LOOKS_OF, LOOKS = "growth", ("bold", "slide", "dark", "grey")


def commands_page() -> str:
    """commands.md: the help of every command; what all of them share is shown once."""
    context = cli.make_context(
        "xenotrack", [], resilient_parsing=True, max_content_width=100, terminal_width=100
    )
    helps = {
        name: _help(command, command.make_context(name, [], parent=context, resilient_parsing=True))
        for name, command in cli.loaded().items()
    }
    shared = helps["tidy"].partition(SHARED)
    blocks = [
        MADE,
        "# Commands",
        "`xenotrack COMMAND STUDY [OPTIONS]`, in the order of an analysis. STUDY is a sheet "
        "(`.csv .tsv .txt .xlsx`), a [study.toml](study-toml.md), or `-` for csv on stdin. "
        "Data goes to stdout, everything else to stderr. In brackets stands what holds when an "
        "option is not given. The columns of each table are in [columns.md](columns.md), the "
        "exit codes in [formats.md](formats.md#exit-codes).",
        _fenced(_help(cli, context)),
    ]
    for name, text in helps.items():
        own, reads, _ = text.partition(SHARED)
        blocks += [f"## {name}", _fenced(own)]
        if reads:
            blocks.append("And the [options of every command with a STUDY](#study-and-sheet).")
    blocks += [
        "## Study and sheet",
        "Every command that reads a STUDY takes these as well.",
        _fenced("".join(shared[1:]).lstrip()),
    ]
    return "\n\n".join(blocks) + "\n"


def _help(command: click.Command, context: click.Context) -> str:
    return "\n".join(line.rstrip() for line in command.get_help(context).split("\n"))


def _fenced(text: str) -> str:
    return f"```text\n{text}\n```"


def columns_page() -> str:
    """columns.md: every column of every table."""
    blocks = [
        MADE,
        "# Columns",
        "Each table is printed by a command and written by `run` as `tables/NAME.csv`. An empty "
        "cell means not applicable or not estimable. `-f csv`, `-f tsv` and `-f json` hold full "
        'precision; the default text table is rounded to four significant digits. "Of the '
        'outcome": per day for growth rates, ln hazard ratio for `log_hazard`, days for '
        "`rmst_days`, a share for curves and counts.",
    ]
    for table, columns in (TABLES | POOL_TABLES | PLAN_TABLES).items():
        meant = {name: IN_TABLE.get((table, name), COLUMNS[name]) for name in columns}
        rows = [(f"`{name}`", one.unit, one.meaning) for name, one in meant.items()]
        blocks += [
            f"## {table}",
            f"Printed by `xenotrack {PRINTED_BY[table]}`."
            if table in PRINTED_BY
            else "Written by `xenotrack run` only.",
            markdown(("column", "unit", "meaning"), rows),
        ]
    return "\n\n".join(blocks) + "\n"


def findings_page() -> str:
    """findings.md: every finding about a sheet and every doubt about a result, by name."""
    findings, doubts = rule_texts.collect(ROOT / "xenotrack")
    found = [
        (f"`{name}`", said.severity, _told(name, said), rule_words.ASKED.get(name, said.proposal))
        for name, said in findings
    ]
    doubted = [
        (f"`{one}`", _told(name, said), rule_words.MENDS[name])
        for name, said in doubts
        for one in rule_words.NAMED.get(name, [name])
    ]
    blocks = [
        MADE,
        "# Findings and doubts",
        "A *finding* is about the sheet: `xenotrack check` lists them with file, cell, mouse, what "
        "was seen and what to do. On an error no command answers; on a warning every command "
        "answers and says how many there are. Where the severity is *error or warning* the "
        "sheet decides: it is an error where a reading would be lost or misread. A *doubt* is "
        "about a result: it is printed on stderr, and stands in the `doubts` of `-f json` and "
        "`results.json` with its name, what it is about and its text. `--strict` refuses on "
        "warnings and on doubts, but for those that `[[accept]]` declares as known.",
        "Names are stable. `few-mice` and `late-baseline` are both: as a finding they are about "
        "the sheet, which may be mended; as a doubt they are about the result that was computed "
        "from it. In the texts … stands for what differs, and / between words of which one is "
        "said. A rule on several lines has several texts.",
        "## Findings",
        markdown(("rule", "severity", "what was seen", "what to do"), list(dict.fromkeys(found))),
        "## Doubts",
        markdown(("rule", "text", "what to do"), doubted),
    ]
    return "\n\n".join(blocks) + "\n"


def _told(name: str, said: rule_texts.Said) -> str:
    return rule_words.RETOLD.get(name, said.text)


def gallery_page() -> str:
    """gallery.md: every figure of the sample, with its command and its caption."""
    from xenotrack.present.captions import captions

    blocks = [
        MADE,
        "# Gallery",
        f"Every figure that `xenotrack run sample_data/{GALLERY} --sensitivity` draws, as svg and "
        "png, and `xenotrack plot` alone. An arm has one colour everywhere; combinations look like "
        "their parts.",
    ]
    for one in captions(_sample_results()):
        note = f"{one.note} {SAID_OF.get(one.figure, '')}".strip()
        command = f"xenotrack plot {one.figure} sample_data/{GALLERY} -o {one.figure}.svg"
        blocks += [
            f"## {one.title}",
            f"![{one.alt}](figures/{one.figure}.svg)",
            f"{note} `{command}`",
        ]
    blocks += [
        "## Another size, another look",
        "`--width`, `--height` and `--journal` set the size, and the layout follows. "
        "`--no-caption` leaves out the words below, for a paper that says them in its legend. "
        "`--theme bold` is for posters, `--theme slide` a slide of 16 : 9 on which words grow as "
        "well, `--theme dark` for dark slides, `--theme grey` for print without colour: symbols "
        "and lines tell the arms apart.",
    ]
    for theme in LOOKS:
        command = f"xenotrack plot {LOOKS_OF} sample_data/{GALLERY} --theme {theme} --no-caption"
        blocks += [
            f"![The first figure in the theme {theme}.](figures/{LOOKS_OF}-{theme}.svg)",
            f"`{command} -o {LOOKS_OF}-{theme}.svg`",
        ]
    return "\n\n".join(blocks) + "\n"


def _sample_results() -> Results:
    from xenotrack.present.results import Results
    from xenotrack.study.ingest import read_study
    from xenotrack.study.settings import read_rules

    path = ROOT / "sample_data" / GALLERY
    return Results(read_study(path, read_rules(path)), with_sensitivity=True)


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "columns.md": columns_page,
    "study-toml.md": study_toml_page,
    "findings.md": findings_page,
    "gallery.md": gallery_page,
}


def written_pages() -> list[Path]:
    """The pages that people write."""
    return [
        ROOT / "README.md",
        *(path for path in sorted(DOCS.rglob("*.md")) if path.name not in PAGES),
    ]


def draw_figures() -> None:
    """docs/figures: what README and gallery show, drawn by the tool from the sample."""
    from xenotrack.present.figures.catalogue import figure_names
    from xenotrack.present.figures.gallery import draw
    from xenotrack.present.figures.save import render
    from xenotrack.present.figures.slide import draw_slide
    from xenotrack.present.figures.style import Canvas
    from xenotrack.present.figures.themes import dress

    folder, results = DOCS / "figures", _sample_results()
    folder.mkdir(exist_ok=True)
    for kind in figure_names():
        (folder / f"{kind}.svg").write_bytes(render(draw(kind, results), ("svg",))["svg"])
    for theme in LOOKS:
        figure, times = draw(LOOKS_OF, results, Canvas(caption=False)), 1.0
        if theme == "slide":
            figure, times = draw_slide(LOOKS_OF, results, caption=False)
        dressed = partial(dress, theme=theme, design=results.study.design)
        looks = render(figure, ("svg",), dress=dressed, times=times)
        (folder / f"{LOOKS_OF}-{theme}.svg").write_bytes(looks["svg"])


def write_schemas() -> None:
    """xenotrack/schemas: what editors and programs check our files by."""
    from xenotrack.present.schemas import RESULTS_SCHEMA, STUDY_SCHEMA, results_schema, study_schema
    from xenotrack.present.tables import json_bytes

    for name, schema in ((STUDY_SCHEMA, study_schema()), (RESULTS_SCHEMA, results_schema())):
        (ROOT / "xenotrack" / "schemas" / name).write_bytes(json_bytes(schema))


def main() -> None:
    write_schemas()
    (DOCS / "xenotrack.1").write_text(man_page(), encoding="utf-8")
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    for path in written_pages():
        path.write_text(console.refreshed(console.Page.read(path)), encoding="utf-8")
    draw_figures()


if __name__ == "__main__":
    main()
