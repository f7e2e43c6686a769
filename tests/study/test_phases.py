"""Mice that move on from one arm to another, each phase with its own day 0 and baseline."""

import pytest

from xenotrack.errors import InputError
from xenotrack.study.ingest import read_studies
from xenotrack.study.settings import read_rules

from .sheets import HEADER, finding_of, read, rules_of


def moved_on(*, anew=None, gap=0, dates=False, mice=4):
    """A sheet whose mice leave an induction on day 14 for A or B, read ``gap`` days later."""
    lines = []
    for mouse in range(mice):
        arm = "A" if mouse % 2 else "B"
        for day in (0, 7, 14):
            lines.append((f"m{mouse}", "induction", day, day, 100 + day))
        for day in (0, 4, 8):
            lines.append(
                (
                    f"m{mouse}",
                    arm,
                    17 + gap + day if anew is None else anew + day,
                    17 + gap + day,
                    120,
                )
            )
    return (
        "mouse,arm,day,volume"
        + (",date" if dates else "")
        + "\n"
        + "".join(
            f"{mouse},{arm},{day},{volume}" + (f",2024-01-{1 + on:02}" if dates else "") + "\n"
            for mouse, arm, day, on, volume in lines
        )
    )


def phase(text, name, **study):
    return read(text, {"study": {"phase": name, **study}})


def both(text):
    return read_studies(text.encode(), read_rules(None, {}))


def days_of(study, mouse="m0"):
    return study.measurements.loc[study.measurements["mouse"] == mouse, "day"].tolist()


def test_arms_one_after_the_other_are_phases():
    first, second = both(moved_on())
    assert (first.phase, first.design.arm_names) == ("1", ("induction",))
    assert (second.phase, second.design.arm_names) == ("2", ("B", "A"))
    seen = finding_of(second, "phases-recognised")
    assert "4 mice" in seen.seen
    assert "1 ('induction': 4 mice); 2 ('B', 'A': 4 mice)" in seen.seen
    assert "mouse_ids" in seen.proposal
    assert not first.errors
    assert not second.errors
    assert "phase-left-out" not in rules_of(first)
    assert finding_of(phase(moved_on(), "2"), "phase-left-out").cell.startswith("2-4")


def test_a_phase_is_asked_for_where_one_study_is_wanted():
    with pytest.raises(InputError, match=r"2 phases: 1 \(induction\); 2 \(B, A\).*--phase '2'"):
        read(moved_on())


@pytest.mark.parametrize("name", ["2", "A", "B"])
def test_a_phase_is_picked_by_its_number_or_an_arm_of_it(name):
    assert phase(moved_on(), name).design.arm_names == ("B", "A")


def test_a_phase_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(InputError, match=r"no phase '3'.*'1'.*'2'"):
        phase(moved_on(), "3")
    with pytest.raises(InputError, match="several phases"):
        phase(HEADER + "m1,a,0,100\nm2,a,0,100\n", "2")


def test_day_zero_of_a_later_phase_is_the_first_day_of_the_mouse_in_it():
    study = phase(moved_on(), "2")
    assert days_of(study)[-3:] == [0, 4, 8]
    assert "first day" in finding_of(study, "phase-day-zero").seen
    assert days_of(phase(moved_on(), "1")) == [0, 7, 14]


def test_a_counter_that_starts_anew_is_kept_where_dates_show_that_phases_follow_each_other():
    study = phase(moved_on(anew=0, dates=True), "2")
    assert days_of(study)[-3:] == [0, 4, 8]
    assert "phase-day-zero" not in rules_of(study)


def test_a_counter_that_starts_anew_without_dates_is_a_mouse_in_two_arms_on_one_day():
    study = read(moved_on(anew=0))
    assert rules_of(study).count("mouse-in-two-arms") == 2  # one for each two arms
    assert "2 mice (" in study.errors[0].seen
    assert "on the same day" in study.errors[0].seen
    assert "add the date or a phase column" in study.errors[0].proposal


def test_one_reading_in_two_arms_is_an_error_also_where_others_moved():
    for study in both(moved_on(mice=6) + "m0,A,7,99\n"):
        assert {(found.rule, found.mouse) for found in study.errors} == {
            ("mouse-in-two-arms", "m0")
        }


def test_one_mouse_of_many_in_another_arm_is_a_slip_and_no_phase(clean):
    clean[3][1] = "drug"
    text = HEADER + "".join(",".join(row) + "\n" for row in clean)
    found = finding_of(read(text), "mouse-in-two-arms")
    assert "mend the arm" in found.proposal


def test_ids_by_arm_are_mice_and_no_phases():
    study = read(moved_on(), {"study": {"mouse_ids": "arm"}})
    assert len(study.mice) == 8


def test_the_baseline_may_be_the_last_reading_of_the_phase_before():
    text = moved_on(anew=1, dates=True)
    study = phase(text, "2")
    # Day 1 of the phase was day 17 of the study, so that its day 0 was day 16.
    assert study.mice["baseline_day"].tolist() == [-2] * 4
    assert study.mice["baseline_mm3"].tolist() == [114] * 4
    assert "4 mice" in finding_of(study, "baseline-from-phase-before").seen
    assert study.measurements["arm"].unique().tolist() == ["B", "A"]
    far = phase(text, "2", baseline_window_days=1)
    assert far.mice["baseline_late"].all()


def test_a_reading_of_the_phase_before_is_no_baseline_beyond_the_window():
    text = moved_on(gap=10).replace("\n", ",\n").replace("volume,", "volume,treatment_start")
    text = text.replace("A,27,120,", "A,27,120,26").replace("B,27,120,", "B,27,120,26")
    options = {"columns": {"treatment_start": "treatment_start"}, "study": {"phase": "2"}}
    study = read(text, options)
    assert days_of(study) == [1, 5, 9]
    near = read(text, {**options, "study": {"phase": "2", "baseline_window_days": 12}})
    assert near.mice["baseline_day"].tolist() == [-12] * 4


def test_a_phase_begins_with_its_own_treatment_and_not_with_that_of_the_phase_before():
    text = moved_on(dates=True).replace("day,", "", 1)
    lines = [line.split(",") for line in text.splitlines()[1:]]
    starts = {"induction": "2024-01-01", "A": "2024-01-16", "B": ""}
    text = "mouse,arm,volume,date,treatment_start\n" + "".join(
        f"{mouse},{arm},{volume},{date},{starts[arm]}\n" for mouse, arm, _, volume, date in lines
    )
    study = phase(text, "2")
    assert days_of(study, "m1")[-3:] == [2, 6, 10]  # A began on the 16th, read on the 18th
    assert days_of(study, "m0")[-3:] == [0, 4, 8]
    assert "no-treatment-start" not in rules_of(study)
    everywhere = phase(text.replace("2024-01-16\n", "2024-01-01\n"), "2")
    assert days_of(everywhere, "m1")[-3:] == [0, 4, 8]


def test_a_mouse_that_never_moved_is_in_the_phase_of_its_arm():
    text = moved_on() + "late,A,17,90\nlate,A,24,99\nstayed,induction,0,80\nother,vehicle,0,70\n"
    first, second = both(text)
    assert {"stayed", "other"} <= set(first.mice["mouse"])
    assert days_of(second, "late") == [0, 7]


def test_arms_that_are_crossed_over_are_phases():
    text = HEADER
    for mouse, (first, then) in enumerate([("A", "B"), ("A", "B"), ("B", "A"), ("B", "A")]):
        text += "".join(f"m{mouse},{first},{day},100\n" for day in (0, 7))
        text += "".join(f"m{mouse},{then},{day},100\n" for day in (14, 21))
    first, second = both(text)
    assert first.design.arm_names == ("A", "B")
    assert second.design.arm_names == ("B", "A")
    assert set(second.mice["mouse"]) == {"m0", "m1", "m2", "m3"}
    with pytest.raises(InputError, match="the arm is in '1' and '2'"):
        phase(text, "A")


def test_a_fate_is_that_of_the_last_phase():
    header, *lines = moved_on().splitlines()
    text = header + ",fate\n" + "".join(f"{line},tumor size\n" for line in lines)
    first, second = both(text)
    assert first.mice["fate"].isna().all()
    assert (second.mice["fate"] == "tumor_size").all()


def test_rules_about_arms_of_another_phase_do_not_concern_a_phase():
    rules = {
        "study": {"control": "A", "phase": "1"},
        "arms": {"induction": ["X"], "A": [], "B": ["Y"]},
        "compare": {"primary": "B - A"},
    }
    first = read(moved_on(), rules)
    assert not first.errors
    assert "arm-without-mice" not in rules_of(first)
    assert first.design.rules.compare.primary is None
    second = read(moved_on(), {**rules, "study": {"control": "A", "phase": "2"}})
    assert second.design.control == "A"
    assert second.design.rules.compare.primary == "B - A"


def test_a_tidy_phase_read_again_is_the_same():
    study = phase(moved_on(), "2")
    again = read(study.measurements.to_csv(index=False), {"study": {"name": "stdin"}})
    assert again.phase == "2"
    assert again.measurements["day"].tolist() == study.measurements["day"].tolist()


def test_named_phases_are_numbered_in_the_order_of_the_mice():
    text = "mouse,arm,phase,day,volume\nm1,b,late,20,9\nm1,a,early,0,9\nm1,a,early,7,9\n"
    assert phase(text, "1").phase == "early"
    assert phase(text, "late").measurements["day"].tolist()[-1] == 0


def test_without_dates_nobody_knows_how_long_before_a_counter_that_starts_anew():
    text = "mouse,arm,phase,day,volume\n" + "".join(
        f"m{mouse},a,one,{day},100\nm{mouse},b,two,{day + 3},200\n"
        for mouse in range(3)
        for day in (0, 7, 14)
    )
    study = phase(text, "two")
    assert days_of(study) == [3, 10, 17]
    assert study.mice["baseline_day"].tolist() == [3] * 3


def test_a_counter_that_starts_anew_is_seen_also_after_a_single_reading():
    text = "mouse,arm,day,date,volume\n" + "".join(
        f"m{mouse},a,0,2024-01-01,100\nm{mouse},b,1,2024-01-06,200\nm{mouse},b,5,2024-01-10,200\n"
        for mouse in range(3)
    )
    assert days_of(phase(text, "2")) == [-4, 1, 5]


def stay_or_add(*, leave=(14, 14, 14), stay=3, until=28, step=7, share="A+B", vehicle=14):
    """Mice of A: some leave for ``share`` after a day of their own, the others stay in A."""
    lines = ["mouse,arm,day,volume"]
    for mouse in range(len(leave) + stay):
        last = leave[mouse] if mouse < len(leave) else until
        for day in range(0, until + 1, step):
            lines.append(f"a{mouse},{'A' if day <= last else share},{day},{100 + 5 * day + mouse}")
    for mouse in range(3):
        for day in range(0, vehicle + 1, step):
            lines.append(f"v{mouse},vehicle,{day},{100 + 9 * day + mouse}")
    return "\n".join(lines) + "\n"


def test_mice_that_stayed_are_compared_with_those_that_were_given_something_more():
    first, second = both(stay_or_add())
    assert second.design.arm_names == ("A+B", "A")
    assert second.design.control == "A"
    assert (first.design.control, first.readings["day"].max()) == ("vehicle", 14)
    mice = second.mice
    assert mice.loc[mice["arm"] == "A", "mouse"].tolist() == ["a3", "a4", "a5"]
    assert mice["baseline_day"].tolist() == [0] * 6
    assert "3 mice left the arm 'A' on day 21, and 3 stayed" in (
        finding_of(second, "stayers-compared").seen
    )
    assert "'A', whose mice stayed" in finding_of(second, "control-stayed").seen


def test_mice_that_moved_on_did_not_leave_without_a_fate():
    first, second = both(stay_or_add(vehicle=28))
    assert first.moved_on == {f"a{mouse}" for mouse in range(6)}
    assert second.moved_on == frozenset()
    assert "left-without-fate" not in rules_of(first)


def test_a_mouse_that_left_before_the_others_moved_on_still_needs_a_fate():
    text = stay_or_add(stay=4)
    text = "".join(
        line + "\n" for line in text.splitlines() if not line.startswith(("a6,A,2", "a6,A,7"))
    ).replace("a6,A,14", "a6,A,1")
    first, _ = both(text)
    assert "a6" in finding_of(first, "left-without-fate").seen


def test_a_control_is_that_of_its_phase():
    rules = {"study": {"phase": "2", "controls": {"2": "A+B"}}}
    assert read(stay_or_add(), rules).design.control == "A+B"
    assert read(stay_or_add(), {"study": {"phase": "2", "control": "vehicle"}}).design.control == (
        "A"
    )
    assert read(
        stay_or_add(), {"study": {"phase": "1", "controls": {"2": "A+B"}}}
    ).design.control == ("vehicle")


def test_an_arm_that_stays_keeps_its_drugs():
    second = both(stay_or_add(share="B"))[1]
    assert second.design.drugs_of("A") == {"A"}
    assert second.design.control == "A"


def test_mice_that_move_one_by_one_leave_stayers_where_they_were():
    first, second = both(stay_or_add(leave=(7, 14, 21), until=35))
    assert second.design.arm_names == ("A+B",)
    assert "on days 14 to 28" in finding_of(second, "stayers-not-split").seen
    assert {"a3", "a4", "a5"} <= set(first.mice["mouse"])
    assert first.readings["day"].max() == 35


def test_two_mice_of_many_that_change_their_arm_end_no_follow_up_of_others():
    first, second = both(stay_or_add(leave=(14, 14), stay=8))
    assert second.design.arm_names == ("A+B",)
    assert first.readings["day"].max() == 28


def test_mice_that_stay_are_known_where_the_sheet_names_its_phases():
    text = "mouse,arm,phase,day,volume\n" + "".join(
        f"m{m},{'A' if name == 'one' or m > 3 else 'A+B'},{name},{day},{99 + day}\n"
        for m in range(8)
        for day, name in ((0, "one"), (7, "one"), (14, "two"), (21, "two"))
    )
    assert phase(text, "two").design.control == "A"


def test_the_arm_before_is_the_block_where_mice_come_from_several():
    text = HEADER
    for mouse in range(8):
        first = "AB"[mouse % 2]
        then = "C" if mouse < 4 else "D"
        text += "".join(f"m{mouse},{first},{day},{100 + day}\n" for day in (0, 7))
        text += "".join(f"m{mouse},{then},{day},{100 + day}\n" for day in (14, 21))
    second = both(text)[1]
    assert second.mice["block"].tolist() == ["A", "B"] * 4
    assert "block-not-used" in rules_of(second)


def test_an_arm_that_changes_on_every_row_is_no_arm():
    text = HEADER + "".join(f"m{n % 3},A{n},{n},{100 + n}\n" for n in range(60))
    with pytest.raises(InputError, match="20 arms, one after the other"):
        both(text)
    text = "mouse,arm,phase,day,volume\n" + "".join(
        f"m{n % 3},A,p{n},{n},{100 + n}\n" for n in range(300)
    )
    with pytest.raises(InputError, match="300 things"):
        both(text)
