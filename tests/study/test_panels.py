"""Several tables on one sheet, told apart by the titles over them."""

import pytest

from xenotrack.errors import InputError

from .sheets import finding_of, read, rules_of

DAYS = (0, 4, 8, 14)
MICE = {f"m{n}": "Vehicle" if n < 4 else "Drug A" for n in range(1, 7)}


def volume(mouse, day):
    return 100 + 3 * int(mouse[1:]) + day * (9 if MICE[mouse] == "Vehicle" else 4)


def weight(mouse, day):
    return 20 + int(mouse[1:]) / 10 + day / 20


def length(mouse, day):
    return 8 + day / 10 + int(mouse[1:]) / 10


def width(mouse, day):
    return 6 + day / 10


def relative(mouse, day):
    return volume(mouse, day) / volume(mouse, 0)


def csv(rows):
    size = max(map(len, rows))
    return "".join(",".join([*map(str, row), *[""] * (size - len(row))]) + "\n" for row in rows)


def beside(titles, measures, ids=True, gap=True, day="Day {}"):
    """Tables side by side, the names of the mice before each or before the first alone."""
    before, names = (["Group", "Mouse"] if ids else []), ["Group", "Mouse"]
    top, head = [], []
    for place, title in enumerate(titles):
        own = names if ids or place == 0 else []
        cut = [""] if gap and place else []
        over = [title, *[""] * (len(own) + 3)] if ids else [*[""] * len(own), title, "", "", ""]
        top += cut + over
        head += cut + list(own) + [day.format(one) for one in DAYS]
    rows = [top, head]
    for mouse, arm in MICE.items():
        row = []
        for place, measure in enumerate(measures):
            cut = [""] if gap and place else []
            own = [arm, mouse] if before or place == 0 else []
            row += cut + own + [round(measure(mouse, one), 4) for one in DAYS]
        rows.append(row)
    return csv(rows)


def below(titles, measures, days=(DAYS, DAYS)):
    rows = []
    for title, measure, own in zip(titles, measures, days, strict=True):
        rows += [[title], ["Group", "Mouse", *(f"Day {day}" for day in own)]]
        rows += [
            [arm, mouse, *(round(measure(mouse, day), 4) for day in own)]
            for mouse, arm in MICE.items()
        ]
        rows += [[]]
    return csv(rows)


def is_read(study, with_weights=True):
    table = study.measurements.dropna(subset=["volume_mm3"])
    assert len(table) == len(MICE) * len(DAYS)
    for row in table.itertuples():
        assert row.volume_mm3 == volume(row.mouse, row.day)
        assert row.arm == MICE[row.mouse]
        if with_weights:
            assert row.body_weight_g == pytest.approx(weight(row.mouse, row.day))
    return True


PAIRS = [
    (("Tumor volume (mm3)", "Body weight (g)"), (volume, weight)),
    (("Body weights", "Tumour size (mm³)"), (weight, volume)),
    (("Tumorvolumen", "Körpergewicht [g]"), (volume, weight)),
    (("肿瘤体积", "体重"), (volume, weight)),
    (("Volume tumoral (mm3)", "Poids (g)"), (volume, weight)),
]


@pytest.mark.parametrize(("titles", "measures"), PAIRS)
@pytest.mark.parametrize("ids", [True, False])
@pytest.mark.parametrize("gap", [True, False])
def test_volumes_and_weights_side_by_side(titles, measures, ids, gap):
    study = read(beside(titles, measures, ids, gap))
    assert is_read(study)
    assert "tables-side-by-side" in rules_of(study)


@pytest.mark.parametrize("day", ["{}", "D{}", "Tag {}"])
def test_days_side_by_side_are_written_in_any_way(day):
    assert is_read(read(beside(*PAIRS[0], day=day)))


@pytest.mark.parametrize(("titles", "measures"), PAIRS)
def test_volumes_and_weights_below_one_another(titles, measures):
    assert is_read(read(below(titles, measures)))


def test_tables_below_one_another_have_days_of_their_own():
    study = read(below(*PAIRS[0], days=(DAYS, DAYS[::2])))
    assert study.measurements["body_weight_g"].notna().sum() == 2 * len(MICE)


def test_lengths_beside_widths_give_volumes():
    study = read(beside(("Length (mm)", "Width (mm)"), (length, width), ids=False))
    expected = [length(m, d) * width(m, d) ** 2 / 2 for m in MICE for d in DAYS]
    assert study.measurements["volume_mm3"].sum() == pytest.approx(sum(expected))


@pytest.mark.parametrize("lay", [beside, below])
def test_relative_volumes_are_no_second_readings(lay):
    study = read(lay(("Tumor volume (mm3)", "Relative tumor volume"), (volume, relative)))
    assert is_read(study, with_weights=False)


def test_mice_in_another_order_are_not_read_by_their_place():
    lines = beside(*PAIRS[0]).splitlines()
    halves = [line.split(",,") for line in lines[2:]]
    turned = [f"{a[0]},,{b[1]}" for a, b in zip(halves, halves[::-1], strict=True)]
    with pytest.raises(InputError):
        read("\n".join([*lines[:2], *turned]) + "\n")


def test_tables_without_titles_are_asked_about():
    lines = [line for line in below(*PAIRS[0]).splitlines() if "(" not in line]
    finding = finding_of(read("\n".join(lines) + "\n"), "readings-repeated")
    assert finding.severity == "error"
    assert "title" in finding.proposal


MODELS = ("MCF7 tumor volume (mm3)", "T47D tumor volume (mm3)")


def larger(mouse, day):
    return 2 * volume(mouse, day)


@pytest.mark.parametrize("model", [0, 1])
def test_two_models_below_one_another_are_asked_about_and_chosen_by_their_title(model):
    text = below(MODELS, (volume, larger))
    with pytest.raises(InputError, match="several sheets of readings"):
        read(text)
    study = read(text, sheet_name=MODELS[model])
    assert study.measurements["volume_mm3"].iloc[0] == volume("m1", 0) * (1 + model)


def test_a_line_of_a_test_below_the_mice_is_one_finding():
    lines = below(*PAIRS[0]).split("\n\n")[0].splitlines()[1 : 2 + len(MICE)]
    study = read("\n".join([*lines, "t-test p,,.1,.2,.3,.04", "total,,900,900,900,900"]) + "\n")
    assert not study.errors
    assert len(study.mice) == len(MICE)


@pytest.mark.parametrize("units", [",,days,mm,mm", ",,d,mm,mm", ",,,(mm),(mm)"])
def test_units_on_a_line_of_their_own_are_those_of_the_names_above(units):
    study = read(f"mouse,arm,day,length,width\n{units}\n1,V,0,6,5\n1,V,3,7,6\n2,A,0,6,5\n")
    assert study.layout == "long"
    assert study.measurements["length_mm"].tolist() == [6, 7, 6]
