"""One setting of a benchmark: its studies shared out among processes, or done bit by bit."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

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


def names_with(names: Iterable[str], words: Sequence[str]) -> list[str]:
    """The names in which one of some regular expressions is found; all where none is given."""
    return [name for name in names if not words or any(re.search(word, name) for word in words)]


def share(yes: pd.Series) -> str:
    """A share with its Monte-Carlo error, which is never 0."""
    rate, n = float(yes.mean()), len(yes)
    return f"{rate:.3f} ± {np.sqrt(max(rate * (1 - rate), 1 / n) / n):.3f}"


def print_rows(
    rows: Iterable[str],
    one_study: Callable[[str, int], Iterable[dict[str, object]]],
    summary: Callable[[pd.DataFrame], Iterable[str]],
) -> None:
    """The tables of a benchmark that is called by ``STUDIES [OUT.csv] [ROW ...]``."""
    studies = int(sys.argv[1])
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    names = names_with(rows, sys.argv[3:])
    print("\n".join(summary(rows_asked_for(names, studies, one_study, out))))


def rows_asked_for(
    names: Sequence[str],
    studies: int,
    one_study: Callable[[str, int], Iterable[dict[str, object]]],
    out: Path | None,
) -> pd.DataFrame:
    """The rows ``row, study, …`` of so many studies of each truth.

    What ``out`` holds is not made again, and it is written every twenty studies, so that a run may
    be stopped and go on.
    """
    table = pd.read_csv(out) if out is not None and out.exists() else pd.DataFrame()
    done = set(zip(table["row"], table["study"], strict=True)) if len(table) else set()
    for name in names:
        left = [number for number in range(studies) if (name, number) not in done]
        for first in range(0, len(left), 20):
            fresh = [row for number in left[first : first + 20] for row in one_study(name, number)]
            table = pd.concat([table, pd.DataFrame(fresh)], ignore_index=True)
            if out is not None:
                table.to_csv(out, index=False)
        print(f"{name}: {studies} studies", file=sys.stderr)
    return table[table["row"].isin(names)]
