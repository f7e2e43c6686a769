"""Sheets whose cells say in words that there was no tumour to measure."""

import pytest

from .sheets import finding_of, read, rules_of

WIDE = "Mouse,Arm,Day 0,Day 3,Day 7,Day 10\nm8,V,101,151,221,401\nm7,V,98,147,231,399\n"


def volumes(study, mouse="m1"):
    rows = study.measurements[study.measurements["mouse"] == mouse].sort_values("day")
    return rows["volume_mm3"].tolist()


@pytest.mark.parametrize(
    "word",
    ["NP", "n.p.", "not palpable", "Non-palpable", "tumour free", "no tumor", "CR", "too small",
     "BDL", "nicht tastbar", "pas de tumeur", "无瘤", "CR/NP", "0 NP", "0 (CR)", "0CR"],
)  # fmt: skip
def test_words_for_no_tumour_are_readings_below_the_limit(word):
    study = read(f"{WIDE}m1,A,90,50,{word},{word}\n")
    assert volumes(study) == [90, 50, 0, 0]
    assert study.measurements.loc[study.measurements["mouse"] == "m1", "below_limit"].sum() == 2
    assert repr(word) in finding_of(study, "no-tumor-in-words").seen
    assert not {"not-a-number", "left-without-fate"} & set(rules_of(study))


@pytest.mark.parametrize(
    "word", ["nd", "NM", "not measured", "NT", "missed", "skipped", "none", "NP/NM", "12 NP"]
)
def test_other_words_are_no_readings(word):
    study = read(f"{WIDE}m1,A,90,50,{word},30\n")
    assert [volume for volume in volumes(study) if volume == volume] == [90, 50, 30]
    assert "no-tumor-in-words" not in rules_of(study)


@pytest.mark.parametrize("cells", ["NP,NP", "NP,", ",NP"])
def test_said_of_one_diameter_it_is_said_of_both(cells):
    text = "mouse,arm,day,length,width\nm1,A,0,6,5\nm1,A,3,5,4\n"
    study = read(f"{text}m1,A,7,{cells}\nm2,V,0,6,5\nm2,V,3,7,6\n")
    assert volumes(study) == pytest.approx([75, 40, 0])


def test_an_arm_that_was_cured_stays_in_a_sheet_of_columns():
    study = read(
        "Day,Vehicle,Vehicle,Drug A,Drug A\n0,100,101,102,103\n3,120,NP,NP,NP\n7,140,150,NP,NP\n"
        "10,160,170,NP,NP\n14,180,190,NP,NP\n"
    )
    assert volumes(study, "Drug A/1") == [102, 0, 0, 0, 0]


def test_a_mouse_that_was_free_of_tumour_and_left_has_both():
    study = read(f"{WIDE}m1,A,90,NP,NP,found dead\n")
    assert volumes(study)[:3] == [90, 0, 0]
    assert study.mice.set_index("mouse")["fate"]["m1"] == "unknown"
