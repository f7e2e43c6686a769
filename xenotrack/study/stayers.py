"""Mice that stayed in an arm that others left for the next phase: its comparator there."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from xenotrack.study.design import drugs_in_name
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger
from xenotrack.study.rules import ArmRule

# One or two mice that change their arm do not end the follow-up of all that do not.
_LEAST_SHARE = 0.25


def split_stayers(
    rows: pd.DataFrame, spans: pd.DataFrame, moved: pd.DataFrame, ledger: Ledger
) -> pd.DataFrame:
    """The rows with those of stayers, from the day on which others moved, in the next phase.

    In a study of "stay or add" mice of one arm are allocated anew: those that stay are compared
    with those that moved, from the same day and its baseline on. ``stayed`` marks their rows.
    """
    phase = rows["phase"].to_numpy(dtype=object).copy()
    stayed = np.zeros(len(rows), dtype=bool)
    moments = rows["moment"].to_numpy(dtype=float)
    for arm, turn, leavers, first in _departures(moved):
        others = spans[(spans["arm"] == arm) & ~spans["mouse"].isin(moved["mouse"])]
        low, high = float(first.min()), float(first.max())
        followed = others.loc[others["last"] >= low, "mouse"]
        if followed.empty or len(leavers) < _LEAST_SHARE * (len(leavers) + len(followed)):
            continue
        mine = rows["mouse"].isin(followed).to_numpy() & (rows["arm"] == arm).to_numpy()
        if high - low > _usual_gap(rows[mine]):
            _note_staggered(arm, low, high, len(followed), ledger)
            continue
        later = mine & (moments >= low)
        phase[later], stayed[later] = str(turn + 2), True
        ledger.note(
            "stayers-compared",
            f"{len(leavers)} mice left the arm {arm!r} on day {low:g}, and {len(followed)} stayed "
            f"in it: from that day on these are in phase {turn + 2} as well, in the arm {arm!r}.",
            "Nothing to do if mice were allocated anew on that day; else add a phase column.",
        )
    return with_columns(rows, phase=phase, stayed=stayed)


def mark_stayers(rows: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """The rows with ``stayed``: whether the mouse is still in its arm of the phase before.

    For sheets that name their phases.
    """
    own = rows.drop_duplicates(["mouse", "phase"]).set_index(["mouse", "phase"])["arm"]
    keys = pd.MultiIndex.from_frame(spans[["mouse", "phase"]])
    arms, mice = own.reindex(keys).reset_index(drop=True), spans["mouse"].reset_index(drop=True)
    same = ((mice == mice.shift()) & (arms == arms.shift())).to_numpy()
    written = pd.MultiIndex.from_frame(rows[["mouse", "phase"]])
    return with_columns(rows, stayed=written.isin(keys[same]))


def _departures(moved: pd.DataFrame) -> list[tuple[str, int, list[str], pd.Series]]:
    """Each arm and turn that several mice left, who they are, and when each was elsewhere first."""
    ordered = moved.sort_values(["mouse", "turn"], kind="stable")
    after = ordered["first"].shift(-1).where(ordered["mouse"] == ordered["mouse"].shift(-1))
    left = ordered.assign(after=after)[after.notna()]
    return [
        (str(key[0]), int(key[1]), of_arm["mouse"].tolist(), of_arm["after"])
        for key, of_arm in left.groupby(["arm", "turn"], sort=False)
        if len(of_arm) > 1
    ]


def _usual_gap(rows: pd.DataFrame) -> float:
    """The days between two visits of these mice."""
    visits = rows.loc[rows["measured"].to_numpy(dtype=bool), ["mouse", "moment"]].drop_duplicates()
    gaps = visits.sort_values(["mouse", "moment"]).groupby("mouse")["moment"].diff().dropna()
    return float(gaps.median()) if len(gaps) else 0.0


def _note_staggered(arm: str, low: float, high: float, n: int, ledger: Ledger) -> None:
    ledger.note(
        "stayers-not-split",
        f"Mice left the arm {arm!r} one by one, on days {low:g} to {high:g}: no day is known from "
        f"which the {n} that stayed could be compared with them.",
        "If mice were allocated anew as each progressed, name the phase of every row in a column "
        "phase; time in the arm before is censored where a mouse moved on.",
    )


def stayed_arm(taken: pd.DataFrame, declared: Mapping[str, ArmRule], ledger: Ledger) -> str | None:
    """The arm whose mice stayed where others were given something new, if no other is a control."""
    names = taken["arm"].unique().tolist()
    if "stayed" not in taken or any(not _drugs(name, declared) for name in names):
        return None
    stayed = taken.loc[taken["stayed"].eq(True), "arm"].unique().tolist()
    if len(stayed) != 1 or len(names) < 2:
        return None
    ledger.note(
        "control-stayed",
        f"No arm of this phase is without a drug: {stayed[0]!r}, whose mice stayed, was taken as "
        "its control.",
        "Nothing to do; else name it with --control, or for its phase: `controls = { … }` under "
        "[study].",
    )
    return str(stayed[0])


def _drugs(arm: str, declared: Mapping[str, ArmRule]) -> frozenset[str]:
    return frozenset(declared[arm].drugs) if arm in declared else drugs_in_name(arm)
