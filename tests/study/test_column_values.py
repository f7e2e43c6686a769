"""Columns whose numbers are no volumes: one error for the column, and no cell mended."""

import numpy as np
import pytest

from .sheets import finding_of, read, rules_of
from .test_join import study_of

DAYS = (0, 4, 8, 12, 16)


def courses(n_mice=8, seed=1):
    """Volumes of mice that grow, by mouse and day, with the scatter of calipers."""
    rng = np.random.default_rng(seed)
    rates = np.where(np.arange(n_mice) < n_mice // 2, 0.09, 0.01)
    start = rng.uniform(90, 200, n_mice)
    noise = rng.normal(0, 0.12, (n_mice, len(DAYS)))
    return start[:, None] * np.exp(rates[:, None] * np.array(DAYS) + noise)


def wide(values, digits=4):
    rows = [
        f"m{n},{'vehicle' if n < len(values) // 2 else 'drug'},"
        + ",".join(f"{value:.{digits}g}" for value in own)
        for n, own in enumerate(values)
    ]
    return "Mouse,Group," + ",".join(map(str, DAYS)) + "\n" + "\n".join(rows) + "\n"


def long(values, name="volume", digits=4):
    rows = [
        f"m{n},{'vehicle' if n < len(values) // 2 else 'drug'},{day},{value:.{digits}g}"
        for n, own in enumerate(values)
        for day, value in zip(DAYS, own, strict=True)
    ]
    return f"mouse,arm,day,{name}\n" + "\n".join(rows) + "\n"


V = courses()
V0 = V[:, :1]
WEIGHTS = 20 + np.random.default_rng(2).normal(0, 0.5, V.shape) + np.arange(len(V))[:, None] / 4
# What anybody would call them where no word says it, and what is said of them.
BARE = {
    "diameters": ((2 * V) ** (1 / 3), "No number exceeds"),
    "logarithms": (np.log(V), "No number exceeds"),
    "cubic centimetres": (V / 1000, "No number exceeds"),
    "body weights": (WEIGHTS, "body weights"),
    "percent of the start": (100 * V / V0, "begins at 100"),
}
NAMED = {
    "percent change": (100 * (V / V0 - 1), "below 0"),
    "log ratio": (np.log(V / V0), "below 0"),
    "log2 fold": (np.log2(V / V0), "below 0"),
    "relative": (V / V0, "begins at 1"),
    "light": (V * 1e6, "larger than any that a mouse has"),
    "dim light": (V * 2e3, "larger than any that a mouse has"),
}


@pytest.mark.parametrize("write", [wide, long])
@pytest.mark.parametrize("kind", NAMED)
def test_numbers_that_are_no_volumes_are_one_error_of_their_column(kind, write):
    values, said = NAMED[kind]
    study = read(write(values))
    (error,) = study.errors
    assert error.rule == "column-misread"
    assert said in error.seen
    assert not {"negative-value", "absurd-value", "implausible-jump"} & set(rules_of(study))


@pytest.mark.parametrize("kind", BARE)
def test_bare_numbers_that_are_no_volumes_in_mm3_are_asked_about(kind):
    values, said = BARE[kind]
    (error,) = read(wide(values)).errors
    assert (error.rule, said in error.seen) == ("column-misread", True)
    assert not read(wide(values), {"volume": {"readout": "volume"}}).errors


def test_half_of_the_numbers_beyond_any_tumour_are_no_slips():
    values = V.copy()
    values[:, 2:] *= 1e7
    study = read(long(values))
    assert "24 of 40" in finding_of(study, "column-misread").seen


@pytest.mark.parametrize("factor", [-1, 1e7])
def test_one_impossible_number_is_a_slip_of_its_cell(factor):
    values = V.copy()
    values[3, 2] *= factor
    study = read(long(values))
    assert not study.errors
    assert "column-misread" not in rules_of(study)


def test_lengths_in_micrometres_are_one_error_of_their_column():
    rows = [f"m{n},{'ab'[n % 2]},{d},{7100 + n},{5200 + d}" for n in range(6) for d in DAYS]
    study = read("mouse,arm,day,length,width\n" + "\n".join(rows))
    assert {one.rule for one in study.errors} == {"column-misread"}
    assert len(study.errors) == 2


def test_a_second_sheet_that_seems_to_hold_weights_is_asked_about(tmp_path):
    weights = wide(WEIGHTS).replace("0,4,8,12,16", "1,5,9,13,17")
    study = study_of(tmp_path, tumours=wide(V), second=weights)
    (error,) = study.errors
    assert (error.file, "body weights" in error.seen) == ("second.csv", True)


def test_volumes_of_any_course_are_volumes():
    gone = np.where(V < 120, 0, V)
    implanted = np.hstack([np.zeros((len(V), 1)), V[:, 1:]])
    small = np.where(V > 200, 45, V / 5)
    alike = np.hstack([np.full((len(V), 1), 100.0), V[:, 1:]])
    for values, write in (
        (V, wide), (V, long), (gone, wide), (implanted, wide), (small, wide), (alike, long)
    ):  # fmt: skip
        assert "column-misread" not in rules_of(read(write(values)))


def test_weights_in_milligrams_are_one_error_of_their_column():
    rows = [f"m{n},{'ab'[n % 2]},{d},{100 + 9 * n + d},{21000 + n}" for n in range(6) for d in DAYS]
    (error,) = read("mouse,arm,day,volume,body weight\n" + "\n".join(rows)).errors
    assert "30 of 30 numbers of the body weight" in error.seen
