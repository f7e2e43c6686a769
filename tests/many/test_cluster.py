"""A Dask cluster does what processes of this machine do: the same bytes, and none is lost."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from types import SimpleNamespace

import pytest

from many.batches import held
from xenotrack.errors import InputError
from xenotrack.many import cluster
from xenotrack.many.asked import Asked
from xenotrack.many.cluster import (
    Cluster,
    Returned,
    difference,
    perform_away,
    put_results,
    versions,
)
from xenotrack.many.worker import FEW_LOOKS, Reply

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


def test_garbage_is_looked_for_as_before_once_a_study_is_done(
    sample, tmp_path, monkeypatch
) -> None:
    job = Asked(tables=("growth",)).job(Path(sample("two_arm.csv")), tmp_path / "two_arm")
    usual, during = gc.get_threshold(), []
    monkeypatch.setattr(cluster, "perform", lambda job: during.append(gc.get_threshold()[0]))
    perform_away(job, versions())
    assert during == [FEW_LOOKS]
    assert gc.get_threshold() == usual


class Lost:
    """A client whose scheduler goes at some time, and its one future, which ends as it is asked."""

    key, status = "a", "finished"

    def __init__(self, error: Exception, after: str) -> None:
        self.error, self.after = error, after
        self.client = SimpleNamespace(
            status="running", nthreads=dict, submit=lambda *job, pure: self
        )

    def add_done_callback(self, call: Callable[[Lost], None]) -> None:
        call(self)

    def result(self) -> Returned:
        self.client.status = self.after
        raise self.error


@pytest.mark.parametrize("error", [CancelledError(), ConnectionError("closed")])
def test_a_connection_lost_as_results_are_fetched_is_no_bug(sample, tmp_path, error) -> None:
    job = Asked(tables=("growth",)).job(Path(sample("two_arm.csv")), tmp_path / "two_arm")
    for after in ("running", "connecting"):
        future = Lost(error, after)
        workers = Cluster(future.client)
        workers.give("a", job)
        if after == "running":  # it is there, and the study is tried again
            assert [reply.kind for _, reply in workers.take(1.0)] == ["killed"]
            continue
        with pytest.raises(InputError, match="scheduler of the cluster is gone"):
            workers.take(1.0)
        with pytest.raises(InputError, match="scheduler of the cluster is gone"):
            workers.give("a", job)


def test_without_distributed_it_is_said_what_to_install(monkeypatch) -> None:
    from xenotrack.many import cluster

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install '\.\[dask\]'"), cluster.cluster("x", None):
        pass
