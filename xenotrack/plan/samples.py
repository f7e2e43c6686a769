"""The bundled sample studies: ``python -m xenotrack.plan.samples FOLDER`` writes them anew."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from xenotrack.plan.scenarios import COMBINATION, MODELS, NAIVE, RESISTANT, TWO_ARM, WIDE
from xenotrack.plan.simulate import Cohort, draw_cohort, measure_cohort
from xenotrack.plan.truth import Scenario
from xenotrack.study.volume import tumor_volume

_TRIPLE = "alpelisib+ribociclib+fulvestrant"


def long_sheet(readings: pd.DataFrame) -> pd.DataFrame:
    """A row a mouse and visit, as it was measured."""
    return readings


def wide_sheet(readings: pd.DataFrame) -> pd.DataFrame:
    """A row a mouse and a column a visit: volumes in mm³, blank once the mouse has left."""
    volume = tumor_volume(readings["length_mm"], readings["width_mm"]).round(1)
    volumes = readings.assign(volume_mm3=volume).pivot(
        index="mouse", columns="day", values="volume_mm3"
    )
    mice = readings[["arm", "mouse"]].drop_duplicates()
    return mice.merge(volumes, on="mouse").rename(columns={"arm": "Treatment", "mouse": "Mouse"})


def staging_sheet(readings: pd.DataFrame) -> pd.DataFrame:
    """A row a mouse on the day of staging, five to a cage; its arm is not drawn yet."""
    first = readings[readings["day"] == 0].reset_index(drop=True)
    cages = [f"C{mouse // 5 + 1}" for mouse in range(len(first))]
    measured = first[["mouse", "length_mm", "width_mm", "body_weight_g"]]
    return measured.assign(cage=cages)[["mouse", "cage", "length_mm", "width_mm", "body_weight_g"]]


@dataclass(frozen=True)
class Sample:
    """One bundled sheet: its scenario, its seed, its layout and what its study.toml adds.

    A sheet of several ``lines`` has a scenario each, of the same arms.
    """

    name: str
    scenario: Scenario
    seed: int
    sheet: Callable[[pd.DataFrame], pd.DataFrame] = long_sheet
    title: str = ""
    rules: str = ""
    lines: Mapping[str, Scenario] = field(default_factory=dict)

    def cohort(self) -> Cohort:
        """The mice behind the sheet, as they really are."""
        return draw_cohort(self.scenario, np.random.default_rng(self.seed))

    def readings(self) -> pd.DataFrame:
        """What was measured of these mice."""
        rng = np.random.default_rng(self.seed)
        if not self.lines:
            return measure_cohort(draw_cohort(self.scenario, rng), rng)
        parts = []
        for line, scenario in self.lines.items():
            own = measure_cohort(draw_cohort(scenario, rng), rng)
            parts.append(own.assign(line=line)[["line", *own]])
        return pd.concat(parts, ignore_index=True)

    def files(self) -> dict[str, str]:
        """Text of each file of the sample, by file name."""
        sheet = self.sheet(self.readings())
        texts = {f"{self.name}.csv": sheet.to_csv(index=False, lineterminator="\n")}
        if self.title:
            texts[f"{self.name}.toml"] = render_toml(self)
        return texts


def render_toml(sample: Sample) -> str:
    """The study.toml of a sample: title, arms as sets of drugs, and the rules of its analysis."""
    # A JSON string or list of strings is also a TOML one.
    arms = "\n".join(
        f"{arm.name if arm.name.isalnum() else json.dumps(arm.name)} = {json.dumps(arm.drugs)}"
        for arm in sample.scenario.arms
    )
    return f"""\
# A synthetic study with known growth rates: see README.md in this folder.

[study]
name = {json.dumps(sample.title)}
sheet = "{sample.name}.csv"
control = "vehicle"

[arms]
{arms}

[volume]
formula = "half_lw2"
{sample.rules}{_ARRIVE}"""


# What a lab would write; the mice are simulated.
_ARRIVE = """
[arrive]
sample_size = "Ten mice an arm, as the simulation was set up."
criteria = "None was set; no mouse and no reading was left out."
randomisation = "Mice were drawn independently of their arm."
blinding = "Readings were drawn by a program."
animals = "Simulated mice of 18 to 26 g with one xenograft each."
procedures = "Simulated calipers twice a week, weights on the same days; see README.md."
"""


def _accept(rule: str, reason: str, **about: Sequence[str]) -> str:
    """A doubt that the study declares as known, of these ``arms`` or ``mice``."""
    named = "".join(f"{key} = {json.dumps(names)}\n" for key, names in about.items())
    return f'\n[[accept]]\nrule = "{rule}"\n{named}reason = "{reason}"\n'


_TOXIC = ("alpelisib+ribociclib", _TRIPLE)


def _known(turning: Sequence[str]) -> str:
    """What is to be known of both large studies."""
    return (
        _accept("toxicity-before-progression", "One mouse each.", arms=_TOXIC)
        + _accept("additivity-not-testable", "Bliss is the expectation that is read.")
        + "".join(
            _accept("verdict-rests-on-a-mouse", "leave_one_out has the rest.", mice=[mouse])
            for mouse in turning
        )
    )


_NAIVE_RULES = f"""
[progression]
rule = "fold"                      # all days: this is where the escape shows
value = 2.0

[compare]
primary = "{_TRIPLE} - ribociclib+fulvestrant"
{_known([])}"""

_WITHOUT = "Arms without an event have no hazard to compare."
_RESISTANT_RULES = f"""
[progression]
rule = "fold"
value = 2.0

[compare]
primary = "alpelisib - vehicle"
{_known(["R005"])}\
{_accept("contrast-not-estimable", _WITHOUT)}\
{_accept("part-not-estimable", _WITHOUT)}\
{_accept("independent-action-leaves-no-room", "Alpelisib alone held every mouse.")}\
{_accept("response-not-evaluable", "Mouse R051 left before day 10.")}"""

_MODELS_RULES = """
[columns]
line = "line"                      # each line is a study of its own; their contrasts are pooled

[lines]
PIK3CA = { mutant = ["HRX-M1", "HRX-M2"], wild_type = ["HRX-W1", "HRX-W2"] }

[progression]
rule = "fold"
value = 2.0

[compare]
primary = "alpelisib - vehicle"
"""

SAMPLES = (
    Sample(
        name="naive",
        scenario=NAIVE,
        seed=7,
        title="HR+ xenografts, CDK4/6 inhibitor-naive (synthetic)",
        rules=_NAIVE_RULES,
    ),
    Sample(
        name="resistant",
        scenario=RESISTANT,
        seed=1,
        title="HR+ xenografts, CDK4/6 inhibitor-resistant (synthetic)",
        rules=_RESISTANT_RULES,
    ),
    Sample(name="two_arm", scenario=TWO_ARM, seed=1),
    Sample(name="combination", scenario=COMBINATION, seed=1),
    Sample(name="wide", scenario=WIDE, seed=1, sheet=wide_sheet),
    Sample(
        name="models",
        scenario=next(iter(MODELS.values())),
        seed=1,
        title="Four CDK4/6-resistant models (synthetic)",
        rules=_MODELS_RULES,
        lines=MODELS,
    ),
)


# Forty mice before they are allocated.
STAGING = Sample(name="staging", scenario=replace(TWO_ARM, mice_per_arm=20, id_prefix="S"), seed=1)


def write_samples(folder: Path) -> None:
    """Write every sample study into the folder; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    for sample in SAMPLES:
        for name, text in sample.files().items():
            (folder / name).write_text(text, encoding="ascii", newline="\n")
    staged = staging_sheet(STAGING.readings())
    (folder / "staging.tsv").write_text(
        staged.to_csv(index=False, sep="\t", lineterminator="\n"), encoding="ascii", newline="\n"
    )


if __name__ == "__main__":
    write_samples(Path(sys.argv[1]))
