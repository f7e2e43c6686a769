"""Log hazard ratios as a source of contrasts, and the log-rank tests: one p for both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource, Level, RawContrasts, source_of
from xenotrack.compare.multiplicity import holm_p
from xenotrack.doubts import Doubt
from xenotrack.model.firth import HazardProfile, profile_limits
from xenotrack.model.logrank import LogRank, Weight
from xenotrack.model.progression import ProgressionFit

if TYPE_CHECKING:
    import pandas as pd

METHOD = (
    "Cox, Firth-penalised, Efron ties; p the larger of the permutation of the log-rank test and "
    "the penalised likelihood ratio, profile interval at the level that agrees with it"
)
NOT_ESTIMABLE = (np.nan,) * 5
Weights = tuple[float, ...]
Asked = tuple[Weights, float, float]  # at a level, on a side


def hazard_source(progression: ProgressionFit) -> ContrastSource:
    """Contrasts of log hazards by the declared Cox model.

    Firth: see ``Comparison``. Efron: Wald; raises ``FitError`` where an arm has no event.
    """
    if progression.design.rules.compare.hazards == "efron":
        return source_of(progression.efron_hazards())

    known = _KnownHazards(progression)
    return ContrastSource(
        outcome="log_hazard",
        arms=progression.design.arm_names,
        contrast_of=known.contrast_of,
        method=METHOD,
        # The arms share one likelihood, whose profile intervals no joint normal law describes:
        # without a covariance, families fall back on Holm and Bonferroni.
        covariance=None,
        days=lambda arms: followed_days(progression, arms),
        limits=known.limits,
        prepare=known.prepare,
        why_withheld=progression.why_withheld,
    )


class _KnownHazards:
    """Contrasts of log hazards and their limits, each found once: families ask for the same ones
    again, and a profile costs milliseconds."""

    def __init__(self, progression: ProgressionFit) -> None:
        self.progression = progression
        self.hazards: dict[Weights, Comparison | None] = {}
        self.found: dict[Asked, float] = {}

    def contrast_of(self, weights: Floats, level: Level) -> RawContrasts:
        levels = np.broadcast_to(level, len(weights))
        low, high = self.limits(weights, levels, np.zeros(len(weights)))
        hazards = [self.hazards[each] for each in _tuples(weights)]
        rows = [NOT_ESTIMABLE if hazard is None else hazard.row for hazard in hazards]
        columns = np.array(rows, dtype=float).reshape(-1, len(NOT_ESTIMABLE)).T
        return RawContrasts(*[*columns, low, high])

    def limits(self, weights: Floats, levels: Floats, sides: Floats) -> tuple[Floats, Floats]:
        self.prepare(weights, levels, sides)
        each = list(zip(_tuples(weights), levels.tolist(), strict=True))
        low, high = (
            np.array([self.found.get((*own, side), np.nan) for own in each]) for side in (-1.0, 1.0)
        )
        return low, high

    def prepare(self, weights: Floats, levels: Floats, sides: Floats) -> None:
        """Find what is not known yet, all at once."""
        each = list(_tuples(weights))
        new = [own for own in dict.fromkeys(each) if own not in self.hazards]
        self.hazards.update(compare_hazards(self.progression, new))
        asked = [
            (own, level, side)
            for own, level, which in zip(each, levels.tolist(), sides.tolist(), strict=True)
            if self.hazards[own] is not None and np.isfinite(level)
            for side in ((-1.0, 1.0) if which == 0 else (which,))
        ]
        new_limits = [limit for limit in dict.fromkeys(asked) if limit not in self.found]
        self.found.update(zip(new_limits, self._limits_of(new_limits), strict=True))

    def _limits_of(self, asked: Sequence[Asked]) -> list[float]:
        """The limits of several contrasts, each at a level of its own, on one side."""
        each = [(self._known(weights), level, side) for weights, level, side in asked]
        roots = np.array([hazard.root(level) for hazard, level, _ in each])
        sides = np.array([side for _, _, side in each])
        limits = profile_limits([hazard.profile for hazard, _, _ in each], roots, sides).tolist()
        return [
            hazard.open_where_no_split_could(level, side, limit)
            for (hazard, level, side), limit in zip(each, limits, strict=True)
        ]

    def _known(self, weights: Weights) -> Comparison:
        hazard = self.hazards[weights]
        assert hazard is not None  # limits are asked of what is estimable
        return hazard


def _tuples(weights: Floats) -> Iterator[Weights]:
    return map(tuple, weights.tolist())


def followed_days(progression: ProgressionFit, arms: Sequence[str]) -> tuple[float, float]:
    """Day 0, and the last day on which a mouse of any of these arms was followed."""
    names = progression.design.arm_names
    last = [progression.curves[names.index(arm)].last_day for arm in arms if arm in names]
    return 0.0, max((float(day) for day in last if np.isfinite(day)), default=0.0)


@dataclass(frozen=True)
class Comparison:
    """A contrast of log hazards: its profile and, where it is of two arms, their log-rank test.

    The likelihood ratio is too sure of few mice (3 v 3 apart: p = .035, where 20 splits can show
    no less than .10); the permutation assumes that mice leave both arms alike. ``p_value`` is
    the larger of the two, and of ``p_between`` visits where the arms are read at unlike ones.
    """

    profile: HazardProfile
    test: LogRank | None
    p_between: float = np.nan

    @cached_property
    def p_value(self) -> float:
        if self.test is None:
            return self.profile.p_value
        # Without an event while both arms are followed, no split differs from another.
        permuted = 1.0 if np.isnan(self.test.p_permutation) else self.test.p_permutation
        return float(np.nanmax([self.profile.p_value, permuted, self.p_between]))

    @property
    def row(self) -> tuple[float, ...]:
        """The columns of ``RawContrasts`` before the limits: df and statistic are empty, as p is no
        tail of a law."""
        return self.profile.estimate, self.profile.std_error, np.nan, np.nan, self.p_value

    def root(self, level: float) -> float:
        """How far out the profile's limits exclude 0 exactly when p < 1 − ``level``."""
        beyond = abs(self.profile.statistic) + ndtri(self.p_value / 2)
        return float(ndtri((1 + level) / 2) + beyond)

    def open_where_no_split_could(self, level: float, side: float, limit: float) -> float:
        """The limit on a side, that past 0 open where no split of the mice could give
        p < 1 − ``level``."""
        if self.test is None or self.test.p_smallest < 1 - level:
            return limit
        return side * np.inf if (side > 0) == (self.profile.estimate < 0) else limit


def compare_hazards(
    progression: ProgressionFit, asked: Sequence[Weights]
) -> dict[Weights, Comparison | None]:
    """Contrasts of log hazards, found together; None where one is not estimable."""
    each = list(dict.fromkeys(asked))
    profiles = progression.hazards.profiles(np.array(each).reshape(len(each), progression.n_arms))
    return {
        weights: None if profile is None else _with_tests(progression, weights, profile)
        for weights, profile in zip(each, profiles, strict=True)
    }


def _with_tests(
    progression: ProgressionFit, weights: Weights, profile: HazardProfile
) -> Comparison:
    """A contrast with the tests of its arms, where it is of two."""
    if sorted(weight for weight in weights if weight) != [-1.0, 1.0]:
        return Comparison(profile, None)
    arm, other = weights.index(1.0), weights.index(-1.0)
    between = np.nan
    if progression.read_unlike(other, arm):
        between = progression.interval_test_of_pair(other, arm).p
    return Comparison(profile, progression.log_rank_of_pair(other, arm), between)


def doubt_untested(progression: ProgressionFit) -> Iterator[Doubt]:
    """That arms cannot be tested, as no mouse progressed or only one arm has mice."""
    times = progression.times
    if np.unique(times.arm).size < 2:
        yield _untested("One arm alone has mice that can be judged: there is nothing to compare.")
    elif not times.events.any():
        yield _untested(
            f"None of {times.day.size} mice progressed by the declared rule: arms cannot be "
            "tested. `progression --milestones` bounds the share that would have."
        )


def _untested(text: str) -> Doubt:
    return Doubt("contrast-not-estimable", (), "progression", text)


def log_rank_frame(progression: ProgressionFit, weight: Weight = "logrank") -> pd.DataFrame:
    """The log-rank test of all arms, then of each arm against the control.

    ``p_value`` of two arms is that of their hazards, and ``p_adjusted`` Holm's over the arms; with
    weighted days it is that of the permutation, or the larger ``p_between`` visits where the arms
    are read at unlike ones.
    """
    import pandas as pd

    names, control = progression.design.arm_names, progression.design.control
    columns = ["contrast", "chi_square", "df", "p_value", "p_adjusted", "p_chi_square"]
    columns += ["p_permutation", "permutations", "exact", "p_between"]
    rows: list[dict[str, object]] = []
    overall = progression.log_rank_of_all(weight)
    if overall is not None:
        rows.append(_log_rank_row("all arms", overall, overall.p_permutation))
    reference = names.index(control) if control in names else -1
    followed = np.unique(progression.times.arm)
    if reference in followed:
        others, arms = followed[followed != reference].tolist(), np.eye(len(names))
        weights = [tuple((arms[code] - arms[reference]).tolist()) for code in others]
        hazards = compare_hazards(progression, weights)
        for code, own in zip(others, weights, strict=True):
            test, hazard = progression.log_rank_of_pair(reference, code, weight), hazards[own]
            between = progression.interval_test_of_pair(reference, code).p
            p_value = test.p_permutation
            if weight == "logrank":
                p_value = np.nan if hazard is None or test.df == 0 else hazard.p_value
            elif progression.read_unlike(reference, code):
                p_value = max(p_value, between)
            row = _log_rank_row(f"{names[code]} - {control}", test, p_value)
            rows.append(row | {"p_between": between})
    frame = pd.DataFrame(rows, columns=columns)
    pairs = frame["contrast"] != "all arms"
    p_value = frame["p_value"].to_numpy(dtype=float)
    frame["p_adjusted"] = np.where(pairs, np.nan, p_value)
    frame.loc[pairs, "p_adjusted"] = holm_p(p_value[pairs])
    return frame


def _log_rank_row(name: str, test: LogRank, p_value: float) -> dict[str, object]:
    columns = ("chi_square", "df", "p_permutation", "permutations", "exact")
    given = {column: getattr(test, column) for column in columns}
    return {"contrast": name, "p_value": p_value, "p_chi_square": test.p_value, **given}
