"""Sheets on which a mouse's end stands where its next reading would."""

import pytest

from xenotrack.study.fate_words import fate_of, says_leaving

from .sheets import finding_of, read, rules_of

WIDE = "Mouse,Arm,Day 0,Day 3,Day 7,Day 10\n"
OTHERS = "m8,V,101,151,221,401\nm9,A,97,107,131,149\n"


def fate_and_volumes(text, mouse="m1", rules=None):
    study = read(text, rules)
    rows = study.readings[study.readings["mouse"] == mouse]
    fate = study.mice.set_index("mouse")["fate"][mouse]
    return fate, rows["volume_mm3"].tolist(), study


@pytest.mark.parametrize(
    ("cell", "fate"),
    [
        ("dead", "unknown"),
        ("Sac'd", "unknown"),
        ("†", "unknown"),
        ("euthanised (tumour burden)", "tumor_size"),
        ("Culled - weight loss", "toxicity"),
        ("died after gavage error", None),
        ("dead: gavage error", "technical"),
        ("EOS sac", "end_of_study"),
        ("tot", "unknown"),
        ("安乐死", "unknown"),
    ],
)
def test_a_cell_that_says_how_a_mouse_left_is_its_fate(cell, fate):
    found, volumes, study = fate_and_volumes(f'{WIDE}m1,V,100,150,"{cell}",\n{OTHERS}')
    assert found == (fate or "unknown")
    assert ("fate-not-known" in rules_of(study)) == (fate is None)
    assert volumes == [100, 150]
    assert repr(cell) in finding_of(study, "fate-in-a-reading").seen
    assert "not-a-number" not in rules_of(study)
    assert study.mice.set_index("mouse")["left_day"]["m1"] == 7


@pytest.mark.parametrize(
    "text",
    [
        "mouse,arm,day,volume\nm1,V,0,100\nm1,V,3,150\nm1,V,7,dead\nm1,V,10,dead\nm2,A,0,99\n",
        "mouse,arm,day,length,width\nm1,V,0,6,5.774\nm1,V,3,7,6.547\nm1,V,7,dead,\nm2,A,0,6,5.7\n",
        "Group,V,V,A,A\nMouse,m1,m2,m3,m4\nDay 0,100,99,98,97\nDay 3,150,140,110,120\n"
        "Day 7,dead,211,130,140\nDay 10,dead,300,140,150\n",
        "Mouse,Arm,L0,W0,L3,W3,L7,W7\nm1,V,6,5.774,7,6.547,dead,dead\nm2,A,6,5.7,7,6,7,6.5\n",
        "Mouse,Arm,Day 0,Day 3,Day 7\nm1,V,6 x 5.774,7 x 6.547,dead\nm2,A,6 x 5.7,7 x 6,7 x 6.5\n",
    ],
    ids=["long", "diameters", "column", "dated", "sizes"],
)
def test_it_is_read_in_every_layout_and_once(text):
    found, volumes, study = fate_and_volumes(text)
    assert found == "unknown"
    assert volumes == pytest.approx([100, 150], rel=0.01)
    assert study.mice.set_index("mouse")["left_day"]["m1"] == 7
    assert "(1 mouse: unknown)" in finding_of(study, "fate-in-a-reading").seen


@pytest.mark.parametrize(
    ("cell", "volumes"),
    [
        ("2100 sac", [100, 150, 2100]),
        ("2100sac", [100, 150, 2100]),
        ("2100dead (size)", [100, 150, 2100]),
        ("2 g lost; euth", [100, 150]),
        ("14 d post dose - sac", [100, 150]),
        ("2100 mm3 (culled)", [100, 150, 2100]),
        ('"2100, dead"', [100, 150, 2100]),
        ("0 dead", [100, 150]),
    ],
)
def test_the_number_before_the_words_is_a_reading_unless_it_is_a_zero(cell, volumes):
    _, found, study = fate_and_volumes(f"{WIDE}m1,V,100,150,{cell},\n{OTHERS}")
    assert found == volumes
    assert "below-limit-marks" not in rules_of(study)


@pytest.mark.parametrize(("cell", "left"), [('"2,100 sac"', "2,100"), ("1.5e3 sac", None)])
def test_a_number_that_cannot_be_read_is_no_reading_and_is_named(cell, left):
    found, volumes, study = fate_and_volumes(f"{WIDE}m1,V,100,150,{cell},\n{OTHERS}")
    assert volumes == [100, 150]
    assert found == "unknown"
    named = [finding.seen for finding in study.findings if finding.rule == "not-a-number"]
    assert [left in seen for seen in named] == ([True] if left else [])


@pytest.mark.parametrize("cell", ["not dead", "no sac"])
def test_what_did_not_happen_is_no_fate(cell):
    assert not says_leaving(cell)


def test_the_number_has_the_decimal_mark_of_its_sheet():
    text = "Maus;Gruppe;Tag 0;Tag 3;Tag 7\nm1;V;100,5;150,5;1999,5 (tot)\nm2;A;99,5;98,5;97,5\n"
    assert fate_and_volumes(text)[1] == [100.5, 150.5, 1999.5]


def test_a_column_of_fates_goes_before_what_cells_say():
    text = WIDE.replace("Arm", "Arm,fate") + "m1,V,tumor size,100,150,sac,\nm9,A,,97,107,131,149\n"
    found, _, study = fate_and_volumes(text)
    assert found == "tumor_size"
    assert not {"two-fates", "fate-in-a-reading"} & set(rules_of(study))


def test_a_lab_s_own_words_are_those_it_declares():
    text = f"{WIDE}m1,V,100,150,gone,\n{OTHERS}"
    assert fate_and_volumes(text, rules={"fates": {"Gone": "tumor_size"}})[0] == "tumor_size"
    assert fate_and_volumes(text)[0] is None


def test_a_remark_that_may_be_an_event_is_asked_about():
    found = finding_of(
        read(f"{WIDE}m1,V,100,150,euth - ulcerated,\n{OTHERS}"), "fate-may-be-an-event"
    )
    assert found.severity == "error"
    assert '"euth - ulcerated" = "tumor_size"' in found.proposal


@pytest.mark.parametrize(
    "cell", ["not measured", "missing", "n.m.", "no calipers", "lost tag", "68*"]
)
def test_other_words_are_no_fate(cell):
    found, _, study = fate_and_volumes(f"{WIDE}m1,V,100,150,{cell},180\n{OTHERS}")
    assert found is None
    assert "not-a-number" in rules_of(study)
    assert not says_leaving(cell)


def test_mice_that_all_leave_on_the_last_day_left_nobody_early():
    rows = "".join(f"m{n},{'VA'[n % 2]},{100 + n},{150 + n},{200 + n},sac\n" for n in range(6))
    study = read(WIDE + rows)
    assert set(study.mice["fate"]) == {"unknown"}
    assert "left-without-fate" not in rules_of(study)


def test_a_mouse_read_after_its_end_is_named():
    study = read(f"{WIDE}m1,V,100,dead,150,180\n{OTHERS}")
    assert "reading-after-fate" in rules_of(study)


NOTES = (
    "Mouse,Group,Day,TV,{name}\nm1,V,0,100,\nm1,V,3,150,{word}\nm2,V,0,110,\nm2,V,3,150,\n"
    "m2,V,7,300,ear tag removed\nm3,A,0,100,\nm3,A,3,120,\nm3,A,7,130,looks fine\n"
)


@pytest.mark.parametrize("name", ["Comments", "Notes", "Bemerkung", "备注"])
@pytest.mark.parametrize(
    ("word", "fate"),
    [
        ("sac'd - tumor size", "tumor_size"),
        ("found dead d6", "unknown"),
        ("culled. lethargic and thin", "unknown"),
        ("ulcerated", None),
    ],
)
def test_a_remark_says_how_a_mouse_left_before_others(name, word, fate):
    found, _, study = fate_and_volumes(NOTES.format(name=name, word=word))
    assert found == fate
    assert ("fate-in-a-reading" in rules_of(study)) == (fate is not None)
    assert study.mice.set_index("mouse")["fate"].isna()[["m2", "m3"]].all()
    assert not study.errors


def test_a_remark_on_a_mouse_that_lived_on_is_no_fate():
    text = NOTES.format(name="Notes", word="found dead: cage mate") + "m1,V,7,300,\n"
    found, _, study = fate_and_volumes(text)
    assert found is None
    assert "reading-after-fate" not in rules_of(study)


def test_rows_without_a_reading_after_a_remark_do_not_say_that_the_mouse_lived_on():
    text = NOTES.format(name="Notes", word="") + "m1,V,5,,found dead\nm1,V,7,,\n"
    found, _, study = fate_and_volumes(text)
    assert found == "unknown"
    assert study.mice.set_index("mouse")["left_day"]["m1"] == 5


def test_a_wide_sheet_may_have_remarks_beside_its_days():
    text = WIDE.replace("\n", ",Notes\n") + "m1,V,100,150,,,died after gavage\n"
    study = read(text + "m8,V,101,151,221,401,\nm9,A,97,107,131,149,ok\n")
    mouse = study.mice.set_index("mouse").loc["m1"]
    assert (mouse["fate"], mouse["last_day"]) == ("unknown", 3)


@pytest.mark.parametrize(
    ("cells", "fates"),
    [
        (["sac d7", "alive"], ["unknown", "end_of_study"]),
        (["euth: tumor burden", ""], ["tumor_size", None]),
        (["mutant", "wild type"], [None, None]),
        (["CR", "dead"], [None, None]),
    ],
)
def test_a_status_is_a_fate_where_all_its_cells_are(cells, fates):
    first, second = cells
    text = f"Mouse,Group,D0,D3,D7,Status\nm1,V,100,150,,{first}\nm2,A,99,98,97,{second}\n"
    assert read(text).mice["fate"].fillna("").tolist() == [fate or "" for fate in fates]


@pytest.mark.parametrize("text", ["sac > 2000", "euth., vol ≥ 1500"])
def test_a_size_beside_the_leaving_is_not_unknown(text):
    assert fate_of(text) is None


@pytest.mark.parametrize(
    "cell", ["850 ulc", "850 (ulcerated)", "~850", "ca. 850", "850 est.", "≈850 mm3"]
)
def test_a_number_beside_what_the_tumour_looked_like_is_a_reading(cell):
    fate, volumes, study = fate_and_volumes(f"{WIDE}m1,V,100,150,{cell},900\n{OTHERS}")
    assert fate is None
    assert volumes == [100, 150, 850, 900]
    assert cell in finding_of(study, "note-beside-a-reading").seen
    assert "not-a-number" not in rules_of(study)


@pytest.mark.parametrize(
    "cell", ["850*", "850?", "850a", ">850", "12 NP", "850 ulc?", "2 necrotic spots"]
)
def test_other_words_beside_a_number_are_asked_about(cell):
    _, volumes, study = fate_and_volumes(f"{WIDE}m1,V,100,150,{cell},900\n{OTHERS}")
    assert volumes == [100, 150, 900]
    assert cell in finding_of(study, "not-a-number").seen


def test_zeros_after_a_mouse_has_left_are_no_cure():
    fate, volumes, study = fate_and_volumes(f"{WIDE}m1,V,100,2100 sac,0,0\n{OTHERS}")
    assert fate == "unknown"
    assert volumes == [100, 2100]
    assert "2 readings are 0" in finding_of(study, "zeros-after-leaving").seen
    assert not {"reading-after-fate", "trailing-zeros"} & set(rules_of(study))


@pytest.mark.parametrize("cells", ["150,sac,0,90", "0,0,0,"])
def test_other_zeros_stay(cells):
    _, _, study = fate_and_volumes(f"{WIDE}m1,V,{cells}\n{OTHERS}")
    own = study.measurements[study.measurements["mouse"] == "m1"]
    assert (own["volume_mm3"] == 0).any()
    assert "zeros-after-leaving" not in rules_of(study)
