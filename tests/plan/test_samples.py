"""The bundled studies are what the generator writes, and show what their README says."""

import csv
import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenotrack.plan.samples import SAMPLES, write_samples
from xenotrack.plan.scenarios import NAIVE, RESISTANT
from xenotrack.study.volume import tumor_volume

FOLDER = Path(__file__).parents[2] / "sample_data"
TRIPLE = "alpelisib+ribociclib+fulvestrant"
KEYS = {
    "study": {"name", "sheet", "control"},
    "volume": {"formula"},
    "growth": {"until"},
    "progression": {"rule", "value"},
    "compare": {"primary"},
    "accept": {"rule", "arms", "mice", "reason"},
    "arrive": {"sample_size", "criteria", "randomisation", "blinding", "animals", "procedures"},
}


def read_sample(name):
    """A committed long sheet with its volumes and, for each mouse, its change since day 0."""
    readings = pd.read_csv(FOLDER / f"{name}.csv")
    volume = pd.Series(tumor_volume(readings["length_mm"], readings["width_mm"]))
    fold = volume / volume.groupby(readings["mouse"]).transform("first")
    return readings.assign(volume_mm3=volume, fold=fold)


def test_the_committed_files_are_what_the_generator_writes(tmp_path):
    write_samples(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in FOLDER.glob("*.*")}
    del committed["README.md"]
    assert written.keys() == committed.keys()
    assert [name for name in written if written[name] != committed[name]] == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.csv")), ids=lambda path: path.stem)
def test_a_sample_sheet_is_plain(path):
    raw = path.read_bytes()
    raw.decode("ascii")
    assert b"\r" not in raw
    assert b'"' not in raw
    header, *rows = csv.reader(raw.decode().splitlines())
    assert len(set(header)) == len(header)
    assert {len(row) for row in rows} == {len(header)}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.csv")), ids=lambda path: path.stem)
def test_ids_are_unique_across_arms(path):
    sheet = pd.read_csv(path).rename(columns={"Mouse": "mouse", "Treatment": "arm"})
    assert sheet.groupby("mouse")["arm"].nunique().eq(1).all()


@pytest.mark.parametrize("name", ["naive", "resistant"])
def test_a_study_toml_names_the_eight_arms_and_only_known_keys(name):
    facts = tomllib.loads((FOLDER / f"{name}.toml").read_text())
    arms = facts.pop("arms")
    assert list(arms) == read_sample(name)["arm"].drop_duplicates().tolist()
    assert len({frozenset(drugs) for drugs in arms.values()}) == 8
    assert all(arm == ("+".join(drugs) or "vehicle") for arm, drugs in arms.items())
    assert (FOLDER / facts["study"]["sheet"]).is_file()
    assert set(facts["compare"]["primary"].split(" - ")) <= set(arms)
    for section, content in facts.items():
        for keys in content if isinstance(content, list) else [content]:
            assert set(keys) <= KEYS[section]


@pytest.mark.parametrize(("name", "last_day"), [("naive", 105), ("resistant", 63)])
def test_the_factorials_have_ten_mice_an_arm_seen_twice_a_week(name, last_day):
    readings = read_sample(name)
    assert readings.drop_duplicates("mouse")["arm"].value_counts().tolist() == [10] * 8
    days = sorted(readings["day"].unique())
    assert days[:4] == [0, 3, 7, 10]
    assert days[-1] == last_day
    assert set(np.diff(days)) == {3, 4}


@pytest.mark.parametrize("name", ["naive", "resistant", "two_arm", "combination"])
def test_size_culls_are_large_and_everything_is_measurable(name):
    readings = read_sample(name)
    last = readings.groupby("mouse").tail(1)
    assert last.loc[last["fate"] == "tumor_size", "volume_mm3"].between(1500, 2100).all()
    assert last.loc[last["fate"] != "tumor_size", "volume_mm3"].lt(1500).all()
    assert (readings["width_mm"] >= 2).all()


def test_no_mouse_of_the_resistant_triple_reaches_twice_its_baseline():
    readings = read_sample("resistant")
    triple = readings[readings["arm"] == TRIPLE]
    assert triple["mouse"].nunique() == 10
    assert triple["fold"].max() < 2


def test_alpelisib_blocks_the_resistant_tumours_that_the_doublet_no_longer_holds():
    progressed = read_sample("resistant").query("fold >= 2").groupby("arm")["mouse"].nunique()
    assert "alpelisib" not in progressed
    assert progressed["ribociclib+fulvestrant"] == 10


def test_the_naive_doublet_shrinks_and_then_escapes():
    readings = read_sample("naive")
    doublet = readings[readings["arm"] == "ribociclib+fulvestrant"]
    median = doublet.groupby("day")["fold"].median()
    assert median[28] < 0.85
    assert doublet.groupby("mouse")["fold"].max().gt(2).sum() >= 5
    assert doublet.loc[doublet["fold"] >= 2, "day"].min() > 45


@pytest.mark.parametrize("name", ["naive", "resistant"])
def test_one_to_three_mice_of_the_triple_leave_for_toxicity(name):
    mice = read_sample(name).drop_duplicates("mouse").query("arm == @TRIPLE")
    assert 1 <= mice["fate"].eq("toxicity").sum() <= 3


def test_at_most_two_naive_triple_tumours_turn_before_day_90():
    truth = next(sample for sample in SAMPLES if sample.name == "naive").cohort().to_frame()
    turned = truth.query("arm == @TRIPLE")["turn_2_day"].dropna()
    assert 1 <= turned.lt(90).sum() <= 2


def test_alpelisib_with_ribociclib_costs_weight():
    mice = read_sample("naive").groupby(["arm", "mouse"])["body_weight_g"]
    worst = (mice.min() / mice.first()).groupby("arm")
    assert worst.mean()["alpelisib+ribociclib"] < 0.9
    assert worst.min()["vehicle"] > 0.9


def test_the_wide_sheet_has_a_row_a_mouse_and_blanks_once_it_has_left():
    sheet = pd.read_csv(FOLDER / "wide.csv")
    assert sheet.columns[:4].tolist() == ["Treatment", "Mouse", "0", "3"]
    assert sheet.columns[-1] == "42"
    assert len(sheet) == sheet["Mouse"].nunique() == 32
    volumes = sheet.drop(columns=["Treatment", "Mouse"])
    assert volumes["0"].notna().all()
    assert volumes["42"].isna().any()
    # Once blank, blank to the end.
    assert (volumes.isna().astype(int).diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_the_readme_tells_the_true_rates():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if re.match(r"\| (vehicle|[a-z+]*(alpelisib|ribociclib|fulvestrant)) \|", line)
    ]
    told = {arm: [float(cell.replace("−", "-")) for cell in cells[:4]] for arm, *cells in rows}
    true = {
        naive.name: [naive.rate, naive.rate_sd, resistant.rate, resistant.rate_sd]
        for naive, resistant in zip(NAIVE.arms, RESISTANT.arms, strict=True)
    }
    assert told == true


def test_the_naive_triple_beats_every_doublet_and_falls_short_of_bliss():
    rate = {frozenset(arm.drugs): arm.rate for arm in NAIVE.arms}
    singles = [value for drugs, value in rate.items() if len(drugs) == 1]
    doublets = [value for drugs, value in rate.items() if len(drugs) == 2]
    triple = min(value for drugs, value in rate.items() if len(drugs) == 3)
    assert triple < min(doublets)
    bliss = sum(singles) - 2 * rate[frozenset()]
    assert bliss == pytest.approx(-0.037)
    assert triple > bliss
