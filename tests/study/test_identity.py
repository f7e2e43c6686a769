import pytest

from xenotrack.errors import InputError

from .sheets import HEADER, finding_of, read, rules_of, sheet


def test_a_clean_sheet_has_no_finding_but_that_mice_leave_together(clean):
    assert rules_of(read(sheet(clean))) == []


def test_mice_are_sorted_as_people_count(clean):
    rows = [[row[0].replace("m1", "m10"), *row[1:]] for row in clean]
    assert read(sheet(rows)).mice["mouse"].tolist() == ["m0", "m2", "m10", "m3", "m4", "m5"]


def test_arms_stand_in_order_of_appearance_or_as_declared(clean):
    assert read(sheet(clean)).design.arm_names == ("vehicle", "drug")
    arms = {"drug": ["X"], "vehicle": []}
    study = read(sheet(clean), {"arms": arms})
    assert study.design.arm_names == ("drug", "vehicle")
    assert study.design.drugs_of("drug") == {"X"}
    assert study.measurements["arm"].iloc[0] == "drug"


def test_an_arm_missing_from_the_declared_ones_is_an_error(clean):
    study = read(sheet(clean), {"arms": {"vehicle": [], "drugs": ["X"]}})
    found = finding_of(study, "arm-not-declared")
    assert found.severity == "error"
    assert "'drugs'" in found.proposal
    assert finding_of(study, "arm-without-mice").severity == "warning"


def test_names_that_differ_only_in_case_or_quotes_are_two_arms_with_a_finding(clean):
    for row in clean[12:16]:
        row[1] = "Drug "
    clean[20][1] = clean[21][1] = clean[22][1] = clean[23][1] = "drug'"
    study = read(sheet(clean))
    assert study.design.arm_names == ("vehicle", "Drug", "drug", "drug'")
    assert rules_of(study).count("arm-split") == 2


def test_doses_are_not_one_arm_written_twice(clean):
    rows = [[m, a if a == "vehicle" else f"A {'2.25' if m == 'm3' else '22.5'}", d, v]
            for m, a, d, v in clean]  # fmt: skip
    assert "arm-split" not in rules_of(read(sheet(rows)))


def test_one_mouse_in_two_arms_on_one_day_is_an_error(clean):
    rows = [*clean, ["m0", "drug", "3", "99"]]
    found = finding_of(read(sheet(rows)), "mouse-in-two-arms")
    assert (found.severity, found.cell, found.mouse) == ("error", "26", "m0")
    assert "on the same day" in found.seen


def test_mouse_ids_by_arm_make_two_mice_of_one_number(clean):
    rows = [["m" + str(int(m[1:]) % 3), a, d, v] for m, a, d, v in clean]
    assert [found.rule for found in read(sheet(rows)).errors] == ["mouse-in-two-arms"]
    study = read(sheet(rows), {"study": {"mouse_ids": "arm"}})
    assert not study.errors
    assert len(study.mice) == 6


def test_one_mouse_in_two_arms_on_different_days_is_an_error_with_both_ways_out():
    text = HEADER + "m1,a,0,100\nm1,a,3,110\nm1,b,7,120\nm1,b,10,130\n"
    found = finding_of(read(text), "mouse-in-two-arms")
    assert found.severity == "error"
    assert "--phase" in found.proposal
    assert "mouse_ids" in found.proposal


def test_phases_are_chosen_not_guessed():
    rows = "m1,a,one,0,100\nm1,a,one,3,110\nm1,b,two,7,120\nm1,b,two,9,130\n"
    text = "mouse,arm,phase,day,volume\n" + rows
    with pytest.raises(InputError, match=r"one \(a\); two \(b\)"):
        read(text)
    study = read(text, {"study": {"phase": "two", "day_zero": "first"}})
    assert not study.errors
    assert study.design.arm_names == ("b",)
    assert study.measurements["day"].tolist() == [0, 2]
    assert finding_of(study, "phase-left-out").cell == "2-3"


CAGED = "cage,tag,arm,day,volume\n"


def test_names_read_in_two_cages_at_a_time_are_two_mice():
    rows = "c1,L,a,0,100\nc1,L,a,3,110\nc2,L,b,0,90\nc2,L,b,3,95\nc2,R,b,0,95\n"
    study = read(CAGED + rows)
    assert not study.errors
    assert study.mice["mouse"].tolist() == ["c1/L", "c2/L", "c2/R"]
    assert "'L'" in finding_of(study, "names-within-cages").seen


def test_names_read_once_on_one_day_in_two_cages_are_two_mice():
    study = read(CAGED + "c1,L,a,0,100\nc1,R,a,0,110\nc2,L,a,0,90\nc2,R,b,0,95\n")
    assert study.mice["mouse"].tolist() == ["c1/L", "c1/R", "c2/L", "c2/R"]


@pytest.mark.parametrize("moved", ["7", "3"])
def test_a_mouse_that_changed_its_cage_stays_one_mouse(moved):
    rows = "c1,L,a,0,100\nc1,L,a,3,110\nc2,R,b,0,90\n"
    study = read(f"{CAGED}{rows}c3,L,a,{moved},110\nc3,L,a,10,130\n")
    assert study.mice["mouse"].tolist() == ["L", "R"]
    assert finding_of(study, "mouse-changed-cage").severity == "warning"
    assert not study.errors


def test_a_declared_cage_makes_every_name_its_own():
    rows = "c1,L,a,0,100\nc1,L,a,3,110\nc2,L,a,7,90\nc2,R,b,3,95\n"
    study = read(CAGED + rows, {"columns": {"cage": "cage"}})
    assert not study.errors
    assert study.mice["mouse"].tolist() == ["c1/L", "c2/L", "c2/R"]


def test_a_mouse_that_may_have_moved_is_asked_about_where_names_are_within_cages():
    rows = "c1,L,a,0,100\nc1,L,a,3,110\nc2,L,a,0,90\nc2,L,a,3,95\n"
    study = read(f"{CAGED}{rows}c1,R,b,0,90\nc2,R,b,3,95\n")
    found = finding_of(study, "moved-or-two-mice")
    assert (found.severity, found.mouse, found.cell) == ("error", "R", "7")
    assert "[columns]" in found.proposal


def test_a_blank_arm_is_filled_from_the_mouse_with_a_finding(clean):
    clean[1][1] = ""
    study = read(sheet(clean))
    assert finding_of(study, "row-without-arm").severity == "warning"
    assert len(study.measurements) == 24


def test_a_mouse_without_any_arm_is_an_error(clean):
    rows = [*clean, ["m9", "", "0", "99"]]
    found = finding_of(read(sheet(rows)), "row-without-arm")
    assert (found.severity, found.cell) == ("error", "26")


def test_a_reading_without_mouse_is_an_error_and_a_note_a_warning(clean):
    rows = [*clean, ["", "drug", "3", "99"], ["", "checked by AB", "", ""]]
    study = read(sheet(rows))
    assert "" not in set(study.mice["mouse"])
    found = [f for f in study.findings if f.rule == "row-without-mouse"]
    assert [(f.cell, f.severity) for f in found] == [("26", "error"), ("27", "warning")]


def test_a_header_in_the_middle_is_named(clean):
    text = sheet(clean[:12]) + sheet(clean[12:])
    study = read(text)
    assert finding_of(study, "header-repeated").cell == "14"
    assert len(study.measurements) == 24


def test_several_studies_are_chosen_by_name(clean):
    text = sheet([["s1", *r] for r in clean] + [["s2", *r] for r in clean], "study," + HEADER)
    with pytest.raises(InputError, match=r"s1, s2.*--select"):
        read(text)
    study = read(text, {"study": {"select": "s2"}})
    assert study.design.name == "s2"
    assert study.measurements["source"].iloc[0] == "stdin:26"
    with pytest.raises(InputError, match="s1, s2"):
        read(text, {"study": {"select": "s3"}})
    with pytest.raises(InputError, match="no study column"):
        read(sheet(clean), {"study": {"select": "s3"}})


def test_no_drug_beside_a_drug_is_said(clean):
    rows = [[m, "veh + A" if a == "drug" else a, d, v] for m, a, d, v in clean]
    study = read(sheet(rows))
    assert study.design.drugs_of("veh + A") == {"A"}
    assert "no-drug-in-combination" in rules_of(study)


def test_a_control_that_is_no_arm_is_an_error_and_none_a_warning(clean):
    study = read(sheet(clean), {"study": {"control": "vehicel"}})
    assert "Did you mean 'vehicle'" in finding_of(study, "control-not-an-arm").proposal
    rows = [[m, a.replace("vehicle", "None"), d, v] for m, a, d, v in clean]
    assert finding_of(read(sheet(rows)), "no-control").severity == "warning"


WITH_MEANS = (
    "group,mouse,day 0,day 7,day 14\n"
    "A,1,100,120,150\nA,2,110,130,160\nA,Mean,105,125,155\nA,SEM,5,5,5\nA,n,2,2,2\n"
    "B,3,100,90,80\nB,4,105,95,85\nB,Mean,102,92,82\nB,SEM,2,2,2\nB,n,2,2,2\n"
)


def test_rows_of_means_are_no_mice() -> None:
    study = read(WITH_MEANS)
    assert study.mice["mouse"].tolist() == ["1", "2", "3", "4"]
    found = finding_of(study, "row-of-a-summary")
    assert "called Mean, SEM, n are" in found.seen
    assert found.cell == "4-6, 9-11"
    assert not study.errors


def test_a_mouse_called_n_is_a_mouse_where_mice_are_called_by_letters() -> None:
    lines = [line for line in WITH_MEANS.splitlines() if "Mean" not in line and "SEM" not in line]
    text = "\n".join(line for line in lines if not line.startswith("B,n"))
    for number, letter in zip("1234", "lrbx", strict=True):
        text = text.replace(f",{number},1", f",{letter},1")
    study = read(text)
    assert study.mice["mouse"].tolist() == ["l", "n", "r", "b", "x"]
    assert not [each for each in study.findings if each.rule == "row-of-a-summary"]


def test_rows_of_means_may_be_named_in_the_column_of_the_arm() -> None:
    text = WITH_MEANS
    for word in ("Mean", "SEM", "n"):
        text = text.replace(f"A,{word},", f"{word},,").replace(f"B,{word},", f"{word},,")
    study = read(text)
    assert study.mice["mouse"].tolist() == ["1", "2", "3", "4"]
    assert study.design.arm_names == ("A", "B")
    assert not study.errors


def test_many_rows_without_an_arm_are_one_finding():
    lines = "".join(f"x{n},,{day},100\n" for n in range(6) for day in (0, 3))
    study = read("mouse,arm,day,volume\nm1,a,0,100\nm1,,3,110\n" + lines)
    errors = [one for one in study.errors if one.rule == "row-without-arm"]
    assert len(errors) == 1
    assert "12 rows" in errors[0].seen
    assert study.mice["mouse"].tolist() == ["m1"]
    assert len(study.measurements) == 2


def test_the_title_of_a_block_is_no_row_that_lacks_its_mouse(clean):
    rows = [["", "vehicle", "", ""], *clean[:12], ["", "drug", "", ""], *clean[12:]]
    assert "row-without-mouse" not in rules_of(read(sheet(rows)))


@pytest.mark.parametrize(
    ("cage", "ear"), [("Cage", "Ear"), ("Käfig", "Ohrmarke"), ("笼号", "耳号"), ("Cage #", "Mark")]
)
def test_cage_and_ear_name_the_mouse_together_and_a_cage_may_be_written_once(cage, ear):
    rows = [f"{cage},{ear},Group,Day 0,Day 4"]
    for number, arm in ((12, "vehicle"), (13, "drug")):
        rows += [f"{number},L,{arm},100,120", ",R,,101,121", ",N,,102,122"]
    study = read("\n".join(rows) + "\n")
    assert set(study.mice["mouse"]) == {f"{n}/{mark}" for n in (12, 13) for mark in "LRN"}
    assert {"cage-written-once", "arm-written-once"} <= set(rules_of(study))
    assert study.mice.groupby("arm")["mouse"].nunique().tolist() == [3, 3]
