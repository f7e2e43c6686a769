import pytest

from .sheets import HEADER, finding_of, read, rules_of, sheet


def test_the_same_reading_twice_is_one(clean):
    study = read(sheet([*clean, clean[4]]))
    found = finding_of(study, "reading-twice")
    assert (found.severity, found.cell) == ("warning", "26")
    assert "rows 6, 26 are the same" in found.seen
    assert len(study.measurements) == 24


def test_a_blank_beside_a_value_gives_way(clean):
    blank = [*clean[4][:3], ""]
    study = read(sheet([blank, *clean]))
    assert "complete each other" in finding_of(study, "reading-twice").seen
    assert study.measurements["volume_mm3"].notna().all()


def test_rows_that_contradict_each_other_are_an_error_with_both(clean):
    other = [*clean[4][:3], "999"]
    found = finding_of(read(sheet([*clean, other])), "duplicates-conflict")
    assert found.severity == "error"
    assert "rows 6, 26 say volume_mm3 101 and 999" in found.seen


def test_two_tumours_of_one_mouse_are_two_rows_a_day_and_one_burden():
    text = "mouse,site,arm,day,volume\n" + "".join(
        f"m1,{site},a,{day},{volume}\n"
        for site, day, volume in [("L", 0, 100), ("R", 0, 50), ("L", 3, 110), ("R", 3, "")]
    )
    study = read(text)
    assert not study.errors
    assert len(study.measurements) == 4
    assert study.readings[["day", "volume_mm3"]].to_numpy().tolist() == [[0, 150]]


def test_weight_and_volume_on_rows_of_their_own_make_one():
    text = "mouse,arm,day,volume,weight\nm1,a,0,100,\nm1,a,0,,21\nm1,a,3,110,20\n"
    row = read(text).measurements.iloc[0]
    assert (row["volume_mm3"], row["body_weight_g"]) == (100, 21)


def test_readings_of_three_rows_are_compared_all():
    study = read(HEADER + "m1,a,0,100\nm1,a,0,100\nm1,a,0,120\nm1,a,3,110\n")
    assert "say volume_mm3 100 and 100 and 120" in finding_of(study, "duplicates-conflict").seen
    assert rules_of(study).count("duplicates-conflict") == 1


def test_a_day_on_which_a_known_tumour_was_not_measured_has_no_burden():
    rows = [("L", 0, 100), ("L", 3, 110), ("L", 7, 120), ("R", 3, 50), ("R", 10, 60)]
    text = "mouse,site,arm,day,volume\n" + "".join(f"m1,{s},a,{d},{v}\n" for s, d, v in rows)
    assert read(text).readings[["day", "volume_mm3"]].to_numpy().tolist() == [[0, 100], [3, 160]]


def repeated(days=(0, 4, 8), n=3, spread=4):
    rows = [
        f"m{m},{'ab'[m % 2]},{day},{100 + 10 * day + spread * (k - 1)}\n"
        for m in range(6)
        for day in days
        for k in range(n)
    ]
    return "mouse,arm,day,volume\n" + "".join(rows)


def test_repeated_readings_are_one_question_and_their_mean_where_it_is_declared():
    study = read(repeated())
    assert [one.rule for one in study.errors] == ["readings-repeated"]
    assert 'replicates = "mean"' in study.errors[0].proposal
    mean = read(repeated(), {"study": {"replicates": "mean"}})
    assert not mean.errors
    assert mean.measurements["volume_mm3"].tolist() == [100, 140, 180] * 6
    assert "replicates-averaged" in rules_of(mean)


def test_a_few_conflicts_are_no_habit_of_the_sheet():
    text = repeated(n=1) + "m1,b,4,300\n"
    assert [one.rule for one in read(text).errors] == ["duplicates-conflict"]
    declared = read(text, {"study": {"replicates": "mean"}})
    assert declared.measurements.query("mouse == 'm1' and day == 4")["volume_mm3"].item() > 200


def test_every_row_twice_is_no_replicate():
    assert not read(repeated(n=2, spread=0)).errors


@pytest.mark.parametrize("head", ["Model", "Model ID"])
def test_mice_numbered_anew_in_each_model_are_asked_about_by_its_name(head):
    rows = [
        f"{line},{mouse},{'V' if mouse < 3 else 'A'},{day},{volume + mouse + day}"
        for line, volume in (("T47D", 100), ("MCF7", 150))
        for mouse in (1, 2, 3, 4)
        for day in (0, 4, 8)
    ]
    text = f"{head},Mouse,Group,Day,Volume\n" + "\n".join(rows) + "\n"
    found = finding_of(read(text), "readings-repeated")
    assert f'say `line = "{head}"` under [columns]' in found.proposal
    options = {"columns": {"line": head}, "study": {"select": "T47D"}}
    assert len(read(text, options).measurements) == 12
