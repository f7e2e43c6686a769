"""Write what the code already says: the generated pages, the figures, the examples' output.

``make docs`` runs it. ``tests/test_docs.py`` fails when a generated page is not what this writes.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

sys.path.insert(0, str(Path(__file__).parent))

import console
import rule_texts
import rule_words

from xenotrack.cli.app import cli
from xenotrack.cli.options import HEADINGS, READING, RULES
from xenotrack.glossary import COLUMNS, TABLES
from xenotrack.study.columns import COLUMN_ROLES
from xenotrack.study.rules import USUAL_VALUE, ArriveRules, Rules
from xenotrack.study.volume import FORMULAS

if TYPE_CHECKING:
    from xenotrack.present.results import Results

DOCS = Path(__file__).parent
ROOT = DOCS.parent
MADE = "<!-- Made by docs/generate.py from the code; `make docs` writes it anew. -->"

# The command that prints each table of `run`; the others are written by `run` only.
PRINTED_BY = {
    "findings": "check",
    "tidy": "tidy",
    "response": "response",
    "response_by_arm": "response --by-arm",
    "growth": "growth",
    "compare": "compare",
    "progression": "progression",
    "progression_mice": "progression --mice",
    "progression_curve": "progression --curve",
    "logrank": "progression --logrank",
    "group_indices": "indices",
    "independent_action": "progression --independent-action",
    "synergy": "synergy",
    "factorial": "synergy --factorial",
    "dose_grid": "synergy --dose-grid",
    "tolerability": "tolerability",
}
# Where the options begin that every command shares.
SHARED = f"\n\n{HEADINGS[2]}:\n"
# The study of every figure in the gallery.
GALLERY = "naive.toml"
# The figure that shows the themes.
LOOKS_OF, LOOKS = "growth", ("bold", "dark", "grey")
UNFLAGGED = {
    "sheet": "The sheet, relative to the toml or absolute; a list for several files of one study."
}
SECTIONS = {
    "columns": (
        "`[columns]`: ours = theirs. The sheet's own name for a column that is not recognised. "
        "On the command line `--column OURS=THEIRS`, once for each."
    ),
    "arms": (
        "`[arms]`: the arms with their drugs, in display order; `[]` is an arm without a drug. "
        "Without this section a name is split at `+` into drugs. An arm of the sheet that is "
        "missing here is an error. On the command line `--arm NAME=DRUG,DRUG`, once for each."
    ),
    "exclude": (
        "`[[exclude]]`, once for each exclusion: `mouse` and `reason` (both required), and "
        "`tumor`, `day` or `value` (`volume`, `weight`) where not all of the mouse is meant; "
        "names and days are those of `xenotrack tidy`. A whole mouse is left out of everything; "
        "a day or a value is emptied. What was left out is said by every command, in `exclusions` "
        "of `-f json` and `results.json`, in the summary and in the report. An exclusion that "
        "meets nothing is an error."
    ),
    "arrive": (
        "`[arrive]`: what only people know of the ARRIVE 2.0 essential ten, as text for the "
        "checklist in the report of `run`; what the sheet says stands there anyway, and what "
        'nobody says is "not supplied". Keys: '
        + ", ".join(f"`{field.encode_name}`" for field in msgspec.structs.fields(ArriveRules))
        + "."
    ),
}


def commands_page() -> str:
    """commands.md: the help of every command; what all of them share is shown once."""
    context = cli.make_context(
        "xenotrack", [], resilient_parsing=True, max_content_width=100, terminal_width=100
    )
    helps = {
        name: _help(command, command.make_context(name, [], parent=context, resilient_parsing=True))
        for name, command in cli.commands.items()
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
            blocks.append("And the [options of every command that reads a sheet](#study-and-sheet).")
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
    for table, columns in TABLES.items():
        rows = [(f"`{name}`", COLUMNS[name].unit, COLUMNS[name].meaning) for name in columns]
        blocks += [
            f"## {table}",
            f"Printed by `xenotrack {PRINTED_BY[table]}`."
            if table in PRINTED_BY
            else "Written by `xenotrack run` only.",
            _markdown(("column", "unit", "meaning"), rows),
        ]
    return "\n\n".join(blocks) + "\n"


def study_toml_page() -> str:
    """study-toml.md: every rule with its key, its values, its default and its option."""
    blocks = [
        MADE,
        "# study.toml",
        "What the sheet cannot say about the experiment, and the rules of its analysis. It is "
        "read only when it is named as STUDY. Every key is optional. Options of the command line "
        "override it. An unknown key is an error. `xenotrack check SHEET --template` prints one "
        "to start from.",
    ]
    for section in msgspec.structs.fields(Rules):
        blocks.append(f"## [{section.encode_name}]")
        if section.encode_name in SECTIONS:
            blocks.append(SECTIONS[section.encode_name])
            if section.encode_name == "columns":
                blocks.append("Ours: " + ", ".join(f"`{name}`" for name in COLUMN_ROLES) + ".")
        else:
            rows = list(_rule_rows(section.encode_name, section.type))
            blocks.append(_markdown(("key", "takes", "default", "option", "meaning"), rows))
    formulas = [
        (f"`{name}`", formula.written, "yes" if formula.needs_height else "no")
        for name, formula in FORMULAS.items()
    ]
    reading = [
        (" ".join(f"`{flag}`" for flag in option.opts), str(option.help))
        for option in map(_option_of, READING)
    ]
    blocks += [
        "`value` without a key: "
        + ", ".join(f"{value:g} for `{rule}`" for rule, value in USUAL_VALUE.items())
        + " (a fold of the baseline, a fold of the smallest volume so far, mm³).",
        "## Volume formulas",
        "L is the longer diameter, W the shorter one, H the height, in mm; the volume is in mm³.",
        _markdown(("`formula`", "volume", "needs a height"), formulas),
        "## Options without a key",
        "They say how a file is read and what is shown, and are given anew each time.",
        _markdown(("option", "meaning"), reading),
    ]
    return "\n\n".join(blocks) + "\n"


def _option_of(decorator: Callable) -> click.Option:
    command = decorator(click.Command("reading"))
    return command.params[0]


def _rule_rows(section: str, shape: type) -> Iterator[tuple[str, ...]]:
    options = {option.key: option for option in RULES[section]}
    for field in msgspec.structs.fields(shape):
        key = field.encode_name
        option = options.get(key)
        # The help of an option ends with what holds without it, in brackets.
        meaning, _, otherwise = (option.help if option else UNFLAGGED[key]).partition(" [")
        yield (
            f"`{key}`",
            _takes(field.type),
            _toml(field.default) or otherwise.rstrip("]."),
            f"`{option.flag}`" if option else "",
            meaning.rstrip(".") + ".",
        )


def _takes(annotation: object) -> str:
    """What a key takes, in words.

    >>> _takes(bool), _takes(typing.Literal["mm3", "cm3"] | None)
    ('true or false', '`mm3` `cm3`')
    """
    names = {str: "text", float: "number", int: "number", bool: "true or false"}
    if annotation in names:
        return names[typing.cast(type, annotation)]
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:
        return " ".join(f"`{word}`" for word in inner)
    if typing.get_origin(annotation) is list:
        return f"list of {_takes(inner[0])}"
    found = dict.fromkeys(_takes(part) for part in inner if part is not type(None))
    return " or ".join(found)


def _toml(value: object) -> str:
    """A default as toml writes it; empty where the study or the rule decides."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{str(value).lower()}`"


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
        "warnings and on doubts.",
        "Names are stable. `few-mice` and `late-baseline` are both: as a finding they are about "
        "the sheet, which may be mended; as a doubt they are about the result that was computed "
        "from it. In the texts … stands for what differs, and / between words of which one is "
        "said. A rule on several lines has several texts.",
        "## Findings",
        _markdown(("rule", "severity", "what was seen", "what to do"), list(dict.fromkeys(found))),
        "## Doubts",
        _markdown(("rule", "text", "what to do"), doubted),
    ]
    return "\n\n".join(blocks) + "\n"


def _told(name: str, said: rule_texts.Said) -> str:
    return rule_words.RETOLD.get(name, said.text)


def _markdown(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in cells)


def gallery_page() -> str:
    """gallery.md: every figure of the sample, with its command and its caption."""
    from xenotrack.present.captions import captions

    blocks = [
        MADE,
        "# Gallery",
        f"Every figure that `xenotrack run sample_data/{GALLERY}` draws, as svg and png, and "
        "`xenotrack plot` alone. An arm has one colour everywhere; combinations look like their "
        "parts.",
    ]
    for one in captions(_sample_results()):
        command = f"xenotrack plot {one.figure} sample_data/{GALLERY} -o {one.figure}.svg"
        blocks += [
            f"## {one.title}",
            f"![{one.alt}](figures/{one.figure}.svg)",
            f"{one.note} `{command}`",
        ]
    blocks += [
        "## Another size, another look",
        "`--width`, `--height` and `--journal` set the size, and the layout follows. "
        "`--no-caption` leaves out the words below, for a paper that says them in its legend. "
        "`--theme bold` is for posters and light slides, `--theme dark` for dark ones, "
        "`--theme grey` for print without colour: symbols and lines tell the arms apart.",
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
    return Results(read_study(path, read_rules(path)))


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
    from xenotrack.present.figures.gallery import FIGURES, draw
    from xenotrack.present.figures.save import render
    from xenotrack.present.figures.style import Canvas
    from xenotrack.present.figures.themes import dress

    folder, results = DOCS / "figures", _sample_results()
    folder.mkdir(exist_ok=True)
    for kind in FIGURES:
        (folder / f"{kind}.svg").write_bytes(render(draw(kind, results), ("svg",))["svg"])
    for theme in LOOKS:
        figure = draw(LOOKS_OF, results, Canvas(caption=False))
        dressed = partial(dress, theme=theme, design=results.study.design)
        looks = render(figure, ("svg",), dress=dressed)
        (folder / f"{LOOKS_OF}-{theme}.svg").write_bytes(looks["svg"])


def main() -> None:
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    for path in written_pages():
        path.write_text(console.refreshed(console.Page.read(path)), encoding="utf-8")
    draw_figures()


if __name__ == "__main__":
    main()
