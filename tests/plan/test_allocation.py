"""Allocations are as alike as they say, and chance alone says who is where."""

from __future__ import annotations

from collections import Counter
from itertools import product

import numpy as np
import pandas as pd
import pytest

from xenotrack.errors import StudyError
from xenotrack.plan.allocation import CAGES, METHODS, Scheme, allocate
from xenotrack.plan.balance import arms_of_groups, imbalance, random_imbalances
from xenotrack.plan.dealing import deal, matched_sets
from xenotrack.plan.orders import measuring_order
from xenotrack.plan.staged import Staged

FOUR = ("vehicle", "A", "B", "A+B")


def staged(n: int = 40, per_cage: int = 5, seed: int = 1, **columns: list[str]) -> Staged:
    rng = np.random.default_rng(seed)
    mice = pd.DataFrame(
        {
            "mouse": [f"m{k}" for k in range(n)],
            "line": "",
            "block": "",
            "cage": [f"C{k // per_cage}" for k in range(n)],
            "volume_mm3": 180 * np.exp(0.3 * rng.standard_normal(n)),
            "body_weight_g": 22 + 1.6 * rng.standard_normal(n),
        }
    ).assign(**columns)
    return Staged(mice, mice.iloc[:0][["mouse", "volume_mm3"]].assign(reason=""), 0.0)


def scheme(**changed: object) -> Scheme:
    plain = {"arms": FOUR, "ratio": (1, 1, 1, 1), "method": "matching", "cages": "ignore"}
    return Scheme(**{**plain, "seed": 1, **changed})  # type: ignore[arg-type]


# Two hundred deals of minimisation take seconds: of one way with cages in the usual run.
SLOW = (("minimisation", "split"), ("minimisation", "ignore"))


@pytest.mark.parametrize(
    ("method", "cages"),
    [
        pytest.param(*one, marks=[pytest.mark.slow] if one in SLOW else [])
        for one in product(METHODS, CAGES)
    ],
)
def test_arms_are_more_alike_than_95_of_100_random_allocations(method, cages) -> None:
    for seed in range(3):
        made = allocate(staged(seed=seed), scheme(method=method, cages=cages, seed=seed))
        assert made.better_than >= 0.95


@pytest.mark.parametrize("method", METHODS)
def test_of_unequal_arms_too(method) -> None:
    made = allocate(staged(), scheme(ratio=(2, 1, 1, 1), method=method))
    assert made.better_than >= 0.95
    assert made.balance["n_mice"].tolist() == [16, 8, 8, 8]


@pytest.mark.parametrize(
    ("method", "ratio", "cages"),
    [
        ("matching", (1, 1, 1), "split"),
        pytest.param("block", (2, 1, 1), "ignore", marks=pytest.mark.slow),
        pytest.param("minimisation", (1, 1, 1), "whole", marks=pytest.mark.slow),
    ],
)
def test_every_mouse_has_every_arm_with_the_declared_probability(
    method, ratio, cages, monkeypatch
) -> None:
    monkeypatch.setattr("xenotrack.plan.balance.RANDOM", 10)  # it is asked of the arms alone
    monkeypatch.setattr("xenotrack.plan.allocation.DRAWS", dict.fromkeys(METHODS, 20))
    mice, times = staged(n=12, per_cage=2), 300
    arms = ("vehicle", "A", "B")
    made = [
        allocate(mice, scheme(arms=arms, ratio=ratio, method=method, cages=cages, seed=seed)).mice
        for seed in range(times)
    ]
    for mouse in range(12):
        counts = Counter(one["arm"].iloc[mouse] for one in made)
        for arm, share in zip(arms, np.array(ratio) / sum(ratio), strict=True):
            # Five standard errors: one test in thousands of runs fails by chance.
            assert abs(counts[arm] / times - share) < 5 * np.sqrt(share * (1 - share) / times)
    first = made[0]
    assert first["probability"].tolist() == [
        dict(zip(arms, np.array(ratio) / sum(ratio), strict=True))[arm] for arm in first["arm"]
    ]


def test_the_same_seed_gives_the_same_arms_and_another_seed_others() -> None:
    mice = staged()
    first, again, other = (allocate(mice, scheme(seed=seed)).mice for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert (first["arm"] != other["arm"]).sum() > 10


def test_arms_are_mixed_within_each_cage_and_block() -> None:
    blocks = ["old"] * 20 + ["new"] * 20
    made = allocate(staged(block=blocks), scheme(cages="split")).mice
    for _, own in made.groupby("cage"):
        counts = own["arm"].value_counts().reindex(FOUR, fill_value=0)
        assert counts.max() - counts.min() <= 1
    assert made["arm"].value_counts().tolist() == [10] * 4


def test_a_whole_cage_has_one_arm() -> None:
    made = allocate(staged(), scheme(cages="whole"))
    assert made.mice.groupby("cage")["arm"].nunique().eq(1).all()
    assert made.n_units == 8
    assert made.balance["n_cages"].tolist() == [2] * 4


def test_cards_are_dealt_evenly_over_sets_of_any_size() -> None:
    rng = np.random.default_rng(1)
    sets = np.split(np.arange(23), [5, 6, 13, 15])
    for _ in range(50):
        groups = deal(sets, 23, 4, rng)
        assert np.ptp(np.bincount(groups, minlength=4)) <= 1
        for units in sets:
            assert np.ptp(np.bincount(groups[units], minlength=4)) <= 1


def test_matched_pairs_are_the_best_pairs_where_these_are_clear() -> None:
    values = np.array([[0.0], [5.0], [0.1], [5.2], [9.0], [9.1]])
    sets = matched_sets(np.zeros(6, dtype=int), values, 2)
    assert sorted(map(tuple, sets)) == [(0, 2), (1, 3), (4, 5)]


def test_imbalance_is_the_sum_of_squares_between_arms_in_units_of_the_spread() -> None:
    value = np.array([[1.0], [2.0], [3.0], [4.0]])
    # Means 1.5 and 3.5 around 2.5, variance 1.25: 2 · 1/1.25 + 2 · 1/1.25.
    assert imbalance(np.array([[0, 0, 1, 1]]), value, 2) == pytest.approx([3.2])
    assert imbalance(np.array([[0, 1, 1, 0]]), value, 2) == pytest.approx([0.0])


def test_random_allocations_have_the_mean_imbalance_of_theory() -> None:
    made = staged(n=20)
    covariates, names = made.covariates()
    drawn = random_imbalances(
        np.arange(20), np.repeat([0, 1], 10), covariates, 2, np.random.default_rng(1)
    )
    # Each covariate adds (arms − 1) · n / (n − 1).
    assert names == ("volume", "weight")
    assert drawn.mean() == pytest.approx(2 * 20 / 19, rel=0.05)


def test_groups_make_unequal_arms_in_all_ways() -> None:
    rng = np.random.default_rng(1)
    assert len(arms_of_groups((2, 1, 1), rng)) == 12
    assert arms_of_groups((1, 1, 1), rng).tolist() == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("mice", "changed", "words"),
    [
        (staged(n=3), {}, "4 arms need at least 4 mice, and 3 can be allocated."),
        (staged(n=8, per_cage=8), {"cages": "whole"}, "All mice are in one cage"),
        (staged(n=8, per_cage=4), {"cages": "whole"}, "need at least 4 cages, and 2"),
        (staged(n=8, cage=["c"] * 7 + [""]), {"cages": "whole"}, "Mouse m7 has no cage"),
        (
            staged(n=20, per_cage=2, block=["x"] * 3 + ["y"] * 17),
            {"cages": "whole"},
            "Cage C1 holds mice of several blocks",
        ),
    ],
)
def test_what_cannot_be_allocated_is_said_in_a_sentence(mice, changed, words) -> None:
    with pytest.raises(StudyError, match=words):
        allocate(mice, scheme(**changed))


def test_the_measuring_order_keeps_cages_together_and_mixes_arms() -> None:
    mice = allocate(staged(), scheme(cages="split")).mice
    arm, cage = mice["arm"].to_numpy(), mice["cage"].to_numpy()
    orders = measuring_order(mice, (0, 3, 7), seed=1)
    assert len({tuple(order) for order in orders}) == 3
    for order in orders:
        assert sorted(order) == list(range(40))
        assert (cage[order][1:] != cage[order][:-1]).sum() == 7
        place = np.argsort(order)
        means = [place[arm == name].mean() for name in FOUR]
        assert np.ptp(means) < 4
