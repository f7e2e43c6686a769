"""``xenotrack power``: how many mice, by simulation through the analysis itself."""

from __future__ import annotations

import os
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xenotrack.cli.options import StudyCommand, Words, reads_study, writes_folder
from xenotrack.cli.request import Request
from xenotrack.cli.stdout import put

if TYPE_CHECKING:
    from xenotrack.plan.power import Outcome
    from xenotrack.plan.questions import Question
    from xenotrack.plan.truth import Scenario
    from xenotrack.present.planned import Planned
    from xenotrack.study.design import Design

KINDS = ("difference", "best_part", "synergy", "blocked")
POST_HOC = (
    "Power is of a study that is not done. Computed from the effect that a study found it says "
    "nothing that its p-value does not say (Hoenig & Heisey 2001): read the interval of the "
    "contrast. To plan the next study with this one as a pilot name the effect that would matter, "
    "as --effect -0.02: spreads, visits and losses are then those of the pilot."
)


@click.command(cls=StudyCommand)
@reads_study("growth", "progression", "compare.primary,level")
@click.option(
    "--question",
    "kind",
    type=Words(KINDS),
    default="difference",
    help="A difference of two arms, a combination against its best part or against Bliss "
    "independence, or growth that is blocked [difference].",
)
@click.option(
    "--of",
    "of",
    metavar="'A - B'|ARM",
    help="The contrast, or the arm that the question is about [the primary contrast].",
)
@click.option(
    "--mice-per-arm",
    "mice",
    default="4,6,8,10,12",
    metavar="N,N,…",
    help="Mice of each arm [4,6,8,10,12].",
)
@click.option("--effect", type=float, help="The true effect per day, as -0.02 [that of truth].")
@click.option(
    "--effect-sd",
    type=click.FloatRange(min=0),
    default=0.0,
    help="How unsure the effect is, as an SD; assurance averages over it [0].",
)
@click.option(
    "--target",
    type=click.FloatRange(0.05, 0.999),
    default=0.8,
    help="The power that is wanted [0.8].",
)
@click.option(
    "--outcome",
    type=click.Choice(("growth_rate", "rmst_days")),
    default="growth_rate",
    help="What the claim is made of: growth rates, or days gained without progression "
    "[growth_rate].",
)
@click.option(
    "--ratio",
    multiple=True,
    metavar="2,1,…",
    help="Mice of each arm to one another [those of truth]. May be repeated: each is planned.",
)
@click.option(
    "--visits",
    multiple=True,
    metavar="DAYS",
    help="Visit days, as 0,7,14,21 [those of truth]. May be repeated: each is planned.",
)
@click.option(
    "--duration",
    metavar="DAY,DAY,…",
    help="Last days to be planned, as 21,28,42 [that of truth]; visits go on at the same steps.",
)
@click.option("--smallest", is_flag=True, help="Also the smallest effect that the most mice show.")
@click.option(
    "--studies",
    type=click.IntRange(20, 100_000),
    default=400,
    help="Simulated studies for each number [400].",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, help="Seed of chance [1].")
@writes_folder("The folder for table, curve and a page for the committee [none].", required=False)
def power(
    request: Request,
    *,
    kind: str,
    of: str | None,
    mice: str,
    effect: float | None,
    effect_sd: float,
    target: float,
    outcome: Outcome,
    ratio: tuple[str, ...],
    visits: tuple[str, ...],
    duration: str | None,
    smallest: bool,
    studies: int,
    seed: int,
) -> None:
    """How often a study would show an effect, by mice; and how often it would claim one falsely.

    STUDY is a study.toml with [truth], or a study that was done, as a pilot: then --effect says
    which difference would matter. Studies are simulated and analysed by the rules in force; where
    growth is a straight line (--shape line) and no mouse leaves, the closed form stands beside.
    Where truth has lines the contrast is pooled over them; with --experimental-unit cage the unit
    is the cage.

    \b
    Examples
      xenotrack power sample_data/plan/next.toml --mice-per-arm 6,10 --studies 100
      xenotrack power sample_data/plan/next.toml --mice-per-arm 8 --duration 14,28
      xenotrack power sample_data/two_arm.csv --of 'alpelisib - vehicle' --effect -0.02
    """
    from xenotrack.plan.power import Plan, power_table, require_days, smallest_effect
    from xenotrack.present.planned import Planned
    from xenotrack.present.tables import to_text

    counts = _numbers(mice, "--mice-per-arm", least=2)
    scenario, df = _scenario(request, effect)
    design = _design(request, scenario)
    question = _question(design, kind, of)
    if effect is not None and not isfinite(effect):
        raise click.UsageError("--effect takes a number per day, as -0.02.")
    if effect is not None:
        scenario = question.at(scenario, effect)
    _require_effect(scenario, question)
    planned = _designs(scenario, visits, ratio, duration)
    if effect is not None:
        planned = [question.at(one, effect) for one in planned]
    plan = Plan(planned[0], design, question, studies, seed, effect_sd, df, outcome)
    require_days(plan)
    table = power_table(plan, counts, request.say, planned)
    least = smallest_effect(plan, max(counts), target) if smallest else float("nan")
    made = Planned(plan, table, target, least, design.name, df is not None)
    for text in made.words():
        request.say(text)
    if request.output is not None:
        made.write(request.output, _pictures(made), request.say)
        request.say(f"Wrote {request.output}/: protocol.html is the page for the committee.")
    put(to_text(table.dropna(axis=1, how="all")))


def _numbers(words: str, flag: str, least: int) -> tuple[int, ...]:
    """Whole numbers with commas between, each more than the one before."""
    parts = [word.strip() for word in words.split(",")]
    numbers = tuple(int(w) for w in parts if w.isascii() and w.isdigit() and len(w) < 5)
    rising = list(numbers) == sorted(set(numbers))
    if len(numbers) != len(parts) or not rising or min(numbers) < least:
        raise click.UsageError(
            f"{flag} takes whole numbers from {least} on that increase, with commas between, "
            "as 4,6,8."
        )
    return numbers


def _scenario(request: Request, effect: float | None) -> tuple[Scenario, float | None]:
    """What is assumed to be true; of a pilot with the degrees of freedom of its spreads."""
    from xenotrack.errors import InputError
    from xenotrack.plan.declared import declared_scenario
    from xenotrack.plan.like import scenario_like

    source = Path(request.source)
    if os.path.isdir(source) or source.name in ("results.json", "manifest.json"):
        raise InputError(f"{source} holds results of a study that was done. {POST_HOC}")
    if source.suffix.casefold() == ".toml":
        declared = declared_scenario(source, request.rules())
        if declared is not None:
            return declared, None
    study = request.read()
    request.refuse_findings(study)
    if effect is None:
        raise InputError(POST_HOC)
    scenario = scenario_like(study)
    return scenario, float(sum(scenario.counts) - len(scenario.counts))


def _designs(
    scenario: Scenario, schedules: tuple[str, ...], ratios: tuple[str, ...], duration: str | None
) -> list[Scenario]:
    """Every combination of the visits, last days and ratios that are to be planned."""
    from dataclasses import replace

    from xenotrack.plan.truth import lasting

    days = [_numbers(words, "--visits", least=0) for words in schedules]
    visited = [replace(scenario, visit_days=own) for own in days] or [scenario]
    ends = _numbers(duration, "--duration", least=1) if duration is not None else ()
    lasted = [lasting(one, end) for one in visited for end in ends] or visited
    return [_allotted(one, ratio) for one in lasted for ratio in ratios] or lasted


def _allotted(scenario: Scenario, ratio: str) -> Scenario:
    """The scenario with its arms in a ratio, in their order."""
    from dataclasses import replace

    words = [word.strip() for word in ratio.split(",")]
    counts = tuple(int(w) for w in words if w.isascii() and w.isdigit() and 0 < int(w) <= 20)
    if len(counts) != len(words) or len(words) != len(scenario.arms):
        raise click.UsageError(
            f"--ratio takes a whole number from 1 to 20 for each of {len(scenario.arms)} arms."
        )
    return replace(scenario, mice_per_arm=counts)


def _design(request: Request, scenario: Scenario) -> Design:
    """The arms of the scenario, with the rules of their analysis."""
    from xenotrack.study.design import Arm, Design

    rules = request.rules()
    arms = tuple(Arm(arm.name, frozenset(arm.drugs)) for arm in scenario.arms)
    return Design(rules.study.name or Path(request.source).stem, arms, rules)


def _question(design: Design, kind: str, of: str | None) -> Question:
    from xenotrack.errors import StudyError
    from xenotrack.plan import questions
    from xenotrack.study.primary import BEST_PART, arms_compared
    from xenotrack.study.rules import PrimaryRule

    rule = PrimaryRule(contrast=of) if of is not None else design.rules.compare.named_beforehand
    if kind != "difference" and of in design.arm_names:
        arm = of
    elif rule is None:
        raise StudyError(
            "Which contrast? Name it with --of 'A - B', or as primary under [compare]; the arms "
            f"are: {', '.join(design.arm_names)}."
        )
    elif kind != "difference" and of is not None:
        raise StudyError(
            f"{of!r} is no arm of the study. The arms are: {', '.join(design.arm_names)}."
        )
    else:
        arm, against = arms_compared(rule, design.arm_names)
        if kind == "difference" and against != BEST_PART:
            return questions.difference(design, arm, against)
        kind = "best_part" if kind == "difference" else kind
    asked = {
        "best_part": questions.best_part,
        "synergy": questions.synergy,
        "blocked": questions.blocked,
    }
    return asked[kind](design, str(arm))


def _require_effect(scenario: Scenario, question: Question) -> None:
    """Refuse to plan for what is not true in the truth."""
    from xenotrack.errors import StudyError

    effect = question.truth(scenario)
    if not effect < question.null:
        raise StudyError(
            f"There is nothing to show: {question.label} is {effect:+.3g} per day in truth, and a "
            f"claim needs less than {question.null:g}. Name another effect with --effect, as "
            f"{question.null - 0.02:g}."
        )


def _pictures(made: Planned) -> dict[str, bytes]:
    from xenotrack.present.figures.save import give_matplotlib_a_home, render

    give_matplotlib_a_home()
    from xenotrack.present.figures.power import power_figure

    drawn = render(power_figure(made.table, made.target, made.plan.level), ("svg", "png"))
    return {f"power.{form}": data for form, data in drawn.items()}
