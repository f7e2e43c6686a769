"""A Dask cluster does what processes of this machine do: the same bytes, and none is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from many.batches import held
from xenotrack.errors import InputError
from xenotrack.many.asked import Asked
from xenotrack.many.cluster import Returned, difference, perform_away, put_results, versions
from xenotrack.many.worker import Reply

ASKED = ("--tables", "growth")


def test_a_study_comes_back_as_it_would_have_been_written_here(ask, sample, tmp_path) -> None:
    job = Asked(tables=("growth",)).job(Path(sample("two_arm.csv")), tmp_path / "away" / "two_arm")
    returned = perform_away(job, versions())
    assert not job.folder.exists()  # it was done elsewhere
    assert put_results(job, returned) == Reply("done")
    ask("batch", sample("two_arm.csv"), "-o", tmp_path / "here", *ASKED, code=0)
    assert held(tmp_path / "away") == held(tmp_path / "here")


def test_a_worker_of_other_versions_refuses(sample, tmp_path) -> None:
    job = Asked(tables=("growth",)).job(Path(sample("two_arm.csv")), tmp_path / "two_arm")
    returned = perform_away(job, {**versions(), "pandas": "9.9"})
    assert returned == Returned(returned.reply, {})
    assert "pandas" in returned.reply.message
    assert put_results(job, returned).kind == "unwritten"
    assert not job.folder.exists()
    assert difference(versions(), versions()) is None


def test_without_distributed_it_is_said_what_to_install(monkeypatch) -> None:
    from xenotrack.many import cluster

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install '\.\[dask\]'"), cluster.cluster("x", None):
        pass
