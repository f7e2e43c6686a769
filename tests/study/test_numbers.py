import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenotrack.errors import InputError

from .readings import few
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


def test_thousands_marks_beside_points_can_be_nothing_else():
    text = HEADER.replace(",", ";") + "m1;a;0;1,234.5\nm1;a;3;900.5\n"
    assert read(text).measurements["volume_mm3"].tolist() == [1234.5, 900.5]
    assert read(text, decimal=".").measurements["volume_mm3"].tolist() == [1234.5, 900.5]


def test_a_point_for_thousands_before_a_decimal_comma_can_be_nothing_else():
    text = HEADER.replace(",", ";") + "m1;a;0;950,0\nm1;a;3;1.789,0\nm1;a;7;1.789\n"
    study = read(text)
    assert study.measurements["volume_mm3"].tolist()[:2] == [950, 1789]
    assert finding_of(study, "thousands-marks").cell == "3"
    # 1.789 alone may be either: it is named, and nothing proposed for it.
    assert finding_of(study, "not-a-number").cell == "4"
    assert "1.789" not in finding_of(study, "not-a-number").proposal
    among_points = read(HEADER.replace(",", ";") + "m1;a;0;950.5\nm1;a;3;1.789,0\n")
    assert finding_of(among_points, "not-a-number").cell == "3"


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f", "\u2009"])
def test_blanks_for_thousands_in_volumes_are_taken_out_and_named(blank):
    text = HEADER.replace(",", ";") + f"m1;a;0;950,5\nm1;a;3;1{blank}789,5\nm1;a;7;2{blank}100\n"
    study = read(text)
    assert study.measurements["volume_mm3"].tolist() == [950.5, 1789.5, 2100]
    assert finding_of(study, "thousands-marks").cell == "3-4"


@pytest.mark.parametrize("text", ["12 34", "0 789", "1 7890", "1  789", "100 120"])
def test_other_blanks_in_a_number_make_it_none(clean, text):
    clean[5][3] = text
    study = read(sheet(clean))
    assert finding_of(study, "not-a-number").cell == "7"


def test_blanks_that_nobody_sees_around_a_number_are_none_of_it(clean):
    dressed = [[*row[:3], f"\u00a0{row[3]}\u202f\ufeff"] for row in clean]
    study, plain = read(sheet(dressed)), read(sheet(clean))
    assert study.measurements.equals(plain.measurements)
    assert study.findings == plain.findings


def test_a_unit_behind_each_number_is_named_once_a_column():
    text = "mouse,arm,day,L,W,BW\nm1,a,0,6.7mm,5.8 mm,21.5 g\nm1,a,3,7.5,6.1mm,21 G\n"
    study = read(text)
    numbers = study.measurements[["length_mm", "width_mm", "body_weight_g"]].to_numpy().tolist()
    assert numbers == [[6.7, 5.8, 21.5], [7.5, 6.1, 21]]
    found = [(one.cell, one.seen) for one in study.findings if one.rule == "unit-in-cells"]
    assert sorted(cell for cell, _ in found) == ["2", "2-3", "2-3"]
    assert any("'6.7mm'" in seen for _, seen in found)


def test_another_unit_behind_a_number_is_not_read():
    text = "mouse,arm,day,L (cm),W (cm)\nm1,a,0,0.67cm,0.58\nm1,a,3,6.7mm,0.6\n"
    study = read(text)
    assert study.measurements["length_mm"].fillna(-1).tolist() == [6.7, -1]
    assert finding_of(study, "not-a-number").cell == "3"


@pytest.mark.parametrize("text", ["<3", "< 3", "≤2.5 mm"])
def test_a_size_below_what_can_be_measured_is_not_proposed_as_that_size(text):
    study = read(f"mouse,arm,day,L,W\nm1,a,0,6.7,5.8\nm1,a,3,3.1,{text}\n")
    found = finding_of(study, "not-a-number")
    assert found.proposal == "Declare `limit_mm3` under [volume] and write 0, or empty the cell."


@few
@given(st.lists(st.integers(1, 99_999), min_size=2, max_size=6))
def test_numbers_in_the_dress_of_other_programs_are_the_same_numbers(tenths):
    def grouped(mark):
        return [f"{n / 10:,.1f}".replace(",", mark).replace(".", ",") for n in tenths]

    for texts in (grouped("\u202f"), [f"{n / 10:.1f} mm³" for n in tenths]):
        lines = [f"m1;a;{day};{text}\n" for day, text in enumerate(texts)]
        study = read(HEADER.replace(",", ";") + "".join(lines))
        assert study.measurements["volume_mm3"].tolist() == [n / 10 for n in tenths]


def test_a_wrong_decimal_mark_is_refused(clean):
    with pytest.raises(InputError, match="decimal mark"):
        read(sheet(clean), decimal=";")


def test_many_repeated_numbers_are_read_as_each_alone():
    import pandas as pd

    from xenotrack.study.numbers import plain_numbers

    texts = pd.Series(["1.5", "x", "", "2e1", "inf"] * 6000)
    expected = [1.5, np.nan, np.nan, 20, np.nan] * 6000
    assert np.array_equal(plain_numbers(texts), expected, equal_nan=True)


def test_points_beside_whole_hundreds_may_be_marks_of_thousands():
    rows = "mouse,arm,day,volume\n" + "".join(
        f"m{n},{arm},{day},{value}\n"
        for n, arm in ((1, "V"), (2, "A"))
        for day, value in ((0, "852"), (4, "1.192"), (7, "2.044"))
    )
    with pytest.raises(InputError, match=r"does '1\.192' mean 1\.192 or 1192"):
        read(rows)
    assert read(rows, decimal=",").measurements["volume_mm3"].tolist()[:3] == [852, 1192, 2044]
    assert read(rows, decimal=".").measurements["volume_mm3"].tolist()[:2] == [852, 1.192]


@pytest.mark.parametrize("second", ["1.19", "152.352", "0.192"])
def test_other_points_are_decimal(second):
    rows = f"mouse,arm,day,volume\nm1,V,0,852\nm1,V,4,{second}\nm2,A,0,420\nm2,A,4,{second}\n"
    assert float(second) in read(rows).measurements["volume_mm3"].tolist()


def test_an_apostrophe_is_a_mark_of_thousands():
    rows = "mouse,arm,day,volume\nm1,V,0,852\nm1,V,4,1'192\nm2,A,0,420\nm2,A,4,1’044.5\n"
    study = read(rows)
    assert sorted(study.measurements["volume_mm3"]) == [420, 852, 1044.5, 1192]
    assert "thousands-marks" in rules_of(study)
