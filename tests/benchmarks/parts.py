"""One setting of a benchmark, its studies shared out among processes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import numpy as np

Setting = TypeVar("Setting")


def in_parts(
    pool: ProcessPoolExecutor,
    work: Callable[[Setting, int, int], np.ndarray],
    setting: Setting,
    n: int,
    seed: int,
    workers: int,
) -> np.ndarray:
    """The rows of ``work(setting, studies, seed)`` of each worker, one below the other."""
    parts = [pool.submit(work, setting, n // workers, seed + part) for part in range(workers)]
    return np.concatenate([part.result() for part in parts])
