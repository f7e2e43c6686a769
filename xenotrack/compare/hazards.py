"""Log hazard ratios as a source of contrasts, and the log-rank tests: one p for both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from xenotrack.arrays import Floats
from xenotrack.compare.contrasts import ContrastSource, RawContrasts, source_of
from xenotrack.compare.multiplicity import holm_p
from xenotrack.model.firth import HazardProfile
from xenotrack.model.logrank import LogRank, Weight
from xenotrack.model.progression import ProgressionFit

if TYPE_CHECKING:
    import pandas as pd

METHOD = (
    "Cox, Firth-penalised, Efron ties; p the larger of the permutation of log-rank scores and the "
    "penalised likelihood ratio, profile interval at the level that agrees with it"
)
NOT_ESTIMABLE = (np.nan,) * 7


def hazard_source(progression: ProgressionFit) -> ContrastSource:
    """Contrasts of log hazards by the declared Cox model.

    Firth: see ``Comparison``. Efron: Wald; raises ``FitError`` where an arm has no event.
    """
    if progression.design.rules.compare.hazards == "efron":
        return source_of(progression.efron_hazards())

    @cache  # families ask for the same contrasts again, and a profile costs milliseconds
    def compared(weights: tuple[float, ...]) -> Comparison | None:
        return compare_hazards(progression, np.array(weights))

    @cache
    def row(weights: tuple[float, ...], level: float) -> tuple[float, ...]:
        hazard = compared(weights)
        return NOT_ESTIMABLE if hazard is None else hazard.row(level)

    def contrast_of(weights: Floats, level: float) -> RawContrasts:
        rows = [row(tuple(each.tolist()), level) for each in weights]
        return RawContrasts(*np.array(rows, dtype=float).reshape(-1, 7).T)

    return ContrastSource(
        outcome="log_hazard",
        arms=progression.design.arm_names,
        contrast_of=contrast_of,
        method=METHOD,
        # The arms share one likelihood, whose profile intervals no joint normal law describes:
        # without a covariance, families fall back on Holm and Bonferroni.
        covariance=None,
        days=lambda arms: followed_days(progression, arms),
    )


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

    @property
    def p_value(self) -> float:
        if self.test is None:
            return self.profile.p_value
        # Without an event while both arms are followed, no split differs from another.
        permuted = 1.0 if np.isnan(self.test.p_permutation) else self.test.p_permutation
        return float(np.nanmax([self.profile.p_value, permuted, self.p_between]))

    def limits(self, level: float) -> tuple[float, float]:
        """Profile limits as far out as makes them exclude 0 exactly when p < 1 − ``level``.

        Where no split of the mice could give such a p, the limit past 0 is open.
        """
        beyond = abs(self.profile.statistic) + ndtri(self.p_value / 2)
        low, high = self.profile.limits(float(ndtri((1 + level) / 2) + beyond))
        if self.test is not None and not self.test.p_smallest < 1 - level:
            return (low, np.inf) if self.profile.estimate < 0 else (-np.inf, high)
        return low, high

    def row(self, level: float) -> tuple[float, ...]:
        """The columns of ``RawContrasts``: df and statistic are empty, as p is no tail of a law."""
        estimate, std_error = self.profile.estimate, self.profile.std_error
        return (estimate, std_error, np.nan, np.nan, self.p_value, *self.limits(level))


def compare_hazards(progression: ProgressionFit, weights: Floats) -> Comparison | None:
    """One contrast of log hazards; None where it is not estimable."""
    profile = progression.hazards.profile(weights)
    if profile is None:
        return None
    if sorted(weights[weights != 0].tolist()) != [-1.0, 1.0]:
        return Comparison(profile, None)
    arm, other = int(np.argmax(weights)), int(np.argmin(weights))
    between = np.nan
    if progression.read_unlike(other, arm):
        between = progression.interval_test_of_pair(other, arm).p
    return Comparison(profile, progression.log_rank_of_pair(other, arm), between)


def log_rank_frame(progression: ProgressionFit, weight: Weight = "logrank") -> pd.DataFrame:
    """The log-rank test of all arms, then of each arm against the control.

    ``p_value`` of two arms is that of their hazards, and ``p_adjusted`` Holm's over the arms; with
    weighted days it is that of the permutation.
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
        for code in followed[followed != reference]:
            test = progression.log_rank_of_pair(reference, int(code), weight)
            weights = np.zeros(len(names))
            weights[[reference, code]] = -1, 1
            p_value = test.p_permutation
            if weight == "logrank":
                tests = compare_hazards(progression, weights)
                p_value = np.nan if tests is None or test.df == 0 else tests.p_value
            between = progression.interval_test_of_pair(reference, int(code)).p
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
