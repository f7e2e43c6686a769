"""What is said of mice that left for toxicity or without a reason."""

from types import SimpleNamespace

import pandas as pd

from xenotrack.present.tell.tipping import left_unexplained

ROW = {"arm": "A", "against": "vehicle", "better_arm": "A", "other_arm": "vehicle", "n_left": 2}


def said(*rows):
    table = pd.DataFrame(
        [{**ROW, **row} for row in rows], columns=[*ROW, "tipping_delta", "gap", "holds"]
    )
    return [one.text for one in left_unexplained(SimpleNamespace(tables={"tipping_point": table}))]


def test_where_all_hold_one_sentence_says_so():
    holding = {"tipping_delta": 0.08, "gap": 0.04, "holds": True}
    (text,) = said(holding, holding)
    assert text.startswith("In 2 of the comparisons of growth")
    assert text.endswith("each holds even if these then grew as the other arm did")


def test_a_comparison_that_ends_is_named_with_both_numbers():
    (text,) = said(
        {"tipping_delta": 0.08, "gap": 0.04, "holds": True},
        {"tipping_delta": 0.021, "gap": 0.04, "holds": False},
    )
    assert "what growth shows of A vs vehicle ends with 2.1 % a day of growth more" in text
    assert text.endswith("growth as in vehicle would be 4 % more")


def test_without_such_mice_nothing_is_said():
    assert said() == []
