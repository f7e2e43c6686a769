"""Which mouse, which arm, which phase: the identity of each row, or an error that asks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from xenotrack.study.column_words import NAMED_ROLES
from xenotrack.study.compound_names import joined_names
from xenotrack.study.frames import Groups, with_columns
from xenotrack.study.inert import as_written
from xenotrack.study.ledger import Ledger, each_row
from xenotrack.study.numbers import is_missing
from xenotrack.study.rules import Rules
from xenotrack.study.summaries import is_statistic, statistics_among

_NAMES = tuple(role for role in NAMED_ROLES if role != "start")
_SIZES = ("volume", "length", "width", "height", "area")
# Layouts whose every row or column is a mouse: a name that returns is another mouse.
_A_MOUSE_EACH = ("wide", "calendar", "dated", "paired", "coded", "column")


def trimmed(texts: pd.Series) -> pd.Series:
    """The texts without blanks around them; names are verbatim otherwise.

    A name that our own tables made inert for spreadsheets is again as it was.
    """
    codes, uniques = pd.factorize(texts)
    stripped = np.array([as_written(text.strip()) for text in uniques], dtype=object)
    return pd.Series(stripped[codes] if len(stripped) else texts, index=texts.index, dtype=object)


def trim_names(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with every name trimmed, and "" for tumours, phases and arms never named."""
    names = {role: trimmed(rows[role]) for role in _NAMES if role in rows}
    absent = {role: "" for role in ("tumor", "phase", "arm") if role not in rows}
    return with_columns(rows, **names, **absent)


def drop_nameless(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows that name a mouse; the others are notes, totals or merged cells, and are named."""
    nameless = (rows["mouse"] == "").to_numpy()
    if not nameless.any():
        return rows
    # The title of a block says what its rows say again.
    titles = _names_an_arm_alone(rows) & rows["arm"].isin(rows.loc[~nameless, "arm"]).to_numpy()
    left = rows[nameless & ~titles].sort_values("measured", ascending=False, kind="stable")
    # A line of many readings lacks one name.
    for row in each_row(left.drop_duplicates(["part", "row"])):
        reads = bool(row.get("measured"))
        known = [str(row[role]) for role in ("arm", "day", "volume", "length") if row.get(role)]
        ledger.note_row(
            "row-without-mouse",
            row,
            f"No mouse is named beside {' '.join(known)!r}; the row was left out.",
            "Write the mouse on every row, or delete the line.",
            role="mouse",
            severity="error" if reads else "warning",
        )
    return rows[~nameless]


def _names_an_arm_alone(rows: pd.DataFrame) -> np.ndarray:
    """Where a row says nothing but an arm: no day, no number, no fate."""
    silent = ~rows["measured"].to_numpy(dtype=bool) & (rows["arm"] != "").to_numpy()
    for name in ("day", "fate", "body_weight", *_SIZES):
        if name in rows:
            silent &= rows[name].map(is_missing).to_numpy(dtype=bool)
    return silent


def drop_summaries(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows of mice; rows called Mean or SEM are of no mouse, and are named.

    They may be called so where the arm should stand, beside no mouse. An arm that is written once,
    on such a row, is that of the rows below.
    """
    named = rows["mouse"]
    if (blank := named == "").any():
        named = named.mask(blank, rows["arm"])
    statistics = statistics_among(named.unique())
    statistics -= _ear_tags(rows, named, statistics)
    gone = named.isin(statistics).to_numpy() if statistics else np.zeros(len(rows), dtype=bool)
    if not gone.any() or gone.all():
        return rows
    ledger.note_rows(
        "row-of-a-summary",
        rows[gone],
        f"The rows called {', '.join(sorted(statistics))} are summaries of other mice; they were "
        "left out.",
        "Nothing to do, unless a mouse has this name: then give it another.",
    )
    lost = set(rows.loc[gone, "arm"]) - set(rows.loc[~gone, "arm"]) - statistics
    if lost:
        bare = with_columns(rows, arm=rows["arm"].mask(rows["arm"].isin(statistics), ""))
        rows = fill_down(bare, ledger, ("arm",))
    return rows[~gone]


def _ear_tags(rows: pd.DataFrame, named: pd.Series, statistics: set[str]) -> set[str]:
    """The names such as N that are mice here: mice of a cage, or of readings that are no counts."""
    doubtful = {name for name in statistics if not is_statistic(name)}
    if not doubtful:
        return set()
    plain = rows[named.isin(statistics - doubtful)]
    tags = set()
    for name in doubtful:
        own = rows[named == name]
        in_cage = "cage" in rows and (own["cage"] != "").all() and not (plain["cage"] != "").any()
        counted = name.casefold().strip(" .") != "n" or _are_counts(own, rows["mouse"].nunique())
        if in_cage or not counted:
            tags.add(name)
    return tags


def _are_counts(rows: pd.DataFrame, n_mice: int) -> bool:
    """Whether all numbers of these rows may be numbers of mice."""
    columns = [name for name in rows if str(name).endswith("_number") and name != "day_number"]
    numbers = rows[columns].to_numpy(dtype=float)
    numbers = numbers[~np.isnan(numbers)]
    return bool(((numbers == np.round(numbers)) & (numbers >= 0) & (numbers <= n_mice)).all())


def fill_down(
    rows: pd.DataFrame, ledger: Ledger, roles: tuple[str, ...] = ("arm", "cage", "mouse")
) -> pd.DataFrame:
    """The rows with an arm, a cage or a mouse that is written once taken for the rows below it.

    So merged cells are read. It is done where no name is written twice: where one is, a blank is
    a slip.
    """
    for role in ("study", "line", "arm", "cage", "mouse"):
        if role not in roles or role not in rows:
            continue
        blank = (rows[role] == "").to_numpy()
        filled = filled_down(rows, role) if blank.any() else None
        if filled is not None:
            names = rows.loc[~blank, role].unique().tolist()
            ledger.note_rows(
                f"{role}-written-once",
                rows[blank],
                f"Each {role} ({_some(names)}) is written once; the rows below have the {role} "
                "above them.",
                f"Nothing to do if their cells were merged; else write the {role} on every row.",
            )
            rows = with_columns(rows, **{role: filled})
    return rows


def filled_down(rows: pd.DataFrame, role: str) -> np.ndarray | None:
    """The names of a role, each taken for the rows below it; None where that would be a guess."""
    order = np.lexsort((rows["row"].to_numpy(), rows["part"].to_numpy()))
    names, parts = rows[role].to_numpy()[order], rows["part"].to_numpy()[order]
    lines = rows["row"].to_numpy()[order]
    first = np.r_[True, parts[1:] != parts[:-1]]
    starts = first | np.r_[True, lines[1:] != lines[:-1]]
    written = [name for name in names[starts].tolist() if name]
    once = len(written) == len(set(written)) > 1
    if not once or (names[first] == "").any() or 2 * len(written) > starts.sum():
        return None
    filled = np.empty(len(rows), dtype=object)
    filled[order] = pd.Series(names, dtype=object).replace("", None).ffill().to_numpy()
    if role == "arm":
        # What a mouse's own row says is surer than what stands above another.
        with_arm = rows.loc[rows["arm"] != "", ["mouse", "arm"]].drop_duplicates("mouse")
        arms = rows["mouse"].map(with_arm.set_index("mouse")["arm"]).to_numpy()
        blank = (rows["arm"] == "").to_numpy()
        if (blank & pd.notna(arms) & (arms != filled)).any():
            return None
    return filled


def drop_notes(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows without those that are words alone: no arm, no reading, no weight, no fate.

    A name that stands on other rows as well is a mouse's.
    """
    silent = ~rows["measured"].astype(bool) & (rows["arm"] == "")
    if "body_weight_number" in rows:
        silent &= rows["body_weight_number"].isna()
    if "fate" in rows:
        silent &= rows["fate"] == ""
    if not silent.any():
        return rows
    elsewhere = set(rows.loc[~silent, "mouse"])
    notes = (silent & ~rows["mouse"].isin(elsewhere)).to_numpy()
    if not notes.any() or notes.all():
        return rows
    texts = rows.loc[notes, "mouse"].unique().tolist()
    more = f" and {len(texts) - 3} more" if len(texts) > 3 else ""
    ledger.note_rows(
        "row-without-reading",
        rows[notes],
        f"Rows hold no arm and no reading: {', '.join(map(repr, texts[:3]))}{more}; they were left "
        "out as notes.",
        "Nothing to do if they are notes; if one is a mouse, write its arm.",
    )
    return rows[~notes]


_FEW_ROWS = 5


def fill_arms(rows: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The rows with a blank arm filled from the mouse's only arm, else left out with an error."""
    blank = (rows["arm"] == "").to_numpy()
    if not blank.any():
        return rows
    named = rows.loc[~blank, ["mouse", "arm"]].drop_duplicates()
    only = named.drop_duplicates("mouse", keep=False).set_index("mouse")["arm"]
    filled = rows["arm"].mask(blank, rows["mouse"].map(only))
    lost = rows[blank & filled.isna().to_numpy()]
    if len(lost) > _FEW_ROWS:  # one cause, one finding
        ledger.note_rows(
            "row-without-arm",
            lost,
            f"{len(lost)} rows have no arm: of the mice {_some(lost['mouse'].unique().tolist())}; "
            "they were left out.",
            "Write the arm.",
            severity="error",
        )
        blank = blank & filled.notna().to_numpy()
    for row, arm in zip(each_row(rows[blank]), filled[blank], strict=True):
        known = isinstance(arm, str)
        ledger.note_row(
            "row-without-arm",
            row,
            f"Mouse {row['mouse']} has no arm here; "
            + (f"its other rows say {arm!r}: taken." if known else "the row was left out."),
            "Write the arm.",
            role="arm",
            severity="warning" if known else "error",
        )
    keep = filled.notna().to_numpy() & (filled != "").to_numpy()
    return rows.assign(arm=filled)[keep]


def key_by_cage(rows: pd.DataFrame, rules: Rules, ledger: Ledger, layout: str) -> pd.DataFrame:
    """The rows with the cage before the name where a name is one mouse's only within its cage.

    That is so where the cage is declared; where each row of the layout is a mouse; and where
    mice of one name were read in two cages at the same time. A mouse that was read in one cage
    and later in another has moved.
    """
    if "cage" not in rows:
        return rows
    if "cage" in rules.named_columns:
        return with_columns(rows, mouse=joined_names(rows["cage"], rows["mouse"]))
    pairs = rows.loc[rows["cage"] != "", ["mouse", "cage"]].drop_duplicates()
    shared = pairs.loc[pairs["mouse"].duplicated(), "mouse"].unique().tolist()
    if not shared:
        return rows
    moved = [] if layout in _A_MOUSE_EACH else _moved(rows, shared)
    if len(moved) == len(shared):
        ledger.note(
            "mouse-changed-cage",
            f"{_some(moved)} stand in one cage and later in another; each was read as one mouse.",
            "If names are unique only within a cage, name the cage under [columns].",
        )
        return rows
    ledger.note(
        "names-within-cages",
        f"Names such as {next(name for name in shared if name not in moved)!r} stand in several "
        "cages; mice were named cage/name.",
        "If one mouse changed its cage, write one cage on all its rows.",
    )
    for mouse in moved:
        rows_of_mouse = rows[rows["mouse"] == mouse]
        ledger.note_row(
            "moved-or-two-mice",
            each_row(rows_of_mouse[rows_of_mouse["cage"] != rows_of_mouse["cage"].iloc[0]])[0],
            f"{mouse} stands in one cage and later in another, where other names are several mice.",
            "If it is one mouse, write one cage on all its rows; if they are several, name the "
            "cage under [columns].",
            role="mouse",
            severity="error",
        )
    return with_columns(rows, mouse=joined_names(rows["cage"], rows["mouse"]))


def _moved(rows: pd.DataFrame, shared: list[str]) -> list[str]:
    """The mice whose days in one cage end before those in the next begin, or on that day."""
    caged = rows[rows["mouse"].isin(shared) & rows["measured"].astype(bool) & (rows["cage"] != "")]
    days = caged.groupby(["mouse", "cage"], sort=False)["day_number"]
    spans = days.agg(first="min", last="max").reset_index()
    spans = spans.sort_values(["mouse", "first", "last"], kind="stable")
    later = spans["mouse"].duplicated().to_numpy()
    before = spans["last"].shift().to_numpy()
    # On the day of the move a mouse may be written down in both; if that is its only day in the
    # one, as likely another mouse was read once.
    long = (spans["last"] > spans["first"]).to_numpy()
    touches = (spans["first"].to_numpy() == before) & long & np.r_[False, long[:-1]]
    at_once = later & ~((spans["first"].to_numpy() > before) | touches)
    return [mouse for mouse in shared if mouse not in set(spans.loc[at_once, "mouse"])]


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if names[5:] else "")


def key_by_arm(rows: pd.DataFrame, rules: Rules, ledger: Ledger, layout: str) -> pd.DataFrame:
    """The rows with each mouse's name its own within the study.

    A name in two arms is two mice where the study says so (``mouse_ids = "arm"``) or where the
    numbers of a wide sheet, or of sheets of one arm each, start again in each arm; else it is an
    error, and the two are kept apart until somebody says what they are.
    """
    if rules.study.mouse_ids == "arm":
        return with_columns(rows, mouse=joined_names(rows["arm"], rows["mouse"]))
    if Groups.of(rows["mouse"]).agree(rows["arm"]):
        return rows
    pairs = rows[["mouse", "arm"]].drop_duplicates()
    shared = pairs.loc[pairs.duplicated("mouse"), "mouse"].unique()
    apart = layout in _A_MOUSE_EACH or _an_arm_each(rows, shared)
    if apart and rules.study.mouse_ids is None and _restart(pairs, shared):
        ledger.note(
            "mouse-numbers-restart",
            "Mouse numbers start again in each arm; mice were named arm/number.",
            'If a number is one mouse in two arms, set `mouse_ids = "study"` under [study].',
        )
        return with_columns(rows, mouse=joined_names(rows["arm"], rows["mouse"]))
    affected = rows["mouse"].isin(shared)
    note_two_arms(rows[affected], ledger)
    return rows.assign(mouse=joined_names(rows["arm"].where(affected, ""), rows["mouse"]))


def _an_arm_each(rows: pd.DataFrame, shared: Iterable[str]) -> bool:
    """Whether every sheet is of one arm, and names that return were read on the same days."""
    if rows["part"].nunique() < 2 or rows.groupby("part")["arm"].nunique().max() > 1:
        return False
    again = rows[rows["mouse"].isin(shared)]
    arms = again.groupby(["mouse", "day_number"])["arm"].nunique()
    return bool((arms.groupby("mouse").max() > 1).all())


def _restart(pairs: pd.DataFrame, shared: Iterable[str]) -> bool:
    """Whether shared names are the habit of the sheet, and not one slip."""
    involved = pairs.loc[pairs["mouse"].isin(shared), "arm"].unique()
    sizes = pairs.loc[pairs["arm"].isin(involved), "arm"].value_counts()
    return 2 * len(set(shared)) >= int(sizes.min())


def note_two_arms(rows: pd.DataFrame, ledger: Ledger) -> None:
    """An error about names in several arms, with the ways out: one for all of the same arms."""
    kinds: dict[tuple[tuple[str, ...], bool], list[pd.DataFrame]] = {}
    for _, several in rows.groupby("mouse", sort=False):
        days = several[["arm", "day_number"]].drop_duplicates()
        same_day = bool(days["day_number"].dropna().duplicated().any())
        kinds.setdefault((tuple(sorted(several["arm"].unique())), same_day), []).append(several)
    for (_, same_day), of_mice in kinds.items():
        _note_two_arms(pd.concat(of_mice), same_day, ledger)


def _names_lines(rows: pd.DataFrame) -> bool:
    """Whether what names the mice names the lines, too."""
    return "line" in rows and bool(rows["line"].eq(rows["mouse"]).all())


def _note_two_arms(rows: pd.DataFrame, same_day: bool, ledger: Ledger) -> None:
    counts, mice = rows["arm"].value_counts(), rows["mouse"].unique().tolist()
    listed = ", ".join(f"{arm!r} ({count} rows)" for arm, count in counts.items())
    proposal = (
        'If they are two mice that share a number, set `mouse_ids = "arm"` under [study]; if days '
        "are counted anew in each arm, add the date or a phase column; else mend the arm."
    )
    if not same_day:
        proposal = (
            "If it changed treatment, add a phase column and choose with --phase; if they are two "
            'mice that share a number, set `mouse_ids = "arm"` under [study]; else mend the arm.'
        )
    if same_day and (len(mice) > 1 or _names_lines(rows)):
        proposal += (
            " If they are models (PDX, cell lines) with a mouse in each arm, set it too, and name "
            "their column both as `mouse` and as `line`."
        )
    if "cage" in rows and rows["cage"].nunique() > 1:
        proposal += " If names are unique only within a cage, name the cage under [columns]."
    second = rows[rows["arm"] == counts.index[-1]]
    who = f"Mouse {mice[0]} is" if len(mice) == 1 else f"{len(mice)} mice ({_some(mice)}) are"
    seen = f"{who} in the arms {listed}{', on the same day' if same_day else ''}."
    if len(mice) > 1:
        ledger.note_rows("mouse-in-two-arms", second, seen, proposal, severity="error")
        return
    ledger.note_row(
        "mouse-in-two-arms",
        each_row(second.head(1))[0],
        seen,
        proposal,
        role="mouse",
        severity="error",
    )
