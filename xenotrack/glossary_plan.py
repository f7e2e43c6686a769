"""The columns of the tables about the next study: unit and meaning; and which table has which."""

from __future__ import annotations

from xenotrack.glossary_pool import Column

_SIZES = {
    "mean": "mean",
    "sd": "SD",
    "min": "smallest",
    "max": "largest",
}

PLAN_COLUMNS: dict[str, Column] = {
    "mice_per_arm": Column("mice", "mice of the smallest arm"),
    "ratio": Column("", "mice of each arm to one another, in the order of the arms"),
    "visits": Column("", "number of visits"),
    "effect": Column("per day", "what is true: the contrast of average rates over the visits"),
    "power": Column("", "share of simulated studies that make the claim"),
    "power_error": Column("", "its Monte-Carlo error"),
    "false_positive": Column(
        "", "share of the same studies, the effect taken away, that claim one all the same"
    ),
    "false_positive_error": Column("", "its Monte-Carlo error"),
    "closed_form": Column("", "power without simulation, where it is exact"),
    "assurance": Column("", "power averaged over what is not known of effect and spreads"),
    "assurance_error": Column("", "its Monte-Carlo error"),
    "n_studies": Column("", "simulated studies behind each share"),
    "n_cages": Column("", "cages that the arm's mice stand in"),
    **{f"volume_{key}": Column("mm³", f"{word} volume at staging") for key, word in _SIZES.items()},
    **{f"weight_{key}": Column("g", f"{word} body weight") for key, word in _SIZES.items()},
}

PLAN_IN_TABLE: dict[tuple[str, str], Column] = {
    ("power", "n_mice"): Column("mice", "mice of all arms"),
    ("power", "until_day"): Column("days", "the last visit"),
    ("power", "outcome"): Column("", "what the claim is made of: growth_rate or rmst_days"),
}

# Of ``power`` and ``randomize``, not of the analysis of a study.
PLAN_TABLES: dict[str, tuple[str, ...]] = {
    "power": (
        *("contrast", "outcome", "mice_per_arm", "n_mice", "ratio", "visits", "until_day"),
        *("effect", "power", "power_error", "false_positive", "false_positive_error"),
        *("closed_form", "assurance", "assurance_error", "n_studies"),
    ),
    "balance": (
        *("arm", "n_mice", "n_cages"),
        *(f"{what}_{key}" for what in ("volume", "weight") for key in _SIZES),
    ),
}
