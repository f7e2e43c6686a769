"""Lines, blocks and cages: what mice are sorted by beside their arm, and what becomes of it."""

import pytest

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_studies, read_study
from xenotrack.study.settings import read_rules
from xenotrack.study.template import template

from .sheets import finding_of, read, rules_of

DAYS = (0, 7, 14)


def two_lines(*, names="{line}{arm}{n}", head="PDX"):
    """Two lines in two arms of three mice."""
    return f"mouse,arm,{head},day,volume\n" + "".join(
        f"{names.format(line=line, arm=arm, n=n)},{arm},{line},{day},{100 + day + n}\n"
        for line in ("X1", "X2")
        for arm in ("vehicle", "A")
        for n in range(3)
        for day in DAYS
    )


def lined(text, **study):
    return read_studies(text.encode(), read_rules(None, {"columns": {"line": "PDX"}, **study}))


def blocked(text, name="PDX"):
    return read(text, {"columns": {"block": name}})


def test_each_line_is_a_study_of_its_own():
    first, second = lined(two_lines())
    assert (first.line, second.line) == ("X1", "X2")
    assert first.design.arm_names == second.design.arm_names == ("vehicle", "A")
    assert len(first.mice) == len(second.mice) == 6
    assert set(second.mice["line"]) == {"X2"}
    assert first.title == "stdin, line X1"


def test_one_name_in_two_lines_is_two_mice():
    first, second = lined(two_lines(names="{arm}{n}"))
    assert not first.errors
    assert not second.errors


def test_which_line_is_meant_is_asked_and_selected():
    with pytest.raises(InputError, match=r"2 lines: X1, X2.*--select"):
        read(two_lines(), {"columns": {"line": "PDX"}})
    chosen = read(two_lines(), {"columns": {"line": "PDX"}, "study": {"select": "X2"}})
    assert chosen.line == "X2"
    with pytest.raises(InputError, match=r"no line 'X3'.*lines X1, X2"):
        read(two_lines(), {"columns": {"line": "PDX"}, "study": {"select": "X3"}})


def test_a_study_of_several_lines_is_selected_whole():
    text = "study,mouse,arm,PDX,day,volume\n" + "".join(
        f"{study},{study}{line}{n},{'vA'[n % 2]},{line},{day},{100 + day}\n"
        for study, line in (("s1", "X1"), ("s1", "X2"), ("s2", "X1"))
        for n in range(4)
        for day in DAYS
    )
    found = lined(text)
    assert [(one.design.name, one.line) for one in found] == [
        *(("s1", "X1"), ("s1", "X2"), ("s2", "X1"))
    ]
    chosen = lined(text, study={"select": "s1"})
    assert [one.line for one in chosen] == ["X1", "X2"]


def test_a_row_without_a_line_is_an_error_where_there_are_several():
    text = two_lines().replace("X2vehicle0,vehicle,X2,7", "X2vehicle0,vehicle,,7")
    first, _ = lined(text)
    assert finding_of(first, "row-without-line").severity == "error"


def test_rows_without_a_line_are_one_finding():
    text = two_lines().replace("X2vehicle0,vehicle,X2,", "X2vehicle0,vehicle,,")
    first, _ = lined(text)
    found = [one for one in first.findings if one.rule == "row-without-line"]
    assert len(found) == 1
    assert "These rows name no line" in found[0].seen


def test_a_line_in_merged_cells_is_that_of_the_rows_below():
    rows = two_lines().splitlines()
    merged = [
        line.replace(",X1,", ",,").replace(",X2,", ",,") if number not in (1, 19) else line
        for number, line in enumerate(rows)
    ]
    first, second = lined("\n".join(merged) + "\n")
    assert (first.line, second.line) == ("X1", "X2")
    assert len(second.mice) == 6


def test_the_block_of_each_mouse_is_known_and_where_it_is_not_used_is_said():
    study = blocked(two_lines())
    assert study.mice["block"].tolist() == ["X1"] * 3 + ["X2"] * 3 + ["X1"] * 3 + ["X2"] * 3
    found = finding_of(study, "block-not-used")
    assert "X1: 6, X2: 6" in found.seen
    assert "Growth is compared within them; progression" in found.seen
    assert set(study.mice["line"]) == {""}


def test_numbers_that_start_again_in_each_block_are_told_apart():
    study = blocked(two_lines(names="{arm}{n}"))
    assert not study.errors
    assert len(study.mice) == 12
    assert "X1/vehicle0" in set(study.mice["mouse"])


def test_a_mouse_in_two_blocks_and_one_in_none_are_errors():
    text = two_lines().replace("X1A0,A,X1,14", "X1A0,A,X2,14")
    assert "X1A0" in finding_of(blocked(text), "mouse-in-two-blocks").seen
    text = two_lines().replace("X1A0,A,X1,", "X1A0,A,,")
    assert "X1A0" in finding_of(blocked(text), "mouse-without-block").seen


def test_a_block_that_is_written_once_a_mouse_is_that_of_all_its_rows():
    text = two_lines()
    for day in DAYS[1:]:
        text = text.replace(f",X1,{day},", f",,{day},").replace(f",X2,{day},", f",,{day},")
    study = blocked(text)
    assert not study.errors
    assert set(study.mice["block"]) == {"X1", "X2"}


def test_a_tidy_table_keeps_what_mice_were_sorted_by(tmp_path):
    for options in ({"block": "PDX"}, {"block": "PDX", "cage": "cage"}):
        text = two_lines().replace("mouse,arm", "mouse,cage,arm").replace(",vehicle", ",c1,vehicle")
        study = read(text.replace(",A,", ",c2,A,"), {"columns": options})
        path = tmp_path / "tidy.csv"
        study.tidy.to_csv(path, index=False)
        again = read_study(path)
        for name in ("line", "block", "cage", "mouse"):
            assert again.mice[name].tolist() == study.mice[name].tolist()


def test_a_column_that_is_not_there_cannot_be_ignored():
    with pytest.raises(InputError, match=r"no column 'PDY'.*mean 'PDX'"):
        read(two_lines(), {"columns": {"ignore": ["PDY"]}})


@pytest.mark.parametrize("ignored", ["pdx", ["PDX"]])
def test_an_ignored_column_is_as_if_nobody_had_written_it(ignored):
    assert rules_of(read(two_lines(), {"columns": {"ignore": ignored}})) == []


def test_one_column_of_ours_is_not_two_of_theirs():
    with pytest.raises(InputError, match=r"columns\.mouse: Expected `str`"):
        read_rules(None, {"columns": {"mouse": ["a", "b"]}})


def test_a_template_keeps_what_was_declared():
    study = read(two_lines(), {"columns": {"ignore": ["PDX"]}})
    assert 'ignore = ["PDX"]' in template(study)
    assert 'block = "PDX"' in template(blocked(two_lines()))
