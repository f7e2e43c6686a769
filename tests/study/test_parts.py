"""One study in several sheets: a file or a worksheet an arm, or a visit."""

import datetime

import pytest

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_studies, read_study

from .files.test_workbook import workbook
from .sheets import finding_of, rules_of

DAYS = (0, 4, 8, 12)
ARMS = {"Vehicle": 1.09, "Drug A": 1.05, "Drug B": 1.02}


def volume(arm, mouse, day):
    return round(100 * ARMS[arm] ** day + 7 * mouse, 1)


def as_long(arm, mice):
    rows = [["Mouse", "Day", "Volume (mm3)"]]
    return rows + [[m, day, volume(arm, n, day)] for n, m in enumerate(mice) for day in DAYS]


def as_wide(arm, mice):
    rows = [["Mouse", *(f"Day {day}" for day in DAYS)]]
    return rows + [[m, *(volume(arm, n, day) for day in DAYS)] for n, m in enumerate(mice)]


def as_columns(arm, mice):
    rows = [["Day", *mice]]
    return rows + [[day, *(volume(arm, n, day) for n in range(len(mice)))] for day in DAYS]


def numbers(study):
    return sorted(study.measurements[["arm", "day", "volume_mm3"]].itertuples(index=False))


EXPECTED = sorted(
    (arm, float(d), volume(arm, n, d)) for arm in ARMS for n in range(4) for d in DAYS
)
SHAPES = {"long": as_long, "wide": as_wide, "column": as_columns}


def by_arm(shape, numbered=False):
    return {
        arm: SHAPES[shape](arm, [str(n + 1) if numbered else f"{arm[-1]}{n}x" for n in range(4)])
        for arm in ARMS
    }


def save(folder, sheets, name="{}.csv"):
    paths = []
    for title, rows in sheets.items():
        paths.append(folder / name.format(title))
        paths[-1].write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    return paths


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["{}.csv", "x12_{}.csv", "x12 {} volumes.csv"])
def test_a_file_an_arm_is_called_by_its_name(tmp_path, shape, name, numbered):
    (study,) = read_studies(save(tmp_path, by_arm(shape, numbered), name))
    assert numbers(study) == EXPECTED
    assert len(study.mice) == 12
    assert "files-are-names" in rules_of(study)
    assert study.design.name == ("x12" if "x12" in name else "Vehicle, Drug A and 1 more")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_worksheet_an_arm_is_called_by_its_tab(shape):
    study = read_study(workbook(by_arm(shape)))
    assert numbers(study) == EXPECTED
    assert "tabs-are-names" in rules_of(study)


@pytest.mark.parametrize("name", ["exp1", "cohort 2", "raw data "])
def test_files_that_are_called_after_no_arm_are_asked_about(tmp_path, name):
    paths = save(
        tmp_path, {f"{name}a": as_wide("Vehicle", "abcd"), f"{name}b": as_wide("Drug A", "efgh")}
    )
    with pytest.raises(InputError, match="and no arm"):
        read_studies(paths)


HEADS = (
    ["Mouse", "Group", "Length (mm)", "Width (mm)"],
    ["Animal ID", "Treatment", "L (mm)", "W (mm)"],
    ["Mouse ID", "Arm", "Length", "Width", "Remarks"],
    ["Maus", "Gruppe", "Länge", "Breite"],
)


def visits(label, named=lambda place: True):
    """A worksheet a visit; those that are not ``named`` leave out the arm."""
    sheets = {}
    for place, day in enumerate(DAYS):
        head = list(HEADS[place])
        rows = [
            [m, "Vehicle" if m < 4 else "Drug A", 8 + m + place, 5 + place] for m in range(1, 7)
        ]
        if not named(place):
            head, rows = head[:1] + head[2:], [row[:1] + row[2:] for row in rows]
        sheets[label(day)] = [head, *rows]
    return sheets


def date_of(day):
    return datetime.date(2024, 3, 6) + datetime.timedelta(days=day)


@pytest.mark.parametrize("named", [lambda place: True, lambda place: place == 0])
@pytest.mark.parametrize("label", ["Day {}".format, lambda day: f"{date_of(day):%d.%m.%y}"])
def test_a_worksheet_a_visit_with_other_headers_each_time(label, named):
    study = read_study(workbook(visits(label, named)))
    assert sorted(study.measurements["day"].unique()) == list(DAYS)
    assert study.mice.groupby("arm").size().to_dict() == {"Vehicle": 3, "Drug A": 3}
    assert ("arms-from-another-sheet" in rules_of(study)) == (not named(1))


@pytest.mark.parametrize(
    "label", ["day{}".format, "x1_d{}_tv".format, lambda day: f"{date_of(day)}"]
)
def test_a_file_a_visit(tmp_path, label):
    (study,) = read_studies(save(tmp_path, visits(label)))
    assert sorted(study.measurements["day"].unique()) == list(DAYS)
    assert len(study.mice) == 6


def dated(days, mice=range(6), order="%m/%d/%Y"):
    """Worksheets without a telling name, each with its date in a column."""
    head = ["Mouse", "Group", "Date", "Volume"]
    return {
        f"v{place}": [
            head,
            *(
                [f"m{m}", "AB"[m % 2], date_of(day).strftime(order), 100 + 9 * day + m]
                for m in mice
            ),
        ]
        for place, day in enumerate(days)
    }


@pytest.mark.parametrize("order", ["%m/%d/%Y", "%d/%m/%Y", "%m-%d-%y"])
def test_dates_of_later_worksheets_decide_which_number_is_the_month(order):
    study = read_study(workbook(dated((0, 4, 9), order=order)))
    assert sorted(study.measurements["day"].unique()) == [0, 4, 9]
    assert "sheets-read-together" in rules_of(study)


def test_two_studies_in_two_worksheets_are_asked_about():
    first, second = dated((0, 400)).values()
    with pytest.raises(InputError, match="several sheets of readings"):
        read_study(workbook({"first": first, "second": second}))
    other = dated((0, 9), range(6, 12))["v1"]
    with pytest.raises(InputError, match="several sheets of readings"):
        read_study(workbook({"first": first, "second": other}))


def test_an_arm_that_a_mouse_has_in_one_visit_is_not_guessed_where_two_say_it():
    sheets = visits("Day {}".format, lambda place: place < 2)
    sheets["Day 4"][1][1] = "Drug A"  # mouse 1 was in Vehicle on day 0
    study = read_study(workbook(sheets))
    assert "mouse-in-two-arms" in rules_of(study)


def test_sheets_on_the_command_line_are_one_study(tmp_path, ask):
    paths = save(tmp_path, by_arm("long"))
    taken = ask("tidy", *paths, "-f", "csv", code=0)
    assert len(taken.stdout.splitlines()) == 1 + len(EXPECTED)
    assert 'Drug A.csv"' in ask("check", *paths, "--template", code=0).stdout


@pytest.mark.parametrize("beside", ["study.toml", "-", "Vehicle.csv"])
def test_what_cannot_be_a_part_is_typed_wrongly(tmp_path, beside, ask):
    (path, *_) = save(tmp_path, by_arm("long"))
    ask("tidy", path, beside if beside == "-" else tmp_path / beside, code=2)


def test_the_finding_names_the_files(tmp_path):
    (study,) = read_studies(save(tmp_path, by_arm("wide")))
    seen = finding_of(study, "files-are-names").seen
    assert "'Vehicle.csv', 'Drug A.csv', 'Drug B.csv'" in seen
