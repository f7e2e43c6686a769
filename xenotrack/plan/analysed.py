"""The growth rates of many simulated studies, as the analysis would give them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from xenotrack.arrays import Bools, Codes, Floats
from xenotrack.errors import FitError
from xenotrack.model.follow_up import FollowUp
from xenotrack.model.growth import fit_log_volumes
from xenotrack.model.shapes.registry import FORMULAS, SHAPES
from xenotrack.plan.balanced import ArmRates, balanced_rates
from xenotrack.plan.readings import ArmReadings, draw_readings, log_volumes
from xenotrack.plan.truth import Scenario
from xenotrack.response.welch import welch_df
from xenotrack.study.design import Design

TOGETHER = 50  # arms of lines whose models are searched at once


@dataclass(frozen=True, eq=False)
class Rates:
    """The rate of each arm in each study over the days that all arms share, (s, k).

    NaN where a study gives an arm no standard error.
    """

    values: Floats
    variances: Floats
    df: Floats

    def p_values(self, weights: Floats, null: float = 0.0) -> tuple[Floats, Floats]:
        """One-sided p of Σ w · rate below and above ``null``, (s,) each; 1 where not estimable."""
        value, variance, df = self.contrast(weights)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (value - null) / np.sqrt(variance)
        below = stdtr(df, t)
        known = np.isfinite(t) & np.isfinite(df)
        return np.where(known, below, 1.0), np.where(known, 1 - below, 1.0)

    def contrast(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        """Σ w · rate, its variance and its degrees of freedom by Welch, (s,) each."""
        used = weights != 0
        share = self.variances[:, used] * weights[used] ** 2
        variance = share.sum(axis=1)
        return self.values[:, used] @ weights[used], variance, welch_df(share, self.df[:, used])


def analyse(
    scenario: Scenario,
    design: Design,
    n_studies: int,
    rng: np.random.Generator,
    shifts: Floats | None = None,
) -> Rates:
    """Simulate studies and estimate the rates of their arms by the design's rules of growth.

    ``shifts`` (s, k) is what is added to the true rate of each arm in each study.
    """
    days = np.asarray(scenario.visit_days, dtype=float)
    drawn = draw_readings(scenario, n_studies, rng, shifts)
    parts = [_rates(arms, days, design) for arms in drawn]
    names = ("values", "variances", "df")
    return Rates(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _rates(arms: tuple[ArmReadings, ...], days: Floats, design: Design) -> Rates:
    """Closed form where all mice have all readings, else the fit itself."""
    s, k = len(arms[0].y), len(arms)
    found = Rates(*(np.full((s, k), np.nan) for _ in range(3)))
    whole = np.stack([arm.complete for arm in arms], axis=1)
    line = design.rules.growth.shape == "line"
    # Curves speak of the days that arms share: one mouse that leaves may move them for all.
    closed = whole if line else np.repeat(whole.all(axis=1, keepdims=True), k, axis=1)
    rules = design.rules.growth
    if rules.variances != "by_arm" or rules.df in ("normal", "cr2") or len(days) < 3 or _few(arms):
        closed = np.zeros_like(closed)
    unlike = rules.shape in FORMULAS or rules.residual != "constant"
    if arms[0].block is not None or _by_cage(design) or unlike:
        closed = np.zeros_like(closed)
    for code, arm in enumerate(arms):
        if closed[:, code].any():
            _fill(found, closed[:, code], code, _balanced(arm, closed[:, code], days, design))
    left = np.argwhere(~closed)
    together = rules.variances == "by_arm" and arms[0].block is None and not _by_cage(design)
    if together and line:
        # Straight lines of arms do not touch one another.
        parts = [left[start : start + TOGETHER] for start in range(0, len(left), TOGETHER)]
    else:
        studies, every = np.unique(left[:, 0]), np.arange(k)
        size = max(1, TOGETHER // k) if together else 1
        groups = [studies[start : start + size] for start in range(0, len(studies), size)]
        parts = [np.array([(study, code) for study in group for code in every]) for group in groups]
    for part in parts:
        _refit(found, part, ~closed, (arms, days, design))
    return found


def _by_cage(design: Design) -> bool:
    return design.rules.study.experimental_unit == "cage"


def _few(arms: Sequence[ArmReadings]) -> bool:
    """Whether an arm has too few mice for a mixed model of its own."""
    return min(arm.y.shape[1] for arm in arms) < 3


def _balanced(arm: ArmReadings, studies: Bools, days: Floats, design: Design) -> ArmRates:
    y = arm.y[studies]
    one = ArmReadings(y[:1], arm.read[studies][:1], arm.below[studies][:1])
    rows = log_volumes((one,), days, 0, "censored")
    follow_up = FollowUp(days[:1], days[-1:])
    shape = SHAPES[design.rules.growth.shape](rows, 0, follow_up, design.rules.growth)
    return balanced_rates(y, days, shape, shape.rate(float(days[0]), float(days[-1])))


def _fill(found: Rates, studies: Bools, code: int, rates: ArmRates) -> None:
    found.values[studies, code] = rates.values
    found.variances[studies, code] = rates.variances
    found.df[studies, code] = rates.df


def _refit(
    found: Rates,
    asked: Codes,
    wanted: Bools,
    given: tuple[tuple[ArmReadings, ...], Floats, Design],
) -> None:
    """The rates of some arms of some studies, rows of ``asked``, by the fit of the analysis.

    As if they were of one study: one search for many arms is the faster, and arms of different
    studies share nothing. Where one of them cannot be fitted each study is tried by itself.
    """
    arms, days, design = given
    studies = np.unique(asked[:, 0])
    rules = design.rules.growth
    own = tuple(arms[code].of_study(study) for study, code in asked)
    rows = log_volumes(own, days, 0, rules.below_limit, _by_cage(design))
    names = [f"{code} of {study}" for study, code in asked]
    try:
        fit = fit_log_volumes(rows, Design.of_names("", names, design.rules))
        # Straight lines say the same whichever arms are asked for.
        one_claim = asked[:, 0] * 0 if rules.shape == "line" else asked[:, 0]
        for claim in np.unique(one_claim):
            places = np.flatnonzero(one_claim == claim)
            rates = fit.over([names[place] for place in places]).rates()
            df = rates.degrees_of_freedom(np.eye(len(names)))
            for place in places:
                study, code = asked[place]
                if wanted[study, code]:
                    found.values[study, code] = rates.values[place]
                    found.variances[study, code] = rates.covariance[place, place]
                    found.df[study, code] = df[place]
    except FitError:
        for study in studies if len(studies) > 1 else ():
            _refit(found, asked[asked[:, 0] == study], wanted, given)
