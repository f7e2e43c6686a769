"""The facts and rules that a study declares: the shape of ``study.toml``.

Every key is optional. The defaults here are the rules in force when nobody says otherwise, and
the same words are the options of the command line.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

FormulaName = Literal[
    "half_lw2",
    "pi6_lw2",
    "k052_lw2",
    "pi6_lwh",
    "half_lwh",
    "pi6_lw_mean",
    "k045_lwh",
    "lwh",
]


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of ``study.toml``; a key it does not know is an error."""


class StudyRules(Section, frozen=True):
    """``[study]``: what the experiment is called, where its sheet lies, when treatment began.

    ``day_zero`` is a day of the sheet, ``"first"`` (the study's first reading),
    ``"first_of_mouse"`` (each mouse's own) or a date as ``"2024-01-31"``; ``tumors``
    is what stands for a mouse that bears several.
    """

    name: str | None = None
    sheet: str | list[str] | None = None
    select: str | None = None
    phase: str | None = None
    control: str | None = None
    day_zero: int | float | str = 0
    date_order: Literal["year", "day", "month"] | None = None
    mouse_ids: Literal["study", "arm"] | None = None
    baseline_window_days: float = 7
    tumors: Literal["sum", "largest", "each"] = "sum"


class VolumeRules(Section, frozen=True):
    """``[volume]``: how a volume is computed and below which size calipers see nothing."""

    formula: FormulaName = "half_lw2"
    unit: Literal["mm3", "cm3"] = "mm3"
    length_unit: Literal["mm", "cm"] = "mm"
    limit_mm3: float | None = None


class GrowthRules(Section, frozen=True, rename={"from_day": "from", "until_day": "until"}):
    """``[growth]``: the days and the model of ln volume.

    ``from_day = None`` starts at each mouse's baseline reading; ``variances = None`` means by arm
    where every arm has at least four mice with three readings, else pooled.
    """

    from_day: float | None = None
    until_day: float | None = None
    baseline: Literal["arm", "common", "ratio"] = "arm"
    variances: Literal["by_arm", "pooled"] | None = None
    df: Literal["kenward-roger", "satterthwaite", "normal"] = "kenward-roger"
    below_limit: Literal["first", "limit", "half", "drop"] = "first"
    blocked_below: float = 0.01


class ProgressionRules(Section, frozen=True):
    """``[progression]``: the event, its day, and what a size cull means."""

    rule: Literal["fold", "nadir", "absolute"] = "fold"
    value: float | None = None
    confirm: bool = False
    interpolate: Literal["none", "linear", "log"] = "linear"
    size_cull: Literal["event", "censor"] = "event"
    rmst_until: float | None = None

    @property
    def threshold(self) -> float:
        """The declared value, or the usual one of the rule (fold, fold of nadir, mm³)."""
        return self.value if self.value is not None else USUAL_VALUE[self.rule]


# 1.73 = 1.2³: RECIST's 20 % in diameter, as a volume.
USUAL_VALUE = {"fold": 2.0, "nadir": 1.73, "absolute": 1000.0}


class ResponseRules(Section, frozen=True):
    """``[response]``: from which day a shrinkage counts as a response."""

    min_day: float = 10


class CompareRules(Section, frozen=True):
    """``[compare]``: adjustment for several claims, and the one named beforehand."""

    adjust: Literal["holm", "dunnett", "none"] = "holm"
    primary: str | None = None
    hazards: Literal["firth", "efron"] = "firth"
    level: float = 0.95


class ExcludeRule(Section, frozen=True):
    """``[[exclude]]``: a mouse, a day of it, or a value of that day, left out for a reason.

    ``mouse``, ``tumor`` and ``day`` are those of the tidy table; ``value`` is what is emptied.
    """

    mouse: str
    reason: Annotated[str, msgspec.Meta(min_length=3)]
    tumor: str | None = None
    day: float | None = None
    value: Literal["volume", "weight"] | None = None


class ArriveRules(Section, frozen=True):
    """``[arrive]``: the ARRIVE 2.0 essential ten in the study's own words, for its report."""

    study_design: str = ""
    sample_size: str = ""
    criteria: str = ""
    randomisation: str = ""
    blinding: str = ""
    outcomes: str = ""
    statistics: str = ""
    animals: str = ""
    procedures: str = ""
    results: str = ""


class Rules(Section, frozen=True):
    """The whole of ``study.toml``."""

    study: StudyRules = StudyRules()
    columns: dict[str, str] = {}
    arms: dict[str, list[str]] = {}
    volume: VolumeRules = VolumeRules()
    growth: GrowthRules = GrowthRules()
    progression: ProgressionRules = ProgressionRules()
    response: ResponseRules = ResponseRules()
    compare: CompareRules = CompareRules()
    arrive: ArriveRules = ArriveRules()
    exclude: tuple[ExcludeRule, ...] = ()
