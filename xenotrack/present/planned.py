"""What ``power`` leaves behind: the table, its curve, and a page for the committee."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

from xenotrack import __version__
from xenotrack.plan.power import DESIGN, Plan, designs_of, mice_needed
from xenotrack.present.figures.catalogue import POWER
from xenotrack.present.manifest import MANIFEST, complete
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
from xenotrack.present.safe_folder import Say, replaced_folder
from xenotrack.present.tables import to_csv

_SHOWN = ("mice_per_arm", "n_mice", "power", "power_error", "false_positive", "closed_form")
_ASKED = {
    "difference": "Does {arm} slow growth more than what it is compared with?",
    "best_part": "Does {arm} slow growth more than each of its parts?",
    "synergy": "Does {arm} slow growth more than independence of its drugs expects?",
    "blocked": "Does {arm} block growth?",
}


@dataclass(frozen=True)
class Planned:
    """A plan with its table, the power that is wanted, and the smallest effect where asked."""

    plan: Plan
    table: pd.DataFrame
    target: float
    smallest: float
    name: str
    pilot: bool

    def words(self) -> tuple[str, ...]:
        """What the table says, in sentences: n with its reason first."""
        table = self.table
        most = int(table["mice_per_arm"].max())
        said = [self._needed(name, rows, most) for name, rows in designs_of(table)]
        if np.isfinite(self.smallest):
            said.append(
                f"The smallest effect that {most} mice an arm show so often is "
                f"{_per_day(self.smallest)}."
            )
        wrong = table["false_positive"].max()
        said.append(
            f"Of studies without an effect at most {100 * wrong:.1f} % claim one "
            f"(Monte-Carlo error {100 * table['false_positive_error'].max():.1f} %)."
        )
        sure = table["assurance"].dropna()
        if len(sure):
            said.append(
                "With what is not known of effect and spread averaged over (assurance), "
                f"{most} mice an arm show it in {100 * sure.iloc[-1]:.0f} % of studies."
            )
        return tuple(said)

    def _needed(self, name: str, table: pd.DataFrame, most: int) -> str:
        """How many mice an arm one design needs."""
        asked = self.plan.question.label
        if self.plan.outcome == "rmst_days":
            asked += " in days without progression"
        effect = _per_day(table["effect"].iloc[0])
        start, target = f"Read {name}: " if name else "", f"{100 * self.target:.0f} % of studies"
        n = mice_needed(table, self.target)
        if n is None:
            return (
                f"{start}up to {most} mice an arm show {asked} ({effect}) in fewer than {target}."
            )
        return f"{start}{n} mice an arm show {asked} ({effect}) in at least {target}."

    def protocol(self, picture: str = "") -> Protocol:
        """The page for the committee."""
        plan, rules = self.plan, self.plan.design.rules
        scenario = plan.scenario
        arm = plan.design.arm_names[plan.question.moved]
        asked = (_ASKED[plan.question.kind].format(arm=arm), f"Planned for: {plan.question.label}.")
        made = (
            f"For each number {self.table['n_studies'].iloc[0]} studies were simulated (seed "
            f"{plan.seed}, xenotrack {__version__}) and analysed as this study will be, with "
            "calipers' errors, tumours below the limit, and mice that leave for size, weight or an "
            "unrelated cause."
        )
        source = "Spreads are those of a pilot, and their uncertainty is in the assurance."
        number = (*self.words(), made, *((source,) if self.pilot else ()))
        arms = pd.DataFrame(
            {
                "arm": [one.name for one in scenario.arms],
                "drugs": [", ".join(one.drugs) or "no drug" for one in scenario.arms],
                "assumed rate per day": [one.rate for one in scenario.arms],
                "SD between mice": [one.rate_sd for one in scenario.arms],
            }
        )
        sections = (
            self._question(asked),
            Section(
                "Design",
                (
                    f"{len(scenario.arms)} parallel arms. {self._visits()}",
                    *self._lines(),
                ),
                (arms,),
                ("study_design",),
            ),
            Section(
                "Number of mice",
                number,
                (self._numbers(),),
                ("sample_size",),
                picture,
            ),
            Section(
                "Randomisation and blinding",
                (
                    "Mice are allocated on the day of staging by xenotrack randomize: arms alike "
                    "in volume and weight, cages respected, the key sealed, who measures blind.",
                ),
                (),
                ("randomisation", "blinding"),
            ),
            humane_limits(scenario.cull_mm3, scenario.cull_weight_loss),
            analysis(rules, rules.study.experimental_unit),
        )
        return Protocol(self.name, sections, msgspec.to_builtins(rules.arrive))

    def _visits(self) -> str:
        """The days of the readings, or how the designs that are compared differ."""
        names = [name for name, _ in designs_of(self.table) if name]
        if names:
            return f"{len(names)} designs are compared: {'; '.join(names)}."
        days = ", ".join(f"{day:g}" for day in self.plan.scenario.visit_days)
        return f"Readings on days {days}."

    def _lines(self) -> tuple[str, ...]:
        """The lines that a contrast is pooled over, where there are some."""
        scenario = self.plan.scenario
        if not scenario.lines:
            return ()
        return (
            f"Each of {len(scenario.lines)} lines ({join(scenario.lines)}) has every arm; arms are "
            "compared within lines, and their contrasts pooled by a random-effects model.",
        )

    def _numbers(self) -> pd.DataFrame:
        """The table of the page: what tells designs apart, and the powers."""
        differ = [name for name in DESIGN if self.table[name].nunique() > 1]
        return self.table[[*differ, *_SHOWN]].dropna(axis=1, how="all")

    def _question(self, asked: tuple[str, ...]) -> Section:
        declared = question(self.plan.design.arm_names, self.plan.design.rules)
        return Section(declared.heading, (*asked, declared.paragraphs[-1]), fills=declared.fills)

    def write(self, out: Path, pictures: dict[str, bytes], say: Say) -> None:
        """Write the folder; what is not ours there stays."""
        page = self.protocol(_inline(pictures["power.svg"]))
        files = {
            "power.csv": to_csv(self.table),
            "protocol.md": markdown(page),
            "protocol.html": html(page),
            **pictures,
        }
        made = {"xenotrack": __version__, "power": {"seed": self.plan.seed}, "inputs": []}
        with replaced_folder(out, (), say) as fresh:
            for name, data in files.items():
                (fresh / name).write_bytes(data)
            (fresh / MANIFEST).write_bytes(complete(made, fresh))


def _per_day(rate: float) -> str:
    return f"{rate:+.3g} per day".replace("-", "\N{MINUS SIGN}")


def _inline(svg: bytes) -> str:
    """A picture as part of a page: without the lines that make it a file of its own."""
    text = svg.decode()
    named = f'<svg role="img" aria-label="{escape(POWER.alt)}"'
    heading = f"<h3>{escape(POWER.title)}</h3>"
    return heading + text[text.index("<svg") :].replace("<svg", named, 1)
