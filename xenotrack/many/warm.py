"""Loads what every study needs, once for all workers: they are forked from who imported this."""

from __future__ import annotations

import xenotrack.many.worker
import xenotrack.present.collect
import xenotrack.present.folder
import xenotrack.present.part
import xenotrack.present.report
import xenotrack.present.results
import xenotrack.present.sources
import xenotrack.present.summary
import xenotrack.present.tell.whole
import xenotrack.study.ingest  # noqa: F401
