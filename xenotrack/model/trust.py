"""Can a growth fit be trusted: small-sample, boundary, shape and follow-up doubts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import chdtrc, stdtr

from xenotrack.arrays import Floats
from xenotrack.doubts import Doubt, p_words
from xenotrack.errors import FitError
from xenotrack.model.arm_models import fit_arms
from xenotrack.model.cages import doubt_cages
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.lines import fit_mouse_lines
from xenotrack.model.log_volume import LogVolumes, before_take
from xenotrack.model.patterns import join_patterns
from xenotrack.model.reml import MixedFit, fit_patterns
from xenotrack.model.shapes.shape import Shape
from xenotrack.study.checks.pooled import lies_unevenly
from xenotrack.study.study import Study

FEW_MICE = 5
MUCH_BELOW_LIMIT = 0.10
CUT_EARLY = 0.75  # an arm whose last day lies before this share of the longest follow-up


def doubt_growth(study: Study, rows: LogVolumes, fit: GrowthFit) -> tuple[Doubt, ...]:
    """Every doubt about a growth fit that the readings themselves raise."""
    return (
        *_shared_baseline_error(rows),
        *doubt_cages(study, fit_mouse_lines(rows).slope),
        *_uneven_factors(study),
        *_singular(fit),
        *_few_mice(fit),
        *_below_limit(study),
        *(_of_a_line(rows, fit) if fit.design.rules.growth.shape == "line" else ()),
    )


def _of_a_line(rows: LogVolumes, fit: GrowthFit) -> Iterator[Doubt]:
    """What one rate over all days hides, and a curve of its own over shared days does not."""
    yield from _cut_early(fit)
    yield from _curved(rows, fit)
    yield from _unequal_variances(rows, fit)


def _shared_baseline_error(rows: LogVolumes) -> Iterator[Doubt]:
    if rows.through_origin:
        yield Doubt(
            "baseline-error-shared",
            (),
            "growth",
            "The model is of volumes relative to the baseline: the error of one baseline reading "
            "is in every reading of its mouse, and the model does not know it.",
        )


def _uneven_factors(study: Study) -> Iterator[Doubt]:
    """Columns that nobody declared, over which arms lie unevenly."""
    for finding in filter(lies_unevenly, study.findings):
        yield Doubt(
            "factor-not-used",
            (),
            "growth",
            f"{finding.seen} A difference between such mice would look like one of arms.",
        )


def _singular(fit: GrowthFit) -> Iterator[Doubt]:
    for piece in fit.pieces:
        if piece.mixed is None or not piece.mixed.singular:
            continue
        found = piece.mixed.components
        arms = tuple(
            fit.design.arm_names[code] for code in piece.arms if piece.component(code).singular
        )
        rank = min(own.rank for own in found)
        lost = "no spread between mice" if rank == 0 else "one direction of spread"
        yield Doubt(
            "singular-fit",
            arms,
            "growth",
            f"The spread between mice of {', '.join(arms)} is on the boundary of what can be "
            f"estimated ({lost}); the fit is kept as it is.",
        )


def _few_mice(fit: GrowthFit) -> Iterator[Doubt]:
    for name, n, tested in zip(fit.design.arm_names, fit.n_mice, fit.tested, strict=True):
        if tested and n < FEW_MICE:
            yield Doubt(
                "few-mice",
                (name,),
                "growth",
                f"{name} has only {n} mice: its interval rests on a guess of spread.",
            )


def _below_limit(study: Study) -> Iterator[Doubt]:
    # Before a tumour took there was nothing that could have been below the limit.
    readings = study.of_takers(study.readings[~before_take(study)])
    share = readings.groupby("arm", sort=False)["below_limit"].mean()
    guessed = ", which is a guess" if study.design.rules.volume.limit_mm3 is None else ""
    for name in study.design.arm_names:
        part = share.get(name, 0.0)
        if part > MUCH_BELOW_LIMIT:
            yield Doubt(
                "below-limit-share",
                (name,),
                "growth",
                f"{part:.0%} of the readings of {name} are below the limit of "
                f"{study.limit_mm3:g} mm³{guessed}: its rate leans on that limit.",
            )


def _cut_early(fit: GrowthFit) -> Iterator[Doubt]:
    longest = np.nanmax(fit.last_day)
    first = np.nanmin(fit.first_day)
    early = [
        (name, last)
        for name, last, tested in zip(fit.design.arm_names, fit.last_day, fit.tested, strict=True)
        if tested and last - first < CUT_EARLY * (longest - first)
    ]
    if early:
        days = "; ".join(f"{name} ends on day {last:g}" for name, last in early)
        yield Doubt(
            "arms-cut-at-different-days",
            tuple(name for name, _ in early),
            "growth",
            f"Rates are over different days: {days}; the longest arm on day {longest:g}.",
        )


def _curved(rows: LogVolumes, fit: GrowthFit) -> Iterator[Doubt]:
    """One slope misleads for a tumour that shrank and came back."""
    bend, span = mouse_curvature(rows)
    curved = []
    for code, name in enumerate(fit.design.arm_names):
        bends = bend[(rows.mouse_arm == code) & ~np.isnan(bend)]
        if fit.tested[code] and len(bends) >= 3 and np.ptp(bends) > 0:
            statistic = bends.mean() / (bends.std(ddof=1) / np.sqrt(len(bends)))
            p_value = 2 * stdtr(len(bends) - 1, -abs(statistic))
            change = 2 * bends.mean() * np.nanmedian(span[rows.mouse_arm == code])
            curved.append((p_value, name, change))
    for rank, (p_value, name, change) in enumerate(sorted(curved)):
        if p_value * (len(curved) - rank) >= 0.05:  # Holm
            break
        how = "speeds up" if change > 0 else "slows down"
        yield Doubt(
            "curved-growth",
            (name,),
            "growth",
            f"{name} is no straight line on the log scale: its rate {how} by about "
            f"{abs(change):.3f} per day over the days fitted ({p_words(p_value)}); the one rate "
            "is an average over them.",
        )


def mouse_curvature(rows: LogVolumes) -> tuple[Floats, Floats]:
    """The coefficient of day² of each mouse's least-squares parabola, and its days' span, (m,).

    NaN for a mouse with fewer than four readings on three days. A test on these needs no
    assumption about how curvature varies between mice.
    """
    m = len(rows.mice)

    def total(values: Floats) -> Floats:
        return np.bincount(rows.mouse, values, minlength=m).astype(float)

    n = rows.readings_by_mouse()
    with np.errstate(divide="ignore", invalid="ignore"):
        centred = rows.day - (total(rows.day) / n)[rows.mouse]
        square = total(centred**2)
        tilt = total(centred**3) / square
        shape = centred**2 - (square / n)[rows.mouse] - tilt[rows.mouse] * centred
        size = total(shape**2)
        bend = total(shape * rows.y) / size
    bend = np.where((n >= 4) & (size > 1e-9 * square**2 / np.maximum(n, 1)), bend, np.nan)
    last, first = np.full(m, -np.inf), np.full(m, np.inf)
    np.maximum.at(last, rows.mouse, rows.day)
    np.minimum.at(first, rows.mouse, rows.day)
    return bend, np.where(n > 0, last - first, np.nan)


def _unequal_variances(rows: LogVolumes, fit: GrowthFit) -> Iterator[Doubt]:
    """Likelihood ratio of pooled against by-arm variances; for information only.

    It never chooses the model: choosing by a test spoils the error rate of what follows.
    """
    models = _by_arm_and_pooled(rows, fit)
    if models is None:
        return
    by_arm, pooled = models
    ratio = 2 * (sum(mixed.log_likelihood for mixed in by_arm) - pooled.log_likelihood)
    q = pooled.patterns.q
    df = (len(by_arm) - 1) * (q * (q + 1) // 2 + 1)
    p_value = chdtrc(df, max(ratio, 0.0))
    if p_value < 0.05:
        treated = (
            "each arm has its own"
            if fit.variances == "by_arm"
            else "the pooled model ignores it; --variances by_arm does not"
        )
        yield Doubt(
            "unequal-variances",
            (),
            "growth",
            f"The arms differ in spread (likelihood ratio {ratio:.1f} on {df} df, "
            f"{p_words(p_value)}; largest to smallest standard deviation: {_sd_ratios(by_arm)}): "
            f"{treated}.",
        )


def _by_arm_and_pooled(rows: LogVolumes, fit: GrowthFit) -> tuple[list[MixedFit], MixedFit] | None:
    """The model in force and the one it is not; None where the readings do not identify both."""
    codes = np.flatnonzero(fit.tested)
    own = [piece.mixed for piece in fit.pieces if isinstance(piece.mixed, MixedFit)]
    tied = fit.design.rules.growth.baseline == "common"
    tied |= any(piece.unseen is not None for piece in fit.pieces)  # completed readings are no data
    tied |= fit.design.rules.growth.residual != "constant"  # each arm's readings scatter otherwise
    if tied or fit.blocked or len(codes) < 2 or len(own) < len(fit.pieces):
        return None
    try:
        if fit.variances == "by_arm":
            return own, fit_patterns(join_patterns([model.patterns for model in own]))
        return [_fit_alone(rows, int(code), fit.shapes[code]) for code in codes], own[0]
    except FitError:
        return None


def _fit_alone(rows: LogVolumes, code: int, shape: Shape) -> MixedFit:
    return fit_arms(rows.of_arms(np.arange(rows.n_arms) == code), np.array([code]), (shape,))


def _sd_ratios(fits: list[MixedFit]) -> str:
    noise = np.sqrt([fit.residual_variance for fit in fits])
    slope = np.sqrt([fit.random_covariance[-1, -1] for fit in fits])
    between = f"{slope.max() / slope.min():.1f}" if slope.min() > 0 else "unbounded"
    return f"of readings {noise.max() / noise.min():.1f}, of mice's rates {between}"
