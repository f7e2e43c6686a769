"""What ``simulate`` leaves behind: a sheet, the study.toml that reads it, and the truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from xenotrack import __version__
from xenotrack.plan.declared import truth_table
from xenotrack.plan.simulate import draw_cohort, measure_cohort
from xenotrack.plan.truth import Scenario
from xenotrack.present.manifest import MANIFEST, complete
from xenotrack.present.safe_folder import Say, replaced_folder
from xenotrack.present.tables import to_csv
from xenotrack.study.rules import Rules
from xenotrack.study.toml_text import toml_key, toml_value


@dataclass(frozen=True)
class Simulated:
    """A scenario to be drawn with a seed, and the rules by which it will be analysed."""

    scenario: Scenario
    rules: Rules
    seed: int

    def files(self) -> dict[str, bytes]:
        """Every file by its name; the same bytes for the same scenario and seed."""
        rng = np.random.default_rng(self.seed)
        cohort = draw_cohort(self.scenario, rng)
        return {
            "sheet.csv": to_csv(measure_cohort(cohort, rng)),
            "truth.csv": to_csv(cohort.to_frame()),
            "study.toml": ("\n".join(self._study_toml()) + "\n").encode(),
            "truth.toml": ("\n".join(self._truth_toml()) + "\n").encode(),
        }

    def write(self, out: Path, say: Say) -> None:
        """Write the folder; what is not ours there stays."""
        made = {"xenotrack": __version__, "simulated": {"seed": self.seed}, "inputs": []}
        with replaced_folder(out, (), say) as fresh:
            for name, data in self.files().items():
                (fresh / name).write_bytes(data)
            (fresh / MANIFEST).write_bytes(complete(made, fresh))

    def _arms(self) -> dict[str, Any]:
        return {arm.name: list(arm.drugs) for arm in self.scenario.arms}

    def _study_toml(self) -> Iterator[str]:
        """The study with the rules that were declared, and none of the truth."""
        plain, declared = (msgspec.to_builtins(one) for one in (Rules(), self.rules))
        name = self.rules.study.name or "simulated"
        study = {"name": name, "sheet": "sheet.csv"}
        if self.rules.study.control is not None:
            study["control"] = self.rules.study.control
        elif "vehicle" in self._arms():
            study["control"] = "vehicle"
        yield f"# Simulated with seed {self.seed}; truth.csv says how each mouse really is."
        yield from _section("study", study)
        yield from _section("arms", self._arms())
        for section in ("volume", "growth", "progression", "response", "compare"):
            own = {
                key: value
                for key, value in declared[section].items()
                if value != plain[section][key] and value is not None
            }
            if own:
                yield from _section(section, own)

    def _truth_toml(self) -> Iterator[str]:
        """What is true, to be simulated again."""
        table = truth_table(self.scenario)
        arms = table.pop("arms")
        yield from _section("arms", self._arms())
        yield from _section("truth", table)
        for name, arm in arms.items():
            yield from _section(f"truth.arms.{toml_key(name)}", arm)


def _section(name: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield f"\n[{name}]"
    yield from (f"{toml_key(key)} = {toml_value(value)}" for key, value in table.items())
