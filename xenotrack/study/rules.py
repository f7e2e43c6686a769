"""The facts and rules that a study declares: the shape of ``study.toml``.

This is the one place of a rule: its key, what it takes, its default, its bounds, its unit and one
line of help. The options of the command line, the template and the page of the documentation are
made from it (``rulebook.py``). Every key is optional.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from xenotrack.study.arrive_rules import ArriveRules
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.rule import FateName, FormulaName, Outcome, Rule

# The key of ``[columns]`` that is no column of ours.
IGNORE = "ignore"


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of ``study.toml``; a key it does not know is an error."""


class StudyRules(Section, frozen=True):
    """``[study]``: what the experiment is called, where its sheet lies, when treatment began.

    ``day_zero`` is a day of the sheet, ``"first"`` (the study's first reading),
    ``"first_of_mouse"`` (each mouse's own) or a date as ``"2024-01-31"``; ``tumors``
    is what stands for a mouse that bears several.
    """

    name: Annotated[str | None, Rule("Name of the study.", example="HR+ xenografts")] = None
    sheet: Annotated[
        str | list[str] | None,
        Rule(
            "The sheet, relative to the toml; a list where there are several.",
            example="calipers.csv",
            flag=False,
        ),
    ] = None
    allocation: Annotated[
        str | None,
        Rule(
            "The arm of each mouse as `randomize` drew it, a csv.",
            otherwise="the sheet says it",
            example="allocation.csv",
            metavar="FILE",
        ),
    ] = None
    allocation_sha256: Annotated[
        str | None,
        Rule("The digest of the sealed allocation.", example="d1f6…", flag=False),
    ] = None
    control: Annotated[
        str | None,
        Rule(
            "The reference arm.",
            otherwise="the one called vehicle or the like",
            example="vehicle",
            metavar="ARM",
        ),
    ] = None
    day_zero: Annotated[
        int | float | str,
        Rule("Day 0: a day, 'first', 'first_of_mouse' or a date (2024-01-31)."),
    ] = 0
    baseline_window_days: Annotated[
        float,
        Rule(
            "Days before treatment in which the last reading is the baseline.",
            unit="days",
            at_least=0,
        ),
    ] = 7
    visit_window_days: Annotated[
        float,
        Rule(
            "Readings this close are one visit, for indices, means and figures.",
            unit="days",
            at_least=0,
        ),
    ] = 0
    tumors: Annotated[
        Literal["sum", "largest", "each"],
        Rule("What stands for a mouse of several tumours: their sum, the largest, or each."),
    ] = "sum"
    experimental_unit: Annotated[
        Literal["mouse", "cage"],
        Rule("What was assigned to an arm: each mouse, or whole cages."),
    ] = "mouse"
    never_took: Annotated[
        Literal["exclude", "keep"],
        Rule("Mice without a measurable tumour ever, where most had one at baseline."),
    ] = "exclude"
    flanks: Annotated[
        Literal["tumors", "mice"] | None,
        Rule("What names such as 101_L and 101_R are: tumours of one mouse, or mice."),
    ] = None
    replicates: Annotated[
        Literal["mean"] | None,
        Rule("What stands for several readings of one tumour on one day."),
    ] = None
    select: Annotated[
        str | None, Rule("One study of a sheet that holds several.", example="study 1")
    ] = None
    phase: Annotated[
        str | None, Rule("One phase of mice that were treated in several.", example="2")
    ] = None
    controls: Annotated[
        dict[str, str],
        Rule(
            "The reference arm of each phase, by the phase's name.",
            otherwise="control, else the arm whose mice stayed",
            flag=False,
        ),
    ] = {}
    mouse_ids: Annotated[
        Literal["study", "arm"] | None,
        Rule("Whether ids are unique in the study, or start anew in each arm."),
    ] = None
    date_order: Annotated[
        Literal["year", "day", "month"] | None,
        Rule("What stands first in dates such as 03/04/2024."),
    ] = None


class ArmRule(Section, frozen=True):
    """An arm of ``[arms]``: its drugs, and a short name for figures."""

    drugs: Annotated[tuple[str, ...], Rule("Its drugs; none for an untreated arm.", flag=False)]
    label: Annotated[str | None, Rule("A short name for figures.", example="R+F", flag=False)] = (
        None
    )


class VolumeRules(Section, frozen=True):
    """``[volume]``: how a volume is computed and below which size calipers see nothing."""

    formula: Annotated[FormulaName, Rule("Volume from the diameters.")] = "half_lw2"
    unit: Annotated[Literal["mm3", "cm3"], Rule("Unit of volumes in the sheet.")] = "mm3"
    length_unit: Annotated[Literal["mm", "cm"], Rule("Unit of diameters.")] = "mm"
    readout: Annotated[
        Literal["volume", "flux"] | None,
        Rule(
            "What was measured: volumes, whatever the title says, or light (flux).",
            otherwise="what the sheet says",
        ),
    ] = None
    readout_unit: Annotated[
        str | None,
        Rule("Unit of another readout, for axes.", otherwise="what the sheet says", example="p/s"),
    ] = None
    limit_mm3: Annotated[
        float | None,
        Rule("Smallest volume that calipers measure.", example=15, unit="mm³", above=0),
    ] = None
    rounding_mm: Annotated[
        float | None,
        Rule(
            "What diameters were rounded to; growth knows each to half of it.",
            otherwise="as they are written",
            example=0.5,
            unit="mm",
            above=0,
        ),
    ] = None


class GrowthRules(Section, frozen=True, rename={"from_day": "from", "until_day": "until"}):
    """``[growth]``: the shape of growth, the days and the model of ln volume.

    ``from_day = None`` starts at each mouse's baseline reading.
    """

    shape: Annotated[
        Literal["curve", "phases", "line", "gompertz", "regrowth"],
        Rule(
            "How ln volume goes with days: a curve, lines that meet on phase_days, one line, "
            "Gompertz growth, or decay and regrowth."
        ),
    ] = "curve"
    phase_days: Annotated[
        tuple[float, ...] | None,
        Rule(
            "Days on which the rate may change, of phases.",
            otherwise="none",
            example=(14, 28),
            metavar="DAY,...",
        ),
    ] = None
    from_day: Annotated[
        float | None, Rule("First day of the growth fit.", otherwise="the baseline", example=0)
    ] = None
    until_day: Annotated[
        float | None, Rule("Last day of the growth fit.", otherwise="the last", example=60)
    ] = None
    window: Annotated[
        tuple[float, float] | None,
        Rule(
            "First and last day that the rates of curves speak of.",
            otherwise="those that arms share",
            example=(0, 42),
            metavar="FROM UNTIL",
        ),
    ] = None
    baseline: Annotated[
        Literal["arm", "common", "ratio"],
        Rule("An intercept each arm, one for all, or volumes relative to the baseline."),
    ] = "arm"
    variances: Annotated[
        Literal["by_arm", "pooled"],
        Rule("Spread of each arm by itself, or one for all."),
    ] = "by_arm"
    residual: Annotated[
        Literal["constant", "caliper", "power", "car1"],
        Rule(
            "How readings scatter about the course of a mouse: alike; by the error of calipers, "
            "more where tumours are small; by a power of the diameter; or correlated in time."
        ),
    ] = "constant"
    df: Annotated[
        Literal["kenward-roger", "satterthwaite", "cr2", "normal"],
        Rule("Degrees of freedom; cr2 clusters variances by mouse."),
    ] = "kenward-roger"
    below_limit: Annotated[
        Literal["censored", "first", "limit", "half", "drop"], Rule("Readings below the limit.")
    ] = "censored"
    blocked_below: Annotated[
        float, Rule("Rate per day below which growth counts as blocked.", unit="per day")
    ] = 0.01


class ResponseRules(Section, frozen=True):
    """``[response]``: from which day a shrinkage counts as a response."""

    min_day: Annotated[float, Rule("First day that counts as a response.", unit="day")] = 10
    mrecist: Annotated[
        Literal["usual", "xeva", "gao"],
        Rule("Days and exceptions of mRECIST: ours, those of Xeva, or those behind Gao's tables."),
    ] = "usual"


class PrimaryRule(Section, frozen=True):
    """``[compare] primary``: the contrast as two arms or as ``A - B``, and its outcome."""

    contrast: Annotated[str | tuple[str, str], Rule("Two arms.", example="A - B", flag=False)]
    outcome: Annotated[Outcome, Rule("The outcome that it is claimed of.", flag=False)] = (
        "growth_rate"
    )


class CompareRules(Section, frozen=True):
    """``[compare]``: adjustment for several claims, and the one named beforehand."""

    adjust: Annotated[
        Literal["holm", "dunnett", "none"], Rule("Adjustment of the contrasts with control.")
    ] = "holm"
    primary: Annotated[
        str | tuple[str, str] | PrimaryRule | None,
        Rule(
            'The contrast named beforehand, not adjusted: \'A - B\', ["A", "B"], or '
            '{contrast = ["A", "B"], outcome = "rmst_days"}.',
            example="A - B",
            metavar="'A - B'",
        ),
    ] = None
    estimand: Annotated[
        Literal["progression", "composite"],
        Rule(
            "What times are claimed to: progression, or progression or leaving for toxicity, "
            "whichever comes first. Named beforehand."
        ),
    ] = "progression"
    hazards: Annotated[
        Literal["firth", "efron"],
        Rule("Cox model: penalised, or Efron alone where every arm has events."),
    ] = "firth"
    level: Annotated[float, Rule("Confidence level, between 0 and 1.", above=0, below=1)] = 0.95

    @property
    def named_beforehand(self) -> PrimaryRule | None:
        """The primary contrast, however it was written."""
        if self.primary is None or isinstance(self.primary, PrimaryRule):
            return self.primary
        return PrimaryRule(contrast=self.primary)


class ExcludeRule(Section, frozen=True):
    """``[[exclude]]``: a mouse, a day of it, or a value of that day, left out for a reason.

    ``mouse``, ``tumor`` and ``day`` are those of the tidy table; ``value`` is what is emptied.
    """

    mouse: Annotated[str, Rule("The mouse, as text.", example="m1", flag=False)]
    reason: Annotated[
        str,
        msgspec.Meta(min_length=3),
        Rule("Why, in three letters or more.", example="misread", flag=False),
    ]
    tumor: Annotated[
        str | None,
        Rule("One of its tumours.", otherwise="all of them", example="left", flag=False),
    ] = None
    day: Annotated[
        float | None, Rule("One day of it.", otherwise="every day", example=7, flag=False)
    ] = None
    value: Annotated[
        Literal["volume", "weight"] | None,
        Rule("One value of the day.", otherwise="both", flag=False),
    ] = None


class AcceptRule(Section, frozen=True):
    """``[[accept]]``: a warning or doubt that the lab knows, told with its reason.

    It accepts what names no arm and no mouse beside these; without any, all of its rule.
    """

    rule: Annotated[str, Rule("The name of a finding or doubt.", example="few-mice", flag=False)]
    reason: Annotated[
        str,
        msgspec.Meta(min_length=3),
        Rule("Why, in three letters or more.", example="a pilot", flag=False),
    ]
    arms: Annotated[
        tuple[str, ...], Rule("The arms that it is about.", otherwise="any", flag=False)
    ] = ()
    mice: Annotated[
        tuple[str, ...], Rule("The mice that it is about.", otherwise="any", flag=False)
    ] = ()


class Rules(Section, frozen=True):
    """The whole of ``study.toml``."""

    study: StudyRules = StudyRules()
    columns: dict[str, str | list[str]] = {}
    arms: dict[str, ArmRule] = {}
    colours: dict[str, str] = {}
    fates: dict[str, FateName] = {}
    lines: dict[str, dict[str, tuple[str, ...]]] = {}
    volume: VolumeRules = VolumeRules()
    growth: GrowthRules = GrowthRules()
    progression: ProgressionRules = ProgressionRules()
    response: ResponseRules = ResponseRules()
    compare: CompareRules = CompareRules()
    arrive: ArriveRules = ArriveRules()
    exclude: tuple[ExcludeRule, ...] = ()
    accept: tuple[AcceptRule, ...] = ()

    @property
    def named_columns(self) -> dict[str, str]:
        """``[columns]``: what the sheet calls ours."""
        return {ours: theirs for ours, theirs in self.columns.items() if isinstance(theirs, str)}

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """``[columns] ignore``: columns that are known and not to be read."""
        return tuple(self.columns.get(IGNORE, ()))
