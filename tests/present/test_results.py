"""Results are of studies that can be trusted, unless it is asked for otherwise."""

import pytest

from xenotrack.errors import StudyError
from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study
from xenotrack.study.rules import CompareRules, Rules

ROWS = [
    f"m{mouse},{'vehicle' if mouse < 3 else 'drug'},{day},{200 + 9 * mouse + 20 * day}\n"
    for mouse in range(6)
    for day in (0, 3, 7)
]
HEADER = "mouse,arm,day,volume\n"
DOSES = "mouse,drug,dose (mg/kg),day,volume\n" + "".join(
    f"m{mouse},{'vehicle,' if mouse < 3 else f'drug,{12.5 * mouse}'},{day},{200 + 20 * day}\n"
    for mouse in range(9)
    for day in (0, 3, 7)
)


def test_results_of_a_study_with_an_error_are_refused_unless_asked_for() -> None:
    study = read_study((HEADER + "".join([*ROWS, "m0,vehicle,3,900\n"])).encode())
    assert [error.rule for error in study.errors] == ["duplicates-conflict"]
    with pytest.raises(StudyError, match=r"mended first \(1 error\)(?s:.*)in_spite_of_errors"):
        Results(study)
    assert len(Results(study, in_spite_of_errors=True).growth.to_frame()) == 2


def test_doses_that_would_be_one_arm_are_refused_as_the_commands_refuse_them() -> None:
    study = read_study(DOSES.encode())
    assert study.errors
    with pytest.raises(StudyError, match="dose"):
        Results(study)


def test_results_of_a_primary_contrast_that_is_none_are_refused() -> None:
    rules = Rules(compare=CompareRules(primary="drg - vehicle"))
    study = read_study((HEADER + "".join(ROWS)).encode(), rules)
    with pytest.raises(StudyError, match="Did you mean 'drug'"):
        Results(study)


@pytest.mark.parametrize("name", ["claims/lib_err.csv", "newcomer/doses.csv"])
def test_what_a_command_refuses_a_script_is_refused_too(faults, name) -> None:
    with pytest.raises(StudyError, match="mended first"):
        Results(read_study(faults(name)))
