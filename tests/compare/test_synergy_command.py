"""``xenotrack synergy`` as people type it."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from xenotrack.glossary import TABLES

TRIPLE = "alpelisib+ribociclib+fulvestrant"


@pytest.fixture
def table(ask, sample):
    """The table that the command writes for the sample of eight arms."""

    def read(*options):
        answer = ask("synergy", sample("naive.toml"), *options, "-f", "csv", code=0)
        return pd.read_csv(io.StringIO(answer.stdout))

    return read


def test_by_default_the_last_day_that_all_arms_share_is_read(table):
    frame = table()
    assert tuple(frame.columns) == TABLES["synergy"]
    assert frame.query("scale != 'rate'")["day"].unique().tolist() == [45]
    # The index of a rate stands at the end of the days that its own arms share.
    days = frame.query("scale == 'rate'").groupby("reference")["day"].unique()
    assert days["bliss"].tolist() == [45]
    assert (days["hsa"] > 45).all()
    assert table("--shape", "line")["day"].unique().tolist() == [105]
    assert set(frame["combination"]) >= {TRIPLE, "ribociclib+fulvestrant"}


def test_rows_are_chosen_without_another_adjustment(table):
    whole = table().query("reference == 'bliss_doublet' and scale == 'rate'")
    chosen = table("--reference", "bliss_doublet", "--scale", "rate")
    assert chosen["p_adjusted"].tolist() == whole["p_adjusted"].tolist()
    assert len(chosen) == 3


def test_visit_days_or_named_days_are_rows(table):
    by_day = table("--by-day", "--scale", "ln_volume", "--reference", "bliss")
    assert by_day["day"].unique()[:9].tolist() == [3, 7, 10, 14, 17, 21, 24, 28, 31]
    # After day 45 there are too few vehicles to expect anything from.
    assert by_day["estimate"].notna().tolist() == (by_day["day"] <= 45).tolist()
    named = table("--day", "10", "--day", "12", "--scale", "ln_volume", "--reference", "bliss")
    assert named["day"].unique().tolist() == [10, 12]


def test_the_factorial_and_the_dose_grid_are_tables_of_their_own(table):
    assert tuple(table("--factorial").columns) == TABLES["factorial"]
    assert len(table("--factorial")) == 9
    grid = table("--dose-grid")
    assert tuple(grid.columns) == TABLES["dose_grid"]
    assert grid.empty


@pytest.mark.parametrize(
    "options", [("--factorial", "--by-day"), ("--by-day", "--day", "4"), ("--day", "0")]
)
def test_options_that_contradict_one_another_are_refused(ask, sample, options):
    answer = ask("synergy", sample("naive.toml"), *options, code=2)
    assert answer.stdout == ""


def test_added_responses_that_predict_no_tumour_are_said(ask, sample):
    answer = ask("synergy", sample("naive.toml"), code=0)
    told = " ".join(answer.stderr.split()).split("predicts no tumour, as")[1].split(" --day")[0]
    assert told.count(" from day ") == 4
    assert f"{TRIPLE} from day 12" in told


def test_without_a_control_the_arms_are_listed(ask, tmp_path):
    sheet = tmp_path / "sheet.csv"
    mice = [(arm, n) for arm in ("A", "B", "A+B") for n in (1, 2)]
    rows = [f"{arm}-{n},{arm},{day},{100 + day + n}" for arm, n in mice for day in (0, 7, 14)]
    sheet.write_text("mouse,arm,day,volume_mm3\n" + "\n".join(rows) + "\n", encoding="utf-8")
    answer = ask("synergy", sheet, code=1)
    assert "A, B, A+B" in answer.stderr
