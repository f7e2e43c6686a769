"""The options of the command line: one table, one meaning everywhere.

Each rule of ``study.toml`` is an option of the commands that it concerns, made from what
``study/rules.py`` says of it. An option that is not given overrides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from xenotrack.errors import did_you_mean
from xenotrack.study.rulebook import KEYS, Key

Command = Callable[..., Any]


# The rules of each section that are options as well.
OPTIONS: dict[str, tuple[Key, ...]] = {
    section: flagged
    for section, keys in KEYS.items()
    if (flagged := tuple(key for key in keys if key.rule.flag))
}
# The rule of each parameter of a command that is one.
RULES = {f"{key.section}__{key.name}": key for keys in OPTIONS.values() for key in keys}


class Words(click.Choice[str]):
    """One of several words; a slip is told with the word that is nearest."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        known = list(map(str, self.choices))
        return f"{super().get_invalid_choice_message(value, ctx)}{did_you_mean(str(value), known)}"


class StudyCommand(click.Command):
    """A command whose help lists its options by what they are about, and that gives one table."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments, refused where they ask for two tables: one would be dropped."""
        typed = set(args[: args.index("--")] if "--" in args else args)
        for name in {each.name for each in self.params}:
            of_name = [each for each in self.params if each.name == name]
            asked = [each.opts[0] for each in of_name if typed & set(each.opts)]
            if len(asked) > 1:
                raise click.UsageError(
                    f"{' and '.join(asked)} are tables of their own: ask for one at a time.", ctx
                )
        return super().parse_args(ctx, args)

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
    section = RULES[name].section if name in RULES else ""
    if name in READING_NAMES or section == "volume":
        return HEADINGS[3]
    if name in ("arms", "fates") or section == "study":
        return HEADINGS[2]
    return HEADINGS[1] if section in OPTIONS else HEADINGS[0]


def reads_study(
    *sections: str, many: bool = False, several: bool = False, metavar: str = "STUDY..."
) -> Callable[[Command], Command]:
    """Give a command its STUDY (``metavar``), the options of reading, the rules of ``sections``.

    With ``many`` it takes any number of them, as ``named``, for which one request holds. With
    ``several`` it does so where they are several study.toml, and ``named`` is empty else.

    ``"compare.level"`` is one rule of a section (``"compare.level,adjust"`` two), where the others
    change nothing: these are taken, since a batch gives one set of rules to every command, and not
    shown.

    The command is called with one ``Request``; its other options follow as keywords.
    """

    def decorate(function: Command) -> Command:
        def command(study: tuple[str, ...], **options: Any) -> Any:
            from xenotrack.cli.request import Request

            apart = many or (several and _are_tomls(study))
            if many or several:
                options["named"] = study if apart else ()
            request = Request.of(() if apart else study, options)
            with request.mistyped():
                return function(request, **options)

        command.__name__, command.__doc__ = function.__name__, function.__doc__
        command.__click_params__ = getattr(function, "__click_params__", [])  # type: ignore[attr-defined]
        for section in reversed(("study", "volume", *sections)):
            section, _, only = section.partition(".")
            for key in reversed(OPTIONS[section]):
                command = _rule_option(key, not only or key.name in only.split(","))(command)
        command = _quiet("Only failures on stderr." if many else "No doubts on stderr.")(command)
        for decorator in reversed(READING):
            command = decorator(command)
        if many:
            return click.argument("study", metavar="[STUDY]...", nargs=-1)(command)
        return click.argument("study", metavar=metavar, nargs=-1, required=True)(command)

    return decorate


def _are_tomls(named: tuple[str, ...]) -> bool:
    """Whether several studies are named: sheets are the parts of one, each study.toml is one."""
    return len(named) > 1 and all(name.casefold().endswith(".toml") for name in named)


def _rule_option(key: Key, shown: bool) -> Callable[[Command], Command]:
    return click.option(
        key.flag,
        f"{key.section}__{key.name}",
        type=_taken(key),
        default=None,
        nargs=2 if key.is_pair else 1,
        metavar=key.rule.metavar or ("FLOAT" if key.is_number else None),
        help=key.help,
        hidden=not shown,
    )


class TextOrTable(click.ParamType):
    """Text, or a list or table written as in toml: ``["A", "B"]``."""

    name = "text"

    def convert(self, value: Any, param: object, ctx: object) -> Any:
        if not isinstance(value, str) or value[:1] not in ("[", "{"):
            return value
        import tomllib

        try:
            return tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            return value  # a name may begin with a bracket


TEXT_OR_TABLE = TextOrTable()


class Numbers(click.ParamType):
    """Numbers between commas: ``14,28``."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        try:
            return tuple(float(word) for word in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is no list of numbers. Write them as 14,28.", param, ctx)


NUMBERS = Numbers()


def _taken(key: Key) -> click.ParamType | type:
    """What a rule takes, as click checks it."""
    if key.words:
        return Words(key.words)
    if bool in key.types:
        return bool
    if key.is_pair:
        return float
    if key.is_numbers:
        return NUMBERS
    if key.is_compound:
        return TEXT_OR_TABLE
    if not key.is_number:
        return str
    rule = key.rule
    low = rule.at_least if rule.above is None else rule.above
    if low is None and rule.below is None:
        return float
    return click.FloatRange(
        low, rule.below, min_open=rule.above is not None, max_open=rule.below is not None
    )


# Those of the registry of layouts, which is slow to load.
LAYOUT_NAMES = (
    *("long", "wide", "sizes", "bilateral", "paired", "dated", "coded", "calendar", "column"),
    *("across", "eventlog", "pivot", "tall"),
)
READING = (
    click.option("--sheet", "sheet_name", help="The worksheet of a workbook."),
    click.option("--layout", type=Words(LAYOUT_NAMES), help="Read the sheet as this layout."),
    click.option("--encoding", help="Encoding of a text file, such as cp1252."),
    click.option("--delimiter", help="Delimiter of a text file; 'tab' for tabs."),
    click.option("--decimal", type=Words([".", ","]), help="Decimal mark."),
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
        help="An arm and its drugs (none: NAME=). Repeat for every arm, in display order; one "
        "alone is that of all mice where the sheet names none.",
    ),
    click.option(
        "--fate",
        "fates",
        multiple=True,
        metavar="THEIRS=FATE",
        help="What a word for why a mouse left means, such as 'tumour > 1.5 cm3=tumor_size'. "
        "May be repeated.",
    ),
    click.option("--strict", is_flag=True, help="Refuse on warnings and doubts as well."),
)


def _quiet(help_text: str) -> Callable[[Command], Command]:
    return click.option("-q", "--quiet", is_flag=True, help=help_text)


def may_force(function: Command) -> Command:
    """Give a command ``--force``."""
    return click.option(
        "--force",
        is_flag=True,
        help="Replace the file of -o, even one that xenotrack did not write.",
    )(function)


def writes_table(function: Command) -> Command:
    """Give a command ``-o`` and ``-f``, and the columns and the width of its table."""
    for decorator in (
        click.option(
            "--wide",
            is_flag=True,
            help="Every row on one line; on a terminal wide tables are folded.",
        ),
        click.option(
            "--columns",
            "shown",
            metavar="NAME,NAME",
            help="Only these columns of the table, in this order.",
        ),
        click.option(
            "-f",
            "--format",
            "form",
            type=Words(("table", "csv", "tsv", "json", "parquet", "xlsx")),
            help="Format on stdout [table].",
        ),
        click.option(
            "-o",
            "--output",
            type=click.Path(dir_okay=False),
            help="Write to this file; its suffix is the format. - is stdout.",
        ),
        may_force,
    ):
        function = decorator(function)
    return function


def writes_folder(what: str, required: bool = True) -> Callable[[Command], Command]:
    """Give a command ``-o`` for a folder; ``what`` says what comes into it."""
    return click.option(
        *("-o", "--output"),
        required=required,
        type=click.Path(),
        metavar="DIRECTORY",
        help=what,
    )


def draws_figures(default: str, what: str) -> Callable[[Command], Command]:
    """Give a command ``--figures``; ``what`` says what they cost it."""
    return click.option(
        "--figures",
        type=Words(("none", "key", "all")),
        default=default,
        help=f"{what} [{default}].",
    )
