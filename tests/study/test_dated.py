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
    "names", ["TV_d0,TV_d7", "TV 0,TV 7", "d0 TV,d7 TV", "TV (day 0),TV (day 7)", "Vol.0,Vol.7"]
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


def test_a_measure_that_no_columns_have_is_named_as_missing():
    with pytest.raises(InputError, match="'area'"):
        read(AREAS, {"columns": {"area_mm2": "area"}})


def test_columns_numbered_without_a_measure_are_no_days():
    text = "arm,mouse,gene_1,gene_2\nveh,1,7,5\ndrug,2,7,5\n"
    with pytest.raises(InputError, match=r"dated: .* has no columns named by a measure"):
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
