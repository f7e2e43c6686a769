"""How often panels claim hazards, days, responders or weight of a drug that does nothing.

    python tests/benchmarks/panel_error_rates.py [STUDIES] [SEED] [WORDS...]

With words only the rows whose name has one of them.

Lines differ in how fast they grow (SD 0.024 per day) and in what the drug does to them (SD τ, in
units of 0.006 per day), to one side as often as to the other: arms of a line could be swapped. Mice
of one cell differ by 0.012. A mouse progresses on the first visit (twice a week, up to day 28) at
twice its volume, responds where its rate is below 0.01 per day, and leaves before in one of seven.
Weight has spreads of its own, of the same proportions. ± is one Monte-Carlo standard error.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys

import numpy as np
import pandas as pd
from pool_error_rates import ARMS, EFFECT, LEVEL, MOUSE, UNIT, Setting, share

from xenotrack.compare.panel_components import PanelTables, panel_components
from xenotrack.compare.panel_hazards import panel_hazards
from xenotrack.compare.pooled import ALL, DIFFERENCE
from xenotrack.compare.pooled_claims import pool

OUTCOMES = ("log_hazard", "rmst_days", "response_rate", "net_weight")
LAST, VISIT, MEAN, FEW = 28.0, 3.5, 0.04, 0.01
SETTINGS = (
    Setting(12, 0.0, panel=(1,)),
    Setting(6, EFFECT / 2, panel=(1,)),
    *(Setting(12, EFFECT / 2, panel=cells) for cells in ((1,), (2,), (1, 2, 1, 3, 2))),
)


def draw(setting: Setting, rng: np.random.Generator) -> PanelTables:
    """A panel whose two arms are alike."""
    sizes = iter(np.resize(setting.panel, 2 * setting.lines))
    responses, times, weights = {}, {}, {}
    for line in range(setting.lines):
        level, drug = rng.normal(0, 2 * MOUSE, 2), rng.normal(0, setting.tau, 2)
        mice = [(arm, mouse) for arm in ARMS for mouse in range(next(sizes))]
        rows = [_mouse(f"{arm}{mouse}", arm, level, drug, rng) for arm, mouse in mice]
        response, time, weight = zip(*rows, strict=True)
        responses[f"L{line}"], times[f"L{line}"] = pd.DataFrame(response), pd.DataFrame(time)
        weights[f"L{line}"] = pd.DataFrame([row for own in weight for row in own])
    return PanelTables(responses, times, weights)


def _mouse(
    name: str, arm: str, level: np.ndarray, drug: np.ndarray, rng: np.random.Generator
) -> tuple[dict[str, object], dict[str, object], list[dict[str, object]]]:
    side = 0.5 if arm == ARMS[1] else -0.5
    own = level + side * drug + rng.normal(0, MOUSE, 2)
    rate = MEAN + UNIT * own[0]
    left = VISIT * rng.integers(2, 8) if rng.random() < 1 / 7 else LAST
    day = VISIT * np.ceil(np.log(2) / rate / VISIT) if rate > 0 else np.inf
    event = bool(day <= left)
    end = float(min(day, left))
    head = {"mouse": name, "arm": arm}
    response = {
        **head,
        "mrecist": "PR" if rate < FEW else "PD",
        "progressed": event,
        "progression_day": end if event else np.nan,
        "last_day": left,
    }
    low, high = (end - VISIT, end) if event else (end, np.nan)
    time = {**head, "day_low": low, "day_high": high, "day": end, "event": event, "fate": None}
    days = (0.0, 14.0, LAST)
    weight = [{**head, "day": day, "change_percent": 0.2 * own[1] * day / LAST} for day in days]
    return response, time, weight


def measured(setting: Setting, studies: int, seed: int) -> dict[str, list[bool]]:
    rng = np.random.default_rng([seed, setting.lines, int(10 * setting.tau), *setting.panel])
    half = [f"L{line}" for line in range(setting.lines)]
    factors = {"F": {"a": half[::2], "b": half[1::2]}}
    found: dict[str, list[bool]] = {name: [] for name in (*OUTCOMES, "difference")}
    for _ in range(studies):
        tables = draw(setting, rng)
        hazards = panel_hazards(tables.response, ARMS, ARMS[0], factors, LEVEL)
        rows = pool(list(panel_components(tables, ARMS, ARMS[0], LEVEL)), {}, LEVEL, tuple(hazards))
        claims = {(row.outcome, row.scope): row.p_value < 1 - LEVEL for row in rows}
        for name in OUTCOMES:
            found[name].append(bool(claims.get((name, ALL), False)))
        found["difference"].append(bool(claims.get(("log_hazard", DIFFERENCE), False)))
    return found


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261130
    heads = ("lines", "studies", "hazard", "days gained", "responders", "weight")
    print(f"| {' | '.join((*heads, 'hazards of two groups differ'))} |")
    print("|---|---|---|---|---|---|---|")
    words = sys.argv[3:] or [""]
    for setting in (one for one in SETTINGS if any(word in one.name for word in words)):
        found = measured(setting, studies, seed)
        cells = (share(found[name]) for name in (*OUTCOMES, "difference"))
        print(f"| {setting.name} | {studies} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
