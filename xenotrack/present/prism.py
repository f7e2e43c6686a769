"""Tables for GraphPad Prism: one an outcome, a column a mouse under the title of its arm.

The file is Prism's xml (``.pzfx``), which every Prism since 5 opens and xenotrack reads back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import numpy as np
import pandas as pd

from xenotrack.present.xml_text import xml_text
from xenotrack.study.study import Study

if TYPE_CHECKING:
    from xenotrack.present.results import Results

NAMESPACE = "http://graphpad.com/prism/Prism.htm"


@dataclass(frozen=True)
class PrismTable:
    """One table: ``kind`` is Prism's (XY, Survival, OneWay), ``groups`` its Y columns.

    A group is the values of each of its columns by name, as long as ``x``; NaN is an empty cell.
    ``rows`` may name the rows.
    """

    title: str
    kind: str
    groups: Mapping[str, Mapping[str, Sequence[float]]]
    x_title: str = ""
    x: Sequence[float] = ()
    rows: Sequence[str] = ()

    @property
    def has_values(self) -> bool:
        columns = [values for group in self.groups.values() for values in group.values()]
        return any(not np.isnan(value) for values in columns for value in values)


def to_prism(tables: Iterable[PrismTable]) -> bytes:
    """A Prism file of these tables; those without a value are left out."""
    filled = [table for table in tables if table.has_values]
    root = Element("GraphPadPrismFile", {"xmlns": NAMESPACE, "PrismXMLVersion": "5.00"})
    sequence = SubElement(root, "TableSequence")
    for number in range(len(filled)):
        SubElement(sequence, "Ref", {"ID": f"Table{number}"})
    for number, table in enumerate(filled):
        _add(root, f"Table{number}", table)
    indent(root, space="")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root) + b"\n"


def measured_tables(study: Study) -> list[PrismTable]:
    """Volumes and body weights by day."""
    rows = study.measurements
    several = rows["tumor"].astype(str).ne("").any()
    names = rows["mouse"].astype(str)
    lines = names + " " + rows["tumor"].astype(str) if several else names
    weighed = rows.drop_duplicates(["mouse", "day"])
    title = study.design.words("Tumour volume (mm³)")
    return [
        _by_day(title, study, rows.assign(name=lines), "volume_mm3"),
        _by_day("Body weight (g)", study, weighed.assign(name=weighed["mouse"]), "body_weight_g"),
    ]


def outcome_tables(results: Results) -> list[PrismTable]:
    """What was measured, and what each mouse did: its progression and its best response."""
    arms = results.study.design.arm_names
    mice = results.progression.mice.dropna(subset=["day"])
    event = mice["event"].astype(float).to_numpy()
    best = results.response.dropna(subset=["best_response_percent"])
    return [
        *measured_tables(results.study),
        PrismTable(
            "Progression (1) or last day without (0)",
            "Survival",
            {arm: {"": np.where(mice["arm"] == arm, event, np.nan).tolist()} for arm in arms},
            "Day",
            mice["day"].tolist(),
            mice["mouse"].tolist(),
        ),
        PrismTable(
            "Best response (% change from baseline)",
            "OneWay",
            {
                arm: {"": best.loc[best["arm"] == arm, "best_response_percent"].tolist()}
                for arm in arms
            },
        ),
    ]


def _by_day(title: str, study: Study, rows: pd.DataFrame, column: str) -> PrismTable:
    known = rows.dropna(subset=[column])
    days, when = np.unique(known["day"].to_numpy(dtype=float), return_inverse=True)
    line = known.groupby(["arm", "name"], sort=False).ngroup().to_numpy()
    values = np.full((line.max(initial=-1) + 1, len(days)), np.nan)
    values[line, when] = known[column].to_numpy(dtype=float)
    groups: dict[str, dict[str, list[float]]] = {arm: {} for arm in study.design.arm_names}
    first = known.drop_duplicates(["arm", "name"])
    for arm, name, own in zip(first["arm"], first["name"], values.tolist(), strict=True):
        groups[str(arm)][str(name)] = own
    return PrismTable(title, "XY", groups, "Day", days.tolist())


def _add(root: Element, number: str, table: PrismTable) -> None:
    replicates = max(len(columns) for columns in table.groups.values())
    looks = {"ID": number, "XFormat": "numbers" if table.x else "none"}
    if table.kind != "OneWay":
        looks |= {"YFormat": "replicates", "Replicates": str(replicates)}
    looks |= {"TableType": table.kind, "EVFormat": "AsteriskAfterNumber"}
    element = SubElement(root, "Table", looks)
    _say(SubElement(element, "Title"), table.title)
    if table.rows:
        _column(element, "RowTitlesColumn", "", [table.rows])
    if table.kind == "XY":
        _add_names(element, table, replicates)
    if table.x:
        _column(element, "XColumn", table.x_title, [_numbers(table.x)])
    for arm, columns in table.groups.items():
        filled = [_numbers(values) for values in columns.values()]
        empty: list[list[str]] = [[]] * (replicates - len(filled))
        _column(element, "YColumn", arm, [*filled, *empty])


def _add_names(element: Element, table: PrismTable, replicates: int) -> None:
    """The name of each column: for every replicate, that of each group."""
    titles = SubElement(element, "SubColumnTitles", {"OwnSet": "1"})
    for place in range(replicates):
        sub = SubElement(titles, "Subcolumn")
        for columns in table.groups.values():
            _say(SubElement(sub, "d"), [*columns, *[""] * replicates][place])


def _column(table: Element, tag: str, title: str, columns: Sequence[Sequence[str]]) -> None:
    width = {"Width": "89"}
    if tag != "RowTitlesColumn":
        width |= {"Decimals": "2", "Subcolumns": str(len(columns))}
    element = SubElement(table, tag, width)
    if tag != "RowTitlesColumn":
        _say(SubElement(element, "Title"), title)
    for values in columns:
        sub = SubElement(element, "Subcolumn")
        for value in values:
            _say(SubElement(sub, "d"), value)


def _numbers(values: Sequence[float]) -> list[str]:
    return ["" if np.isnan(value) else f"{float(value)!r}" for value in values]


def _say(element: Element, text: str) -> None:
    element.text = xml_text(text)
