"""Days that are words, lack a year or were exchanged by a spreadsheet."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenotrack.errors import InputError

from .readings import few
from .sheets import finding_of, read, rules_of
from .test_join import study_of


def wide(names, cells="100,150,200"):
    return read(f"arm,mouse,{names}\nveh,1,{cells}\ndrug,2,{cells}\n")


def long(days, header="date"):
    rows = "".join(f"{m},{a},{day},100\n" for m, a in (("1", "veh"), ("2", "drug")) for day in days)
    return read(f"mouse,arm,{header},volume\n{rows}")


def days_of(study):
    return sorted(study.measurements["day"].unique())


@pytest.mark.parametrize(
    "names", ["Baseline,Week 1,Week 2", "Pre,D7,D14", "BL,7,14", "pre-treatment,Day 7,Day 14"]
)
def test_a_column_of_baselines_is_day_0_with_one_finding(names):
    study = wide(names)
    assert days_of(study) == [0, 7, 14]
    assert repr(names.split(",")[0]) in finding_of(study, "baseline-is-day-zero").seen
    assert "columns-not-used" not in rules_of(study)


@pytest.mark.parametrize(
    ("volume", "weight"),
    [
        ("Baseline,D3,D7", "BW Baseline,BW D3,BW D7"),
        ("Pre,Day 3,Day 7", "Weight Pre,Weight day 3,Weight day 7"),
        ("BL,3,7", "BW_BL,BW_3,BW_7"),
        ("Baseline,D3,D7", "BW pre,BW D3,BW D7"),
        ("Day 0 (baseline),D3,D7", "BW D0,BW D3,BW D7"),
        ("D0 baseline,D3,D7", "BW D0,BW D3,BW D7"),
        ("TV Baseline,TV D3,TV D7", "BW Baseline,BW D3,BW D7"),
        ("Pre-treatment,Week 1,Week 2", "BW Pre-treatment,BW Week 1,BW Week 2"),
        ("Randomization,D3,D7", "Randomization BW,D3 BW,D7 BW"),
    ],
)
def test_a_baseline_beside_columns_of_weights_is_day_0(volume, weight):
    study = wide(f"{volume},{weight}", "100,150,200,20,21,22")
    weeks = "Week" in volume
    assert days_of(study) == ([0, 7, 14] if weeks else [0, 3, 7])
    rows = study.measurements[["volume_mm3", "body_weight_g"]].to_numpy().tolist()
    assert rows == [[100, 20], [150, 21], [200, 22]] * 2
    assert "columns-not-used" not in rules_of(study)


@pytest.mark.parametrize(
    "text",
    [
        "arm,mouse,Baseline,Baseline,D3,D3\nveh,1,8,6,9,7\ndrug,2,8,6,9,7\n",
        "arm,mouse,Baseline L,Baseline W,D3 L,D3 W\nveh,1,8,6,9,7\ndrug,2,8,6,9,7\n",
        "arm,mouse,Pre,,D3,\n,,L,W,L,W\nveh,1,8,6,9,7\ndrug,2,8,6,9,7\n",
        "arm,mouse,Baseline,D3\nveh,1,8 x 6,9 x 7\ndrug,2,8 x 6,9 x 7\n",
        "Day,veh,veh,drug\nBaseline,144,144,144\n3,220.5,220.5,220.5\n",
    ],
)
def test_a_baseline_is_day_0_in_every_layout(text):
    study = read(text)
    assert days_of(study) == [0, 3]
    assert set(study.measurements["volume_mm3"]) == {144, 220.5}
    assert finding_of(study, "baseline-is-day-zero")


def test_weights_at_baseline_on_a_sheet_of_their_own_are_of_day_0(tmp_path):
    rows = "veh,1,100,150\ndrug,2,100,150\n"
    study = study_of(
        tmp_path,
        tumours=f"arm,mouse,Baseline,D3\n{rows}",
        weights=f"arm,mouse,Baseline,D3\n{rows}".replace("100,150", "20,21"),
    )
    assert study.measurements["body_weight_g"].tolist() == [20, 21] * 2
    assert days_of(study) == [0, 3]


def test_a_baseline_beside_day_0_is_named_and_not_read():
    study = wide("Baseline,Day 0,Day 7")
    assert days_of(study) == [0, 7]
    assert "'Baseline'" in finding_of(study, "columns-not-used").seen


@pytest.mark.parametrize("names", ["Baseline,2024-01-01,2024-01-08", "Baseline,Day -3,Day 7"])
def test_a_baseline_whose_day_cannot_be_told_is_asked_about(names):
    with pytest.raises(InputError, match="on which day were the readings called 'Baseline' taken"):
        wide(names)


def test_a_row_of_the_day_baseline_is_day_0():
    study = long(["baseline", "4", "7"], "day")
    assert days_of(study) == [0, 4, 7]
    assert finding_of(study, "baseline-is-day-zero")
    with pytest.raises(InputError, match="on which day"):
        long(["baseline", "0", "7"], "day")


@pytest.mark.parametrize(
    "names",
    [
        "14-Mar,21-Mar,4-Apr",
        "14.03.,21.03.,04.04.",
        "14. März,21. März,4. April",
        "March 14,March 21,April 4",
    ],
)
def test_dates_without_a_year_count_the_days_between_them(names):
    for study in (wide(names), long(names.split(","))):
        assert days_of(study) == [0, 7, 21]
        assert names.split(",")[0] in finding_of(study, "dates-without-year").seen


def test_measures_of_dates_without_a_year_are_read():
    study = wide("14-Mar L,14-Mar W,21-Mar L,21-Mar W", "7,5,8,6")
    assert days_of(study) == [0, 7]


@pytest.mark.parametrize(
    ("dates", "why"),
    [
        ("20-Dec,3-Jan,10-Jan", "two years"),
        ("20-Feb,28-Feb,5-Mar", "29 February"),
        ("22-Mar,22-Apr,22-May", "month of a year"),
    ],
)
def test_dates_without_a_year_that_may_mean_other_days_are_asked_about(dates, why):
    with pytest.raises(InputError, match=why):
        wide(dates)


def test_dates_of_one_arm_without_a_year_are_asked_about():
    with pytest.raises(InputError, match="one arm"):
        read("mouse,arm,date,volume\n1,veh,14-Mar,100\n1,veh,21-Mar,150\n")


@few
@given(st.dates(datetime.date(2023, 3, 1), datetime.date(2023, 8, 1)), st.integers(1, 30))
def test_dates_without_a_year_are_as_far_apart_as_with_one(first, gap):
    dates = [first, first + datetime.timedelta(gap), first + datetime.timedelta(gap + 40)]
    study = wide(",".join(f"{date.day}.{date.month}." for date in dates))
    assert days_of(study) == [0, gap, gap + 40]


@pytest.mark.parametrize(
    "dates",
    [
        ["2022-10-04", "13/04/2022", "16/04/2022"],
        ["2022-04-10 00:00:00", "04/13/2022", "04/16/2022"],
    ],
)
def test_dates_of_which_a_spreadsheet_exchanged_some_are_refused_with_their_cells(dates):
    with pytest.raises(InputError, match=r"other order of day and month .* \(cells 2, 5\)"):
        long(dates)
    with pytest.raises(InputError, match="other order of day and month"):
        wide(",".join(dates))


def test_dates_written_in_two_ways_that_no_spreadsheet_exchanged_are_read():
    assert days_of(long(["2022-04-13", "16/04/2022", "20/04/2022"])) == [0, 3, 7]


@pytest.mark.parametrize("names", ["20220314,20220321,20220404", "220314,220321,220404"])
def test_digits_alone_are_dates(names):
    assert days_of(wide(names)) == [0, 7, 21]
    assert days_of(long(names.split(","))) == [0, 7, 21]


def test_six_digits_that_may_be_two_dates_are_asked_about():
    with pytest.raises(InputError, match='date_order = "day"    # or "month"'):
        long(["100211", "110211"])
    assert days_of(long(["140322", "210322", "040422"])) == [0, 7, 21]


def test_a_number_of_five_digits_is_a_date_of_a_spreadsheet():
    assert days_of(wide("44634,44641,44655")) == [0, 7, 21]


def test_digits_that_are_in_no_calendar_are_no_date():
    assert "not-a-day" in rules_of(long(["20220314", "20221314", "20220321"]))


@pytest.mark.parametrize(
    "dates",
    [
        ["14. März 2022", "21. März 2022", "4. April 2022"],
        ["14 mars 2022", "21 mars 2022", "4 avril 2022"],
        ["14-Mrz-22", "21-Mrz-22", "4-Apr-22"],
        ["Sept 1, 2022", "Sept 8, 2022", "Sept 22, 2022"],
    ],
)
def test_months_of_neighbours_are_read(dates):
    rows = "".join(f"1;veh;{day};100\n2;drug;{day};90\n" for day in dates)
    assert days_of(read(f"mouse;arm;date;volume\n{rows}")) == [0, 7, 21]


@pytest.mark.parametrize(
    "names",
    [
        "Day 0 (3/14/22),Day 7 (3/21/22),Day 21 (4/4/22)",
        "D0 3/14,D7 3/21,D21 4/4",
        "3/14/22 (Day 0),3/21/22 (Day 7),4/4/22 (Day 21)",
        "2022-03-14 - d0,2022-03-21 - d7,2022-04-04 - d21",
        "14-Mar (0),21-Mar (7),4-Apr (21)",
        # The days beside them tell whether the day or the month comes first.
        "02/01/2024 (Day 0),09/01/2024 (Day 7),23/01/2024 (Day 21)",
        "01/02/2024 (Day 0),01/09/2024 (Day 7),01/23/2024 (Day 21)",
        "D0 01/02/2024,D7 08/02/2024,D21 22/02/2024",
    ],
)
def test_a_date_beside_the_day_of_a_name_leaves_it_a_day(names):
    study = wide(names)
    assert days_of(study) == [0, 7, 21]
    assert "date-and-day-disagree" not in rules_of(study)


def test_a_date_beside_a_day_that_does_not_agree_is_named():
    found = finding_of(
        wide("Day 0 (3/14/22),Day 7 (3/22/22),Day 21 (4/4/22)"), "date-and-day-disagree"
    )
    assert found.seen.startswith("Day 7 stands beside 3/22/22, 1 days")
    found = finding_of(
        wide("3/1/22 (Day 0),10/1/22 (Day 7),1/24/22 (Day 21)"), "date-and-day-disagree"
    )
    assert "which is no date in the order of the others" in found.seen


def test_a_number_of_mice_in_brackets_is_no_date_of_a_day():
    assert days_of(wide("Day 0 (n=5),Day 7 (n=5),Day 21 (n=4)")) == [0, 7, 21]


LONG = "Mouse,Group,{},Volume\n"


@pytest.mark.parametrize("form", ["C{}D{}", "Cycle {} Day {}", "C{:02} D{:02}", "c{}-d{}"])
def test_days_of_cycles_are_asked_for_in_any_layout(form):
    names = [form.format(cycle, day) for cycle, day in ((1, 1), (1, 15), (2, 8))]
    rows = [f"{m},{arm},{day},100" for m, arm in ((1, "V"), (2, "A")) for day in names]
    wide = f"Mouse,Group,{','.join(names)}\n1,V,100,110,120\n2,A,100,90,80\n"
    for text in (LONG.format("Day") + "\n".join(rows) + "\n", wide):
        with pytest.raises(InputError, match=f"{names[2]} is day 35 where a cycle has 28 days"):
            read(text)


@pytest.mark.parametrize(("days", "read_as"), [((1, 15, 8), None), ((1, 15, 29), [1, 15, 29])])
def test_a_column_of_cycles_matters_where_it_begins_the_days_anew(days, read_as):
    rows = [
        f"{mouse},{arm},{cycle},{day},100"
        for mouse, arm in ((1, "V"), (2, "A"))
        for cycle, day in zip((1, 1, 2), days, strict=True)
    ]
    text = LONG.format("Cycle,Day") + "\n".join(rows) + "\n"
    if read_as is None:
        with pytest.raises(InputError, match="C2D8 is day 35"):
            read(text)
    else:
        assert sorted(read(text).measurements["day"].unique()) == read_as


@pytest.mark.parametrize("head", ["Day", "Timepoint", "Time"])
def test_times_in_cells_are_days_as_in_heads_unless_they_count_visits(head):
    rows = [f"{m},{arm},{{}},100\n" for m, arm in ((1, "V"), (2, "A"))]
    text = LONG.format(head) + "".join(row.format(t) for t in ("T0", "T3", "t7") for row in rows)
    assert sorted(read(text).measurements["day"].unique()) == [0, 3, 7]
    visits = LONG.format(head) + "".join(row.format(t) for t in ("T1", "T2", "T3") for row in rows)
    with pytest.raises(InputError, match="days or visits"):
        read(visits)


@pytest.mark.parametrize(
    ("days", "refused"),
    [("25,28,1,4", True), ("28,31,3,7", True), ("14,11,7,0", False), ("0,7,14,3", False),
     ("25,28,32,35", False)],
)  # fmt: skip
def test_days_that_fall_as_from_month_to_month_are_asked_for(days, refused):
    text = f"Mouse,Group,{days}\n1,V,100,110,120,130\n2,A,100,99,98,97\n"
    if refused:
        with pytest.raises(InputError, match="of months"):
            read(text)
    else:
        assert sorted(read(text).measurements["day"].unique()) == sorted(map(int, days.split(",")))
    worded = text.replace(days, ",".join(f"Day {day}" for day in days.split(",")))
    assert len(read(worded).measurements) == 8
