"""A figure's svg as part of a page: its own ids, nothing but drawing in it, marks for each arm.

The pages allow no inline style, so that nothing in a name can become one: what matplotlib writes as
``style`` becomes attributes, which mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from typing import Protocol
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from xenotrack.errors import InputError
from xenotrack.present.page.nodes import Node, hoisted, together
from xenotrack.present.page.paths import radius_of_dot, short_number, short_path
from xenotrack.present.xml_text import xml_text

SVG = "{http://www.w3.org/2000/svg}"
USE, GROUP = f"{SVG}use", f"{SVG}g"
LINK = "{http://www.w3.org/1999/xlink}href"
DRAWN = frozenset(
    (
        *("svg", "g", "defs", "clipPath", "path", "rect", "circle", "ellipse", "line", "polyline"),
        *("polygon", "text", "tspan", "use", "image", "linearGradient", "stop", "pattern"),
    )
)
ATTRIBUTES = frozenset(
    (
        *("d", "x", "y", "x1", "y1", "x2", "y2", "r", "cx", "cy", "rx", "ry", "points", "width"),
        *("height", "viewBox", "transform", "clip-path", "offset", "gradientUnits", "patternUnits"),
        *("clipPathUnits", "preserveAspectRatio"),
    )
)
# How something is drawn; the font is the page's, so that a figure names it once.
PRESENTATION = frozenset(
    (
        *("fill", "fill-opacity", "fill-rule", "opacity", "stroke", "stroke-opacity"),
        *("stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray"),
        *("stroke-dashoffset", "stroke-miterlimit", "stop-color", "stop-opacity", "font-size"),
        *("font-weight", "font-style", "text-anchor", "dominant-baseline"),
    )
)
REFERENCE = re.compile(r"url\(#([^)]+)\)")
FURTHER_DIGITS = re.compile(r"(?<=\.\d\d)\d+")
DECIMAL = re.compile(r"\d+\.\d{3,}")
TWICE = re.compile(r"#([0-9a-f])\1([0-9a-f])\2([0-9a-f])\3")  # a colour of three doubled digits


class Names(Protocol):
    """The numbers by which a page knows arms and mice."""

    @property
    def arms(self) -> Mapping[str, int]: ...

    @property
    def mice(self) -> Mapping[str, int]: ...


def inline_svg(name: str, data: bytes, alt: str, names: Names, prefix: str = "f-") -> str:
    """The drawing of ``figures/NAME.svg`` as markup for a page; ``alt`` says what it shows.

    Ids in it begin with ``prefix``, which no other drawing of the page has.
    """
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException) as error:
        raise InputError(
            f"figures/{name}.svg cannot be read as a picture: {error}. Run the study again."
        ) from error
    for size in ("width", "height"):  # the page decides; viewBox keeps the shape
        root.attrib.pop(size, None)
    arms, mice = (_as_written(each) for each in (names.arms, names.mice))
    referred = {
        own: f"{prefix}{number}" for number, own in enumerate(dict.fromkeys(_referred(root)))
    }
    attributes = (("xmlns", SVG.strip("{}")), ("role", "img"), ("aria-label", alt))
    dots = {f"#{referred[own]}": radius for own, radius in _dots(root) if own in referred}
    return _Page(referred, arms, mice, dots).drawn(root, attributes).text


def _as_written(numbers: Mapping[str, int]) -> dict[str, int]:
    """The numbers by the names that an svg can hold."""
    return {xml_text(name): number for name, number in numbers.items()}


def _referred(root: Element) -> Iterator[str]:
    """The ids that something in the drawing points to."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if key in (LINK, "href") and value.startswith("#"):
                yield value[1:]
            yield from REFERENCE.findall(value)


def _dots(root: Element) -> Iterator[tuple[str, float]]:
    """The ids of the symbols that are full circles, and their radius."""
    for element in root.iter(f"{SVG}path"):
        radius = radius_of_dot(element.get("d", "")) if element.get("id") else None
        if radius is not None and not element.get("style"):
            yield element.get("id", ""), radius


@dataclass(frozen=True)
class _Page:
    """What the page knows: the new id of each that something refers to, arms, mice, dots."""

    ids: Mapping[str, str]
    arms: Mapping[str, int]
    mice: Mapping[str, int]
    dots: Mapping[str, float] = field(default_factory=dict)

    def drawn(
        self, element: Element, said: Sequence[tuple[str, str]] = (), of_mouse: bool = False
    ) -> Node:
        """The markup of an element with what is ``said`` of it, of which only what draws is left.

        The corners of a mouse's path are its readings, which the page's script tells apart.
        Written here: to copy elements and have the library write them takes twice as long.
        """
        of_mouse = of_mouse or "data-mouse" in element.attrib
        marks = (
            *said,
            *self._kept(element, of_mouse),
            *self._named(element),
            *self._whose(element),
        )
        text = escape(element.text) if element.text and element.text.strip() else ""
        children = [
            self.drawn(child, (), of_mouse)
            for child in element
            if isinstance(child.tag, str) and child.tag.removeprefix(SVG) in DRAWN
        ]
        shown = [node for node in children if node.has_ink]
        if element.tag != GROUP or text:
            inside = together(shown, self.dots) if shown else ""
            return Node(element.tag.removeprefix(SVG), marks, text + inside)
        return hoisted(marks, shown, self.dots)

    def _kept(self, element: Element, of_mouse: bool) -> Iterator[tuple[str, str]]:
        """The attributes that draw."""
        for key, value in element.attrib.items():
            if key == "d":
                yield key, short_path(value, every_corner=of_mouse)
            elif key in ("x", "y") and element.tag == USE:
                yield key, short_number(value)
            elif key in ATTRIBUTES and not value.startswith("rotate(-0 "):
                yield key, self._own_reference(FURTHER_DIGITS.sub("", value))
            elif key in PRESENTATION:
                yield key, self._own_reference(_short_look(value))
            elif key == "style":
                yield from _declared(value)

    def _own_reference(self, value: str) -> str:
        if "url(" not in value:
            return value
        return REFERENCE.sub(lambda found: f"url(#{self.ids[found[1]]})", value)

    def _named(self, element: Element) -> Iterator[tuple[str, str]]:
        """Ids and links within the figure alone."""
        identifier = element.get("id", "")
        if identifier in self.ids:
            yield "id", self.ids[identifier]
        link = element.get(LINK) or element.get("href") or ""
        if link.startswith("#"):
            yield "href", f"#{self.ids[link[1:]]}"
        elif link.startswith("data:image/png;base64,"):
            yield "href", link

    def _whose(self, element: Element) -> Iterator[tuple[str, str]]:
        """Arm and mouse by their numbers."""
        arm, mouse = element.get("data-arm", ""), element.get("data-mouse", "")
        if arm in self.arms:
            yield "data-arm", str(self.arms[arm])
            if mouse in self.mice:
                yield "data-mouse", str(self.mice[mouse])


@lru_cache(1024)
def _declared(style: str) -> tuple[tuple[str, str], ...]:
    """What a style declares, of which a drawing has few for its many parts.

    >>> _declared("fill: none; font-family: Arial; stroke: #000000")
    (('fill', 'none'), ('stroke', '#000'))
    """
    said = [declaration.partition(":") for declaration in style.split(";")]
    return tuple(
        (key.strip(), _short_look(value.strip()))
        for key, _, value in said
        if key.strip() in PRESENTATION
    )


def _short_look(value: str) -> str:
    """How something is drawn, in few letters.

    >>> _short_look("#ffcc00"), _short_look("#d9d9d8"), _short_look("0.708982")
    ('#fc0', '#d9d9d8', '0.71')
    """
    doubled = TWICE.fullmatch(value)
    if doubled:
        return f"#{doubled[1]}{doubled[2]}{doubled[3]}"
    return f"{float(value):.2f}".rstrip("0") if DECIMAL.fullmatch(value) else value
