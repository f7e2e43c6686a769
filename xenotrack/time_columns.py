"""The columns of time to progression: unit and meaning of each, for the glossary."""

from __future__ import annotations

OF_PROGRESSION: dict[str, tuple[str, str]] = {
    # progression
    "n_events": ("mice", "mice that progressed (on a curve: on that day)"),
    "n_censored": ("mice", "mice that left without progression"),
    "n_at_risk": ("mice", "mice under observation just before that day"),
    "median_days": ("days", "Kaplan–Meier median; empty = not reached"),
    "rmst_days": ("days", "mean days without progression up to rmst_until"),
    "rmst_std_error": ("days", "its standard error"),
    "rmst_until": ("days", "the day up to which all arms of the table are averaged"),
    "day_low": ("days", "last reading without the event"),
    "day_high": ("days", "first reading with the event; empty when censored"),
    "event": ("", "true where the mouse progressed"),
    "chi_square": ("", "log-rank chi-square"),
    "cause": ("", "why mice left: progression, or toxicity before it"),
    "n_competing": ("mice", "mice that left on that day for the other cause"),
    "p_chi_square": ("", "log-rank p by the chi-square distribution, for many mice"),
    "p_permutation": ("", "permutation p of the log-rank scores"),
    "permutations": ("", "splits counted or drawn"),
    "exact": ("", "true where every split was counted"),
    "p_between": ("", "permutation p where mice progressed between visits, at no day of theirs"),
    "share": ("", "share of the arm's mice that progressed in the interval"),
    "law": ("", "weibull or lognormal times"),
    "scale": ("", "spread of ln time; 1 / shape of a Weibull"),
    "log_likelihood": ("", "log likelihood of the law, all arms together"),
    # sensitivity: days gained under other definitions of progression
    "definition": ("", "the event, the day that it has, and what leaving for size is"),
    "declared": ("", "true for the study's own definition"),
    "estimand": (
        "",
        "what it is a time to: progression; composite, with toxicity as an event; nadir, from the "
        "smallest volume; regrowth, from it beyond what calipers can err",
    ),
    "same_estimand": ("", "whether it is a time to what the declared definition is one to"),
    "value": ("", "the fold, or the volume in mm³"),
    "confirm": ("", "whether the next reading must agree"),
    "interpolate": ("", "the day of the event: linear or log between two visits, none"),
    "size_cull": ("", "leaving for tumour size before the rule is met: event or censor"),
}
