"""How labs write the day above a column or beside a reading: read, asked about, never guessed."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from .readings import DAYS, arm_of, few, long_of, numbers_of, sizes, volumes, written
from .sheets import finding_of, read, rules_of


def wide(heads, rows=None):
    """A wide sheet with these columns beside mouse and group."""
    lines = [f"Group,Mouse,{','.join(heads)}"]
    for number in range(6):
        cells = rows[number] if rows else [str(100 + number + n) for n in range(len(heads))]
        lines.append(f"{arm_of(number)},m{number},{','.join(cells)}")
    return "\n".join(lines) + "\n"


def sized(grid):
    """Cells of length and width by mouse."""
    return [
        [text for v in values for text in (map(str, v[:2]) if v else ("", ""))] for values in grid
    ]


def of_two(grid):
    return {key: value[:2] for key, value in long_of(grid).items()}


@pytest.mark.parametrize(
    "form",
    ["T{}", "J{}", "{} dpt", "Day {} (3/14/22)", "D{} 3/14", "V{}", "TV{}", "TVDay{}",
     "Vol D{} (mm3)", "TV_{}", "PID {}", "DPI{}", "{} days post treatment", "{} days after start",
     "d+{}", "J+{}", "vol_d{}_mm3", "Vol@D{}", "День {}"],
)  # fmt: skip
@few
@given(volumes)
def test_a_day_is_read_in_each_dress(form, grid):
    rows = [[written(value) for value in values] for values in grid]
    assert numbers_of(read(wide([form.format(day) for day in DAYS], rows))) == long_of(grid)


@pytest.mark.parametrize(
    ("length", "width"),
    [("L{}", "W{}"), ("Length day {} (mm)", "Width day {} (mm)"),
     ("Day {} - length (mm)", "Day {} - width (mm)")],
)  # fmt: skip
@few
@given(sizes)
def test_a_width_beside_a_length_is_no_week(length, width, grid):
    heads = [name.format(day) for day in DAYS for name in (length, width)]
    study = read(wide(heads, sized(grid)))
    assert numbers_of(study, "length_mm", "width_mm") == of_two(grid)


@few
@given(sizes)
def test_days_above_the_measures_with_mouse_and_group_among_them(grid):
    days = ",,".join(f"Day {day}" for day in DAYS)
    heads = ",".join(["L,W"] * len(DAYS))
    rows = "".join(f"m{n},{arm_of(n)},{','.join(cells)}\n" for n, cells in enumerate(sized(grid)))
    study = read(f",,{days},\nMouse,Group,{heads}\n{rows}")
    assert study.layout == "coded"
    assert numbers_of(study, "length_mm", "width_mm") == of_two(grid)


def test_numbered_measures_below_dates_are_of_the_dates():
    text = ",,3/14/2022,,3/21/2022,\nMouse,Group,L1,W1,L2,W2\n"
    text += "".join(f"m{n},{arm_of(n)},7,6,8,{6 + n / 10}\n" for n in range(6))
    study = read(text)
    assert sorted(study.measurements["day"].unique()) == [0, 7]
    assert numbers_of(study, "length_mm", "width_mm")["m2", 7] == (8, 6.2)


@pytest.mark.parametrize(
    "heads",
    [
        ["L1", "W1", "L2", "W2"],
        ["V1", "V2", "V3"],
        ["Measurement 1", "Measurement 2", "Measurement 3"],
    ],
)
def test_the_first_second_and_third_time_are_no_days(heads):
    with pytest.raises(InputError, match="visits"):
        read(wide(heads))


def test_weeks_alone_are_weeks():
    study = read(wide(["W0", "W1", "W2"]))
    assert sorted(study.measurements["day"].unique()) == [0, 7, 14]


@pytest.mark.parametrize("first", ["V", "D"])
def test_a_w_beside_volumes_is_asked_about(first):
    text = wide([f"{first}3", f"{first}7", "W3", "W7"])
    with pytest.raises(InputError, match='body_weight_g = "W"'):
        read(text)
    study = read(text, {"columns": {"body_weight_g": "W"}})
    assert numbers_of(study, "body_weight_g")["m1", 7] == (104,)
    assert numbers_of(study)["m1", 7] == (102,)


def test_days_beside_weights_of_days_are_volumes():
    study = read(wide(["Day 3", "Day 7", "BW Day 3", "BW Day 7"]))
    assert numbers_of(study, "volume_mm3", "body_weight_g")["m0", 7] == (101, 103)


def test_relative_volumes_beside_days_are_left_out_with_a_finding():
    study = read(wide(["Day 3", "Day 7", "RTV Day 3", "RTV Day 7"]))
    assert numbers_of(study)["m0", 7] == (101,)
    assert "RTV Day 3" in finding_of(study, "columns-not-used").seen


@pytest.mark.parametrize("heads", [["Baseline", "Week 1"], ["Pre", "D7"]])
def test_a_baseline_before_later_days_is_day_0(heads):
    study = read(wide(heads))
    assert sorted(study.measurements["day"].unique()) == [0, 7]
    assert repr(heads[0]) in finding_of(study, "baseline-is-day-zero").seen


def test_a_baseline_beside_a_day_0_is_not_read():
    study = read(wide(["Baseline", "Day 0", "Day 7"]))
    assert "baseline-is-day-zero" not in rules_of(study)
    assert "Baseline" in finding_of(study, "columns-not-used").seen


def test_a_baseline_among_days_of_a_long_sheet_is_day_0():
    text = "mouse,group,day,volume\n" + "".join(
        f"m{n},{arm_of(n)},{day},{100 + n}\n" for n in range(6) for day in ("baseline", 4, 7)
    )
    study = read(text)
    assert sorted(study.measurements["day"].unique()) == [0, 4, 7]
    assert "'baseline'" in finding_of(study, "baseline-is-day-zero").seen
    with pytest.raises(InputError, match="on which day were the readings called 'baseline'"):
        read(text.replace(",4,", ",0,"))


def test_eight_digits_are_a_date():
    study = read(wide(["20220314", "20220321"]))
    assert sorted(study.measurements["day"].unique()) == [0, 7]
    text = "mouse,group,date,volume\n" + "".join(
        f"m{n},{arm_of(n)},{day},{100 + n}\n" for n in range(6) for day in ("20220228", "20220301")
    )
    assert sorted(read(text).measurements["day"].unique()) == [0, 1]


@pytest.mark.parametrize(
    "days", [("14. März 2022", "2. Mai 2022"), ("14 juin 2022", "2 août 2022")]
)
def test_months_in_other_languages(days):
    text = "mouse;group;date;volume\n" + "".join(
        f"m{n};{arm_of(n)};{day};{100 + n}\n" for n in range(6) for day in days
    )
    assert sorted(read(text).measurements["day"].unique()) == [0, 49]


def test_dates_that_a_spreadsheet_half_exchanged_are_refused():
    rows = [(n, day) for n in range(6) for day in ("2022-10-04", "13/04/2022", "16/04/2022")]
    text = "mouse,group,date,volume\n"
    text += "".join(f"m{n},{arm_of(n)},{day},{100 + n}\n" for n, day in rows)
    with pytest.raises(InputError, match="2022-10-04 beside 13/04/2022"):
        read(text)


def test_a_time_of_day_is_no_day():
    text = "date,time,mouse,group,volume\n" + "".join(
        f"2022-03-{day},09:31,m{n},{arm_of(n)},{100 + n}\n" for n in range(6) for day in (14, 18)
    )
    assert sorted(read(text).measurements["day"].unique()) == [0, 4]


def test_tag_beside_a_mouse_number_is_the_day_and_alone_an_ear_tag():
    rows = [(n, day) for n in range(6) for day in (0, 4)]
    german = "Maus-Nr;Gruppe;Tag;Volumen\n"
    german += "".join(f"{n};{arm_of(n)};{day};{100 + n}\n" for n, day in rows)
    assert sorted(read(german).measurements["day"].unique()) == [0, 4]
    english = "tag,group,day,volume\n"
    english += "".join(f"{n},{arm_of(n)},{day},{100 + n}\n" for n, day in rows)
    assert read(english).mice["mouse"].tolist() == list("012345")


DATED = ["{}02 Mar 2026", "{}05 Mar 2026", "{}09 Mar 2026"]


@pytest.mark.parametrize("days", [("Mon ", "Thu ", "Mon "), ("Monday, ", "Thursday, ", "Monday, ")])
@pytest.mark.parametrize("where", ["header", "cells"])
def test_the_day_of_the_week_beside_a_date_is_left_out(days, where):
    dates = [date.format(day) for date, day in zip(DATED, days, strict=True)]
    if where == "header":
        study = read(wide([f'"{date}"' for date in dates]))
    else:
        rows = (f'm1,a,"{date}",{100 + n}\n' for n, date in enumerate(dates))
        study = read("mouse,arm,date,volume\n" + "".join(rows))
    assert sorted(study.readings["day"].unique()) == [0, 3, 7]


def test_sas_dates_are_read():
    study = read(wide(["02MAR2026", "05MAR2026"]))
    assert sorted(study.readings["day"].unique()) == [0, 3]
    study = read(wide(["Day 0 - 02Mar2026", "Day 3 - 05Mar2026"]))
    assert sorted(study.readings["day"].unique()) == [0, 3]


@pytest.mark.parametrize("where", ["header", "cells"])
def test_a_day_of_the_week_leaves_the_order_of_day_and_month_open(where):
    dates = ["Mon 3/2/26", "Thu 3/5/26"]
    rows = (f"m1,a,{date},{100 + n}\n" for n, date in enumerate(dates))
    text = wide(dates) if where == "header" else "mouse,arm,date,volume\n" + "".join(rows)
    with pytest.raises(InputError, match="may begin with the day or the month"):
        read(text)
