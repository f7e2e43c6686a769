"""Results of studies → lines to be pooled: from a sheet of several lines, or folders of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pandas as pd

from xenotrack.compare.lines import POOLED, Line, is_panel
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.errors import InputError
from xenotrack.present.results import Results
from xenotrack.present.tables import SCHEMA_VERSION, stack
from xenotrack.response.progression import progression_events
from xenotrack.response.weight import net_weight_changes
from xenotrack.study.design import Arm
from xenotrack.study.ingest import read_studies
from xenotrack.study.rules import Rules
from xenotrack.study.study import Study

BLOCKING = ("arm", "shows", "n", "n_mice", "share_low", "share_high", "until_day")


def lines_of(
    results: Sequence[Results], outcomes: Sequence[str] = POOLED, day: float | None = None
) -> list[Line]:
    """The lines of a sheet, each a study of its own; ``day`` is that of ``ln_volume``."""
    studies = [one.study for one in results]
    names = line_names(studies)
    counts = [n for study in studies for n in study.mice["arm"].value_counts()]
    if is_panel(counts):
        return [_cells(one, name) for one, name in zip(results, names, strict=True)]
    at = _last_day_of_all(results) if day is None else day
    return [_line(one, name, outcomes, at) for one, name in zip(results, names, strict=True)]


def read_panel(source: Path, rules: Rules, reading: Mapping[str, Any]) -> list[Line]:
    """The lines of a sheet whose lines have one or two mice an arm; none of another sheet.

    Read as one study of blocks. Not where its days are dates, which count from each line's own.
    """
    theirs = rules.columns.get("line")
    if theirs is None or "block" in rules.columns or isinstance(rules.study.day_zero, str):
        return []
    others = {ours: name for ours, name in rules.columns.items() if ours != "line"}
    whole = msgspec.structs.replace(rules, columns={**others, "block": theirs})
    studies = read_studies(source, whole, **reading)
    if len(studies) != 1 or studies[0].errors or "date" in dict(studies[0].columns):
        return []
    return panel_of(Results(studies[0]))


def panel_of(results: Results) -> list[Line]:
    """The lines of a panel that was read as one study, its lines as blocks; else none.

    Forty lines are then read once, and not one by one.
    """
    study = results.study
    mice = study.mice
    line_of = dict(zip(mice["mouse"], mice["block"], strict=True))
    names = [name for name in dict.fromkeys(line_of.values()) if name]
    if len(names) < 2 or not is_panel(mice.groupby(["block", "arm"]).size().tolist()):
        return []
    frames = [
        frame.assign(line=frame["mouse"].map(line_of))
        for frame in (
            *(results.response, study.readings),
            *(progression_events(study).mice, net_weight_changes(study)),
        )
    ]
    responses, readings, times, weights = (
        dict(tuple(frame.groupby("line", sort=False))) for frame in frames
    )
    empty, blocking = pd.DataFrame(), pd.DataFrame(columns=list(BLOCKING))
    arms, control = study.design.arms, study.design.control
    return [
        Line(
            *(name, arms, control, empty, empty, responses[name], blocking, readings[name]),
            *(times.get(name, frames[2][:0]), weights.get(name, frames[3][:0])),
        )
        for name in names
        if name in responses and name in readings
    ]


def line_names(studies: Sequence[Study]) -> list[str]:
    """Each study's line, or where several are of one line or of none, its title."""
    names = [study.line or study.title for study in studies]
    return names if len(set(names)) == len(names) else [study.title for study in studies]


def _last_day_of_all(results: Sequence[Results]) -> float | None:
    """The last day of which the growth fit of every line speaks."""
    days = [one.last_day_fitted for one in results if one.has_growth and one.growth.pieces]
    return min(days, default=None)


def _cells(results: Results, name: str) -> Line:
    """A line of a panel: its mice, and nothing that needs an error of its own."""
    study = results.study
    empty = pd.DataFrame(columns=list(BLOCKING))
    return Line(
        name,
        study.design.arms,
        study.design.control,
        pd.DataFrame(),
        pd.DataFrame(),
        results.response,
        empty,
        study.readings,
        progression_events(study).mice,
        net_weight_changes(study),
    )


def _line(results: Results, name: str, outcomes: Sequence[str], day: float | None) -> Line:
    study = results.study
    return Line(
        name,
        study.design.arms,
        study.design.control,
        _compared(results, outcomes, day),
        results.growth.to_frame() if results.has_growth else pd.DataFrame(),
        results.response,
        _blocking(results),
        study.readings,
        progression_events(study).mice,
        net_weight_changes(study),
    )


def _compared(results: Results, outcomes: Sequence[str], day: float | None) -> pd.DataFrame:
    """The contrasts with control of every outcome that the line has."""
    # A panel needs none of the models behind these.
    from xenotrack.present.sources import SOURCES

    if results.study.design.control is None:
        return pd.DataFrame()
    curved = results.study.design.rules.growth.shape != "line"
    asked = [
        name
        for name in outcomes
        if SOURCES[name].has(results)
        and (name != "late_rate" or curved)
        and (name != "ln_volume" or day is not None)
    ]
    known = {one.outcome: one for one in results.comparisons if one.outcome in asked}
    fresh = [name for name in asked if name not in known]
    more = results.compare(tuple(fresh), ("control",), day) if fresh else ()
    frames = [one.to_frame() for one in (*known.values(), *more)]
    return stack(frames) if frames else pd.DataFrame()


def _blocking(results: Results) -> pd.DataFrame:
    rows = [
        (one.arm, one.shows, one.n_progressed, one.n_mice, one.share_low, one.share_high, one.day)
        for one in results.blocking
    ]
    return pd.DataFrame(rows, columns=list(BLOCKING))


def read_line(folder: Path) -> tuple[Line, Mapping[str, Any]]:
    """The line of a folder that ``run`` wrote, or of its results.json; and the rules in force."""
    path = folder / "results.json" if folder.is_dir() else folder
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
    return _stored(said, folder), rules


def is_pool(folder: Path) -> bool:
    """Whether a folder of results is that of a pool."""
    return (folder / "tables" / "pool.csv").is_file()


def _stored(said: Mapping[str, Any], folder: Path) -> Line:
    tables = {name: pd.DataFrame(rows) for name, rows in said["tables"].items()}
    tidy = tables["tidy"]
    named = [line for line in tidy.get("line", pd.Series(dtype=object)).unique() if line]
    study = said["study"]
    name = str(named[0]) if len(named) == 1 else str(study["name"] or folder.name)
    return Line(
        name,
        tuple(Arm(arm["name"], frozenset(arm["drugs"])) for arm in study["arms"]),
        study["control"],
        tables["compare"],
        tables["growth"],
        tables["response"],
        _stored_blocking(tables),
        _stored_readings(tidy),
        tables["progression_mice"],
        pd.DataFrame(columns=["mouse", "arm", "day", "change_percent"]),
    )


def _stored_blocking(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
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


def _stored_readings(tidy: pd.DataFrame) -> pd.DataFrame:
    """The burden of each mouse and day."""
    rows = tidy.assign(volume_mm3=pd.to_numeric(tidy["volume_mm3"]))
    rows = rows[rows["volume_mm3"].notna()]
    keys = ["mouse", "arm", "day"]
    return rows.groupby(keys, sort=False, as_index=False)["volume_mm3"].sum()


def require_lines(lines: Sequence[Line], source: str) -> None:
    """Refuse what cannot be pooled: one line, two of one name, or lines of one arm, as mice are."""
    names = [line.name for line in lines]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"Two of the results are of line {twice[0]!r}. Give their studies names of their own "
            "with `name` under [study]."
        )
    if len(lines) < 2:
        raise InputError(
            f"{source} holds one line, and a pool is of several. Name the column of the lines as "
            "--column line=NAME, or give several folders of results."
        )
    if all(sum(n > 0 for n in line.counts.values()) < 2 for line in lines):
        mice = sum(sum(line.counts.values()) for line in lines)
        raise InputError(
            f"None of the {len(lines)} lines of {source} has two arms, and they hold {mice} mice: "
            "the column that was read as the line names mice or arms. Name another with "
            "--column line=NAME."
        )


def known_outcomes(outcomes: Sequence[str]) -> list[str]:
    """The outcomes asked for in the order of the registry; all that are pooled by default."""
    return [name for name in OUTCOMES if name in (outcomes or POOLED)]
