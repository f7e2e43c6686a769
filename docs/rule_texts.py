"""The names and words of every finding and doubt, read from the code that makes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

FINDERS = {
    "Finding",
    "note",
    "note_row",
    "note_rows",
    "at_row",
    "at_rows",
    "at_arms",
    "about_study",
    "sheet_finding",
}
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9…]+)+")


@dataclass(frozen=True)
class Said:
    """What a finding or a doubt says, ``…`` for what differs from case to case."""

    severity: str
    text: str
    proposal: str = ""


def collect(package: Path) -> tuple[list[tuple[str, Said]], list[tuple[str, Said]]]:
    """The findings and the doubts of a package by name, in alphabetical order."""
    findings: dict[str, Said] = {}
    doubts: dict[str, Said] = {}
    for path in sorted(package.rglob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        constants = _assigned(module.body, len(path.read_bytes()))
        for function in ast.walk(module):
            if isinstance(function, ast.FunctionDef):
                for kind, name, said in _said_in(function, constants):
                    known = doubts if kind == "Doubt" else findings
                    if name not in known or not known[name].proposal:
                        known[name] = said
    return sorted(findings.items()), sorted(doubts.items())


Values = dict[str, ast.expr]


def _said_in(function: ast.FunctionDef, constants: Values) -> Iterator[tuple[str, str, Said]]:
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        kind = getattr(call.func, "id", getattr(call.func, "attr", ""))
        if kind not in FINDERS | {"Doubt"}:
            continue
        assigned = constants | _assigned(ast.walk(function), call.lineno)
        at = next((i for i, value in enumerate(call.args) if _names(value)), None)
        if at is None:
            continue
        texts = [text for value in call.args[at + 1 :] if (text := _text(value, assigned))]
        texts = [text for text in texts if " " in text.strip("… ")] or texts
        for name in _names(call.args[at]):
            yield kind, name, Said(_severity(call), *_one_line(texts, kind))


def _assigned(nodes: Iterable[ast.AST], before: int) -> Values:
    """The last value that each name was given before a line."""
    given = [
        (node.lineno, node.targets[0].id, node.value)
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    ordered = sorted(given, key=lambda one: one[0])
    return {name: value for line, name, value in ordered if line <= before}


def _names(value: ast.expr) -> list[str]:
    """The names that an expression can be: one, two of a choice, or none."""
    if isinstance(value, ast.IfExp):
        return [*_names(value.body), *_names(value.orelse)]
    text = _text(value, {})
    return [text] if NAME.fullmatch(text) else []


def _text(value: ast.expr, assigned: Values) -> str:
    """The words of a string expression, ``…`` for each part that is computed."""
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    if isinstance(value, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in value.values
        )
    if isinstance(value, ast.BinOp):
        return (_text(value.left, assigned) or "…") + (_text(value.right, assigned) or "…")
    if isinstance(value, ast.IfExp):
        return _text(value.body, assigned) or _text(value.orelse, assigned)
    if isinstance(value, ast.Name) and value.id in assigned:
        rest = {name: own for name, own in assigned.items() if name != value.id}
        return _text(assigned[value.id], rest)
    return ""


def _severity(call: ast.Call) -> str:
    values = [keyword.value for keyword in call.keywords if keyword.arg == "severity"]
    values += [value for value in call.args if _constant(value) in ("error", "warning")]
    words = {
        word
        for value in values
        for part in ast.walk(value)
        if (word := _constant(part)) in ("error", "warning")
    }
    return " or ".join(sorted(words)) or "warning"


def _constant(value: ast.AST) -> object:
    return value.value if isinstance(value, ast.Constant) else None


def _one_line(texts: list[str], kind: str) -> list[str]:
    lines = [re.sub(r"\s+", " ", text).strip() for text in texts]
    if kind == "Doubt":
        return lines[-1:] or ["What the fit said."]
    return lines[-2:] or [""]
