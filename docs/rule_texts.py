"""The names and words of every finding and doubt, read from the code that makes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

# Where the text, the mend and a severity by position stand, counted from the rule's name.
CALLS = {
    "note": (1, 2, None),
    "note_row": (2, 3, None),
    "note_rows": (2, 3, None),
    "at_row": (1, 2, None),
    "at_rows": (1, 2, None),
    "at_arms": (1, 2, None),
    "about_study": (1, 2, None),
    "sheet_finding": (2, 3, 4),
    "Finding": (6, 7, 1),
    "Doubt": (3, None, None),
}
# `at_arms` says itself where.
BEFORE = {"at_arms": "Mouse …, day …: "}
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9…]+)+")
SEVERITIES = ("error", "warning")
OTHERWISE = " *Or:* "
LITERAL = (ast.Constant, ast.JoinedStr)
CHOSEN = (ast.IfExp, ast.Name, ast.Subscript, ast.Call)
# One mouse or several are not told apart, nor a list from its end.
PLAINER = (
    (r"\s+", " "),
    ("(1|…) mouse / … mice", "… mice"),
    ("… and … more", "…"),
    ("…+", "…"),
)


@dataclass(frozen=True)
class Said:
    """What a finding or a doubt says.

    ``…`` stands for what differs from case to case, ``/`` between words of which it says one.
    """

    severity: str
    text: str
    proposal: str = ""


Told = list[tuple[str, Said]]
Bound = dict[str, ast.expr]
Use = ast.expr | ast.stmt


def collect(package: Path) -> tuple[Told, Told]:
    """The findings and the doubts of a package, by name, then in the order of the code."""
    findings: dict[tuple[str, Said], None] = {}
    doubts: dict[tuple[str, Said], None] = {}
    for path in sorted(package.rglob("*.py")):
        module = Module(ast.parse(path.read_text(encoding="utf-8")))
        for call, function in module.calls():
            told = doubts if _kind(call) == "Doubt" else findings
            told |= dict.fromkeys(_said(call, module, function))
    return sorted(findings, key=lambda one: one[0]), sorted(doubts, key=lambda one: one[0])


def _kind(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _said(call: ast.Call, module: Module, function: ast.FunctionDef) -> Iterator[tuple[str, Said]]:
    """What a call says, once for each name that its rule can have."""
    text_at, proposal_at, severity_at = CALLS[_kind(call)]
    at = next((i for i, v in enumerate(call.args) if module.is_rule(v, call, function)), None)
    if at is None:
        return
    for bound in module.bindings(function, call.args[at]):
        words = Words(module, function, call, bound)
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if severity_at is not None and at + severity_at < len(call.args):
            given.setdefault("severity", call.args[at + severity_at])
        severity = words.severity(given.get("severity"))
        text = BEFORE.get(_kind(call), "") + words.sentence(call.args[at + text_at])
        mend = "" if proposal_at is None else words.sentence(call.args[at + proposal_at])
        for name in words.names(call.args[at]):
            yield name, Said(severity, text, mend)


def _plainer(text: str) -> str:
    for pattern, plain in PLAINER:
        text = re.sub(pattern, plain, text)
    return text


class Module:
    """A module's tree: its functions, its constants, and what stands within what."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.functions = {f.name: f for f in ast.walk(tree) if isinstance(f, ast.FunctionDef)}
        self.constants = dict(_assignments(tree.body))
        self.parents = {
            child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)
        }

    def calls(self) -> Iterator[tuple[ast.Call, ast.FunctionDef]]:
        """The calls that make a finding or a doubt, with the function in which they stand."""
        for call in ast.walk(self.tree):
            if isinstance(call, ast.Call) and _kind(call) in CALLS:
                within = (node for node in self.above(call) if isinstance(node, ast.FunctionDef))
                if function := next(within, None):
                    yield call, function

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self.parents:
            node = self.parents[node]
            yield node

    def conditions(self, node: ast.AST) -> set[ast.AST]:
        return {one for one in self.above(node) if isinstance(one, ast.If)}

    def runs(self, function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
        """The names that run over words written out, as in ``for role in ("arm", "mouse")``."""
        return {
            node.target.id: node.iter.elts
            for node in ast.walk(function)
            if isinstance(node, ast.For)
            and isinstance(node.target, ast.Name)
            and isinstance(node.iter, ast.Tuple)
            and all(isinstance(word, ast.Constant) for word in node.iter.elts)
        }

    def bindings(self, function: ast.FunctionDef, rule: ast.expr) -> Iterator[Bound]:
        """Each way to bind those of them that a rule is named after."""
        named = {part.id for part in ast.walk(rule) if isinstance(part, ast.Name)}
        runs = {name: words for name, words in self.runs(function).items() if name in named}
        for words in product(*runs.values()):
            yield dict(zip(runs, words, strict=True))

    def is_rule(self, value: ast.expr, use: Use, function: ast.FunctionDef) -> bool:
        """Whether an argument names a rule."""
        bounds = self.bindings(function, value)
        return any(Words(self, function, use, bound).names(value) for bound in bounds)

    def given(self, name: str, function: ast.FunctionDef, use: Use) -> list[ast.expr]:
        """The values that a name can have where it is used: those of either branch before it."""
        before = [
            (node, value)
            for node, (own, value) in _with_nodes(function)
            if own == name and node.lineno <= use.lineno
        ]
        before.sort(key=lambda one: one[0].lineno, reverse=True)
        values = []
        for node, value in before:
            values.append(value)
            if self.conditions(node) <= self.conditions(use):
                break
        return values[::-1] or [self.constants[name] for one in (name,) if one in self.constants]


def _with_nodes(function: ast.AST) -> Iterator[tuple[ast.stmt, tuple[str, ast.expr]]]:
    for node in ast.walk(function):
        if isinstance(node, ast.stmt):
            for pair in _assignments([node]):
                yield node, pair


def _assignments(nodes: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for node in nodes:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        target = node.target if isinstance(node, ast.AnnAssign) else target
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.expr):
            yield target.id, value


class Words:
    """The words of expressions, as they are at one call."""

    def __init__(
        self,
        module: Module,
        function: ast.FunctionDef,
        use: Use,
        bound: Bound | None = None,
    ) -> None:
        self.module, self.function, self.use, self.bound = module, function, use, bound or {}

    def names(self, value: ast.expr) -> list[str]:
        """The names that an expression can be: one, two of a choice, or none."""
        if isinstance(value, ast.IfExp):
            return [*self.names(value.body), *self.names(value.orelse)]
        text = self.within(value) if isinstance(value, LITERAL) else ""
        return [text] if NAME.fullmatch(text) else []

    def severity(self, value: ast.expr | None) -> str:
        values = [value] if value is not None else []
        if isinstance(value, ast.Name):
            values = self.module.given(value.id, self.function, self.use)
        found = {
            part.value
            for one in values
            for part in ast.walk(one)
            if isinstance(part, ast.Constant) and part.value in SEVERITIES
        }
        return " or ".join(sorted(found)) or "warning"

    def sentence(self, value: ast.expr) -> str:
        """The text of an argument; several where it is one of several."""
        texts = [_plainer(text).strip() for text in self.choices(value)]
        return OTHERWISE.join(dict.fromkeys(filter(None, texts)))

    def choices(self, value: ast.expr) -> list[str]:
        if isinstance(value, ast.IfExp):
            return [*self.choices(value.body), *self.choices(value.orelse)]
        if isinstance(value, ast.Name):
            if value.id in self.bound:
                return [self.within(self.bound[value.id])]
            given = self.module.given(value.id, self.function, self.use)
            # A value in its own terms, as `text = text + "."`, is not followed round.
            given += self.module.runs(self.function).get(value.id, [])
            return [text for one in given if one is not value for text in self._at(one)]
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return self._returned(value.func.id)
        if isinstance(value, ast.Subscript):
            table = self.module.constants.get(getattr(value.value, "id", ""))
            return [self.within(v) for v in table.values] if isinstance(table, ast.Dict) else []
        return [self.within(value)]

    def _at(self, value: ast.expr) -> list[str]:
        """The choices of a value as they are where it is given."""
        if value is self.use:
            return []
        return Words(self.module, self.function, value, self.bound).choices(value)

    def _returned(self, name: str) -> list[str]:
        """The texts that a function of the module gives back."""
        function = self.module.functions.get(name)
        if function is None or function is self.function:
            return []
        returned = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
        returned.sort(key=lambda node: node.lineno)
        return [
            text
            for node in returned
            if node.value is not None
            for text in Words(self.module, function, node).choices(node.value)
        ]

    def within(self, value: ast.expr) -> str:
        """The words of an expression within a sentence, ``…`` for what is computed."""
        if isinstance(value, ast.Constant):
            return value.value if isinstance(value.value, str) else "…"
        if isinstance(value, ast.JoinedStr):
            return "".join(map(self.within, value.values))
        if isinstance(value, ast.FormattedValue):
            return self.within(value.value) if value.conversion == -1 else "…"
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
            return self.within(value.left) + self.within(value.right)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            return self._of_method(value.func)
        if isinstance(value, ast.Call) and not isinstance(value.func, ast.Name):
            return "…"
        choices = self.choices(value) if isinstance(value, CHOSEN) else []
        words = [text for text in dict.fromkeys(choices) if re.search("[a-z]{2}", text)]
        return " / ".join(words) or "…"

    def _of_method(self, method: ast.Attribute) -> str:
        """``" and ".join(names)`` as "… and …"; ``"text".replace(…)`` as the text."""
        text = self.within(method.value) if isinstance(method.value, LITERAL) else "…"
        if method.attr == "join":
            return f"…{text}…" if re.search("[a-z]", text) else "…"
        return text
