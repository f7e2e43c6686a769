"""The columns of the tables over several lines: unit and meaning; and which table has which."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column's unit ("" = none) and meaning."""

    unit: str
    meaning: str


POOL_COLUMNS: dict[str, Column] = {
    "line": Column("", "xenograft line (cell line, PDX)"),
    "block": Column("", "batch that arms are compared within"),
    "scope": Column(
        "",
        "all lines; group (of lines); difference (of two groups, an interaction); each group (in "
        "every one of them: the larger p)",
    ),
    "factor": Column("", "what lines are grouped by, under [lines]"),
    "group": Column("", "the group of lines, or the groups that are compared or joined"),
    "n_lines": Column("lines", "lines that the row rests on"),
    "tau": Column("of the outcome", "SD between the true values of lines"),
    "tau_low": Column("of the outcome", "lower limit of tau (Q-profile)"),
    "tau_high": Column("of the outcome", "upper limit of tau (Q-profile)"),
    "predict_low": Column("of the outcome", "lower limit of the true value of the next line"),
    "predict_high": Column("of the outcome", "upper limit of the true value of the next line"),
    "until_last": Column("days", "the last day of the line that was followed longest"),
    "n_against": Column("mice", "mice of the arm that is compared with"),
    "n_objective": Column("mice", "mice with CR or PR"),
    "n_disease_control": Column("mice", "mice with CR, PR or SD"),
    "n_progressed": Column("mice", "mice that progressed"),
    "share_low": Column("", "lower limit of the share of mice that progresses"),
    "share_high": Column("", "upper limit of the share of mice that progresses"),
}

POOL_IN_TABLE: dict[tuple[str, str], Column] = {
    ("pool", "estimate"): Column(
        "of the outcome",
        "mean over lines; of each group, that of the group which shows least; arm_rate is the "
        "growth rate of the arm itself, tested against `blocked_below`",
    ),
    ("pool", "until_day"): Column("days", "the first of the lines' last days"),
    ("pool", "from_day"): Column("days", "the last of the lines' first days"),
    ("pool", "shows"): Column("", "better, worse, not shown; groups differ; an arm is blocked"),
    ("pool_lines", "n_arm"): Column("mice", "mice of the arm"),
    ("pool_response", "best_response_percent"): Column(
        "%", "median over mice of the smallest change of volume from the baseline"
    ),
    ("pool_response", "mrecist"): Column("", "class of the mice in the middle: their median"),
    ("pool_response", "shows"): Column("", "of the arm in this line: blocked, held, regrew"),
    ("pool_blocked", "n"): Column(
        "lines",
        "lines in which the arm blocked progression; of a panel, in which none of its mice "
        "progressed",
    ),
    ("pool_blocked", "n_lines"): Column("lines", "lines that have the arm"),
}

_ESTIMATES = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")
_TESTED = ("outcome", "arm", "against", "scope", "factor", "group", "n_lines", *_ESTIMATES)
# What is written of several lines together, beside the tables of each.
POOL_TABLES: dict[str, tuple[str, ...]] = {
    "pool": (
        *_TESTED,
        *("tau", "tau_low", "tau_high", "predict_low", "predict_high"),
        *("from_day", "until_day", "until_last", "primary", "p_adjusted", "adjustment"),
        *("claim_low", "claim_high", "shows", "method"),
    ),
    "pool_lines": (
        *("line", "outcome", "arm", "against", "n_arm", "n_against", "from_day", "until_day"),
        *("estimate", "std_error", "df", "conf_low", "conf_high"),
    ),
    "pool_response": (
        *("line", "arm", "n_mice", "n_objective", "n_disease_control", "best_response_percent"),
        *("mrecist", "shows", "n_progressed", "share_low", "share_high", "until_day"),
    ),
    "pool_blocked": (
        "arm",
        "factor",
        "group",
        "n_lines",
        "n",
        "proportion",
        "conf_low",
        "conf_high",
    ),
}
