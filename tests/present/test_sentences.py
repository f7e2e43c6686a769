"""Sentences say no more than their interval does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xenotrack.present.sentences import (
    blocked_sentence,
    growth_sentence,
    interval,
    left_words,
    parts_sentences,
    progression_rule,
    slowed_sentences,
    synergy_sentences,
)
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import ProgressionRules

DESIGN = Design(
    "pair",
    tuple(
        Arm(name, frozenset(drugs))
        for name, drugs in (("vehicle", ""), ("A", "A"), ("B", "B"), ("A+B", "AB"))
    ),
    "vehicle",
)


def rate(verdict: str, estimate: float, low: float, high: float) -> pd.Series:
    doubling = np.log(2) / high if high > 0 else np.nan
    return pd.Series(
        {
            "arm": "drug",
            "verdict": verdict,
            "estimate": estimate,
            "conf_low": low,
            "conf_high": high,
            "doubling_time_low": doubling,
        }
    )


def against_control(**claims: tuple[float, float]) -> pd.DataFrame:
    """The control family of rates, each with half-width 0.01, beside a control of 0.05 per day."""
    return pd.DataFrame(
        [
            {
                "contrast": f"{arm} - vehicle",
                "estimate": estimate,
                "simultaneous_low": estimate - 0.01,
                "simultaneous_high": estimate + 0.01,
                "p_adjusted": p_adjusted,
                "slower_percent": -estimate / 0.0005,
                "slower_low": (-estimate - 0.01) / 0.0005,
                "slower_high": (-estimate + 0.01) / 0.0005,
            }
            for arm, (estimate, p_adjusted) in claims.items()
        ]
    )


def part(contrast: str, estimate: float, p_adjusted: float) -> dict:
    return {
        "contrast": contrast,
        "estimate": estimate,
        "conf_low": estimate - 0.01,
        "conf_high": estimate + 0.01,
        "simultaneous_low": estimate - 0.01,
        "simultaneous_high": estimate + 0.01,
        "p_adjusted": p_adjusted,
        "method": "mixed model; intersection-union over 2 parts (best: A; p: B)",
    }


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (rate("growing", 0.05, 0.04, 0.06), "drug grows: 0.05 per day (95 % 0.04 to 0.06)."),
        (
            rate("shrinking", -0.02, -0.03, -0.01),
            "drug shrinks: −0.02 per day (95 % −0.03 to −0.01).",
        ),
        (
            rate("blocked", 0.001, -0.006, 0.008),
            "drug does not grow, or hardly: 0.001 per day (95 % −0.006 to 0.008); it grows at "
            "most 0.008 per day, doubling no faster than every 87 days.",
        ),
        (rate("undecided", 0.01, np.nan, np.nan), "drug: no interval could be given."),
    ],
)
def test_a_rate_is_said_with_its_interval(row, said) -> None:
    assert growth_sentence(row, 0.95) == said


DAYS = ("days 0 to 28", "day 105")


def progressed(n, mice, low, high):
    return pd.Series({"n": n, "n_mice": mice, "conf_low": low, "conf_high": high})


def test_progression_is_blocked_only_where_no_mouse_progressed() -> None:
    blocked = rate("blocked", 0.0, -0.005, 0.005)
    none, some = progressed(0, 10, 0, 0.308), progressed(2, 10, 0.025, 0.556)
    said = (
        "it grew by 0.005 per day or less (95 % limit), doubling no faster than every 139 days; "
        "by day 105,"
    )
    assert blocked_sentence(blocked, none, DAYS, "", 0.95) == (
        f"drug blocked progression: on days 0 to 28 {said} 0 of 10 mice progressed "
        "(95 % 0 to 31 %)."
    )
    assert blocked_sentence(blocked, none, DAYS, "m1 left on day 14 (toxicity)", 0.95).endswith(
        "(95 % 0 to 31 %); m1 left on day 14 (toxicity)."
    )
    assert blocked_sentence(blocked, some, DAYS, "", 0.95) == (
        f"drug held growth on average on days 0 to 28: {said} 2 of 10 mice progressed "
        "(95 % 2 to 56 %)."
    )
    shrinking = rate("shrinking", -0.01, -0.02, -0.004)
    assert "it shrank by 0.004 per day or more (95 % limit)" in blocked_sentence(
        shrinking, none, DAYS, "", 0.95
    )
    growing = rate("growing", 0.05, 0.04, 0.06)
    assert blocked_sentence(growing, none, DAYS, "", 0.95) is None


def test_an_arm_of_which_no_mouse_can_progress_blocked_nothing() -> None:
    blocked = rate("blocked", 0.0, -0.005, 0.005)
    said = blocked_sentence(blocked, progressed(0, 0, np.nan, np.nan), DAYS, "", 0.95)
    assert "blocked progression" not in str(said)


def test_mice_that_left_without_progression_are_named() -> None:
    rows = [
        ("m1", 14.0, False, "toxicity"),
        ("m2", 105.0, False, "end_of_study"),
        ("m3", 60.0, True, "tumor_size"),
        ("m4", 20.0, False, None),
    ]
    mice = pd.DataFrame(rows, columns=["mouse", "day", "event", "fate"]).assign(arm="drug")
    assert left_words(mice, "drug", 105) == (
        "m1 left on day 14 (toxicity); m4 left on day 20 (no reason given)"
    )
    assert left_words(mice, "other", 105) == ""
    many = pd.concat([mice.assign(mouse=f"m{n}") for n in range(5)])
    assert left_words(many, "drug", 105).endswith("; 7 more left before the end")


def test_what_slowed_growth_is_claimed_by_the_adjusted_p_alone() -> None:
    rows = against_control(A=(-0.03, 0.001), B=(-0.02, 0.06), C=(0.02, 0.01))
    assert slowed_sentences(rows, "vehicle", 0.95) == [
        "A grew slower than vehicle by 60 % (95 % 40 to 80; −0.03 per day, p = 0.001).",
        "B: no difference from vehicle could be shown; slower by 40 % (95 % 20 to 60, p = 0.06); "
        "excluded: slower by more than 60 %.",
        "C grew faster than vehicle by 40 % (95 % 20 to 60; 0.02 per day, p = 0.01).",
    ]


def test_an_undecided_difference_says_what_is_excluded_on_either_side() -> None:
    rows = against_control(A=(-0.005, 0.3))
    assert slowed_sentences(rows, "vehicle", 0.95)[-1] == (
        "A: no difference from vehicle could be shown; slower by 10 % (95 % −10 to 30, p = 0.3); "
        "excluded: slower by more than 30 % and faster by more than 10 %."
    )


def test_a_claim_beside_a_wider_interval_shows_its_own() -> None:
    rows = against_control(A=(-0.005, 0.03))
    assert slowed_sentences(rows, "vehicle", 0.95) == [
        "A grew slower than vehicle by 10 % (95 % −10 to 30 for this arm alone; −0.005 per day, "
        "p = 0.03)."
    ]


def test_without_percents_rates_are_said() -> None:
    rows = against_control(A=(-0.03, 0.001), B=(-0.02, 0.06)).assign(slower_low=np.nan)
    assert slowed_sentences(rows, "vehicle", 0.95) == [
        "A grew slower than vehicle; −0.03 per day (95 % −0.04 to −0.02, p = 0.001).",
        "B: no difference from vehicle could be shown; −0.02 per day (95 % −0.03 to −0.01, "
        "p = 0.06).",
    ]


def test_where_nothing_slowed_growth_that_is_said_first() -> None:
    said = slowed_sentences(against_control(C=(0.02, 0.01)), "vehicle", 0.95)
    assert said[0] == "No arm was shown to grow slower than vehicle."


def test_what_could_not_be_tested_is_not_claimed() -> None:
    assert slowed_sentences(against_control(A=(-0.5, np.nan)), "vehicle", 0.95) == []


@pytest.mark.parametrize(
    ("estimate", "p_adjusted", "beginning"),
    [
        (-0.03, 0.001, "A+B grows slower than every one of its parts ("),
        (-0.03, 0.2, "That A+B grows slower than every one of its parts could not be shown ("),
        (0.03, 0.001, "That A+B grows slower than every one of its parts could not be shown ("),
        (np.nan, np.nan, "Whether A+B is better than each of its parts cannot be tested."),
    ],
)
def test_the_combination_is_claimed_by_the_intersection_union_row(
    estimate, p_adjusted, beginning
) -> None:
    rows = pd.DataFrame(
        [
            part("A+B - A", -0.03, 1e-9),
            part("A+B - B", -0.04, 1e-9),
            part("A+B - best part", estimate, p_adjusted),
        ]
    )
    days = pd.DataFrame([{**part("A+B - A", 12.0, 0.01), "conf_low": 2.0, "conf_high": 22.0}])
    added, rate_alone, claim = parts_sentences(rows, days, DESIGN, 0.95)
    assert added == (
        "A+B against A: −0.03 per day in growth rate (95 % −0.04 to −0.02) and 12 days more "
        "without progression (95 % 2 to 22), each read alone."
    )
    assert rate_alone == (
        "A+B against B: −0.04 per day in growth rate (95 % −0.05 to −0.03), each read alone."
    )
    assert claim.startswith(beginning)


def test_without_a_combination_nothing_is_said_of_parts() -> None:
    single = Design("single", DESIGN.arms[:2], "vehicle")
    nothing = pd.DataFrame({"contrast": []})
    assert parts_sentences(nothing, nothing, single, 0.95) == []


def test_an_open_end_is_said() -> None:
    assert interval(float("-inf"), 0.5, 0.9) == "90 % unbounded to 0.5"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (ProgressionRules(rule="nadir"), "1.73 × the smallest volume so far"),
        (ProgressionRules(rule="absolute", value=800), "at or above 800 mm³"),
        (ProgressionRules(confirm=True), "confirmed by the next reading"),
        (ProgressionRules(interpolate="none"), "on the day of the visit"),
        (ProgressionRules(interpolate="log"), "on the log scale"),
        (ProgressionRules(size_cull="censor"), "leaving for tumour size is censored"),
    ],
)
def test_the_progression_rule_is_said_as_declared(rules, words) -> None:
    assert words in progression_rule(rules)


@pytest.mark.parametrize(
    ("verdict", "estimate", "said"),
    [
        ("synergy", -0.03, "A+B against what its drugs give one by one (A and B): synergy, −0.03 "),
        (
            "additive or undecided",
            0.002,
            "excluded: synergy of more than 0.008 and antagonism of more than 0.012 per day.",
        ),
    ],
)
def test_a_verdict_of_synergy_is_said_with_what_is_excluded(verdict, estimate, said) -> None:
    row = part("", estimate, 0.2) | {
        "combination": "A+B",
        "reference": "bliss",
        "expectation": "A and B",
        "verdict": verdict,
    }
    (sentence,) = synergy_sentences(pd.DataFrame([row]), 0.95)
    assert said in sentence
