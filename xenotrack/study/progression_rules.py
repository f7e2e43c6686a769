"""``[progression]``: the event that is a study's own, and further ones, each named."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from xenotrack.study.rule import Rule

# 1.73 = 1.2³: RECIST's 20 % in diameter, as a volume.
USUAL_VALUE = {"fold": 2.0, "percent": 100.0, "nadir": 1.73, "absolute": 1000.0}
_USUAL_VALUES = "; ".join(f"{value:g}" for value in USUAL_VALUE.values())
# The name of the study's own rule beside further ones.
DECLARED = "declared"
_AS_DECLARED = "as declared"


class FurtherRule(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    rename={"from_day": "from"},
):
    """``[progression.rules]``: one further rule.

    What it does not say is as declared, but for ``rise`` and ``confirm``.
    """

    rule: Annotated[
        Literal["fold", "percent", "nadir", "absolute"] | None,
        Rule("What is progression.", otherwise=_AS_DECLARED, example="fold", flag=False),
    ] = None
    value: Annotated[
        float | None,
        Rule(
            "The fold, the percent, or the volume in mm³.",
            otherwise=f"{_AS_DECLARED}; of a rule of its own {_USUAL_VALUES}",
            example=4,
            above=0,
            flag=False,
        ),
    ] = None
    rise: Annotated[
        float,
        Rule("Volume asked for above the nadir, too.", unit="mm³", at_least=0, flag=False),
    ] = 0
    confirm: Annotated[bool, Rule("The next reading must agree.", flag=False)] = False
    interpolate: Annotated[
        Literal["none", "linear", "log"] | None,
        Rule("Day of the event between two readings.", otherwise=_AS_DECLARED, flag=False),
    ] = None
    size_cull: Annotated[
        Literal["event", "censor"] | None,
        Rule("Leaving for tumour size before the rule is met.", otherwise=_AS_DECLARED, flag=False),
    ] = None
    follow_until: Annotated[
        float | None,
        Rule(
            "Day after which nothing counts.",
            otherwise=_AS_DECLARED,
            unit="day",
            above=0,
            flag=False,
        ),
    ] = None
    from_day: Annotated[
        float,
        Rule("Day on which its clock starts anew.", unit="day", at_least=0, flag=False),
    ] = 0

    def beside(self, declared: ProgressionRules) -> ProgressionRules:
        """The whole rule.

        >>> FurtherRule(confirm=True).beside(ProgressionRules(value=3)).threshold
        3
        """
        chosen = {
            name: getattr(self, name) for name in ("interpolate", "size_cull", "follow_until")
        }
        chosen = {name: value for name, value in chosen.items() if value is not None}
        value = declared.value if self.rule in (None, declared.rule) else None
        return msgspec.structs.replace(
            declared,
            rule=self.rule or declared.rule,
            value=value if self.value is None else self.value,
            rise=self.rise,
            confirm=self.confirm,
            rules={},
            **chosen,
        )


class ProgressionRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[progression]``: the event, its day, and what a size cull means."""

    rule: Annotated[
        Literal["fold", "percent", "nadir", "absolute"],
        Rule("Progression: fold of the baseline, percent above it, fold of the nadir, or volume."),
    ] = "fold"
    value: Annotated[
        float | None,
        Rule(
            "The fold, the percent, or the volume in mm³.",
            otherwise=_USUAL_VALUES,
            example=2,
            above=0,
        ),
    ] = None
    rise: Annotated[
        float,
        Rule("Volume that a nadir rule asks for above the nadir, too.", unit="mm³", at_least=0),
    ] = 0
    follow_until: Annotated[
        float | None,
        Rule(
            "Day after which nothing counts as progression.",
            otherwise="the last reading",
            example=60,
            unit="day",
            above=0,
        ),
    ] = None
    confirm: Annotated[bool, Rule("The next reading must agree.")] = False
    interpolate: Annotated[
        Literal["none", "linear", "log"], Rule("Day of the event between two readings.")
    ] = "linear"
    size_cull: Annotated[
        Literal["event", "censor"], Rule("Leaving for tumour size before the rule is met.")
    ] = "event"
    rmst_until: Annotated[
        float | None,
        Rule("Day up to which days are averaged.", example=60, unit="day", above=0),
    ] = None
    rules: Annotated[
        dict[str, FurtherRule],
        Rule("Further rules, each under a name.", otherwise="none", flag=False),
    ] = {}

    @property
    def threshold(self) -> float:
        """The declared value, or the usual one of the rule (fold, fold of nadir, mm³)."""
        return self.value if self.value is not None else USUAL_VALUE[self.rule]

    @property
    def fold(self) -> float | None:
        """The multiple of the baseline that is progression; none of other rules.

        >>> ProgressionRules(rule="percent", value=20).fold
        1.2
        """
        percent = self.rule == "percent"
        fold = 1 + self.threshold / 100 if percent else self.threshold
        return fold if percent or self.rule == "fold" else None
