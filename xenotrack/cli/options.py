"""The options of the command line: one table, one meaning everywhere.

Each rule of ``study.toml`` is an option of the commands that it concerns. Its default is not
repeated here: an option that is not given overrides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

Command = Callable[..., Any]


@dataclass(frozen=True)
class RuleOption:
    """A key of ``study.toml`` as an option: its flag, what it takes, and one line of help."""

    key: str
    flag: str
    takes: Any
    help: str
    metavar: str | None = None


def _choice(*words: str) -> click.Choice:
    return click.Choice(list(words))


RULES: dict[str, tuple[RuleOption, ...]] = {
    "study": (
        RuleOption("name", "--name", str, "Name of the study."),
        RuleOption(
            "control",
            "--control",
            str,
            "The reference arm [the one called vehicle or the like].",
            "ARM",
        ),
        RuleOption(
            "day_zero",
            "--day-zero",
            str,
            "Treatment start: a day, 'first', 'first_of_mouse' or a date as 2024-01-31.",
        ),
        RuleOption(
            "baseline_window_days",
            "--baseline-window-days",
            float,
            "Days before treatment in which the last reading is the baseline [7].",
        ),
        RuleOption(
            "tumors",
            "--tumors",
            _choice("sum", "largest", "each"),
            "What stands for a mouse of several tumours: their sum, the largest, or each [sum].",
        ),
        RuleOption("select", "--select", str, "One study of a sheet that holds several."),
        RuleOption("phase", "--phase", str, "One phase of mice that were treated in several."),
        RuleOption(
            "mouse_ids",
            "--mouse-ids",
            _choice("study", "arm"),
            "Whether ids are unique in the study, or start anew in each arm.",
        ),
        RuleOption(
            "date_order",
            "--date-order",
            _choice("year", "day", "month"),
            "What stands first in dates such as 03/04/2024.",
        ),
    ),
    "volume": (
        RuleOption(
            "formula",
            "--formula",
            _choice(
                "half_lw2",
                "pi6_lw2",
                "k052_lw2",
                "pi6_lwh",
                "half_lwh",
                "pi6_lw_mean",
                "k045_lwh",
                "lwh",
            ),
            "Volume from the diameters [half_lw2].",
        ),
        RuleOption("unit", "--unit", _choice("mm3", "cm3"), "Unit of volumes in the sheet [mm3]."),
        RuleOption("length_unit", "--length-unit", _choice("mm", "cm"), "Unit of diameters [mm]."),
        RuleOption("limit_mm3", "--limit-mm3", float, "Smallest volume that calipers measure."),
    ),
    "growth": (
        RuleOption("from", "--from", float, "First day of the growth fit [the baseline]."),
        RuleOption("until", "--until", float, "Last day of the growth fit [the last]."),
        RuleOption(
            "baseline",
            "--baseline",
            _choice("arm", "common", "ratio"),
            "An intercept each arm, one for all, or volumes relative to the baseline [arm].",
        ),
        RuleOption(
            "variances",
            "--variances",
            _choice("by_arm", "pooled"),
            "Spread of each arm by itself, or one for all [by_arm where arms can bear it].",
        ),
        RuleOption(
            "df",
            "--df",
            _choice("kenward-roger", "satterthwaite", "normal"),
            "Degrees of freedom [kenward-roger].",
        ),
        RuleOption(
            "below_limit",
            "--below-limit",
            _choice("first", "limit", "half", "drop"),
            "Readings below the limit [first].",
        ),
        RuleOption(
            "blocked_below",
            "--blocked-below",
            float,
            "Rate per day below which growth counts as blocked [0.01].",
        ),
    ),
    "progression": (
        RuleOption(
            "rule",
            "--rule",
            _choice("fold", "nadir", "absolute"),
            "Progression at a fold of the baseline, of the nadir, or at a volume [fold].",
        ),
        RuleOption("value", "--value", float, "The fold, or the volume in mm³ [2; 1.73; 1000]."),
        RuleOption("confirm", "--confirm/--no-confirm", None, "The next reading must agree."),
        RuleOption(
            "interpolate",
            "--interpolate",
            _choice("none", "linear", "log"),
            "Day of the event between two readings [linear].",
        ),
        RuleOption(
            "size_cull",
            "--size-cull",
            _choice("event", "censor"),
            "Leaving for tumour size before the rule is met [event].",
        ),
        RuleOption("rmst_until", "--rmst-until", float, "Day up to which days are averaged."),
    ),
    "response": (
        RuleOption("min_day", "--min-day", float, "First day that counts as a response [10]."),
    ),
    "compare": (
        RuleOption(
            "adjust",
            "--adjust",
            _choice("holm", "dunnett", "none"),
            "Adjustment of the contrasts with control [holm].",
        ),
        RuleOption(
            "primary", "--primary", str, "The contrast named beforehand, not adjusted.", "'A - B'"
        ),
        RuleOption(
            "hazards",
            "--hazards",
            _choice("firth", "efron"),
            "Cox model: penalised, or Efron alone where every arm has events [firth].",
        ),
        RuleOption(
            "level",
            "--level",
            click.FloatRange(0, 1, min_open=True, max_open=True),
            "Confidence level, between 0 and 1 [0.95].",
            "FLOAT",
        ),
    ),
}


class StudyCommand(click.Command):
    """A command whose help lists its options by what they are about."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {title: [] for title in HEADINGS}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                groups[_heading(parameter.name or "")].append(record)
        for title, records in groups.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


HEADINGS = ("Options", "Rules (also keys of study.toml)", "The study", "Reading the sheet")
READING_NAMES = ("sheet_name", "layout", "encoding", "delimiter", "decimal", "columns")


def _heading(name: str) -> str:
    section = name.partition("__")[0]
    if name in READING_NAMES or section == "volume":
        return HEADINGS[3]
    if name == "arms" or section == "study":
        return HEADINGS[2]
    return HEADINGS[1] if section in RULES else HEADINGS[0]


def reads_study(*sections: str) -> Callable[[Command], Command]:
    """Give a command its STUDY, the options of reading, and the rules of ``sections``.

    ``"compare.level"`` is one rule of a section, where the others change nothing: these are taken,
    since a batch gives one set of rules to every command, and not shown.

    The command is called with one ``Request``; its other options follow as keywords.
    """

    def decorate(function: Command) -> Command:
        def command(study: str, **options: Any) -> Any:
            from xenotrack.cli.request import Request

            return function(Request.of(study, options), **options)

        command.__name__, command.__doc__ = function.__name__, function.__doc__
        command.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
        for section in reversed(("study", "volume", *sections)):
            section, _, only = section.partition(".")
            for option in reversed(RULES[section]):
                command = _rule_option(section, option, only in ("", option.key))(command)
        for decorator in reversed(READING):
            command = decorator(command)
        return click.argument("study", metavar="STUDY")(command)

    return decorate


def _rule_option(section: str, option: RuleOption, shown: bool) -> Callable[[Command], Command]:
    name = f"{section}__{option.key}"
    if option.takes is None:
        return click.option(option.flag, name, default=None, help=option.help, hidden=not shown)
    return click.option(
        option.flag,
        name,
        type=option.takes,
        metavar=option.metavar,
        help=option.help,
        hidden=not shown,
    )


READING = (
    click.option("--sheet", "sheet_name", help="The worksheet of a workbook."),
    click.option(
        "--layout",
        help="Read the sheet as this layout: long, wide, sizes, bilateral, paired, dated, coded, "
        "calendar, column, eventlog, pivot, tall.",
    ),
    click.option("--encoding", help="Encoding of a text file, such as cp1252."),
    click.option("--delimiter", help="Delimiter of a text file; 'tab' for tabs."),
    click.option("--decimal", type=click.Choice([".", ","]), help="Decimal mark."),
    click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="OURS=THEIRS",
        help="The sheet's name for one of our columns, such as mouse='Animal ID'. May be repeated.",
    ),
    click.option(
        "--arm",
        "arms",
        multiple=True,
        metavar="NAME=DRUG,DRUG",
        help="An arm and its drugs (none: NAME=). Repeat for every arm, in display order.",
    ),
    click.option("--strict", is_flag=True, help="Refuse on warnings and doubts as well."),
    click.option("-q", "--quiet", is_flag=True, help="No doubts on stderr."),
)


def writes_table(function: Command) -> Command:
    """Give a command ``-o`` and ``-f``."""
    for decorator in (
        click.option(
            "-f",
            "--format",
            "form",
            type=_choice("table", "csv", "tsv", "json", "parquet", "xlsx"),
            help="Format on stdout [table].",
        ),
        click.option(
            "-o",
            "--output",
            type=click.Path(dir_okay=False),
            help="Write to this file; its suffix is the format.",
        ),
    ):
        function = decorator(function)
    return function
