"""What the processes that draw have to load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOADED_LATER = """
import sys
from importlib import import_module
from xenotrack.present import studio
from xenotrack.present.figures.catalogue import figure_names
studio._load_what_is_shared()
assert not {"plotnine", "matplotlib"} & {*sys.modules}
before = {*sys.modules}
for kind in figure_names():
    import_module(f"xenotrack.present.figures.{kind}")
print(*sorted({*sys.modules} - before))
"""


def test_artists_load_nothing_that_the_analysis_loads_as_well() -> None:
    asked = [sys.executable, "-c", LOADED_LATER]
    later = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    rooms = ("study", "response", "model", "compare")
    twice = ("scipy.", "pandas.", *(f"xenotrack.{room}." for room in rooms))
    assert "plotnine" in later.split()
    assert not [name for name in later.split() if name.startswith(twice)]
