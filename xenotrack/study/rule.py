"""What people are told of a key of ``study.toml``, and the words that some keys take."""

from __future__ import annotations

from typing import Literal

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """What people are told of a key, and the numbers that it can be.

    ``help`` is one sentence; ``otherwise`` says what holds where the default is that the study
    decides; ``example`` is the value that a template shows where there is no default.
    """

    help: str
    otherwise: str = ""
    example: bool | float | str | tuple[float, ...] | None = None
    unit: str = ""
    metavar: str | None = None
    flag: bool = True
    above: float | None = None
    at_least: float | None = None
    below: float | None = None


FormulaName = Literal[
    "half_lw2",
    "pi6_lw2",
    "k052_lw2",
    "pi6_lwh",
    "half_lwh",
    "pi6_lw_mean",
    "k045_lwh",
    "lwh",
]

# What arms are compared on; each is made by ``compare/``.
Outcome = Literal[
    "growth_rate",
    "late_rate",
    "log_hazard",
    "rmst_days",
    "composite_hazard",
    "composite_days",
    "response_rate",
    "net_weight",
    "ln_volume",
    "mean_ln_volume",
]

FateName = Literal["end_of_study", "tumor_size", "toxicity", "unrelated", "technical", "unknown"]
