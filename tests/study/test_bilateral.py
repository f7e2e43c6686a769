"""Two flanks side by side."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, numbers_of, sizes
from .sheets import read, rules_of

HEADER = "Sample,Days,L_Dmin,L_Dmax,R_Dmin,R_Dmax,Weight,Treatment,L_vol,R_vol\n"
FLANKS = HEADER + (
    "a:1,-3,5,6,4,5,25,veh,75,40\n"
    "a:1,0,6,7,,5,26,veh,126,0\n"
    "a:1,4,7,8,5,6,25,veh,196,75\n"
    "b:1,0,5,6,,,24,drug,75,0\n"
    "b:1,4,,,,,23,drug,0,0\n"
)


def test_l_and_r_are_the_flanks_and_dmin_is_the_width():
    study = read(FLANKS)
    assert study.layout == "bilateral"
    rows = study.measurements[["mouse", "tumor", "day", "length_mm", "width_mm"]].fillna(-1)
    assert rows.to_numpy().tolist() == [
        ["a:1", "left", -3, 6, 5],
        ["a:1", "left", 0, 7, 6],
        ["a:1", "left", 4, 8, 7],
        ["a:1", "right", -3, 5, 4],
        ["a:1", "right", 0, 5, -1],
        ["a:1", "right", 4, 6, 5],
        ["b:1", "left", 0, 6, 5],
        ["b:1", "left", 4, -1, -1],
    ]


def test_a_volume_of_zero_beside_a_missing_diameter_is_no_measurement():
    study = read(FLANKS)
    cells = {f.cell: f.seen for f in study.findings if f.rule == "volume-without-diameters"}
    assert set(cells) == {"6", "3, 5-6"}
    assert "'R_vol'" in cells["3, 5-6"]
    assert study.measurements["volume_mm3"].isna().sum() == 2
    assert "zeros-below-limit" not in rules_of(study)


def test_a_weight_stands_once_a_mouse_and_day():
    weights = read(FLANKS).measurements["body_weight_g"]
    assert weights.dropna().tolist() == [25, 26, 25, 24, 23]


def test_a_unit_of_the_flanks_is_read():
    text = "mouse,arm,day,L_length (cm),L_width (cm),R_length (cm),R_width (cm)\n"
    study = read(text + "1,veh,0,1,0.5,1,0.5\n2,drug,0,1,0.5,1,0.5\n")
    assert "unit-in-header" in rules_of(study)
    assert study.measurements["length_mm"].tolist() == [10, 10, 10, 10]


@pytest.mark.parametrize(
    "names",
    ["T1 L,T1 W,T2 L,T2 W", "Tumor 1 L,Tumor 1 W,Tumor 2 L,Tumor 2 W", "L_T1,W_T1,L_T2,W_T2"],
)
def test_numbered_tumours_side_by_side_are_several(names):
    study = read(f"mouse,arm,day,{names}\n1,veh,0,7,5,6,4\n2,drug,0,8,6,7,5\n")
    assert study.layout == "bilateral"
    rows = study.measurements[["mouse", "tumor", "length_mm", "width_mm"]]
    assert rows.to_numpy().tolist() == [
        ["1", "1", 7, 5], ["1", "2", 6, 4], ["2", "1", 8, 6], ["2", "2", 7, 5],
    ]  # fmt: skip


def test_one_numbered_tumour_and_numbered_readings_are_not_several():
    for names in ("T1 L,T1 W", "T1 L,T1 W,T2 L", "L1,W1,L2,W2"):
        n = names.count(",") + 1
        text = f"mouse,arm,day,{names}\n1,veh,0{',7' * n}\n2,drug,0{',6' * n}\n"
        with pytest.raises(InputError):
            read(text)


def test_one_flank_alone_is_not_taken():
    with pytest.raises(InputError, match="does not have the same measures"):
        read(FLANKS.replace("R_", "Q_"))


def test_length_and_width_called_l_and_w_are_no_flanks():
    study = read("mouse,arm,day,L,W\n1,veh,0,6,5\n2,drug,0,7,5\n")
    assert study.layout == "long"
    assert study.measurements["length_mm"].tolist() == [6, 7]


@few
@given(sizes, sizes)
def test_flanks_laid_side_by_side_come_back(left, right):
    def cells(size):
        return f"{size[1]},{size[0]}" if size else ","

    lines = [
        f"m{number},{day},{cells(one)},{cells(two)},{arm_of(number)}\n"
        for number, values in enumerate(zip(left, right, strict=True))
        for day, one, two in zip(DAYS, *values, strict=True)
    ]
    study = read("Sample,Days,L_Dmin,L_Dmax,R_Dmin,R_Dmax,Treatment\n" + "".join(lines))
    for side, grid in (("left", left), ("right", right)):
        assert numbers_of(study, "length_mm", "width_mm", tumor=side) == {
            (f"m{number}", day): size[:2]
            for number, values in enumerate(grid)
            for day, size in zip(DAYS, values, strict=True)
            if size is not None
        }
    assert set(study.measurements["source"]) == {f"stdin:{row}" for row in range(2, 20)}


@pytest.mark.parametrize(
    "heads",
    ["Left flank (mm3),Right flank (mm3)", "L (mm³),R (mm³)", "Left,Right", "Tumor 1,Tumor 2"],
)
def test_a_flank_alone_is_its_volume(heads):
    study = read(
        f"Mouse,Arm,Day,{heads}\nm1,A,0,100,110\nm1,A,3,120,130\nm2,B,0,90,80\nm2,B,3,99,88\n"
    )
    assert study.layout == "bilateral"
    assert study.measurements["volume_mm3"].tolist() == [100, 120, 110, 130, 90, 99, 80, 88]
    assert study.measurements["tumor"].nunique() == 2
