import pytest

from xenotrack.errors import InputError
from xenotrack.study.fate_words import fate_of
from xenotrack.study.settings import read_rules

from .sheets import finding_of, read, rules_of


def fates(*rows):
    study = read("mouse,arm,day,volume,fate\n" + "".join(f"{row}\n" for row in rows))
    return study.mice.set_index("mouse")["fate"].to_dict(), study


@pytest.mark.parametrize(
    ("words", "fate"),
    [
        ("End Of Experiment", "end_of_study"),
        ("Bodyweight Loss", "toxicity"),
        ("Dead In Cage", "unknown"),
        ("Died After Injection", "technical"),
        ("tumour size", "tumor_size"),
        ("TUMOR_SIZE", "tumor_size"),
        ("end-of-study", "end_of_study"),
    ],
)
def test_words_of_sheets_are_one_of_six_fates(words, fate):
    assert fate_of(words) == fate


def test_a_fate_on_one_row_or_on_all_is_the_mouses():
    found, _ = fates("m1,a,0,100,", "m1,a,3,110,tumor size", "m2,a,0,90,tox", "m2,a,3,99,tox")
    assert found == {"m1": "tumor_size", "m2": "toxicity"}


def test_an_unknown_word_is_unknown_with_a_finding():
    found, study = fates("m1,a,0,100,mauve", "m1,a,3,110,mauve")
    assert found == {"m1": "unknown"}
    assert "'mauve'" in finding_of(study, "fate-not-known").seen


def test_two_fates_of_one_mouse_are_named_and_the_later_is_taken():
    found, study = fates("m1,a,0,100,tox", "m1,a,3,110,found dead", "m1,a,7,110,tumor size")
    assert found == {"m1": "tumor_size"}
    assert finding_of(study, "two-fates").mouse == "m1"


def test_a_mouse_without_a_fate_has_none():
    found, _ = fates("m1,a,0,100,NA", "m1,a,3,110,")
    assert found == {"m1": None}


def test_a_mouse_leaves_on_the_last_row_that_says_anything():
    _, study = fates("m1,a,0,100,", "m1,a,3,,tumor size", "m1,a,7,,", "m1,a,10,NA,")
    mouse = study.mice.iloc[0]
    assert (mouse["last_day"], mouse["left_day"]) == (0, 3)
    assert len(study.measurements) == 4


def test_mice_that_left_early_without_a_fate_are_listed_once():
    rows = [f"m{m},a,{d},{100 + m + d}," for m in range(4) for d in (0, 3, 7, 10, 14)]
    rows = [row for row in rows if not row.startswith(("m2,a,1", "m3,a,1"))]
    _, study = fates(*rows)
    assert "m2, m3" in finding_of(study, "left-without-fate").seen
    _, study = fates(
        *(row + "tox" if row.startswith(("m2,a,7", "m3,a,7")) else row for row in rows)
    )
    assert "left-without-fate" not in rules_of(study)


@pytest.mark.parametrize(("last", "named"), [(14, False), (10, False), (7, True)])
def test_an_end_of_study_long_before_that_of_the_arm_is_asked_about(last, named):
    ends = {"m0": 14, "m1": 14, "m2": last, "b0": 7, "b1": 7}
    _, study = fates(
        *(
            f"{m},{m[0]},{d},{100 + d},{'end of study' if d == end else ''}"
            for m, end in ends.items()
            for d in (0, 3, 7, 10, 14)
            if d <= end
        )
    )
    assert ("ended-before-others" in rules_of(study)) == named
    if named:
        assert finding_of(study, "ended-before-others").seen.endswith("read to day 14: m2.")


def test_a_reading_after_the_fate_is_named():
    _, study = fates("m1,a,0,100,", "m1,a,3,110,tumor size", "m1,a,7,120,")
    assert finding_of(study, "reading-after-fate").cell == "4"


WORDS = (
    *("tumour > 1.5 cm3", "TV over 2000", "reached end point", "vol ≥ 1500 mm³", "15 mm diameter"),
    *("too large", "ulcerated", "max burden"),
)


@pytest.mark.parametrize("word", WORDS)
def test_a_lab_s_words_for_size_are_asked_about_until_they_are_declared(word):
    text = f'mouse,arm,day,volume,fate\nm1,a,0,100,"{word}"\nm1,a,3,110,\n'
    found = finding_of(read(text), "fate-may-be-an-event")
    assert found.severity == "error"
    assert f'"{word}" = "tumor_size"' in found.proposal
    declared = read(text, {"fates": {word.upper(): "tumor_size"}})
    assert declared.mice["fate"].tolist() == ["tumor_size"]
    assert not declared.errors


@pytest.mark.parametrize("word", ["20% BWL", "drug AE", "lethargic", "cachexia"])
def test_words_for_a_loss_to_treatment_are_asked_about(word):
    _, study = fates(f"m1,a,0,100,{word}", "m1,a,3,110,")
    assert f'"{word}" = "toxicity"' in finding_of(study, "fate-may-be-an-event").proposal


def test_a_declared_word_goes_before_a_known_one():
    text = "mouse,arm,day,volume,fate\nm1,a,0,100,sacrificed\nm2,a,0,100,dead\n"
    study = read(text, {"fates": {"sacrificed": "end_of_study"}})
    assert study.mice["fate"].tolist() == ["end_of_study", "unknown"]


def test_many_unknown_words_are_one_finding():
    _, study = fates(*(f"m{n},a,0,100,note {'abcdefgh'[n]}" for n in range(8)))
    assert "…" in finding_of(study, "fate-not-known").seen


def test_a_declared_word_that_no_mouse_has_is_told():
    text = "mouse,arm,day,volume,fate\nm1,a,0,100,gone\n"
    study = read(text, {"fates": {"gnoe": "unrelated"}})
    assert "'gone'" in finding_of(study, "fate-without-mice").proposal


def test_a_fate_is_one_of_six():
    with pytest.raises(InputError, match=r"Choose one of: end_of_study, tumor_size"):
        read_rules(None, {"fates": {"x": "size"}})
