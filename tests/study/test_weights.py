"""Body weights on a sheet of their own."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .files.test_workbook import workbook
from .readings import DAYS, arm_of, few, long_of, numbers_of, volumes
from .sheets import finding_of, read, rules_of
from .test_join import study_of

VOLUMES = [["Group", "Mouse", 0, 3], ["veh", 1, 100, 150], ["drug", 2, 110, 90]]
WEIGHTS = [["Group", "Mouse", 0, 3], ["veh", 1, 20.5, 21], ["drug", 2, 22, 21.5]]
LONG = [["Mouse", "Day", "BW (g)"], [1, 0, 20.5], [1, 3, 21], [2, 0, 22], [2, 3, 21.5]]


def weights_of(study):
    return study.measurements[["mouse", "day", "body_weight_g"]].fillna(-1).to_numpy().tolist()


EXPECTED = [["1", 0, 20.5], ["1", 3, 21], ["2", 0, 22], ["2", 3, 21.5]]


@pytest.mark.parametrize("name", ["Body weight", "BW", "Weights (g)"])
def test_a_worksheet_called_for_its_weights_is_joined_by_mouse_and_day(name):
    study = read(workbook({"Tumor volume": VOLUMES, name: WEIGHTS}))
    assert weights_of(study) == EXPECTED
    assert numbers_of(study)["2", 3] == (90,)
    assert not {"sheet-not-read", "reading-twice"} & set(rules_of(study))


def test_a_sheet_with_a_column_of_weights_is_joined_whatever_it_is_called(tmp_path):
    assert weights_of(read(workbook({"Data": VOLUMES, "S2": LONG}))) == EXPECTED
    files = {name: "".join(",".join(map(str, row)) + "\n" for row in rows)
             for name, rows in (("readings", VOLUMES), ("mass", LONG))}  # fmt: skip
    assert weights_of(study_of(tmp_path, **files)) == EXPECTED


def test_a_weight_on_a_day_without_a_reading_keeps_a_row_of_its_own():
    study = read(workbook({"TV": VOLUMES, "BW": [*LONG, [2, 5, 19]]}))
    assert weights_of(study) == [*EXPECTED, ["2", 5, 19]]
    last = study.measurements.iloc[-1]
    assert (last["arm"], last["source"]) == ("drug", "BW!C6")


def test_a_second_weight_of_a_day_is_a_conflict():
    study = read(workbook({"TV": VOLUMES, "BW": [*LONG, [2, 3, 19]]}))
    assert "body_weight_g 21.5 and 19" in finding_of(study, "duplicates-conflict").seen


def test_what_is_no_weight_is_named_where_it_stands():
    study = read(workbook({"TV": VOLUMES, "BW": [*LONG[:-1], [2, 3, "21.5?"]]}))
    found = finding_of(study, "not-a-number")
    assert (found.sheet, found.cell) == ("BW", "C5")


def test_weights_of_mice_that_were_never_measured_are_named_and_left_out():
    study = read(workbook({"TV": VOLUMES, "BW": [*LONG, [7, 3, 19]]}))
    assert "7" in finding_of(study, "weights-without-readings").seen
    assert weights_of(study) == EXPECTED


def test_weights_find_their_mouse_within_its_arm_where_numbers_return():
    again = [[*row[:1], 1, *row[2:]] if row[0] == "drug" else row for row in VOLUMES]
    weights = [[*row[:1], 1, *row[2:]] if row[0] == "drug" else row for row in WEIGHTS]
    study = read(workbook({"TV": again, "BW": weights}))
    assert weights_of(study) == [
        ["veh/1", 0, 20.5], ["veh/1", 3, 21], ["drug/1", 0, 22], ["drug/1", 3, 21.5],
    ]  # fmt: skip
    with pytest.raises(InputError, match=r"mouse '1' in the arms 'veh', 'drug'.*--sheet"):
        read(workbook({"TV": again, "BW": LONG}))


def test_weights_by_date_beside_readings_by_day_are_asked_about():
    dated = [LONG[0], *([mouse, f"2024-01-0{day + 1}", grams] for mouse, day, grams in LONG[1:])]
    with pytest.raises(InputError, match="by date, and the readings are by day"):
        read(workbook({"TV": VOLUMES, "BW": dated}))


def test_two_wide_sheets_of_which_one_does_not_say_what_it_holds_are_asked_about():
    with pytest.raises(InputError, match="several sheets of readings"):
        read(workbook({"TV": VOLUMES, "S2": WEIGHTS}))


@pytest.mark.parametrize(
    ("name", "factor", "held"),
    [
        ("BW change", 1, "changes of body weight"),
        ("Tumor weight", 1, "weights of tumours or organs"),
        ("Body weight", 5, "body weights"),
    ],
)
def test_a_sheet_of_no_volumes_and_no_grams_is_left_beside_the_volumes(name, factor, held):
    other = [WEIGHTS[0], *([a, m, x * factor, y * factor] for a, m, x, y in WEIGHTS[1:])]
    study = read(workbook({"TV": VOLUMES, name: other}))
    assert numbers_of(study) == numbers_of(read(workbook({"TV": VOLUMES})))
    assert f"holds {held} and was not read" in finding_of(study, "sheet-not-read").seen


def test_volumes_and_weights_are_no_two_arms():
    bare = [[row[1:] for row in rows] for rows in (VOLUMES, WEIGHTS)]
    with pytest.raises(InputError, match="and no arm"):
        read(workbook({"Tumor volume": bare[0], "Body weight": bare[1]}))


def test_a_list_of_mice_weighed_once_is_a_list_of_mice():
    mice = [["Mouse", "Group", "Date", "Weight"], [1, "a", "2024-01-01", 20], [2, "b", "", 21]]
    study = read(workbook({"TV": VOLUMES, "Mice": mice}))
    assert "sheet-not-read" in rules_of(study)


@few
@given(volumes)
def test_weights_cut_from_their_readings_come_back(grid):
    def grams(value):
        return "" if value is None else round(15 + value / 500, 3)

    days = [["Group", "Mouse", *DAYS]]
    rows = [
        [arm_of(number), f"m{number}", *("" if v is None else v for v in values)]
        for number, values in enumerate(grid)
    ]
    weights = [
        [arm_of(number), f"m{number}", *map(grams, values)] for number, values in enumerate(grid)
    ]
    study = read(workbook({"TV": days + rows, "BW": days + weights[::-1]}))
    assert numbers_of(study) == long_of(grid)
    assert numbers_of(study, "body_weight_g") == {
        key: (grams(value),) for key, (value,) in long_of(grid).items()
    }


def with_weights_of(mice):
    readings = [["Mouse", "Group", "Day 0", "Day 4"]]
    readings += [[f"m{n}", "vehicle", 100, 120] for n in (1, 2, 3)]
    weights = [["Mouse", "Day 0", "Day 4"], *[[name, 20.1, 20.4] for name in mice]]
    return workbook({"Volumes mm3": readings, "Body weight g": weights})


@pytest.mark.parametrize("spell", [str.upper, lambda name: f"{name[0]} {name[1:]}"])
def test_mice_may_be_spelled_otherwise_beside_their_weights(spell):
    study = read(with_weights_of([spell(f"m{n}") for n in (1, 2, 3)]))
    assert study.measurements["body_weight_g"].notna().all()
    assert "weights-spelled-otherwise" in rules_of(study)


def test_spellings_that_may_be_two_mice_are_not_taken_for_one():
    study = read(with_weights_of(["M1", "m 1", "m3"]))
    weighed = study.measurements.dropna(subset=["body_weight_g"])["mouse"]
    assert set(weighed) == {"m3"}
    assert "weights-without-readings" in rules_of(study)
