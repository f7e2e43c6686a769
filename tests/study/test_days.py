import pytest

from xenotrack.errors import InputError

from .sheets import finding_of, read, rules_of


def days(texts, header="day", options=None, **how):
    text = f"mouse;arm;{header};volume\n" + "".join(
        f"m1;a;{day};{100 + n}\n" for n, day in enumerate(texts)
    )
    study = read(text, options, **how)
    return study.measurements["day"].tolist(), study


@pytest.mark.parametrize(
    ("texts", "meant"),
    [
        (["0", "3.5", "-7"], [-7, 0, 3.5]),
        (["day 0", "Day 7", "d10"], [0, 7, 10]),
        (["D0", "D_7", "10 days"], [0, 7, 10]),
        (["week 1", "wk2", "W3"], [7, 14, 21]),
        (["Week 1 Day 1", "Wk2 D3"], [1, 10]),
        (["Day 0 of treatment", "Day 7 post-Rx", "14*"], [0, 7, 14]),
        (["Day 0 - 02Mar2026", "Day 3 (05/03/2026)"], [0, 3]),
    ],
)
def test_days_are_read_as_people_write_them(texts, meant):
    assert days(texts)[0] == meant


def test_a_column_of_weeks_counts_seven_days_each():
    assert days(["0", "1", "2"], "Week")[0] == [0, 7, 14]
    assert days(["0", "1", "2"], "Time (weeks)")[0] == [0, 7, 14]


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-31", "2024-02-03", "2024-02-07"],
        ["2024/1/31", "2024/2/3", "2024/2/7"],
        ["31/01/2024", "03/02/2024", "07/02/2024"],
        ["1/31/24", "2/3/24", "2/7/24"],
        ["31.1.2024", "3.2.2024", "7.2.2024"],
        ["31-Jan-2024", "3-Feb-2024", "7-Feb-2024"],
        ["Jan 31, 2024", "Feb 3, 2024", "Feb 7, 2024"],
        ["45322", "45325", "45329"],
    ],
)
def test_dates_become_days_since_the_first_reading_with_a_finding(texts):
    found, study = days(texts, "date")
    assert found == [0, 3, 7]
    assert "2024-01-31" in finding_of(study, "day-zero-assumed").seen


def test_dates_are_counted_from_the_declared_day_zero():
    found, study = days(["2024-01-31", "2024-02-03"], options={"study": {"day_zero": "2024-02-01"}})
    assert found == [-1, 2]
    assert "day-zero-assumed" not in rules_of(study)


def test_a_date_that_may_begin_with_day_or_month_is_asked_about():
    texts = ["03/02/2024", "07/02/2024"]
    with pytest.raises(InputError, match="date_order"):
        days(texts)
    assert days(texts, options={"study": {"date_order": "day"}})[0] == [0, 4]
    assert days(texts, options={"study": {"date_order": "month"}})[0] == [0, 122]


def test_dates_in_two_orders_are_asked_about():
    with pytest.raises(InputError, match="mix orders"):
        days(["31/01/2024", "02/25/2024"])


def test_day_zero_first_is_the_first_reading():
    assert days(["33", "36"], options={"study": {"day_zero": "first"}})[0] == [0, 3]
    assert days(["33", "36"], options={"study": {"day_zero": 34}})[0] == [-1, 2]


def test_a_row_without_a_usable_day_is_named_and_left_out():
    found, study = days(["0", "soon", "7", ""])
    assert found == [0, 7]
    assert [f.cell for f in study.findings if f.rule == "not-a-day"] == ["3", "5"]


def test_days_mixed_with_dates_are_an_error():
    found, study = days(["0", "3", "2024-01-31"])
    assert found == [0, 3]
    assert finding_of(study, "days-and-dates").severity == "error"


def test_a_date_for_day_zero_of_a_sheet_of_days_is_an_error():
    _, study = days(["0", "3"], options={"study": {"day_zero": "2024-01-31"}})
    assert [finding.rule for finding in study.errors] == ["day-zero-is-a-date"]


def test_a_day_that_is_in_no_calendar_is_no_day():
    _, study = days(["2024-02-30", "2024-02-01"])
    assert "not-a-day" in rules_of(study)


def test_dates_with_points_begin_with_the_day_whatever_the_others_do():
    assert days(["1.2.2024", "3.2.2024"], options={"study": {"date_order": "month"}})[0] == [0, 2]


@pytest.mark.parametrize(
    ("first", "second"),
    [("2024年3月4日", "2024年3月11日"), ("2024年03月04日(月)", "2024年03月11日(月)"),
     ("2024년 3월 4일", "2024년 3월 11일")],
)  # fmt: skip
def test_dates_are_read_as_they_are_written_in_east_asia(first, second):
    rows = [f"m{n},{arm},{day},100" for n, arm in ((1, "V"), (2, "A")) for day in (first, second)]
    study = read("mouse,arm,date,volume\n" + "\n".join(rows) + "\n")
    assert sorted(study.measurements["day"].unique()) == [0, 7]


@pytest.mark.parametrize("head", ["Tx start", "First dose date", "Behandlungsbeginn", "投与開始日"])
def test_each_mouse_begins_on_the_day_of_its_own_start(head):
    rows = [
        f"m{n},{arm},2024-03-{1 + n:02},2024-03-{1 + n + day:02},100"
        for n, arm in ((1, "V"), (2, "V"), (3, "A"), (4, "A"))
        for day in (0, 7)
    ]
    study = read(f"mouse,arm,{head},date,volume\n" + "\n".join(rows) + "\n")
    assert sorted(study.measurements["day"].unique()) == [0, 7]
