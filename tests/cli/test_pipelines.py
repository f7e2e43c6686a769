"""The recipes of ``docs/pipelines.md`` as they stand there, run by the tools that they are for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_depfile import ROOT, SHEET

PAGE = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")


def recipe(title: str) -> str:
    """The first block of a chapter, without figures: those are drawn elsewhere."""
    block = PAGE.split(f"\n## {title}\n")[1].split("```")[1]
    return block.split("\n", 1)[1].replace("--figures key", "--figures none")


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder with sheets of two shards in ``studies``, and ``xenotrack`` on the path."""
    (tmp_path / "studies").mkdir()
    for name in ("s1", "s2"):
        (tmp_path / "studies" / f"{name}.csv").write_text(SHEET, encoding="utf-8")
    command = tmp_path / "bin" / "xenotrack"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m xenotrack "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def studies_done(results: Path) -> list[str]:
    """The folders of results, each of which must be whole."""
    made = sorted(results.glob("*/results.json"))
    assert all("tables" in json.loads(path.read_text(encoding="utf-8")) for path in made)
    return [path.parent.name for path in made]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("snakemake") is None, reason="snakemake is not installed")
def test_snakemake_does_every_study_and_again_only_what_changed(place) -> None:
    (place / "Snakefile").write_text(recipe("Snakemake"), encoding="utf-8")

    def snakemake() -> str:
        done = subprocess.run(
            ["snakemake", "--cores", "1"], capture_output=True, text=True, check=True
        )
        return done.stdout + done.stderr

    assert "3 of 3 steps" in snakemake()
    assert studies_done(place / "results") == ["s1", "s2"]
    assert "Nothing to be done" in snakemake()
    sheet = place / "studies" / "s2.csv"
    sheet.write_text(SHEET.replace("m0,vehicle,8,", "m0,vehicle,9,"), encoding="utf-8")
    assert "2 of 2 steps" in snakemake()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("nextflow") is None, reason="nextflow is not installed")
def test_nextflow_does_every_study(place) -> None:
    (place / "main.nf").write_text(recipe("Nextflow"), encoding="utf-8")
    subprocess.run(["nextflow", "run", "main.nf"], check=True, capture_output=True)
    assert studies_done(place / "results") == ["s1", "s2"]


@pytest.mark.slow
def test_each_task_of_the_slurm_script_does_its_share(place) -> None:
    script = recipe("SLURM").replace("/data/", f"{place}/").replace("/20", "/2")
    (place / "array.sh").write_text(script, encoding="utf-8")
    for task in ("1", "2"):
        subprocess.run(
            ["sh", "array.sh"],
            env={
                **os.environ,
                "SLURM_ARRAY_TASK_ID": task,
                "SLURM_ARRAY_TASK_COUNT": "1",  # as when one task is submitted again
                "SLURM_CPUS_PER_TASK": "1",
            },
            check=True,
            capture_output=True,
        )
        assert len(studies_done(place / "results")) == int(task)
