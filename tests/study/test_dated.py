"""Columns named by a measure and a day."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, areas, arm_of, few, long_of, numbers_of, volumes, written
from .sheets import finding_of, read

AREAS = (
    "Treatment_group_ID;Treatment;Mouse_ID;LxW_2024-01-01;LxW_2024-01-05\r\n"
    "1;vehicle;m1;16;25\r\n1;vehicle;m2;36;\r\n2;drug;m3;25;16\r\n"
)
AREA = {"columns": {"area_mm2": "LxW"}}
VOLUME = {"columns": {"volume_mm3": "LxW"}}


def test_what_lxw_means_is_asked_with_the_line_that_settles_it():
    with pytest.raises(InputError) as raised:
        read(AREAS)
    assert 'area_mm2 = "LxW"    # or volume_mm3 = "LxW"' in str(raised.value)


def test_a_declared_area_is_that_of_a_round_tumour_and_said_to_be():
    study = read(AREAS, AREA)
    assert study.layout == "dated"
    assert study.measurements["volume_mm3"].tolist() == [32, 62.5, 108, 62.5, 32]
    assert "half_lw2" in finding_of(study, "volume-from-area").seen
    assert study.measurements["day"].tolist() == [0, 4, 0, 0, 4]


def test_a_declared_volume_is_taken_as_it_stands():
    assert read(AREAS, VOLUME).measurements["volume_mm3"].tolist() == [16, 25, 36, 25, 16]


@pytest.mark.parametrize(
    "names",
    [
        "TV_d0,TV_d7",
        "TV 0,TV 7",
        "d0 TV,d7 TV",
        "TV (day 0),TV (day 7)",
        "Vol.0,Vol.7",
        "V0,V7",
        "TV0,TV7",
        "TVDay0,TVDay7",
        "Vol D0 (mm3),Vol D7 (mm3)",
        "TV 0 dpt,TV 7 dpt",
    ],
)
def test_the_measure_stands_before_or_after_the_day(names):
    study = read(f"arm,mouse,{names}\nveh,1,100,150\ndrug,2,90,80\n")
    assert study.layout == "dated"
    assert study.measurements["day"].tolist() == [0, 7, 0, 7]


def test_length_width_and_weight_of_a_day_meet_in_one_row():
    text = "arm,mouse,L_d0,W_d0,BW_d0,L_d7,W_d7,BW_d7\nveh,1,7,5,20,8,6,21\ndrug,2,6,5,22,6,4,23\n"
    columns = ["length_mm", "width_mm", "body_weight_g"]
    assert read(text).measurements[columns].to_numpy().tolist() == [
        [7, 5, 20], [8, 6, 21], [6, 5, 22], [6, 4, 23],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        "L0,W0,L7,W7",
        "L0,L7,W0,W7",
        "Length day 0 (mm),Width day 0 (mm),Length day 7 (mm),Width day 7 (mm)",
        "Day 0 - length (mm),Day 0 - width (mm),Day 7 - length (mm),Day 7 - width (mm)",
    ],
)
def test_l_and_w_with_a_number_are_the_diameters_of_a_day_and_never_weeks(names):
    first = "7,8,5,6" if names.startswith("L0,L7") else "7,5,8,6"
    study = read(f"arm,mouse,{names}\nveh,1,{first}\ndrug,2,6,5,5,4\n")
    rows = study.measurements.loc[study.measurements["mouse"] == "1"]
    assert rows[["day", "length_mm", "width_mm"]].to_numpy().tolist() == [[0, 7, 5], [7, 8, 6]]


@pytest.mark.parametrize("volumes", ["V3,V7", "D3,D7", "Day 3,Day 7"])
def test_w_beside_volumes_is_asked_about_and_never_a_week(volumes):
    text = f"arm,mouse,{volumes},W3,W7\nveh,1,100,150,20,21\ndrug,2,90,80,22,23\n"
    with pytest.raises(InputError, match='body_weight_g = "W"'):
        read(text)
    study = read(text, {"columns": {"body_weight_g": "W"}})
    columns = ["day", "volume_mm3", "body_weight_g"]
    assert study.measurements[columns].to_numpy().tolist() == [
        [3, 100, 20], [7, 150, 21], [3, 90, 22], [7, 80, 23],
    ]  # fmt: skip


def test_w_alone_is_a_week():
    study = read("arm,mouse,W0,W1,W3\nveh,1,100,150,200\ndrug,2,90,80,70\n")
    assert sorted(study.measurements["day"].unique()) == [0, 7, 21]


@pytest.mark.parametrize(
    "names", ["Measurement 1,Measurement 2,Measurement 3", "V1,V2,V3", "TV 0,TV 1,TV 2"]
)
def test_numbers_that_may_count_visits_are_asked_about(names):
    with pytest.raises(InputError, match="count days or visits"):
        read(f"arm,mouse,{names}\nveh,1,100,150,200\ndrug,2,90,80,70\n")


@pytest.mark.parametrize("weights", ["BW Day 3,BW Day 7", "Wt D3,Wt D7", "BW3,BW7"])
def test_days_without_a_measure_beside_weights_are_volumes(weights):
    study = read(f"arm,mouse,Day 3,Day 7,{weights}\nveh,1,100,150,20,21\ndrug,2,90,80,22,23\n")
    assert study.layout == "dated"
    columns = ["day", "volume_mm3", "body_weight_g"]
    assert study.measurements[columns].to_numpy().tolist() == [
        [3, 100, 20], [7, 150, 21], [3, 90, 22], [7, 80, 23],
    ]  # fmt: skip


def test_numbered_weights_of_other_days_do_not_join_the_volumes():
    study = read(
        "arm,mouse,Day 3,Day 7,weight 1,weight 2\nveh,1,100,150,20,21\ndrug,2,90,80,22,23\n"
    )
    assert study.layout == "wide"
    assert "'weight 1', 'weight 2'" in finding_of(study, "columns-not-used").seen


@pytest.mark.parametrize("days", ["Day 3,Day 7", "TV D3,TV D7"])
def test_relative_volumes_beside_volumes_are_named_and_not_read(days):
    study = read(f"arm,mouse,{days},RTV D3,RTV D7\nveh,1,100,150,1,1.5\ndrug,2,90,80,1,0.9\n")
    assert study.measurements["volume_mm3"].tolist() == [100, 150, 90, 80]
    assert "'RTV D3', 'RTV D7'" in finding_of(study, "columns-not-used").seen


def test_relative_volumes_alone_are_asked_about():
    with pytest.raises(InputError, match="relative volumes"):
        read("arm,mouse,RTV D3,RTV D7\nveh,1,1,1.5\ndrug,2,1,0.9\n")


def test_a_measure_that_no_columns_have_is_named_as_missing():
    with pytest.raises(InputError, match="'area'"):
        read(AREAS, {"columns": {"area_mm2": "area"}})


def test_columns_numbered_without_a_measure_are_no_days():
    text = "arm,mouse,gene_1,gene_2\nveh,1,7,5\ndrug,2,7,5\n"
    with pytest.raises(InputError, match="none of the layouts that are known"):
        read(text)


def test_a_long_sheet_with_a_repeated_measure_stays_long():
    study = read("arm,mouse,day,volume,L_d1,L_d2\nveh,1,0,100,7,5\ndrug,2,0,90,7,5\n")
    assert study.layout == "long"


@few
@given(volumes)
def test_volumes_laid_by_date_come_back(grid):
    lines = [
        ";".join([arm_of(number), f"m{number}", *map(written, values)])
        for number, values in enumerate(grid)
    ]
    header = "Treatment;Mouse;" + ";".join(f"TV_2024-01-{1 + day:02}" for day in DAYS)
    study = read("\r\n".join([header, *lines]))
    assert numbers_of(study) == long_of(grid)


@few
@given(areas)
def test_areas_laid_by_date_come_back(grid):
    lines = [
        ";".join([arm_of(number), f"m{number}", *map(written, values)])
        for number, values in enumerate(grid)
    ]
    header = "Treatment;Mouse;" + ";".join(f"LxW_2024-01-{1 + day:02}" for day in DAYS)
    found = numbers_of(read("\r\n".join([header, *lines]), AREA))
    assert {key: round((2 * volume) ** (2 / 3)) for key, (volume,) in found.items()} == {
        key: area for key, (area,) in long_of(grid).items()
    }
