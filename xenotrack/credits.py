"""The libraries that the numbers rest on: of each table those that compute it.

Pure data, so that a manifest never depends on what happened to be loaded. Libraries beside these
read files, write them or draw: they change no number. statsmodels and lifelines stand in the tests,
where our own code is compared with them.
"""

from __future__ import annotations

import importlib.metadata
from functools import cache

_FRAMES = ("numpy", "pandas")
_TESTS = (*_FRAMES, "scipy")  # its distributions: p-values, limits, quantiles

RESTS_ON: dict[str, tuple[str, ...]] = {
    "findings": _TESTS,
    "tidy": _FRAMES,
    "response": _FRAMES,
    "response_by_arm": _TESTS,
    "blocked": _TESTS,
    "growth": _TESTS,
    "compare": _TESTS,
    "claims": _TESTS,
    "group_indices": _TESTS,
    "progression": _TESTS,
    "progression_by_rule": _TESTS,
    "progression_mice": _FRAMES,
    "progression_curve": _TESTS,
    "logrank": _TESTS,
    "incidence": _TESTS,
    "gray": ("numpy", "scipy"),
    "turnbull": _TESTS,
    "milestones": _TESTS,
    "unknown_fates": _TESTS,
    "accelerated": _TESTS,
    "independent_action": _TESTS,
    "synergy": _TESTS,
    "factorial": _TESTS,
    "dose_grid": _TESTS,
    "tolerability": _TESTS,
    "trade_off": _TESTS,
    "tipping_point": _TESTS,
    "best_arms": _TESTS,
    "influence": _TESTS,
    "sensitivity": _TESTS,
    "leave_one_out": _TESTS,
    "leave_one_out_mice": _TESTS,
}
# Of the tables over lines.
POOL_RESTS_ON: dict[str, tuple[str, ...]] = {
    "pool": _TESTS,
    "pool_lines": _TESTS,
    "pool_response": _TESTS,
    "pool_blocked": _TESTS,
}
DRAWN_BY = ("matplotlib", "plotnine")


@cache
def version(library: str) -> str:
    """The version installed, asked of the system once."""
    return importlib.metadata.version(library)
