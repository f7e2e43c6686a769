"""What a sheet writes beside its mice: statistics, notes, names written once."""

import pytest

from xenotrack.errors import InputError

from .sheets import finding_of, read, rules_of

ARMS = {"vehicle": "123", "drug": "456"}


def wide(extra=(), arms=ARMS):
    """A wide sheet, with lines after the mice of each arm."""
    text = "group,mouse,day 0,day 7,day 14\n"
    for number, (arm, mice) in enumerate(arms.items()):
        text += "".join(f"{arm},{m},{100 + number},{130 + int(m)},{170 + int(m)}\n" for m in mice)
        text += "".join(line.replace("{arm}", arm) + "\n" for line in extra)
    return text


@pytest.mark.parametrize(
    "name",
    ["Mean", "S.E.M.", "St.Dev", "Std Error", "TGI (%)", "%TGI", "T/C", "p-value", "CV%", "n=3",
     "Geo mean", "95% CI", "Mean TV", "Mean ± SEM", "Average volume", "Mean (n=3)", "Group mean",
     "{arm} mean", "Mean {arm}", "RTV mean", "Stabw", "Moyenne", "N", "SD", "Count", "Max"],
)  # fmt: skip
def test_a_row_of_statistics_is_no_mouse(name):
    study = read(wide(["{arm}," + name + ",5,6,7"]))
    assert study.mice["mouse"].tolist() == list("123456")
    assert finding_of(study, "row-of-a-summary").cell == "5, 9"


@pytest.mark.parametrize("name", ["M1", "mean 3", "Nmax", "TGI-4", "mediator", "7"])
def test_a_mouse_is_not_taken_for_a_statistic(name):
    study = read(wide() + f"drug,{name},100,120,140\n")
    assert name in study.mice["mouse"].tolist()
    assert "row-of-a-summary" not in rules_of(study)


def test_an_arm_written_once_is_that_of_the_rows_below():
    lines = wide().splitlines()
    lines = [line.replace("vehicle", "") if n > 1 else line for n, line in enumerate(lines)]
    lines = [line.replace("drug", "") if n > 4 else line for n, line in enumerate(lines)]
    study = read("\n".join(lines))
    assert study.measurements.equals(read(wide()).measurements)
    assert finding_of(study, "arm-written-once").cell == "3-4, 6-7"


def test_a_mouse_written_once_is_that_of_the_rows_below():
    rows = [("a", "vehicle"), ("b", "vehicle"), ("c", "drug"), ("d", "drug")]
    text = "mouse,group,day,volume\n"
    for mouse, arm in rows:
        text += f"{mouse},{arm},0,100\n,{arm},7,120\n,{arm},14,140\n"
    study = read(text)
    assert sorted(study.measurements["mouse"]) == [m for m in "abcd" for _ in range(3)]
    assert finding_of(study, "mouse-written-once").cell == "3-4, 6-7, 9-10, 12-13"


@pytest.mark.parametrize(
    ("old", "new"),
    [("vehicle,2", ",2"), ("vehicle,1", ",1")],
    ids=["an arm written twice and once not", "the first row without an arm"],
)
def test_a_single_blank_arm_is_a_slip(old, new):
    study = read(wide().replace(old, new))
    assert finding_of(study, "row-without-arm").severity == "error"


def test_arms_on_the_first_row_of_each_mouse_are_the_mouses_own():
    rows = "mouse,group,day,volume\na,vehicle,0,100\nb,drug,0,90\n"
    rows += "a,,7,120\nb,,7,95\na,,14,140\nb,,14,99\n"
    study = read(rows)
    assert sorted(study.mice["mouse"] + study.mice["arm"]) == ["avehicle", "bdrug"]
    assert "arm-written-once" not in rules_of(study)


def test_words_below_the_table_are_notes():
    study = read(wide() + ",Mouse 4 was found dead on day 15,,,\n,* ulcerated,,,\n")
    found = finding_of(study, "row-without-reading")
    assert (found.severity, found.cell) == ("warning", "8-9")
    assert not study.errors


def test_a_row_without_an_arm_that_was_measured_is_no_note():
    study = read(wide() + ",7,100,,\n")
    assert finding_of(study, "row-without-arm").severity == "error"


DAYS = "0,100,110,105,5,90,95,92,2\n7,150,160,155,5,80,96,88,8\n"
HEAD = "Day,Vehicle,Vehicle,Mean,SEM,Drug,Drug,Mean,SEM\n"


def test_columns_of_means_are_no_mice():
    study = read(HEAD + DAYS)
    assert sorted(study.mice["mouse"]) == ["Drug/1", "Drug/2", "Vehicle/1", "Vehicle/2"]
    assert "Mean, SEM" in finding_of(study, "column-of-a-summary").seen


def test_columns_of_means_below_a_row_of_arms_are_no_mice():
    head = HEAD.replace("Vehicle,Vehicle", "a,b").replace("Drug,Drug", "c,d")
    study = read(",Vehicle,,,,Drug,,,\n" + head + DAYS)
    assert sorted(study.mice["mouse"]) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "head",
    [
        ",Vehicle,,,Drug,,\nDay,Mean,SEM,N,Mean,SEM,N\n",
        "Day,Vehicle,SEM,N,Drug,SEM,N\n",
        "Day,Vehicle Mean,Vehicle SEM,N,Drug Mean,Drug SEM,N\n",
    ],
    ids=["arms above", "one column an arm", "arms in the names"],
)
def test_means_alone_are_refused(head):
    with pytest.raises(InputError, match="means of groups, not mice"):
        read(head + "0,100,5,4,90,4,4\n7,150,6,4,80,3,4\n")
