import pytest

from xenotrack.study.ingest import read_study

from ..sheets import HEADER, clean_rows, finding_of, read, rules_of, sheet

LONG = "mouse,arm,day,length,width,weight\n"
DAYS = (0, 3, 7, 10, 14, 17, 21)


def track(*volumes, days=DAYS):
    rows = [["m0", "vehicle", str(day), str(v)] for day, v in zip(days, volumes, strict=False)]
    return read(sheet([*clean_rows()[4:], *rows]))


def weights(*grams):
    rows = "".join(f"m0,vehicle,{d},9,8,{g}\n" for d, g in zip(DAYS, grams, strict=False))
    others = "".join(f"m{m},vehicle,0,9,8,20\n" for m in range(1, 4))
    return read(LONG + rows + others)


def test_a_spike_is_one_finding_that_proposes_the_decimal_point():
    found = finding_of(track(100, 110, 1210, 130, 140), "implausible-jump")
    assert found.cell == "24"
    assert "121 would fit" in found.proposal


def test_a_drop_is_an_implausible_jump_and_growth_is_none():
    assert "implausible-jump" in rules_of(track(800, 900, 100, 90))
    assert "implausible-jump" not in rules_of(track(100, 150, 230, 300, 500))
    assert "implausible-jump" not in rules_of(track(5, 16, 30, 60))


@pytest.mark.parametrize("small", [0.5, 4, 20])
@pytest.mark.parametrize("gap", [2, 4, 7])
def test_a_large_tumour_that_is_small_on_one_day_is_an_implausible_jump(small, gap):
    days = range(0, 7 * gap, gap)
    found = finding_of(track(300, 330, 360, small, 420, 460, days=days), "implausible-jump")
    assert found.cell == "25"


@pytest.mark.parametrize(
    "volumes",
    [
        (50, 55, 165, 325, 400),  # took off between two visits
        (315, 330, 960, 1240, 1500),
        (700, 720, 180, 150, 160),  # a response that lasts
        (60, 65, 150, 120, 160),
    ],
)
def test_a_step_that_the_next_reading_bears_out_is_no_implausible_jump(volumes):
    assert "implausible-jump" not in rules_of(track(*volumes))


def test_zeros_between_and_to_the_end_are_told_apart():
    between = rules_of(track(100, 50, 0, 0, 60))
    assert between.count("zero-then-regrowth") == 1
    assert "trailing-zeros" not in between
    trailing = track(100, 50, 0, 0, 0)
    assert finding_of(trailing, "trailing-zeros").cell == "24"
    assert "zero-then-regrowth" not in rules_of(trailing)


def test_the_same_question_about_many_mice_of_an_arm_is_asked_once():
    courses = {f"m{n}": (100, 50, 0, 0, 60) for n in range(12)}
    courses["only"] = (100, 50, 0, 0, 60)
    text = "mouse,arm,day,volume\n" + "".join(
        f"{mouse},{'B' if mouse == 'only' else 'A'},{day},{volume}\n"
        for mouse, volumes in courses.items()
        for day, volume in zip((0, 3, 7, 10, 14), volumes, strict=True)
    )
    first, second = (f for f in read(text).findings if f.rule == "zero-then-regrowth")
    assert (first.cell, first.mouse) == ("4, 9, 14, 19, 24, 29, 34, 39, 44, 49, 54, 59", "")
    assert first.seen.startswith("A, 12 times: volume 0 between positive readings. Mouse m0, day 7")
    assert first.seen.endswith("; and 4 more.")
    assert (second.cell, second.mouse) == ("64", "only")
    assert second.seen == "Mouse only, day 7: volume 0 between positive readings."


def test_a_question_about_mice_of_two_files_keeps_both_places(tmp_path):
    for number in (1, 2):
        rows = "".join(
            f"m{number}{n},A,{day},{volume}\n"
            for n in range(2)
            for day, volume in zip((0, 3, 7, 10, 14), (100, 50, 0, 0, 60), strict=True)
        )
        (tmp_path / f"{number}.csv").write_text("mouse,arm,day,volume\n" + rows)
    (tmp_path / "t.toml").write_text('[study]\nsheet = ["1.csv", "2.csv"]')
    study = read_study(tmp_path / "t.toml")
    places = [(f.file, f.cell) for f in study.findings if f.rule == "zero-then-regrowth"]
    assert places == [("1.csv", "4, 9"), ("2.csv", "4, 9")]


def test_a_last_value_carried_forward_is_named():
    assert finding_of(track(100, 120, 130, 130, 130), "repeated-last-value").cell == "26"
    assert "repeated-last-value" not in rules_of(track(100, 120, 130, 130))


def test_a_gap_in_the_readings_is_named():
    assert "readings-far-apart" in rules_of(track(100, 120, 900, days=(0, 3, 40)))


def test_a_mouse_without_baseline_is_named():
    study = track(300, 320, days=(14, 17))
    assert finding_of(study, "no-baseline").mouse == "m0"


def test_late_baselines_are_one_finding():
    found = finding_of(track(100, 110, days=(3, 7)), "late-baseline")
    assert "1 of 6 mice" in found.seen


def test_an_elongated_tumour_is_named():
    rows = "".join(f"m{m},vehicle,0,{length},4,20\n" for m, length in enumerate((5, 6, 13)))
    assert finding_of(read(LONG + rows), "aspect-ratio").mouse == "m2"


@pytest.mark.parametrize(
    ("grams", "fits"),
    [((29, 308.0, 30, 31), "30.8"), ((2.8, 28, 29, 28), "28"), ((28, 29, 28, 2.9), "29")],
)
def test_a_weight_ten_times_off_is_proposed(grams, fits):
    assert f" {fits} g would fit" in finding_of(weights(*grams), "weight-slip").proposal


def test_a_weight_that_slipped_beside_one_of_two_flanks_is_named():
    rows = [
        f"m1,vehicle,{flank},{day},8,6,{250 if (flank, day) == ('R', 3) else 25}"
        for day in (0, 3, 7)
        for flank in "LR"
    ]
    text = "\n".join(["mouse,arm,tumor,day,length,width,weight", *rows])
    found = finding_of(read(text), "weight-slip")
    assert (found.cell, "25 g would fit" in found.proposal) == ("5", True)


def test_a_weight_that_leaps_and_comes_back_is_named_and_a_loss_is_not():
    assert finding_of(weights(26.2, 53.5, 25.6, 26), "weight-slip").cell == "3"
    assert "weight-slip" not in rules_of(weights(26, 24, 22, 20.5, 19.8))
    assert "weight-slip" not in rules_of(weights(26, 25, 26, 19))


def test_small_arms_are_named():
    rows = [row for row in clean_rows() if row[0] not in ("m4", "m5")]
    assert "'drug' (1 mouse)." in finding_of(read(sheet(rows)), "few-mice").seen


def test_a_placeholder_for_small_tumours_is_named():
    rows = [[f"m{m}", "vehicle", str(d), "14" if d < 7 else str(100 + m + d)]
            for m in range(10) for d in (0, 3, 7, 10, 14)]  # fmt: skip
    assert "14 mm³ stands on 20" in finding_of(read(sheet(rows)), "heaped-value").seen


def test_findings_stand_in_the_order_of_the_sheet():
    study = track(100, 0, 50, "x", 900, 80)
    cells = [int(finding.cell) for finding in study.findings if finding.cell]
    assert cells == sorted(cells)


def test_a_tumour_at_rest_reads_the_same_again_where_calipers_are_coarse():
    """In a sheet of whole millimetres equal readings are no news; after growth they are."""
    rest = "".join(
        f"r{n},drug,{day},{volume}\n"
        for n in range(8)
        for day, volume in zip(range(0, 21, 3), (108, 108, 126, 126, 108, 108, 108), strict=True)
    )
    assert "repeated-last-value" not in rules_of(read(HEADER + rest))
    carried = "".join(
        f"c,drug,{day},{volume}\n"
        for day, volume in zip(range(0, 21, 3), (108, 144, 256, 400, 500, 500, 500), strict=True)
    )
    assert finding_of(read(HEADER + rest + carried), "repeated-last-value").mouse == "c"


def test_a_percentage_headed_volume_is_asked_about(clean):
    rows = [[m, a, d, "100" if d == "0" else f"{float(v) + 0.5}"] for m, a, d, v in clean]
    assert "volume-looks-relative" in rules_of(read(sheet(rows)))
    assert "volume-looks-relative" not in rules_of(
        read(sheet(rows), {"volume": {"readout": "volume"}})
    )


@pytest.mark.parametrize("place", [0, 1, 3])
def test_one_size_in_centimetres_among_millimetres_is_told(place):
    sizes = [(6.0, 5.0), (6.6, 5.4), (7.2, 5.9), (8.0, 6.6)]
    rows = "mouse,arm,day,length,width\n"
    for mouse in ("m1", "m2", "m3"):
        for day, (long, wide) in enumerate(sizes):
            by = 10 if mouse == "m1" and day == place else 1
            rows += f"{mouse},vehicle,{3 * day},{long / by},{wide / by}\n"
    found = finding_of(read(rows), "implausible-jump")
    assert "less than 1 mm" in found.seen


def test_mice_that_begin_later_than_others_are_counted_from_their_own_first_reading():
    def begun(*first: int):
        rows = "".join(
            f"m{m},vehicle,{day + step},{8 + step},6,20\n"
            for m, day in enumerate(first)
            for step in (0, 3, 7)
        )
        return read(LONG + rows)

    for study, rule in ((begun(0, 0, 14), "no-baseline"), (begun(0, 0, 4), "late-baseline")):
        assert "first_of_mouse" in finding_of(study, rule).proposal
    assert "first_of_mouse" not in finding_of(begun(4, 4, 4), "late-baseline").proposal
