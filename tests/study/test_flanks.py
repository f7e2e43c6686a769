"""Flanks that stand in the names of mice."""

import pytest

from .sheets import read, rules_of

TUMORS = {"study": {"flanks": "tumors"}}
MICE = {"study": {"flanks": "mice"}}


def sheet(names, weights=None):
    """A long sheet of mice by name, half of them in each arm; a weight each, where one is given."""
    rows = []
    for place, name in enumerate(names):
        arm = "vehicle" if place < len(names) / 2 else "drug"
        for day in (0, 4, 8):
            weight = "" if weights is None else f",{weights[place] + day / 10:g}"
            rows.append(f"{name},{arm},{day},{100 + 7 * place + 20 * day}{weight}\n")
    head = "mouse,arm,day,volume" + ("" if weights is None else ",body weight")
    return head + "\n" + "".join(rows)


def named(pattern):
    return [pattern.format(n=n, side=side) for n in range(1, 5) for side in ("L", "R")]


@pytest.mark.parametrize("pattern", ["10{n}_{side}", "{n}{side}", "m{n}-{side}", "{n} ({side})",
                                     "{side}{n}"])  # fmt: skip
def test_names_of_a_left_and_a_right_are_asked_about_until_it_is_said_what_they_are(pattern):
    text = sheet(named(pattern))
    assert [one.rule for one in read(text).errors] == ["flanks-or-mice"]
    one = read(text, TUMORS)
    assert (len(one.mice), one.measurements["tumor"].nunique()) == (4, 2)
    assert not one.errors
    assert len(read(text, MICE).mice) == 8
    assert not read(text, MICE).errors


@pytest.mark.parametrize(
    ("left", "right"), [("left", "right"), ("Left flank", "Right flank"), ("links", "rechts")]
)
def test_words_for_a_flank_are_flanks(left, right):
    study = read(sheet([f"{n} {side}" for n in range(4) for side in (left, right)]))
    assert sorted(study.measurements["tumor"].unique()) == ["left", "right"]
    assert "flanks-in-names" in rules_of(study)
    assert not study.errors


def test_one_weight_on_both_is_one_mouse_and_two_weights_are_two():
    names = named("10{n}_{side}")
    alike = read(sheet(names, [20 + place // 2 for place in range(8)]))
    assert (len(alike.mice), alike.errors) == (4, ())
    apart = read(sheet(names, [20 + place for place in range(8)]))
    assert (len(apart.mice), apart.errors) == (8, ())
    assert "flanks-in-names" not in rules_of(apart)


@pytest.mark.parametrize(
    "names",
    [
        ["1L", "1R", "1LR", "1N", "2L", "2R", "2LR", "2N"],  # marks of ears
        ["R01", "R02", "R03", "R04", "L01", "L02", "L03", "L04"],  # drugs: one arm each
        ["Carl", "Mar", "Al", "Ar", "Bill", "Peter", "Cal", "Car"],
        ["1L", "2L", "3L", "4L", "5R", "6R", "7R", "8R"],  # one flank a mouse
    ],
)
def test_other_names_that_end_so_are_mice(names):
    study = read(sheet(names))
    assert not {"flanks-or-mice", "flanks-in-names"} & set(rules_of(study))
    assert len(study.mice) == 8


def test_flanks_in_a_column_of_their_own_are_read_as_ever():
    text = "mouse,tumor,arm,day,volume\n" + "".join(
        f"{n}_L,{side},{'ab'[n % 2]},{day},{100 + day}\n"
        for n in range(4) for side in "LR" for day in (0, 4)
    )  # fmt: skip
    assert len(read(text).mice) == 4


@pytest.mark.parametrize("head", ["Cage-Ear", "Cage # / Ear tag", "Ear notch", "Cage and ear"])
@pytest.mark.parametrize("sides", [("L", "R"), ("Left", "Right")])
def test_marks_in_a_column_called_for_ears_are_mice(head, sides):
    text = sheet([f"C{n}-{side}" for n in range(4) for side in sides])
    study = read(text.replace("mouse", head, 1))
    assert len(study.mice) == 8
    assert not {"flanks-in-names", "flanks-or-mice"} & set(rules_of(study))


@pytest.mark.parametrize("head", ["mouse", "Ear tag"])
def test_numbers_of_a_tag_may_have_flanks(head):
    text = sheet([f"254{n} {side}" for n in range(4) for side in ("left", "right")])
    assert len(read(text.replace("mouse", head, 1)).mice) == 4


def test_a_cage_has_no_flanks():
    study = read(sheet([f"Cage {n} {side}" for n in range(4) for side in ("left", "right")]))
    assert [one.rule for one in study.errors] == ["flanks-or-mice"]
