"""The options of the command line and the keys of study.toml are the same rules."""

from __future__ import annotations

import re
import typing

import click
import msgspec
import pytest

from xenotrack.cli.app import cli
from xenotrack.cli.options import RULES
from xenotrack.cli.request import Request
from xenotrack.study.rules import Rules
from xenotrack.study.settings import read_rules

SECTIONS = {
    field.encode_name: field.type
    for field in msgspec.structs.fields(Rules)
    if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
}
KEYS = [
    (section, field)
    for section, shape in SECTIONS.items()
    for field in msgspec.structs.fields(shape)
    # Which sheet is read is the argument STUDY itself; texts of a report are no rules.
    if (section, field.encode_name) != ("study", "sheet") and section != "arrive"
]
IDS = [f"{section}.{field.encode_name}" for section, field in KEYS]


def option_of(section: str, key: str):
    (found,) = [option for option in RULES[section] if option.key == key]
    return found


def words_of(annotation: object) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return list(typing.get_args(annotation))
    return [word for part in typing.get_args(annotation) for word in words_of(part)]


@pytest.mark.parametrize(("section", "field"), KEYS, ids=IDS)
def test_every_rule_has_a_flag_named_after_it(section, field) -> None:
    flag = option_of(section, field.encode_name).flag
    assert flag.split("/")[0] == "--" + field.encode_name.replace("_", "-")


def test_no_flag_is_without_a_rule() -> None:
    flags = {(section, option.key) for section, options in RULES.items() for option in options}
    assert flags == {(section, field.encode_name) for section, field in KEYS}


@pytest.mark.parametrize(("section", "field"), KEYS, ids=IDS)
def test_an_option_takes_what_its_rule_takes(section, field) -> None:
    takes = option_of(section, field.encode_name).takes
    words = words_of(field.type)
    if words:
        assert list(takes.choices) == words
    elif bool in (field.type, *typing.get_args(field.type)):
        assert takes is None
    elif str in (field.type, *typing.get_args(field.type)):
        assert takes is str
    else:
        assert takes is float or isinstance(takes, click.FloatRange)


@pytest.mark.parametrize(("section", "field"), KEYS, ids=IDS)
def test_the_default_that_help_names_is_the_one_in_force(section, field) -> None:
    named = re.search(r"\[([\w.-]+)\]$", option_of(section, field.encode_name).help.rstrip("."))
    if named and field.default is not None:
        assert named[1] == (
            f"{field.default:g}" if isinstance(field.default, float | int) else field.default
        )


@pytest.mark.parametrize("name", list(cli.commands))
def test_an_option_has_one_meaning_everywhere(name) -> None:
    for parameter in cli.commands[name].params:
        others = [
            other
            for command in cli.commands.values()
            for other in command.params
            if isinstance(other, click.Option)
            and isinstance(parameter, click.Option)
            and set(other.opts) & set(parameter.opts)
        ]
        # -o names a file, a folder or a picture, --day one day or several: the command says which.
        assert all(
            (other.name, repr(other.type)) == (parameter.name, repr(parameter.type))
            for other in others
            if parameter.name not in ("output", "day", "days")
        )


def test_short_options_are_few_and_the_same_everywhere() -> None:
    short = {
        flag
        for command in cli.commands.values()
        for parameter in command.params
        for flag in parameter.opts
        if flag.startswith("-") and not flag.startswith("--")
    }
    assert short <= {"-o", "-f", "-q", "-h"}


def test_run_takes_every_rule() -> None:
    taken = {parameter.name for parameter in cli.commands["run"].params}
    assert taken >= {f"{section}__{field.encode_name}" for section, field in KEYS}


def test_a_rule_set_by_its_flag_is_the_rule_in_force() -> None:
    value_of = {"day_zero": "first", "from": 3.0, "until": 9.0, "level": 0.9, "value": 3.0}
    overrides = {}
    for section, field in KEYS:
        takes = option_of(section, field.encode_name).takes
        words = words_of(field.type)
        value = words[-1] if words else {None: True, str: "x"}.get(takes, 2.5)
        overrides[f"{section}__{field.encode_name}"] = value_of.get(field.encode_name, value)
    plain = dict.fromkeys(("encoding", "decimal", "sheet_name", "layout", "delimiter"))
    request = Request.of(
        "sheet.csv",
        {**overrides, **plain, "columns": (), "arms": (), "strict": False, "quiet": False},
    )
    rules = msgspec.to_builtins(read_rules(None, request.overrides))
    for name, value in overrides.items():
        section, key = name.split("__")
        assert rules[section][key] == value


@pytest.mark.parametrize("command", ["growth", "progression", "response", "indices", "synergy"])
def test_a_command_without_contrasts_shows_only_their_level_and_takes_the_rest(
    ask, sample, command
) -> None:
    """A batch gives one set of rules to every command."""
    asked = (command, sample("combination.csv"))
    of_contrasts = ("--adjust", "none", "--primary", "fulvestrant - vehicle", "--hazards", "efron")
    shown = ask(command, "--help", code=0).stdout
    assert "--level" in shown
    assert not any(flag in shown for flag in of_contrasts[::2])
    assert ask(*asked, *of_contrasts, code=0).stdout == ask(*asked, code=0).stdout
