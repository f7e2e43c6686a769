"""The order in which mice are measured on each visit, so that no arm is always the first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xenotrack.arrays import Codes, Floats

TRIES = 200


def measuring_order(mice: pd.DataFrame, days: Sequence[float], seed: int) -> list[Codes]:
    """For each visit the places of the mice in the order in which they are to be measured.

    Cages come in random order, and mice in random order within their cage: of many such orders
    the one in which the mean places of the arms differ least. ``mice`` has ``arm`` and ``cage``.
    """
    rng = np.random.default_rng([seed, 1])
    cage = pd.factorize(mice["cage"].where(mice["cage"] != "", mice["mouse"]))[0]
    arm = np.asarray(pd.factorize(mice["arm"])[0])
    member = np.eye(arm.max() + 1)[arm]
    return [_order(cage, member, rng) for _ in days]


def _order(cage: Codes, member: Floats, rng: np.random.Generator) -> Codes:
    orders = [_shuffled(cage, rng) for _ in range(TRIES)]
    return min(orders, key=lambda order: _unevenness(order, member))


def _shuffled(cage: Codes, rng: np.random.Generator) -> Codes:
    """Cage by cage, in random order."""
    turn = rng.permutation(cage.max() + 1)
    return np.lexsort((rng.random(len(cage)), turn[cage]))


def _unevenness(order: Codes, member: Floats) -> float:
    """How far the mean places of the arms lie apart."""
    place = np.empty(len(order))
    place[order] = np.arange(len(order))
    return float(np.var(place @ member / member.sum(axis=0)))
