"""Arms: their drugs, and what a control receives."""

from __future__ import annotations

from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from .sheets import clean_rows, finding_of, read, sheet


def test_a_control_named_after_its_buffer_receives_no_drug() -> None:
    sheet = "mouse,arm,day,volume\n" + "".join(
        f"{arm}{mouse},{arm},{day},{100 + 10 * day + mouse}\n"
        for arm in ("PBS", "A")
        for mouse in range(3)
        for day in (0, 3, 7)
    )
    study = read_study(sheet.encode(), read_rules(None, {"study": {"control": "PBS"}}))
    assert study.design.drugs_of("PBS") == frozenset()
    assert "control-without-drug" in {finding.rule for finding in study.findings}


def test_arms_that_name_the_same_drugs_are_asked_about() -> None:
    arms = ("Vehicle", "A + B", "B+A", "A")
    rows = "mouse,arm,day,volume\n" + "".join(
        f"{arm}{n},{arm},{day},{100 + day + n}\n"
        for arm in arms
        for n in range(3)
        for day in (0, 7)
    )
    found = finding_of(read(rows), "same-drugs")
    assert "'A + B' and 'B+A'" in found.seen
    declared = {"Vehicle": [], "A + B": ["A", "B"], "B+A": ["A", "B"], "A": ["A"]}
    study = read(rows, {"arms": declared})
    assert "same-drugs" not in [one.rule for one in study.findings]


def test_spellings_of_an_arm_within_a_mouse_are_one_arm() -> None:
    rows = [[m, a.upper() if m == "m0" and d == "3" else a, d, v] for m, a, d, v in clean_rows()]
    study = read(sheet(rows))
    assert study.design.arm_names == ("vehicle", "drug")
    found = finding_of(study, "arm-split")
    assert "they were made one" in found.seen
    assert (found.cell, found.severity) == ("3", "warning")


def test_spellings_of_whole_mice_stay_two_arms_that_are_asked_about() -> None:
    rows = [[m, a.upper() if m == "m0" else a, d, v] for m, a, d, v in clean_rows()]
    study = read(sheet(rows))
    assert study.design.arm_names == ("VEHICLE", "vehicle", "drug")
    assert "they are two arms here" in finding_of(study, "arm-split").seen
