"""Phases: a mouse that moves on to another arm begins anew, with its own day 0 and baseline."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from msgspec.structs import replace

from xenotrack.arrays import Floats
from xenotrack.errors import InputError
from xenotrack.study.days import find_date_order, read_days
from xenotrack.study.frames import Groups, with_columns
from xenotrack.study.identity import note_two_arms
from xenotrack.study.ledger import Ledger
from xenotrack.study.primary import PrimaryError, arms_compared
from xenotrack.study.rules import PrimaryRule, Rules
from xenotrack.study.stayers import mark_stayers, split_stayers, stayed_arm

# No mouse goes through more arms, and no study has more phases, than these.
_MOST_TURNS, _MOST_PHASES = 12, 60


def name_phases(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> pd.DataFrame:
    """The rows with ``moment``, and phases numbered where mice move from arm to arm.

    A sheet that names its phases is taken at its word. Else phases are recognised where mice, not
    one alone, stand in several arms one after the other, and never in two at a time.
    """
    named = bool((rows["phase"] != "").any())
    if not named and Groups.of(rows["mouse"]).agree(rows["arm"]):
        return rows  # as almost every sheet, a large one too
    _refuse_phases_of_rows(rows)
    rows = with_columns(rows, moment=_moments(rows, rules))
    if named:
        return mark_stayers(rows, _spans(rows, "phase"))
    if rules.study.mouse_ids == "arm":
        return rows
    spans = _spans(rows, "arm")
    moves = spans["mouse"].duplicated(keep=False)
    if not moves.any():
        return rows
    movers = spans.loc[moves, "mouse"].nunique()
    at_once = set(spans.loc[spans["overlaps"], "mouse"])
    moved = spans[moves & ~spans["mouse"].isin(at_once)]
    _refuse_arms_of_rows(moved)
    # One mouse alone is rather a slip of the pen than a treatment that was changed.
    n_moved = moved["mouse"].nunique()
    if n_moved < 2 or n_moved * 2 <= movers:
        return rows
    note_two_arms(rows[rows["mouse"].isin(at_once)], ledger)
    rows = split_stayers(with_columns(rows, phase=_numbered(rows, moved)), spans, moved, ledger)
    parts = [f"{name} ({_described(rows[rows['phase'] == name])})" for name in phase_names(rows)]
    ledger.note(
        "phases-recognised",
        f"{n_moved} mice stand in several arms one after the other, and were read as phases of "
        f"treatment: {'; '.join(parts)}.",
        "Choose one with --phase. If these are different mice that share a number, set "
        '`mouse_ids = "arm"` under [study], or name the cage under [columns].',
    )
    return rows


def _refuse_arms_of_rows(moved: pd.DataFrame) -> None:
    """Nobody is treated in dozens of arms: then the column says something else of each row."""
    turns = moved["turn"].max() + 1 if len(moved) else 0
    if turns > _MOST_TURNS:
        mouse = moved.loc[moved["turn"].idxmax(), "mouse"]
        raise InputError(
            f"Mouse {mouse} stands in {turns} arms, one after the other: the column that was read "
            "as the arm says something else on almost every row. Name the right one under "
            '[columns], as `arm = "Group"`.'
        )


def _refuse_phases_of_rows(rows: pd.DataFrame) -> None:
    n_phases = rows["phase"].nunique()
    if n_phases > _MOST_PHASES:
        raise InputError(
            f"The column that was read as the phase says {n_phases} things: no mice are treated in "
            "so many phases. Leave it out, as `ignore = [...]` under [columns] does."
        )


def _moments(rows: pd.DataFrame, rules: Rules) -> Floats:
    """When each row was written, on one scale: its date where all have one, else its day."""
    days = rows["day_number"].to_numpy(dtype=float)
    if "date" not in rows or rows["day_is_date"].any():
        return days
    try:
        order = find_date_order(rows["date"].unique(), "The date", rules.study.date_order)
    except InputError:
        return days  # days are named as well, and no more than the order of phases rests on dates
    dates, are_dates = read_days(rows["date"], "date", ".", order)
    known = are_dates | ~rows["measured"].to_numpy(dtype=bool)
    return np.where(are_dates, dates, np.nan) if known.all() else days


def _spans(rows: pd.DataFrame, role: str) -> pd.DataFrame:
    """``mouse``, ``role``, ``first`` and ``last`` moment read, in order, and what ``overlaps``."""
    read = rows[rows["measured"].to_numpy(dtype=bool) & rows["moment"].notna().to_numpy()]
    moments = read.groupby(["mouse", role], sort=False)["moment"]
    spans = moments.agg(first="min", last="max").reset_index()
    # Of phases that begin on one day the one written first goes first.
    spans = spans.sort_values(["mouse", "first"], kind="stable").reset_index(drop=True)
    same = spans["mouse"].eq(spans["mouse"].shift())
    before = spans["last"].shift().where(same)
    return spans.assign(
        turn=spans.groupby("mouse").cumcount(),
        before=before,
        overlaps=same & ~(spans["first"] > before),
    )


def _numbered(rows: pd.DataFrame, moved: pd.DataFrame) -> list[str]:
    """The phase of each row: of a mouse that stayed, that of its arm where others moved to it."""
    numbered = {
        (mouse, arm): str(turn + 1)
        for mouse, arm, turn in moved[["mouse", "arm", "turn"]].itertuples(index=False)
    }
    turns = moved.groupby("arm")["turn"].agg(["min", "max"])
    usual = {str(arm): str(low + 1) for arm, low, high in turns.itertuples() if low == high}
    keys = zip(rows["mouse"], rows["arm"], strict=True)
    return [numbered.get(key) or usual.get(key[1], "1") for key in keys]


def _described(rows: pd.DataFrame) -> str:
    arms = rows["arm"].unique().tolist()
    named = ", ".join(map(repr, arms[:4])) + (f" and {len(arms) - 4} more" if arms[4:] else "")
    return f"{named}: {rows['mouse'].nunique()} mice"


def phase_names(rows: pd.DataFrame) -> list[str]:
    """The phases in the order in which mice went through them, else of appearance."""
    names = rows["phase"].unique().tolist() or [""]
    if len(names) < 2:
        return names
    turns = _spans(rows, "phase").groupby("phase")["turn"].mean()
    return sorted(names, key=lambda name: turns.get(name, 0.0))


def pick_phases(rows: pd.DataFrame, rules: Rules) -> list[str]:
    """The phase asked for by its name, its number or an arm of it; all where none is asked for."""
    names, wanted = phase_names(rows), rules.study.phase
    if wanted is None:
        return names
    if wanted in names:
        return [wanted]
    of_arm = rows.loc[rows["arm"] == wanted, "phase"].unique().tolist()
    if wanted.isdecimal() and 1 <= int(wanted) <= len(names) and names != [""]:
        return [names[int(wanted) - 1]]
    if len(of_arm) == 1 and names != [""]:
        return of_arm
    if names == [""]:
        raise InputError(
            f"There is no phase {wanted!r}: no mouse of the sheet was treated in several phases. "
            "Leave --phase out, or add a column phase."
        )
    listed = "; ".join(f"{name!r} ({_described(rows[rows['phase'] == name])})" for name in names)
    several = f" in one phase: the arm is in {' and '.join(map(repr, of_arm))}" if of_arm else ""
    raise InputError(
        f"There is no phase {wanted!r}{several}. The phases are: {listed}. "
        "Choose one with --phase NAME or its number."
    )


def take_phase(rows: pd.DataFrame, name: str, chosen: bool, ledger: Ledger) -> pd.DataFrame:
    """The rows of one phase, and those of the phase before that may be its baseline.

    ``phase_start`` is the day on which the phase began for the mouse, where the sheet counts on
    instead of anew; ``phase_before`` the last day of the phase before; ``carried`` the rows of
    that day. Where the phase was ``chosen`` the others are named. A fate is that of the mouse's
    last phase: it has left no other by it. ``moved_on`` marks the rows of mice that did.
    """
    inside = (rows["phase"] == name).to_numpy()
    if inside.all():
        return rows
    others = rows[~inside]
    if chosen:
        ledger.note_rows(
            "phase-left-out",
            others,
            f"{len(others)} rows belong to other phases than {name!r} and were left out.",
            "Nothing to do; each phase is a study of its own.",
        )
    spans = _spans(rows, "phase")
    span = spans[spans["phase"] == name].set_index("mouse")
    after = spans.loc[spans["turn"] > spans["mouse"].map(span["turn"]), "mouse"].unique()
    taken = rows[inside]
    if "fate" in taken:
        taken = taken.assign(fate=taken["fate"].mask(taken["mouse"].isin(after), ""))
    before = _rows_before(others, span)
    if not before.empty:
        taken = _with_starts(taken, before, name, ledger)
    return taken.assign(moved_on=taken["mouse"].isin(after))


def _rows_before(others: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """The last readings of each mouse before the phase began for it."""
    # Where days are counted anew and no date is written nobody knows how long before.
    spans = spans[spans["before"] <= spans["first"]]
    start = others["mouse"].map(spans["first"])
    before = others[others["measured"].astype(bool) & (others["moment"] <= start)]
    return before[before["moment"] == before.groupby("mouse")["moment"].transform("max")]


def _with_starts(
    taken: pd.DataFrame, before: pd.DataFrame, name: str, ledger: Ledger
) -> pd.DataFrame:
    """The rows of a later phase with its day 0 by mouse, and the readings before it."""
    days = taken.groupby("mouse", sort=False)["day_number"]
    last = before.groupby("mouse")["day_number"].max()
    first = days.min()
    zero = (taken["moment"] - taken["day_number"]).groupby(taken["mouse"]).median()
    old_zero = (before["moment"] - before["day_number"]).groupby(before["mouse"]).median()
    anew = bool((zero.reindex(old_zero.index) > old_zero).mean() > 0.5)
    arms = taken.drop_duplicates("mouse").set_index("mouse")["arm"]
    carried = before.assign(arm=before["mouse"].map(arms), phase=name)
    taken, carried = _with_arms_before(taken, carried, before)
    if "fate" in carried:
        carried["fate"] = ""
    if anew:
        carried["day_number"] = carried["moment"] - carried["mouse"].map(zero)
        first = first * np.nan
    else:
        ledger.note(
            "phase-day-zero",
            f"The sheet counts on from phase to phase: day 0 of phase {name!r} is each mouse's "
            "first day in it.",
            "If treatment began on another day, add a column treatment_start, or give day_zero.",
        )
    both = pd.concat([taken.assign(carried=False), carried.assign(carried=True)])
    both = both.reset_index(drop=True)
    return both.assign(
        phase_start=both["mouse"].map(first).astype(float),
        phase_before=both["mouse"].map(last).astype(float),
    )


def _with_arms_before(
    taken: pd.DataFrame, carried: pd.DataFrame, before: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows with the arm before as the block, where mice come from several and no other is."""
    arms = before.drop_duplicates("mouse").set_index("mouse")["arm"]
    if "block" in taken or arms.nunique() < 2:
        return taken, carried
    taken = taken.assign(block=taken["mouse"].map(arms).fillna(""))
    return taken, carried.assign(block=carried["mouse"].map(arms).fillna(""))


def keep_baselines(rows: pd.DataFrame, window: float, name: str, ledger: Ledger) -> pd.DataFrame:
    """The rows without those of the phase before, but where they are a tumour's only baseline."""
    if "carried" not in rows:
        return rows
    carried = rows["carried"].to_numpy(dtype=bool)
    read = rows["volume_mm3"].notna().to_numpy()
    near = rows["day"].between(-window, 0).to_numpy()
    own = {*rows.loc[read & near & ~carried, ["mouse", "tumor"]].itertuples(index=False, name=None)}
    keys = rows[["mouse", "tumor"]].itertuples(index=False, name=None)
    lacking = np.array([key not in own for key in keys], dtype=bool)
    mice = rows.loc[carried & lacking & near & read, "mouse"].unique().tolist()
    used = carried & near & rows["mouse"].isin(mice).to_numpy()
    if mice:
        ledger.note_rows(
            "baseline-from-phase-before",
            rows[used],
            f"{len(mice)} mice were not read as phase {name!r} began; their baseline is the last "
            f"reading of the phase before, at most {window:g} days earlier.",
            "Nothing to do, unless a reading is missing.",
        )
    return rows[~carried | used].reset_index(drop=True)


def rules_of_phase(
    rules: Rules, name: str, taken: pd.DataFrame, everywhere: Iterable[str], ledger: Ledger
) -> Rules:
    """The rules for one phase: what they say of arms of other phases does not concern it."""
    here = set(taken["arm"].unique())
    elsewhere = set(everywhere) - here
    if not elsewhere and name == "":
        return rules
    study = replace(rules.study, phase=name)
    if study.control in elsewhere:
        study = replace(study, control=None)
    if study.controls:
        study = replace(study, control=study.controls.get(name, study.control))
    declared = {arm: rule for arm, rule in rules.arms.items() if arm.strip() not in elsewhere}
    if study.control is None:
        study = replace(study, control=stayed_arm(taken, declared, ledger))
    compare = rules.compare
    if _compares(compare.named_beforehand, elsewhere, here | elsewhere):
        compare = replace(compare, primary=None)
    return replace(rules, study=study, arms=declared, compare=compare)


def _compares(rule: PrimaryRule | None, arms: set[str], everywhere: set[str]) -> bool:
    """Whether the primary contrast is one of these arms, of all that the study has."""
    if rule is None:
        return False
    try:
        return not arms.isdisjoint(arms_compared(rule, sorted(everywhere)))
    except PrimaryError:
        return False
