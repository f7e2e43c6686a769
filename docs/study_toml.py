"""study-toml.md: every rule with its key, its values, its default and its option."""

from __future__ import annotations

import typing
from collections.abc import Callable
from pathlib import Path

import click
import msgspec
from pages import MADE, markdown

from xenotrack.cli.options import READING
from xenotrack.study.column_words import COLUMN_ROLES
from xenotrack.study.design import NO_DRUG_WORDS
from xenotrack.study.progression_rules import USUAL_VALUE, FurtherRule
from xenotrack.study.rule import Outcome
from xenotrack.study.rulebook import KEYS, Key, keys_of
from xenotrack.study.rules import Rules
from xenotrack.study.volume import FORMULAS


def _told(key: Key) -> str:
    """A key of a further rule with what it means."""
    unset = f" (without it: {key.rule.otherwise})" if key.rule.otherwise else ""
    return f"`{key.name}`, {key.rule.help[0].lower()}{key.rule.help[1:-1]}{unset}"


# What is to be known of a section beside its keys.
NOTES = {
    "study": (
        "Without `control` the control is the only arm without a drug: one that is called "
        + ", ".join(f"`{word}`" for word in sorted(NO_DRUG_WORDS))
        + " (in capitals or not), or that `[arms]` gives no drug. Name it where it is called "
        "otherwise: PBS, DMSO, saline and the like are not recognised. A `day_zero` that is a date "
        "is written year-month-day, in quotes or not, as the sheet's own dates need not be."
    ),
    "compare": (
        '`primary` names its two arms as `"A - B"` or, where a name holds a dash, as a list, '
        '`["A", "B"]`; `{ contrast = ["A", "B"], outcome = "rmst_days" }` names the outcome as '
        "well, one of "
        + ", ".join(f"`{name}`" for name in typing.get_args(Outcome))
        + ". `A - best part` is the claim that a combination is better than each of its parts. The "
        "contrast has the sign of its family: `vehicle - A` is the row `A - vehicle`."
    ),
    "progression": (
        "`value` without a key: "
        + ", ".join(f"{value:g} for `{rule}`" for rule, value in USUAL_VALUE.items())
        + " (a fold of the baseline, percent above it, a fold of the smallest volume so far, mm³). "
        "`[progression.rules]` holds further rules, each under a name of yours, as "
        '`"off drug" = { rule = "fold", value = 2, from = 28 }`; they are computed under these '
        "names by `progression --by-rule` and by `run`, and described, not compared. A rule has: "
        + "; ".join(map(_told, keys_of("", FurtherRule)))
        + "."
    ),
}
EXAMPLE = Path(__file__).parent / "example-study.toml"
SECTIONS = {
    "columns": (
        "`[columns]`: ours = theirs. The sheet's own name for a column that is not recognised. "
        "A name with blanks or signs stands in quotes. On the command line `--column OURS=THEIRS`, "
        "once for each. `line` is the xenograft model, each of which becomes a study of its own; "
        "`block` is what arms are compared within, recorded and not yet used; "
        '`ignore = ["Sex", "Remarks"]` lists columns that are known and not to be read '
        "(`--column ignore=Sex`)."
    ),
    "arms": (
        "`[arms]`: the arms with their drugs, in display order; `[]` is an arm without a drug. "
        "Without this section a name is split at `+` into drugs. An arm of the sheet that is "
        'missing here is an error. `{ drugs = [...], label = "R+F" }` gives an arm a short name '
        "for figures. On the command line `--arm NAME=DRUG,DRUG`, once for each; a drug whose name "
        "holds a comma stands in a list, `--arm 'NAME=[\"DRUG, 10 mg\"]'`."
    ),
    "colours": (
        '`[colours]`: drug = colour, as `alpelisib = "#1f7a3a"`, for figures. Drugs without a '
        "colour are given one."
    ),
    "fates": (
        "`[fates]`: theirs = ours. What the sheet's words for why a mouse left mean, as "
        '`"tumour > 1.5 cm3" = "tumor_size"`; case and blanks do not matter. Words that are not '
        "known and may mean an event are an error until they stand here. On the command line "
        "`--fate THEIRS=OURS`, once for each."
    ),
    "lines": (
        '`[lines]`: groups of lines that are pooled, as `PIK3CA = { mutant = ["M1", "M2"], '
        'wild_type = ["W1"] }`: a factor, its groups, and the lines of each as the column `line` '
        "names them. A line is in one group of a factor. On the command line of `pool` "
        "`--group FACTOR:GROUP=LINE,LINE`. See [other models](questions/models.md)."
    ),
    "exclude": (
        "`[[exclude]]`, once for each exclusion: `mouse` and `reason`, and `tumor`, `day` or "
        "`value` where not all of the mouse is meant. `mouse` is in quotes also where it is a "
        "number. Names and days are those of `xenotrack tidy`. A whole mouse is left out of "
        "everything; a day or a value is emptied. What was left out is said by every command, in "
        "`exclusions` of `-f json` and `results.json`, in the summary and in the report. An "
        "exclusion that meets nothing is an error."
    ),
    "accept": (
        "`[[accept]]`, once for each doubt or finding that the lab knows: `rule` is its "
        "[name](findings.md), `reason` says why it may stand. With `arms` or `mice` it accepts "
        "what names these and no others. It is told with its reason in every output, and it is no "
        "cause for `--strict` to refuse. An error cannot be accepted. `run` doubts an `[[accept]]` "
        "that meets nothing."
    ),
    "arrive": (
        "`[arrive]`: what only people know of the ARRIVE 2.0 essential ten, as text for the "
        "checklist in the report of `run`; what the sheet says stands there anyway, and what "
        'nobody says is "not supplied".'
    ),
}


def study_toml_page() -> str:
    """study-toml.md: every rule with its key, its values, its default and its option."""
    blocks = [
        MADE,
        "# study.toml",
        "What the sheet cannot say about the experiment, and the rules of its analysis. It is "
        "read only when it is named as STUDY. Every key is optional. Options of the command line "
        "override it. An unknown key is an error. `xenotrack check SHEET --template -o study.toml` "
        "writes one to start from.",
        "## Example",
        "```toml\n" + EXAMPLE.read_text(encoding="utf-8").rstrip() + "\n```",
    ]
    for section in msgspec.structs.fields(Rules):
        blocks.append(f"## [{section.encode_name}]")
        if section.encode_name in SECTIONS:
            blocks.append(SECTIONS[section.encode_name])
        if section.encode_name == "columns":
            blocks.append("Ours: " + ", ".join(f"`{name}`" for name in COLUMN_ROLES) + ".")
        if section.encode_name in KEYS:
            keys = KEYS[section.encode_name]
            head = "key and option" if any(key.rule.flag for key in keys) else "key"
            blocks.append(markdown((head, "takes", "meaning"), map(_row, keys)))
        if section.encode_name in NOTES:
            blocks.append(NOTES[section.encode_name])
    formulas = [
        (f"`{name}`", formula.written, "yes" if formula.needs_height else "no")
        for name, formula in FORMULAS.items()
    ]
    reading = [
        (" ".join(f"`{flag}`" for flag in option.opts), str(option.help))
        for option in map(_option_of, READING)
    ]
    blocks += [
        "## Volume formulas",
        "L is the longer diameter, W the shorter one, H the height, in mm; the volume is in mm³.",
        markdown(("`formula`", "volume", "needs a height"), formulas),
        "## Options without a key",
        "They say how a file is read and what is shown, and are given anew each time.",
        markdown(("option", "meaning"), reading),
    ]
    return "\n\n".join(blocks) + "\n"


def _option_of(decorator: Callable) -> click.Option:
    command = decorator(click.Command("reading"))
    return command.params[0]


def _row(key: Key) -> tuple[str, ...]:
    default = key.rule.otherwise or _toml(key.default)
    flag = f"<br>`{key.flag.replace('/', '` `')}`" if key.rule.flag else ""
    return (
        f"`{key.name}`{flag}",
        _takes(key.takes) + (f"; default {default}" if default else ""),
        key.rule.help,
    )


def _takes(annotation: object) -> str:
    """What a key takes, in words.

    >>> _takes(bool), _takes(typing.Literal["mm3", "cm3"] | None), _takes(tuple[str, str])
    ('true or false', '`mm3` `cm3`', 'list of text')
    """
    names = {str: "text", float: "number", int: "number", bool: "true or false"}
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return "table"
    if annotation in names:
        return names[typing.cast(type, annotation)]
    inner = typing.get_args(annotation)
    if typing.get_origin(annotation) is typing.Literal:
        return " ".join(f"`{word}`" for word in inner)
    if typing.get_origin(annotation) in (list, tuple):
        return f"list of {_takes(inner[0])}"
    found = dict.fromkeys(_takes(part) for part in inner if part is not type(None))
    return " or ".join(found)


def _toml(value: object) -> str:
    """A default as toml writes it; empty where the study or the rule decides."""
    if value in (None, "", msgspec.NODEFAULT):
        return ""
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{str(value).lower()}`"
