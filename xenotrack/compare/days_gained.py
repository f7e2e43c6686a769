"""Days gained without progression as a source of contrasts, by draws of every arm's curve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache, cached_property, partial
from zlib import crc32

import numpy as np
from scipy.special import ndtr, ndtri

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource, Level, RawContrasts
from xenotrack.model.beta_product import DrawnCurve, draw_restricted_means
from xenotrack.model.progression import DRAWS_OF_DAYS, ProgressionFit
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
METHOD = (
    "area under Kaplan–Meier from day 0; limits by mid beta products, p of two arms the larger of "
    "theirs and that of the permutation of pseudo-values, with which the limits agree"
)
NOT_ESTIMABLE = (np.nan,) * 7

Kept = dict[tuple[tuple[int, int], int], DrawnCurve]


def days_gained(
    progression: ProgressionFit, kept: Kept | None = None, draws: int | None = None
) -> ContrastSource:
    """Contrasts of restricted means, up to the last day on which the arms are comparable.

    That day is each contrast's own, or the one of all arms of which one claim is made. Draws of
    the arms' curves are combined by weight; the interval lies between their quantiles, and p is
    twice the share of draws beyond 0, seen from the estimate. Where days spread widely that is too
    sure of few mice: p of two arms is at least that of the permutation of their mice (see
    ``Drawn``). Draws ``kept`` serve every fit that has the same curves; ``draws`` are fewer where
    many studies are only counted.
    """
    return _DaysOfArms(progression, {} if kept is None else kept, draws).source()


class _DaysOfArms:
    """Restricted means of a study's arms with their draws, each worked out once.

    Families ask for the same contrasts again, at other levels and up to other days.
    """

    def __init__(self, progression: ProgressionFit, kept: Kept, draws: int | None) -> None:
        self.progression, self.kept = progression, kept
        self.names = progression.design.arm_names
        self.seeds = seeds_of(progression.curves)
        self.draws = draws or n_draws(progression)
        self.splits = min(draws or DRAWS_OF_DAYS, DRAWS_OF_DAYS)
        self.last_day = cache(progression.last_day_shared_by)
        self.area, self.drawn = cache(self._area), cache(self._drawn)

    def source(self, shared: Sequence[str] = ()) -> ContrastSource:
        """Contrasts up to their own last days, or up to the one that the ``shared`` arms have."""
        return ContrastSource(
            outcome="rmst_days",
            arms=self.names,
            contrast_of=partial(self._contrasts, shared),
            method=METHOD,
            independent=True,
            days=lambda arms: (0.0, self.last_day(tuple(shared or arms))),
            why_withheld=partial(why_withheld, self.progression),
            narrowed=self.source,
        )

    def _contrasts(self, shared: Sequence[str], weights: Floats, level: Level) -> RawContrasts:
        rows, weights = [], np.atleast_2d(weights)
        levels = np.broadcast_to(level, len(weights)).tolist()
        for each, own in zip(weights, levels, strict=True):
            arms = shared or [self.names[arm] for arm in np.flatnonzero(each)]
            found = self.drawn(tuple(each.tolist()), self.last_day(tuple(arms)))
            rows.append(NOT_ESTIMABLE if found is None else found.row(own))
        return RawContrasts(*np.array(rows, dtype=float).reshape(-1, 7).T)

    def _drawn(self, weights: tuple[float, ...], until: float) -> Drawn | None:
        areas = [(weight, *self.area(arm, until)) for arm, weight in enumerate(weights) if weight]
        estimate = sum(weight * mean for weight, mean, _ in areas)
        if np.isnan(estimate) or not until > 0:
            return None
        first, *others = (weight * each for weight, _, each in areas)
        return Drawn(estimate, sum(others, first), self._permuted(weights, until), until)

    def _permuted(self, weights: tuple[float, ...], until: float) -> float:
        """p of the permutation of two arms' mice; 0 of any other contrast."""
        if sorted(weight for weight in weights if weight) != [-1.0, 1.0]:
            return 0.0
        pair = weights.index(-1.0), weights.index(1.0)
        return self.progression.days_test_of_pair(*pair, until, self.splits).p

    def _area(self, arm: int, until: float) -> tuple[float, Floats]:
        curve = self.progression.curves[arm]
        mean = known_mean(curve, until).estimate
        if np.isnan(mean):
            return mean, np.empty(0)
        if curve.days.size * self.draws <= MOST_KEPT:
            return mean, self._kept_curve(arm).areas(until)
        return mean, draw_restricted_means(curve, until, self.draws, self._rng(arm))

    def _kept_curve(self, arm: int) -> DrawnCurve:
        key = (self.seeds[arm], self.draws)
        if key not in self.kept:
            curve = self.progression.curves[arm]
            self.kept[key] = DrawnCurve(curve, self.draws, self._rng(arm))
        return self.kept[key]

    def _rng(self, arm: int) -> np.random.Generator:
        return np.random.default_rng(self.seeds[arm])


def why_withheld(progression: ProgressionFit, arms: Sequence[str]) -> str:
    """Why days gained by the first of some arms over the others are not claimed: they did not begin
    alike, or visits are farther apart in one arm, where days are those of visits."""
    apart = progression.why_withheld(arms)
    if apart:
        return apart
    names = progression.design.arm_names
    first, *others = (names.index(arm) for arm in arms if arm in names)
    if progression.design.rules.progression.interpolate != "none":
        return ""
    unlike = any(progression.read_unlike(first, other) for other in others)
    return "schedules-differ" if unlike else ""


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
    """Draws of one quantity around its estimate, and the least p that it may have.

    Draws of a curve know how many mice there are, and not how far from the days of these mice
    those of others may lie: where days spread widely p of the draws alone is below .05 in up to
    17 % of studies of arms alike. A quantity lies within ±``most``.

    >>> found = Drawn(2.0, np.array([2.0, -1, 3, 1]))
    >>> found.p_value, found.limits(0.5)
    (0.8, (-1.0, 3.0))
    >>> Drawn(2.0, np.array([2.0, 1, 3, 1]), least=1.0, most=9.0).limits(0.5)
    (-9.0, 3.0)
    """

    def __init__(
        self, estimate: float, draws: Floats, least: float = 0.0, most: float = np.inf
    ) -> None:
        self.estimate, self.draws, self.least, self.most = estimate, draws, least, most

    def row(self, level: float) -> tuple[float, ...]:
        """The columns of ``RawContrasts``: df and statistic are empty, as p is no tail of a law."""
        return self.estimate, self.spread, np.nan, np.nan, self.p_value, *self.limits(level)

    @cached_property
    def spread(self) -> float:
        """Their standard deviation."""
        return float(self.draws.std())

    @cached_property
    def p_value(self) -> float:
        """Twice the share of draws that lie on the other side of 0, from ``least`` to 1."""
        return max(self.least, self._p_of_draws)

    @cached_property
    def _p_of_draws(self) -> float:
        other = self.draws <= 0 if self.estimate >= 0 else self.draws >= 0
        return min(1.0, 2 * float(1 + np.count_nonzero(other)) / (1 + self.draws.size))

    def limits(self, level: float) -> tuple[float, float]:
        """The limits between which ``level`` of the draws lie, that towards 0 as far out as p asks.

        They exclude 0 exactly when p is at most 1 − level; too few draws leave them open.
        """
        if np.isnan(level):
            return np.nan, np.nan
        low, high = self._ranked(self._count((1 - level) / 2))
        if self.least <= self._p_of_draws:
            return low, high
        nearest = self._towards_nothing(level)
        return (min(low, nearest), high) if self.estimate >= 0 else (low, max(high, nearest))

    def _towards_nothing(self, level: float) -> float:
        """The limit on the side of 0 at as much higher a level as p is larger than that of draws.

        Where draws do not reach so far, that of a normal law with the estimate and p.
        """
        reach, beyond = -ndtri((1 - level) / 2), -ndtri(self.p_value / 2)
        outside = self._count(ndtr(-(reach - beyond - ndtri(self._p_of_draws / 2))))
        if outside:
            return self._ranked(outside)[0 if self.estimate >= 0 else 1]
        farthest = float(np.copysign(self.most, -self.estimate))
        if not beyond > 0:
            return farthest
        limit = self.estimate * (1 - reach / beyond)
        return max(limit, farthest) if self.estimate >= 0 else min(limit, farthest)

    def _count(self, share: float) -> int:
        return int(share * (self.draws.size + 1) + 1e-9)

    def _ranked(self, outside: int) -> tuple[float, float]:
        """The limits outside of which so many draws lie on each side."""
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
