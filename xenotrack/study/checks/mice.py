"""Doubts about arms and mice: units, sizes, baselines, fates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from xenotrack.study.checks.places import about_study, at_row
from xenotrack.study.columns import header_words
from xenotrack.study.factors import cages_by_arm, nested_words
from xenotrack.study.finding import Finding
from xenotrack.study.frames import Groups, row_by_row
from xenotrack.study.study import Study

# Studies start at 50 to 250 mm³, 4 to 8 mm, and end below 4 cm³: a median this small is another
# unit, unless large tumours beside it show that small ones are floored.
_CM3_BELOW = 5.0
_CM3_LARGEST = 10.0
_CM_BELOW = 3.0
# Diameters of mice's tumours, and the headers that name a size and no dimension.
_LONGEST_MM = 20.0
_SIZES = frozenset(("size", "tumor size", "tumor", "diameter", "tumor diameter", "measurement"))
# By chance alone one balanced study in a thousand is called unbalanced, and only for a difference
# that matters.
_UNBALANCED_P, _UNBALANCED_FOLD = 0.001, 1.3
_MOST_OF = 0.75  # of its arm's days: staggered starts let ends differ by less


def volumes_like_cubic_centimetres(study: Study) -> Iterator[Finding]:
    """The median baseline is so small that volumes seem to be in cm³."""
    baselines = study.mice["baseline_mm3"].dropna()
    median = baselines.median() if len(baselines) else study.readings["volume_mm3"].median()
    largest = study.readings["volume_mm3"].quantile(0.95)
    if 0 < median < _CM3_BELOW and largest < _CM3_LARGEST:
        found = about_study(
            study,
            "volume-looks-like-cm3",
            f"The median baseline is {median:.3g} mm³.",
            'If volumes are in cm³, say `unit = "cm3"` under [volume], if they are in mm³, '
            '`readout = "volume"`; nothing was rescaled.',
        )
        yield found if _unit_is_written(study) else replace(found, severity="error")


def _unit_is_written(study: Study) -> bool:
    """Whether the sheet, or the lab, says in which unit volumes are."""
    if not study.columns or study.measurements["length_mm"].notna().any():
        return True
    return study.design.rules.volume.readout is not None or _has_unit(study, "volume_mm3")


def _has_unit(study: Study, column: str) -> bool:
    """Whether the name of a column says its unit."""
    return header_words(dict(study.columns).get(column, ""))[1] != ""


def volumes_like_percentages(study: Study) -> Iterator[Finding]:
    """Every mouse begins at 100 and goes on with decimals: percent of its first volume."""
    if not study.columns or study.design.rules.volume.readout is not None:
        return
    volume, track = study.tracks["volume_mm3"], study.tracks["track"]
    first = volume.groupby(track, sort=False).first()
    exact = (volume == volume.round()).all()
    if len(first) >= 3 and (first == 100).all() and not exact and volume.nunique() > 3:
        yield about_study(
            study,
            "volume-looks-relative",
            "The first volume of every mouse is 100: they seem to be percent of it.",
            'Give the volumes; if these are volumes in mm³, say `readout = "volume"` under '
            "[volume].",
        )


def volumes_like_lengths(study: Study) -> Iterator[Finding]:
    """A tumour's size from 3 to 25 in every reading may be a diameter, read as a volume."""
    rows = study.measurements
    if rows["length_mm"].notna().any() or not study.columns:
        return
    named = dict(study.columns).get("volume_mm3", "")
    volume = rows["volume_mm3"]
    volume = volume[volume > 0]
    sized = header_words(named)[0] in _SIZES and header_words(named)[1] not in ("mm3", "cm3")
    if sized and len(volume) and volume.median() < _LONGEST_MM and volume.max() < 2 * _LONGEST_MM:
        yield about_study(
            study,
            "volume-looks-like-length",
            f"{named!r} was read as a volume in mm³, and its median is {volume.median():.3g}.",
            "If it is a diameter in mm, no volume can be made of it; take the sheet of both.",
        )


def lengths_like_centimetres(study: Study) -> Iterator[Finding]:
    """The median length is so small that diameters seem to be in cm."""
    median = study.measurements["length_mm"].dropna().median()
    if 0 < median < _CM_BELOW:
        found = about_study(
            study,
            "length-looks-like-cm",
            f"The median length is {median:.3g} mm.",
            'If lengths are in cm, say `length_unit = "cm"` under [volume], if they are in mm, '
            '`readout = "volume"`; nothing was rescaled.',
        )
        told = study.design.rules.volume.readout is not None or _has_unit(study, "length_mm")
        yield found if told else replace(found, severity="error")


def arms_of_few_mice(study: Study) -> Iterator[Finding]:
    """An arm of one or two mice says little about its spread."""
    counts = study.mice["arm"].value_counts()
    few = {arm: n for arm in study.design.arm_names if (n := int(counts.get(arm, 0))) < 3}
    listed = [f"{arm!r} ({n} {'mouse' if n == 1 else 'mice'})" for arm, n in few.items()]
    if listed:
        yield about_study(
            study,
            "few-mice",
            f"Arms of fewer than three mice: {', '.join(listed)}.",
            "Look whether mice of it stand under another name; its estimates will be wide.",
        )


def mice_without_reading(study: Study) -> Iterator[Finding]:
    """A mouse of the sheet has no usable volume at all."""
    mice = study.mice
    for mouse in mice.loc[mice["n_readings"] == 0, "mouse"]:
        yield at_row(
            study,
            first_row(study, mouse),
            "mouse-without-reading",
            f"Mouse {mouse} has no volume that can be used.",
            "Nothing to do if it was never measured; it is in no estimate.",
        )


OF_EACH_MOUSE = (
    "If the treatment of each mouse began at its first reading, set "
    '`day_zero = "first_of_mouse"` under [study].'
)


def baselines_missing(study: Study) -> Iterator[Finding]:
    """A mouse has no reading near treatment start: no relative endpoint, but a growth rate."""
    mice = study.mice
    window = study.design.rules.study.baseline_window_days
    without = mice[mice["baseline_mm3"].isna() & (mice["n_readings"] > 0)]
    remedy = "Set day_zero or baseline_window_days under [study], or add the reading."
    first_day = study.readings.groupby("mouse")["day"].min().reindex(without["mouse"])
    if len(without) and (first_day > 0).all() and len(without) < len(mice):
        remedy = f"{OF_EACH_MOUSE} Else add the reading."
    if len(without) > max(5, len(mice) // 4):
        yield about_study(
            study,
            "no-baseline",
            f"{len(without)} of {len(mice)} mice have no reading within {window:g} days before "
            f"day 0 or after the study's first day: {named(without['mouse'])}.",
            remedy,
        )
        return
    for mouse in without["mouse"]:
        yield at_row(
            study,
            first_row(study, mouse),
            "no-baseline",
            f"Mouse {mouse} has no reading within {window:g} days before day 0 or after the "
            "study's first day.",
            remedy,
        )


def treatments_after_the_last_reading(study: Study) -> Iterator[Finding]:
    """A mouse was never read after its treatment began, where others were."""
    mice = study.mice
    before = mice[mice["last_day"] < 0]
    if len(before) and len(before) < (mice["n_readings"] > 0).sum():
        yield about_study(
            study,
            "never-read-on-treatment",
            f"{len(before)} mice were last read before day 0: {named(before['mouse'])}.",
            "Look at the day on which their treatment began; nothing to do if they left before.",
        )


def baselines_late(study: Study) -> Iterator[Finding]:
    """Baselines were read after day 0, when the treatment may have begun to work."""
    mice = study.mice
    late = mice[mice["baseline_late"]]
    if len(late):
        low, high = late["baseline_day"].min(), late["baseline_day"].max()
        days = f"day {low:g}" if low == high else f"days {low:g} to {high:g}"
        yield about_study(
            study,
            "late-baseline",
            f"The baseline of {len(late)} of {len(mice)} mice was read after day 0, on {days}"
            + (f": {named(late['mouse'])}." if len(late) < len(mice) else "."),
            'If treatment began at the first reading, set `day_zero = "first"` under [study].'
            if len(late) == len(mice)
            else OF_EACH_MOUSE,
        )


def arms_unbalanced(study: Study) -> Iterator[Finding]:
    """Baselines differ between arms by more than a random allocation leaves."""
    mice = study.mice
    known = ((mice["baseline_mm3"] > 0) & ~mice["baseline_below_limit"]).to_numpy()
    logs = np.log(mice["baseline_mm3"].to_numpy()[known])
    by_arm = Groups.of(mice["arm"][known])
    n_arms, n_mice = len(by_arm.names), len(logs)
    if n_arms < 2 or n_mice <= n_arms:
        return
    sizes = np.bincount(by_arm.codes)
    means = np.bincount(by_arm.codes, logs) / sizes
    within = float(((logs - means[by_arm.codes]) ** 2).sum())
    between = float((sizes * (means - logs.mean()) ** 2).sum())
    if within <= 0:
        return
    ratio = (between / (n_arms - 1)) / (within / (n_mice - n_arms))
    low, high = int(means.argmin()), int(means.argmax())
    fold = float(np.exp(means[high] - means[low]))
    if fold > _UNBALANCED_FOLD and _f_tail(n_arms - 1, n_mice - n_arms, ratio) < _UNBALANCED_P:
        yield about_study(
            study,
            "arms-unbalanced",
            f"Baselines differ between arms: {np.exp(means[low]):.3g} mm³ in "
            f"{by_arm.names[low]!r}, {np.exp(means[high]):.3g} mm³ in {by_arm.names[high]!r}, "
            "more than chance leaves.",
            "Look whether mice were allocated by size; compare growth rates, not volumes.",
        )


def _f_tail(between: int, within: int, ratio: float) -> float:
    """The share of F's distribution beyond a ratio of mean squares."""
    from scipy.special import fdtrc  # a third of what `check` loads, for studies that need it

    return float(fdtrc(between, within, ratio))


def cages_nested(study: Study) -> Iterator[Finding]:
    """Whole cages in one arm: what is the cage's cannot be told from what is the arm's."""
    cages = cages_by_arm(study.mice)
    if cages and study.design.rules.study.experimental_unit == "mouse":
        yield about_study(
            study,
            "cages-nested-in-arms",
            f"{nested_words(cages)}: mice of one cage may be alike for its sake.",
            'Say `experimental_unit = "cage"` under [study] to compare arms by their cages.',
        )


def mice_left_early(study: Study) -> Iterator[Finding]:
    """Mice left before the others without a fate: whether they count as censored rests on it."""
    mice = study.mice
    before = mice["last_day"] < mice["last_day"].max() - 1.5 * _usual_gap(study)
    early = mice[before & mice["fate"].isna()]
    early = early[~early["mouse"].isin(study.moved_on)]
    if len(early):
        yield about_study(
            study,
            "left-without-fate",
            f"{len(early)} of {len(mice)} mice left before day {mice['last_day'].max():g} without "
            f"a fate: {named(early['mouse'])}.",
            "Add a column fate (tumor_size, toxicity, …): it decides whether they progressed.",
        )


def ended_before_others(study: Study) -> Iterator[Finding]:
    """Mice that left at the study's end, as is written, while their arm went on for long."""
    mice = study.mice
    whole = mice.groupby("arm", sort=False)["last_day"].transform("max")
    early = mice["last_day"] < np.minimum(whole - 1.5 * _usual_gap(study), _MOST_OF * whole)
    ended = mice[early & (mice["fate"] == "end_of_study") & ~mice["mouse"].isin(study.moved_on)]
    if len(ended):
        yield about_study(
            study,
            "ended-before-others",
            f"{len(ended)} of {len(mice)} mice left at the end of the study, as is written, from "
            f"day {ended['last_day'].min():g} on, and their arms were read to day "
            f"{whole[ended.index].max():g}: {named(ended['mouse'])}.",
            "Write why they left (tumor_size, toxicity, unrelated): it decides whether they "
            "progressed.",
        )


def _usual_gap(study: Study) -> float:
    """The median number of days from a mouse's reading to its next; 0 without two."""
    day = study.readings["day"].to_numpy(dtype=float)
    gaps = day - Groups.of(study.readings["mouse"]).shifted(day, 1)
    return float(np.nanmedian(gaps)) if np.isfinite(gaps).any() else 0.0


def readings_after_fate(study: Study) -> Iterator[Finding]:
    """A mouse was read after the row on which its fate was written."""
    rows = study.measurements
    fated = rows["fate"].notna().to_numpy()
    if not fated.any():
        return
    day = rows["day"].to_numpy(dtype=float)
    by_mouse = Groups.of(rows["mouse"])
    left = by_mouse.largest(np.where(fated, day, np.nan))
    # A fate that stands on every row says of none that the mouse left on it.
    once = left == -by_mouse.largest(np.where(fated, -day, np.nan))
    left = np.where(once, left, np.nan)[by_mouse.codes]
    for row in row_by_row(rows[(day > left) & rows["volume_mm3"].notna().to_numpy()]):
        yield at_row(
            study,
            row,
            "reading-after-fate",
            f"Mouse {row.mouse} was read on day {row.day:g}, after its fate was written.",
            "Look which is right: the mouse, the day or the fate.",
        )


def first_row(study: Study, mouse: str) -> object:
    """The first row of a mouse."""
    rows = study.measurements
    return next(rows[rows["mouse"] == mouse].head(1).itertuples())


def named(mice: Iterable[str] | pd.Series) -> str:
    """The first names, and how many more.

    >>> named(["a", "b"])
    'a, b'
    """
    names = list(mice)
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
