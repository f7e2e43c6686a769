import numpy as np
import pytest

from xenotrack.errors import InputError

from .sheets import HEADER, finding_of, read, rules_of, sheet


@pytest.mark.parametrize("word", ["", "NA", "na", "n/a", ".", "-", " ", "NaN", "#N/A"])
def test_words_for_nothing_are_silent_blanks(clean, word):
    clean[5][3] = word
    study = read(sheet(clean))
    assert "not-a-number" not in rules_of(study)
    assert len(study.measurements) == 24
    assert study.measurements["volume_mm3"].isna().sum() == 1


@pytest.mark.parametrize(("text", "mend"), [("68*", "68"), ("12.3 mm", "12.3"), (">2000", "2000")])
def test_text_in_numbers_is_named_with_what_it_may_mean_and_left_empty(clean, text, mend):
    clean[5][3] = text
    study = read(sheet(clean))
    found = finding_of(study, "not-a-number")
    assert (found.cell, found.mouse) == ("7", "m1")
    assert repr(text) in found.seen
    assert f"Write {mend} " in found.proposal
    assert study.measurements["volume_mm3"].isna().sum() == 1


@pytest.mark.parametrize("text", ["inf", "1e999", "0x10", "1_000", "nan mm", "١٢"])
def test_what_only_a_program_calls_a_number_is_none(clean, text):
    clean[5][3] = text
    assert "not-a-number" in rules_of(read(sheet(clean)))


def test_negative_values_are_named_and_left_empty(clean):
    clean[5][3] = "-10"
    study = read(sheet(clean))
    assert finding_of(study, "negative-value").cell == "7"
    assert study.measurements["volume_mm3"].min() > 0


def test_decimal_commas_are_recognised(clean):
    comma = [[*row[:3], row[3].replace(".", ",")] for row in clean]
    text = sheet(comma, "mouse;arm;day;volume\n").replace(",", ";")
    text = "mouse;arm;day;volume\n" + "".join(";".join(row) + "\n" for row in comma)
    assert read(text).measurements.equals(read(sheet(clean)).measurements)


def test_a_comma_with_three_digits_is_asked_about(clean):
    text = "mouse;arm;day;volume\nm1;a;0;1,234\nm1;a;3;2,345\n"
    with pytest.raises(InputError, match=r"1\.234 or 1234.*--decimal"):
        read(text)
    assert read(text, decimal=",").measurements["volume_mm3"].tolist() == [1.234, 2.345]
    thousands = read(text, decimal=".")
    assert thousands.measurements["volume_mm3"].tolist() == [1234, 2345]
    assert "thousands-marks" in rules_of(thousands)


def test_other_columns_settle_a_comma_with_three_digits():
    text = "mouse;arm;day;length;width\nm1;a;0;9,5;8,125\nm1;a;3;10,5;9,125\n"
    assert read(text).measurements["width_mm"].tolist() == [8.125, 9.125]


def test_one_comma_among_points_is_that_cells_slip(clean):
    clean[5][3] = '"117,5"'
    study = read(sheet(clean))
    assert "Write 117.5 " in finding_of(study, "not-a-number").proposal


def test_thousands_marks_beside_points_are_asked_about():
    text = HEADER.replace(",", ";") + "m1;a;0;1,234.5\nm1;a;3;900.5\n"
    with pytest.raises(InputError, match=r"--decimal \."):
        read(text)
    assert read(text, decimal=".").measurements["volume_mm3"].tolist() == [1234.5, 900.5]


def test_a_wrong_decimal_mark_is_refused(clean):
    with pytest.raises(InputError, match="decimal mark"):
        read(sheet(clean), decimal=";")


def test_many_repeated_numbers_are_read_as_each_alone():
    import pandas as pd

    from xenotrack.study.numbers import plain_numbers

    texts = pd.Series(["1.5", "x", "", "2e1", "inf"] * 6000)
    expected = [1.5, np.nan, np.nan, 20, np.nan] * 6000
    assert np.array_equal(plain_numbers(texts), expected, equal_nan=True)
