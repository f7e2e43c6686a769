"""What ``randomize`` leaves behind: the sealed key, the blinded list, the sheets, the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import floor
from typing import Any

import msgspec
import pandas as pd

from xenotrack import __version__
from xenotrack.plan.allocation import Allocated
from xenotrack.plan.orders import measuring_order
from xenotrack.present.manifest import digest
from xenotrack.present.measuring import measuring_sheet
from xenotrack.present.numbers import join
from xenotrack.present.protocol import (
    Protocol,
    Section,
    analysis,
    html,
    humane_limits,
    markdown,
    question,
)
from xenotrack.present.tables import to_csv
from xenotrack.study.contents import Source
from xenotrack.study.frames import with_columns
from xenotrack.study.rules import Rules
from xenotrack.study.toml_text import toml_key, toml_value

KEY = ("mouse", "arm", "code", "probability", "line", "block", "cage", "staging_mm3", "staging_g")
BLINDED = ("mouse", "code", "line", "block", "cage")
# An intraclass correlation of cage mates that is often seen, and a large one.
ALIKE = (0.1, 0.3)
_METHODS = {
    "matching": "Mice were matched in sets of the most alike, and dealt to groups within each set",
    "block": "Mice were sorted by volume into blocks of neighbours, and dealt to groups within "
    "each "
    "block",
    "minimisation": "Mice were taken in random order, each to the group that kept groups most "
    "alike, with a probability of 0.8 (Pocock & Simon 1975)",
}


@dataclass(frozen=True)
class Randomised:
    """An allocation to be written: with the drugs of its arms, its rules, its days and its "
    "source."""

    allocated: Allocated
    drugs: Mapping[str, Sequence[str]]
    rules: Rules
    days: tuple[float, ...]
    name: str
    sources: tuple[Source, ...] = ()
    cull_mm3: float | None = None
    cull_weight_loss: float | None = None

    @property
    def key(self) -> pd.DataFrame:
        """Who receives what: a row a mouse, in the order of the mice's sheet."""
        mice = self.allocated.mice
        named = with_columns(mice, staging_mm3=mice["volume_mm3"], staging_g=mice["body_weight_g"])
        return _without_empty(named[list(KEY)])

    def files(self) -> dict[str, bytes]:
        """Every file by its name; the same bytes for the same mice, arms and seed."""
        mice = self.allocated.mice
        key = to_csv(self.key)
        orders = measuring_order(mice, self.days, self.allocated.scheme.seed)
        page = self.protocol()
        return {
            "allocation.csv": key,
            "blinded.csv": to_csv(_without_empty(mice[list(BLINDED)])),
            "codes.csv": to_csv(mice[["code", "arm"]].drop_duplicates().sort_values("code")),
            "excluded.csv": to_csv(self.allocated.staged.excluded),
            "balance.csv": to_csv(self.allocated.balance),
            "measuring.xlsx": measuring_sheet(mice, self.days, orders),
            "study.toml": self.study_toml(digest(key)).encode(),
            "protocol.md": markdown(page),
            "protocol.html": html(page),
            "README.txt": _README.encode(),
        }

    def manifest(self) -> dict[str, object]:
        """What the allocation was made of; no clock, no path."""
        scheme = asdict(self.allocated.scheme)
        inputs = [{"name": source.name, "sha256": source.sha256} for source in self.sources]
        return {"xenotrack": __version__, "allocation": scheme, "inputs": inputs}

    def study_toml(self, seal: str) -> str:
        """The study.toml by which the measuring sheet is read once it is filled."""
        scheme = self.allocated.scheme
        study = {"name": self.name, "sheet": "measuring.xlsx", "allocation": "allocation.csv"}
        study["allocation_sha256"] = seal
        if self.rules.study.control is not None:
            study["control"] = self.rules.study.control
        if scheme.cages == "whole":
            study["experimental_unit"] = "cage"
        arms = {arm: list(self.drugs[arm]) for arm in scheme.arms}
        words = {
            **{k: v for k, v in msgspec.to_builtins(self.rules.arrive).items() if v},
            "randomisation": " ".join(self.randomisation()),
            "blinding": " ".join(blinding()),
        }
        compare = {}
        if (named := self.rules.compare.named_beforehand) is not None:
            compare = {"primary": msgspec.to_builtins(named)}
        sections: dict[str, dict[str, Any]] = {
            "study": study,
            "arms": arms,
            "compare": compare,
            "arrive": words,
        }
        return "# Fill measuring.xlsx, then: xenotrack run study.toml -o results\n" + "".join(
            f"\n[{name}]\n"
            + "".join(f"{toml_key(k)} = {toml_value(v)}\n" for k, v in table.items())
            for name, table in sections.items()
            if table
        )

    def protocol(self) -> Protocol:
        """The page for the committee."""
        scheme = self.allocated.scheme
        unit = "cage" if scheme.cages == "whole" else "mouse"
        sections = (
            question(scheme.arms, self.rules),
            self._design(unit),
            self._number(),
            Section(
                "Randomisation",
                self.randomisation(),
                (_shown(self.allocated.balance),),
                ("randomisation",),
            ),
            Section("Exclusions", self._exclusions(), fills=("criteria",)),
            Section("Blinding", blinding(), fills=("blinding",)),
            humane_limits(self.cull_mm3, self.cull_weight_loss),
            analysis(self.rules, unit),
        )
        return Protocol(self.name, sections, msgspec.to_builtins(self.rules.arrive))

    def _design(self, unit: str) -> Section:
        scheme = self.allocated.scheme
        drugs = [", ".join(self.drugs[arm]) or "no drug" for arm in scheme.arms]
        counts = dict(
            zip(self.allocated.balance["arm"], self.allocated.balance["n_mice"], strict=True)
        )
        table = pd.DataFrame(
            {"arm": scheme.arms, "drugs": drugs, "mice": [counts[arm] for arm in scheme.arms]}
        )
        control = self.rules.study.control
        words = f"{len(scheme.arms)} parallel arms{f', control {control}' if control else ''}; the "
        words += f"experimental unit is the {unit}. Readings on days {_days(self.days)}."
        return Section("Design", (words,), (table,), ("study_design",))

    def _number(self) -> Section:
        declared = self.rules.arrive.sample_size
        reason = declared or (
            "The reason for this number is not declared: xenotrack power gives one, to be written "
            "as sample_size under [arrive]."
        )
        n = f"{len(self.allocated.mice)} mice were allocated."
        return Section("Number of mice", (n, reason), fills=("sample_size",) if declared else ())

    def randomisation(self) -> tuple[str, ...]:
        """How mice were allocated, how alike arms are, and what cages cost."""
        made, scheme = self.allocated, self.allocated.scheme
        within = made.staged.mice["block"].nunique() > 1 or made.staged.mice["line"].nunique() > 1
        ratio = ":".join(map(str, scheme.lowest_ratio))
        steps = f"{_METHODS[scheme.method]}{', blocks and lines apart' if within else ''}."
        if scheme.cages == "whole":
            steps = steps.replace("Mice were", "Cages were").replace("Mice", "Cages")
        return (
            f"{steps} Of such allocations one was drawn that is as alike as the best 5 % of 10 000 "
            "random ones; which group is which arm was drawn last, so that each mouse had each arm "
            f"with the declared probability ({ratio}). Seed {scheme.seed}, xenotrack "
            f"{__version__}.",
            self.alike(),
            cage_words(made),
        )

    def alike(self) -> str:
        """How alike arms are."""
        made = self.allocated
        if not made.covariates:
            return "All mice have one volume: there was nothing to balance."
        # Not rounded up: 99.96 % is not 100.
        share = f"{floor(1000 * made.better_than) / 10:.1f}".rstrip("0").rstrip(".")
        return (
            f"Arms are more alike in {join(made.covariates)} than in {share} % of 10 000 random "
            "allocations."
        )

    def _exclusions(self) -> tuple[str, ...]:
        excluded = self.allocated.staged.excluded
        if excluded.empty:
            return ("No staged mouse was left out.",)
        return tuple(f"Mouse {row.mouse} {row.reason}." for row in excluded.itertuples())


def cage_words(made: Allocated) -> str:
    """What was done with cages, and what it costs."""
    cage, scheme = made.mice["cage"], made.scheme
    n_cages = cage[cage != ""].nunique()
    if scheme.cages == "whole":
        size = len(made.mice) / n_cages
        costs = " and ".join(
            f"{len(made.mice) / (1 + (size - 1) * alike):.0f} where the correlation of cage mates "
            "is "
            f"{alike:g}"
            for alike in ALIKE
        )
        return (
            f"Whole cages were allocated ({n_cages}): the cage is the experimental unit, with "
            f"{max(n_cages - len(scheme.arms), 0)} degrees of freedom between cages. "
            f"{len(made.mice)} mice are worth {costs}."
        )
    if scheme.cages == "split" and n_cages and (cage != "").all():
        where = "the one cage" if n_cages == 1 else f"each of {n_cages} cages"
        return (
            f"Arms were spread within {where}: a cage costs no mouse, since arms "
            "are "
            "compared within it. Cage mates of different arms share bedding and faeces, by which "
            "an "
            "oral drug may reach the control."
        )
    if n_cages and scheme.cages == "ignore":
        return "Cages were not regarded: an arm may by chance be gathered in few of them."
    return "Cages are not known: house arms together or apart, and say which."


def blinding() -> tuple[str, ...]:
    """Who knows what."""
    return (
        "The key (allocation.csv, codes.csv) stays with one person who neither treats nor "
        "measures; "
        "its SHA-256 digest is in study.toml, so that a change is seen. Who treats has codes "
        "(blinded.csv), who measures has neither arms nor codes (measuring.xlsx).",
    )


def _days(days: Sequence[float]) -> str:
    return ", ".join(f"{day:g}" for day in days)


def _without_empty(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame without columns in which nothing stands."""
    empty = [
        name for name in ("line", "block", "cage") if name in frame and (frame[name] == "").all()
    ]
    return frame.drop(columns=empty)


def _shown(balance: pd.DataFrame) -> pd.DataFrame:
    names = ["arm", "n_mice", "volume_mean", "volume_sd", "weight_mean", "weight_sd"]
    return balance[names].dropna(axis=1, how="all")


_README = f"""Allocation by xenotrack {__version__}.

allocation.csv  the key: which mouse is in which arm. Sealed: give it to nobody who measures.
codes.csv       which code is which arm; sealed as well
blinded.csv     the code of each mouse, for who treats
measuring.xlsx  mice and days with boxes to fill, in an order that mixes arms; no arm, no code
study.toml      reads measuring.xlsx and the key: xenotrack check study.toml
balance.csv     volumes and weights of each arm at staging
excluded.csv    mice that were left out, and why
protocol.html   a page for the ethics committee (protocol.md: the same as text)
manifest.json   seed, version, digest of each file
"""
