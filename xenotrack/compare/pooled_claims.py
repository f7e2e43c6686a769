"""Every contrast over lines with what may be claimed of it, and the table ``pool``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.compare.contrasts import finite
from xenotrack.compare.line_contrasts import RATE, Factors, LineContrasts
from xenotrack.compare.multiplicity import holm_p
from xenotrack.compare.outcomes import OUTCOMES, Better
from xenotrack.compare.pooled import DIFFERENCE, EACH, GROUP, Pooled, farthest
from xenotrack.compare.pooling import pool_contrast
from xenotrack.compare.verdicts import claim_level, what_it_shows

HIDDEN = ("null", "limits", "next_line", "withheld")  # of a row, and no column


def pool(
    contrasts: Sequence[LineContrasts],
    factors: Factors,
    level: float,
    beside: Sequence[Pooled] = (),
) -> list[Pooled]:
    """Every contrast over all lines and by each factor, claims adjusted by Holm.

    Claims of one outcome and scope are adjusted over their arms, but for the primary contrast;
    ``beside`` are rows that were made otherwise.
    """
    rows = [row for one in contrasts for row in pool_contrast(one, factors, level)]
    rows += beside
    families: dict[tuple[str, str, str], list[int]] = {}
    for place, row in enumerate(rows):
        if row.is_claim and not row.primary:
            families.setdefault((row.outcome, row.scope, row.factor), []).append(place)
    for places in families.values():
        adjusted = holm_p(np.array([rows[place].p_value for place in places]))
        for place, p in zip(places, adjusted, strict=True):
            rows[place] = replace(rows[place], p_adjusted=float(p), adjustment="holm")
    return [judged(row, rows, level) for row in rows]


def judged(row: Pooled, rows: Sequence[Pooled], level: float) -> Pooled:
    """The row with the limits at its adjusted level, and with what it shows."""
    if not row.is_claim:
        return row
    p_adjusted = row.p_value if row.primary else row.p_adjusted
    own = claim_level(row.p_value, p_adjusted, level)
    at = own if np.isfinite(own) else level
    low, high = row.limits(at) if row.limits else farthest(rested_on(row, rows), at)
    better: Better = "lower" if row.outcome == RATE else OUTCOMES[row.outcome].better
    # Where all events are of one arm the estimate is infinite, and its sign is known.
    off = float(np.clip(row.estimate - row.null, -1e9, 1e9))
    shows = what_it_shows(off, p_adjusted, better, level, row.withheld)
    return replace(
        row, p_adjusted=p_adjusted, claim_low=low, claim_high=high, shows=worded(row, shows)
    )


def rested_on(row: Pooled, rows: Sequence[Pooled]) -> list[Pooled]:
    """The row itself, or the means of groups that a claim over each of them rests on."""
    if row.scope != EACH:
        return [row]
    key = (row.outcome, row.arm, row.against, row.factor, GROUP)
    return [
        one for one in rows if (one.outcome, one.arm, one.against, one.factor, one.scope) == key
    ]


def worded(row: Pooled, shows: str) -> str:
    """What a row shows: groups differ and none of them is better, an arm's rate is blocked or not.

    Better in each group is all that an intersection can show.
    """
    if row.scope == DIFFERENCE and shows in ("better", "worse"):
        return "differ"
    if row.scope == EACH and shows == "worse":
        return "not shown"
    if row.outcome == RATE and shows:
        return "blocked" if shows == "better" else "not shown"
    return shows


def pool_frame(rows: Sequence[Pooled]) -> pd.DataFrame:
    """The table ``pool``: a row a contrast and scope, empty where not applicable."""
    fields = [name for name in Pooled.__match_args__ if name not in HIDDEN]
    names = ["group" if name == "groups" else name for name in fields]
    frame = pd.DataFrame([{name: getattr(row, name) for name in names} for row in rows])
    frame = frame.reindex(columns=names)
    numbers = frame.select_dtypes("float").columns
    frame = frame.assign(**{str(name): finite(frame[name].to_numpy()) for name in numbers})
    texts = ("against", "factor", "group", "shows", "method")
    return frame.assign(**{name: frame[name].replace("", None).astype(object) for name in texts})
