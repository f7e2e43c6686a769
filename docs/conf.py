"""The site: these pages as HTML, `make site`. Read by Sphinx; the pages stay plain Markdown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

sys.path.insert(0, str(Path(__file__).parent))
from lexer import ConsoleLexer

import xenotrack

project = "xenotrack"
author = "the xenotrack authors"
html_show_copyright = False  # no year in pages that are the same bytes in every one
version = release = xenotrack.__version__

extensions = ["myst_parser"]
myst_heading_anchors = 4
smartquotes = False  # it makes `--` in running text a dash
# The whole repository is the source, so that links between its folders hold.
root_doc = "docs/index"
include_patterns = ["docs/**", "sample_data/README.md", "tests/reference/README.md"]
exclude_patterns = [".venv", ".git", "build", "demo", "xenotrack", "tests/golden"]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_title = "xenotrack"
html_show_sphinx = False
html_copy_source = False
html_last_updated_fmt = None
# No fonts, scripts or pictures from elsewhere: the site is read offline, too.
html_theme_options: dict[str, Any] = {"footer_icons": []}

# What stands in the margin, in the order in which a newcomer reads. Hosts of repositories show
# index.md as it is, where a directive would be noise; so it is added here.
CONTENTS = {
    "Begin": (
        "quickstart",
        "tutorial",
        "gallery",
        "next-study",
        "many-studies",
        "pipelines",
        "library",
        "../sample_data/README",
    ),
    "Questions": tuple(
        f"questions/{name}"
        for name in ("trust", "slowed", "blocked", "how-long", "parts", "price", "models", "sure")
    ),
    "Reference": ("commands", "study-toml", "columns", "findings", "formats"),
    "Why to trust it": (
        "methods",
        "calibration",
        "detection",
        "figures-beside-r",
        "../tests/reference/README",
    ),
    "Inside": ("architecture", "contributing", "changelog"),
}


def add_contents(app: Any, page: str, source: list[str]) -> None:
    """Give the index its table of contents."""
    if page != root_doc:
        return
    for caption, pages in CONTENTS.items():
        names = "\n".join(pages)
        source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{names}\n```\n"


def setup(app: Any) -> None:
    app.add_lexer("console", ConsoleLexer)
    app.add_lexer("csv", TextLexer)  # sheets are shown as they are
    app.connect("source-read", add_contents)
