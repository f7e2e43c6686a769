"""What commands say of warnings."""

from xenotrack.study.refusal import about_warnings

from .sheets import clean_rows, read, sheet


def test_commands_say_how_many_values_could_not_be_used():
    rows = clean_rows()
    rows[5][3], rows[9][3] = "68*", "-12"
    assert "2 values of the sheet could not be used" in about_warnings(read(sheet(rows)), "s.csv")
    assert "could not be used" not in about_warnings(read(sheet(clean_rows())), "s.csv")
