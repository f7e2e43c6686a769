"""Treatment that began on a day of its own for each mouse."""

from .readings import DAYS
from .sheets import finding_of, read, rules_of

STAGGERED = (
    "mouse,arm,date,volume,Treatment_start\n"
    "m1,veh,2024-01-01,100,2024-01-01\nm1,veh,2024-01-04,120,2024-01-01\n"
    "m2,drug,2024-01-05,100,2024-01-08\nm2,drug,2024-01-08,110,\nm2,drug,2024-01-15,90,\n"
)


def days_of(study):
    return study.measurements[["mouse", "day"]].to_numpy().tolist()


def test_dates_are_counted_from_the_start_of_each_mouse():
    study = read(STAGGERED)
    assert days_of(study) == [["m1", 0], ["m1", 3], ["m2", -3], ["m2", 0], ["m2", 7]]
    assert "day-zero-assumed" not in rules_of(study)


def test_a_declared_day_zero_goes_before_the_starts():
    study = read(STAGGERED, {"study": {"day_zero": "2024-01-01"}})
    assert days_of(study)[-1] == ["m2", 14]


def test_a_mouse_without_a_start_counts_from_the_day_zero_of_the_study():
    study = read(STAGGERED + "m3,drug,2024-01-03,100,\n")
    assert "named for m3" in finding_of(study, "no-treatment-start").seen
    assert days_of(study)[-1] == ["m3", 2]


def test_days_are_counted_anew_only_where_that_is_declared():
    text = "mouse,arm,day,volume,Treatment_start\n"
    text += "".join(f"m1,veh,{day},100,3\nm2,drug,{day},90,0\n" for day in DAYS)
    plain = read(text)
    assert sorted(plain.measurements["day"].unique()) == [0, 3, 7]
    assert "treatment-start-not-used" in rules_of(plain)
    declared = read(text, {"columns": {"treatment_start": "Treatment_start"}})
    assert days_of(declared)[:3] == [["m1", -3], ["m1", 0], ["m1", 4]]


def test_flanks_are_counted_from_the_start_of_their_mouse():
    header = "Sample,date,L_vol,R_vol,Treatment_start,Treatment\n"
    study = read(
        header + "a,2024-01-01,10,12,2024-01-04,veh\na,2024-01-04,20,22,2024-01-04,veh\n"
        "b,2024-01-01,10,12,2024-01-01,drug\n"
    )
    assert study.layout == "bilateral"
    assert study.measurements["day"].tolist() == [-3, 0, -3, 0, 0, 0]
