"""``xenotrack progression``: time to progression of each arm, by the declared rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, Words, reads_study, writes_table
from xenotrack.cli.request import Request
from xenotrack.errors import InputError

if TYPE_CHECKING:
    from xenotrack.compare.by_rule import TimedRule
    from xenotrack.model.logrank import Weight
    from xenotrack.study.progression_rules import ProgressionRules


@click.command(cls=StudyCommand)
@click.option("--mice", "what", flag_value="mice", help="Each mouse: the interval of its event.")
@click.option("--curve", "what", flag_value="curve", help="The Kaplan–Meier curve of each arm.")
@click.option("--logrank", "what", flag_value="logrank", help="Log-rank tests of the arms.")
@click.option(
    "--weights",
    type=Words(("logrank", "tarone-ware", "fleming-harrington", "late")),
    default="logrank",
    help="What each day counts in --logrank: alike; by the mice at risk; early ones; late ones "
    "[logrank].",
)
@click.option(
    "--incidence",
    "what",
    flag_value="incidence",
    help="Share that progressed, and left for toxicity.",
)
@click.option("--gray", "what", flag_value="gray", help="Gray's tests of both shares.")
@click.option(
    "--milestones", "what", flag_value="milestones", help="Share free of progression on a day."
)
@click.option(
    "--unknown-fates",
    "what",
    flag_value="unknown_fates",
    help="Days gained at worst and at best, where nobody says why mice left.",
)
@click.option(
    "--turnbull", "what", flag_value="turnbull", help="Between which visits mice progressed."
)
@click.option(
    "--accelerated",
    "what",
    flag_value="accelerated",
    help="How many times as long arms take as control, between visits: Weibull and log-normal.",
)
@click.option(
    "--sensitivity",
    "what",
    flag_value="sensitivity",
    help="Days gained under 24 definitions of progression, and whether claims hold.",
)
@click.option(
    "--independent-action",
    "what",
    flag_value="independent_action",
    help="Combinations against independent action of their parts.",
)
@click.option(
    "--by-rule",
    "what",
    flag_value="by_rule",
    help="Arms by the declared rule and by each of [progression.rules].",
)
@click.option(
    "--also",
    "also",
    multiple=True,
    metavar="[NAME=]RULE",
    help="One more rule in --by-rule, such as 'percent 20', 'fold 4 confirm', 'nadir 1.2 rise 50' "
    "or, the clock started anew, 'off drug=fold 2 from 28'. May be repeated.",
)
@click.option(
    "--day",
    "days",
    type=click.FloatRange(min=0, min_open=True),
    multiple=True,
    help="Day of --milestones and --independent-action [that of rmst_days]. May be repeated.",
)
@writes_table
@reads_study("progression", "compare.level,primary,adjust")
def progression(
    request: Request,
    *,
    what: str | None,
    also: tuple[str, ...],
    days: tuple[float, ...],
    weights: Weight,
) -> None:
    """Time to progression of each arm, by the declared rule.

    \b
    Examples
      xenotrack progression sample_data/naive.toml
      xenotrack progression sheet.csv --rule fold --value 4 --confirm
      xenotrack progression sheet.csv --curve -f csv
      xenotrack progression sheet.csv --also "percent 20 confirm" --also "fold 2 from 28"
      xenotrack progression sample_data/naive.toml --independent-action --day 60
      xenotrack progression sample_data/naive.toml --sensitivity -o sensitivity.csv
    """
    from xenotrack.compare.by_rule import by_rule, named_rules
    from xenotrack.compare.hazards import doubt_untested, log_rank_frame
    from xenotrack.compare.sensitivity import doubt_no_definition
    from xenotrack.compare.unknown_fates import unknown_fates
    from xenotrack.model.between import accelerated_frame, turnbull_frame
    from xenotrack.model.leaving import gray_frame, incidence_frame
    from xenotrack.model.milestones import milestone_frame

    if weights != "logrank" and what != "logrank":
        raise click.UsageError("--weights are those of --logrank: add --logrank.")
    if days and what not in ("independent_action", "milestones"):
        raise click.UsageError("--day is the day of --independent-action or --milestones.")
    if also and what not in (None, "by_rule"):
        raise click.UsageError("--also is of the table --by-rule: leave out the option beside it.")
    declared = request.rules().progression
    rules = [*named_rules(declared), *_typed_rules(also, declared)]
    results = request.results()
    progression = results.progression
    if what == "independent_action":
        independent_action = results.independent_action_at(days)
        request.write(
            independent_action.to_frame(), (*progression.doubts, *independent_action.doubts)
        )
        return
    if what in ("sensitivity", "unknown_fates"):
        results.study.design.require_control()
    frames = {
        "by_rule": lambda: by_rule(results.study, rules),
        "arms": progression.to_frame,
        "mice": lambda: progression.mice,
        "curve": progression.curve_frame,
        "logrank": lambda: log_rank_frame(progression, weights),
        "incidence": lambda: incidence_frame(progression),
        "gray": lambda: gray_frame(progression),
        "milestones": lambda: milestone_frame(progression, days),
        "unknown_fates": lambda: unknown_fates(progression),
        "turnbull": lambda: turnbull_frame(progression),
        "accelerated": lambda: accelerated_frame(progression),
        "sensitivity": lambda: results.sensitivity,
    }
    frame = frames[what or ("by_rule" if also else "arms")]()
    untested = doubt_untested(progression) if what in ("logrank", "gray", "accelerated") else ()
    empty = doubt_no_definition(frame) if what == "sensitivity" else ()
    request.write(frame, (*progression.doubts, *untested, *empty))


def _typed_rules(also: tuple[str, ...], declared: ProgressionRules) -> list[TimedRule]:
    """The further rules; one that is none was typed wrongly."""
    from xenotrack.compare.by_rule import rule_of_words

    try:
        return [rule_of_words(words, declared) for words in also]
    except InputError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--also") from wrong
