import pandas as pd
import pytest

from xenotrack.compare.hazards import doubt_untested
from xenotrack.model.progression import fit_progression
from xenotrack.study.design import Design
from xenotrack.study.study import Study


def doubts(volumes):
    """What is said of arms of three mice, each read on days 0 and 7."""
    rows = [
        (f"{arm}{n}", arm, day, volume)
        for arm, own in volumes.items()
        for n in range(3)
        for day, volume in zip((0, 7), own, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["mouse", "arm", "day", "volume_mm3"])
    study = Study.of_frame(frame, Design.of_names("", ["vehicle", "A"]))
    return [doubt.text for doubt in doubt_untested(fit_progression(study))]


@pytest.mark.parametrize(
    ("volumes", "words"),
    [
        ({"vehicle": (200, 220), "A": (200, 180)}, "None of 6 mice progressed"),
        ({"vehicle": (200, 500)}, "One arm alone"),
    ],
)
def test_where_arms_cannot_be_tested_it_is_said_why(volumes, words):
    (text,) = doubts(volumes)
    assert text.startswith(words)


def test_an_event_in_one_of_two_arms_can_be_tested():
    assert doubts({"vehicle": (200, 500), "A": (200, 220)}) == []
