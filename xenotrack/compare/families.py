"""Families of contrasts: which comparisons of arms are read together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from xenotrack.arrays import Floats
from xenotrack.study.design import Design
from xenotrack.study.primary import BEST_PART


@dataclass(frozen=True)
class Pair:
    """One comparison: ``arm`` minus ``other``."""

    arm: str
    other: str

    @property
    def label(self) -> str:
        return f"{self.arm} - {self.other}"

    @property
    def names(self) -> tuple[str, str, str]:
        """The contrast as a table has it: label, arm, against."""
        return self.label, self.arm, self.other

    def is_about(self, pair: Pair | None) -> bool:
        """Whether both compare the same two arms, in either direction."""
        return pair is not None and {self.arm, self.other} == {pair.arm, pair.other}


@dataclass(frozen=True)
class Family:
    """Comparisons of one outcome that are read, and adjusted, together."""

    name: str
    pairs: tuple[Pair, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the contrasts, 'A - B'."""
        return tuple(pair.label for pair in self.pairs)

    def holds(self, pair: Pair) -> bool:
        """Whether the family says something of this comparison, in either direction."""
        if pair.other == BEST_PART:
            return self.name == "parts"
        return any(member.is_about(pair) for member in self.pairs)

    def weights(self, arms: tuple[str, ...]) -> Floats:
        """A row of weights over the arms for each pair."""
        return pair_weights(self.pairs, arms)


def pair_weights(pairs: Iterable[Pair], arms: tuple[str, ...]) -> Floats:
    """Weights (m, k) over the arms: 1 for the arm of each pair, −1 for the other.

    >>> pair_weights([Pair("B", "A")], ("A", "B", "C")).tolist()
    [[-1.0, 1.0, 0.0]]
    """
    rows = [
        [float(name == pair.arm) - float(name == pair.other) for name in arms] for pair in pairs
    ]
    return np.array(rows, dtype=float).reshape(len(rows), len(arms))


def control_family(design: Design) -> Family:
    """Every other arm against the control."""
    control = design.require_control()
    others = [name for name in design.arm_names if name != control]
    return Family("control", tuple(Pair(name, control) for name in others))


def parts_family(design: Design) -> Family:
    """Every combination against each of its sub-combinations that the study has."""
    pairs = [Pair(whole, part) for whole, parts in design.combinations() for part in parts]
    return Family("parts", tuple(pairs))


def all_pairs(design: Design) -> Family:
    """Every arm against every arm before it."""
    pairs = [Pair(later, earlier) for earlier, later in combinations(design.arm_names, 2)]
    return Family("all", tuple(pairs))


FAMILIES: dict[str, Callable[[Design], Family]] = {
    "control": control_family,
    "parts": parts_family,
    "all": all_pairs,
}


def missing_parts(design: Design, combination: str) -> list[str]:
    """The sub-combinations of a combination that no arm of the study receives."""
    drugs = sorted(design.drugs_of(combination))
    tested = {arm.drugs for arm in design.arms}
    subsets = (set(part) for size in range(1, len(drugs)) for part in combinations(drugs, size))
    return [spelled(part) for part in subsets if frozenset(part) not in tested]


def spelled(drugs: Iterable[str]) -> str:
    """A combination of drugs as people write it.

    >>> spelled({"ribociclib", "alpelisib"})
    'alpelisib+ribociclib'
    """
    return "+".join(sorted(drugs))


def primary_pair(design: Design, outcome: str = "") -> Pair | None:
    """The comparison declared as ``primary``, as its family has it.

    With an ``outcome`` only where it was declared for this one: in others it is one of its family.
    """
    named = design.primary
    if named is None or outcome not in ("", named.outcome):
        return None
    return Pair(named.arm, named.against)
