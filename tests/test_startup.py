"""What typing a command costs before it does anything."""

from __future__ import annotations

import subprocess
import sys

import pytest

from xenotrack.cli.app import COMMANDS

HEAVY = {"numpy", "pandas", "scipy", "statsmodels", "lifelines", "plotnine", "matplotlib"}


def loaded_by(*arguments: str) -> set[str]:
    """The top-level modules loaded once ``xenotrack ARGUMENTS`` has answered."""
    code = (
        "import sys\n"
        f"sys.argv = ['xenotrack', *{list(arguments)!r}]\n"
        "from xenotrack.cli.app import exit_code\n"
        "exit_code()\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["growth"]])
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    assert loaded_by(*arguments) & HEAVY == set()


def test_the_list_of_commands_loads_none_of_them() -> None:
    code = "import sys, xenotrack.cli.app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {f"xenotrack.cli.{name}" for name in COMMANDS} & set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, xenotrack; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & HEAVY == set()


def test_every_public_name_can_be_loaded() -> None:
    import xenotrack

    assert all(callable(getattr(xenotrack, name)) for name in xenotrack.__all__)
