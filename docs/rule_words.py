"""What the code of findings and doubts cannot say of them: whole texts, and what to do."""

from __future__ import annotations

from xenotrack.compare.expectations import REFERENCES

# Rules whose names are computed.
NAMED = {"no-…": [f"no-{reference.replace('_', '-')}" for reference in REFERENCES]}

# Texts that are made of parts which stand elsewhere.
RETOLD = {
    "accepts-nothing": "[[accept]] names the rule …, and the study has no such doubt or warning.",
    "absurd-value": "volume_mm3 is 1e12, which nothing can measure; it was left empty.",
    "duplicates-conflict": "Mouse …, day …: rows 8, 9 say volume_mm3 210 and 240.",
    "growth-not-fitted": "Why no growth rate could be fitted, as no mouse was read on two days.",
    "index-not-estimable": "No TGI_V for …: fewer than two mice were measured.",
    "mouse-in-two-arms": "Mouse … is in the arms ….",
    "mouse-never-measured": "… mice listed here have no row among the readings: their names.",
    "negative-value": "volume_mm3 is -12, which nothing can measure; it was left empty.",
    "no-…": "For …, what cannot be computed: which expectation; because no arm received …, or an "
    "arm has no estimate.",
    "no-index-day": "The control has no reading after day 0 / A control mouse left before the "
    "first visit, so no day has all of them for indices such as TGI; name one with --day.",
    "not-a-number": "length_mm is '9.1*', which is no number; it was left empty.",
    "primary-not-of-arms": "The primary contrast 'alpelisb - vehicle' speaks of 'alpelisb', and "
    "there is no such arm / can be read in several ways / is of one arm alone.",
    "unequal-variances": "The arms differ in spread (likelihood ratio … on … df, …; largest to "
    "smallest standard deviation: …): each arm has its own / the pooled model ignores it; "
    "--variances by_arm does not.",
    "unknown-unit": "The column 'weight (lb)' of … has the unit 'lb', which is no unit of it.",
    "verdict-rests-on-a-mouse": "…: the verdict on growth (p = …) would turn without mouse … "
    "(p = …), and without … others.",
    "zero-weight": "body_weight_g is 0, which nothing can measure; it was left empty.",
    "zeros-below-limit": "… volumes are zero / 1 mm³; they are taken to lie below … mm³, a guess "
    "of what the calipers can tell from nothing.",
}

ASKED = {
    "colour-without-drug": "The drugs are: …. Did you mean …?",
    "control-not-an-arm": "Choose one of them with --control. Did you mean …?",
    "primary-not-of-arms": "The arms are: …. Write two of them as 'A - B', or as a list, "
    '`primary = ["A", "B"]`.',
    "unknown-unit": 'If it is in g, say so: `body_weight_g = "weight (lb)"` under [columns].',
}

_LIMIT = "Declare the limit of the calipers (`limit_mm3`); write that the claim hangs on it."
_PART = "Add the arm in the next study, or ask for a reference that does without it."
_FATE = "Write the fate of these mice, or say in the text how many left and why."
_DAY = "Read the index with the share of mice that stayed, or ask for an earlier day with `--day`."

# What to do on a doubt. A doubt is about a result: it may be lived with, and is then reported.
MENDS = {
    "accepts-nothing": "Mend the names under [[accept]], or take it out.",
    "additivity-not-testable": "Name an earlier day with `--day`.",
    "antagonism-below-limit": "Ask for a day on which the tumours were still measurable.",
    "arm-in-some-lines": "Where it is another name of an arm, write one name in the sheet.",
    "arm-not-tested": "Nothing can be tested of this arm; leave it out of what is claimed.",
    "arms-cut-at-different-days": "Fit all arms over the same days, with `--until`.",
    "baseline-error-shared": "Prefer `--baseline arm`, which knows the error of the baseline.",
    "at-the-limit": "Write that its rate is the least that it shrank.",
    "schedules-differ": "Read all arms on the same days; until then report both p-values.",
    "size-before-the-rule": "Say so, and show that the claim holds with --size-cull censor.",
    "too-few-to-split": "Give the days with their interval. Name one primary contrast before the "
    "data, or plan for more mice.",
    "tumors-awaited": "Report the days to a tumour: `--rule absolute --value 30`.",
    "tumors-vanished": "Write that the arm shrank at least so fast; its mice show the rest.",
    "below-limit-share": "Declare the limit of the calipers: `limit_mm3 = 15` under [volume].",
    "below-limit-synergy": _LIMIT,
    "below-limit-verdict": _LIMIT,
    "contrast-not-estimable": "Look at the doubts about these arms: mice, days or events are few.",
    "curved-growth": "Fit the days before the turn, with `--until`, and ask for `progression`.",
    "control-did-not-grow": "Write that the tumours did not grow; nothing is said to block them.",
    "few-at-risk": "Say how many mice were still followed, and of the others nothing.",
    "few-lines": "Read each line; more lines narrow the mean, more mice in them do not.",
    "block-of-one-arm": "Nothing to do; put several arms into each batch of the next study.",
    "blocks-not-shared": "Compare arms that were treated in one batch.",
    "uneven-blocks": "Read growth rates, which are compared within blocks; or one block at a time.",
    "few-mice": "Read the interval, not the estimate; plan for six mice or more.",
    "group-is-sheet": "Where labs or times differ too, say so beside the difference of groups.",
    "group-without-line": "Correct the name under `[lines]`.",
    "growth-not-fitted": "Mend what the text names; all else is still given.",
    "independent-action-leaves-no-room": "Ask at a later day, with `--day`.",
    "index-day-early": "Name a later day with `--day`.",
    "index-day-moved": "Name a day on which the control was measured.",
    "index-not-estimable": "Prefer `compare`, which uses all readings.",
    "late-baseline": 'Set `day_zero = "first"` where treatment began at the first reading.',
    "days-cut-short": "Name the day with `--rmst-until`: lines that end before it are left out.",
    "line-withheld": "Settle what the line's own doubt says, or leave the line out.",
    "line-left-out": "Nothing need be done; a line of two arms and two mice each would count.",
    "line-without-group": "Name them under `[lines]`.",
    "one-group": "Name the lines of two groups under `[lines]`.",
    "loss-before-leaving": "Write `toxicity` as the fate of those that were taken out for it.",
    "factor-not-used": "Name the column under `[columns]` as `block`, or to `ignore`.",
    "cages-nested-in-arms": 'Say `experimental_unit = "cage"` under `[study]`.',
    "cage-is-the-unit": "Prefer growth, which is compared by cage.",
    "mice-lost-before-index-day": _DAY,
    "mice-not-read-by-index-day": "Ask for an earlier day with `--day`.",
    "mouse-lines": "Nothing to do; say that mice were compared by their own lines.",
    "no-follow-up": "Look whether their readings are missing from the sheet.",
    "no-independent-action": _PART,
    "no-index-day": "Name a day with `--day`.",
    "no-relative-endpoints": "Add the baseline reading, or widen `baseline_window_days`.",
    "no-…": _PART,
    "hazards-not-proportional": "Read the days gained, which assume no constant ratio.",
    "not-evaluable": "Add the reading that is missing; else say that these mice were not judged.",
    "part-missing": "Say against which parts the claim was made.",
    "part-not-estimable": "Look at the doubts about the parts: mice, days or events are few.",
    "pptp-small-baseline": "Use mRECIST for these mice.",
    "pptp-unsplit": "Report PD unsplit.",
    "response-not-evaluable": "Say how many were not evaluable, or lower `min_day`.",
    "rounding-not-fitted": "Nothing to do; or leave `rounding_mm` out for all arms.",
    "rmst-beyond-follow-up": "Set an earlier day with `--rmst-until`.",
    "shape-not-borne": "Nothing to do; or `--shape curve` for all arms.",
    "singular-fit": "Nothing to do; the mice of the arm hardly differ beyond the readings' error.",
    "toxicity-before-progression": "Report the median time to progression or toxicity beside it.",
    "unconfirmed-crossing": "Nothing to do; without `--confirm` they count as progressed.",
    "unequal-variances": "Nothing to do where each arm has its own; else `--variances by_arm`.",
    "unknown-fate": _FATE,
    "verdict-rests-on-a-mouse": "Look up what was read of that mouse; report that the claim hangs "
    "on it. It is no reason to leave it out.",
    "day-beyond-follow-up": "Ask for a day within the follow-up of the arms, with `--day`.",
    "arms-begin-apart": "Count the days of each mouse from its own first reading, with "
    "`--day-zero first_of_mouse`; if all were treated from one day on, name it with `--from`.",
    "arms-unbalanced": "Compare mice of like size; next time allocate them with `randomize`.",
    "window-cut-short": "Read the days of each row, or declare a shorter window.",
    "volume-extrapolated": "Ask for a day within the days fitted, with `--day`.",
    "windows-differ": "Name the days of every line, with `--window`.",
    "withdrawals-differ": _FATE,
}
