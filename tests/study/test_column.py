"""One column a mouse."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, long_of, numbers_of, volumes, written
from .sheets import finding_of, read, rules_of

COLUMN = (
    "Time,Control,Control,,Treatment,Treatment\n"
    "0,100,110,,90,95\n3,150,NA,,80,96\n7,210,,,70,\n"
)  # fmt: skip


def test_repeated_heads_are_arms_and_their_columns_mice():
    study = read(COLUMN)
    assert study.layout == "column"
    assert study.mice["mouse"].tolist() == [
        "Control/1", "Control/2", "Treatment/1", "Treatment/2",
    ]  # fmt: skip
    assert numbers_of(study)["Treatment/2", 3] == (96,)
    assert len(study.measurements) == 9


def test_heads_numbered_by_a_program_are_one_arm():
    study = read(COLUMN.replace("Control,Control", "Control,Control.1"))
    assert study.design.arm_names == ("Control", "Treatment")


def test_a_row_of_arms_above_the_mice_is_part_of_the_header():
    study = read("\ufeff,veh,,drug,\nDay,a,b,c,d\n0,100,110,90,95\n3,150,160,80,96\n")
    assert study.mice[["mouse", "arm"]].to_numpy().tolist() == [
        ["a", "veh"], ["b", "veh"], ["c", "drug"], ["d", "drug"],
    ]  # fmt: skip
    assert "lines-above-header" not in rules_of(study)


def test_mice_without_arms_are_asked_about():
    with pytest.raises(InputError, match="names no arm"):
        read("\ufeffDay,a,b,c\n0,100,110,90\n3,150,160,80\n")


def test_values_below_no_name_are_an_error():
    found = finding_of(read(COLUMN.replace("NA,,80", "NA,5,80")), "column-without-name")
    assert (found.severity, found.cell) == ("error", "3")


@pytest.mark.parametrize(
    "text",
    ["day,volume,note\n0,100,5\n3,110,6\n", "Day,a,b\n0,up,down\n3,up,up\n", "x,a,a\n0,1,2\n"],
    ids=["a column of volumes", "words", "no days"],
)
def test_a_table_that_is_no_column_of_mice_is_refused(text):
    with pytest.raises(InputError, match="none of the layouts"):
        read(text)


@few
@given(volumes)
def test_mice_laid_in_columns_come_back(grid):
    arms = "," + ",".join(arm_of(number) for number in range(6))
    names = "Day," + ",".join(f"m{number}" for number in range(6))
    lines = [",".join([str(day), *(written(v[i]) for v in grid)]) for i, day in enumerate(DAYS)]
    assert numbers_of(read("\n".join([arms, names, *lines]))) == long_of(grid)


MATRIX = "{corner},m1,m2,m3\n0,100,110,95\n4,120,130,99\n8,150,160,120\n"


@pytest.mark.parametrize("corner", ["Day", "day", ""])
def test_all_mice_of_a_matrix_are_in_the_one_arm_that_is_declared(corner):
    study = read(MATRIX.format(corner=corner), {"arms": {"vehicle": []}})
    assert study.mice["mouse"].tolist() == ["m1", "m2", "m3"]
    assert study.design.arm_names == ("vehicle",)
    assert study.measurements["source"].iloc[0] == "stdin:2"


def test_numbers_of_mice_are_no_days_where_one_arm_is_declared():
    text = MATRIX.format(corner="Day").replace("m", "")
    assert len(read(text, {"arms": {"vehicle": []}}).mice) == 3


def test_one_arm_above_all_its_mice_is_their_arm():
    study = read(",vehicle,vehicle,vehicle\n" + MATRIX.format(corner="Day"))
    assert study.design.arm_names == ("vehicle",)
    assert len(study.mice) == 3


def test_a_title_above_the_first_mouse_is_no_arm():
    with pytest.raises(InputError, match="--arm NAME="):
        read(",Tumor volume,,\n" + MATRIX.format(corner="Day"))


def test_one_declared_arm_leaves_a_sheet_that_names_arms_alone():
    text = "mouse,arm,day,volume\nm1,a,0,100\nm2,b,0,100\n"
    assert "arm-not-declared" in rules_of(read(text, {"arms": {"a": []}}))


@pytest.mark.parametrize("head", ["mouse,day,volume", "Animal ID,Days,Tumor Volume (mm3)"])
def test_all_mice_of_a_long_sheet_are_in_the_one_arm_that_is_declared(head):
    study = read(head + "\nm1,0,100\nm1,3,110\nm2,0,90\n", {"arms": {"all": ["X"]}})
    assert study.design.drugs_of("all") == {"X"}
    assert len(study.mice) == 2


BESIDE = ",veh,veh,veh,drug,drug,drug,Mean,Mean\nDay,1,2,3,4,5,6,of veh,of drug\n"


def test_a_mean_among_the_arms_is_no_arm():
    rows = "".join(f"{d},{','.join(str(100 + 9 * d + m) for m in range(8))}\n" for d in (0, 3, 8))
    study = read(BESIDE + rows)
    assert study.design.arm_names == ("veh", "drug")
    assert len(study.mice) == 6
    assert "Mean" in finding_of(study, "column-of-a-summary").seen


@pytest.mark.parametrize("corner", ["Tag", "Mouse", "Animal ID"])
def test_the_corner_may_name_the_mice_beside_it_and_days_stand_below(corner):
    head = f"Group,veh,veh,veh,drug,drug,drug\n{corner},101,102,103,104,105,106\n"
    rows = "".join(f"{d},{','.join(str(100 + 9 * d + m) for m in range(6))}\n" for d in (0, 3, 8))
    study = read(head + rows)
    assert study.mice["mouse"].tolist() == ["101", "102", "103", "104", "105", "106"]
    assert sorted(study.measurements["day"].unique()) == [0, 3, 8]


@pytest.mark.parametrize(
    "written", [str, lambda text: text.replace(",", ";").replace(".", ",").replace("x", " × ")]
)
def test_cells_of_a_length_and_a_width_are_read_below_each_mouse(written):
    text = written(",Vehicle,,DrugA,\nDay,1,2,3,4\n0,6.2x5.1,6.0x5.3,6.1x5.2,0\n"
                   "4,7.2x6.1,dead,6.4x5.4,6.6x5.2\n8,9.2x7.8,,7.0x5.9,7.1x5.8\n")  # fmt: skip
    rows = read(text).measurements
    assert rows["volume_mm3"].round(1).tolist()[:3] == [80.6, 134.0, 279.9]
    sizes = rows.loc[rows["mouse"] == "3", ["length_mm", "width_mm"]].to_numpy().tolist()
    assert sizes == [[6.1, 5.2], [6.4, 5.4], [7.0, 5.9]]
    assert rows.loc[rows["mouse"] == "4", "volume_mm3"].iloc[0] == 0


@pytest.mark.parametrize("corner", ["Mouse ID", "Tag", "Animal No."])
@pytest.mark.parametrize("days", ["Day 0|Day 3|Day 4", "0|3|4", "2026-03-01|2026-03-04|2026-03-05"])
def test_the_corner_may_name_the_mice_where_days_stand_below_it(corner, days):
    first, second, third = days.split("|")
    study = read(
        f"Treatment,A,A,B,B\n{corner},#1,#2,#3,#4\n{first},100,101,102,103\n"
        f"{second},120,121,122,123\n{third},130,,132,133\n"
    )
    assert study.layout == "column"
    assert study.mice["arm"].tolist() == ["A", "A", "B", "B"]
    own = study.readings[study.readings["mouse"] == "#1"]
    assert own["day"].tolist() == [0, 3, 4]
    assert own["volume_mm3"].tolist() == [100, 120, 130]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_corner_may_name_the_arms_above_or_below_the_mice(order):
    rows = ["Group,A,A,B,B\n", "Mouse,m1,m2,m3,m4\n"]
    head = "".join(rows[place] for place in order)
    study = read(f"{head}D0,100,101,102,103\nD3,120,121,122,123\nD7,130,131,132,133\n")
    assert study.mice["mouse"].tolist() == ["m1", "m2", "m3", "m4"]
    alone = read("Group,A,A,B,B\nD0,100,101,102,103\nD3,120,121,122,123\nD7,130,131,132,133\n")
    assert alone.mice["mouse"].tolist() == ["A/1", "A/2", "B/1", "B/2"]


@pytest.mark.parametrize("form", ["{}_Y{}", "{}:{}", "{} rep{}", "{} - mouse {}", "{}/{}"])
def test_replicates_of_an_arm_are_its_mice(form):
    names = [form.format(arm, n) for arm in ("Vehicle", "Drug A") for n in (1, 2)]
    study = read(f"Day,{','.join(names)}\n0,100,101,102,103\n3,120,121,122,123\n")
    assert study.mice["arm"].tolist() == ["Vehicle", "Vehicle", "Drug A", "Drug A"]


@pytest.mark.parametrize("days", ["Day 0,,Day 4,", "3 Mar 2024,,10 Mar 2024,", "0,,4,"])
@pytest.mark.parametrize("corner", ["Mouse", "Animal no.", ""])
@pytest.mark.parametrize("below", ["Vehicle,Drug,Vehicle,Drug", "Left,Right,Left,Right"])
def test_days_above_columns_beside_mice_are_no_arms(days, corner, below):
    rows = [f"{mouse},100,110,120,130" for mouse in range(1, 6)]
    with pytest.raises(InputError):
        read("\n".join([f"{corner},{days}", f",{below}", *rows]) + "\n")


def test_days_below_arms_beside_mice_are_no_mice():
    rows = [f"{mouse},100,110,120,130" for mouse in range(1, 6)]
    head = ["Mouse,Vehicle,,Drug,", ",Day 0,Day 7,Day 0,Day 7"]
    with pytest.raises(InputError):
        read("\n".join([*head, *rows]) + "\n")


def test_days_that_do_not_count_mice_stand_below_a_blank_corner():
    rows = [f"{day},100,110,120,130" for day in (1, 4, 8)]
    study = read("\n".join([",Vehicle,Vehicle,Drug,Drug", *rows]) + "\n")
    assert sorted(study.measurements["day"].unique()) == [1, 4, 8]


def lettered(names):
    names = names.split()
    rows = [
        ",".join([str(day), *(str(100 + n + day) for n in range(len(names)))]) for day in (0, 4)
    ]
    return "\n".join([",".join(["Day", *names]), *rows]) + "\n"


@pytest.mark.parametrize(
    ("names", "arms"),
    [
        ("V1 V2 A1 A2", ["V", "A"]),
        ("Veh1 Veh2 Alp1 Alp2 Combo1 Combo2", ["Veh", "Alp", "Combo"]),
        ("C1 C2 T3 T4", ["C", "T"]),
    ],
)
def test_letters_before_the_numbers_of_mice_are_arms_and_it_is_said(names, arms):
    study = read(lettered(names))
    assert list(dict.fromkeys(study.mice["arm"])) == arms
    assert study.mice["mouse"].tolist() == names.split()
    assert ", ".join(map(repr, arms)) in finding_of(study, "arms-from-names").seen
    long = ["mouse,day,volume"]
    long += [f"{name},{day},{100 + day}" for name in names.split() for day in (0, 4)]
    assert sorted(read("\n".join(long) + "\n").mice["arm"].unique()) == sorted(arms)


@pytest.mark.parametrize(
    "names",
    ["M1 M2 F1 F2", "L1 L2 R1 R2", "A1 A2 B1 B2", "C1 C2 D1 D2", "V1 A1 V2 A2", "V1 V2 A1 A3",
     "Mouse1 Mouse2 Rat1 Rat2", "Cage1 Cage2 Box1 Box2", "V1 V2 V3 V4", "V1 V2 W1 W2"],
)  # fmt: skip
def test_letters_that_may_be_something_else_are_asked_about(names):
    with pytest.raises(InputError):
        read(lettered(names))
