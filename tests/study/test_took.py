"""Mice whose tumour never took: named, and in no rate and no index."""

import numpy as np
import pytest

from xenotrack.model.growth import fit_growth
from xenotrack.response.courses_by_arm import arithmetic_means, mean_volumes
from xenotrack.response.inhibition import volumes_on
from xenotrack.response.responses import mouse_responses

from .sheets import read

HEADER = "mouse,arm,day,volume\n"


def sheet(**courses):
    """A sheet of mice named after their arm, their volumes on days 0, 5, 10."""
    rows = [
        f"{mouse},{mouse[0]},{5 * visit},{volume}\n"
        for mouse, volumes in courses.items()
        for visit, volume in enumerate(volumes)
    ]
    return HEADER + "".join(rows)


GROWN = {
    **{"a1": (100, 150, 260), "a2": (110, 140, 230), "a3": (90, 130, 210), "a4": (100, 160, 240)},
    **{"b1": (100, 110, 120), "b2": (110, 115, 130), "b3": (90, 100, 108)},
}
NEVER = {"b4": (0, 0, 0)}


def test_a_mouse_without_a_measurable_reading_is_excluded_by_a_line_with_its_place():
    study = read(sheet(**GROWN, **NEVER), {"volume": {"limit_mm3": 15}})
    assert study.never_took == {"b4"}
    (line,) = study.exclusions
    assert line.text.startswith("Mouse b4 of b (stdin, rows 23-25; 3 rows): its tumour never")
    assert "b4" in set(study.tidy["mouse"])


def test_rates_and_indices_are_those_of_the_study_without_it():
    rules = {"volume": {"limit_mm3": 15}}
    study, without = read(sheet(**GROWN, **NEVER), rules), read(sheet(**GROWN), rules)
    assert fit_growth(study).rates().values == pytest.approx(fit_growth(without).rates().values)
    assert fit_growth(study).n_mice.tolist() == [4, 3]
    assert list(volumes_on(study, 10)["mouse"]) == list(volumes_on(without, 10)["mouse"])
    for means in (mean_volumes, arithmetic_means):
        assert means(study)["n"].tolist() == means(without)["n"].tolist()
    rates = mouse_responses(study).mice.set_index("mouse")["growth_rate"]
    assert np.isnan(rates["b4"])
    assert rates.notna().sum() == 7


def test_a_rule_keeps_it():
    study = read(
        sheet(**GROWN, **NEVER), {"volume": {"limit_mm3": 15}, "study": {"never_took": "keep"}}
    )
    assert not study.never_took
    assert not study.exclusions
    assert "b4" in set(volumes_on(study, 10)["mouse"])


@pytest.mark.parametrize(
    "courses",
    [
        {**GROWN, "b4": (0, 0, 40)},  # it took late
        {**GROWN, "b4": (60, 0, 0)},  # it was cured
    ],
)
def test_a_tumour_that_came_late_or_went_took(courses):
    assert not read(sheet(**courses), {"volume": {"limit_mm3": 15}}).never_took


def test_where_tumours_are_awaited_none_is_said_not_to_have_taken():
    awaited = {"a1": (0, 0, 60), "a2": (0, 50, 90), "b1": (0, 0, 0), "b2": (40, 60, 80)}
    assert not read(sheet(**awaited), {"volume": {"limit_mm3": 15}}).never_took


def test_in_an_arm_where_tumours_are_awaited_those_that_stay_free_are_kept():
    awaited = {"b1": (0, 0, 60), "b2": (0, 50, 90), "b3": (0, 0, 0)}
    own = {mouse: course for mouse, course in GROWN.items() if mouse[0] == "a"}
    rules = {"volume": {"limit_mm3": 15}}
    assert not read(sheet(**own, **awaited), rules).never_took
    # An arm in which no tumour appears later did not wait for one.
    never = dict.fromkeys(awaited, (0, 0, 0))
    assert read(sheet(**own, **never), rules).never_took == set(awaited)
    took = {**never, "b1": (60, 80, 90)}
    assert read(sheet(**own, **took), rules).never_took == {"b2", "b3"}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "mice"), [("bugs/c17_no_take.csv", 5), ("claims/allzero.csv", 6)])
def test_shared_studies_with_mice_that_never_took(ask, faults, name, mice):
    said = ask("growth", faults(name), code=0).stderr
    assert said.count("its tumour never took") == mice
