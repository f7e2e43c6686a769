"""How often a pool over lines is wrong: coverage of the mean, of the next line, false claims.

    python tests/benchmarks/pool_error_rates.py [STUDIES] [SEED] [WORDS...]

With words only the rows whose name has one of them.

Simulated at the level of the lines' contrasts, where it is exact: each estimate is normal about the
line's own truth, its variance is known as a χ² of 2 (n − 1) degrees of freedom, n mice an arm.
Panels are simulated at the level of mice, whose rates are then read from their volumes. SDs are in
units of the standard error of a line of eight mice; an effect of a drug on growth is about five of
them. ± is one Monte-Carlo standard error.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.compare.line_contrasts import LineContrasts
from xenotrack.compare.panel import panel_contrasts
from xenotrack.compare.pooled import ALL, DIFFERENCE, EACH, Pooled
from xenotrack.compare.pooled_claims import pool

USUAL = 8
UNEQUAL = (4, 16, 6, 8)
EFFECT = 5.0
LEVEL = 0.95
UNIT = 0.006  # per day: the standard error of a line of eight mice
MOUSE = np.sqrt(USUAL / 2)  # the SD of mice, in such units
ARMS = ("vehicle", "A")


@dataclass(frozen=True)
class Setting:
    """Lines with these mice an arm, and the SD ``tau`` between them; ``panel``: mice a cell.

    ``groups``: two groups, of which the second alone has an effect.
    """

    lines: int
    tau: float
    mice: tuple[int, ...] = (USUAL,)
    panel: tuple[int, ...] = ()
    groups: bool = False

    @property
    def name(self) -> str:
        each = "/".join(map(str, self.panel or self.mice))
        mice = "mouse" if self.panel == (1,) else "mice"
        kind = f"{each} {mice} a cell" if self.panel else f"{each} mice an arm"
        groups = ", in two groups" if self.groups else ""
        return f"{self.lines} lines{groups}, {kind}, τ {self.tau:g}"


SETTINGS = (
    *(
        Setting(k, tau, mice)
        for k in (2, 3, 5, 10)
        for mice in ((USUAL,), UNEQUAL)
        for tau in (0.0, 1.0, EFFECT / 2, EFFECT)
    ),
    *(Setting(k, 1.0, (4,)) for k in (5, 10)),
    *(Setting(k, tau, panel=(1,)) for k in (6, 12, 40) for tau in (0.0, EFFECT / 2, EFFECT)),
    *(
        Setting(k, tau, panel=cells)
        for k in (6, 12)
        for cells in ((2,), (1, 2, 1, 3, 2))
        for tau in (0.0, EFFECT / 2, EFFECT)
    ),
    *(Setting(k, tau, groups=True) for k in (4, 10) for tau in (0.0, 1.0)),
    *(
        Setting(12, tau, panel=cells, groups=True)
        for cells in ((1,), (1, 2, 1, 3, 2))
        for tau in (0.0, EFFECT / 2)
    ),
)


def draw(setting: Setting, rng: np.random.Generator) -> tuple[LineContrasts, float]:
    """A contrast of every line without an effect, and the truth of the next line."""
    k = setting.lines
    if setting.panel:
        return draw_panel(setting, rng)
    mice = np.resize(setting.mice, k)
    variance = USUAL / mice
    df = 2.0 * (mice - 1)
    truth = rng.normal(0, setting.tau, k)
    if setting.groups:
        truth[k // 2 :] -= EFFECT
    estimate = truth + rng.normal(size=k) * np.sqrt(variance)
    known = np.sqrt(variance * rng.chisquare(df) / df)
    one = LineContrasts(
        *("growth_rate", "A", "vehicle", tuple(f"L{line}" for line in range(k)), estimate),
        *(known, df, np.zeros(k), np.full(k, 28.0)),
    )
    return one, float(rng.normal(0, setting.tau))


def draw_panel(setting: Setting, rng: np.random.Generator) -> tuple[LineContrasts, float]:
    """A panel of mice without an effect: lines differ in how fast they grow, and in the drug's."""
    sizes = iter(np.resize(setting.panel, 2 * setting.lines))
    readings = {}
    for line in range(setting.lines):
        shift = rng.normal(0, 2 * MOUSE)
        of_drug = rng.normal(0, setting.tau)
        of_drug -= EFFECT * (setting.groups and line >= setting.lines // 2)
        rows = []
        for arm in ARMS:
            for mouse in range(next(sizes)):
                rate = UNIT * (shift + of_drug * (arm == "A") + rng.normal(0, MOUSE))
                rows += [(f"{arm}{mouse}", arm, day, np.exp(5 + rate * day)) for day in (0, 28)]
        readings[f"L{line}"] = pd.DataFrame(rows, columns=["mouse", "arm", "day", "volume_mm3"])
    # The first of them is that of growth rates; the others are not made.
    one = next(panel_contrasts(readings, ARMS, "vehicle", 0.01))
    return one, UNIT * float(rng.normal(0, setting.tau))


def measured(setting: Setting, studies: int, seed: int) -> dict[str, list[bool]]:
    rng = np.random.default_rng(
        [seed, setting.lines, int(10 * setting.tau), *setting.mice, *setting.panel]
    )
    k = setting.lines
    halves = {"none": [f"L{i}" for i in range(k // 2)], "all": [f"L{i}" for i in range(k // 2, k)]}
    found: dict[str, list[bool]] = {
        name: [] for name in ("mean", "false", "next", "difference", "each")
    }
    for _ in range(studies):
        one, next_line = draw(setting, rng)
        rows = {
            row.scope: row for row in pool([one], {"F": halves} if setting.groups else {}, LEVEL)
        }
        add(found, rows, next_line, setting)
    return found


def add(
    found: dict[str, list[bool]], rows: dict[str, Pooled], next_line: float, setting: Setting
) -> None:
    """Whether the intervals of one study hold the truth, and what it claims."""
    if setting.groups:
        # No effect in one group: "in each" is false of both signs; the difference is EFFECT.
        effect = EFFECT * (UNIT if setting.panel else 1.0)
        found["each"].append(rows[EACH].p_value < 1 - LEVEL)
        row = rows[DIFFERENCE]
        found["difference"].append(row.conf_low <= effect <= row.conf_high)
        return
    row = rows[ALL]
    found["mean"].append(row.conf_low <= 0 <= row.conf_high)
    found["false"].append(row.p_value < 1 - LEVEL)
    if np.isfinite(row.predict_low):
        found["next"].append(row.predict_low <= next_line <= row.predict_high)


def share(hits: list[bool]) -> str:
    """A share with its Monte-Carlo error."""
    if not hits:
        return "–"
    mean = float(np.mean(hits))
    return f"{mean:.3f} ± {np.sqrt(max(mean * (1 - mean), 1 / len(hits)) / len(hits)):.3f}"


def main() -> None:
    studies = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 20261129
    heads = ("lines", "studies", "mean holds", "false claims", "next line holds")
    print(f"| {' | '.join((*heads, 'difference holds', 'false in each'))} |")
    print("|---|---|---|---|---|---|---|")
    words = sys.argv[3:] or [""]
    for setting in (one for one in SETTINGS if any(word in one.name for word in words)):
        found = measured(setting, studies, seed)
        cells = (share(found[name]) for name in ("mean", "false", "next", "difference", "each"))
        print(f"| {setting.name} | {studies} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
