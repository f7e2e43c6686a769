"""The floors and walls of the house: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "xenotrack"

# From the ground up; a file imports from its own floor or below.
FLOORS = (
    (
        "errors",
        "glossary_plan",
        "glossary_pool",
        "glossary",
        "synergy_columns",
        "time_columns",
        "credits",
        "doubts",
        "arrays",
    ),
    ("study",),
    ("response",),
    ("model",),
    ("compare",),
    ("present", "plan"),
    ("many",),
    ("cli",),
)
# A library, and the only rooms that may import it.
WALLS = {
    "statsmodels": ("model", "compare"),
    "lifelines": (),
    "plotnine": ("present/figures",),
    "matplotlib": ("present/figures",),
    "click": ("cli",),
    "python_calamine": ("study",),
}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a file imports, whether at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write imports from the package's root"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def floor(name: str) -> int | None:
    return next((level for level, rooms in enumerate(FLOORS) if name in rooms), None)


def wrong_imports(path: Path) -> list[str]:
    """Imports that go up a floor or through a wall."""
    here = floor(room(path))
    wrong = []
    for name in imports(path):
        parts = name.split(".")
        inner = floor(parts[1]) if parts[0] == "xenotrack" and len(parts) > 1 else None
        if here is not None and inner is not None and inner > here:
            wrong.append(f"{path.relative_to(PACKAGE)} goes up to {name}")
        where = path.relative_to(PACKAGE).as_posix()
        allowed = WALLS.get(parts[0])
        if allowed is not None and not where.startswith(allowed):
            wrong.append(f"{where} reaches through the wall to {parts[0]}")
    return wrong


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_and_walls_hold(path: Path) -> None:
    assert not wrong_imports(path)


def test_every_room_has_a_floor() -> None:
    rooms = {room(path) for path in modules()} - {"__init__", "__main__"}
    assert {name for name in rooms if floor(name) is None} == set()


def test_a_violation_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "PACKAGE", tmp_path)
    planted = tmp_path / "study" / "bad.py"
    planted.parent.mkdir()
    planted.write_text("import lifelines\nfrom xenotrack.cli import app\n", encoding="utf-8")
    assert len(wrong_imports(planted)) == 2


def test_no_circle_of_imports_at_the_top_of_files() -> None:
    graph = {path: set(top_level(path)) for path in modules()}
    done: set[Path] = set()

    def visit(path: Path, trail: tuple[Path, ...]) -> None:
        assert path not in trail, " -> ".join(str(p.relative_to(PACKAGE)) for p in (*trail, path))
        if path not in done:
            for other in graph[path]:
                visit(other, (*trail, path))
            done.add(path)

    for path in graph:
        visit(path, ())


def top_level(path: Path) -> Iterator[Path]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and "xenotrack" in node.module:
            for alias in node.names:
                for dotted in (f"{node.module}.{alias.name}", node.module):
                    file = PACKAGE.parent / (dotted.replace(".", "/") + ".py")
                    if file.is_file():
                        yield file
                        break


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_files_stay_short_and_package_files_empty(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 410
    if path.name == "__init__.py" and path.parent != PACKAGE:
        assert not [line for line in lines if line.strip() and not line.startswith('"""')]


def test_no_function_catches_every_exception() -> None:
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                assert caught not in ("", "Exception"), f"{path}:{node.lineno}"


CUTTING = ("split", "rsplit", "partition", "rpartition", "removesuffix", "removeprefix")
TESTING = ("startswith", "endswith", "contains", "extract", "match")
LABELS = (" - ", " vs ", " and ", ", ", "; ", "best part", "best: ")


def parsed_words(path: Path) -> list[str]:
    """Calls that take a label or a sentence apart to learn what it is about."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            texts = [
                str(part.value)
                for argument in node.args
                for part in ast.walk(argument)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
            labels = any(label in text for label in LABELS for text in texts)
            if node.func.attr in (*CUTTING, *TESTING) and labels:
                found.append(f"{path.name}:{node.lineno} {node.func.attr}{tuple(texts)}")
    return found


PRESENT = sorted((PACKAGE / "present").rglob("*.py"))


@pytest.mark.parametrize("path", PRESENT, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_present_reads_no_label_to_learn_what_it_is_about(path: Path) -> None:
    assert parsed_words(path) == []


@pytest.mark.parametrize(
    "line",
    [
        'arm, other = row["contrast"].split(" - ")',
        'arm = contrast.removesuffix(f" - {control}")',
        'claims = rows["contrast"].str.endswith(" - best part")',
        'arms = doubt.about.split(", ")',
        'best = method.partition("(best: ")[2]',
    ],
)
def test_a_label_that_is_taken_apart_is_seen(line: str, tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text(f"{line}\n", encoding="utf-8")
    assert len(parsed_words(planted)) == 1
