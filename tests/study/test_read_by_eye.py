"""Sheets that a person reads at a look: SEND domains, blocks with means, heads left out, weeks."""

import pytest

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_studies, read_study

from .files.test_workbook import workbook
from .sheets import read, rules_of

DAYS = (0, 4, 8, 14)
MICE = {"m1": "Vehicle", "m2": "Vehicle", "m3": "Drug A", "m4": "Drug A"}


def volume(mouse, day):
    return 100 + 3 * int(mouse[1:]) + day * (9 if MICE[mouse] == "Vehicle" else 4)


EXPECTED = sorted(
    (mouse, MICE[mouse], float(day), volume(mouse, day)) for mouse in MICE for day in DAYS
)


def numbers(study):
    columns = ["mouse", "arm", "day", "volume_mm3"]
    return sorted(study.measurements[columns].itertuples(index=False, name=None))


def csv(rows):
    width = max(map(len, rows))
    return "".join(",".join([*map(str, row), *[""] * (width - len(row))]) + "\n" for row in rows)


@pytest.mark.parametrize("result", ["PMORRES", "PMSTRESN"])
@pytest.mark.parametrize("pair", [("PMTESTCD", "PMTEST"), ("PMTEST",)])
@pytest.mark.parametrize("named", [True, False])
def test_send_domains_are_read(tmp_path, pair, result, named):
    head = ["STUDYID", "DOMAIN", "USUBJID", "PMSEQ", *pair, result, "PMORRESU", "PMDTC", "PMDY"]
    rows = [
        ["S1", "PM", mouse, place, *("LENGTH", "Length")[: len(pair)], 8 + day / 2, "mm", "", day]
        for mouse in MICE
        for place, day in enumerate(DAYS, start=1)
    ]
    rows += [[*row[:4], *("WIDTH", "Width")[: len(pair)], 6, "mm", "", row[-1]] for row in rows]
    arms = [["S1", "DM", mouse, mouse[1:], "2024-03-04", arm] for mouse, arm in MICE.items()]
    paths = [
        tmp_path / ("dm.csv" if named else "a.csv"),
        tmp_path / ("pm.csv" if named else "b.csv"),
    ]
    paths[0].write_text(csv([["STUDYID", "DOMAIN", "USUBJID", "SUBJID", "RFSTDTC", "ARM"], *arms]))
    paths[1].write_text(csv([head, *rows]))
    (study,) = read_studies(paths)
    assert dict(zip(study.mice["mouse"], study.mice["arm"], strict=True)) == MICE
    assert sorted(study.measurements["day"].unique()) == list(DAYS)
    assert study.measurements["length_mm"].notna().all()


BLOCKS = {
    arm: [mouse for mouse in MICE if MICE[mouse] == arm] for arm in dict.fromkeys(MICE.values())
}


def means(arm, day):
    values = [volume(mouse, day) for mouse in BLOCKS[arm]]
    return sum(values) / len(values)


def below(head, statistic):
    rows = []
    for arm, mice in BLOCKS.items():
        rows += [[arm], [head, *mice, statistic]]
        rows += [[d, *(volume(m, d) for m in mice), means(arm, d)] for d in DAYS] + [[]]
    return rows


def beside(head, statistic):
    rows = [[], []]
    for arm, mice in BLOCKS.items():
        rows[0] += [arm, *[""] * (len(mice) + 1)]
        rows[1] += [head, *mice, statistic]
    for day in DAYS:
        rows.append([])
        for arm, mice in BLOCKS.items():
            rows[-1] += [day, *(volume(m, day) for m in mice), means(arm, day)]
    return rows


@pytest.mark.parametrize("statistic", ["Mean", "Mittelwert", "Moyenne", "Media", "SEM"])
@pytest.mark.parametrize("head", ["Day", "Jour", "Giorno"])
@pytest.mark.parametrize("laid", [below, beside])
def test_blocks_of_mice_with_their_mean_are_read_and_the_mean_is_not(laid, head, statistic):
    study = read(csv(laid(head, statistic)))
    assert numbers(study) == EXPECTED
    assert "blocks-are-names" in rules_of(study)


@pytest.mark.parametrize("title", ["Body weight", "Gewicht", "1"])
def test_blocks_that_are_called_after_no_arm_are_asked_about(title):
    rows = below("Day", "Mean")
    rows[0][0] = title
    with pytest.raises(InputError):
        read(csv(rows))


def wide(heads, days, merged=True, mean=None):
    rows = [[*heads, *days]]
    for arm, mice in BLOCKS.items():
        for place, mouse in enumerate(mice):
            rows.append(
                [arm if not (merged and place) else "", mouse, *(volume(mouse, d) for d in DAYS)]
            )
        if mean:
            rows.append(["", mean, *(means(arm, day) for day in DAYS)])
    return rows


@pytest.mark.parametrize("mean", [None, "Mean", "Mittelwert"])
@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("days", ["Day {}", "D{}", "Tag {}"])
def test_arm_and_mouse_may_have_no_head(days, merged, mean):
    study = read(csv(wide(["", ""], map(days.format, DAYS), merged, mean)))
    assert numbers(study) == EXPECTED
    assert "columns-without-head" in rules_of(study)


@pytest.mark.parametrize(
    "two_weeks", ["2 weeks", "2 wk", "2 Wochen", "2 semaines", "2 semanas", "2 settimane", "2周"]
)
def test_a_number_of_weeks_beside_days_is_seven_times_as_many(two_weeks):
    head = ["0", "4", "8", two_weeks]
    assert numbers(read(csv(wide(["Group", "Mouse"], head, merged=False)))) == EXPECTED


@pytest.mark.parametrize(
    "day",
    ["{} days", "{} Tage", "{} jours", "{} días", "{} giorni", "{} dagen", "第{}天", "{}日目"],
)
def test_days_in_other_languages(day):
    head = list(map(day.format, DAYS))
    assert numbers(read(csv(wide(["Group", "Mouse"], head, merged=False)))) == EXPECTED
    rows = [["Mouse", "Group", "Day", "Volume"]]
    rows += [[m, MICE[m], day.format(d), volume(m, d)] for m in MICE for d in DAYS]
    assert numbers(read(csv(rows))) == EXPECTED


@pytest.mark.parametrize(
    "name",
    ["uCT_volume_D{}", "MRI volume_D{}", "Ultrasound tumor volume D{}", "caliper volume D{}"],
)
def test_a_volume_is_one_whatever_it_was_measured_by(name):
    head = list(map(name.format, DAYS))
    assert numbers(read(csv(wide(["Group", "Mouse"], head, merged=False)))) == EXPECTED


@pytest.mark.parametrize("tag", ["N", "n", "SD"])
@pytest.mark.parametrize("mean", ["Mean", "Average"])
def test_an_ear_tag_that_statistics_have_too_is_a_mouse_of_its_cage(tag, mean):
    rows = [["Group", "Cage", "Ear tag", *(f"Day {day}" for day in DAYS)]]
    for arm, cage in (("Vehicle", "c1"), ("Drug A", "c2")):
        for place, mouse in enumerate((tag, "R", "L")):
            rows.append([arm if not place else "", cage, mouse, *(100.5 + place + d for d in DAYS)])
        rows.append(["", "", mean, *(101.5 + d for d in DAYS)])
    study = read_study(workbook({"S": rows}))
    assert study.mice.groupby("arm").size().to_dict() == {"Vehicle": 3, "Drug A": 3}
    assert not [finding for finding in study.findings if finding.severity == "error"]


@pytest.mark.parametrize("counts", [(3, 3, 3, 3), (3, 3, 2, 1)])
def test_numbers_of_mice_below_their_mean_are_no_mouse(counts):
    rows = wide(["Group", "Mouse"], map("Day {}".format, DAYS), merged=False)
    rows += [["Vehicle", "Mean", 1.5, 2.5, 3.5, 4.5], ["Vehicle", "N", *counts]]
    assert numbers(read(csv(rows))) == EXPECTED


GROUPED = """<?xml version="1.0"?><GraphPadPrismFile>
<{tag} ID="T" TableType="TwoWay" YFormat="replicates">
<Title>Tumor volume</Title><RowTitlesColumn><Subcolumn>{rows}</Subcolumn></RowTitlesColumn>{groups}
</{tag}></GraphPadPrismFile>"""


@pytest.mark.parametrize("tag", ["Table", "HugeTable"])
@pytest.mark.parametrize("day", ["{}", "Day {}", "d{}", "Tag {}", "{} days"])
def test_a_grouped_table_of_prism_has_its_days_in_the_titles_of_its_rows(tag, day):
    groups = ""
    for arm, mice in BLOCKS.items():
        subs = (
            "<Subcolumn>" + "".join(f"<d>{volume(m, d)}</d>" for d in DAYS) + "</Subcolumn>"
            for m in mice
        )
        groups += f"<YColumn><Title>{arm}</Title>{''.join(subs)}</YColumn>"
    rows = "".join(f"<d>{day.format(d)}</d>" for d in DAYS)
    study = read(GROUPED.format(tag=tag, rows=rows, groups=groups))
    # Prism has no name of a mouse.
    assert sorted(row[1:] for row in numbers(study)) == sorted(row[1:] for row in EXPECTED)


def test_a_grouped_table_of_something_else_is_refused():
    text = GROUPED.format(tag="Table", rows="<d>liver</d><d>lung</d>", groups="")
    with pytest.raises(InputError, match="no table of volumes by day"):
        read(text)
