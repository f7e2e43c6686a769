"""Parts of a drawing as markup: what several say alike is said once, round what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from typing import NamedTuple

from xenotrack.present.page.paths import dotted

UNSAFE = re.compile("[&<>\"']")
NO_INK = re.compile(r"m-?[\d.]+[ -][\d.]+")  # a pen that is put down nowhere
Marks = tuple[tuple[str, str], ...]


def _safe(value: str) -> str:
    """The value of an attribute; most are numbers, which take no time."""
    return escape(value) if UNSAFE.search(value) else value


class Node(NamedTuple):
    """A part of the drawing as markup: its name, its attributes, and what is in it."""

    tag: str
    marks: Marks
    inside: str
    parts: tuple[Node, ...] = ()  # of a group that says nothing, which is not written

    @property
    def text(self) -> str:
        marks = [f' {key}="{_safe(value)}"' for key, value in self.marks]
        begin = f"<{self.tag}" + "".join(marks)
        return f"{begin}>{self.inside}</{self.tag}>" if self.inside else f"{begin}/>"

    @property
    def has_ink(self) -> bool:
        """Whether anything is seen of it, or points to it."""
        if self.tag == "path":
            says = dict(self.marks)
            return "id" in says or not NO_INK.fullmatch(says.get("d", ""))
        return bool(self.inside or self.parts) or self.tag not in ("g", "defs")


# What differs from part to part; all else is written once for parts that follow one another.
PLACES = {
    "use": frozenset(("x", "y", "href")),
    "path": frozenset(("d", "data-arm", "data-mouse")),
    "text": frozenset(("x", "y", "transform")),
}
TURNS = ("defs", "use", "text")
# What a group may hand to the one part in it: the same is seen whichever of the two says it.
HANDED = frozenset(
    ("data-arm", "data-mouse", "clip-path", "fill", "stroke", "stroke-width", "stroke-linecap")
)
DOT = frozenset(("fill", "clip-path"))


def together(nodes: Sequence[Node], dots: Mapping[str, float]) -> str:
    """Parts one after another, those that look alike in one group."""
    return "".join([node.text for node in _gathered(nodes, dots)])


def hoisted(marks: Marks, nodes: Sequence[Node], dots: Mapping[str, float]) -> Node:
    """A group; where it holds one part, that part with what the group says of it."""
    if not marks:
        return Node("g", marks, "", tuple(nodes))
    gathered = _gathered(nodes, dots)
    if len(gathered) == 1 and _takes(gathered[0], marks):
        [only] = gathered
        own = {key for key, _ in only.marks}
        return only._replace(marks=(*(mark for mark in marks if mark[0] not in own), *only.marks))
    return Node("g", marks, "".join([node.text for node in gathered]))


def _takes(node: Node, marks: Marks) -> bool:
    """Whether a part can say by itself what its group says: not where both are cut to a shape."""
    said, own = {key for key, _ in marks}, {key for key, _ in node.marks}
    cut = "clip-path" in said and not own.isdisjoint(("clip-path", "transform"))
    return node.tag in ("path", "g") and said <= HANDED and not cut


def _gathered(nodes: Sequence[Node], dots: Mapping[str, float]) -> list[Node]:
    groups = groupby(_in_turn(list(_flat(nodes))), key=_shared)
    return [node for shared, own in groups for node in _joined(shared, list(own), dots)]


def _flat(nodes: Iterable[Node]) -> Iterator[Node]:
    """Parts, and those of groups that say nothing."""
    for node in nodes:
        if node.parts:
            yield from _flat(node.parts)
        else:
            yield node


def _in_turn(nodes: Iterable[Node]) -> Iterator[Node]:
    """First the ticks of an axis, then their numbers, which matplotlib writes by turns."""
    for by_turns, own in groupby(nodes, key=lambda node: node.tag in TURNS):
        run = list(own)
        yield from sorted(run, key=lambda node: TURNS.index(node.tag)) if by_turns else run


def _shared(node: Node) -> tuple[str, Marks]:
    # What is half seen through is so by itself: in a group, parts would hide one another.
    if any(key == "opacity" for key, _ in node.marks):
        return f"other {id(node)}", ()
    places = PLACES.get(node.tag)
    if places is not None:
        return node.tag, tuple(mark for mark in node.marks if mark[0] not in places)
    return ("g" if node.tag == "g" else f"other {id(node)}"), node.marks


def _joined(shared: tuple[str, Marks], nodes: list[Node], dots: Mapping[str, float]) -> list[Node]:
    kind, marks = shared
    if len(nodes) == 1 or kind not in (*PLACES, "g"):
        return nodes
    if kind == "g":
        return [Node("g", marks, "".join([node.inside for node in nodes]))]
    if kind == "use" and {key for key, _ in marks} <= DOT:
        symbols = {dict(node.marks)["href"] for node in nodes}
        if len(symbols) == 1 and symbols <= dots.keys():
            return [_dots(marks, nodes, dots[symbols.pop()])]
    own = PLACES[kind]
    parts = [
        Node(kind, tuple(mark for mark in node.marks if mark[0] in own), node.inside).text
        for node in nodes
    ]
    return [Node("g", marks, "".join(parts))]


def _dots(marks: Marks, nodes: Sequence[Node], radius: float) -> Node:
    """Full circles as the points of one path, whose pen is round: a third of the letters."""
    places = [(float(one["x"]), float(one["y"])) for one in (dict(node.marks) for node in nodes)]
    says = dict(marks)
    pen = {"stroke": says.pop("fill", "#000"), "stroke-width": f"{2 * radius:.2f}"}
    return Node(
        "path",
        (("d", dotted(places)), *says.items(), *pen.items(), ("stroke-linecap", "round")),
        "",
    )
