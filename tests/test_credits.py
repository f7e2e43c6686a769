"""The libraries that are credited are those that compute, table by table."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from xenotrack.credits import DRAWN_BY, POOL_RESTS_ON, RESTS_ON
from xenotrack.glossary import TABLES
from xenotrack.glossary_pool import POOL_TABLES

ROOT = Path(__file__).parent.parent
# The file that makes each table: all that it imports, and what these import, may have a part.
MADE_IN = {
    "findings": "study/checks/checklist",
    "tidy": "study/ingest",
    "response": "response/responses",
    "response_by_arm": "response/by_arm",
    "blocked": "response/blocked",
    "growth": "model/growth",
    "compare": "compare/hazards",
    "claims": "compare/claims",
    "group_indices": "compare/indices",
    "progression": "model/progression",
    "progression_by_rule": "compare/by_rule",
    "progression_mice": "response/progression",
    "progression_curve": "model/survival",
    "logrank": "model/progression",
    "incidence": "model/incidence",
    "gray": "model/gray",
    "independent_action": "compare/independent_action",
    "synergy": "compare/synergy",
    "factorial": "compare/factorial",
    "dose_grid": "compare/dose_grid",
    "tolerability": "response/tolerability",
    "trade_off": "compare/trade_off",
    "tipping_point": "compare/comparisons",  # made of rows of the table compare
    "best_arms": "compare/comparisons",  # made of rows that ``compare`` gives
    "influence": "model/diagnostics",
    "sensitivity": "compare/sensitivity",
    "turnbull": "model/between",
    "milestones": "model/milestones",
    "unknown_fates": "compare/unknown_fates",
    "accelerated": "model/between",
    "leave_one_out": "compare/leave_one_out",
    "leave_one_out_mice": "compare/leave_one_out",
    "pool": "compare/pooling",
    "pool_lines": "compare/lines",
    "pool_response": "compare/blocked_lines",
    "pool_blocked": "compare/blocked_lines",
}
ALL = RESTS_ON | POOL_RESTS_ON
NUMERIC = {"numpy", "pandas", "scipy", "statsmodels", "lifelines"}
# What a neighbour in one of these files needs, and the table does not.
NEIGHBOURS = {
    ("tidy", "scipy"): "the checks of the sheet, whose findings stand in a table of their own",
    ("response", "scipy"): "limits of mean weights, of the table tolerability",
}


@cache
def imported(path: Path) -> tuple[str, ...]:
    """The dotted names that a file imports when it runs, at its top or in a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing = {
        id(node)
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
        for node in ast.walk(branch)
    }
    nodes = [node for node in ast.walk(tree) if id(node) not in typing]
    return (
        *(alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names),
        *(
            f"{node.module}.{alias.name}"
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        ),
    )


@cache
def file_of(dotted: str) -> Path | None:
    paths = (ROOT / f"{name.replace('.', '/')}.py" for name in (dotted, dotted.rpartition(".")[0]))
    return next((path for path in paths if path.is_file()), None)


def libraries_under(start: Path) -> set[str]:
    """The libraries that a file and all files below it import."""
    seen, found, waiting = set(), set(), [start]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for name in imported(path):
            top = name.partition(".")[0]
            if top != "xenotrack":
                found.add(top)
            elif (file := file_of(name)) is not None:
                waiting.append(file)
    return found


def test_every_table_is_credited() -> None:
    assert set(RESTS_ON) == set(TABLES)
    assert set(POOL_RESTS_ON) == set(POOL_TABLES)
    assert set(MADE_IN) == set(ALL)


@pytest.mark.parametrize("table", ALL)
def test_a_table_rests_on_what_its_code_imports(table) -> None:
    found = NUMERIC & libraries_under(ROOT / "xenotrack" / f"{MADE_IN[table]}.py")
    neighbours = {library for of, library in NEIGHBOURS if of == table}
    assert neighbours <= found, "an excuse that is not needed any more"
    assert found - neighbours == set(ALL[table])


def test_the_figures_are_drawn_by_what_is_credited() -> None:
    drawing = libraries_under(ROOT / "xenotrack" / "present" / "figures" / "gallery.py")
    assert set(DRAWN_BY) <= drawing | libraries_under(
        ROOT / "xenotrack" / "present" / "figures" / "save.py"
    )


def test_whatever_is_installed_with_us_is_imported_by_us() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {text.split(">")[0] for text in project["dependencies"]}
    used = {
        name.partition(".")[0]
        for path in (ROOT / "xenotrack").rglob("*.py")
        for name in imported(path)
    } - sys.stdlib_module_names
    providers = packages_distributions()
    provided = {name.lower() for module in used for name in providers.get(module, ())}
    assert asked - provided == set()


# Each arm has a mouse that progresses while the other's are still at risk.
SHEET = "mouse,arm,day,volume\n" + "".join(
    f"{arm}{mouse},{arm},{day},{100 * (1 + rate * day) + 3 * (day * mouse % 4):.1f}\n"
    for arm, rates in (("vehicle", (0.12, 0.1, 0.05)), ("drug", (0.11, 0.06, 0.04)))
    for mouse, rate in enumerate(rates)
    for day in (0, 4, 8, 12, 16, 20, 24)
)


def test_what_is_credited_for_an_analysis_is_named_in_its_methods(ask, tmp_path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(SHEET, encoding="utf-8")
    ask("run", sheet, "-o", tmp_path / "out", "--figures", "none", code=0)
    methods = (tmp_path / "out" / "methods.md").read_text(encoding="utf-8")
    assert all(f"{name} {version(name)}" in methods for name in ("numpy", "pandas", "scipy"))
    assert not {"statsmodels", "lifelines"} & set(re.findall(r"\w+", methods))
