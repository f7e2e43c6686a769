"""How an example is coloured: what is typed, what is printed, and sentences that may wrap."""

from __future__ import annotations

from typing import ClassVar

from pygments.lexer import RegexLexer, bygroups
from pygments.token import Generic, Text


class ConsoleLexer(RegexLexer):
    """Only ``$ `` and ``> `` begin what is typed; words of the output have no colour."""

    name = "console"
    aliases: ClassVar = ["console"]
    tokens: ClassVar = {
        "root": [
            (r"^([$>] )(.*\n)", bygroups(Generic.Prompt, Text)),
            (r"^(?:Doubt|Error): .*\n", Generic.Emph),
            (r"^.*\n", Generic.Output),
        ]
    }
