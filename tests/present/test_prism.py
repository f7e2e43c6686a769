"""Tables for Prism: what stands where, and that they are read back."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from xenotrack.present.prism import PrismTable, measured_tables, outcome_tables, to_prism
from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study

SAMPLES = Path(__file__).parents[2] / "sample_data"
PRISM = "{http://graphpad.com/prism/Prism.htm}"


def tables_of(data: bytes) -> dict[str, ElementTree.Element]:
    root = ElementTree.fromstring(data)
    return {table.findtext(f"{PRISM}Title"): table for table in root.iter(f"{PRISM}Table")}


@pytest.fixture(scope="module")
def two():
    return Results(read_study(SAMPLES / "two_arm.csv"))


@pytest.mark.parametrize("name", ["two_arm.csv", "wide.csv", "naive.csv"])
def test_volumes_are_read_back_as_they_were(name):
    study = read_study(SAMPLES / name)
    again = read_study(to_prism(measured_tables(study)))
    rows = study.measurements.dropna(subset=["volume_mm3"])
    keys = ["mouse", "arm", "day", "volume_mm3"]
    assert again.measurements[keys].to_numpy().tolist() == rows[keys].to_numpy().tolist()


def test_there_is_a_table_an_outcome(two):
    tables = tables_of(to_prism(outcome_tables(two)))
    assert list(tables) == [
        "Tumour volume (mm³)",
        "Body weight (g)",
        "Progression (1) or last day without (0)",
        "Best response (% change from baseline)",
    ]
    assert [table.get("TableType") for table in tables.values()] == [
        *("XY", "XY", "Survival", "OneWay"),
    ]


def test_survival_has_a_row_a_mouse_and_events_under_its_arm(two):
    table = tables_of(to_prism(outcome_tables(two)))["Progression (1) or last day without (0)"]
    columns = {
        column.findtext(f"{PRISM}Title"): [cell.text for cell in column.iter(f"{PRISM}d")]
        for column in table.iter(f"{PRISM}YColumn")
    }
    mice = two.progression.mice
    for arm, cells in columns.items():
        own = mice["arm"] == arm
        assert [cell is not None for cell in cells] == own.tolist()
        assert [float(cell) for cell in cells if cell] == mice.loc[own, "event"].astype(
            float
        ).tolist()


def test_responses_are_columns_of_their_arms(two):
    table = tables_of(to_prism(outcome_tables(two)))["Best response (% change from baseline)"]
    for column in table.iter(f"{PRISM}YColumn"):
        own = two.response[two.response["arm"] == column.findtext(f"{PRISM}Title")]
        found = [float(cell.text) for cell in column.iter(f"{PRISM}d")]
        assert found == own["best_response_percent"].dropna().tolist()


def test_a_table_without_a_value_is_left_out():
    assert tables_of(to_prism([PrismTable("Body weight (g)", "XY", {"A": {}, "B": {}})])) == {}


def test_a_name_that_no_xml_may_hold_is_written_without_harm():
    table = PrismTable("T", "XY", {"A\x00<&": {"\x1b[31m": [1.0]}}, "Day", [0.0])
    (element,) = tables_of(to_prism([table])).values()
    assert element.find(f"{PRISM}YColumn").findtext(f"{PRISM}Title") == "A\ufffd<&"


def test_a_table_of_empty_columns_is_left_out():
    assert tables_of(to_prism([PrismTable("Best response", "OneWay", {"A": {"": []}})])) == {}
