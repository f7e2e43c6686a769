"""Arms: their drugs, and what a control receives."""

from __future__ import annotations

from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from .sheets import finding_of, read


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
