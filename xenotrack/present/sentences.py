"""Results as sentences whose strength is bound to the interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from xenotrack.compare.slowing import alone
from xenotrack.doubts import p_words
from xenotrack.study.design import Design
from xenotrack.study.rules import ProgressionRules
from xenotrack.study.volume import FORMULAS

MOST_NAMED = 3  # mice that one sentence calls by name


def number(value: float, digits: int = 3) -> str:
    """A number as a paper prints it: ``digits`` significant ones, a true minus sign.

    >>> number(-0.012345), number(14.0), number(105.25)
    ('−0.0123', '14', '105')
    """
    if value != 0 and abs(value) < 1e-4:  # no exponents in a sentence
        return f"{value:.{digits + 3}f}".rstrip("0").replace("-", "−")
    return f"{value:.{digits}g}".replace("-", "−")


def interval(low: float, high: float, level: float = 0.95) -> str:
    """``95 % −0.02 to 0.01``; an unbounded side is said.

    >>> interval(-0.02, float("nan"))
    '95 % −0.02 to unbounded'
    """
    ends = [number(end) if np.isfinite(end) else "unbounded" for end in (low, high)]
    return f"{100 * level:g} % {ends[0]} to {ends[1]}"


def join(items: Iterable[str]) -> str:
    """
    >>> join(["a", "b", "c"])
    'a, b and c'
    """
    *front, last = items
    return f"{', '.join(front)} and {last}" if front else last


def growth_sentence(row: pd.Series, level: float) -> str:
    """What one arm's rate says, from its row of the growth table."""
    if pd.isna(row["conf_low"]):
        return f"{row['arm']}: no interval could be given."
    rate = (
        f"{number(row['estimate'])} per day ({interval(row['conf_low'], row['conf_high'], level)})"
    )
    said = {
        "shrinking": "shrinks",
        "blocked": "does not grow, or hardly",
        "growing": "grows",
        "undecided": "may grow or not",
    }[row["verdict"]]
    sentence = f"{row['arm']} {said}: {rate}"
    if row["conf_high"] > 0 and row["verdict"] != "growing":
        sentence += (
            f"; it grows at most {number(row['conf_high'])} per day, doubling no faster than every "
            f"{row['doubling_time_low']:.0f} days"
        )
    return sentence + "."


def blocked_sentence(
    growth: pd.Series, progressed: pd.Series, days: tuple[str, str], left: str, level: float
) -> str | None:
    """Whether an arm blocked progression; None where its growth was not held.

    ``progressed``: how many of its mice did, with the limits of the share; ``days``: those of the
    growth fit, and the last one; ``left``: who left before, in words.
    """
    if growth["verdict"] not in ("shrinking", "blocked"):
        return None
    limit = f"{100 * level:g} % limit"
    if growth["conf_high"] < 0:
        rate = f"it shrank by {number(-growth['conf_high'])} per day or more ({limit})"
    else:
        rate = (
            f"it grew by {number(growth['conf_high'])} per day or less ({limit}), doubling no "
            f"faster than every {growth['doubling_time_low']:.0f} days"
        )
    events, mice = int(progressed["n"]), int(progressed["n_mice"])
    seen = f"by {days[1]}, {events} of {mice} mice progressed"
    if np.isfinite(progressed["conf_high"]):
        seen += f" ({share(progressed, level)})"
    seen += f"; {left}" if left else ""
    if events == 0 and mice > 0:
        return f"{growth['arm']} blocked progression: on {days[0]} {rate}; {seen}."
    return f"{growth['arm']} held growth on average on {days[0]}: {rate}; {seen}."


def left_early(mice: pd.DataFrame, last_day: float) -> pd.DataFrame:
    """The rows of ``progression_mice`` that left before the last day without progression.

    ``why`` is the fate in words; where nobody says why, a mouse was only last seen.
    """
    rows = mice[~mice["event"].eq(True) & mice["fate"].ne("end_of_study")]
    rows = rows[rows["day"] < last_day]
    fates = rows["fate"].fillna("").replace("", "no reason given").astype(str)
    return rows.assign(why=fates.str.replace("_", " "))


def left_words(mice: pd.DataFrame, arm: str, last_day: float) -> str:
    """Who left an arm before the end without progression: ``N075 left on day 14 (toxicity)``.

    ``mice`` are the rows of ``progression_mice``; "" where all were followed.
    """
    early = left_early(mice[mice["arm"] == arm], last_day)
    told = [
        f"{mouse} left on day {number(day)} ({why})"
        for mouse, day, why in zip(early["mouse"], early["day"], early["why"], strict=True)
    ]
    more = [f"{len(told) - MOST_NAMED} more left before the end"] if len(told) > MOST_NAMED else []
    return "; ".join([*told[:MOST_NAMED], *more])


def ratio_text(ratio: float) -> str:
    """A ratio to two digits; what is next to nothing is said so.

    >>> ratio_text(0.0583), ratio_text(0.000446)
    ('0.058', '< 0.001')
    """
    return "< 0.001" if ratio < 1e-3 else number(ratio, 2)


def share(row: pd.Series, level: float) -> str:
    """The interval of a share in percent.

    >>> share(pd.Series({"conf_low": 0.0, "conf_high": 0.308}), 0.95)
    '95 % 0 to 31 %'
    """
    return f"{100 * level:g} % {100 * row['conf_low']:.0f} to {100 * row['conf_high']:.0f} %"


def slowed_sentences(rows: pd.DataFrame, control: str, level: float) -> list[str]:
    """What slowed growth against control, by the adjusted intervals, and what could not be shown.

    ``rows``: the control family of ``growth_rate``, with the columns of ``with_slowing``.
    """
    known = rows[rows["p_adjusted"].notna()]
    slowed = (known["p_adjusted"] < 1 - level) & (known["estimate"] < 0)
    said = [against_control(row, control, level) for _, row in known.iterrows()]
    if len(known) and not slowed.any():
        said.insert(0, f"No arm was shown to grow slower than {control}.")
    return said


def against_control(row: pd.Series, control: str, level: float) -> str:
    """One arm against control, in percent of the control's rate where that is a number."""
    arm = str(row["contrast"]).removesuffix(f" - {control}")
    shown = row["p_adjusted"] < 1 - level
    rate = f"{number(row['estimate'])} per day"
    p_value = p_words(row["p_adjusted"])
    if not np.isfinite([row["slower_percent"], row["slower_low"], row["slower_high"]]).all():
        found = family_interval(row, level)
        how = "slower" if row["estimate"] < 0 else "faster"
        words = f"{arm} grew {how} than {control}" if shown else f"{arm}: {_unshown(control)}"
        return f"{words}; {rate} ({found}, {p_value})."
    if not shown:
        return (
            f"{arm}: {_unshown(control)}; slower by {percent(row['slower_percent'])} "
            f"({percents(row['slower_low'], row['slower_high'], level)}, {p_value})"
            f"{_excluded(row)}."
        )
    if row["estimate"] > 0:
        ends = percents(-row["slower_high"], -row["slower_low"], level)
        how = f"faster than {control} by {percent(-row['slower_percent'])}"
        return f"{arm} grew {how} ({ends}; {rate}, {p_value})."
    ends = percents(row["slower_low"], row["slower_high"], level)
    by_itself = " for this arm alone" if alone(row, level) else ""
    return (
        f"{arm} grew slower than {control} by {percent(row['slower_percent'])} "
        f"({ends}{by_itself}; {rate}, {p_value})."
    )


def family_interval(row: pd.Series, level: float) -> str:
    """The interval that holds for the family; that of one arm where only this excludes 0."""
    if alone(row, level):
        return f"{interval(row['conf_low'], row['conf_high'], level)} for this arm alone"
    return interval(row["simultaneous_low"], row["simultaneous_high"], level)


def _unshown(control: str) -> str:
    return f"no difference from {control} could be shown"


def _excluded(row: pd.Series) -> str:
    """What the interval of an undecided difference leaves no room for."""
    ruled_out = [
        f"{word} by more than {percent(limit)}"
        for word, limit in (("slower", row["slower_high"]), ("faster", -row["slower_low"]))
        if limit > 0
    ]
    return f"; excluded: {join(ruled_out)}"


def percent(value: float) -> str:
    """Whole percents; one decimal below ten.

    >>> percent(61.7), percent(4.43), percent(-120.2)
    ('62 %', '4.4 %', '−120 %')
    """
    return f"{value:.{0 if abs(value) >= 10 else 1}f} %".replace("-", "−")


def percents(low: float, high: float, level: float) -> str:
    """``95 % 48 to 75``.

    >>> percents(48.2, 75, 0.95)
    '95 % 48 to 75'
    """
    ends = [percent(end).removesuffix(" %") for end in (low, high)]
    return f"{100 * level:g} % {ends[0]} to {ends[1]}"


def parts_sentences(
    rows: pd.DataFrame, days: pd.DataFrame, design: Design, level: float
) -> list[str]:
    """What the largest combinations add over the arms of one drug fewer, and every claim.

    ``rows`` and ``days``: the parts family of ``growth_rate`` and of ``rmst_days``. The claim is
    the intersection–union row alone.
    """
    combinations = dict(design.combinations())
    most = max((len(design.drugs_of(name)) for name in combinations), default=0)
    said: list[str] = []
    largest: list[str] = []
    for name, parts in combinations.items():
        claim = rows[rows["contrast"] == f"{name} - best part"]
        claims = [_claim(name, row, level) for _, row in claim.iterrows()]
        if len(design.drugs_of(name)) < most:
            said += claims
            continue
        for part in parts:
            if len(design.drugs_of(part)) == most - 1:
                largest += _against_part(name, part, rows, days, level)
        largest += claims
    return largest + said


def _against_part(
    name: str, part: str, rows: pd.DataFrame, days: pd.DataFrame, level: float
) -> Iterator[str]:
    """One part: the difference in growth rate, and in days without progression."""
    found = [
        f"{what(row['estimate'])} ({interval(row['conf_low'], row['conf_high'], level)})"
        for what, family in ((_rate_changed, rows), (_days_changed, days))
        for _, row in family[family["contrast"] == f"{name} - {part}"].iterrows()
        if np.isfinite(row["conf_low"])
    ]
    if found:
        yield f"{name} against {part}: {join(found)}, each read alone."
    else:
        yield f"{name} could not be compared with {part}."


def _rate_changed(estimate: float) -> str:
    return f"{number(estimate)} per day in growth rate"


def _days_changed(estimate: float) -> str:
    return f"{days_more(estimate)} without progression"


def days_more(days: float) -> str:
    """
    >>> days_more(17.2), days_more(-5.13)
    ('17.2 days more', '5.13 days fewer')
    """
    return f"{number(abs(days))} days {'fewer' if days < 0 else 'more'}"


def contrast_words(contrast: str) -> str:
    """
    >>> contrast_words("A+B - A"), contrast_words("A+B - best part")
    ('A+B against A', 'A+B against its best part')
    """
    return contrast.replace(" - best part", " against its best part").replace(" - ", " against ")


def best_of(row: pd.Series) -> tuple[str, str]:
    """Which part of a claim looks best, and which is least surely beaten."""
    return row["best_part"] or "", row["p_part"] or ""


def claim_words(row: pd.Series) -> str:
    """The p of a claim, and against which part where that is not the best one."""
    best, least = best_of(row)
    return p_words(row["p_adjusted"]) + (f", that against {least}" if least != best else "")


def _claim(name: str, row: pd.Series, level: float) -> str:
    if pd.isna(row["p_adjusted"]):
        return f"Whether {name} is better than each of its parts cannot be tested."
    low, high = row["simultaneous_low"], row["simultaneous_high"]
    found = (
        f"{number(row['estimate'])} per day against {best_of(row)[0]}, which looks best, "
        f"{interval(low, high, level)} for all combinations together, {claim_words(row)}"
    )
    if row["p_adjusted"] < 1 - level and row["estimate"] < 0:
        return f"{name} grows slower than every one of its parts ({found})."
    return f"That {name} grows slower than every one of its parts could not be shown ({found})."


REFERENCE_WORDS = {
    "bliss": "what its drugs give one by one",
    "bliss_doublet": "what a pair and the third drug give",
    "interaction": "what all its smaller combinations explain",
}


def synergy_sentences(rows: pd.DataFrame, level: float) -> list[str]:
    """Whether each combination is more than the sum of its parts, and what could be excluded.

    ``rows``: those of the table ``synergy`` on the scale of rates. A pair's interaction is its
    Bliss excess, and is said once.
    """
    asked = rows[rows["reference"].isin(REFERENCE_WORDS) & rows["verdict"].notna()]
    pairs = (asked["reference"] == "interaction") & (asked["expectation"] == "its single drugs")
    return [_synergy(row, level) for _, row in asked[~pairs].iterrows()]


def _synergy(row: pd.Series, level: float) -> str:
    low, high = row["simultaneous_low"], row["simultaneous_high"]
    held = f"{row['combination']} against {REFERENCE_WORDS[row['reference']]}"
    if row["reference"] != "interaction":
        held += f" ({join(row['expectation'].split(' and '))})"
    found = (
        f"{number(row['estimate'])} per day ({interval(low, high, level)}, "
        f"{p_words(row['p_adjusted'])})"
    )
    if row["verdict"] != "additive or undecided":
        return f"{held}: {row['verdict']}, {found}."
    # What three drugs lack against their pairs is no antagonism of the three.
    three = row["reference"] == "interaction"
    words = ("a gain", "a loss") if three else ("synergy", "antagonism")
    excluded = [
        f"{word} of more than {number(abs(limit))}"
        for word, limit, side in zip(words, (low, high), (-1, 1), strict=True)
        if np.isfinite(limit) and limit * side > 0
    ]
    ruled_out = f"; excluded: {join(excluded)} per day" if excluded else ""
    return f"{held}: additive or undecided, {found}{ruled_out}."


def progression_rule(rules: ProgressionRules) -> str:
    """The declared event in words.

    >>> progression_rule(ProgressionRules())
    'first reading at or above 2 × the baseline volume, day interpolated linearly'
    """
    what = {
        "fold": f"{rules.threshold:g} × the baseline volume",
        "nadir": f"{rules.threshold:g} × the smallest volume so far",
        "absolute": f"{rules.threshold:g} mm³",
    }[rules.rule]
    confirmed = ", confirmed by the next reading" if rules.confirm else ""
    day = {
        "none": "on the day of the visit",
        "linear": "day interpolated linearly",
        "log": "day interpolated on the log scale",
    }[rules.interpolate]
    cull = "" if rules.size_cull == "event" else "; leaving for tumour size is censored"
    return f"first reading at or above {what}{confirmed}, {day}{cull}"


def volume_rule(design: Design) -> str:
    """The volume formula in words."""
    return FORMULAS[design.rules.volume.formula].written
