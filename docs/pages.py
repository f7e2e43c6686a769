"""What the generated pages share."""

from __future__ import annotations

MADE = "<!-- Made by docs/generate.py from the code; `make docs` writes it anew. -->"


def markdown(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    cells = [header, tuple("---" for _ in header), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in row) + " |" for row in cells)
