"""A figure's svg as part of a page: its own ids, nothing but drawing in it, marks for each arm.

The pages allow no inline style, so that nothing in a name can become one: what matplotlib writes as
``style`` becomes attributes, which mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Protocol
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from xenotrack.errors import InputError

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
LONG_NUMBER = re.compile(r"(\d+\.\d{2})\d+")


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
    drawn = _drawn(root, f"{name}-", frozenset(_referred(root)), names)
    for size in ("width", "height"):  # the page decides; viewBox keeps the shape
        drawn.attrib.pop(size, None)
    drawn.set("role", "img")
    drawn.set("aria-label", alt)
    text: str = tostring(drawn, encoding="unicode")
    return text


def _referred(root: Element) -> Iterator[str]:
    """The ids that something in the drawing points to."""
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == LINK and value.startswith("#"):
                yield value[1:]
            yield from REFERENCE.findall(value)


def _drawn(element: Element, prefix: str, referred: frozenset[str], names: Names) -> Element:
    """A copy of an element that holds only what draws."""
    copy = Element(element.tag.removeprefix(SVG))
    if copy.tag == "svg":
        copy.set("xmlns", SVG.strip("{}"))
    for key, value in _kept(element):
        copy.set(key, REFERENCE.sub(rf"url(#{prefix}\1)", value))
    _name(copy, element, prefix, referred)
    _tell_whose(copy, element, names)
    if element.text and element.text.strip():
        copy.text = element.text
    for child in element:
        if isinstance(child.tag, str) and child.tag.removeprefix(SVG) in DRAWN:
            copy.append(_drawn(child, prefix, referred, names))
    return copy


def _kept(element: Element) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key in ATTRIBUTES:
            yield key, LONG_NUMBER.sub(r"\1", value)
        elif key in PRESENTATION:
            yield key, value
        elif key == "style":
            yield from _declared(value)


def _declared(style: str) -> Iterator[tuple[str, str]]:
    """
    >>> list(_declared("fill: none; font-family: Arial; stroke: #000000"))
    [('fill', 'none'), ('stroke', '#000000')]
    """
    for declaration in style.split(";"):
        key, _, value = declaration.partition(":")
        if key.strip() in PRESENTATION:
            yield key.strip(), value.strip()


def _name(copy: Element, element: Element, prefix: str, referred: frozenset[str]) -> None:
    """Ids and links within the figure alone."""
    own = element.get("id", "")
    if own in referred:
        copy.set("id", prefix + own)
    link = element.get(LINK) or element.get("href") or ""
    if link.startswith("#"):
        copy.set("href", f"#{prefix}{link[1:]}")
    elif link.startswith("data:image/png;base64,"):
        copy.set("href", link)


def _tell_whose(copy: Element, element: Element, names: Names) -> None:
    """Arm and mouse by their numbers; where the pointer rests, a browser shows their names."""
    arm, mouse = element.get("data-arm", ""), element.get("data-mouse", "")
    if arm not in names.arms:
        return
    copy.set("data-arm", str(names.arms[arm]))
    if mouse in names.mice:
        copy.set("data-mouse", str(names.mice[mouse]))
    title = SubElement(copy, "title")
    title.text = f"{mouse}, {arm}" if mouse in names.mice else arm
