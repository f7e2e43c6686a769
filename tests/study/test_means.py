"""Tables of means: told in one sentence, and no sheet of mice is taken for one."""

import pytest

from xenotrack.errors import InputError

from .sheets import read

DAYS = (0, 4, 8, 12)
GROWTH = {"Vehicle": 1.12, "Drug": 1.05, "Combo": 1.01}


def mean(arm, day):
    return f"{100 * GROWTH[arm] ** day:.1f}"


def text(*rows):
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def wide(*, count="n", last=False):
    rows = [["Group", count, *(f"Day {day}" for day in DAYS)]]
    rows += [[arm, 8, *(mean(arm, day) for day in DAYS)] for arm in GROWTH]
    return text(*([row[0], *row[2:], row[1]] if last else row for row in rows))


def by_statistic(head):
    rows = [["Group", head, *(f"Day {day}" for day in DAYS)]]
    for arm in GROWTH:
        rows += [[arm, "Mean", *(mean(arm, day) for day in DAYS)]]
        rows += [[arm, "SEM", 9, 14, 25, 40], [arm, "N", 8, 8, 8, 7]]
    return text(*rows)


def long(*names):
    rows = [["Group", "Day", *names]]
    values = {"n": 8, "N mice": 8, "SEM": 9.5, "SD": 20.1}
    for arm in GROWTH:
        rows += [[arm, d, *(values.get(name, mean(arm, d)) for name in names)] for d in DAYS]
    return text(*rows)


def beside(count):
    rows = [["Day", *(name for arm in GROWTH for name in (arm, count))]]
    return text(*rows, *([d, *(v for arm in GROWTH for v in (mean(arm, d), 8))] for d in DAYS))


TABLES = {
    "n": wide(),
    "N last": wide(count="N", last=True),
    "No. of mice": wide(count="No. of mice"),
    "Statistic": by_statistic("Statistic"),
    "a column of any name": by_statistic("Value of"),
    "mean and SEM": long("Mean", "SEM"),
    "n, mean and SD": long("N mice", "Mean TV", "SD"),
    "n beside each": beside("n"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_means_is_told_in_one_sentence(name):
    with pytest.raises(InputError, match="is a table of means, not of mice: ") as refused:
        read(TABLES[name])
    assert "\n" not in str(refused.value)


def mice(head, number):
    rows = [["Group", head, *(f"Day {day}" for day in DAYS)]]
    for arm in GROWTH:
        for place in range(3):
            own = [f"{float(mean(arm, day)) + 3 * place:.1f}" for day in DAYS]
            rows.append([arm, number(arm, place), *own])
    return text(*rows)


SHEETS = {
    "statistics below mice": mice("Mouse", lambda arm, place: f"{arm[0]}{place}")
    + "Combo,Mean,103,115,140,180\n",
    "numbers of mice": mice("No", lambda arm, place: place + 1),
    "a mouse's n": mice("Animal", lambda arm, place: "NRL"[place]),
    "mice below a merged arm": text(
        ["Day", "Vehicle", "", "", "n", "Drug", "", "", "n"],
        *([d, 100 + d, 101 + d, 99 + 2 * d, 3, 100, 103, 90 + d, 3] for d in DAYS),
    ),
}


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_of_mice_is_no_table_of_means(name):
    study = read(SHEETS[name])
    assert len(study.mice) >= 6
    assert "n" not in study.design.arm_names
    assert study.measurements["volume_mm3"].min() > 50
