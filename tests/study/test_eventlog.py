"""Logs of readings, doses and deaths."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, numbers_of, sizes
from .sheets import finding_of, read

HEADER = (
    "AnimalId,EGP,Date,Treatment day,Body weight,Tumor (Location),Tumor (L),Tumor (W),Tumor size,"
    "Compound,Injection volume,Observation Remark,Date deceased,Sacrifice reason\n"
)
LOG = HEADER + (
    "101,116.1,,,,,,,,,,,2024-01-20,Bodyweight Loss\n"
    "101,116.1,2024-01-08,7,24,MG R4,8,6,48,,,two measured as one,,\n"
    "101,116.1,2024-01-08,7,,MG L4,5,4,20,,,,,\n"
    "101,116.1,2024-01-08,7,,,,,,drugA,0.2,,,\n"
    "101,116.1,2024-01-01,0,25,MG R4,6,5,30,,,,,\n"
    "102,116.2,2024-01-08,7,22,,,,,,,,,\n"
    "102,116.2,2024-01-08,7,,MG R4,7,6,42,,,,,\n"
    "102,116.2,2024-01-01,0,23,MG R4,6,5,30,,,,,\n"
    "102,116.2,2024-01-01,0,,,,,,drugB,0.2,,,\n"
)


def test_readings_are_kept_and_doses_are_named():
    study = read(LOG)
    assert study.layout == "eventlog"
    assert study.design.arm_names == ("116.1", "116.2")
    rows = study.measurements[["mouse", "tumor", "day", "length_mm", "width_mm"]]
    assert rows.to_numpy().tolist() == [
        ["101", "MG L4", 7, 5, 4],
        ["101", "MG R4", 0, 6, 5],
        ["101", "MG R4", 7, 8, 6],
        ["102", "MG R4", 0, 6, 5],
        ["102", "MG R4", 7, 7, 6],
    ]
    assert finding_of(study, "events-not-readings").cell == "2, 5, 10"
    assert finding_of(study, "weight-on-own-row").cell == "7"
    assert not study.errors


def test_a_fate_without_a_date_goes_to_the_last_reading():
    rows = read(LOG).measurements
    fated = rows[rows["fate"].notna()]
    assert fated[["mouse", "day", "fate"]].to_numpy().tolist() == [["101", 7, "toxicity"]]


def test_weights_stand_once_a_day():
    weights = read(LOG).measurements["body_weight_g"].dropna()
    assert sorted(weights) == [22, 23, 24, 25]


def test_sizes_that_may_be_areas_are_not_taken_for_volumes():
    study = read(LOG)
    assert study.measurements["volume_mm3"].tolist() == [40, 75, 144, 75, 126]
    assert "'Tumor size'" in finding_of(study, "columns-not-used").seen
    declared = read(LOG, {"columns": {"volume_mm3": "Tumor size"}})
    assert declared.measurements["volume_mm3"].tolist() == [20, 30, 48, 30, 42]


def test_a_mouse_that_changes_its_group_has_two_phases():
    again = "101,116.3,2024-01-12,0,22,MG R4,9,8,72,,,,,\n"
    again += "102,116.1,2024-01-15,0,22,MG R4,9,8,72,,,,,\n"
    with pytest.raises(InputError, match="--phase"):
        read(LOG + again)
    second = read(LOG + again, {"study": {"phase": "2"}})
    own = second.measurements[second.measurements["day"] >= 0]
    assert own[["mouse", "arm", "day"]].to_numpy().tolist() == [
        ["101", "116.3", 0],
        ["102", "116.1", 0],
    ]


def test_a_fate_of_a_mouse_without_reading_is_not_lost():
    study = read(LOG + "103,116.2,,,,,,,,,,,2024-01-02,Dead In Cage\n")
    assert finding_of(study, "not-a-day").mouse == "103"


@pytest.mark.parametrize("column", ["Injection volume", "Sacrifice reason"])
def test_a_long_sheet_with_doses_or_deaths_alone_stays_long(column):
    text = f"mouse,arm,day,length,width,{column}\n1,veh,0,6,5,\n2,drug,0,7,5,\n"
    assert read(text).layout == "long"


@few
@given(sizes)
def test_readings_written_among_doses_come_back(grid):
    lines = []
    for number, values in enumerate(grid):
        for day, size in zip(DAYS, values, strict=True):
            head = f"m{number},{arm_of(number)},2024-01-{1 + day:02},{day}"
            lines.append(f"{head},,,,,,drugA,0.2,,,\n")
            if size is not None:
                lines.append(f"{head},20,MG R4,{size[0]},{size[1]},,,,,,\n")
    study = read(HEADER + "".join(reversed(lines)))
    assert numbers_of(study, "length_mm", "width_mm") == {
        (f"m{number}", day): size[:2]
        for number, values in enumerate(grid)
        for day, size in zip(DAYS, values, strict=True)
        if size is not None
    }
    assert len(study.measurements) + 6 * len(DAYS) == len(lines)
