"""Arms: their drugs, and what a control receives."""

from __future__ import annotations

from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules


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
