"""A row of dates above the row of days."""

from hypothesis import given

from .readings import DAYS, arm_of, few, long_of, numbers_of, volumes, written
from .sheets import finding_of, read, rules_of

CALENDAR = (
    "Group Name,Group 1,,2011-03-28,2011-03-29,2011-03-30,2011-04-01\n"
    "Group,Ear Tag,Cage #,4,5,6,8\n"
    "ctl,11,A,0,0,35,60\nctl,12,A,0,20,50,90\ntrt,21,B,0,15,,\n"
)


def test_days_are_read_and_their_dates_are_part_of_the_header():
    study = read(CALENDAR)
    assert study.layout == "calendar"
    assert sorted(study.measurements["day"].unique()) == [4, 5, 6, 8]
    assert "lines-above-header" not in rules_of(study)
    assert "date-and-day-disagree" not in rules_of(study)
    assert len(study.measurements) == 10


def test_a_date_that_does_not_agree_with_its_day_is_named():
    found = finding_of(read(CALENDAR.replace("2011-03-30", "2011-03-31")), "date-and-day-disagree")
    assert found.seen.startswith("Day 6 stands beside 2011-03-31, 1 days")


def test_a_title_above_the_days_leaves_the_sheet_wide():
    study = read("Study of 2011-03-28,,\n" + CALENDAR.split("\n", 1)[1])
    assert study.layout == "wide"
    assert "lines-above-header" in rules_of(study)


@few
@given(volumes)
def test_volumes_laid_under_dates_and_days_come_back(grid):
    dates = ",".join(f"2011-03-{1 + day:02}" for day in DAYS)
    lines = [
        ",".join([arm_of(number), f"m{number}", *map(written, values)])
        for number, values in enumerate(grid)
    ]
    study = read("\n".join([f"x,,{dates}", f"arm,mouse,{','.join(map(str, DAYS))}", *lines]))
    assert study.layout == "calendar"
    assert numbers_of(study) == long_of(grid)
