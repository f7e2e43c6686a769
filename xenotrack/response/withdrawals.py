"""Reasons to doubt times to progression: who could not be judged, who left early and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from xenotrack.doubts import Doubt
from xenotrack.response.weight import has_lost, weight_changes
from xenotrack.study.study import Study

NO_TUMOUR_YET = "a baseline below the limit of measurement"
NAMED_AT_MOST = 6
# Two mice of ten: below it, the arms of a small study differ by chance alone.
SHARES_DIFFER = 0.2
HEAVY_LOSS = 15.0  # percent of body weight, the usual mark of treatment-related loss


def name_mice(mice: Iterable[object]) -> str:
    """A few mice by name, the rest by number.

    >>> name_mice(["m1", "m2"])
    'm1, m2'
    >>> name_mice(range(9))
    '0, 1, 2, 3, 4, 5 and 3 more'
    """
    names = [str(mouse) for mouse in mice]
    rest = len(names) - NAMED_AT_MOST
    return ", ".join(names[:NAMED_AT_MOST]) + (f" and {rest} more" if rest > 0 else "")


def count_mice(number: int) -> str:
    """
    >>> count_mice(1), count_mice(3)
    ('1 mouse', '3 mice')
    """
    return f"{number} mouse" if number == 1 else f"{number} mice"


def progression_doubts(study: Study, mice: pd.DataFrame) -> tuple[Doubt, ...]:
    """Every doubt about the times to progression of a study.

    ``mice`` has a row a mouse, judged or not, with ``unconfirmed``, whether its event is that it
    ``left``, and the ``reason`` why a mouse cannot be judged.
    """
    judged = mice[mice["reason"] == ""].merge(
        study.mice[["mouse", "last_day", "baseline_late"]], on="mouse"
    )
    end = float(study.readings["day"].max())
    unexplained = _unexplained(judged, end) & ~judged["mouse"].isin(study.moved_on)
    return (
        *_not_evaluable(mice),
        *_late_baselines(judged),
        *_without_follow_up(judged),
        *_unconfirmed_crossings(judged),
        *_too_large_before(study, judged),
        *_unknown_fates(judged[unexplained], len(judged)),
        *_losses_before_leaving(study, judged[unexplained]),
        *_differing_withdrawals(study, judged, unexplained),
    )


def visit_gaps(study: Study) -> tuple[float, ...]:
    """The usual days between two readings of an arm's mice, in the design's order; NaN without."""
    days = study.readings.groupby(["arm", "mouse"], sort=False)["day"].agg(
        ["min", "max", "nunique"]
    )
    days = days[days["nunique"] > 1]
    gaps = ((days["max"] - days["min"]) / (days["nunique"] - 1)).groupby("arm").median()
    return tuple(float(gaps.get(arm, np.nan)) for arm in study.design.arm_names)


def _unexplained(judged: pd.DataFrame, end: float) -> pd.Series:
    undocumented = judged["fate"].isna() | judged["fate"].isin(["unknown", ""])
    return ~judged["event"] & undocumented & (judged["last_day"] < end)


def _not_evaluable(mice: pd.DataFrame) -> Iterator[Doubt]:
    left_out = mice[mice["reason"] != ""]
    # Most of them: a study of when tumours appear, which a multiple of nothing cannot judge.
    awaited = (mice["reason"] == NO_TUMOUR_YET).sum() > len(mice) / 2
    hint = " Ask when a tumour appears: --rule absolute --value 30." if awaited else ""
    for reason, group in left_out.groupby("reason", sort=False):
        yield Doubt(
            "not-evaluable",
            (),
            "progression",
            f"{count_mice(len(group))} cannot be judged for progression ({reason}): "
            f"{name_mice(group['mouse'])}.{hint if reason == NO_TUMOUR_YET else ''}",
        )


def _late_baselines(judged: pd.DataFrame) -> Iterator[Doubt]:
    late = judged[judged["baseline_late"]]
    if len(late):
        yield Doubt(
            "late-baseline",
            (),
            "progression",
            f"{count_mice(len(late))} had no reading up to day 0; the first one stands for the "
            f"baseline: {name_mice(late['mouse'])}.",
        )


def _without_follow_up(judged: pd.DataFrame) -> Iterator[Doubt]:
    unseen = judged[~(judged["last_day"] > 0) & ~judged["event"]]
    if len(unseen):
        yield Doubt(
            "no-follow-up",
            (),
            "progression",
            f"{count_mice(len(unseen))} had no reading after day 0 and count as censored there: "
            f"{name_mice(unseen['mouse'])}.",
        )


def _unconfirmed_crossings(judged: pd.DataFrame) -> Iterator[Doubt]:
    unconfirmed = judged[judged["unconfirmed"]]
    if len(unconfirmed):
        yield Doubt(
            "unconfirmed-crossing",
            (),
            "progression",
            f"{count_mice(len(unconfirmed))} met the rule at the last reading only and count as "
            f"censored at the one before: {name_mice(unconfirmed['mouse'])}.",
        )


def _too_large_before(study: Study, judged: pd.DataFrame) -> Iterator[Doubt]:
    """Arms whose mice count as progressed because they left for tumour size."""
    large = judged[judged["left"]]
    if large.empty:
        return
    arms = [arm for arm in study.design.arm_names if (large["arm"] == arm).any()]
    counts = ", ".join(
        f"{arm} {(large['arm'] == arm).sum()} of {(judged['arm'] == arm).sum()}" for arm in arms
    )
    yield Doubt(
        "size-before-the-rule",
        tuple(arms),
        "progression",
        f"Mice left for tumour size before they met the rule, and count as progressed on that day: "
        f"{counts}.",
    )


def _unknown_fates(unexplained: pd.DataFrame, n_mice: int) -> Iterator[Doubt]:
    if len(unexplained):
        yield Doubt(
            "unknown-fate",
            (),
            "progression",
            f"{len(unexplained)} of {n_mice} mice were last measured before the study's last "
            "day, nobody says why, and count as censored: "
            f"{name_mice(unexplained['mouse'])}.",
        )


def _losses_before_leaving(study: Study, unexplained: pd.DataFrame) -> Iterator[Doubt]:
    """Mice that were last weighed as lean as mice that are taken out for it."""
    if unexplained.empty:
        return
    last = weight_changes(study).drop_duplicates("mouse", keep="last")
    lost = last[
        has_lost(last["change_percent"], HEAVY_LOSS) & last["mouse"].isin(unexplained["mouse"])
    ]
    if len(lost):
        yield Doubt(
            "loss-before-leaving",
            (),
            "weight",
            f"{count_mice(len(lost))} left having lost {HEAVY_LOSS:g} % of body weight or more, "
            f"and nobody says why: {name_mice(lost['mouse'])}. Those that were taken out for it "
            "left for toxicity: say so in the fate column.",
        )


def _differing_withdrawals(
    study: Study, judged: pd.DataFrame, unexplained: pd.Series
) -> Iterator[Doubt]:
    stated = judged["fate"].isin(["tumor_size", "toxicity", "unrelated", "technical"])
    withdrawn = unexplained | (stated & ~judged["event"])
    by_arm = withdrawn.groupby(judged["arm"]).agg(["sum", "size"])
    by_arm = by_arm.reindex([arm for arm in study.design.arm_names if arm in by_arm.index])
    share = by_arm["sum"] / by_arm["size"]
    if withdrawn.sum() > 1 and np.ptp(share.to_numpy()) > SHARES_DIFFER:
        counts = ", ".join(f"{arm} {row['sum']} of {row['size']}" for arm, row in by_arm.iterrows())
        yield Doubt(
            "withdrawals-differ",
            (),
            "progression",
            f"The share of mice that left before they progressed differs between arms ({counts}): "
            "if treatment made them leave, time to progression says too much there.",
        )
