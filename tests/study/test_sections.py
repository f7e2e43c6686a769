"""The arm or the day written once over a block, or on a worksheet's tab."""

from itertools import chain

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .files.test_workbook import workbook
from .readings import DAYS, arm_of, few, long_of, numbers_of, sizes, volumes, written
from .sheets import finding_of, read, rules_of

HEAD = ["Mouse", *(f"Day {day}" for day in DAYS)]
ROWS = {
    "vehicle": [["1", "100", "120", "150"], ["2", "90", "110", "140"]],
    "drug A": [["3", "101", "122", "110"], ["4", "95", "111", "120"]],
}


def lines(*rows):
    width = max(map(len, rows))
    return "".join(",".join([*row, *[""] * (width - len(row))]) + "\n" for row in rows)


def blocks(rows_by_name, head=HEAD, corner=False, repeated=True):
    """A sheet of blocks: each below a line of its name, or with the name in its header's corner."""
    rows = [] if repeated else [head]
    for name, own in rows_by_name.items():
        if corner:
            rows += [[name, *head[1:]], *own, []]
        else:
            rows += [[name], *([head] if repeated else []), *own, []]
    return lines(*rows)


def by_arm(grid):
    """Rows of a wide sheet by the arm of their mice."""
    rows = {}
    for number, values in enumerate(grid):
        rows.setdefault(arm_of(number), []).append([f"m{number}", *map(written, values)])
    return rows


@pytest.mark.parametrize(("corner", "repeated"), [(False, True), (False, False), (True, True)])
@few
@given(volumes)
def test_blocks_of_arms_give_what_was_laid_out(corner, repeated, grid):
    study = read(blocks(by_arm(grid), corner=corner, repeated=repeated))
    assert numbers_of(study) == long_of(grid)
    assert set(zip(study.mice["mouse"], study.mice["arm"], strict=True)) == {
        (f"m{number}", arm_of(number)) for number in range(6)
    }


@few
@given(sizes)
def test_blocks_of_days_give_what_was_laid_out(grid):
    head, rows = ["Mouse", "Group", "L", "W"], {}
    for place, day in enumerate(DAYS):
        said = [values[place] or ("", "", "") for values in grid]
        rows[f"Day {day}"] = [[f"m{n}", arm_of(n), *map(str, v[:2])] for n, v in enumerate(said)]
    study = read(blocks(rows, head))
    wanted = {
        key: value[:2]
        for key, value in long_of(grid, ("length_mm", "width_mm", "height_mm")).items()
    }
    assert numbers_of(study, "length_mm", "width_mm") == wanted


def test_the_finding_says_what_stands_over_the_blocks():
    study = read(lines(["Experiment 12"], *[row.split(",") for row in blocks(ROWS).splitlines()]))
    found = finding_of(study, "blocks-are-names")
    assert "its arm: 'vehicle' (row 2), 'drug A' (row 7)" in found.seen
    assert finding_of(study, "lines-above-header").cell == "1"
    assert study.measurements["source"].tolist()[:4] == ["stdin:4"] * 3 + ["stdin:5"]


def test_a_date_or_a_note_may_stand_beside_the_title_of_a_block():
    head = ["Mouse", "Group", "L", "W"]
    rows = [[f"m{n}", arm_of(n), "8", "6"] for n in range(6)]
    study = read(lines(["Day 0", "2022-03-14"], head, *rows, ["Day 7", "2022-03-21"], head, *rows))
    assert sorted(study.measurements["day"].unique()) == [0, 7]
    assert len(study.measurements) == 12
    named = read(lines(["A", "", "10 mg"], HEAD, *ROWS["vehicle"], ["B"], HEAD, *ROWS["drug A"]))
    assert named.design.arm_names == ("A 10 mg", "B")


def test_the_word_for_an_arm_is_no_part_of_its_name():
    named = {f"Group: {arm}": rows for arm, rows in ROWS.items()}
    assert read(blocks(named)).design.arm_names == ("vehicle", "drug A")
    numbered = {f"Group {n}: {arm}": rows for n, (arm, rows) in enumerate(ROWS.items(), 1)}
    assert read(blocks(numbered)).design.arm_names == ("Group 1: vehicle", "Group 2: drug A")


@pytest.mark.parametrize(
    "text",
    [
        lines(HEAD, *ROWS["vehicle"], ["drug A"], *ROWS["drug A"]),
        lines(["one title"], HEAD, *ROWS["vehicle"], *ROWS["drug A"]),
        lines(["vehicle"], HEAD, *ROWS["vehicle"], ["Experiment 2"], ["drug A"], *ROWS["drug A"])
        + lines(["drug A"], *ROWS["drug A"]),
    ],
    ids=["a block without a name", "a title alone", "an arm in two blocks"],
)
def test_rows_of_which_nobody_says_whose_they_are_are_refused(text):
    with pytest.raises(InputError, match=r"and no arm"):
        read(text)


def test_blocks_of_one_name_are_one_arm():
    study = read(blocks(ROWS).replace("drug A", "vehicle"))
    assert set(study.measurements["arm"]) == {"vehicle"}
    assert len(study.mice) == sum(map(len, ROWS.values()))


def tabs(names, head, rows):
    return workbook({name: [head, *rows] for name in names})


LONG = [[m, day, 100 + 10 * m + day] for m in (1, 2) for day in DAYS]


def test_a_worksheet_an_arm():
    book = workbook(
        {
            "Vehicle": [["mouse", "day", "volume"], *LONG],
            "drug A": [["mouse", "day", "volume"], *LONG],
            "Notes": [["measured by hand"]],
        }
    )
    study = read(book)
    assert study.design.arm_names == ("Vehicle", "drug A")
    assert len(study.measurements) == 2 * len(LONG)
    assert study.measurements["source"].tolist()[0] == "Vehicle!C2"
    assert study.measurements["source"].tolist()[-1] == f"drug A!C{len(LONG) + 1}"
    assert "its arm: 'Vehicle', 'drug A'" in finding_of(study, "tabs-are-names").seen
    assert finding_of(study, "sheet-not-read").sheet == "Notes"


def full(*arms):
    return [
        ["mouse", "arm", "day", "volume"],
        *([m, arm, d, v] for arm in arms for m, d, v in LONG),
    ]


def test_one_table_cut_by_its_arms_is_read_together():
    study = read(workbook({"Vehicle": full("vehicle"), "Drugs": full("A", "B"), "x": [["note"]]}))
    assert study.design.arm_names == ("vehicle", "A", "B")
    assert len(study.measurements) == 3 * len(LONG)
    assert "'Vehicle', 'Drugs'" in finding_of(study, "sheets-read-together").seen


@pytest.mark.parametrize(
    "second",
    [full("vehicle", "A"), [[*full("A")[0], "L"], *([*row, 1] for row in full("A")[1:])]],
    ids=["an arm on both", "another header"],
)
def test_sheets_that_may_be_two_versions_are_asked_about(second):
    with pytest.raises(InputError, match="several sheets of readings"):
        read(workbook({"one": full("vehicle"), "two": second}))


def test_a_worksheet_a_visit():
    rows = [[f"m{m}", arm_of(m), 8 + m / 10, 6.0] for m in range(6)]
    study = read(tabs(["Day 0", "Day 7", "Day 10"], ["Mouse", "Group", "L", "W"], rows))
    assert sorted(study.measurements["day"].unique()) == [0, 7, 10]
    assert len(study.measurements) == 18
    assert "length_mm" in study.measurements
    dated = read(tabs(["2024-01-05", "2024-01-12"], ["Mouse", "Group", "L", "W"], rows))
    assert sorted(dated.measurements["day"].unique()) == [0, 7]


@pytest.mark.parametrize(
    "names",
    [
        ("Sheet1", "Sheet2"),
        ("cage 4", "cage 5"),
        ("Batch A", "2"),
        ("Tumor volume (mm3)", "Body weight (g)"),
        ("March", "April"),
        ("M101", "M102"),
    ],
)
def test_tabs_that_name_no_arm_are_not_taken_for_one(names):
    with pytest.raises(InputError, match="and no arm"):
        read(tabs(names, ["mouse", "day", "volume"], LONG))


@pytest.mark.parametrize("said", [["Mouse", "Group"], ["Mouse: {}", "Group: {}"], ["", "Arm = {}"]])
def test_a_worksheet_a_mouse_says_its_arm_above_the_readings(said):
    tabs = {}
    for mouse, arm in {
        "101": "Vehicle",
        "102": "Vehicle",
        "201": "Drug A",
        "202": "Drug A",
    }.items():
        lines = [
            [text.format(name)] if "{}" in text else [text, name]
            for text, name in zip(said, (mouse, arm), strict=True)
            if text
        ]
        rows = [["Day", "L", "W"], [0, 7, 6], [4, 8, 7]]
        tabs[f"M{mouse}" if said[0] else mouse] = [*lines, [], *rows]
    study = read(workbook(tabs))
    mice = study.mice.sort_values("mouse")
    assert mice["mouse"].tolist() == ["101", "102", "201", "202"]
    assert mice["arm"].tolist() == ["Vehicle", "Vehicle", "Drug A", "Drug A"]
    assert rules_of(study).count("facts-above-header") == 1


def test_worksheets_of_mice_that_say_no_arm_are_asked_about():
    rows = [["Mouse", 101], ["Strain", "NSG"], [], ["Day", "L", "W"], [0, 7, 6], [4, 8, 7]]
    with pytest.raises(InputError):
        read(workbook({"one": rows, "two": rows}))


def test_blocks_named_by_a_measure_are_no_arms():
    with pytest.raises(InputError, match="and no arm"):
        read(blocks({"Tumor volume (mm3)": ROWS["vehicle"], "Body weight (g)": ROWS["drug A"]}))


def test_a_sheet_that_says_all_is_read_alone():
    rows = [[m, "A" if m == 1 else "B", day, 100 + day] for m in (1, 2) for day in DAYS]
    book = workbook(
        {
            "All": [["mouse", "arm", "day", "volume"], *rows],
            "A": [["mouse", "day", "volume"], *LONG],
            "B": [["mouse", "day", "volume"], *LONG],
        }
    )
    study = read(book)
    assert len(study.measurements) == len(rows)
    assert rules_of(study).count("sheet-not-read") == 2


ARMS = {"Vehicle": (100, 9), "Drug A": (140, 3), "Drug B": (120, 1)}


def across(arms, days, mice=3, corner="Day", title=True, numbers=None):
    """Blocks of an arm each: mice across, days below, ``numbers`` of mice counted on or anew."""
    rows, number = [], 0
    for arm in arms:
        names = []
        for place in range(mice):
            number += 1
            names.append(numbers(number, place) if numbers else f"M{number}")
        rows += [[arm]] if title else []
        rows += [[corner or arm, *names]]
        first, step = ARMS[arm]
        rows += [
            [day, *[str(first + place + step * place_of_day) for place in range(mice)]]
            for place_of_day, day in enumerate(days)
        ]
    return rows


def arms_and_days(study):
    counts = study.measurements.groupby("arm")["mouse"].nunique().to_dict()
    return counts, sorted(study.measurements["day"].unique())


@pytest.mark.parametrize("arms", [["Vehicle", "Drug A"], ["Drug A", "Vehicle", "Drug B"]])
@pytest.mark.parametrize("days", [["0", "7"], ["Day 0", "Day 7"], ["0", "7", "14"]])
def test_readings_above_a_block_of_mice_are_no_arms(arms, days):
    counts, found = arms_and_days(read(lines(*across(arms, days))))
    assert counts == dict.fromkeys(arms, 3)
    assert found == [0, 7, 14][: len(days)]


@pytest.mark.parametrize("days", [["Day 0", "Day 7"], ["2024-03-04", "2024-03-11"]])
def test_blocks_of_arms_side_by_side_name_no_arm_by_its_mice(days):
    blocks = [across([arm], days) for arm in ARMS]
    for number, block in enumerate(blocks):
        block[0] += [""] * 3
        block[1] = ["Day", *(f"M{3 * number + place}" for place in (1, 2, 3))]
    rows = [[*chain(*parts)] for parts in zip(*blocks, strict=True)]
    assert arms_and_days(read(lines(*rows))) == (dict.fromkeys(ARMS, 3), [0, 7])


@pytest.mark.parametrize("days", [["0", "7"], ["Day 0", "Day 7", "Day 14"]])
@pytest.mark.parametrize("numbers", [lambda _, place: str(place + 1), lambda n, _: f"M{n}"])
def test_an_arm_in_the_corner_of_its_mice_stands_above_days(days, numbers):
    rows = across(["Vehicle", "Drug A"], days, corner="", title=False, numbers=numbers)
    counts, found = arms_and_days(read(lines(*rows)))
    assert counts == {"Vehicle": 3, "Drug A": 3}
    assert found == [0, 7, 14][: len(days)]


def test_numbers_that_may_be_days_or_mice_are_not_guessed():
    rows = across(["Vehicle", "Drug A"], ["1", "2", "3"], corner="", title=False)
    for row in rows[::4]:
        row[1:] = ["1", "2", "3"]
    with pytest.raises(InputError):
        read(lines(*rows))


def test_mice_in_the_corner_blocks_of_daily_readings_are_no_days():
    head = ["1", "2", "3"]
    rows = [["vehicle", *head], ["101", "90", "95", "99"], ["102", "80", "88", "91"]]
    rows += [["drug A", *head], ["103", "90", "85", "79"], ["104", "80", "78", "71"]]
    study = read(lines(*rows))
    assert set(study.mice["mouse"]) == {"101", "102", "103", "104"}
    assert sorted(study.measurements["day"].unique()) == [1, 2, 3]


@pytest.mark.parametrize("other", [["Day 0", "Day 4", "Day 8"], ["Day 0", "Day 3"]])
def test_each_block_is_read_under_its_own_days(other):
    rows = [["vehicle"], HEAD, *ROWS["vehicle"], ["drug A"], ["Mouse", *other]]
    rows += [row[: len(other) + 1] for row in ROWS["drug A"]]
    table = read(lines(*rows)).measurements
    days = table[table["arm"] == "drug A"]["day"].unique()
    assert [f"Day {day:g}" for day in sorted(days)] == other


@pytest.mark.parametrize("other", [["0", "4", "8"], ["0", "3", "8"], ["Day 0", "Day 9"]])
def test_a_block_with_other_days_beside_its_arm_is_no_mouse(other):
    rows = []
    for name, days in {
        "vehicle": ["0", "3", "7"],
        "drug A": other,
        "drug B": ["0", "3", "7"],
    }.items():
        rows += [[name, *days], *[[f"{name[-1]}{n}", "100", "110", "120"] for n in range(3)]]
    with pytest.raises(InputError):
        read(lines(*rows))


def test_a_block_whose_last_day_is_missing_is_a_block():
    rows = []
    for name, days in {
        "vehicle": ["0", "3", "7"],
        "drug A": ["0", "3"],
        "drug B": ["0", "3", "7"],
    }.items():
        own = [["100", "110", "120"][: len(days)]] * 3
        rows += [[name, *days], *[[f"{name[-1]}{n}", *texts] for n, texts in enumerate(own)]]
    counts, _ = arms_and_days(read(lines(*rows)))
    assert counts == {"vehicle": 3, "drug A": 3, "drug B": 3}
