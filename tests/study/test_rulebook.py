"""A rule is declared once: its option, its line of the template and its row of the page follow."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import click
import msgspec
import pytest

from xenotrack.cli.options import _rule_option
from xenotrack.study.rulebook import KEYS, keys_of, shapes
from xenotrack.study.rules import Rule, Rules, Section
from xenotrack.study.template import _line

sys.path.insert(0, str(Path(__file__).parents[2] / "docs"))


class Throwaway(Section, frozen=True):
    """A section with a rule of each kind."""

    first_hour: Annotated[float, Rule("First hour that counts.", unit="h", at_least=0)] = 2
    mood: Annotated[
        Literal["calm", "lively"] | None, Rule("How mice were.", otherwise="not said")
    ] = None
    again: Annotated[bool, Rule("Once more.")] = False
    window: Annotated[tuple[float, float] | None, Rule("Days.", example=(0.0, 42.0))] = None
    private: Annotated[str, Rule("Words alone.", flag=False)] = ""
    plain: str = ""


NEW = {key.name: key for key in keys_of("throwaway", Throwaway)}


def test_what_has_no_rule_is_no_key() -> None:
    assert list(NEW) == ["first_hour", "mood", "again", "window", "private"]


@pytest.mark.parametrize(
    ("name", "typed", "value", "wrong"),
    [
        ("first_hour", ["--first-hour", "3"], 3.0, ["--first-hour", "-1"]),
        ("mood", ["--mood", "calm"], "calm", ["--mood", "sad"]),
        ("again", ["--again"], True, ["--again", "x"]),
        ("window", ["--window", "0", "42"], (0.0, 42.0), ["--window", "0"]),
    ],
)
def test_a_rule_is_an_option(name, typed, value, wrong) -> None:
    @_rule_option(NEW[name], True)
    def body() -> None: ...

    command = click.command()(body)
    (parameter,) = command.params
    assert parameter.name == f"throwaway__{name}"
    assert command.make_context("c", list(typed)).params == {parameter.name: value}
    assert command.make_context("c", []).params == {parameter.name: None}
    with pytest.raises(click.UsageError):
        command.make_context("c", list(wrong))
    assert parameter.help == NEW[name].help


def test_help_ends_with_what_holds_without_the_option() -> None:
    assert NEW["first_hour"].help == "First hour that counts [2]."
    assert NEW["mood"].help == "How mice were [not said]."
    assert NEW["again"].help == "Once more."


def test_a_rule_is_a_line_of_the_template() -> None:
    lines = [_line(key, {}).split("#") for key in NEW.values()]
    assert [line[1].strip() for line in lines] == [
        "first_hour = 2",
        'mood = "calm"',
        "again = false",
        "window = [0.0, 42.0]",
        'private = ""',
    ]
    assert _line(NEW["mood"], {"mood": "lively"}).startswith('mood = "lively"')


def test_a_rule_is_a_row_of_the_page() -> None:
    from study_toml import _row

    assert _row(NEW["first_hour"]) == (
        "`first_hour`<br>`--first-hour`",
        "number; default `2`",
        "First hour that counts.",
    )
    assert _row(NEW["mood"])[1] == "`calm` `lively`; default not said"
    assert _row(NEW["private"])[0] == "`private`"


def test_a_number_out_of_bounds_is_told_with_the_bounds() -> None:
    key = NEW["first_hour"]
    assert [key.allows(number) for number in (0, 2, -1, float("nan"), 1e12)] == [
        *(True, True, False, False, False)
    ]
    assert key.range == "a number of at least 0, as 2"


def test_every_field_of_the_toml_is_a_key() -> None:
    for section in msgspec.structs.fields(Rules):
        for shape in shapes(section.type):
            declared = [field.encode_name for field in msgspec.structs.fields(shape)]
            assert [key.name for key in KEYS[section.encode_name]] == declared


def test_every_rule_has_one_sentence_of_help() -> None:
    for keys in KEYS.values():
        for key in keys:
            assert key.rule.help.endswith("."), key
            assert key.rule.help[0].isupper(), key
