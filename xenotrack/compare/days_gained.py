"""Days gained without progression as a source of contrasts, by draws of every arm's curve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import combinations
from math import comb
from zlib import crc32

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource, Level, RawContrasts
from xenotrack.doubts import Doubt
from xenotrack.model.beta_product import DrawnCurve, draw_restricted_means
from xenotrack.model.progression import ProgressionFit
from xenotrack.model.restricted_mean import known_mean
from xenotrack.model.survival import SurvivalCurve

DRAWS = 20_000
FEWEST_DRAWS = 2_000
# Draws times events that an arm may cost; beyond, fewer draws of many events say enough.
MOST_STEPS = 4_000_000
# Draws times days of an arm whose curves are kept; those of more are drawn for each last day.
MOST_KEPT = 1_000_000
# The share of draws on each side that is put in order: limits of 90 % and of higher levels.
TAIL = 0.05
METHOD = "area under Kaplan–Meier from day 0; p and limits by mid beta products"


Kept = dict[tuple[tuple[int, int], int], DrawnCurve]


def days_gained(
    progression: ProgressionFit, kept: Kept | None = None, draws: int | None = None
) -> ContrastSource:
    """Contrasts of restricted means, up to the last day on which the arms are comparable.

    That day is each contrast's own, or the one of all arms of which one claim is made. Draws of
    the arms' curves are combined by weight; the interval lies between their quantiles, and p is
    twice the share of draws beyond 0, seen from the estimate. Draws ``kept`` serve every fit that
    has the same curves; ``draws`` are fewer where many studies are only counted.
    """
    drawn_curves: Kept = {} if kept is None else kept
    names = progression.design.arm_names
    seeds, draws = seeds_of(progression.curves), draws or n_draws(progression)

    def drawn_curve(arm: int) -> DrawnCurve | None:
        curve, key = progression.curves[arm], (seeds[arm], draws)
        if curve.days.size * draws > MOST_KEPT:
            return None
        if key not in drawn_curves:
            drawn_curves[key] = DrawnCurve(curve, draws, np.random.default_rng(seeds[arm]))
        return drawn_curves[key]

    @cache
    def area(arm: int, until: float) -> tuple[float, Floats]:
        curve = progression.curves[arm]
        mean = known_mean(curve, until).estimate
        if np.isnan(mean):
            return mean, np.empty(0)
        curves = drawn_curve(arm)
        if curves is not None:
            return mean, curves.areas(until)
        return mean, draw_restricted_means(curve, until, draws, np.random.default_rng(seeds[arm]))

    @cache  # contrasts are taken up to other days, each of its own
    def last_day(arms: tuple[str, ...]) -> float:
        return progression.last_day_shared_by(arms)

    @cache  # families ask for the same contrasts again, at other levels
    def drawn(weights: tuple[float, ...], until: float) -> Drawn | None:
        areas = [(weight, *area(arm, until)) for arm, weight in enumerate(weights) if weight]
        estimate = sum(weight * mean for weight, mean, _ in areas)
        if np.isnan(estimate) or not until > 0:
            return None
        first, *others = (weight * each for weight, _, each in areas)
        return Drawn(estimate, sum(others, first))

    def row(weights: Floats, until: float, level: float) -> tuple[float, ...]:
        found = drawn(tuple(weights.tolist()), until)
        if found is None:
            return (np.nan,) * 7
        return (found.estimate, found.spread, np.nan, np.nan, found.p_value, *found.limits(level))

    def source(shared: Sequence[str] = ()) -> ContrastSource:
        def contrast_of(weights: Floats, level: Level) -> RawContrasts:
            rows, weights = [], np.atleast_2d(weights)
            levels = np.broadcast_to(level, len(weights)).tolist()
            for each, own in zip(weights, levels, strict=True):
                arms = shared or [names[arm] for arm in np.flatnonzero(each)]
                rows.append(row(each, last_day(tuple(arms)), own))
            return RawContrasts(*np.array(rows, dtype=float).reshape(-1, 7).T)

        return ContrastSource(
            outcome="rmst_days",
            arms=names,
            contrast_of=contrast_of,
            method=METHOD,
            independent=True,
            days=lambda arms: (0.0, last_day(tuple(shared or arms))),
            why_withheld=lambda arms: why_withheld(progression, arms),
            narrowed=source,
        )

    return source()


def why_withheld(progression: ProgressionFit, arms: Sequence[str]) -> str:
    """Why days gained by the first of some arms over the others are not claimed: they have too few
    mice, or visits that are farther apart in one arm where days are those of visits."""
    names = progression.design.arm_names
    first, *others = (names.index(arm) for arm in arms if arm in names)
    if any(too_few_to_split(progression, first, other) for other in others):
        return "too-few-to-split"
    if progression.design.rules.progression.interpolate != "none":
        return ""
    unlike = any(progression.read_unlike(first, other) for other in others)
    return "schedules-differ" if unlike else ""


def n_splits(progression: ProgressionFit, first: int, second: int) -> int:
    """How many ways there are to deal the mice of two arms into arms of these sizes."""
    mice = [progression.curves[arm].n_mice for arm in (first, second)]
    return comb(sum(mice), mice[0])


def too_few_to_split(progression: ProgressionFit, first: int, second: int) -> bool:
    """Whether even of two arms that lie apart wholly every order of the mice is too likely.

    Of arms alike one in 10 studies of three mice an arm lies apart so, however far.
    """
    return not 2 / n_splits(progression, first, second) < 1 - progression.design.rules.compare.level


def doubt_few_splits(progression: ProgressionFit) -> Iterator[Doubt]:
    """That between some arms no days gained are claimed, as they have too few mice."""
    names, curves = progression.design.arm_names, progression.curves
    followed = [arm for arm, curve in enumerate(curves) if curve.n_mice]
    pairs = [pair for pair in combinations(followed, 2) if too_few_to_split(progression, *pair)]
    if pairs:
        few = sorted({arm for pair in pairs for arm in pair})
        mice = ", ".join(f"{names[arm]} {curves[arm].n_mice}" for arm in few)
        least = min(n_splits(progression, *pair) for pair in pairs) / 2
        rarely = 1 / (1 - progression.design.rules.compare.level)
        yield Doubt(
            "too-few-to-split",
            tuple(names[arm] for arm in few),
            "rmst_days",
            f"Arms of so few mice ({mice}) lie wholly apart by chance alone in up to 1 of "
            f"{least:.3g} studies: between two that do so in 1 of {rarely:.3g} or more no days "
            "gained are claimed.",
        )


def seeds_of(curves: Sequence[SurvivalCurve]) -> list[tuple[int, int]]:
    """The seed of each arm's draws: its curve, and how many arms before it have the same one.

    So neither what arms are called nor the presence of others moves a draw, and arms with the same
    curve are drawn apart.
    """
    seen: Counter[int] = Counter()
    seeds = []
    for curve in curves:
        steps = np.column_stack([curve.days, curve.n_at_risk, curve.n_events])
        digest = crc32(np.ascontiguousarray(steps, dtype=float).tobytes())
        seeds.append((digest, seen[digest]))
        seen[digest] += 1
    return seeds


def n_draws(progression: ProgressionFit) -> int:
    """Draws of each arm's curve."""
    most = max((int(curve.n_events.sum()) for curve in progression.curves), default=0)
    return int(np.clip(MOST_STEPS // (most + 1), FEWEST_DRAWS, DRAWS))


class Drawn:
    """Draws of one quantity around its estimate.

    >>> found = Drawn(2.0, np.array([2.0, -1, 3, 1]))
    >>> found.p_value, found.limits(0.5)
    (0.8, (-1.0, 3.0))
    """

    def __init__(self, estimate: float, draws: Floats) -> None:
        self.estimate, self.draws = estimate, draws

    @cached_property
    def spread(self) -> float:
        """Their standard deviation."""
        return float(self.draws.std())

    @cached_property
    def p_value(self) -> float:
        """Twice the share of draws that lie on the other side of 0, at most 1."""
        other = self.draws <= 0 if self.estimate >= 0 else self.draws >= 0
        return min(1.0, 2 * float(1 + np.count_nonzero(other)) / (1 + self.draws.size))

    def limits(self, level: float) -> tuple[float, float]:
        """The limits between which ``level`` of the draws lie.

        They exclude 0 exactly when p is at most 1 − level; too few draws leave them open.
        """
        if np.isnan(level):
            return np.nan, np.nan
        outside = int((1 - level) / 2 * (self.draws.size + 1) + 1e-9)
        if outside == 0:
            return -np.inf, np.inf
        lowest, highest = self._ends
        if outside > lowest.size:
            lowest = highest = np.sort(self.draws)
        return float(lowest[outside - 1]), float(highest[-outside])

    @cached_property
    def _ends(self) -> tuple[Floats, Floats]:
        """The lowest and the highest draws in rising order: to put all in order costs far more."""
        size = int(np.ceil(TAIL * self.draws.size))
        parted = np.partition(self.draws, [size - 1, self.draws.size - size])
        return np.sort(parted[:size]), np.sort(parted[-size:])
