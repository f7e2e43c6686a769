"""Sheets as labs keep them: cages, legends, graphs, footnotes, limits, names, tables of the web."""

import math

import pytest

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_study

from .files.test_workbook import workbook
from .sheets import finding_of, read, rules_of

DAYS = (0, 4, 8, 14)
ARMS = {"Vehicle": 0.05, "Drug A": 0.02}
MICE = {str(n): "Vehicle" if n < 5 else "Drug A" for n in range(1, 9)}


def volume(mouse, day):
    return round((100 + 5 * int(mouse)) * math.exp(ARMS[MICE[mouse]] * day), 1)


TRUTH = sorted((arm, [volume(mouse, day) for day in DAYS]) for mouse, arm in MICE.items())


def csv(rows, delimiter=","):
    width = max(map(len, rows))
    return "".join(
        delimiter.join([*map(str, row), *[""] * (width - len(row))]) + "\n" for row in rows
    )


def volumes(mouse):
    return [volume(mouse, day) for day in DAYS]


def tracks(study, by=("arm", "mouse")):
    """The volumes of each mouse by day, whatever it is called."""
    table = study.measurements.dropna(subset=["volume_mm3"])
    assert set(table["day"]) == set(DAYS)
    keyed = table.sort_values("day").groupby(list(by), sort=False)["volume_mm3"]
    return sorted((key[0], values.tolist()) for key, values in keyed)


def wide(head, first=("Group", "Mouse"), arm=lambda mouse: MICE[mouse], name=lambda mouse: mouse):
    return [[*first, *head], *([arm(mouse), name(mouse), *volumes(mouse)] for mouse in MICE)]


HEADS = {
    "footnotes": ["0", "4*", "8†", "14 #"],
    "days of weeks": ["Wk0 D0", "Wk1 D4", "Wk2 D1", "Wk2 D7"],
    "hours": ["0 h", "96h", "192 hours", "336 hrs"],
    "dates in brackets": ["0 (03/04/2024)", "4\n(03/08/2024)", "8 (03/12/2024)", "14 (03/18/2024)"],
    "volumes in words": [f"Tumor vol. (mm3) Day {day}" for day in DAYS],
    "volumes first": [f"TV (mm³) D{day}" for day in DAYS],
}


@pytest.mark.parametrize("kind", HEADS)
def test_days_are_read_however_their_columns_are_called(kind):
    head = [f'"{name}"' for name in HEADS[kind]]
    assert tracks(read(csv(wide(head)))) == TRUTH


LONG = [[mouse, MICE[mouse], day, volume(mouse, day)] for mouse in MICE for day in DAYS]


@pytest.mark.parametrize("name", ["Time (h)", "time_h", "Time (hours)", "Day [hr]"])
def test_hours_become_days(name):
    rows = [["mouse", "arm", name, "volume"], *([*row[:2], 24 * row[2], row[3]] for row in LONG)]
    study = read(csv(rows))
    assert tracks(study) == TRUTH
    assert name in finding_of(study, "hours-are-days").seen


@pytest.mark.parametrize("unit", ["months", "min", "years"])
def test_what_is_no_number_of_days_is_refused(unit):
    rows = [["mouse", "arm", f"Time ({unit})", "volume"], *LONG]
    with pytest.raises(InputError, match=unit):
        read(csv(rows))


@pytest.mark.parametrize("name", ["Day", "Date"])
def test_a_day_written_once_is_that_of_its_visit(name):
    rows = [[name, "arm", "mouse", "volume"]]
    for day in DAYS:
        for place, mouse in enumerate(MICE):
            said = day if name == "Day" else f"2024-03-{4 + day:02d}"
            rows.append(["" if place else said, MICE[mouse], mouse, volume(mouse, day)])
    study = read(csv(rows))
    assert tracks(study) == TRUTH
    assert "day-written-once" in rules_of(study)


def test_days_left_out_within_a_mouse_are_no_days_of_visits():
    rows = [["mouse", "arm", "day", "volume"]]
    rows += [[mouse, arm, "" if day in (8, 14) else day, vol] for mouse, arm, day, vol in LONG]
    assert "day-written-once" not in rules_of(read(csv(rows)))


EARS = dict(zip(MICE, ["N", "L", "R", "LR"] * 2, strict=True))
CAGES = {"Vehicle": "12", "Drug A": "13"}
TITLES = ["Cage {}: {}", "Cage {} - {}", "Käfig {}, {}", "cage #{} ({})"]


@pytest.mark.parametrize("title", TITLES)
def test_a_block_a_cage_says_its_arm(title):
    rows = []
    for arm, cage in CAGES.items():
        rows += [[title.format(cage, arm).replace(",", ";")], ["Ear", *(f"D{d}" for d in DAYS)]]
        rows += [[EARS[mouse], *volumes(mouse)] for mouse in MICE if MICE[mouse] == arm] + [[]]
    study = read(csv([["MC38 volumes"], *rows]).replace(";", ""))
    expected = TRUTH if "," not in title else None
    assert expected is None or tracks(study) == expected


@pytest.mark.parametrize("called", ["Cage {}", "cage{}", "Box {}", "Käfig {}"])
def test_a_worksheet_a_cage_is_one_table(called):
    tabs = {}
    for cage in (1, 2):
        mice = [mouse for mouse in MICE if int(mouse) % 2 == cage - 1]
        rows = [["Treatment", "Ear", *(f"D{day}" for day in DAYS)]]
        rows += [[MICE[m], ear, *volumes(m)] for m, ear in zip(mice, "ABCD", strict=True)]
        tabs[called.format(cage)] = rows
    study = read(workbook(tabs))
    assert tracks(study) == TRUTH
    assert "sheets-read-together" in rules_of(study)


@pytest.mark.parametrize("name", ["Graph", "SEM", "Mean TV", "Summary", "Abb Mittelwerte", "汇总"])
def test_a_worksheet_of_means_is_no_rival(name):
    means = [["Day", *ARMS, "x"], *([day, 100 + day, 90 + day, 80 + day] for day in DAYS)]
    tabs = {name: means, "Raw": [["mouse", "arm", "day", "volume"], *LONG]}
    assert tracks(read(workbook(tabs))) == TRUTH


LINES = {
    "with a colon": [["Group 1: Vehicle, n=4"], ["Group 2: Drug A (n = 4)"]],
    "short": [["G1 = Vehicle"], ["G2 = Drug A"]],
    "in two cells": [["Group 1", "Vehicle"], ["Group 2", "Drug A"]],
    "in Chinese": [["第1组：Vehicle"], ["第2组：Drug A"]],
}


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("code", ["{}", "Group {}", "G{}"])
@pytest.mark.parametrize("below", [False, True])
def test_lines_say_what_the_codes_of_arms_mean(kind, code, below):
    table = wide([f"Day {day}" for day in DAYS])
    codes = {"Vehicle": 1, "Drug A": 2}
    table = [table[0], *([code.format(codes[row[0]]), *row[1:]] for row in table[1:])]
    rows = [*table, [], *LINES[kind]] if below else [["Study 12"], *LINES[kind], [], *table]
    study = read(csv(rows).replace("1: Vehicle, n", "1: Vehicle n"))
    assert tracks(study) == TRUTH
    assert "arms-from-legend" in rules_of(study)


def test_lines_of_one_drug_at_two_doses_name_no_arm():
    lines = [["Group 1: Drug A"], ["Group 2: Drug A"]]
    table = wide([f"Day {day}" for day in DAYS], arm=lambda mouse: 1 + (MICE[mouse] == "Drug A"))
    assert "arms-from-legend" not in rules_of(read(csv([*lines, *table])))


@pytest.mark.parametrize("name", ["{} #{}", "{}_{}", "{}-{}", "{} {}", "{} M{}"])
def test_mice_called_by_their_arm_are_of_it(name):
    rows = [["Animal ID", *(f"Day {day}" for day in DAYS)]]
    rows += [[name.format(MICE[m], 1 + (int(m) - 1) % 4), *volumes(m)] for m in MICE]
    study = read(csv(rows))
    assert tracks(study) == TRUTH
    assert "arms-from-names" in rules_of(study)


@pytest.mark.parametrize("names", [("m", "f"), ("Mouse", "Animal"), ("NSG", "Nude"), ("1", "2")])
def test_mice_called_by_anything_else_are_asked_about(names):
    rows = [["Animal ID", *(f"Day {day}" for day in DAYS)]]
    rows += [[f"{names[MICE[m] == 'Drug A']}-{m}", *volumes(m)] for m in MICE]
    with pytest.raises(InputError):
        read(csv(rows))


@pytest.mark.parametrize("mark", ["X", "x", "IP", "↓"])
def test_marks_of_doses_below_days_are_no_measure(mark):
    table = wide([f"Day {day}" for day in DAYS])
    study = read(csv([table[0], ["", "Dosing", mark, "", mark, mark], *table[1:]]))
    assert tracks(study) == TRUTH


@pytest.mark.parametrize("order", [("Cage", "Mouse", "Group"), ("Group", "Cage", "Mouse")])
def test_heads_above_columns_of_mice_are_read_by_their_words(order):
    said = {"Cage": [int(m) // 3 for m in MICE], "Mouse": list(MICE), "Group": list(MICE.values())}
    rows = [["", name, *said[name]] for name in order]
    rows[-1][0] = "Day"
    rows += [[day, "", *(volume(mouse, day) for mouse in MICE)] for day in DAYS]
    study = read(csv(rows))
    assert tracks(study) == TRUTH
    assert set(study.measurements["mouse"]) == set(MICE)


FLANKS = {
    "day first": lambda day: (f"D{day} Left", f"D{day} Right"),
    "letters": lambda day: (f"Day {day} - L", f"Day {day} - R"),
    "flank first": lambda day: (f"Left flank D{day}", f"Right flank D{day}"),
    "with volume": lambda day: (f"D{day} TV left", f"D{day} TV right"),
    "numbered": lambda day: (f"T1 Day {day}", f"T2 Day {day}"),
}


@pytest.mark.parametrize("kind", [*FLANKS, "two lines"])
def test_flanks_of_a_day_are_two_tumours(kind):
    if kind == "two lines":
        days = [text for day in DAYS for text in (f"Day {day}", "")]
        rows = [["", "", *days], ["Group", "Mouse", *("Left", "Right") * len(DAYS)]]
    else:
        rows = [["Group", "Mouse", *(name for day in DAYS for name in FLANKS[kind](day))]]
    rows += [
        [MICE[m], m, *(each for day in DAYS for each in (volume(m, day), 2 * volume(m, day)))]
        for m in MICE
    ]
    study = read(csv(rows))
    doubled = [(arm, [2 * each for each in values]) for arm, values in TRUTH]
    assert tracks(study, ("arm", "mouse", "tumor")) == sorted([*TRUTH, *doubled])


def test_flanks_of_weights_are_no_volumes():
    rows = [["Body weight (g)"]]
    rows += [["Group", "Mouse", *(name for day in DAYS for name in FLANKS["day first"](day))]]
    rows += [[MICE[m], m, *[21.3] * 8] for m in MICE]
    with pytest.raises(InputError, match="body weights"):
        read(csv(rows))


def marked(mark, few=("1", "5")):
    table = wide([f"Day {day}" for day in DAYS])
    return csv([[*row[:4], mark, *row[5:]] if row[1] in few else row for row in table])


@pytest.mark.parametrize("mark", ["<15", "< 15", "≤15", "<15 mm3"])
def test_less_than_a_limit_is_not_measurable(mark):
    study = read(marked(mark))
    assert study.limit_mm3 == 15
    assert study.measurements["below_limit"].sum() == 2
    assert finding_of(study, "below-limit-marks").severity == "warning"
    assert "not-a-number" not in rules_of(study)


def test_less_than_a_declared_limit_needs_no_word():
    study = read(marked("<15"), {"volume": {"limit_mm3": 20}})
    assert "below-limit-marks" not in rules_of(study)
    assert study.measurements["below_limit"].sum() == 2


@pytest.mark.parametrize("mark", ["<130", "<500"])
def test_less_than_what_was_measured_is_asked_about(mark):
    found = finding_of(read(marked(mark)), "below-limit-marks")
    assert found.severity == "error"


def test_a_word_in_many_cells_is_one_finding():
    study = read(marked("lost", few=("1", "2", "3", "5", "6")))
    assert rules_of(study).count("not-a-number") == 1
    assert finding_of(study, "not-a-number").seen.startswith("5 cells")


def test_volumes_of_formulas_that_nobody_computed_come_from_the_diameters():
    rows = [["mouse", "arm", "day", "length", "width", "volume"]]
    rows += [[mouse, arm, day, 8 + day / 4, 6, 0] for mouse, arm, day, _ in LONG]
    study = read(csv(rows))
    assert study.measurements["volume_mm3"].min() == 8 * 36 / 2
    assert "volumes-all-zero" in rules_of(study)


def test_cured_tumours_stay_at_nothing():
    rows = [["mouse", "arm", "day", "length", "width", "volume"]]
    rows += [[mouse, arm, day, 0, 0, 0] for mouse, arm, day, _ in LONG]
    assert "volumes-all-zero" not in rules_of(read(csv(rows)))


PAGE = "<html><body><p>Export</p><table><tr>{}</tr>{}</table></body></html>"


@pytest.mark.parametrize("merged", [True, False])
@pytest.mark.parametrize("page", [PAGE, "<!DOCTYPE html>" + PAGE, "\ufeff" + PAGE])
def test_a_table_of_the_web_is_read(tmp_path, merged, page):
    head = "".join(f"<th>{name}</th>" for name in ("Group", "Mouse", "Day 0", "4", "8", "14"))
    rows, seen = "", set()
    for mouse, arm in MICE.items():
        first = "" if arm in seen else f"<td rowspan='4'>{arm}</td>"
        first = first if merged else f"<td>{arm}</td>"
        seen.add(arm)
        rows += f"<tr>{first}<td>{mouse}</td>"
        rows += "".join(f"<td>{each}</td>" for each in volumes(mouse)) + "</tr>"
    path = tmp_path / "volumes.xls"
    path.write_text(page.format(head, rows), encoding="utf-8")
    assert tracks(read_study(path)) == TRUTH


def test_a_workbook_written_as_xml_is_named():
    text = '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    with pytest.raises(InputError, match="save it as xlsx"):
        read(text)


@pytest.mark.parametrize("kind", ["padded", "two blanks", "quoted"])
def test_columns_that_blanks_keep_apart_are_read(kind):
    rows = [["mouse", "arm", "day", "volume"], *LONG]
    rows = [[str(text) for text in row] for row in rows]
    if kind == "padded":
        lines = ["".join(f"{text.replace(' ', '_'):>12}" for text in row) for row in rows]
    elif kind == "two blanks":
        lines = ["  ".join(row) for row in rows]
    else:
        lines = [" ".join(f'"{text}"' if " " in text else text for text in row) for row in rows]
        lines = [lines[0], *(f'"{n}" {line}' for n, line in enumerate(lines[1:], start=1))]
    got = tracks(read("\n".join(lines) + "\n"))
    assert [(arm.replace("_", " "), values) for arm, values in got] == TRUTH


@pytest.mark.parametrize("title", ["Figure 2c. Tumor volume (mm3)", "Fig. 3a tumour growth"])
def test_an_arm_over_the_first_of_its_columns_is_that_of_all(title):
    head = ["Days", "Vehicle", "", "", "", "Drug A", "", "", ""]
    rows = [[day, *(volume(mouse, day) for mouse in MICE)] for day in DAYS]
    assert tracks(read(csv([[title], [], head, *rows]))) == TRUTH


def test_a_lone_column_without_a_name_is_no_mouse():
    head = ["Days", *(f"{arm}_{n}" for arm in ARMS for n in range(1, 5)), ""]
    rows = [[day, *(volume(mouse, day) for mouse in MICE), 3] for day in DAYS]
    assert finding_of(read(csv([head, *rows])), "column-without-name").severity == "error"


SIZES = [[mouse, MICE[mouse], day, 8 + day / 2, 6 + day / 4] for mouse in MICE for day in DAYS]
AXES = [
    ("a (mm)", "b (mm)"),
    ("Tumor D1 (mm)", "Tumor D2 (mm)"),
    ("x [mm]", "y [mm]"),
    ("Diameter 1", "Diameter 2"),
    ("diameter a", "diameter b"),
]


@pytest.mark.parametrize("axes", AXES)
def test_two_diameters_that_are_only_told_apart_give_volumes(axes):
    study = read(csv([["mouse", "arm", "day", *axes], *SIZES]))
    assert study.measurements["volume_mm3"].iloc[0] == 8 * 36 / 2


def test_letters_without_a_unit_are_no_diameters():
    with pytest.raises(InputError):
        read(csv([["mouse", "arm", "day", "a", "b"], *SIZES]))


def test_a_formula_in_a_header_is_no_part_of_its_name():
    rows = [["mouse", "arm", "day", "V=L*W^2/2"], *LONG]
    assert tracks(read(csv(rows))) == TRUTH


@pytest.mark.parametrize("unit", ["mm", "cm"])
def test_units_below_the_header_are_those_of_its_columns(unit):
    factor = 10 if unit == "cm" else 1
    rows = [["mouse", "arm", "day", "length", "width"], ["", "", "", unit, f"({unit})"]]
    rows += [[*row[:3], row[3] / factor, row[4] / factor] for row in SIZES]
    study = read(csv(rows))
    assert study.measurements["volume_mm3"].iloc[0] == pytest.approx(8 * 36 / 2)
    assert not {"row-without-mouse", "length-looks-like-cm"} & set(rules_of(study))


@pytest.mark.parametrize("text", ["X{}", "Day.{}", "day_{}", "D{}", "Day {}"])
@pytest.mark.parametrize("name", ["variable", "key", "VISIT"])
def test_columns_of_days_made_long_are_days(text, name):
    rows = [["mouse", "arm", name, "volume"]]
    rows += [[mouse, arm, text.format(day), vol] for mouse, arm, day, vol in LONG]
    assert tracks(read(csv(rows))) == TRUTH


def test_numbered_visits_are_no_days():
    rows = [["mouse", "arm", "visit", "volume"]]
    rows += [[mouse, arm, DAYS.index(day) + 1, vol] for mouse, arm, day, vol in LONG]
    with pytest.raises(InputError):
        read(csv(rows))


@pytest.mark.parametrize(
    "since", ["{} post-Rx", "{} post treatment", "{} after implantation", "{} (n=8)", "{} p.i"]
)
def test_what_stands_behind_a_day_may_say_since_when(since):
    since = since.replace("p.i", "post inj")
    assert tracks(read(csv(wide([since.format(f"Day {day}") for day in DAYS])))) == TRUTH


def test_thousands_marks_beside_decimal_points_are_read():
    table = wide([f"Day {day}" for day in DAYS])
    table[1][3] = '"1,293.5"'
    table[2][3] = '"1,300"'
    study = read(csv(table))
    assert {1293.5, 1300.0} <= set(study.measurements["volume_mm3"])
    assert "thousands-marks" in rules_of(study)


@pytest.mark.parametrize("factor", [0.5, math.pi / 6, 0.52])
def test_three_columns_a_day_are_two_diameters_and_their_volume(factor):
    days = [text for day in DAYS for text in [f"2024-03-{4 + day:02d}"] * 3]
    rows = [["Group", "Mouse", *days]]
    for mouse, arm in MICE.items():
        own = [(8 + day / 2, 6 + day / 4) for day in DAYS]
        rows.append(
            [arm, mouse, *(x for a, b in own for x in (a, b, round(factor * a * b * b, 1)))]
        )
    study = read(csv(rows))
    assert study.measurements["volume_mm3"].iloc[0] == round(factor * 8 * 36, 1)
    assert not {"column-misread", "heights-not-used"} & set(rules_of(study))


def test_three_diameters_a_day_stay_diameters():
    days = [text for day in DAYS for text in [f"2024-03-{4 + day:02d}"] * 3]
    rows = [["Group", "Mouse", *days]]
    rows += [[arm, m, *(x for day in DAYS for x in (8 + day, 6, 5))] for m, arm in MICE.items()]
    assert "heights-not-used" in rules_of(read(csv(rows)))


@pytest.mark.parametrize("name", ["Genotype", "Cell line", "Vector"])
def test_a_sheet_without_an_arm_is_asked_which_column_it_is(name):
    rows = [[name, "Mouse", *(f"Day {day}" for day in DAYS)]]
    rows += [["WT" if arm == "Vehicle" else "KO", m, *volumes(m)] for m, arm in MICE.items()]
    with pytest.raises(InputError, match=f'arm = "{name}"') as error:
        read(csv(rows))
    assert len(str(error.value).splitlines()) < 9


SIZED = {
    "by": "{} by {}",
    "a comma": "{}, {}",
    "a semicolon": "{}; {}",
    "letters": "L{} W{}",
    "letters and signs": "L={} mm, W={} mm",
    "the Russian letter": "{}х{}",
}


@pytest.mark.parametrize("kind", SIZED)
def test_sizes_are_read_however_the_two_are_kept_apart(kind):
    cell = '"' + SIZED[kind] + '"'
    rows = [["Group", "Mouse", *(f"Day {day}" for day in DAYS)]]
    for mouse, arm in MICE.items():
        rows.append([arm, mouse, *(cell.format(8.5 + day / 4, 6.5) for day in DAYS)])
    study = read(csv(rows))
    assert study.measurements["volume_mm3"].min() == 8.5 * 6.5**2 / 2


def test_two_volumes_in_a_cell_are_no_size():
    rows = [["Group", "Mouse", *(f"Day {day}" for day in DAYS)]]
    rows += [[arm, m, *['"120.5, 98.5"'] * 4] for m, arm in MICE.items()]
    assert read(csv(rows)).errors


@pytest.mark.parametrize("title", ["Date: 2024-03-{:02d}", "Day {}", "Day: {}", "date = {}.3.2024"])
def test_a_block_a_visit_says_its_day(title):
    rows = []
    for day in DAYS:
        said = title.format(4 + day) if "ate" in title else title.format(day)
        rows += [[said], ["Mouse", "Group", "Volume (mm3)"]]
        rows += [[mouse, arm, volume(mouse, day)] for mouse, arm in MICE.items()] + [[]]
    assert tracks(read(csv(rows))) == TRUTH


@pytest.mark.parametrize("title", ["Mouse {} ({})", "Animal #{}: {}", "Maus {} - {}"])
@pytest.mark.parametrize("tabs", [True, False])
def test_a_block_or_a_worksheet_a_mouse_says_its_arm(title, tabs):
    blocks = {
        title.format(mouse, arm): [["Day", "Volume"], *([day, volume(mouse, day)] for day in DAYS)]
        for mouse, arm in MICE.items()
    }
    if tabs:
        sheets = {name.replace(":", ","): rows for name, rows in blocks.items()}
        study = read(workbook(sheets))
    else:
        lines = [row for name, rows in blocks.items() for row in ([name], *rows, [])]
        study = read(csv(lines))
    assert tracks(study) == TRUTH


def test_days_in_a_corner_without_a_name_are_days_beside_arms_that_return():
    rows = [["", *MICE.values()], *([d, *(volume(m, d) for m in MICE)] for d in DAYS)]
    assert tracks(read(csv(rows))) == TRUTH


def test_a_matrix_of_names_that_do_not_return_is_asked_about():
    rows = [["", *(f"g{n}" for n in range(6))], *([d, 1, 2, 3, 4, 5, 6] for d in DAYS)]
    with pytest.raises(InputError):
        read(csv(rows))


@pytest.mark.parametrize("head", ["two lines", "one line", "arms once"])
@pytest.mark.parametrize(
    "measures", [("L (mm)", "W (mm)"), ("L", "W", "BW (g)"), ("Length", "Width", "Vol")]
)
def test_mice_side_by_side_with_their_measures_are_read(head, measures):
    n = len(measures)
    blank = [""] * (n - 1)
    arms = list(MICE.values())
    if head == "one line":
        rows = [["", *(t for m, arm in MICE.items() for t in (f"Mouse {m} ({arm})", *blank))]]
    else:
        once = [
            arm if head == "two lines" or arms.index(arm) == at else ""
            for at, arm in enumerate(arms)
        ]
        rows = [
            ["", *(text for arm in once for text in (arm, *blank))],
            ["", *(text for mouse in MICE for text in (f"#{mouse}", *blank))],
        ]
    rows.append(["Day", *measures * len(MICE)])
    for day in DAYS:
        cells = [[8 + int(m) / 10 + day / 4, 6.5, 21.5 if n == 3 else 0][:n] for m in MICE]
        if "Vol" in measures:
            cells = [[long, wide, round(long * wide**2 / 2, 1)] for long, wide, _ in cells]
        rows.append([day, *(text for own in cells for text in own)])
    study = read(csv(rows))
    table = study.measurements
    assert len(table) == len(MICE) * len(DAYS)
    assert set(zip(table["mouse"].str.strip("#"), table["arm"], strict=True)) == set(MICE.items())
    assert table["volume_mm3"].min() == pytest.approx(8.1 * 6.5**2 / 2, rel=1e-3)
    assert ("BW (g)" in measures) == table["body_weight_g"].notna().all()


def regrown(mark):
    """A tumour that is ``mark`` on the third of four days and grows again; one that ends so."""
    rows = [line.split(",") for line in marked("100").splitlines()]
    rows = [[*row[:4], mark, *row[5:]] if row[1] == "1" else row for row in rows]
    return csv([[*row[:-2], mark, mark] if row[1] == "5" else row for row in rows])


def test_less_than_a_limit_is_no_question_about_a_zero():
    asked = {"zero-then-regrowth", "trailing-zeros"}
    assert asked <= set(rules_of(read(regrown("0"))))
    assert not asked & set(rules_of(read(regrown("<13"))))
