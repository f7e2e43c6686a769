"""xenotrack.1: the help of every command as a page of the manual."""

from __future__ import annotations

import re

import click

from xenotrack import __version__
from xenotrack.cli.app import cli


def man_page() -> str:
    """The page in roff."""
    context = cli.make_context(
        "xenotrack", [], resilient_parsing=True, max_content_width=76, terminal_width=76
    )
    lines = [
        f'.TH XENOTRACK 1 "" "xenotrack {__version__}" "User Commands"',
        ".SH NAME",
        "xenotrack \\- growth rates, time to progression and comparisons from caliper sheets",
        ".SH SYNOPSIS",
        ".B xenotrack",
        ".I COMMAND STUDY",
        "[OPTIONS]",
        ".SH DESCRIPTION",
        *_literal(cli.get_help(context)),
        ".SH COMMANDS",
    ]
    for name, command in cli.loaded().items():
        own = command.make_context(name, [], parent=context, resilient_parsing=True)
        lines += [f".SS {name}", *_literal(command.get_help(own))]
    return "\n".join(lines) + "\n"


def _literal(text: str) -> list[str]:
    """Lines as they are."""
    return [".nf", *(_escaped(click.unstyle(line).rstrip()) for line in text.split("\n")), ".fi"]


def _escaped(line: str) -> str:
    line = re.sub(r"\\", r"\\e", line).replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line
