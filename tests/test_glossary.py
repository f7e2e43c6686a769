"""Every column we write is explained, and every explanation is of a column we write."""

from __future__ import annotations

from pathlib import Path

import pytest

from xenotrack.glossary import COLUMNS, IN_TABLE, TABLES
from xenotrack.glossary_plan import PLAN_TABLES
from xenotrack.glossary_pool import POOL_TABLES
from xenotrack.present.collect import collect_tables
from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

ALL = TABLES | POOL_TABLES | PLAN_TABLES
SAMPLES = Path(__file__).parent.parent / "sample_data"


@pytest.mark.parametrize("name", ["naive.toml", "two_arm.csv"])
def test_tables_have_the_columns_that_the_glossary_gives_them(name: str) -> None:
    path = SAMPLES / name
    rules = read_rules(path if path.suffix == ".toml" else None)
    tables = collect_tables(Results(read_study(path, rules)))
    assert {table: tuple(frame.columns) for table, frame in tables.items()} == TABLES


def test_every_column_is_explained_and_none_is_explained_in_vain() -> None:
    assert {column for columns in ALL.values() for column in columns} == set(COLUMNS)


def test_a_meaning_of_one_table_is_of_a_column_that_it_has() -> None:
    assert [key for key in IN_TABLE if key[1] not in ALL[key[0]]] == []
