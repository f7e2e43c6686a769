"""A figure's svg as part of a page: its own ids, nothing but drawing in it, marks for each arm.

The pages allow no inline style, so that nothing in a name can become one: what matplotlib writes as
``style`` becomes attributes, which mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Protocol
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from xenotrack.errors import InputError
from xenotrack.present.xml_text import xml_text

SVG = "{http://www.w3.org/2000/svg}"
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


class Names(Protocol):
    """The numbers by which a page knows arms and mice."""

    @property
    def arms(self) -> Mapping[str, int]: ...

    @property
    def mice(self) -> Mapping[str, int]: ...


def inline_svg(name: str, data: bytes, alt: str, names: Names) -> str:
    """The drawing of ``figures/NAME.svg`` as markup for a page; ``alt`` says what it shows."""
    try:
        root = fromstring(data)
    except (ParseError, DefusedXmlException) as error:
        raise InputError(
            f"figures/{name}.svg cannot be read as a picture: {error}. Run the study again."
        ) from error
    for size in ("width", "height"):  # the page decides; viewBox keeps the shape
        root.attrib.pop(size, None)
    arms, mice = (_as_written(each) for each in (names.arms, names.mice))
    page = _Page(f"{name}-", frozenset(_referred(root)), arms, mice)
    said = [("xmlns", SVG.strip("{}")), ("role", "img"), ("aria-label", alt)]
    return page.drawn(root, *said)


def _as_written(numbers: Mapping[str, int]) -> dict[str, int]:
    """The numbers by the names that an svg can hold."""
    return {xml_text(name): number for name, number in numbers.items()}


def _referred(root: Element) -> Iterator[str]:
    """The ids that something in the drawing points to."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == LINK and value.startswith("#"):
                yield value[1:]
            yield from REFERENCE.findall(value)


@dataclass(frozen=True)
class _Page:
    """What the page knows: ids begin with ``prefix``, and only those referred to are kept."""

    prefix: str
    referred: frozenset[str]
    arms: Mapping[str, int]
    mice: Mapping[str, int]

    def drawn(self, element: Element, *said: tuple[str, str]) -> str:
        """The markup of an element with what is ``said`` of it, of which only what draws is left.

        Written here: to copy elements and have the library write them takes twice as long.
        """
        tag = element.tag.removeprefix(SVG)
        whose, title = self._whose(element)
        marks = [*said, *self._kept(element), *self._named(element), *whose]
        begin = f"<{tag}" + "".join([f' {key}="{escape(value)}"' for key, value in marks])
        inside = f"<title>{escape(title)}</title>" if title else ""
        if element.text and element.text.strip():
            inside += escape(element.text)
        inside += "".join(
            [
                self.drawn(child)
                for child in element
                if isinstance(child.tag, str) and child.tag.removeprefix(SVG) in DRAWN
            ]
        )
        return f"{begin}>{inside}</{tag}>" if inside else f"{begin}/>"

    def _kept(self, element: Element) -> Iterator[tuple[str, str]]:
        """The attributes that draw."""
        for key, value in element.attrib.items():
            if key in ATTRIBUTES:
                yield key, self._own_reference(FURTHER_DIGITS.sub("", value))
            elif key in PRESENTATION:
                yield key, self._own_reference(value)
            elif key == "style":
                yield from _declared(value)

    def _own_reference(self, value: str) -> str:
        return REFERENCE.sub(rf"url(#{self.prefix}\1)", value) if "url(" in value else value

    def _named(self, element: Element) -> Iterator[tuple[str, str]]:
        """Ids and links within the figure alone."""
        own = element.get("id", "")
        if own in self.referred:
            yield "id", self.prefix + own
        link = element.get(LINK) or element.get("href") or ""
        if link.startswith("#"):
            yield "href", f"#{self.prefix}{link[1:]}"
        elif link.startswith("data:image/png;base64,"):
            yield "href", link

    def _whose(self, element: Element) -> tuple[list[tuple[str, str]], str]:
        """Arm and mouse by their numbers; their names, which a browser shows at the pointer."""
        arm, mouse = element.get("data-arm", ""), element.get("data-mouse", "")
        if arm not in self.arms:
            return [], ""
        numbers = [("data-arm", str(self.arms[arm]))]
        if mouse not in self.mice:
            return numbers, arm
        return [*numbers, ("data-mouse", str(self.mice[mouse]))], f"{mouse}, {arm}"


def _declared(style: str) -> Iterator[tuple[str, str]]:
    """
    >>> list(_declared("fill: none; font-family: Arial; stroke: #000000"))
    [('fill', 'none'), ('stroke', '#000000')]
    """
    for declaration in style.split(";"):
        key, _, value = declaration.partition(":")
        if key.strip() in PRESENTATION:
            yield key.strip(), value.strip()
