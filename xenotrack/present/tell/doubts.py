"""What people are told of each doubt: where it stands, in few words, and what to do about it.

One row a rule. A doubt itself says the fact; the options of the command line stand here, since a
report is read by people who did not type them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.doubts import Doubt
from xenotrack.present.numbers import join


class DoubtWords(NamedTuple):
    """``question`` of the report ("" = that of the doubt's outcome); ``short`` for a headline and
    for what is withheld, "" where it need not stand there; ``do`` is what settles it.

    In ``short`` {arms} and {mice} are those of the doubts.
    """

    question: str
    short: str = ""
    do: str = ""


SURE = "sure"
ACROSS = "across"  # of a pool over lines
DOUBTS: dict[str, DoubtWords] = {
    "growth-not-fitted": DoubtWords("slowed"),
    "arm-not-tested": DoubtWords("slowed"),
    "curved-growth": DoubtWords("slowed", "growth of {arms} was no straight line"),
    "arms-cut-at-different-days": DoubtWords(
        "slowed",
        "growth is compared over days that differ between arms",
        "Name a last day that all arms reached with --until.",
    ),
    "arms-begin-apart": DoubtWords(
        "slowed",
        "{arms} began later than other arms",
        "Count each mouse's days from its own first reading: --day-zero first_of_mouse. If all "
        "were treated from one day on, name the first day that they share: --from.",
    ),
    "arms-unbalanced": DoubtWords(
        "slowed",
        "{arms} began with tumours of unlike size",
        "Compare mice of like size; allocate them at random within sizes: xenotrack randomize.",
    ),
    "day-beyond-follow-up": DoubtWords("slowed", "", "Name an earlier day with --day."),
    "below-limit-verdict": DoubtWords("slowed", "readings below the limit decide on {arms}"),
    "at-the-limit": DoubtWords("slowed", "{arms} may have shrunk faster than is said"),
    "tumors-vanished": DoubtWords(
        "slowed", "{arms} could not be measured any more after the start"
    ),
    "tumors-awaited": DoubtWords(
        "slowed",
        "tumours of {arms} had yet to appear when other arms bore them",
        "Ask when tumours appear: --rule absolute --value 30.",
    ),
    "rounding-not-fitted": DoubtWords("slowed"),
    "shape-not-borne": DoubtWords("slowed", "{arms} did not grow by the declared formula"),
    "window-cut-short": DoubtWords("slowed", "{arms} left before the declared days ended"),
    "below-limit-share": DoubtWords(
        "blocked",
        "",
        "Declare the limit, if it is another: --limit-mm3.",
    ),
    "factor-not-used": DoubtWords(
        "slowed",
        "arms lie unevenly over a column that was not used",
        "Under [columns], name it as block, or to ignore: `xenotrack check` has the line.",
    ),
    "cages-nested-in-arms": DoubtWords(
        "slowed",
        "whole cages received one arm",
        "Name the cage as the unit with --experimental-unit cage.",
    ),
    "cage-is-the-unit": DoubtWords("", "the unit is the cage, and mice are compared"),
    "few-at-risk": DoubtWords("blocked", "few mice of {arms} were still followed"),
    "control-did-not-grow": DoubtWords("blocked", "tumours did not grow in the control either"),
    "response-not-evaluable": DoubtWords("blocked"),
    "no-relative-endpoints": DoubtWords("blocked"),
    "toxicity-before-progression": DoubtWords(
        "how-long", "mice of {arms} left for toxicity before they progressed"
    ),
    "withdrawals-differ": DoubtWords(
        "how-long", "arms differ in how many mice left before they progressed"
    ),
    "unconfirmed-crossing": DoubtWords("how-long"),
    "size-before-the-rule": DoubtWords(
        "how-long",
        "mice of {arms} left for tumour size before the rule was met",
        "Ask for --sensitivity, or for a rule that is met before that size.",
    ),
    "unknown-fate": DoubtWords(
        "how-long",
        "mice left, and the sheet does not say why",
        "Name the mice that left for tumour size in the fate column.",
    ),
    "not-evaluable": DoubtWords("how-long"),
    "hazards-not-proportional": DoubtWords(
        "how-long", "the hazard ratio of {arms} changes with time", "Read the days gained instead."
    ),
    "schedules-differ": DoubtWords(
        "how-long",
        "{arms} were read at visits of unlike length",
        "Read all arms on the same days; until then report both p.",
    ),
    "too-few-to-split": DoubtWords(
        "how-long", "too few mice in {arms} for days to be shown to differ"
    ),
    "rmst-beyond-follow-up": DoubtWords("how-long", "", "Choose an earlier day with --rmst-until."),
    "no-follow-up": DoubtWords("how-long"),
    "late-baseline": DoubtWords("how-long"),
    "part-missing": DoubtWords("parts"),
    "part-not-estimable": DoubtWords("parts"),
    "antagonism-below-limit": DoubtWords("parts", "most readings of {arms} are below the limit"),
    "below-limit-synergy": DoubtWords("parts", "readings below the limit decide on {arms}"),
    "independent-action-leaves-no-room": DoubtWords("parts"),
    "no-independent-action": DoubtWords("parts"),
    "additivity-not-testable": DoubtWords("parts", "", "Name an earlier day with --day."),
    "no-bliss": DoubtWords("parts"),
    "no-bliss-doublet": DoubtWords("parts"),
    "no-hsa": DoubtWords("parts"),
    "no-hsa-doublet": DoubtWords("parts"),
    "no-additivity": DoubtWords("parts"),
    "no-interaction": DoubtWords("parts"),
    "loss-before-leaving": DoubtWords(
        "price", "", "Write toxicity into the fate column for mice that were taken out for it."
    ),
    "contrast-not-estimable": DoubtWords(""),
    "accepts-nothing": DoubtWords(SURE, "", "Remove it from [[accept]], or correct its rule."),
    "mouse-lines": DoubtWords(SURE, "too few readings in {arms} for a mixed model"),
    "few-mice": DoubtWords(SURE, "few mice in {arms}"),
    "uneven-blocks": DoubtWords(
        SURE, "arms lie unevenly over blocks", "Growth rates are compared within blocks."
    ),
    "block-of-one-arm": DoubtWords(SURE, "blocks of one arm"),
    "blocks-not-shared": DoubtWords(
        SURE, "{arms} share no block", "Compare arms that were treated in one batch."
    ),
    "unequal-variances": DoubtWords(SURE),
    "singular-fit": DoubtWords(SURE),
    "baseline-error-shared": DoubtWords(SURE),
    "volume-extrapolated": DoubtWords(SURE),
    "verdict-rests-on-a-mouse": DoubtWords(SURE),
    "pptp-small-baseline": DoubtWords(SURE),
    "pptp-unsplit": DoubtWords(SURE),
    "no-index-day": DoubtWords(SURE, "", "Name a day with --day."),
    "index-day-moved": DoubtWords(SURE),
    "index-day-early": DoubtWords(SURE, "", "Name a later day with --day."),
    "mice-lost-before-index-day": DoubtWords(SURE),
    "mice-not-read-by-index-day": DoubtWords(SURE),
    "index-not-estimable": DoubtWords(SURE),
    "line-left-out": DoubtWords(ACROSS, "a line is in no pooled contrast"),
    "arm-in-some-lines": DoubtWords(
        ACROSS, "", "Where it is another name of an arm, write one name in the sheet."
    ),
    "windows-differ": DoubtWords(
        ACROSS, "lines were followed over different days", "Name the days with --window."
    ),
    "days-cut-short": DoubtWords(
        ACROSS,
        "days gained are counted to the last day of the line that was followed shortest",
        "--rmst-until names the day.",
    ),
    "line-withheld": DoubtWords(ACROSS, "what is pooled is withheld where a line's own claim is"),
    "few-lines": DoubtWords(ACROSS, "there are few lines"),
    "group-is-sheet": DoubtWords(ACROSS, "each group of lines is of a sheet of its own"),
    "group-without-line": DoubtWords(ACROSS, "", "Correct the name under [lines]."),
    "one-group": DoubtWords(ACROSS, "", "Name the lines of two groups under [lines]."),
    "line-without-group": DoubtWords(ACROSS, "", "Name them under [lines]."),
}


def question_of(doubt: Doubt) -> str:
    """The question of the report beside which a doubt stands."""
    named = DOUBTS[doubt.rule].question
    if named:
        return named
    outcomes = [OUTCOMES[name] for name in doubt.outcome.split() if name in OUTCOMES]
    return outcomes[0].question if outcomes else SURE


MANY = 3  # arms that a few words can name


def in_short(
    rule: str,
    doubts: Iterable[Doubt],
    among: Collection[str] = (),
    called: Mapping[str, str] | None = None,
) -> str:
    """A rule in few words, with the arms of its doubts, or those ``among`` some; "" without any.

    With ``called``, the short names of all arms, many of them are counted.

    >>> few = [Doubt("few-mice", (arm,), "growth", f"{arm} has 3 mice.") for arm in "ABCDE"]
    >>> in_short("few-mice", few[:1])
    'few mice in A'
    >>> in_short("few-mice", few[:4], (), {arm: arm for arm in "ABCDE"})
    'few mice in 4 arms'
    >>> in_short("few-mice", few, (), {arm: arm for arm in "ABCDE"})
    'few mice in all arms'
    """
    alike = [doubt for doubt in doubts if doubt.rule == rule]
    arms = dict.fromkeys(arm for doubt in alike for arm in doubt.arms if arm in among or not among)
    return DOUBTS[rule].short.format(arms=_named(arms, called)) if alike else ""


def _named(arms: Collection[str], called: Mapping[str, str] | None) -> str:
    if not arms:
        return "the arms"
    if called is None:
        return join(arms)
    if len(arms) > MANY:
        return "all arms" if len(arms) == len(called) else f"{len(arms)} arms"
    return join(called.get(arm, arm) for arm in arms)


def told_together(doubts: Iterable[Doubt]) -> tuple[str, ...]:
    """The doubts, those once that say the same of several arms.

    >>> few = [Doubt("few-mice", (arm,), "growth", f"{arm} has 2 mice.") for arm in "ABC"]
    >>> told_together(few)
    ('Each of A, B and C has 2 mice.',)
    """
    alike: dict[str, list[str]] = {}
    for doubt in doubts:
        text, arm = _of_any_arm(doubt)
        alike.setdefault(text, []).append(arm)
    return tuple(_of_each(text, arms) for text, arms in alike.items())


ARM = "\0"  # where a text names its arm


def _of_any_arm(doubt: Doubt) -> tuple[str, str]:
    """The text of a doubt without the one arm that it names once, and that arm."""
    if len(doubt.arms) == 1:
        name = re.compile(rf"(?<![\w+]){re.escape(doubt.arms[0])}(?![\w+'’])")
        text, count = name.subn(ARM, doubt.told)
        if count == 1:
            return text, doubt.arms[0]
    return doubt.told, ""


def _of_each(text: str, arms: Sequence[str]) -> str:
    if len(arms) == 1:
        return text.replace(ARM, arms[0])
    each = f"each of {join(dict.fromkeys(arms))}"
    return text.replace(ARM, f"E{each[1:]}" if text.startswith(ARM) else each)


def with_remedy(doubt: Doubt) -> str:
    """A doubt as the command line says it: the fact, and what settles it."""
    return doubt.told if doubt.accepted else f"{doubt.text} {DOUBTS[doubt.rule].do}".strip()
