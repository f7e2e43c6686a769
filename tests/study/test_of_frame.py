"""A frame of readings becomes a study, or is told what is wrong with it."""

import numpy as np
import pandas as pd
import pytest

from xenotrack.errors import StudyError
from xenotrack.study.design import Arm, Design
from xenotrack.study.rules import CompareRules, Rules, StudyRules, VolumeRules
from xenotrack.study.study import TIDY_COLUMNS, Study

from .sheets import clean_rows, read, sheet

DESIGN = Design.of_names("toy", ["vehicle", "drug"])


def frame_of(rows=None):
    columns = ["mouse", "arm", "day", "volume_mm3"]
    return pd.DataFrame(rows or clean_rows(), columns=columns).astype(
        {"day": float, "volume_mm3": float}
    )


def test_a_frame_gives_the_study_that_its_sheet_gives():
    text = sheet(clean_rows())
    known = read(text, {"study": {"name": "toy"}})
    found = Study.of_frame(frame_of().sample(frac=1, random_state=1), DESIGN)
    told = ["mouse", "arm", "day", "volume_mm3", "below_limit"]
    pd.testing.assert_frame_equal(found.measurements[told], known.measurements[told])
    pd.testing.assert_frame_equal(found.readings, known.readings)
    pd.testing.assert_frame_equal(found.mice, known.mice, check_dtype=False)
    assert tuple(found.tidy) == TIDY_COLUMNS
    assert found.design.arms == known.design.arms


def test_a_design_of_names_spells_its_drugs():
    design = Design.of_names("s", ("vehicle", "A", "A+B"), Rules(study=StudyRules(control="A")))
    assert [arm.drugs for arm in design.arms] == [frozenset(), {"A"}, {"A", "B"}]
    assert (design.name, design.control) == ("s", "A")


def test_what_a_frame_has_beside_volumes_is_kept():
    frame = frame_of().assign(body_weight_g=21.5, fate="toxicity", tumor="left", cage="c1")
    study = Study.of_frame(frame, DESIGN)
    assert set(study.measurements["body_weight_g"]) == {21.5}
    assert set(study.mice["fate"]) == {"toxicity"}
    assert set(study.measurements["tumor"]) == {"left"}
    assert set(study.measurements["cage"]) == {"c1"}


def test_numbers_may_name_mice():
    frame = frame_of().assign(mouse=lambda frame: frame["mouse"].str[1:].astype(int))
    assert set(Study.of_frame(frame, DESIGN).mice["mouse"]) == set("012345")


@pytest.mark.parametrize(
    ("declared", "given", "limit"), [(None, None, 110.0), (20.0, None, 20.0), (20.0, 30.0, 30.0)]
)
def test_zeros_lie_below_the_limit_given_or_declared_or_the_smallest_volume(declared, given, limit):
    rules = Rules(volume=VolumeRules(limit_mm3=declared))
    volumes = [0.0 if place % 4 == 3 else 110.0 + place for place in range(24)]
    study = Study.of_frame(
        frame_of().assign(volume_mm3=volumes),
        Design("toy", DESIGN.arms, rules),
        given,
    )
    assert study.limit_mm3 == limit
    assert study.measurements["below_limit"].sum() == 6


def without(name):
    return lambda frame: frame.drop(columns=name)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (without("day"), ("lacks day", "mouse, arm, volume_mm3")),
        (lambda f: f.assign(volum_mm3=1.0), ("volum_mm3", "Did you mean volume_mm3?")),
        (lambda f: f.assign(arm="drgu"), ("'drgu'", "Did you mean 'drug'?")),
        (lambda f: f.assign(mouse=None), ("24 rows", "name no mouse")),
        (lambda f: f.assign(mouse="m0"), ("'m0' is in several arms",)),
        (lambda f: f.assign(day=0.0), ("'m0' has two rows on day 0",)),
        (lambda f: f.assign(day=np.nan), ("no finite number",)),
        (lambda f: f.assign(volume_mm3=-1.0), ("volume_mm3 of the frame is -1",)),
        (lambda f: f.assign(volume_mm3=np.inf), ("volume_mm3 of the frame is inf",)),
        (lambda f: f.assign(volume_mm3="big"), ("volume_mm3", "no column of numbers")),
        (lambda f: f.assign(body_weight_g=-2.0), ("body_weight_g of the frame is -2",)),
        (lambda f: f.assign(fate="tired"), ("'tired'", "end_of_study")),
        (lambda f: f.assign(phase=f["mouse"]), ("several phases",)),
    ],
)
def test_a_frame_whose_rows_are_undecided_is_refused(spoil, words):
    with pytest.raises(StudyError) as error:
        Study.of_frame(spoil(frame_of()), DESIGN)
    assert [word for word in words if word not in str(error.value)] == []


def test_a_tumour_is_read_beside_another_on_one_day():
    frame = pd.concat([frame_of().assign(tumor=side) for side in ("L", "R")])
    study = Study.of_frame(frame, DESIGN)
    assert len(study.measurements) == 48
    assert len(study.readings) == 24


def test_a_design_whose_primary_contrast_is_of_no_arm_is_refused():
    rules = Rules(compare=CompareRules(primary="A - vehicle"))
    with pytest.raises(StudyError, match="there is no such arm"):
        Study.of_frame(frame_of(), Design("toy", DESIGN.arms, rules))


def test_an_arm_without_mice_stays_in_the_design():
    design = Design("toy", (*DESIGN.arms, Arm("empty", frozenset({"E"}))))
    assert Study.of_frame(frame_of(), design).design.arm_names == ("vehicle", "drug", "empty")
