"""What the mice of an arm did together, day by day: means, and how many were still there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from xenotrack.arrays import Floats
from xenotrack.response.interpolation import volumes_between
from xenotrack.response.ratios import bounded_exp
from xenotrack.response.weight import weight_changes
from xenotrack.study.study import FATES, Study

# A mouse's values on some days, between its own days and values.
Between = Callable[[Floats, Floats, Floats], Floats]
MEAN_COLUMNS = ("arm", "day", "n", "estimate", "conf_low", "conf_high")


def mean_volumes(study: Study) -> pd.DataFrame:
    """The geometric mean tumour volume of each arm by visit day, with its t interval (mm³).

    ``arm day n estimate conf_low conf_high``, over the mice still followed that day; a mouse not
    measured on a day counts by the straight line of ln volume between its neighbouring readings.
    An arm ends with the last day on which half of its mice are followed: the mean of the few that
    remain is the mean of those with the smallest tumours. Readings of zero are left out.
    """
    readings = study.of_takers(study.readings)
    readings = readings[readings["volume_mm3"] > 0]
    logs = readings.assign(value=np.log(readings["volume_mm3"]))
    means = _means(study, logs)
    columns = ["estimate", "conf_low", "conf_high"]
    return means.assign(**{name: bounded_exp(means[name].to_numpy(float)) for name in columns})


def arithmetic_means(study: Study) -> pd.DataFrame:
    """The arithmetic mean tumour volume of each arm by visit day, ± its standard error (mm³).

    ``arm day n estimate conf_low conf_high``, by the same rules as ``mean_volumes``, with a tumour
    that is gone as 0 mm³; the limits are one standard error away.
    """
    measured = study.of_takers(study.measured)
    measured = measured.assign(value=measured["volume_mm3"])
    return _means(study, measured, standard_error=True, between=_volumes_of)


def mean_weight_changes(study: Study) -> pd.DataFrame:
    """The mean percent change of body weight of each arm by visit day, with its t interval.

    ``arm day n estimate conf_low conf_high``, by the same rules as the mean volume.
    """
    changes = weight_changes(study)
    return _means(study, changes.assign(value=changes["change_percent"]))


def mice_on_study(study: Study, days: Sequence[float]) -> pd.DataFrame:
    """The number of mice of each arm that had not left before a day: ``arm day n_mice``.

    A mouse counts on the day on which it leaves.
    """
    mice = study.mice
    given = np.asarray(days, dtype=float)
    frames = []
    for arm in study.design.arm_names:
        left = mice.loc[mice["arm"] == arm, "left_day"].to_numpy(dtype=float)
        counts = (left[:, None] >= given).sum(axis=0)
        frames.append(pd.DataFrame({"arm": arm, "day": given, "n_mice": counts}))
    return pd.concat(frames, ignore_index=True)


def readings_on_model_scale(study: Study) -> pd.DataFrame:
    """Every reading as the growth model sees it: ``mouse line arm day value below_limit``.

    A ``line`` is a mouse, or with ``tumors = "each"`` a tumour.

    In mm³ by study day; where the model is a ratio, V/V₀ by days since the baseline reading, for
    the mice that have a measurable one. Readings of zero without a limit are left out.
    """
    shown = study.by_tumor if study.design.rules.study.tumors == "each" else study
    readings = shown.of_takers(shown.readings)
    if study.design.rules.growth.baseline != "ratio":
        rows = readings.assign(value=readings["volume_mm3"])
    else:
        mice = shown.mice
        mice = mice[mice["baseline_mm3"].gt(0) & ~mice["baseline_below_limit"]]
        rows = readings.merge(mice[["mouse", "baseline_day", "baseline_mm3"]], on="mouse")
        rows = rows[rows["day"] >= rows["baseline_day"]].assign(
            day=lambda kept: kept["day"] - kept["baseline_day"],
            value=lambda kept: kept["volume_mm3"] / kept["baseline_mm3"],
        )
    rows = rows[rows["value"] > 0].rename(columns={"mouse": "line"})
    if shown is study:
        rows = rows.assign(mouse=rows["line"])
    else:
        rows = rows.assign(mouse=rows["line"].map(study.tumors.set_index("name")["mouse"]))
    return rows[["mouse", "line", "arm", "day", "value", "below_limit"]].reset_index(drop=True)


def last_readings(study: Study, readings: pd.DataFrame) -> pd.DataFrame:
    """The last of some readings of each line, with its mouse's ``fate``: unknown where none is."""
    last = readings.drop_duplicates("line" if "line" in readings else "mouse", keep="last")
    last = last.merge(study.mice[["mouse", "fate"]], on="mouse").reset_index(drop=True)
    return last.assign(fate=last["fate"].where(last["fate"].isin(FATES), "unknown"))


def _straight(days: Floats, day: Floats, value: Floats) -> Floats:
    return np.interp(days, day, value, left=np.nan, right=np.nan)


def _volumes_of(days: Floats, day: Floats, volume: Floats) -> Floats:
    same = (np.zeros(len(each), dtype=np.intp) for each in (day, days))
    return volumes_between(next(same), day, volume, next(same), days)[0]


def _means(
    study: Study,
    rows: pd.DataFrame,
    standard_error: bool = False,
    between: Between = _straight,
) -> pd.DataFrame:
    """Means of ``value`` by arm and day, as long as half of the arm's mice are followed."""
    frames = []
    for arm in study.design.arm_names:
        of_arm = study.at_visits(rows[rows["arm"] == arm])
        if not len(of_arm):
            continue
        days, values = _on_common_days(of_arm, between)
        followed = (~np.isnan(values)).sum(axis=0)
        kept = followed >= of_arm["mouse"].nunique() / 2
        level = None if standard_error else study.design.rules.compare.level
        frame = _interval(values[:, kept], level)
        frames.append(frame.assign(arm=arm, day=days[kept])[list(MEAN_COLUMNS)])
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=MEAN_COLUMNS)


def _on_common_days(readings: pd.DataFrame, between: Between) -> tuple[Floats, Floats]:
    """The days of an arm, and a row of values a mouse: NaN before its first and after its last."""
    days = np.unique(readings["day"].to_numpy(dtype=float))
    mouse = pd.factorize(readings["mouse"])[0]
    order = np.argsort(mouse, kind="stable")
    ordered = readings[["day", "value"]].to_numpy(dtype=float)[order]
    courses = np.split(ordered, np.flatnonzero(np.diff(mouse[order])) + 1)
    return days, np.array([between(days, *course.T) for course in courses])


def _interval(values: Floats, level: float | None) -> pd.DataFrame:
    """The mean of each column and its t interval, NaN limits where one mouse is left.

    Without a level the limits are one standard error away.
    """
    from scipy.special import stdtrit

    n = (~np.isnan(values)).sum(axis=0)
    mean = np.nansum(values, axis=0) / n
    squares = np.nansum((values - mean) ** 2, axis=0)
    df = np.maximum(n - 1, 1)
    errors = 1.0 if level is None else stdtrit(df, (1 + level) / 2)
    reach = errors * np.sqrt(squares / df / n)
    reach = np.where(n > 1, reach, np.nan)
    return pd.DataFrame(
        {"n": n, "estimate": mean, "conf_low": mean - reach, "conf_high": mean + reach}
    )
