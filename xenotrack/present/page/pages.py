"""How a page is made that needs nothing else: its templates, and what it may draw and run."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from xenotrack.present.numbers import fixed
from xenotrack.present.page.cells import NOTHING
from xenotrack.present.page.prose import anchor, breakable, in_few_lines, prose, stated
from xenotrack.present.page.tables import table_row

PAGE = Path(__file__).parent


def page_of(template: str, style: str, script: str, **values: Any) -> bytes:
    """A template with its style and script inside, which alone may act on it."""
    page = _environment().get_template(template)
    acting = {"style": Markup(style), "script": Markup(script)}
    return page.render(**values, **acting, policy=_policy(style, script)).encode()


def part(name: str) -> str:
    """A style or script that lies beside the templates."""
    return (PAGE / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        anchor=anchor,
        breakable=breakable,
        in_few_lines=in_few_lines,
        per_day=per_day,
        prose=prose,
        row=table_row,
        stated=stated,
    )
    return environment


def per_day(rate: float | None) -> str:
    """A growth rate in % a day."""
    return NOTHING if rate is None else fixed(100 * rate, 1)


def _policy(style: str, script: str) -> str:
    """The page may draw and run what stands in it, and fetch nothing."""
    return (
        f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
