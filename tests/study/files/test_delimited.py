import pytest

from xenotrack.errors import InputError
from xenotrack.study.files.delimited import read_delimited

from ..sheets import HEADER, finding_of, read, rules_of, sheet


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_change_nothing(clean, delimiter, ends):
    text = sheet(clean)
    other = text.replace(",", delimiter).replace("\n", ends)
    expected, found = read(text).measurements, read(other).measurements
    assert found.equals(expected)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings_are_recognised(clean, encoding):
    text = sheet(clean, "mouse,arm,day,Volume (mm³)\n").replace("drug", "µ-drug")
    study = read(text.encode(encoding))
    assert study.design.arm_names == ("vehicle", "µ-drug")
    assert ("encoding-guessed" in rules_of(study)) == (encoding == "cp1252")


def test_a_forced_encoding_is_used_and_an_unknown_one_refused(clean):
    data = sheet(clean).replace("drug", "dröge").encode("mac_roman")
    assert read(data, encoding="mac_roman").design.arm_names[1] == "dröge"
    with pytest.raises(InputError, match="utf-8"):
        read(data, encoding="utf8000")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
def test_an_empty_file_is_refused(data):
    with pytest.raises(InputError, match="empty"):
        read(data)


@pytest.mark.parametrize("data", [b"\0\1\2", b"a\0b", b"\xff\xfea", b"\x81\x8d"])
def test_bytes_that_are_no_text_are_refused(data):
    with pytest.raises(InputError, match="stdin"):
        read(data)


def test_text_that_looks_like_nothing_or_a_number_stays_text():
    rows = [("001", "None"), ("1E5", "NA"), ("010", "None"), ("TRUE", "NA")]
    study = read(
        HEADER + "".join(f"{mouse},{arm},{d},10{d}\n" for mouse, arm in rows for d in (0, 3))
    )
    assert set(study.mice["mouse"]) == {"001", "1E5", "010", "TRUE"}
    assert study.design.arm_names == ("None", "NA")


def test_sources_are_lines_of_the_file_also_below_blank_lines_and_titles():
    text = "My study,,,\n\nmouse,arm,day,volume\nm1,a,0,100\n\nm1,a,3,120\n"
    study = read(text)
    assert study.measurements["source"].tolist() == ["stdin:4", "stdin:6"]
    assert finding_of(study, "lines-above-header").cell == "1"


def test_a_quoted_cell_over_two_lines_keeps_the_lines_below_it_in_place():
    text = 'mouse,arm,day,volume,note\nm1,a,0,100,"fine\nso far"\nm1,a,3,120,\n'
    assert read(text).measurements["source"].tolist() == ["stdin:2", "stdin:4"]


def test_a_quotation_mark_left_open_loses_no_line():
    text = HEADER + 'm1,a,0,100\nm1,"a,3,120\nm1,a,7,140\n'
    study = read(text)
    assert "quote-left-open" in rules_of(study)
    assert len(study.measurements) == 3


def test_a_quotation_mark_closed_lines_later_is_an_error():
    text = HEADER + 'm1,"a,0,100\nm1,a,3,120\nm1,a",7,140\nm2,a,0,90\n'
    found = finding_of(read(text), "cell-spans-lines")
    assert (found.severity, found.cell) == ("error", "2")


def test_a_row_with_more_cells_than_the_header_is_an_error_at_its_line(clean):
    clean[4].append("17")
    found = finding_of(read(sheet(clean)), "extra-cells")
    assert (found.severity, found.cell) == ("error", "6")


def test_row_names_as_r_writes_them_are_not_a_column(clean):
    text = '"mouse" "arm" "day" "volume"\n' + "".join(
        f'"{i}" "{m}" "{a}" {d} {v}\n' for i, (m, a, d, v) in enumerate(clean)
    )
    study = read(text, delimiter=" ")
    assert "row-names" in rules_of(study)
    assert len(study.mice) == 6


def test_a_delimiter_of_two_characters_is_refused(clean):
    with pytest.raises(InputError, match="--delimiter tab"):
        read(sheet(clean), delimiter="::")


def test_a_line_of_many_thousand_cells_is_refused_with_its_number(clean):
    text = sheet(clean * 200) + "," * 100_000 + "\n"
    with pytest.raises(InputError, match="row 4802"):
        read(text)


def test_short_lines_before_a_long_one_with_an_open_quote_are_read():
    text = '\n\n\n\ntrt\t1\t25\tb10\t16\t \t30\t35\t20\t"0,5\n'
    cells = read_delimited(text.encode(), "s.tsv").cells
    assert cells.iloc[4].tolist() == ["trt", "1", "25", "b10", "16", " ", "30", "35", "20", '"0,5']


TIBBLE = (
    "# A tibble: 4 × 4\n"
    "# Groups:   arm [2]\n"
    "  animal arm       day tumor_volume\n"
    "  <chr>  <chr>   <dbl>        <dbl>\n"
    "1 V1     Vehicle     0         101.\n"
    "2 V1     Vehicle     7         188.\n"
    "3 D1     Drug        0         103.\n"
    "4 D1     Drug        7         120.\n"
)


def test_a_tibble_that_was_printed_is_read_without_what_r_says_of_it():
    sheet = read_delimited(TIBBLE.encode(), "a.txt")
    filled = [row for row in sheet.cells.to_numpy().tolist() if any(row)]
    assert filled[0] == ["", "animal", "arm", "day", "tumor_volume"]
    assert filled[1] == ["1", "V1", "Vehicle", "0", "101."]
    assert len(filled) == 5
    assert sheet.rows[-1] == 8


@pytest.mark.parametrize(
    "said", ["# ℹ 20 more rows", "# … with 20 more rows", "# i 2 more variables: sex <chr>"]
)
def test_a_tibble_of_which_rows_were_not_printed_is_refused(said):
    with pytest.raises(InputError, match=r"write\.csv"):
        read_delimited(f"{TIBBLE}{said}\n".encode(), "a.txt")
