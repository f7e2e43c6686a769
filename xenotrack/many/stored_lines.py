"""Folders of results → the line that each holds, and its study again."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from xenotrack.compare.lines import Line
from xenotrack.errors import InputError
from xenotrack.present.results import Results
from xenotrack.present.tables import SCHEMA_VERSION
from xenotrack.response.weight import net_weight_changes
from xenotrack.study.design import Arm, Design
from xenotrack.study.settings import read_rules
from xenotrack.study.study import Study

BLOCKING = ("arm", "shows", "n", "n_mice", "share_low", "share_high", "until_day")


@dataclass(frozen=True, eq=False)
class StoredLine:
    """The line of a folder as its tables have it, by which ``rules``, and its study again.

    What the tables do not hold (weights, late rates, the change by another day) is of the study.
    """

    line: Line
    rules: Mapping[str, Any]
    results: Results
    folder: str

    def named_by_folder(self) -> StoredLine:
        """The same, called as its folder."""
        return replace(self, line=replace(self.line, name=self.folder))


def read_line(folder: Path) -> StoredLine:
    """The line of a folder that ``run`` wrote, or of its results.json."""
    path = folder / "results.json" if os.path.isdir(folder) else folder
    try:
        said = msgspec.json.decode(path.read_bytes())
        rules = msgspec.json.decode((path.parent / "manifest.json").read_bytes())["rules"]
    except (OSError, msgspec.DecodeError, KeyError) as error:
        raise InputError(
            f"{folder} holds no results of xenotrack. Name folders that `xenotrack run` wrote."
        ) from error
    if not isinstance(said, dict) or said.get("schema_version") != SCHEMA_VERSION:
        raise InputError(f"{path} is of another version. Run the study again with `xenotrack run`.")
    if "tidy" not in said["tables"]:
        raise InputError(
            f"{folder} is a pool, and no line. Name the folders of the lines, or the one that "
            "holds them all."
        )
    study = _study(said, rules, folder)
    return StoredLine(_line(said, study), rules, Results(study), path.resolve().parent.name)


def _study(said: Mapping[str, Any], rules: Mapping[str, Any], folder: Path) -> Study:
    """The study of the table ``tidy``: what was left out of it is not there."""
    told = said["study"]
    arms = tuple(Arm(arm["name"], frozenset(arm["drugs"])) for arm in told["arms"])
    in_force = read_rules(None, _of_study(rules, told["control"]))
    design = Design(str(told["name"] or folder.name), arms, in_force)
    ours = {theirs: name for name, theirs in design.readout.columns}
    tidy = pd.DataFrame(said["tables"]["tidy"]).rename(columns=ours)
    return Study.of_frame(tidy, design, told["limit_mm3"] or 0.0)


def _of_study(rules: Mapping[str, Any], control: str | None) -> dict[str, Any]:
    """The rules that a frame of readings has, as its columns are ours already."""
    kept = ("growth", "progression", "response", "compare", "volume", "study")
    found = {name: dict(rules[name]) for name in kept}
    found["study"] |= {"control": control}
    return found


def _line(said: Mapping[str, Any], study: Study) -> Line:
    ours = {theirs: name for name, theirs in study.design.readout.columns}
    tables = {
        name: pd.DataFrame(rows).rename(columns=ours) for name, rows in said["tables"].items()
    }
    return Line(
        study.line or study.design.name,
        study.design.arms,
        study.design.control,
        tables["compare"],
        tables["growth"],
        tables["response"],
        _blocking(tables),
        study.readings,
        tables["progression_mice"],
        net_weight_changes(study),
    )


def _blocking(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """What the claims say of each arm, with the bounds of the table ``blocked``."""
    progressed = tables["blocked"]
    if not len(progressed):
        return pd.DataFrame(columns=list(BLOCKING))
    progressed = progressed[progressed["category"] == "progressed"].set_index("arm")
    claims = tables["claims"]
    claims = claims[claims["kind"] == "arm"].set_index("arm") if len(claims) else claims
    rows = []
    for arm, row in progressed.iterrows():
        told = claims.loc[arm] if len(claims) and arm in claims.index else {}
        share = (row["conf_low"], row["conf_high"])
        rows.append(
            (arm, told.get("shows", ""), row["n"], row["n_mice"], *share, told.get("until_day"))
        )
    return pd.DataFrame(rows, columns=list(BLOCKING))
