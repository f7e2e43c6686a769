import pytest
from hypothesis import given
from hypothesis import strategies as st

from xenotrack.errors import InputError
from xenotrack.study.volume import FORMULAS

from .sheets import HEADER, finding_of, read, rules_of, sheet

DIAMETERS = "mouse,arm,day,length,width,height\n"


def diameters(*rows):
    return DIAMETERS + "".join(f"m{i},a,0,{row}\nm{i},a,3,{row}\n" for i, row in enumerate(rows))


@pytest.mark.parametrize(
    ("formula", "volume"),
    [
        ("half_lw2", 320.0),
        ("pi6_lw2", 335.10321638),
        ("k052_lw2", 332.8),
        ("pi6_lwh", 251.32741229),
        ("half_lwh", 240.0),
        ("pi6_lw_mean", 376.99111843),
        ("k045_lwh", 216.0),
        ("lwh", 480.0),
    ],
)
def test_every_formula_is_applied_by_name(formula, volume):
    study = read(diameters("10,8,6"), {"volume": {"formula": formula}})
    assert study.measurements["volume_mm3"].iloc[0] == pytest.approx(volume, rel=1e-8)
    assert formula in FORMULAS


def test_a_formula_with_height_is_refused_where_there_is_none():
    with pytest.raises(InputError, match="height_mm"):
        read(diameters("10,8,"), {"volume": {"formula": "lwh"}})


def test_a_width_above_the_length_is_named_and_the_longer_counts_as_length():
    study = read(diameters("10,8,", "8,10,", "9,8,", "9,7,"))
    volumes = study.measurements.groupby("mouse")["volume_mm3"].first()
    assert volumes["m0"] == volumes["m1"] == 320
    found = [f for f in study.findings if f.rule == "width-exceeds-length"]
    assert [f.cell for f in found] == ["4", "5"]
    assert study.measurements.query("mouse == 'm1'")["length_mm"].tolist() == [8, 8]


def test_swapped_columns_are_one_finding():
    found = finding_of(read(diameters(*["8,10,"] * 30)), "width-exceeds-length")
    assert found.cell == "2-61"
    assert "swapped" in found.proposal


@given(st.sampled_from(sorted(FORMULAS)), st.floats(0.1, 10))
def test_volume_scales_with_the_cube(formula, scale):
    one = FORMULAS[formula].volume(7.0, 5.0, 4.0)
    scaled = FORMULAS[formula].volume(7.0 * scale, 5.0 * scale, 4.0 * scale)
    assert scaled == pytest.approx(one * scale**3)


def test_centimetres_are_read_when_declared():
    mm = read(diameters("10,8,"))
    cm = read(diameters("1.0,0.8,"), {"volume": {"length_unit": "cm"}})
    assert cm.measurements["volume_mm3"].tolist() == pytest.approx(
        mm.measurements["volume_mm3"].tolist()
    )
    asked = read(diameters("1.0,0.8,"))
    assert [found.rule for found in asked.errors] == ["length-looks-like-cm"]
    assert not read(diameters("1.0,0.8,"), {"volume": {"readout": "volume"}}).errors


def test_volumes_below_their_days_in_no_unit_are_asked_about():
    rows = "".join(f"m{n},{'A' if n < 3 else 'B'},0.1{n},0.2{n},0.4\n" for n in range(6))
    study = read(f"mouse,arm,day 0,day 4,day 8\n{rows}")
    assert study.errors


def test_cubic_centimetres_are_asked_about_and_never_rescaled(clean):
    small = [[*row[:3], str(float(row[3]) / 1000)] for row in clean]
    study = read(sheet(small))
    assert [found.rule for found in study.errors] == ["volume-looks-like-cm3"]
    settled = read(sheet(small), {"volume": {"readout": "volume"}})
    assert not settled.errors
    assert "volume-looks-like-cm3" in rules_of(settled)
    assert study.measurements["volume_mm3"].max() < 1
    declared = read(sheet(small), {"volume": {"unit": "cm3"}})
    assert declared.measurements["volume_mm3"].min() == pytest.approx(100)


def test_a_volume_of_the_sheet_stands_and_its_disagreement_is_named():
    text = "mouse,arm,day,length,width,volume\n" + "".join(
        f"m{i},a,{d},10,8,{v}\n" for i, d, v in [(0, 0, 320), (0, 3, 321), (1, 0, 400), (1, 3, "")]
    )
    study = read(text)
    assert study.measurements["volume_mm3"].tolist() == [320, 321, 400, 320]
    assert finding_of(study, "volume-disagrees").cell == "4"


def test_volumes_of_another_formula_are_one_finding_that_names_it():
    text = "mouse,arm,day,length,width,volume\n" + "".join(
        f"m{i},a,{d},{9 + i},8,{0.5236 * (9 + i) * 64:.2f}\n" for i in range(5) for d in (0, 3)
    ).replace(",8,", ",8.0,")
    assert read(text).measurements["volume_mm3"].iloc[0] == pytest.approx(301.6, abs=0.1)
    text = text.replace("8.0", "8")
    study = read(text, {"volume": {"formula": "half_lwh"}})
    assert "volume-disagrees" not in rules_of(study)
    far = read(text, {"volume": {"formula": "pi6_lw_mean"}})
    assert "pi6_lw2" in finding_of(far, "volume-disagrees").proposal


@pytest.mark.parametrize(("smallest", "limit"), [("100", 32), ("20", 20)])
def test_zeros_lie_below_what_calipers_tell_unless_a_limit_is_declared(clean, smallest, limit):
    clean[0][3], clean[5][3] = smallest, "0"
    study = read(sheet(clean))
    assert study.limit_mm3 == limit
    assert study.measurements["below_limit"].sum() == 1
    assert study.readings.loc[study.readings["below_limit"], "volume_mm3"].tolist() == [limit]
    assert "zeros-below-limit" in rules_of(study)
    declared = read(sheet(clean), {"volume": {"limit_mm3": 105}})
    assert declared.limit_mm3 == 105
    assert declared.measurements["below_limit"].sum() >= 6
    assert "zeros-below-limit" not in rules_of(declared)


def test_a_guessed_limit_is_that_of_the_smallest_diameter_that_was_written():
    rows = [f"m{n},{'ab'[n % 2]},{day},{6 + n},{3 + day}" for n in range(4) for day in (0, 4)]
    study = read("mouse,arm,day,length,width\n" + "\n".join([*rows, "m0,a,8,0,0"]))
    assert study.limit_mm3 == 0.5 * 3**3


def test_without_zeros_there_is_no_limit(clean):
    assert read(sheet(clean)).limit_mm3 == 0
    assert not read(sheet(clean)).measurements["below_limit"].any()


def test_a_study_of_zeros_measures_no_growth():
    study = read(HEADER + "m1,a,0,0\nm1,a,3,0\nm2,a,0,0\n")
    assert finding_of(study, "no-growth").severity == "error"


def test_a_study_without_any_volume_has_no_usable_mouse():
    study = read(HEADER + "m1,a,0,NA\nm1,a,3,\n")
    assert [finding.rule for finding in study.errors] == ["no-usable-mouse"]
    assert len(study.measurements) == 2


def test_rows_without_a_volume_stay_for_their_weight():
    text = "mouse,arm,day,volume,BW\nm1,a,0,100,20\nm1,a,3,,21\nm1,a,7,120,0\n"
    study = read(text)
    assert study.measurements["body_weight_g"].tolist()[:2] == [20, 21]
    assert finding_of(study, "zero-weight").cell == "4"
