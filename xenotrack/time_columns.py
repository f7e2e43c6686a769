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
    "p_permutation": ("", "permutation p of the log-rank test"),
    "permutations": ("", "splits counted or drawn"),
    "exact": ("", "true where every split was counted"),
    "p_between": ("", "permutation p where mice progressed between visits, at no day of theirs"),
    "share": ("", "share of the arm's mice that progressed in the interval"),
    "law": ("", "weibull or lognormal times"),
    "scale": ("", "spread of ln time; 1 / shape of a Weibull"),
    "log_likelihood": ("", "log likelihood of the law, all arms together"),
    # unknown_fates: mice that left before the last day, and nobody says why
    "n_unknown": ("mice", "mice of the arm that left unexplained"),
    "n_unknown_control": ("mice", "mice of control that did"),
    "worst": (
        "days",
        "days gained if those of the arm had progressed then, and those of control had not to the "
        "last day",
    ),
    "worst_low": ("days", "lower limit of it, unadjusted"),
    "worst_p": ("", "p of it"),
    "best": ("days", "days gained if it had been the other way round"),
    "best_high": ("days", "upper limit of it, unadjusted"),
    "best_p": ("", "p of it"),
    "rule_name": ("", "declared, or the name under which the study declares the rule"),
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

# What a column means in one table of it.
OF_ITS_TABLES: dict[tuple[str, str], tuple[str, str]] = {
    ("logrank", "p_value"): (
        "",
        "of two arms, that of their log_hazard in `compare`; of all arms, by permutation",
    ),
    ("progression", "conf_low"): ("days", "lower limit of median_days; empty = none"),
    ("progression", "conf_high"): ("days", "upper limit of median_days; empty = none"),
    ("progression", "n_events"): ("mice", "mice that progressed"),
    ("progression_by_rule", "from_day"): ("days", "day on which the clock starts"),
    ("progression_by_rule", "median_days"): ("days", "Kaplan–Meier median since from_day"),
    ("progression_by_rule", "conf_low"): ("days", "lower limit of median_days; empty = none"),
    ("progression_by_rule", "conf_high"): ("days", "upper limit of median_days; empty = none"),
    ("progression_by_rule", "n_mice"): (
        "mice",
        "mice that can be judged, followed beyond from_day",
    ),
    ("progression_by_rule", "n_events"): ("mice", "mice that progressed by the rule"),
    ("progression_curve", "estimate"): ("", "share that has not progressed after that day"),
    ("progression_curve", "n_events"): ("mice", "mice that progressed on that day"),
    ("progression_curve", "n_censored"): ("mice", "mice that left on that day without it"),
    ("turnbull", "day_low"): ("days", "last visit without progression"),
    ("turnbull", "day_high"): ("days", "first visit with it; empty = none yet"),
    ("turnbull", "estimate"): (
        "",
        "share that has not progressed after day_high; of the open interval after day_low",
    ),
    ("accelerated", "estimate"): (
        "ln",
        "logarithm of how many times as long the arm takes to progress",
    ),
    ("accelerated", "conf_low"): ("ln", "lower limit of it, by Wald"),
    ("accelerated", "conf_high"): ("ln", "upper limit of it"),
    ("incidence", "estimate"): ("", "share of the mice that the cause has made leave"),
    ("incidence", "n_events"): ("mice", "mice that left on that day for the cause"),
    ("gray", "estimate"): (
        "ln ratio",
        "log subdistribution hazard ratio of Fine and Gray; empty without events",
    ),
    ("gray", "conf_low"): ("ln ratio", "lower limit of it, by Wald"),
    ("gray", "conf_high"): ("ln ratio", "upper limit of it"),
    ("milestones", "estimate"): ("", "share free of progression after that day"),
    ("milestones", "conf_low"): ("", "lower limit of it, by beta products"),
    ("milestones", "conf_high"): ("", "upper limit of it"),
    ("unknown_fates", "estimate"): ("days", "days gained, those mice censored"),
    ("gray", "chi_square"): ("", "Gray's chi-square of the cause's incidence"),
    ("independent_action", "estimate"): ("", "observed − expected; positive is better"),
    ("independent_action", "verdict"): (
        "",
        "beyond independent action, short of it, independent or undecided",
    ),
    ("sensitivity", "rule"): ("", "fold of baseline or nadir, or an absolute volume"),
    ("sensitivity", "estimate"): ("days", "days gained"),
    ("sensitivity", "n_events"): ("mice", "mice of all its arms that had the event"),
    ("sensitivity", "holds"): (
        "",
        "whether it is shown, with the sign that it has under the declared definition",
    ),
}
