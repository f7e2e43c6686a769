"""Blocks and cages: what mice are sorted by beside their arm, one of each a mouse."""

from __future__ import annotations

import pandas as pd

from xenotrack.study.compound_names import joined_names
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger

_OF_A_MOUSE = ("block", "cage")


def key_by_block(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows with the block before the name where mice of one name were read in two at once.

    Numbers that start again in each batch are so told apart.
    """
    if "block" not in rows:
        return rows
    read = rows[rows["measured"].to_numpy(dtype=bool) & (rows["block"] != "").to_numpy()]
    days = read[["mouse", "day_number", "block"]].drop_duplicates()
    shared = days.loc[days.duplicated(["mouse", "day_number"]), "mouse"].unique().tolist()
    if not shared:
        return rows
    ledger.note(
        "names-within-blocks",
        f"Names such as {shared[0]!r} stand in several blocks on one day; mice were named "
        "block/name.",
        "If one mouse stands in two blocks, write one block on all its rows.",
    )
    return with_columns(rows, mouse=joined_names(rows["block"], rows["mouse"]))


def settle_factors(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows with one block and one cage a mouse: a blank one is that of its other rows."""
    for role in _OF_A_MOUSE:
        if role in rows:
            rows = _settled(rows, role, ledger)
    if "block" in rows:
        _note_blocks(rows, ledger)
    return rows


def _settled(rows: pd.DataFrame, role: str, ledger: Ledger) -> pd.DataFrame:
    said = rows.loc[rows[role] != "", ["mouse", role]].drop_duplicates()
    first = said.drop_duplicates("mouse").set_index("mouse")[role]
    # A mouse may change its cage, and is told elsewhere.
    torn = said.loc[said["mouse"].duplicated(), "mouse"].unique().tolist()
    if role == "block" and torn:
        of_torn = rows[rows["mouse"].isin(torn)]
        ledger.note_rows(
            "mouse-in-two-blocks",
            of_torn,
            f"{len(torn)} mice stand in several blocks: {_some(torn)}.",
            "Write one block a mouse; what changes within a mouse is no block.",
            severity="error",
        )
    lacking = [name for name in rows["mouse"].unique() if name not in first.index]
    if role == "block" and lacking and len(first):
        ledger.note_rows(
            "mouse-without-block",
            rows[rows["mouse"].isin(lacking)],
            f"{len(lacking)} mice are in no block: {_some(lacking)}.",
            "Write the block of every mouse.",
            severity="error",
        )
    return with_columns(
        rows, **{role: rows["mouse"].map(first).astype(object).fillna("").to_numpy()}
    )


def _note_blocks(rows: pd.DataFrame, ledger: Ledger) -> None:
    """Blocks are known to the growth model only: that is said, not left to be believed."""
    mice = rows.loc[rows["block"] != "", ["mouse", "block"]].drop_duplicates("mouse")
    counts = mice["block"].value_counts(sort=False)
    if len(counts) < 2:
        return
    sizes = ", ".join(f"{block}: {n}" for block, n in counts.head(6).items())
    ledger.note(
        "block-not-used",
        f"Mice are in {len(counts)} blocks ({sizes}{', …' if len(counts) > 6 else ''}). Growth is "
        "compared within them; progression, response and weight as if there were none.",
        "For these, where blocks differ, analyse one at a time: name the column as `line`, then "
        "--select.",
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if names[5:] else "")


def cages_by_arm(mice: pd.DataFrame) -> dict[str, int]:
    """The number of cages of each arm, where those of several mice hold one arm each; else none.

    >>> mice = pd.DataFrame({"arm": list("aabb"), "cage": ["1", "1", "2", "2"]})
    >>> cages_by_arm(mice), cages_by_arm(mice.assign(arm=list("abab")))
    ({'a': 1, 'b': 1}, {})
    """
    caged = mice[mice["cage"] != ""]
    if caged.empty:
        return {}
    sizes = caged.groupby("cage")["arm"].agg(["size", "nunique"])
    several = sizes[sizes["size"] > 1]
    if not len(several) or (several["nunique"] > 1).any() or caged["arm"].nunique() < 2:
        return {}
    counts = caged.groupby("arm", sort=False)["cage"].nunique()
    return {str(arm): int(n) for arm, n in counts.items()}


def nested_words(cages: dict[str, int]) -> str:
    """That whole cages are in one arm, with their numbers."""
    sizes = ", ".join(f"{arm} {n}" for arm, n in cages.items())
    return f"Each cage holds one arm only (cages: {sizes})"
