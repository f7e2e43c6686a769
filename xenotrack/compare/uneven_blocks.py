"""Outcomes that know no blocks: where arms lie unevenly over blocks, no claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.compare.by_mouse import uneven_doubt
from xenotrack.compare.contrasts import ContrastSource, source_of
from xenotrack.doubts import Doubt
from xenotrack.model.estimates import ArmEstimates


def unless_uneven(
    source: ArmEstimates | ContrastSource, mice: pd.DataFrame
) -> tuple[ArmEstimates | ContrastSource, tuple[Doubt, ...]]:
    """The source of an outcome that is compared as if there were no blocks.

    ``mice`` has the arm and the block of each mouse. No claim of arms that lie so unevenly over
    blocks that a difference of blocks would look like one of arms.
    """
    if mice["block"].nunique() < 2 or are_even(mice, source.arms):
        return source, ()
    given = source_of(source) if isinstance(source, ArmEstimates) else source

    def why_withheld(arms: Sequence[str]) -> str:
        return given.why_withheld(arms) or ("" if are_even(mice, arms) else "uneven-blocks")

    return replace(given, why_withheld=why_withheld), (uneven_doubt([source.outcome]),)


def are_even(mice: pd.DataFrame, arms: Sequence[str]) -> bool:
    """Whether arms lie over blocks as evenly as their numbers allow: to one mouse a block.

    >>> mice = pd.DataFrame({"arm": list("aaaabbb"), "block": list("1122112")})
    >>> are_even(mice, ["a", "b"]), are_even(mice.assign(block=list("1111222")), ["a", "b"])
    (True, False)
    """
    own = mice[mice["arm"].isin(list(arms))]
    counts = pd.crosstab(own["arm"], own["block"]).to_numpy(dtype=float)
    total = counts.sum(axis=1)
    shares = counts / total[:, None]
    return bool(np.ptp(shares, axis=0).max(initial=0.0) * total.min(initial=np.inf) <= 1 + 1e-9)
