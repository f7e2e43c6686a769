"""Arms as sets of drugs, the control, and the rules in force."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import msgspec

from xenotrack.doubts import Doubt
from xenotrack.errors import StudyError
from xenotrack.study.primary import BEST_PART, Primary, PrimaryError, arms_compared
from xenotrack.study.readout import Readout, readout_of
from xenotrack.study.rules import ArmRule, Rules

NO_DRUG_WORDS = frozenset(
    (
        *("vehicle", "veh", "untreated", "no treatment", "control", "ctrl", "placebo"),
        *("kontrolle", "controle", "contrôle", "controllo", "vehikel", "véhicule", "veículo"),
        *("veiculo", "vehículo", "vehiculo", "veicolo", "unbehandelt", "non traité"),
        *("溶剂对照", "溶剂", "溶媒", "对照", "对照组", "空白对照", "対照", "対照群", "대조군"),
        *(
            "kontrola",
            "контроль",
            "sem tratamento",
            "sin tratamiento",
            "não tratado",
            "no tratado",
            "non trattato",
        ),
    )
)


@dataclass(frozen=True)
class Arm:
    """A treatment group: its name as written, and the drugs it receives (none = vehicle).

    ``label`` is a short name for figures, where the study declares one.
    """

    name: str
    drugs: frozenset[str]
    label: str | None = None


@dataclass(frozen=True)
class Design:
    """The arms of one study in display order, its control, and its rules."""

    name: str
    arms: tuple[Arm, ...]
    rules: Rules = Rules()

    @classmethod
    def of_names(cls, name: str, arms: Iterable[str], rules: Rules | None = None) -> Design:
        """The design of arms whose names spell their drugs: ``A+B`` receives A and B."""
        named = tuple(Arm(arm, drugs_in_name(arm)) for arm in arms)
        return cls(name, named, rules or Rules())

    @property
    def declared(self) -> Rules:
        """The rules as a study.toml of this design would have them: with its name and its arms."""
        arms = {arm.name: ArmRule(tuple(sorted(arm.drugs)), arm.label) for arm in self.arms}
        study = msgspec.structs.replace(self.rules.study, name=self.name)
        return msgspec.structs.replace(self.rules, study=study, arms=arms)

    @property
    def readout(self) -> Readout:
        """What stands for a tumour's size."""
        return readout_of(self.rules.volume)

    def words(self, text: str) -> str:
        """A text about volumes in the words of the study's readout, its names as they are."""
        return self.readout.words(text, self.names)

    def in_words(self, doubts: Iterable[Doubt]) -> tuple[Doubt, ...]:
        """Doubts in these words."""
        return tuple(replace(doubt, text=self.words(doubt.text)) for doubt in doubts)

    @property
    def names(self) -> tuple[str, ...]:
        """What people named: the study, its arms and drugs."""
        labels = [arm.label for arm in self.arms if arm.label]
        drugs = sorted(frozenset().union(*(arm.drugs for arm in self.arms)))
        return (self.name, *self.arm_names, *labels, *drugs)

    @cached_property
    def arm_names(self) -> tuple[str, ...]:
        return tuple(arm.name for arm in self.arms)

    @property
    def control(self) -> str | None:
        """The declared control, else the only arm without a drug, else none."""
        if self.rules.study.control is not None:
            return self.rules.study.control
        untreated = [arm.name for arm in self.arms if not arm.drugs]
        return untreated[0] if len(untreated) == 1 else None

    def require_control(self) -> str:
        """The control, for what cannot be computed without one."""
        if self.control is None:
            names = ", ".join(self.arm_names)
            raise StudyError(
                f"The study has no control arm. The arms are: {names}. "
                'Choose one with --control NAME, or `control = "NAME"` under [study].'
            )
        return self.control

    @property
    def primary(self) -> Primary | None:
        """The contrast named beforehand, with the sign that it has in its family.

        Raises ``StudyError`` where it does not name two arms of the study.
        """
        rule = self.rules.compare.named_beforehand
        if rule is None:
            return None
        arm, against = arms_compared(rule, self.arm_names)
        parts = dict(self.combinations())
        if against == BEST_PART and BEST_PART not in self.arm_names and arm not in parts:
            raise PrimaryError(
                f"The primary contrast holds {arm!r} against its best part, and no other arm of "
                "the study is a part of it.",
                f"The arms are: {', '.join(self.arm_names)}; those with parts: "
                f"{', '.join(parts) or 'none'}.",
            )
        # Others stand against the control, and a combination against its parts.
        reversed_there = arm == self.control or (
            against != self.control and arm in parts.get(against, ())
        )
        first, second = (against, arm) if reversed_there else (arm, against)
        return Primary(first, second, rule.outcome)

    def drugs_of(self, name: str) -> frozenset[str]:
        return self._drugs[name]

    @cached_property
    def _drugs(self) -> dict[str, frozenset[str]]:
        # Of two arms of one name the first.
        return {arm.name: arm.drugs for arm in reversed(self.arms)}

    def arm_of(self, drugs: frozenset[str]) -> str | None:
        """The arm that receives exactly these drugs; none where several or no arm do.

        The control stands for the empty set even where another arm has no drug.
        """
        if not drugs and self.control is not None and not self.drugs_of(self.control):
            return self.control
        names = [arm.name for arm in self.arms if arm.drugs == drugs]
        return names[0] if len(names) == 1 else None

    def combinations(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Every arm of two or more drugs with the arms that hold a non-empty part of them."""
        for arm in self.arms:
            parts = tuple(
                other.name for other in self.arms if other.drugs and other.drugs < arm.drugs
            )
            if len(arm.drugs) >= 2 and parts:
                yield arm.name, parts


def drugs_in_name(name: str) -> frozenset[str]:
    """The drugs that an arm's name spells, split at ``+``; none for the words for no drug.

    >>> sorted(drugs_in_name("CDK4/6i + ET"))
    ['CDK4/6i', 'ET']
    >>> drugs_in_name("Vehicle")
    frozenset()
    """
    words = [word.strip() for word in _split(name)]
    return frozenset(word for word in words if word and word.casefold() not in NO_DRUG_WORDS)


def _split(name: str) -> list[str]:
    """A name cut at each ``+`` that stands outside brackets."""
    bare = outside_brackets(name, "\0")
    cuts = [at for at, mark in enumerate(bare) if mark == "+"]
    return [name[a:b] for a, b in zip([0, *(c + 1 for c in cuts)], [*cuts, None], strict=True)]


def outside_brackets(name: str, filler: str = "") -> str:
    """A name without what stands in brackets.

    >>> outside_brackets("Vehicle (0.5 % MC + 0.2 % Tween) QD")
    'Vehicle  QD'
    """
    return re.sub(r"[(\[{][^()\[\]{}]*[)\]}]", lambda match: filler * len(match[0]), name)
