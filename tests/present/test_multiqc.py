"""The summary for MultiQC."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from xenotrack.present.collect import collect_tables
from xenotrack.present.multiqc import multiqc
from xenotrack.present.results import Results
from xenotrack.present.tables import json_bytes
from xenotrack.study.ingest import read_study

SAMPLES = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def results():
    return Results(read_study(SAMPLES / "combination.csv"))


def test_a_row_an_arm_with_what_is_known_of_it(results):
    section = json.loads(json_bytes(multiqc(results, collect_tables(results))))
    assert section["plot_type"] == "table"
    assert list(section["data"]) == [
        f"combination | {arm}" for arm in results.study.design.arm_names
    ]
    growth = results.growth.to_frame()
    for row, rate in zip(section["data"].values(), growth["estimate"], strict=True):
        assert row["growth_estimate"] == rate
        assert set(row) <= set(section["headers"])
        assert row["doubts"] == len(results.doubts)


def test_what_is_not_estimable_is_left_out(results):
    tables = collect_tables(results)
    medians = tables["progression"].assign(median_days=float("nan"))
    section = multiqc(results, {**tables, "progression": medians})
    assert not any("progression_median_days" in row for row in section["data"].values())


def test_a_slash_in_a_name_is_no_path(results):
    tables = collect_tables(results)
    design = results.study.design
    study = replace(results.study, design=replace(design, name="CDK4/6"))
    found = multiqc(Results(study), tables)["data"]
    assert all("/" not in name for name in found)
