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
from xenotrack.study.primary import BEST_PART, arms_compared

_SHOWN = ("mice_per_arm", "n_mice", "power", "power_error", "false_positive", "closed_form")
_SLOWED = {
    "difference": "Does {arm} slow growth more than {others}?",
    "best_part": "Does {arm} slow growth more than each of its parts?",
    "synergy": "Does {arm} slow growth more than independence of its drugs expects?",
    "blocked": "Does {arm} block growth?",
}
_GAINED = {
    "difference": "Do mice stay longer without progression under {arm} than under {others}?",
    "best_part": "Do mice stay longer without progression under {arm} than under each of its "
    "parts?",
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
                f"The smallest effect that {self._mice_an_arm(most)} show so often is "
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
                f"{self._mice_an_arm(most)} show it in {100 * sure.iloc[-1]:.0f} % of studies."
            )
        return tuple(said)

    def _needed(self, name: str, table: pd.DataFrame, most: int) -> str:
        """How many mice an arm one design needs."""
        asked = self._label()
        effect = _per_day(table["effect"].iloc[0])
        start, target = f"Read {name}: " if name else "", f"{100 * self.target:.0f} % of studies"
        n = mice_needed(table, self.target)
        if n is None:
            up_to = "up to" if start else "Up to"
            many = self._mice_an_arm(most)
            return f"{start}{up_to} {many} show {asked} ({effect}) in fewer than {target}."
        many = self._mice_an_arm(n)
        return f"{start}{many} show {asked} ({effect}) in at least {target}."

    def _label(self) -> str:
        """The contrast, and what it is of where that is not growth."""
        of_days = " in days without progression" if self.plan.outcome == "rmst_days" else ""
        return self.plan.question.label + of_days

    def _mice_an_arm(self, n: int) -> str:
        """Mice of an arm, which has them in all of its lines together."""
        lines = len(self.plan.scenario.lines)
        return f"{n} mice an arm" + (f" over {lines} lines" if lines else "")

    def _asked(self) -> str:
        """The question as a committee reads it."""
        question, names = self.plan.question, self.plan.design.arm_names
        asked = _GAINED if self.plan.outcome == "rmst_days" else _SLOWED
        others = join([names[code] for code in np.flatnonzero(question.weights[0] < 0)])
        return asked[question.kind].format(arm=names[question.moved], others=others)

    def _undeclared(self) -> tuple[str, ...]:
        """What must be declared for the analysis to test what was planned, as it was planned."""
        plan, rules = self.plan, self.plan.design.rules.compare
        named = rules.named_beforehand
        if plan.question.kind not in _GAINED or (named is None and len(plan.design.arms) == 2):
            return ()
        if named is not None and (named.outcome, self._sides()) == (
            plan.outcome,
            arms_compared(named, plan.design.arm_names),
        ):
            return ()
        arm, against = self._sides()
        return (
            f"Power is of {self._label()}, tested at the full level. The analysis will do so if it "
            f'is declared: primary = {{contrast = ["{arm}", "{against}"], '
            f'outcome = "{plan.outcome}"}} under [compare].',
        )

    def _sides(self) -> tuple[str, str]:
        """The arm that the question is about, and what it is held against."""
        question, names = self.plan.question, self.plan.design.arm_names
        if question.kind == "best_part":
            return names[question.moved], BEST_PART
        return names[question.moved], names[int(question.weights[0].argmin())]

    def protocol(self, picture: str = "") -> Protocol:
        """The page for the committee."""
        plan, rules = self.plan, self.plan.design.rules
        scenario = plan.scenario
        asked = (self._asked(), f"Planned for: {self._label()}.", *self._undeclared())
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
