"""How often a difference in progression is claimed that is none, where mice leave for a reason.

Run: ``python tests/benchmarks/leaving_error_rates.py [studies] [rows.csv] [words]``. Prints the
table of docs/calibration.md, of the designs whose name ends with the words where some are given;
what ``rows.csv`` holds is not made again. The treated arm progresses as the
control does (or at twice its days, in rows of power) and is read at the same visits. A share of it
leaves: by chance, or for toxicity (those that would progress first, or last); for size, before the
rule is met, a share of both arms does. *Better* is a benefit claimed of the treated arm, *worse* a
harm; ``alone`` is p below .05 without the rule on toxicity.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from math import gamma
from pathlib import Path

import numpy as np
import pandas as pd
from parts import rows_asked_for

from xenotrack.arrays import Bools, Floats
from xenotrack.compare.composite import safe_from_toxicity
from xenotrack.compare.days_gained import days_gained
from xenotrack.compare.hazards import hazard_source
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.verdicts import BETTER, WORSE, what_it_shows
from xenotrack.model.progression import ProgressionFit, fit_mice
from xenotrack.study.design import Design

SEED, END, ALPHA, SHAPE = 20261130, 63.0, 0.05, 2.0
ARMS = ("vehicle", "A")
DESIGN = ["mice", "visit every", "leave", "share", "days"]
WORDS = ("alone", BETTER, WORSE)
KNOWN, EVENTS = "rmst_days_alone", ("0 events", "1 event", "2 and more")
MAKE = {"log_hazard": hazard_source, "rmst_days": days_gained}
LEAVING = (
    *(("nobody", 0.0), ("by chance", 0.25), ("by chance", 0.5)),
    *(("toxicity, the fastest", 0.5), ("toxicity, the slowest", 0.5), ("size", 0.5)),
)
DESIGNS = [
    *((n, 3.5, *why, 1.0) for n in (3, 5, 8, 12) for why in LEAVING),
    *((8, gap, *why, 1.0) for gap in (2.0, 7.0) for why in LEAVING),
    *((n, gap, *why, 2.0) for n in (5, 8) for gap in (2.0, 7.0) for why in LEAVING[:3:2]),
]
ROWS = {
    " | ".join(f"{each:g}" if isinstance(each, float | int) else each for each in row): row
    for row in DESIGNS
}


def leavers(random: np.random.Generator, day: Floats, why: str, share: float) -> Bools:
    """The mice that leave early: so many of them, whoever they are, or those of the rule."""
    count = random.binomial(len(day), share)
    order = {"toxicity, the fastest": np.argsort(day), "toxicity, the slowest": np.argsort(-day)}
    first = order.get(why, random.permutation(len(day)))[:count]
    return np.isin(np.arange(len(day)), first)


def arm_of(
    random: np.random.Generator, n: int, gap: float, why: str, share: float, mean: float
) -> pd.DataFrame:
    """One arm: progression between two visits, seen only while a mouse is there."""
    day = mean / gamma(1 + 1 / SHAPE) * random.weibull(SHAPE, n)
    leaves = leavers(random, day, why, share)
    # A large tumour meets the limit of size some days before it has doubled.
    early = day * random.uniform(0.6, 1, n) if why == "size" else random.uniform(3, 21, n)
    left = np.where(leaves, np.minimum(early, END), END)
    last, high = np.floor(left / gap) * gap, np.ceil(day / gap) * gap
    event = high <= last
    # A tumour that is taken out for its size counts as progressed, on the day on which it is.
    culled = leaves & ~event & (why == "size")
    fate = "toxicity" if why.startswith("toxicity") else "unrelated"
    low = np.where(event, high - gap, last)
    return pd.DataFrame(
        {
            "day_low": np.minimum(low, np.where(culled, left, np.inf)),
            "day_high": np.where(event, high, np.where(culled, left, np.nan)),
            "day": np.where(event, day, np.where(culled, left, last)),
            "event": event | culled,
            "fate": np.where(leaves & ~event & ~culled, fate, "end_of_study"),
        }
    )


def study_of(
    random: np.random.Generator, n: int, gap: float, why: str, share: float, longer: float
) -> ProgressionFit:
    """A study of two arms with its composite."""
    arms = [
        arm_of(random, n, gap, why, share if why == "size" else 0.0, 20.0).assign(arm="vehicle"),
        arm_of(random, n, gap, why, share, 20.0 * longer).assign(arm="A"),
    ]
    mice = pd.concat(arms, ignore_index=True)
    mice = mice.assign(mouse=mice.index.astype(str))
    design, gaps = Design.of_names("", ARMS), (gap, gap)
    toxic = mice["fate"] == "toxicity"
    both = mice.assign(
        event=mice["event"] | toxic, day_high=mice["day_high"].where(~toxic, mice["day"])
    )
    composite = fit_mice(both, design, gaps) if toxic.any() else None
    return replace(fit_mice(mice, design, gaps), composite=composite)


def one_study(name: str, number: int) -> Iterator[dict[str, object]]:
    """What is claimed of one study, and what would be without the rule on toxicity."""
    row = ROWS[name]
    random = np.random.default_rng((SEED, list(ROWS).index(name), number))
    study = study_of(random, *row)
    visits = study.mice.assign(day=study.mice["day_high"].fillna(study.mice["day"]))
    on_visits = fit_mice(visits, study.design).log_rank_of_pair(0, 1)
    found: dict[str, object] = {
        "row": name,
        "study": number,
        "events": int(study.curves[1].n_events.sum()),
        "visit_days": on_visits.p_value < ALPHA,
    }
    weights = np.array([[-1.0, 1.0]])
    for outcome, make in MAKE.items():
        fits = (study, study.composite, study.spared)
        made = {id(fit): make(fit) for fit in fits if fit is not None}
        alone = made[id(study)].contrast_of(weights, 1 - ALPHA)
        source = safe_from_toxicity(lambda fit, made=made: made[id(fit)], study)
        safe = source.contrast_of(weights, 1 - ALPHA)
        found[f"{outcome}_alone"] = bool(alone.p_value[0] < ALPHA)
        shows = what_it_shows(
            float(safe.estimate[0]),
            float(safe.p_value[0]),
            OUTCOMES[outcome].better,
            1 - ALPHA,
            source.why_withheld(ARMS[::-1]),
        )
        found |= {f"{outcome}_{word}": shows == word for word in (BETTER, WORSE)}
    yield found


def main(studies: int, out: Path | None, words: str) -> None:
    names = [name for name in ROWS if name.endswith(words)]
    rows = rows_asked_for(names, studies, one_study, out)
    design = pd.DataFrame(rows["row"].map(ROWS).tolist(), columns=DESIGN, index=rows.index)
    rows = pd.concat([design, rows.drop(columns="row")], axis=1)
    table(rows, ["leave", "share", "days"])
    table(rows, DESIGN)


def table(rows: pd.DataFrame, by: list[str]) -> None:
    """The share of studies of each claim, and of intervals that miss by the arm's events."""
    kinds = ["visit_days", *(f"{name}_{word}" for name in MAKE for word in WORDS)]
    missed = [f"{KNOWN}, {events}" for events in EVENTS]
    print(f"\n| {' | '.join([*by, 'studies', *kinds, *missed])} |")
    print("|" + " --- |" * (len(by) + 1 + len(kinds) + len(missed)))
    for name, own in rows.groupby(by, sort=False):
        events = own["events"].clip(upper=2)
        counts = [f"{own[KNOWN][events == k].sum()} of {(events == k).sum()}" for k in range(3)]
        shares = [f"{own[kind].mean():.3f}" for kind in kinds]
        print(f"| {' | '.join(map(str, [*name, len(own), *shares, *counts]))} |")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 400,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
        sys.argv[3] if len(sys.argv) > 3 else "",
    )
