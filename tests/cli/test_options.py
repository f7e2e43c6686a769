"""The options of the command line and the keys of study.toml are the same rules."""

from __future__ import annotations

import click
import msgspec
import pytest

from xenotrack.cli.app import cli
from xenotrack.cli.options import LAYOUT_NAMES, OPTIONS
from xenotrack.cli.request import Request
from xenotrack.study.layouts.registry import LAYOUTS
from xenotrack.study.rulebook import KEYS as KEYS_OF
from xenotrack.study.rulebook import Key
from xenotrack.study.settings import read_rules

KEYS = [key for keys in OPTIONS.values() for key in keys]
IDS = [f"{key.section}.{key.name}" for key in KEYS]


def parameter_of(key: Key) -> click.Option:
    (found,) = [
        each for each in cli.loaded()["run"].params if each.name == f"{key.section}__{key.name}"
    ]
    return found


@pytest.mark.parametrize("key", KEYS, ids=IDS)
def test_every_rule_has_a_flag_named_after_it(key) -> None:
    assert parameter_of(key).opts == ["--" + key.name.replace("_", "-")]


def test_every_key_of_the_toml_is_an_option_but_for_sheets_and_the_words_of_reports() -> None:
    unflagged = [key for keys in KEYS_OF.values() for key in keys if key not in KEYS]
    words = [key for section in ("arrive", "exclude", "accept") for key in KEYS_OF[section]]
    others = ("sheet", "controls", "allocation_sha256", "rules")
    assert [key for key in unflagged if key.name not in others] == words


@pytest.mark.parametrize(
    ("flag", "right", "wrong"),
    [
        ("--formula", "lwh", "wlh"),
        ("--level", "0.9", "95"),
        ("--limit-mm3", "15", "-1"),
        ("--baseline-window-days", "0", "-1"),
        ("--until", "40", "late"),
        ("--confirm", None, None),
        ("--day-zero", "2024-01-31", None),
        ("--primary", "alpelisib - vehicle", None),
    ],
)
def test_an_option_takes_what_its_rule_takes(flag, right, wrong) -> None:
    (parameter,) = [each for each in cli.loaded()["run"].params if flag in each.opts]
    context = click.Context(cli.loaded()["run"])
    if right is not None:
        assert str(parameter.type.convert(right, parameter, context)) == str(
            float(right) if parameter.type.name.startswith("float") else right
        )
    if wrong is not None:
        with pytest.raises(click.BadParameter):
            parameter.type.convert(wrong, parameter, context)
    assert parameter.is_bool_flag == (right is None)


def test_help_names_the_default_or_what_holds_without_one() -> None:
    said = {key.flag: parameter_of(key).help for key in KEYS}
    assert said["--until"] == "Last day of the growth fit [the last]."
    assert said["--level"].endswith("[0.95].")
    assert said["--formula"].endswith("[half_lw2].")
    assert said["--value"].endswith("[2; 100; 1.73; 1000].")


@pytest.mark.parametrize("name", list(cli.loaded()))
def test_an_option_has_one_meaning_everywhere(name) -> None:
    for parameter in cli.loaded()[name].params:
        others = [
            other
            for command in cli.loaded().values()
            for other in command.params
            if isinstance(other, click.Option)
            and isinstance(parameter, click.Option)
            and set(other.opts) & set(parameter.opts)
        ]
        # -o names a file, a folder or a picture, --day one day or several: the command says which.
        # --outcome offers what the command can compare; --sensitivity adds a table or prints it.
        assert all(
            (other.name, repr(other.type)) == (parameter.name, repr(parameter.type))
            for other in others
            if not set(parameter.opts) & {"-o", "--day", "--outcome", "--sensitivity"}
        )


def test_short_options_are_few_and_the_same_everywhere() -> None:
    short = {
        flag
        for command in cli.loaded().values()
        for parameter in command.params
        for flag in parameter.opts
        if flag.startswith("-") and not flag.startswith("--")
    }
    assert short <= {"-o", "-f", "-q", "-h"}


def test_run_takes_every_rule() -> None:
    taken = {parameter.name for parameter in cli.loaded()["run"].params}
    assert taken >= {f"{key.section}__{key.name}" for key in KEYS}


def test_a_rule_set_by_its_flag_is_the_rule_in_force() -> None:
    value_of = {"day_zero": "first", "from": 3.0, "until": 9.0, "level": 0.9, "value": 3.0}
    value_of["allocation"] = "/mice/allocation.csv"
    overrides = {}
    for key in KEYS:
        plain = 2.5 if key.is_number else bool in key.types or "x"
        plain = (2.5, 9.5) if key.is_pair or key.is_numbers else plain
        value = key.words[-1] if key.words else plain
        overrides[f"{key.section}__{key.name}"] = value_of.get(key.name, value)
    plain = dict.fromkeys(("encoding", "decimal", "sheet_name", "layout", "delimiter"))
    request = Request.of(
        ("sheet.csv",),
        {
            **overrides,
            **plain,
            "columns": (),
            "arms": (),
            "fates": (),
            "strict": False,
            "quiet": False,
        },
    )
    rules = msgspec.to_builtins(read_rules(None, request.overrides))
    for name, value in overrides.items():
        section, key = name.split("__")
        found = rules[section][key]
        assert (tuple(found) if isinstance(found, list) else found) == value


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        *((name, set()) for name in ("growth", "response", "indices", "synergy")),
        ("progression", {"--adjust", "--primary"}),  # of the claims in --sensitivity
    ],
)
def test_a_command_without_contrasts_shows_only_their_level_and_takes_the_rest(
    ask, sample, command, flags
) -> None:
    """A batch gives one set of rules to every command."""
    asked = (command, sample("combination.csv"))
    of_contrasts = ("--adjust", "none", "--primary", "fulvestrant - vehicle", "--hazards", "efron")
    shown = ask(command, "--help", code=0).stdout
    assert "--level" in shown
    assert {flag for flag in of_contrasts[::2] if flag in shown} == flags
    assert ask(*asked, *of_contrasts, code=0).stdout == ask(*asked, code=0).stdout


def test_layouts_can_be_named_and_a_slip_is_typed_wrongly(ask, sample) -> None:
    assert set(LAYOUT_NAMES) == set(LAYOUTS)
    answer = ask("tidy", sample("wide.csv"), "--layout", "lonk", code=2)
    assert "'lonk' is not one of 'long', 'wide'" in answer.stderr


def test_fates_can_be_typed(ask, tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("mouse,arm,day,volume,fate\nm1,a,0,100,TV > 2000\nm1,a,3,110,\n")
    assert "fate-may-be-an-event" in ask("check", sheet, "-f", "csv", code=1).stdout
    typed = ("--fate", "TV > 2000=tumor_size")
    assert "tumor_size" in ask("tidy", sheet, *typed, "-f", "csv", code=0).stdout
    assert "Choose one of" in ask("tidy", sheet, "--fate", "TV > 2000=big", code=2).stderr


def test_names_hold_what_stands_between_them_in_an_option(ask, tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    rows = "".join(
        f"m{mouse},{'vehicle' if mouse < 3 else '10 = ten'},{day},{200 + mouse + 9 * day}\n"
        for mouse in range(6)
        for day in (0, 3, 7)
    )
    sheet.write_text("mouse,group = arm,day,volume\n" + rows, encoding="utf-8")
    arms = ("--arm", "vehicle=", "--arm", '10 = ten=["A, 10 mg", "B"]')
    typed = ("--column", "arm=group = arm", *arms)
    answer = ask("check", sheet, *typed, "--template", code=0).stdout
    assert '"10 = ten" = ["A, 10 mg", "B"]' in answer
    assert 'arm = "group = arm"' in answer


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        (("plot", "growht"), "'growth'"),
        (("compare", "--outcome", "hazard"), "'log_hazard'"),
        (("growth", "--df", "satter"), "'satterthwaite'"),
        (("growth", "--columns", "arm,Estimate"), "'estimate'"),
        (("check", "--column", "arm=Arn"), "'arm'"),
    ],
)
def test_a_slip_is_told_with_the_word_that_is_nearest(ask, sample, typed, word) -> None:
    answer = ask(*typed, sample("combination.csv"))
    assert answer.code in (1, 2)
    assert f"Did you mean {word}?" in answer.stderr


def test_a_rule_that_is_none_was_typed_wrongly(ask, sample) -> None:
    answer = ask("progression", sample("two_arm.csv"), "--also", "percnt 20", code=2)
    assert "it begins with one of fold, percent, nadir, absolute" in answer.stderr


@pytest.mark.parametrize(
    "typed",
    [
        ("progression", "--mice", "--curve"),
        ("synergy", "--factorial", "--dose-grid"),
        ("compare", "--contrasts", "all", "--adjust", "holm"),
    ],
)
def test_what_would_be_dropped_is_refused(ask, sample, typed) -> None:
    answer = ask(*typed, sample("combination.csv"), code=2)
    assert answer.stdout == ""
    assert "at a time" in answer.stderr or "leave --adjust out" in answer.stderr


def test_all_pairs_are_of_every_outcome(ask, sample) -> None:
    asked = ("compare", sample("two_arm.csv"), "--contrasts", "all", "-f", "csv")
    outcomes = {line.split(",")[0] for line in ask(*asked, code=0).stdout.splitlines()[1:]}
    assert {"growth_rate", "log_hazard", "rmst_days"} <= outcomes


def test_columns_are_chosen_in_their_order(ask, sample) -> None:
    asked = ("growth", sample("two_arm.csv"), "--columns", "estimate, arm", "-f", "csv")
    assert ask(*asked, code=0).stdout.splitlines()[0] == "estimate,arm"


@pytest.mark.parametrize(
    "typed", [("--shape", "phases"), ("--window", 10, 5), ("--day-zero", "nan")], ids=str
)
def test_rules_that_no_study_can_follow_are_a_slip_where_they_were_typed(ask, sample, typed):
    ask("growth", sample("wide.csv"), *typed, code=2)


def test_rules_of_a_study_toml_that_contradict_each_other_are_no_slip(ask, sample, tmp_path):
    toml = tmp_path / "study.toml"
    toml.write_text(f'[study]\nsheet = "{sample("wide.csv")}"\n[growth]\nshape = "phases"\n')
    assert "Give them: --phase-days" in ask("growth", toml, code=1).stderr
