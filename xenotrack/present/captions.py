"""The words beside each figure: its title, how to read it, and its finding for who cannot see.

The sentences stand in ``figures/catalogue.py``; here is what fills them from a study's results.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from string import Formatter

import numpy as np
import pandas as pd

from xenotrack.compare.lattice import one_drug_more, why_no_step
from xenotrack.present.figures.catalogue import FIGURES, figure_names, owed
from xenotrack.present.numbers import join, number
from xenotrack.present.results import Results
from xenotrack.present.rule_words import progression_rule
from xenotrack.present.story import Caption
from xenotrack.present.tell.claims import versus
from xenotrack.present.tell.definitions import holdings
from xenotrack.present.words import days_text, rate_text

LIMITS = ("estimate", "conf_low", "conf_high")
TOGETHER = ("estimate", "claim_low", "claim_high")


def captions(results: Results, names: Collection[str] | None = None) -> tuple[Caption, ...]:
    """The captions of some figures (none named: of all that a run of the study draws).

    Each names its phase, if any.
    """
    drawn = owed(figure_names() if names is None else names, results.with_sensitivity)
    phase = f" Phase {results.study.phase}." if results.study.phase else ""
    tell = _Teller(results).fill
    return tuple(
        Caption(figure.name, figure.title, tell(figure.note) + phase, tell(figure.alt))
        for figure in FIGURES
        if figure.name in drawn
    )


class _Teller:
    """Fills the words in braces, each computed once."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._told: dict[str, str] = {}

    def fill(self, sentence: str) -> str:
        for _, name, _, _ in Formatter().parse(sentence):
            if name is not None and name not in self._told:
                self._told[name] = TELLINGS[name](self._results)
        return sentence.format_map(self._told)


def _arms(results: Results) -> str:
    return join(results.progression.to_frame()["arm"])


def _rates(results: Results) -> str:
    """The rate of each arm in words."""
    if not results.has_growth:
        return "No growth rate could be estimated."
    return f"Growth rates, % a day: {_rates_of(results.growth.to_frame(), 'arm', LIMITS)}."


def _rates_of(rows: pd.DataFrame, name: str, limits: tuple[str, ...]) -> str:
    """Each row's name with its estimate and interval."""
    limits_of = rows[[name, *limits]].itertuples(index=False)
    return ", ".join(f"{arm} {rate_text(*numbers)}" for arm, *numbers in limits_of)


def _fates(results: Results) -> str:
    return " A mark says why a mouse left." if results.study.mice["fate"].notna().any() else ""


def _medians(results: Results) -> str:
    rows = results.progression.to_frame()[["arm", "median_days", "conf_low", "conf_high"]]
    return ", ".join(
        f"{arm} {days_text(median, low, high, 'not reached')}"
        for arm, median, low, high in rows.itertuples(index=False)
    )


def _progression_rule(results: Results) -> str:
    return progression_rule(results.study.design.rules.progression)


def _min_day(results: Results) -> str:
    return number(results.study.design.rules.response.min_day)


def _mice(results: Results) -> str:
    return str(len(results.response))


def _classes(results: Results) -> str:
    mice = results.response
    classes = mice["mrecist"].value_counts() if "mrecist" in mice else {}
    return ", ".join(f"{count} {name}" for name, count in classes.items()) or "no class"


def _halved(results: Results) -> str:
    mice = results.response
    return _shares(mice["best_response_percent"] <= -50, mice["arm"])


def _smaller(results: Results) -> str:
    best = results.response.dropna(subset=["best_response_percent"])
    return _shares(best["best_response_percent"] < 0, best["arm"])


def _shares(holds: pd.Series, arms: pd.Series) -> str:
    """Of how many mice of each arm something holds."""
    counted = holds.groupby(arms, sort=False).agg(["sum", "size"])
    return ", ".join(f"{arm} {n} of {size}" for arm, n, size in counted.itertuples())


def _progressed(results: Results) -> str:
    rows = results.progression.to_frame()[["arm", "n_events", "n_mice"]]
    return ", ".join(
        f"{arm} {events} of {mice}" for arm, events, mice in rows.itertuples(index=False)
    )


def _weights(results: Results) -> str:
    rows = results.tolerability[["arm", "weight_nadir_percent_mean"]]
    losses = [
        f"{arm} {number(nadir, 2)} %"
        for arm, nadir in rows.itertuples(index=False)
        if np.isfinite(nadir)
    ]
    return f"Mean of the lowest weights: {', '.join(losses)}." if losses else "No weights recorded."


def _differences(results: Results) -> str:
    rows = results.contrasts
    shown = rows[rows["shows"].notna()]
    if shown.empty:
        return "No comparison."
    return (
        "Differences of growth rates, % a day, each with its interval at the adjusted level: "
        f"{_rates_of(_with_pairs(shown), 'pair', TOGETHER)}."
    )


def _with_pairs(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(pair=rows["arm"] + " vs " + rows["against"])


def _steps(results: Results) -> str:
    steps = {(arm, part) for arm, part, _ in one_drug_more(results.study.design)}
    rows = results.contrasts
    rows = rows[[pair in steps for pair in zip(rows["arm"], rows["against"], strict=True)]]
    if rows.empty:
        return why_no_step(results.study.design)
    words = _rates_of(_with_pairs(rows), "pair", LIMITS)
    return f"Changes of the growth rate, % a day, by one drug more: {words}."


def _indices(results: Results) -> str:
    rows = results.synergy_by_day
    rows = rows[(rows["scale"] == "ln_volume") & (rows["reference"] == "bliss")]
    rows = rows.dropna(subset=["combination_index"])
    last = rows[rows["day"] == rows["day"].max()]
    if last.empty:
        return "No combination has an index."
    columns = ["combination", "combination_index", "index_low", "index_high"]
    words = [
        f"{name} {number(index, 2)} ({number(low, 2)} to {number(high, 2)})"
        for name, index, low, high in last[columns].itertuples(index=False)
    ]
    return f"Index against Bliss on day {last['day'].max():g}: {', '.join(words)}."


def _outside(results: Results) -> str:
    left = results.residuals["residual"].dropna().abs()
    return f"{int((left > 2).sum())} of {len(left)}"


def _influences(results: Results) -> str:
    moved = results.influence.dropna(subset=["change_in_errors"])
    most = moved.loc[moved["change_in_errors"].abs().groupby(moved["arm"], sort=False).idxmax()]
    if most.empty:
        return "No rate could be estimated without one of the mice."
    words = [
        f"{arm} {number(change, 2)} without {mouse}"
        for arm, change, mouse in most[["arm", "change_in_errors", "mouse"]].itertuples(index=False)
    ]
    return f"Largest change of each arm's rate, in its standard errors: {', '.join(words)}."


def _definitions(results: Results) -> str:
    """In how many definitions each claim is shown."""
    told = [f"{versus(one.arm, one.against)} {one.words}" for one in holdings(results.sensitivity)]
    return f"Days gained, shown after adjustment: {'; '.join(told)}." if told else ""


TELLINGS: dict[str, Callable[[Results], str]] = {
    "arms": _arms,
    "rates": _rates,
    "fates": _fates,
    "medians": _medians,
    "progression_rule": _progression_rule,
    "min_day": _min_day,
    "mice": _mice,
    "classes": _classes,
    "halved": _halved,
    "smaller": _smaller,
    "progressed": _progressed,
    "weights": _weights,
    "differences": _differences,
    "steps": _steps,
    "indices": _indices,
    "outside": _outside,
    "influences": _influences,
    "definitions": _definitions,
}
