"""``[truth]`` of a study.toml: what is true of a study before it is done, and its registry of keys.

No rule of an analysis: commands that analyse a study pass it over.
"""

from __future__ import annotations

from dataclasses import asdict
from math import inf
from pathlib import Path
from typing import Annotated, Any

import msgspec

from xenotrack.errors import InputError, StudyError
from xenotrack.plan.truth import ArmTruth, Exits, Scenario, Turn, twice_weekly
from xenotrack.study.design import drugs_in_name
from xenotrack.study.rule import Rule
from xenotrack.study.rules import Rules, Section
from xenotrack.study.settings import TRUTH, read_toml, refuse_unknown

_PLAIN = Scenario(arms=(ArmTruth("vehicle", (), 0.05, 0.012),))
LONGEST = 2000  # days


def _rule(words: str, unit: str = "", **bounds: float) -> Rule:
    return Rule(words, unit=unit, flag=False, **bounds)  # type: ignore[arg-type]


class TurnTruth(Section, frozen=True):
    """A turn of an arm: from about this day on its mice grow at another rate."""

    day: Annotated[float, _rule("The day.", "day")]
    rate: Annotated[float, _rule("The rate from there on.", "per day")]
    day_sd: Annotated[float, _rule("SD of the day between mice.", "days", at_least=0)] = 0.0
    rate_sd: Annotated[float, _rule("SD of that rate.", "per day", at_least=0)] = 0.0
    share: Annotated[float, _rule("The share of mice that turn.", at_least=0)] = 1.0
    carries: Annotated[bool, _rule("A faster mouse stays faster by as much.")] = False


class ExitsTruth(Section, frozen=True):
    """Mice that leave for toxicity between two days."""

    share: Annotated[float, _rule("The share of mice.", at_least=0)]
    from_day: Annotated[float, _rule("First day.", "day")]
    until_day: Annotated[float, _rule("Last day.", "day")]


class ArmOfTruth(Section, frozen=True):
    """``[truth.arms.NAME]``: how the mice of an arm grow and what they lose."""

    rate: Annotated[float, _rule("Growth rate of ln volume at the start.", "per day")]
    rate_sd: Annotated[float, _rule("SD of the rate between mice.", "per day", at_least=0)] = 0.012
    slowing: Annotated[
        float, _rule("The rate falls to rate · exp(−slowing · day).", "per day", at_least=0)
    ] = 0.0
    turns: Annotated[tuple[TurnTruth, ...], _rule("Turns to other rates, in order.")] = ()
    bending: Annotated[
        float,
        _rule("The rate is rate · (V/V₀)^(−bending); 1/3: diameters grow evenly.", at_least=0),
    ] = 0.0
    plateau_mm3: Annotated[
        float | None, _rule("The rate is rate · (1 − V/plateau): logistic growth.", "mm³", above=0)
    ] = None
    weight_loss: Annotated[float, _rule("Mean weight loss, as a share.", at_least=0)] = 0.0
    weight_loss_sd: Annotated[float, _rule("SD of the weight loss.", at_least=0)] = 0.0
    exits: Annotated[ExitsTruth | None, _rule("Mice that leave for toxicity.")] = None
    mice: Annotated[int | None, _rule("Mice of this arm.", at_least=1)] = None


class TruthRules(Section, frozen=True):
    """``[truth]``: mice, visits, calipers, limits, and the arms below it."""

    arms: dict[str, ArmOfTruth]
    mice_per_arm: Annotated[int, _rule("Mice of each arm.", at_least=1)] = 10
    until: Annotated[int, _rule("Last day; visits are on Mondays and Thursdays.", "day")] = 28
    visits: Annotated[tuple[int, ...], _rule("The visit days, from 0, in their place.")] = ()
    id_prefix: Annotated[str, _rule("How the ids of mice begin.")] = "M"
    baseline_mm3: Annotated[float, _rule("Median volume on day 0.", "mm³", above=0)] = 220.0
    baseline_log_sd: Annotated[float, _rule("SD of ln of it.", at_least=0)] = 0.25
    aspect: Annotated[float, _rule("Length over width.", above=0)] = 1.25
    aspect_log_sd: Annotated[float, _rule("SD of ln of it.", at_least=0)] = 0.187
    caliper_sd_mm: Annotated[float, _rule("Error of each diameter.", "mm", at_least=0)] = 0.3
    caliper_sd_width_mm: Annotated[
        float | None, _rule("Error of the width, where it is another.", "mm", at_least=0)
    ] = None
    resolution_mm: Annotated[float, _rule("What the sheet rounds to.", "mm", at_least=0)] = 0.1
    smallest_mm: Annotated[float, _rule("Smallest width that is measured.", "mm", at_least=0)] = 0.0
    weight_g: Annotated[float, _rule("Body weight.", "g", above=0)] = 24.0
    weight_sd_g: Annotated[float, _rule("SD of it.", "g", at_least=0)] = 1.6
    cull_mm3: Annotated[float, _rule("A mouse leaves at this volume.", "mm³", above=0)] = 1500.0
    cull_weight_loss: Annotated[float, _rule("And at this loss of weight.", above=0)] = 0.2
    unrelated_per_day: Annotated[float, _rule("Unrelated deaths.", "per day", at_least=0)] = 0.0005
    technical_per_day: Annotated[float, _rule("Technical losses.", "per day", at_least=0)] = 0.0
    mice_per_cage: Annotated[int, _rule("Mice of each cage; 0 is unknown.", at_least=0)] = 0
    cages: Annotated[str, _rule("`split`: arms mixed in a cage; `whole`: one arm a cage.")] = (
        "split"
    )
    cage_rate_sd: Annotated[float, _rule("SD of rates between cages.", "per day", at_least=0)] = 0.0
    blocks: Annotated[int, _rule("Blocks that arms are spread over; 0 is none.", at_least=0)] = 0
    block_rate_sd: Annotated[float, _rule("SD of rates between blocks.", "per day", at_least=0)] = (
        0.0
    )
    lines: Annotated[tuple[str, ...], _rule("Xenograft lines, each with all arms.")] = ()
    line_rate_sd: Annotated[float, _rule("SD of rates between lines.", "per day", at_least=0)] = 0.0
    line_effect_sd: Annotated[
        float, _rule("SD between lines of what an arm does to the rate.", "per day", at_least=0)
    ] = 0.0


def declared_scenario(path: Path, rules: Rules) -> Scenario | None:
    """The scenario of a study.toml's ``[truth]``; none where it has none."""
    table = read_toml(path).get(TRUTH)
    return None if table is None else scenario_of(table, rules, path.name)


def scenario_of(table: Any, rules: Rules, origin: str) -> Scenario:
    """The scenario of a table of ``[truth]``; its arms have the drugs of ``[arms]``."""
    truth = _converted(table, origin)
    names = {"until", "visits", "arms", "mice_per_arm"}
    plain = {name: getattr(truth, name) for name in truth.__struct_fields__ if name not in names}
    counts = tuple(arm.mice or truth.mice_per_arm for arm in truth.arms.values())
    if not 0 < truth.until <= LONGEST:
        raise InputError(f"{origin}: [truth] until is {truth.until}; it is from 1 to {LONGEST}.")
    try:
        return Scenario(
            arms=tuple(_arm(name, arm, rules) for name, arm in truth.arms.items()),
            mice_per_arm=counts,
            visit_days=truth.visits or twice_weekly(truth.until),
            **plain,
        )
    except StudyError as error:
        raise InputError(f"{origin}, [truth]: {error}") from error


def _converted(table: Any, origin: str) -> TruthRules:
    refuse_unknown(table, TruthRules.__struct_encode_fields__, "under [truth]", origin)
    arms = table.get("arms") if isinstance(table, dict) else None
    for name, arm in arms.items() if isinstance(arms, dict) else ():
        refuse_unknown(
            arm, ArmOfTruth.__struct_encode_fields__, f"under [truth.arms.{name}]", origin
        )
    if not arms:
        raise InputError(
            f"{origin}: [truth] names no arm. Give each its rate, as\n\n"
            "[truth.arms.vehicle]\nrate = 0.05\nrate_sd = 0.012"
        )
    try:
        truth = msgspec.convert(table, TruthRules)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at ")
        raise InputError(f"{origin}, truth{place.strip('`')[1:]}: {message}.") from error
    for complaint in _impossible(truth):
        raise InputError(f"{origin}: [truth] {complaint}")
    return truth


def _impossible(truth: TruthRules) -> list[str]:
    """Numbers outside of the bounds that their keys have."""
    from xenotrack.study.rulebook import keys_of

    parts = [("", truth, TruthRules)]
    parts += [(f"arms.{name}.", arm, ArmOfTruth) for name, arm in truth.arms.items()]  # type: ignore[misc]
    return [
        f"{where}{key.name} is {value:g}; it is {key.range}."
        for where, part, shape in parts
        for key in keys_of("truth", shape)
        if isinstance(value := getattr(part, key.name), float | int) and not key.allows(value)
    ]


def _arm(name: str, arm: ArmOfTruth, rules: Rules) -> ArmTruth:
    drugs = rules.arms[name].drugs if name in rules.arms else tuple(sorted(drugs_in_name(name)))
    exits = None if arm.exits is None else Exits(**msgspec.structs.asdict(arm.exits))
    turns = tuple(Turn(**msgspec.structs.asdict(turn)) for turn in arm.turns)
    own = ("rate", "rate_sd", "slowing", "bending", "weight_loss", "weight_loss_sd")
    plain = {key: getattr(arm, key) for key in own}
    plateau = inf if arm.plateau_mm3 is None else arm.plateau_mm3
    return ArmTruth(name, drugs, turns=turns, exits=exits, plateau_mm3=plateau, **plain)


def truth_table(scenario: Scenario) -> dict[str, Any]:
    """A scenario as a table of ``[truth]``, without what is at its default."""
    plain = {
        name: getattr(scenario, name)
        for name in TruthRules.__struct_fields__
        if hasattr(scenario, name) and name not in ("arms", "mice_per_arm")
        if getattr(scenario, name) != getattr(_PLAIN, name)
    }
    arms = {
        arm.name: {**_arm_table(arm), "mice": n}
        for arm, n in zip(scenario.arms, scenario.counts, strict=True)
    }
    return {"visits": scenario.visit_days, **plain, "arms": arms}


def _arm_table(arm: ArmTruth) -> dict[str, Any]:
    table: dict[str, Any] = {"rate": arm.rate, "rate_sd": arm.rate_sd}
    for name in ("slowing", "bending", "plateau_mm3", "weight_loss", "weight_loss_sd"):
        if 0 < getattr(arm, name) < inf:
            table[name] = getattr(arm, name)
    if arm.turns:
        table["turns"] = [asdict(turn) for turn in arm.turns]
    if arm.exits is not None:
        table["exits"] = asdict(arm.exits)
    return table
