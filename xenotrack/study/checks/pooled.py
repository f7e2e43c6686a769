"""Arms that pool what another column keeps apart: two doses, two groups, two models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from xenotrack.study.columns import header_words
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding
from xenotrack.study.layouts.layout import LongText, sheet_finding

_TREATED = frozenset(
    (
        *("dose", "doses", "dosage", "dose level", "treatment", "treatments", "regimen", "drug"),
        *("treatment arm", "drugs", "compound", "therapy", "schedule", "dosing schedule"),
        *("dosing", "route", "combination"),
    )
)
_GROUPED = frozenset(
    (
        *("group", "group id", "group no", "group number", "group name", "treatment group"),
        *("treatment group id", "dose group"),
    )
)
_MODELS = frozenset(
    ("model", "model id", "cell line", "cell", "cells", "tumor model", "pdx", "pdx id", "genotype")
)


def pooled_arms(sheet: Sheet, long: LongText, declared: Mapping[str, str]) -> Iterator[Finding]:
    """Columns that are constant in each mouse and differ within an arm.

    Where the arm's column was chosen by its words alone, doses that it pools are an error: their
    mean is no arm's. Groups may be an arm measured twice.
    """
    frame = long.frame
    if "arm" not in frame or "mouse" not in frame:
        return
    place = pd.Series(range(len(sheet.rows)), index=sheet.rows)
    lines = place.reindex(frame["row"]).to_numpy()
    keys = frame[[name for name in ("study", "arm", "mouse") if name in frame]]
    for column, name in enumerate(long.header.names):
        words = header_words(name)[0]
        if column in long.header.roles.values() or words not in _TREATED | _GROUPED | _MODELS:
            continue
        texts = sheet.cells.iloc[:, column].to_numpy()[lines]
        split = _split_arms(keys.assign(value=texts))
        if split:
            told = "; ".join(f"{arm}: {', '.join(values)}" for arm, values in split.items())
            treated = words in _TREATED and "arm" not in declared
            arm = long.header.names[long.header.roles["arm"]] if "arm" in long.header.roles else ""
            yield sheet_finding(
                sheet,
                "arm-pools-groups",
                sheet.cell(int(sheet.rows[0]), column) if sheet.name else "",
                f"Mice of one arm differ in {name!r} ({told}); they would be read as one arm.",
                _proposal(words not in _MODELS, arm, name),
                "error" if treated else "warning",
            )


def _split_arms(rows: pd.DataFrame) -> dict[str, list[str]]:
    """The arms with several values; none where the values change within a mouse."""
    rows = rows.assign(value=rows["value"].astype(str).str.strip(), arm=rows["arm"].str.strip())
    rows = rows[(rows["value"] != "") & (rows["arm"] != "")].drop_duplicates()
    keys = [name for name in rows if name != "value"]
    if rows.duplicated(keys).any():
        return {}
    arms = [name for name in ("study", "arm") if name in rows]
    values = rows.groupby(arms, sort=False)["value"].unique()
    several = values[values.map(len) > 1]
    names = several.index.get_level_values("arm")
    return {str(arm): list(own) for arm, own in zip(names, several, strict=True)}


def _proposal(treated: bool, arm: str, name: str) -> str:
    if not treated:
        return (
            f"If they are models of their own, analyse one at a time: `study = {name!r}` under "
            "[columns], then --select.".replace("'", '"')
        )
    joined = f'arm = "{arm} + {name}"' if arm else f'arm = "{name}"'
    return (
        f'If they are arms of their own, set `{joined}` under [columns]; if not, `arm = "{arm}"`.'
    )
