"""What is too small to measure: zeros, and the small number that stands for it."""

import pytest

from .sheets import HEADER, finding_of, read, rules_of

GROWN = "".join(
    f"v{n},vehicle,{day},{100 + n + 20 * day}\n" for n in range(4) for day in (0, 3, 7, 10, 14)
)


def cured(*volumes: float) -> str:
    rows = (
        f"d{n},drug,{day},{volume}\n"
        for n in range(3)
        for day, volume in zip((0, 3, 7, 10, 14), volumes, strict=True)
    )
    return HEADER + GROWN + "".join(rows)


@pytest.mark.parametrize("small", [1, 0.5, 2])
def test_a_number_far_below_what_calipers_write_is_a_placeholder(small) -> None:
    study = read(cured(90, 60, small, small, small))
    assert study.limit_mm3 == 32
    assert study.measurements["below_limit"].sum() == 9
    assert f"{small:g} mm³" in finding_of(study, "zeros-below-limit").seen
    assert "repeated-last-value" not in rules_of(study)


def test_zeros_and_a_placeholder_are_both_below_the_limit() -> None:
    study = read(cured(90, 60, 1, 0, 0))
    assert (study.limit_mm3, study.measurements["below_limit"].sum()) == (32, 9)
    assert "zero or 1 mm³" in finding_of(study, "zeros-below-limit").seen


@pytest.mark.parametrize("volumes", [(90, 60, 30, 20, 20), (90, 12, 6, 3, 2), (9, 5, 4, 2, 1)])
def test_small_volumes_that_are_measured_are_no_placeholder(volumes) -> None:
    study = read(cured(*volumes))
    assert study.limit_mm3 == 0
    assert "zeros-below-limit" not in rules_of(study)
