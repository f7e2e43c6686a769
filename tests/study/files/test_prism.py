"""GraphPad Prism files."""

import pytest
from hypothesis import given

from xenotrack.errors import InputError

from ..readings import DAYS, arm_of, few, numbers_of, volumes, written
from ..sheets import finding_of, read


def column(tag, title, *subcolumns):
    cells = "".join(
        "<Subcolumn>" + "".join(f"<d>{cell}</d>" for cell in cells) + "</Subcolumn>"
        for cells in subcolumns
    )
    return f'<{tag} Width="81"><Title>{title}</Title>{cells}</{tag}>'


def prism(*columns, name="Volumes", before=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        '<GraphPadPrismFile xmlns="http://graphpad.com/prism/Prism.htm" PrismXMLVersion="5.00">'
        f'<Table ID="Table0" XFormat="numbers"><Title>{name}</Title>{"".join(columns)}</Table>'
        "</GraphPadPrismFile>"
    )


TABLE = prism(
    column("XColumn", "Days", [0, 3, 7]),
    column("YColumn", "<b>Control</b>", [100, 150, 220], [110, 160, ""]),
    column("YColumn", "Drug", [90, 80, 70], [95, '<d Excluded="1">999</d>', 60]),
).replace('<d><d Excluded="1">999</d></d>', '<d Excluded="1">999</d>')


def test_replicates_are_mice_of_the_arm_that_titles_them():
    study = read(TABLE)
    assert study.layout == "column"
    assert study.mice["mouse"].tolist() == ["Control/1", "Control/2", "Drug/1", "Drug/2"]
    assert numbers_of(study)["Control/1", 7] == (220,)
    assert study.measurements["source"].iloc[0] == "Volumes!B2"


def test_a_value_excluded_in_prism_is_left_out_and_named():
    study = read(TABLE)
    assert "'999'" in finding_of(study, "excluded-in-prism").seen
    assert ("Drug/2", 3) not in numbers_of(study)


def test_a_table_is_chosen_by_its_name():
    assert read(TABLE, sheet_name="volumes").layout == "column"
    with pytest.raises(InputError, match="no table 'weights'"):
        read(TABLE, sheet_name="weights")


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/x">',
    ],
)
def test_a_document_type_is_refused(before):
    with pytest.raises(InputError, match="declares the document type"):
        read(prism(column("XColumn", "Days", [0]), before=before))


def test_a_torn_file_is_refused_in_words():
    with pytest.raises(InputError, match="not a Prism file that can be read"):
        read(TABLE[:-30])


@few
@given(volumes)
def test_volumes_laid_in_prism_come_back(grid):
    groups = [
        column("YColumn", arm, *([written(v) for v in row] for row in rows))
        for arm, rows in ((arm_of(0), grid[:3]), (arm_of(3), grid[3:]))
    ]
    study = read(prism(column("XColumn", "Days", DAYS), *groups))
    assert numbers_of(study) == {
        (f"{arm_of(number)}/{number % 3 + 1}", day): (value,)
        for number, values in enumerate(grid)
        for day, value in zip(DAYS, values, strict=True)
        if value is not None
    }


NAMED = prism(
    '<SubColumnTitles OwnSet="1">'
    "<Subcolumn><d>1</d><d>7</d></Subcolumn><Subcolumn><d>2</d><d></d></Subcolumn>"
    "</SubColumnTitles>",
    column("XColumn", "Day", [0, 3, 7]),
    column("YColumn", "Control", [100, 150, 220], [110, 160, ""]),
    column("YColumn", "Drug", [90, 80, 70], ["", "", ""]),
)


def test_replicates_that_have_names_are_mice_of_these_names():
    study = read(NAMED)
    assert study.mice["mouse"].tolist() == ["1", "2", "7"]
    assert numbers_of(study)["7", 3] == (80,)


def test_a_replicate_without_a_name_among_named_ones_is_not_lost():
    study = read(NAMED.replace("<d></d><d></d><d></d>", "<d>60</d><d>61</d><d>62</d>"))
    assert study.mice["mouse"].tolist() == ["1", "2", "7", "Drug/2"]


def test_names_that_all_groups_share_are_numbered_in_each():
    full = NAMED.replace("<d></d><d></d><d></d>", "<d>60</d><d>61</d><d>62</d>")
    shared = full.replace('OwnSet="1"', 'OwnSet="0"')
    assert read(shared).mice["mouse"].tolist() == ["Control/1", "Control/2", "Drug/1", "Drug/2"]


def test_tables_of_weights_and_of_survival_are_not_taken_for_volumes():
    volumes = NAMED.removesuffix("</GraphPadPrismFile>")
    other = NAMED[NAMED.index("<Table") :].removesuffix("</GraphPadPrismFile>")
    weights = other.replace("<Title>Volumes", "<Title>Body weight (g)")
    survival = other.replace('XFormat="numbers"', 'XFormat="numbers" TableType="Survival"')
    study = read(
        f"{weights}{volumes}{survival}</GraphPadPrismFile>".replace(
            weights + volumes[: volumes.index("<Table")],
            volumes[: volumes.index("<Table")] + weights,
        )
    )
    assert study.mice["mouse"].tolist() == ["1", "2", "7"]


@pytest.mark.parametrize("title", ["Body weight (g)", "Tumor weight"])
def test_a_file_without_volumes_says_what_it_has(title):
    with pytest.raises(InputError, match=rf"not tumour volumes.*{title.partition(' (')[0]}"):
        read(NAMED.replace("<Title>Volumes", f"<Title>{title}"))
    with pytest.raises(InputError, match=r"no table of volumes by day.*Volumes"):
        read(NAMED.replace('XFormat="numbers"', 'XFormat="numbers" TableType="Survival"'))


MEANS = prism(
    column("XColumn", "Day", [0, 3, 7]),
    column("YColumn", "Control", [100, 150, 220], [9, 14, 30], [8, 8, 7]),
    column("YColumn", "Drug", [90, 80, 70], [8, 9, 10], [8, 8, 8]),
)


@pytest.mark.parametrize("form", ["SEN", "SDN", "CVN", "SE", "SD", "low-high"])
def test_a_table_of_means_is_no_table_of_mice(form):
    means = MEANS.replace('XFormat="numbers"', f'XFormat="numbers" YFormat="{form}"')
    with pytest.raises(InputError, match=r"statistics of groups, not mice: '.*' holds mean"):
        read(means)
    table = means[means.index("<Table") :].removesuffix("</GraphPadPrismFile>")
    both = NAMED.replace("</GraphPadPrismFile>", f"{table}</GraphPadPrismFile>")
    study = read(both)
    assert study.mice["mouse"].tolist() == ["1", "2", "7"]
    assert "holds mean" in finding_of(study, "sheet-not-read").seen


def test_a_table_of_means_that_was_pasted_as_replicates_is_seen():
    with pytest.raises(InputError, match="means, errors and numbers of mice of groups"):
        read(MEANS)
    assert len(read(MEANS.replace("<d>8</d>", "<d>8.5</d>")).mice) == 6


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_a_file_in_another_encoding_is_prism_s_as_well(encoding):
    text = TABLE.replace("UTF-8", "UTF-16" if encoding == "utf-16" else "UTF-8")
    assert len(read(text.encode(encoding)).mice) == 4
