"""Animals, readings and culls in files of their own."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from .readings import DAYS, arm_of, few, long_of, numbers_of, volumes
from .sheets import finding_of, rules_of

ANIMALS = "Mouse ID,Drug Regimen,Sex,Age_months,Weight (g)\ng1,veh,F,2,20\ng2,drug,M,3,22\n"
READINGS = (
    "Mouse ID,Timepoint,Tumor Volume (mm3),Metastatic Sites\n"
    "g1,0,100,0\ng1,5,150,1\ng2,0,110,0\ng2,5,90,0\n"
)


def study_of(folder, **files):
    names = [f'"{name}.csv"' for name in files]
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    toml = folder / "study.toml"
    toml.write_text(f"[study]\nsheet = [{', '.join(names)}]\n")
    return read_study(toml, read_rules(toml))


def test_arms_come_from_the_list_of_animals(tmp_path):
    study = study_of(tmp_path, animals=ANIMALS, readings=READINGS)
    assert study.measurements[["mouse", "arm", "volume_mm3"]].to_numpy().tolist() == [
        ["g1", "veh", 100], ["g1", "veh", 150], ["g2", "drug", 110], ["g2", "drug", 90],
    ]  # fmt: skip
    assert study.measurements["source"].iloc[0] == "readings.csv:2"
    assert not study.errors


def test_readings_of_a_mouse_that_is_not_listed_are_an_error(tmp_path):
    study = study_of(tmp_path, animals=ANIMALS.replace("g2", "g3"), readings=READINGS)
    assert [finding.rule for finding in study.errors] == ["row-without-arm"] * 2
    assert "g3" in finding_of(study, "mouse-never-measured").seen


def test_a_mouse_listed_twice_with_two_arms_is_an_error(tmp_path):
    twice = "".join(f"g{n},veh,F,2,20\n" for n in range(3, 9)) + "g1,drug,F,2,20\n"
    study = study_of(tmp_path, animals=ANIMALS + twice, readings=READINGS)
    assert finding_of(study, "mouse-listed-twice").cell == "10"


def test_culls_are_fates_of_mice_that_are_named_within_their_cage(tmp_path):
    pairs = (
        "Cage,Treatment,Mouse ID,2020-01-01,2020-01-01,2020-01-07,2020-01-07\n"
        "1,veh,L,7,5,8,6\n2,veh,L,6,5,7,6\n3,drug,R,6,5,5,4\n"
    )
    culls = "Cage,Treatment,Mouse ID,culldate\n1,veh,L,2020-01-09\n2,veh,L,\n3,drug,R,\n"
    study = study_of(tmp_path, readings=pairs, culls=culls)
    fates = study.measurements.drop_duplicates("mouse")[["mouse", "fate"]].fillna("")
    assert fates.to_numpy().tolist() == [["1/L", "unknown"], ["2/L", ""], ["3/R", ""]]


def test_two_files_of_readings_are_not_joined_but_stacked(tmp_path):
    head = "mouse,arm,day,volume\n"
    study = study_of(tmp_path, a=f"{head}m1,veh,0,100\n", b=f"{head}m2,drug,0,90\n")
    assert study.measurements["mouse"].tolist() == ["m1", "m2"]
    assert "mouse-never-measured" not in rules_of(study)


def test_a_list_of_animals_alone_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"no readings.*--allocation animals.csv"):
        study_of(tmp_path, animals=ANIMALS, more=ANIMALS)


@few
@given(volumes)
def test_readings_cut_from_their_arms_come_back(tmp_path, grid):
    animals = "Mouse ID,Treatment\n" + "".join(f"m{n},{arm_of(n)}\n" for n in range(6))
    lines = [
        f"m{number},{day},{'' if value is None else value}\n"
        for number, values in enumerate(grid)
        for day, value in zip(DAYS, values, strict=True)
    ]
    study = study_of(tmp_path, animals=animals, readings="Mouse ID,Day,TV\n" + "".join(lines))
    assert numbers_of(study) == long_of(grid)
    assert dict(study.mice[["mouse", "arm"]].to_numpy().tolist()) == {
        f"m{n}": arm_of(n) for n in range(6)
    }
