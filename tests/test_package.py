"""What is installed is whole: the wheel, and the container's recipe by its steps."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECIPE = (ROOT / "Containerfile").read_text(encoding="utf-8")
SHEET = "mouse,arm,day,volume\n" + "".join(
    f"m{mouse},{'vehicle' if mouse < 3 else 'drug'},{day},{100 + (9 + mouse) * day}\n"
    for mouse in range(6)
    for day in (0, 4, 8)
)


def do(*command: object, cwd: Path = ROOT) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def works(venv: Path, folder: Path) -> None:
    """The command of an environment analyses a sheet, far from the source."""
    (folder / "s.csv").write_text(SHEET, encoding="utf-8")
    command = venv / "bin" / "xenotrack"
    said = do(command, "run", "s.csv", "-o", "out", "--figures", "key", cwd=folder)
    assert said.startswith("s:")
    page = (folder / "out" / "report.html").read_text(encoding="utf-8")
    assert "<style>" in page
    assert (folder / "out" / "figures" / "growth_by_arm.svg").is_file()
    assert "xenotrack" in do(command, "--version", cwd=folder)
    assert (venv / "share" / "man" / "man1" / "xenotrack.1").is_file()


@pytest.mark.slow
def test_the_wheel_holds_everything_that_the_command_needs(tmp_path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "docs", "xenotrack"):
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source / name)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    build = ("wheel", "-q", "--no-deps", "--no-index", "--no-build-isolation", "-w", tmp_path)
    do(*pip, *build, source)
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("xenotrack/")}
    there = {
        path.relative_to(source).as_posix()
        for path in (source / "xenotrack").rglob("*")
        if path.is_file()
    }
    assert packed == there
    venv = tmp_path / "venv"
    do(sys.executable, "-m", "venv", "--without-pip", venv)
    do(*pip, "--python", venv, "install", "-q", "--no-deps", "--no-index", wheel)
    # The dependencies are those of the tests; xenotrack itself is not on this path.
    (packages,) = venv.glob("lib/*/site-packages")
    lent = sysconfig.get_path("purelib")
    (packages / "lent.pth").write_text(f"import sys; sys.path.append({lent!r})\n", encoding="utf-8")
    works(venv, tmp_path)


@pytest.mark.slow
def test_the_steps_of_the_container_make_an_environment_that_works(tmp_path) -> None:
    build, final = RECIPE.split("\n\nFROM ")
    steps = re.findall(r"^(RUN|COPY) (.+)$", build, re.M)
    source = tmp_path / "source"
    source.mkdir()
    places = {"/wheels": tmp_path / "wheels", "/opt/xenotrack": tmp_path / "opt"}
    for kind, text in steps:
        if kind == "COPY":
            *names, to = text.split()
            for name in names:
                target = source / to / (Path(name).name if to.endswith("/") else "")
                target.parent.mkdir(parents=True, exist_ok=True)
                copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copy(ROOT / name, target)
            continue
        words = [sys.executable if word == "python" else word for word in text.split()]
        for place, here in places.items():
            words = [word.replace(place, str(here)) for word in words]
        try:
            do(*words, cwd=source)
        except AssertionError as error:
            if "pip" in words and "download" in words and "connection" in str(error).lower():
                pytest.skip("no package index answers")
            raise
    assert 'ENTRYPOINT ["xenotrack"]' in final
    works(places["/opt/xenotrack"], tmp_path)
