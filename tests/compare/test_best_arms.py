"""Which arms may grow slowest: those that no other was shown to beat."""

import pandas as pd
import pytest

from xenotrack.compare.best_arms import best_arms

RATES = pd.DataFrame({"arm": ["vehicle", "A", "B", "C"], "estimate": [0.05, 0.01, 0.02, None]})


def pairs(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["arm", "against", "p_adjusted", "shows"])


def test_an_arm_that_another_beats_is_not_among_the_best() -> None:
    found = best_arms(
        RATES,
        pairs(
            ("A", "vehicle", 0.001, "better"),
            ("B", "vehicle", 0.01, "better"),
            ("B", "A", 0.4, "not shown"),
        ),
    )
    assert found["arm"].tolist() == ["A", "B", "vehicle"]
    assert found["among_best"].tolist() == [True, True, False]


def test_the_slowest_arm_of_those_that_beat_another_is_told() -> None:
    found = best_arms(
        RATES, pairs(("B", "vehicle", 0.001, "better"), ("vehicle", "A", 0.01, "worse"))
    ).set_index("arm")
    assert found.loc["vehicle", "beaten_by"] == "A"
    assert found.loc["vehicle", "p_adjusted"] == pytest.approx(0.01)


@pytest.mark.parametrize("shows", ["not shown", "withheld"])
def test_what_is_not_claimed_beats_nobody(shows) -> None:
    assert best_arms(RATES, pairs(("A", "vehicle", 0.001, shows)))["among_best"].all()


def test_an_arm_without_a_rate_is_not_ranked() -> None:
    assert "C" not in set(best_arms(RATES, pairs())["arm"])
