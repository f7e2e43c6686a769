"""Two digits that changed places."""

import numpy as np
import pytest

from ..sheets import finding_of, read, rules_of

DAYS = (0, 3, 7, 10, 14, 17, 21)


def sheet(slip=None, columns=("length", "width"), noise=0.03):
    """Ten mice in two arms that grow by 4 % a day; ``slip``: a mouse, a day, a column, a text."""
    rng = np.random.default_rng(3)
    lines = ["mouse,arm,day," + ",".join(columns)]
    for number in range(10):
        for day in DAYS:
            size = 6.0 * np.exp(0.013 * day)
            texts = {
                "length": f"{size * np.exp(noise * rng.standard_normal()):.1f}",
                "width": f"{0.8 * size * np.exp(noise * rng.standard_normal()):.1f}",
                "volume": f"{0.32 * size**3 * np.exp(3 * noise * rng.standard_normal()):.0f}",
            }
            if slip and slip[:2] == (number, day):
                texts[slip[2]] = slip[3]
            arm = "vehicle" if number < 5 else "drug"
            lines.append(f"m{number},{arm},{day}," + ",".join(texts[name] for name in columns))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("slip", "other"),
    [((2, 10, "length", "8.6"), "6.8"), ((7, 14, "width", "8.5"), "5.8")],
)
def test_a_length_or_width_with_two_digits_exchanged_is_found(slip, other):
    study = read(sheet(slip))
    found = finding_of(study, "digits-swapped")
    assert (found.mouse, f"{other} would lie on it" in found.seen) == (f"m{slip[0]}", True)
    assert found.cell == str(2 + slip[0] * len(DAYS) + DAYS.index(slip[1]))


def test_a_volume_with_two_digits_exchanged_is_found():
    study = read(sheet((2, 17, "volume", "314"), columns=("volume",)))
    assert "134 would lie on it" in finding_of(study, "digits-swapped").seen


@pytest.mark.parametrize(
    "slip",
    [None, (2, 10, "length", "7.1"), (2, 10, "length", "9.9"), (2, 21, "length", "9.7")],
    ids=["nothing", "a hand's error", "no pair of digits fits", "the last reading"],
)
def test_what_is_no_exchange_is_none(slip):
    assert "digits-swapped" not in rules_of(read(sheet(slip)))


def test_a_computed_volume_has_no_typed_digits():
    text = sheet((2, 17, "volume", "314.4837"), columns=("volume",))
    assert "digits-swapped" not in rules_of(read(text))


def test_a_few_readings_have_no_scatter_of_their_own():
    lines = sheet((1, 10, "length", "8.6")).splitlines()
    assert "digits-swapped" not in rules_of(read("\n".join(lines[: 1 + 2 * len(DAYS)])))


@pytest.mark.parametrize(("n_mice", "told"), [(2, True), (9, False)])
def test_many_readings_that_seem_exchanged_are_tumours_that_jump(n_mice, told):
    lines = sheet(noise=0.01).splitlines()
    for mouse in range(n_mice):
        at = 1 + mouse * len(DAYS) + DAYS.index(10)
        cells = lines[at].split(",")
        cells[3] = f"{cells[3][2]}.{cells[3][0]}"
        lines[at] = ",".join(cells)
    assert ("digits-swapped" in rules_of(read("\n".join(lines) + "\n"))) is told
