"""The scenario of a study that was done: more like this one."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.errors import StudyError
from xenotrack.model.growth import fit_growth
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.spread import variance_components
from xenotrack.plan.truth import ArmTruth, Exits, Scenario, Turn
from xenotrack.study.study import Study

# Of an arm whose mice did not differ beyond their readings, and of calipers that nobody knows.
LEAST_SD = 1e-4
ASPECT = 1.25
CULL = 1500.0


def scenario_like(study: Study) -> Scenario:
    """Arms that grow, spread, lose weight and leave as those of a study; its visits and calipers.

    Each arm goes straight from knot to knot of its fitted curve; mice that were faster stay so.
    """
    if not study.design.readout.in_mm:
        raise StudyError("A study of light cannot be planned with: plans are of volumes in mm³.")
    fit = fit_growth(_read_alike(study))
    parts = (
        variance_components(fit).set_index("arms")
        if len(variance_components(fit))
        else pd.DataFrame()
    )
    days = _visit_days(study)
    mice, size = study.mice, study.mice["baseline_mm3"].dropna()
    residual = parts["residual_sd"].median() if len(parts) else np.nan
    if not np.isfinite(residual) or size.empty:
        raise StudyError(
            "No variance to plan with: no arm of the study has three mice with three readings. "
            "Declare it under [truth], as rate_sd and caliper_sd_mm."
        )
    weights = study.measurements["body_weight_g"].dropna()
    used = [arm.name for arm in study.design.arms if arm.name in set(mice["arm"])]
    return Scenario(
        arms=tuple(_arm(study, fit, parts, name) for name in used),
        mice_per_arm=tuple(int((mice["arm"] == name).sum()) for name in used),
        visit_days=days,
        baseline_mm3=float(np.exp(np.log(size[size > 0]).mean())),
        baseline_log_sd=float(np.log(size[size > 0]).std(ddof=1)),
        caliper_sd_mm=_caliper_sd(float(residual), study),
        smallest_mm=float(np.cbrt(2 * study.limit_mm3)),
        weight_g=float(weights.median()) if len(weights) else 24.0,
        cull_mm3=_cull(study),
        unrelated_per_day=_per_day(mice, "unrelated"),
        technical_per_day=_per_day(mice, "technical"),
    )


def _read_alike(study: Study) -> Study:
    """With residuals of one SD, which is that of calipers at the usual size of a tumour."""
    rules = study.design.rules
    growth = msgspec.structs.replace(rules.growth, residual="constant")
    design = replace(study.design, rules=msgspec.structs.replace(rules, growth=growth))
    return replace(study, design=design)


def _visit_days(study: Study) -> tuple[int, ...]:
    """The days on which at least a third as many mice were read as on the fullest, from day 0."""
    counts = study.readings.loc[study.readings["day"] >= 0, "day"].round().astype(int)
    counts = counts.value_counts().sort_index()
    usual = counts[counts >= counts.max() / 3].index
    return tuple(dict.fromkeys([0, *map(int, usual)]))


def _arm(study: Study, fit: GrowthFit, parts: pd.DataFrame, name: str) -> ArmTruth:
    code = study.design.arm_names.index(name)
    spread = parts["slope_sd"].get(name, np.nan) if len(parts) else np.nan
    if not np.isfinite(spread):
        spread = parts["slope_sd"].median() if len(parts) else LEAST_SD
    knots, rates = _course(fit, code)
    turns = tuple(
        Turn(float(day), float(rate), carries=True)
        for day, rate in zip(knots[1:], rates[1:], strict=False)
    )
    loss = _weight_loss(study, name)
    return ArmTruth(
        name,
        tuple(sorted(study.design.drugs_of(name))),
        float(rates[0]),
        max(float(spread), LEAST_SD),
        turns,
        weight_loss=float(np.nanmean(loss)) if np.isfinite(loss).any() else 0.0,
        weight_loss_sd=float(np.nanstd(loss)) if np.isfinite(loss).any() else 0.0,
        exits=_exits(study, name),
    )


def _course(fit: GrowthFit, code: int) -> tuple[Floats, Floats]:
    """The days at which an arm turns, and its rate from each of them on."""
    shape, heights = fit.shapes[code], fit.values[fit.blocks[code]]
    if not np.isfinite(heights).all():
        name = fit.design.arm_names[code]
        raise StudyError(f"The arm {name} has no growth rate to plan with. Leave it out.")
    joints = shape.joints if shape.name != "line" else np.array([0.0, 1.0])
    at = shape.fixed(joints) @ heights
    return np.maximum(joints[:-1], 0.0), np.diff(at) / np.diff(joints)


def _caliper_sd(residual: float, study: Study) -> float:
    """The error of a diameter that gives ln volume this spread: its length once, its width "
    "twice."""
    volume = study.readings["volume_mm3"]
    width = np.cbrt(2 * float(volume[volume > 0].median()) / ASPECT)
    return float(residual / np.sqrt(1 / (ASPECT * width) ** 2 + 4 / width**2))


def _weight_loss(study: Study, arm: str) -> Floats:
    """The share of its first weight that each mouse of an arm had lost at its lowest, (m,)."""
    rows = study.measurements[study.measurements["arm"] == arm].dropna(subset="body_weight_g")
    by_mouse = rows.groupby("mouse")["body_weight_g"]
    lost: Floats = (1 - by_mouse.min() / by_mouse.first()).to_numpy(dtype=float)
    return lost


def _exits(study: Study, arm: str) -> Exits | None:
    mice = study.mice[study.mice["arm"] == arm]
    left = mice.loc[mice["fate"] == "toxicity", "left_day"]
    if left.empty:
        return None
    return Exits(len(left) / len(mice), float(left.min()), float(left.max()) + 1)


def _cull(study: Study) -> float:
    """The smallest volume at which a mouse left for its size; without one, a usual limit."""
    culled = set(study.mice.loc[study.mice["fate"] == "tumor_size", "mouse"])
    last = study.readings.drop_duplicates("mouse", keep="last")
    sizes = last.loc[last["mouse"].isin(culled), "volume_mm3"]
    if len(sizes):
        return float(sizes.min())
    return max(CULL, float(study.readings["volume_mm3"].max()) * 1.01)


def _per_day(mice: pd.DataFrame, fate: str) -> float:
    days = float(mice["left_day"].clip(lower=0).sum())
    return float((mice["fate"] == fate).sum()) / days if days > 0 else 0.0
