"""Each defect that can be told is found at its place, and clean sheets are left in peace."""

from __future__ import annotations

import numpy as np
import pytest

from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

from .clean_sheets import DESIGNS, coarse, regressing, staggered, two_arms, two_flanks
from .planted import DEFECTS, found_by, plant

SMALL = (two_arms, coarse, staggered, two_flanks, regressing)
# Complete responses are asked about, for a cell may have been filled in.
WITH_ZEROS = ("eight_arms", "regressing")


def study_of(sheet):
    return read_study(sheet.to_csv(), read_rules(None, sheet.options))


def planted(defect):
    """The first sheet of the small designs that has a place for the defect."""
    for design in SMALL:
        rng = np.random.default_rng(20261127)
        sheet = plant(defect, design(rng), rng)
        if sheet is not None:
            return sheet
    raise AssertionError(f"no design has a place for: {defect.name}")


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_planted_defect_is_found_in_its_row_and_is_as_severe_as_due(defect):
    sheet = planted(defect)
    findings = study_of(sheet).findings
    if defect.sure:
        assert found_by(defect, sheet, findings) == (True, True)
    for finding in findings:
        assert finding.rule not in defect.rules or finding.severity == defect.severity


QUIET = [one for one in DESIGNS if one.__name__ not in WITH_ZEROS]


@pytest.mark.parametrize("design", QUIET, ids=lambda design: design.__name__)
def test_a_clean_sheet_gives_no_warning(design):
    assert study_of(design(np.random.default_rng(1))).findings == ()
