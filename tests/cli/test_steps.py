"""What ``run`` is at stands on a terminal, once it takes its time, and nowhere else."""

from __future__ import annotations

import os
import signal
import time
from select import select

import pytest

from xenotrack.cli import steps
from xenotrack.many.job import run_job


@pytest.fixture
def terminal():
    """A terminal to write to, and what was written to it."""
    ours, theirs = os.openpty()

    def written() -> str:
        data = b""
        while select([ours], [], [], 0.2)[0]:
            data += os.read(ours, 1 << 16)
        return data.decode()

    with os.fdopen(theirs, "w") as stream:
        yield stream, written
    os.close(ours)


def test_a_step_is_shown_when_it_takes_its_time_and_leaves_no_line(terminal, monkeypatch) -> None:
    stream, written = terminal
    monkeypatch.setattr(steps, "PATIENCE", 0.01)
    before = signal.getsignal(signal.SIGALRM)
    with steps.shown_steps(stream) as shown:
        shown.begin("Analysing a study")
        time.sleep(0.05)
        shown.around(lambda text: print(text, end="", file=stream, flush=True))("A doubt.")
    text = written()
    assert "Analysing a study … 0 s" in text
    assert text.endswith(f"{steps.CLEAR}A doubt.{steps.CLEAR}")
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


@pytest.mark.parametrize("hidden", [True, False])
def test_nothing_is_shown_to_who_is_quiet_or_of_what_is_quick(
    terminal, monkeypatch, hidden
) -> None:
    stream, written = terminal
    monkeypatch.setattr(steps, "PATIENCE", 0.01 if hidden else 3600.0)
    with steps.shown_steps(stream, hidden) as shown:
        shown.begin("Reading")
        time.sleep(0.03)
    assert written() == ""


def test_a_pipe_hears_of_no_step(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(steps, "PATIENCE", 0.01)
    with (tmp_path / "said").open("w") as stream, steps.shown_steps(stream) as shown:
        shown.begin("Reading")
        time.sleep(0.03)
    assert (tmp_path / "said").read_text() == ""


def test_a_run_tells_its_steps_in_their_order(tmp_path) -> None:
    from xenotrack.many.asked import Asked

    rows = "".join(
        f"m{mouse},{'vehicle' if mouse < 3 else 'drug'},{day},{100 + (9 + mouse) * day}\n"
        for mouse in range(6)
        for day in (0, 4, 8)
    )
    sheet = tmp_path / "s.csv"
    sheet.write_text(f"mouse,arm,day,volume\n{rows}", encoding="utf-8")
    told: list[str] = []
    run_job(Asked().job(sheet, tmp_path / "out"), lambda text: None, begin=told.append)
    assert told == ["Reading", "Analysing s", "Writing s"]
