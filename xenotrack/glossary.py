"""Every column we write: unit and meaning; and which columns each table has."""

from __future__ import annotations

from xenotrack.glossary_plan import PLAN_COLUMNS, PLAN_IN_TABLE
from xenotrack.glossary_pool import POOL_COLUMNS, POOL_IN_TABLE, Column
from xenotrack.synergy_columns import OF_SYNERGY
from xenotrack.time_columns import OF_ITS_TABLES, OF_PROGRESSION

COLUMNS: dict[str, Column] = {
    **POOL_COLUMNS,
    **PLAN_COLUMNS,
    # identity
    "study": Column("", "name of the study"),
    "mouse": Column("", "the experimental unit, as named in the sheet"),
    "tumor": Column("", "tumour within the mouse; empty for the mouse as a whole"),
    "arm": Column("", "treatment group, as named in the sheet"),
    "against": Column(
        "", "the arm that `arm` is compared with; `best part` = the part that is hardest to beat"
    ),
    "phase": Column("", "stretch of one treatment for a mouse"),
    "cage": Column("", "cage that the mouse stands in"),
    "source": Column("", "where the reading was first written: file:row or sheet!cell"),
    # measurements
    "day": Column("days", "days since treatment start"),
    "length_mm": Column("mm", "longest diameter, as written"),
    "width_mm": Column("mm", "perpendicular diameter, as written"),
    "height_mm": Column("mm", "height, as written"),
    "volume_mm3": Column("mm³", "tumour volume by the declared formula, or as measured"),
    "below_limit": Column("", "true where the tumour is too small to measure"),
    "body_weight_g": Column("g", "body weight"),
    "fate": Column(
        "", "why the mouse left: end_of_study tumor_size toxicity unrelated technical unknown"
    ),
    # estimates
    "estimate": Column(
        "of the outcome",
        "the estimate; on a curve, the share not progressed; of independent action, observed − "
        "expected",
    ),
    "std_error": Column("of the outcome", "standard error (adjusted under Kenward–Roger)"),
    "df": Column("", "degrees of freedom; empty = normal or likelihood reference"),
    "statistic": Column("", "t, or z; empty for log_hazard and rmst_days"),
    "p_value": Column("", "two-sided, unadjusted; in growth it tests rate = 0"),
    "conf_low": Column("of the outcome", "lower limit at the declared level, unadjusted"),
    "conf_high": Column("of the outcome", "upper limit at the declared level, unadjusted"),
    "p_adjusted": Column("", "p-value that holds for all claims of one family and outcome"),
    "adjustment": Column("", "how p_adjusted was made: holm, dunnett, tukey, none"),
    "simultaneous_low": Column("of the outcome", "lower limit that holds for the whole family"),
    "simultaneous_high": Column("of the outcome", "upper limit that holds for the whole family"),
    "family": Column("", "claims adjusted together: control, parts, all, primary"),
    "outcome": Column(
        "",
        "growth_rate (per day), log_hazard, rmst_days (days), response_rate (share of all mice "
        "with CR or PR), net_weight (mean change of body weight net of the tumour, percent), "
        "late_rate (per day, over the last third of the days), composite_hazard and composite_days "
        "(of progression or leaving for toxicity), ln_volume (change since day 0), mean_ln_volume "
        "(mean change over the days: the area under the ln curve)",
    ),
    "contrast": Column("", "what is compared: A - B"),
    "kind": Column("", "contrast of an outcome, synergy beside a reference, or arm by itself"),
    "arms": Column("", "every arm that the claim rests on"),
    "doubts": Column("", "the rules of the doubts that touch the claim"),
    "best_part": Column("", "the part that looks best, where a claim is over the best part"),
    "p_part": Column("", "the part that is least surely beaten, whose p-value the claim has"),
    "primary": Column("", "whether this is the contrast named beforehand: not adjusted"),
    "from_day": Column("days", "the first day that the estimate speaks of"),
    "until_day": Column("days", "the last day that the estimate speaks of"),
    "late_rate": Column("per day", "growth rate over the last third of these days; curves only"),
    "late_low": Column("per day", "lower limit of late_rate, clustered by mouse"),
    "late_high": Column("per day", "upper limit of late_rate, clustered by mouse"),
    "lowest_day": Column("days", "day of a lowest point between both ends; empty = none"),
    "regrowth_rate": Column("per day", "growth rate from the lowest point to until_day"),
    "regrowth_low": Column("per day", "lower limit of regrowth_rate, clustered by mouse"),
    "claim_low": Column("of the outcome", "lower limit at the level that the adjustment leaves"),
    "claim_high": Column(
        "of the outcome", "upper limit at that level: excludes 0 as p_adjusted does"
    ),
    "shows": Column(
        "", "better, worse, not shown or withheld, after adjustment; empty = no claim by itself"
    ),
    "withheld": Column("", "the rule of the doubt for which a claim is withheld"),
    "method": Column("", "model, test and interval in words"),
    "n_mice": Column("mice", "mice that enter"),
    "n_measurements": Column("readings", "readings that enter"),
    # growth
    "verdict": Column(
        "",
        "growth: shrinking, blocked, growing, undecided; synergy: synergy, antagonism, "
        "additive or undecided; an interaction of three: beyond its pairs, less than its pairs "
        "predict; independent action: beyond it, short of it, independent or undecided",
    ),
    "doubling_time_days": Column("days", "ln 2 / rate; empty where the rate is not positive"),
    "doubling_time_low": Column("days", "ln 2 / conf_high"),
    "doubling_time_high": Column("days", "ln 2 / conf_low; empty = unbounded"),
    **{name: Column(*words) for name, words in OF_PROGRESSION.items()},
    # response
    "baseline_mm3": Column("mm³", "last reading before treatment, within the window"),
    "last_day": Column("days", "last reading"),
    "best_response_percent": Column("%", "smallest change from baseline from min_day on"),
    "best_response_day": Column("days", "day of the best response"),
    "best_average_response_percent": Column("%", "smallest running mean change from min_day on"),
    "mrecist": Column("", "CR PR SD PD NE (Gao 2015 thresholds, strict)"),
    "pptp": Column("", "PD PD1 PD2 SD PR CR MCR; empty where the baseline is below 100 mm³"),
    "auc_rate": Column("per day", "2/T² · area under ln(V/V₀): the rate of a straight line"),
    "growth_rate": Column("per day", "the mouse's own least-squares slope of ln volume"),
    "progression_day": Column("days", "day of progression; empty without"),
    "regrew": Column(
        "",
        "true where the tumour grew again from below its baseline: two readings in a row, 1.73 "
        "times its smallest volume and more than readings can err, faster than from the start on",
    ),
    "regrowth_day": Column("days", "day on which it did; empty without"),
    "n_regrew": Column("mice", "mice whose tumour regrew from its smallest volume"),
    "regrowth_median_days": Column("days", "Kaplan–Meier median of it; empty = not reached"),
    "regrowth_days_low": Column("days", "lower limit of regrowth_median_days; empty = none"),
    "regrowth_days_high": Column("days", "upper limit of regrowth_median_days; empty = none"),
    "progressed": Column("", "true where the mouse progressed; empty where it cannot be judged"),
    "weight_nadir_percent": Column("%", "lowest body weight relative to baseline, as a change"),
    "category": Column(
        "",
        "mRECIST class, objective (CR + PR) or disease_control (CR + PR + SD), NE in the "
        "denominator; in blocked: not_growing (own rate ≤ 0), blocked (own rate ≤ blocked_below), "
        "progressed",
    ),
    "n": Column("mice", "mice in the category"),
    "proportion": Column("", "their share of n_mice"),
    # group indices
    "index": Column(
        "",
        "TGI_V TGI_delta TGI_RTV TGI_AUC T/C_V T/C_RTV T/C_NCI GRI T/C_rate (%), growth_delay "
        "growth_delay_geometric (days), log_cell_kill_gross log_cell_kill_net (log10 cells)",
    ),
    "formula": Column("", "how the index is made; T the arm, C the control, arithmetic means"),
    "control": Column("", "the arm that the index compares with"),
    "n_arm": Column("mice", "mice of the arm followed to that day, or that enter the fit"),
    "n_control": Column("mice", "mice of the control, likewise"),
    "n_arm_interpolated": Column(
        "mice", "of `n_arm`, those not read that day: ln volume between their readings around it"
    ),
    "n_control_interpolated": Column("mice", "of `n_control`, likewise"),
    # independent action
    "parts": Column("", "the arms that are taken to act independently"),
    "observed": Column("", "share of the combination's mice free of progression on `day`"),
    "expected": Column(
        "", "share expected: 1 − the product of the parts' progressed shares over the control's"
    ),
    **{name: Column(*said) for name, said in OF_SYNERGY.items()},
    # influence: `estimate` is the arm's rate without the mouse
    "change": Column("per day", "what leaving the mouse out does to its arm's growth rate"),
    "change_in_errors": Column("", "that change in standard errors of the arm's rate"),
    # leave_one_out: p-values are adjusted as in `compare`
    "p_lowest": Column("", "the lowest p-value of the claim without any one mouse"),
    "without_lowest": Column("", "the mouse without which it is lowest"),
    "p_highest": Column("", "the highest p-value of the claim without any one mouse"),
    "without_highest": Column("", "the mouse without which it is highest"),
    "n_changes": Column("mice", "mice without any one of which the verdict is another"),
    "changed_by": Column("", "those mice, the one that changes p most first"),
    # tolerability
    "n_weighed": Column("mice", "mice with body weights"),
    "weight_nadir_percent_mean": Column("%", "mean over mice of the lowest relative weight"),
    "weight_nadir_low": Column("%", "lower limit of that mean, of this arm alone"),
    "weight_nadir_high": Column("%", "upper limit of that mean, of this arm alone"),
    "days_below_10": Column(
        "days", "mean over the mice weighed of the days at a loss of 10 % or more of body weight"
    ),
    "days_below_15": Column("days", "the same at 15 % or more"),
    "days_below_20": Column("days", "the same at 20 % or more"),
    "n_loss_15": Column("mice", "mice that lost 15 % of body weight or more, of those weighed"),
    "n_loss_20": Column("mice", "mice that lost 20 % of body weight or more, of those weighed"),
    "n_toxicity_exits": Column("mice", "mice that left for toxicity; empty where nobody says why"),
    # trade_off
    "growth_from_day": Column("days", "first day of the growth rate, shared by all arms"),
    "growth_until_day": Column("days", "last day of it"),
    "growth_low": Column("per day", "lower limit of the arm's rate, of this arm alone"),
    "growth_high": Column("per day", "upper limit of it"),
    "weight_from_day": Column("days", "first day of the net weight, shared by all arms"),
    "weight_until_day": Column("days", "last day of it"),
    "net_weight": Column(
        "%", "mean change of body weight net of the tumour over those days, from the baseline"
    ),
    "net_weight_low": Column("%", "lower limit of it, of this arm alone"),
    "net_weight_high": Column("%", "upper limit of it"),
    # best_arms
    "beaten_by": Column("", "the slowest of the arms that were shown to grow slower; empty = none"),
    "among_best": Column("", "whether no other arm was shown to grow slower, all pairs compared"),
    # tipping_point
    "better_arm": Column("", "the arm that grew slower by the claim"),
    "other_arm": Column("", "the arm that it is held against; of several parts the best"),
    "n_left": Column(
        "mice", "its mice that left for toxicity or an unknown reason before `until_day`"
    ),
    "share_missing": Column("", "the share of its mouse-days that these would have given"),
    "tipping_delta": Column(
        "per day", "how much faster these would have grown after leaving for the claim to end"
    ),
    "gap": Column("per day", "how much slower the better arm grew than the other"),
    "holds": Column("", "whether the claim holds if they grew as the other arm after leaving"),
    # findings
    "rule": Column("", "stable name of the rule"),
    "severity": Column("", "error or warning"),
    "file": Column("", "input file"),
    "sheet": Column("", "worksheet"),
    "cell": Column("", "row or cell"),
    "seen": Column("", "what stands there"),
    "proposal": Column("", "what to do"),
    "accepted": Column("", "why the study declares it as known; empty where it does not"),
}

_OF_SHARE = (Column("", "lower limit of the share, exact"), Column("", "upper limit of it"))
# What a column means in one table, where that is less than, or other than, everywhere.
IN_TABLE: dict[tuple[str, str], Column] = {
    **POOL_IN_TABLE,
    **PLAN_IN_TABLE,
    ("response_by_arm", "category"): Column(
        "",
        "mRECIST class, objective (CR + PR) or disease_control (CR + PR + SD), NE in the "
        "denominator",
    ),
    ("response_by_arm", "conf_low"): _OF_SHARE[0],
    ("response_by_arm", "conf_high"): _OF_SHARE[1],
    ("blocked", "verdict"): Column("", "the verdict of the arm in `growth`"),
    ("blocked", "category"): Column(
        "", "not_growing (own rate ≤ 0), blocked (own rate ≤ blocked_below), progressed"
    ),
    ("blocked", "conf_low"): _OF_SHARE[0],
    ("blocked", "conf_high"): _OF_SHARE[1],
    ("growth", "estimate"): Column("per day", "average change of ln volume per day"),
    ("best_arms", "estimate"): Column(
        "per day", "average change of ln volume per day, over the arm's own days"
    ),
    ("growth", "p_value"): Column("", "two-sided, of rate = 0"),
    ("growth", "verdict"): Column("", "regrew, shrinking, blocked, growing or undecided"),
    ("trade_off", "growth_rate"): Column("per day", "the arm's average growth rate on those days"),
    ("group_indices", "estimate"): Column("of the index", "the index"),
    ("group_indices", "conf_low"): Column("of the index", "lower limit, unadjusted"),
    ("group_indices", "conf_high"): Column("of the index", "upper limit, unadjusted"),
    ("synergy", "verdict"): Column(
        "",
        "synergy, antagonism, additive or undecided; of an interaction of three drugs: beyond its "
        "pairs, less than its pairs predict",
    ),
    ("influence", "estimate"): Column("per day", "growth rate of the arm without the mouse"),
    **{place: Column(*words) for place, words in OF_ITS_TABLES.items()},
}

ESTIMATES = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")
_CURVE = ("estimate", "std_error", "conf_low", "conf_high")

TABLES: dict[str, tuple[str, ...]] = {
    "findings": (
        *("rule", "severity", "file", "sheet", "cell", "mouse", "seen", "proposal", "accepted"),
    ),
    "tidy": (
        *("study", "mouse", "tumor", "arm", "phase", "day", "length_mm", "width_mm", "height_mm"),
        *("volume_mm3", "below_limit", "body_weight_g", "fate", "source", "line", "block", "cage"),
    ),
    "response": (
        *("mouse", "tumor", "arm", "baseline_mm3", "last_day", "fate", "best_response_percent"),
        *("best_response_day", "best_average_response_percent", "mrecist", "pptp", "auc_rate"),
        *("growth_rate", "doubling_time_days", "progression_day", "progressed"),
        *("regrowth_day", "regrew", "weight_nadir_percent"),
    ),
    "response_by_arm": ("arm", "n_mice", "category", "n", "proportion", "conf_low", "conf_high"),
    "blocked": (
        *("arm", "verdict", "category", "n_mice", "n", "proportion", "conf_low", "conf_high"),
    ),
    "growth": (
        *("arm", "n_mice", "n_measurements", "from_day", "until_day", *ESTIMATES),
        *("late_rate", "late_low", "late_high", "lowest_day", "regrowth_rate", "regrowth_low"),
        "verdict",
        *("doubling_time_days", "doubling_time_low", "doubling_time_high"),
    ),
    "compare": (
        *("outcome", "family", "contrast", "arm", "against", "best_part", "p_part", "primary"),
        *("from_day", "until_day", *ESTIMATES, "p_adjusted", "adjustment"),
        *("simultaneous_low", "simultaneous_high", "claim_low", "claim_high"),
        *("shows", "withheld", "method"),
    ),
    "claims": (
        *("kind", "outcome", "family", "arm", "against", "arms", "shows", "withheld", "primary"),
        *("best_part", "p_part", "from_day", "until_day", "estimate", "claim_low", "claim_high"),
        *("p_value", "p_adjusted", "adjustment", "n", "n_mice", "doubts"),
    ),
    "group_indices": (
        *("index", "formula", "arm", "control", "day", "n_arm", "n_control"),
        *("estimate", "conf_low", "conf_high", "method"),
        *("n_arm_interpolated", "n_control_interpolated"),
    ),
    "progression": (
        *("arm", "n_mice", "n_events", "n_censored", "median_days", "conf_low", "conf_high"),
        *("rmst_days", "rmst_std_error", "rmst_until"),
        *("n_regrew", "regrowth_median_days", "regrowth_days_low", "regrowth_days_high"),
    ),
    "progression_by_rule": (
        *("rule_name", "definition", "from_day", "arm", "n_mice", "n_events", "n_censored"),
        *("median_days", "conf_low", "conf_high", "rmst_days", "rmst_std_error", "rmst_until"),
    ),
    "progression_mice": (
        *("mouse", "arm", "day_low", "day_high", "day", "event", "fate"),
        *("regrowth_day", "regrew"),
    ),
    "progression_curve": ("arm", "day", "n_at_risk", "n_events", "n_censored", *_CURVE),
    "logrank": (
        *("contrast", "chi_square", "df", "p_value", "p_adjusted", "p_chi_square"),
        *("p_permutation", "permutations", "exact", "p_between"),
    ),
    "turnbull": ("arm", "day_low", "day_high", "share", "estimate", "conf_low", "conf_high"),
    "accelerated": (
        *("law", "contrast", "arm", "against", "estimate", "std_error", "statistic", "p_value"),
        *("conf_low", "conf_high", "scale", "log_likelihood", "method"),
    ),
    "incidence": ("arm", "cause", "day", "n_at_risk", "n_events", "n_competing", *_CURVE),
    "gray": (
        *("contrast", "cause", "chi_square", "df", "p_value"),
        *("estimate", "std_error", "conf_low", "conf_high"),
    ),
    "milestones": ("arm", "day", "n_mice", "n_at_risk", "estimate", "conf_low", "conf_high"),
    "unknown_fates": (
        *("contrast", "arm", "against", "n_unknown", "n_unknown_control", "estimate"),
        *("worst", "worst_low", "worst_p", "best", "best_high", "best_p"),
    ),
    "independent_action": (
        *("combination", "parts", "day", "observed", "expected", "estimate", "conf_low"),
        *("conf_high", "simultaneous_low", "simultaneous_high", "n_mice", "method", "verdict"),
    ),
    "synergy": (
        *("combination", "reference", "expectation", "scale", "day", *ESTIMATES),
        *("p_adjusted", "adjustment", "combination_index", "index_low", "index_high", "verdict"),
        *("simultaneous_low", "simultaneous_high", "claim_low", "claim_high"),
        *("band_low", "band_high", "beyond_from", "p_plug_in", "method"),
    ),
    "factorial": (
        *("effect", "order", "averaged_over", *ESTIMATES, "p_adjusted", "adjustment"),
        *("df_numerator", "method"),
    ),
    "dose_grid": (
        *("combination", "drug_a", "dose_a", "drug_b", "dose_b", *ESTIMATES),
        *("p_adjusted", "adjustment", "df_numerator", "method"),
    ),
    "tolerability": (
        *("arm", "n_mice", "n_weighed", "weight_nadir_percent_mean", "n_loss_15", "n_loss_20"),
        *("n_toxicity_exits", "weight_nadir_low", "weight_nadir_high"),
        *("days_below_10", "days_below_15", "days_below_20"),
    ),
    "trade_off": (
        *("arm", "growth_from_day", "growth_until_day", "growth_rate", "growth_low"),
        *("growth_high", "weight_from_day", "weight_until_day", "net_weight", "net_weight_low"),
        *("net_weight_high", "n_toxicity_exits"),
    ),
    "best_arms": ("arm", "estimate", "beaten_by", "p_adjusted", "among_best"),
    "tipping_point": (
        *("contrast", "arm", "against", "better_arm", "other_arm", "from_day", "until_day"),
        *("n_mice", "n_left", "share_missing", "estimate", "tipping_delta", "gap", "holds"),
    ),
    "sensitivity": (
        *("contrast", "arm", "against", "best_part", "definition", "declared", "estimand"),
        *("same_estimand", "holds", "estimate", "conf_low", "conf_high", "p_value", "p_adjusted"),
        *("claim_low", "claim_high"),
        *("until_day", "n_events", "rule", "value", "confirm", "interpolate", "size_cull"),
    ),
    "influence": ("mouse", "arm", "estimate", "change", "change_in_errors"),
    "leave_one_out": (
        *("family", "contrast", "arm", "against", "p_adjusted", "p_lowest", "without_lowest"),
        *("p_highest", "without_highest", "n_changes", "changed_by"),
    ),
    "leave_one_out_mice": ("family", "contrast", "mouse", "p_adjusted"),
}
