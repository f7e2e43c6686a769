"""Tables of times to an event are refused as such; sheets of readings with an event are not."""

import pytest

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_studies

MICE = [
    (f"{arm[0]}{n}", arm, 10 + 3 * n, n % 3 > 0) for arm in ("Vehicle", "Drug") for n in range(6)
]
HEADS = {
    "mouse,arm,time,event,left,right": lambda m, a, d, e: f"{m},{a},{d},{e:d},{d - 3},{d}",
    "Mouse ID,Group,Survival (days),Status": lambda m, a, d, e: (
        f"{m},{a},{d},{'dead' if e else 'censored'}"
    ),
    "Animal,Group,Day,Progressed": lambda m, a, d, e: f"{m},{a},{d},{'yes' if e else 'no'}",
    "Animal,Group,Baseline volume,Day,Censored": lambda m, a, d, e: f"{m},{a},118,{d},{1 - e}",
}


def written(folder, head, rows):
    path = folder / "sheet.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return str(path)


@pytest.mark.parametrize("head", HEADS)
def test_times_are_no_readings(tmp_path, head):
    sheet = written(tmp_path, head, [HEADS[head](*mouse) for mouse in MICE])
    with pytest.raises(InputError, match="is a table of times, not of readings"):
        read_studies(sheet)


def test_a_first_visit_that_says_who_is_alive_is_of_readings(tmp_path):
    rows = [f"{mouse},{arm},0,{100 + day},alive" for mouse, arm, day, _ in MICE]
    (study,) = read_studies(written(tmp_path, "mouse,arm,day,volume_mm3,status", rows))
    assert len(study.readings) == len(MICE)


def test_days_beside_a_status_are_of_readings(tmp_path):
    rows = [f"{mouse},{arm},dead,100,{100 + 9 * day}" for mouse, arm, day, _ in MICE]
    (study,) = read_studies(written(tmp_path, "mouse,arm,status,Day 0,Day 7", rows))
    assert len(study.readings) == 2 * len(MICE)
