"""Body weights on a sheet of their own, joined to the readings by mouse and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.columns import Header
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding, row_ranges
from xenotrack.study.frames import with_columns
from xenotrack.study.layouts.evidence import said_of
from xenotrack.study.layouts.grid import MEASURES, day_kind, lengthen_grid, own_header
from xenotrack.study.layouts.layout import (
    Label,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
)
from xenotrack.study.layouts.wide import day_columns
from xenotrack.study.layouts.wordeddays import settle_days
from xenotrack.study.ledger import Origin
from xenotrack.study.longtable import LongTable, is_text
from xenotrack.study.numbers import is_missing, plain_numbers

# What mice weigh: a sheet of percent or of mm³ that is called so by mistake is not taken.
_GRAMS = (5.0, 80.0)
# Within these a name of a mouse may return, and a weight may say of which it is.
_SCOPE = ("study", "cage", "arm")
_NAMES = (*_SCOPE, "line", "block", "mouse", "tumor", "phase", "start")
Whose = tuple[str, ...]


@dataclass(frozen=True)
class Weights:
    """A sheet of body weights, and its long table of text."""

    sheet: Sheet
    long: LongText


def part_weights(
    files: Sequence[list[Sheet]], declared: Mapping[str, str]
) -> tuple[list[list[Sheet]], list[Weights]]:
    """The sheets of each file without those of body weights, and these, where both are there."""
    if sum(map(len, files)) < 2:
        return list(files), []
    weights = {id(s): w for sheets in files for s in sheets if (w := _weights_of(s, declared))}
    rest = [[sheet for sheet in sheets if id(sheet) not in weights] for sheets in files]
    rest = [sheets for sheets in rest if sheets]
    return (rest, list(weights.values())) if weights and rest else (list(files), [])


def _weights_of(sheet: Sheet, declared: Mapping[str, str]) -> Weights | None:
    """The body weights of a sheet that says it holds some, and holds no size of a tumour."""
    for position, header in candidate_headers(sheet, declared):
        if "mouse" not in header.roles:
            continue
        if any(role in header.roles for role in MEASURES):
            return None
        body = sheet.cells.iloc[position + 1 :]
        labels = _labels(sheet, position, header, body)
        if labels:
            kind = day_kind(header) or next(iter(day_columns(header).values()))[0]
            own = own_header(header, labels, kind)
            long_body, findings = body_of(sheet, Recognition(True, "", position, own))
            long = lengthen_grid(long_body, own, labels, kind, findings)
            return Weights(sheet, settle_days(sheet, long))
    return None


def _labels(sheet: Sheet, position: int, header: Header, body: pd.DataFrame) -> dict[int, Label]:
    """The columns of weights: one beside a column of several days, else the days of their sheet."""
    kind = day_kind(header)
    if kind is not None:
        days = {text.strip() for text in body.iloc[:, header.roles[kind]].unique()} - {""}
        # A list of mice may say when each was weighed, once.
        several = "body_weight" in header.roles and len(days) > 1
        return {header.roles["body_weight"]: Label("body_weight")} if several else {}
    days_beside = day_columns(header)
    kinds = {kind for kind, _ in days_beside.values()}
    said = said_of(sheet, Recognition(True, "", position, header, bare="volumes"))
    if len(days_beside) < 2 or len(kinds) > 1 or said is None:
        return {}
    if said.meaning.quantity != "body_weight":
        return {}
    texts = body.iloc[:, list(days_beside)].to_numpy(dtype=object).ravel()
    numbers = plain_numbers(pd.Series(texts, dtype=object).str.replace(",", ".", regex=False))
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers) or not _GRAMS[0] <= np.median(numbers) <= _GRAMS[1]:
        return {}
    return {column: Label("body_weight", day) for column, (_, day) in days_beside.items()}


def join_weights(table: LongTable, weights: Sequence[LongTable]) -> LongTable:
    """The readings with the weights of their mouse and day.

    A weight on a day without a reading has a row of its own; so has one beside another weight of
    that day, to be named as any two rows of one day are.
    """
    for part in weights:
        table = _joined(table, part)
    return table


def _joined(table: LongTable, weights: LongTable) -> LongTable:
    origin = weights.origins[0]
    weighed = weights.rows[~weights.rows["body_weight"].map(is_missing).to_numpy(dtype=bool)]
    weighed, respelled = _spelled_as(table.rows, weighed, origin)
    _refuse_other_days(table.rows, weighed, origin)
    places = _places(table.rows, weighed, origin)
    texts, numbers = _columns(table.rows)
    before = numbers.copy()
    alone: list[tuple[int, int]] = []
    unmet: list[int] = []
    said = zip(weighed["body_weight"], weighed["body_weight_number"], places, strict=True)
    for at, (text, number, (place, same_day)) in enumerate(said):
        if place < 0:
            unmet.append(at)
        elif same_day and is_missing(texts[place]) and not np.isnan(number):
            texts[place], numbers[place] = text, number
        elif not (same_day and before[place] == number):
            alone.append((at, place))
    rows = with_columns(table.rows, body_weight=texts, body_weight_number=numbers)
    rows = _with_rows(rows, weighed, alone, part=len(table.origins))
    return LongTable(
        rows,
        (*table.origins, origin),
        (*table.headers, *weights.headers),
        (*table.layouts, *weights.layouts),
        (*table.findings, *weights.findings, *respelled, *_unmet(weighed.iloc[unmet], origin)),
    )


def _spelled_as(
    rows: pd.DataFrame, weighed: pd.DataFrame, origin: Origin
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """The weights with mice spelled as among the readings, where case and blanks alone differ."""
    known = set(rows["mouse"])
    spellings: dict[str, list[str]] = {}
    for name in known:
        spellings.setdefault(_plain(name), []).append(name)
    others = [name for name in weighed["mouse"].unique() if name not in known]
    found = {name: spellings.get(_plain(name), []) for name in others}
    named = {name: one[0] for name, one in found.items() if len(one) == 1}
    # Two spellings of one name on the sheet of weights may be two mice.
    named = {n: one for n, one in named.items() if list(named.values()).count(one) == 1}
    named = {n: one for n, one in named.items() if one not in set(weighed["mouse"])}
    if not named:
        return weighed, ()
    changed = weighed["mouse"].isin(named)
    listed = ", ".join(f"{name!r} as {one!r}" for name, one in list(named.items())[:3])
    finding = Finding(
        "weights-spelled-otherwise",
        "warning",
        origin.file,
        origin.sheet,
        row_ranges(weighed.loc[changed, "row"].tolist()),
        "",
        f"Mice are written otherwise beside their weights, in case or blanks: {listed}"
        f"{', …' if len(named) > 3 else ''}; each was taken for one mouse.",
        "Nothing to do if they are; else name them otherwise.",
    )
    return with_columns(weighed, mouse=weighed["mouse"].replace(named)), (finding,)


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _columns(rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The weights of the readings as text and as numbers, to be filled."""
    if "body_weight" in rows:
        texts, numbers = rows["body_weight"], rows["body_weight_number"]
        return texts.to_numpy(copy=True), numbers.to_numpy(copy=True)
    return np.full(len(rows), "", dtype=object), np.full(len(rows), np.nan)


def _refuse_other_days(rows: pd.DataFrame, weighed: pd.DataFrame, origin: Origin) -> None:
    """Weights by date beside readings by day find no day: it is asked what to do."""
    dates = [
        bool(table["day_is_date"][table["day_number"].notna()].astype(bool).mean() > 0.5)
        for table in (rows, weighed)
        if table["day_number"].notna().any()
    ]
    if len(set(dates)) > 1:
        how = ("by day", "by date") if dates[1] else ("by date", "by day")
        raise InputError(
            f"{origin.title} has body weights {how[1]}, and the readings are {how[0]}: no weight "
            f"finds its day. Write both in one way, or leave the weights out: {_without(origin)}."
        )


def _without(origin: Origin) -> str:
    if origin.sheet:
        return "name the sheet of the readings with --sheet"
    return f"take {origin.file!r} out of `sheet` under [study]"


def _places(rows: pd.DataFrame, weighed: pd.DataFrame, origin: Origin) -> list[tuple[int, bool]]:
    """For each weight the reading of its mouse that is nearest in time, and whether of its day.

    The place is -1 where nobody of that name was measured.
    """
    scope = [role for role in _SCOPE if role in rows]
    arms = _with_only_arms(rows)
    mice = set(weighed["mouse"])
    whose: dict[str, dict[Whose, list[int]]] = {}
    known = [arms if role == "arm" else rows[role].to_numpy() for role in scope]
    for at, mouse in enumerate(rows["mouse"]):
        if mouse in mice:
            key = tuple(str(names[at]) for names in known)
            whose.setdefault(mouse, {}).setdefault(key, []).append(at)
    days = rows["day_number"].to_numpy(dtype=float)
    said = [weighed[role].tolist() if role in weighed else [""] * len(weighed) for role in scope]
    places = []
    for mouse, day, names in zip(
        weighed["mouse"], weighed["day_number"], zip(*said, strict=True), strict=True
    ):
        fitting = [
            at
            for key, at in whose.get(mouse, {}).items()
            if all(a == b or "" in (a, b) for a, b in zip(key, names, strict=True))
        ]
        today = [at for at in fitting if (days[at] == day).any()]
        if len(chosen := today or fitting) > 1:
            raise InputError(_which_mouse(mouse, rows, scope, origin))
        places.append(_nearest(chosen[0], days, day) if chosen else (-1, False))
    return places


def _with_only_arms(rows: pd.DataFrame) -> np.ndarray:
    """The arm of each row, a blank one that of the mouse's other rows where they say one."""
    named = rows.loc[rows["arm"] != "", ["mouse", "arm"]].drop_duplicates()
    only = named.drop_duplicates("mouse", keep=False).set_index("mouse")["arm"]
    return rows["arm"].mask(rows["arm"] == "", rows["mouse"].map(only)).fillna("").to_numpy()


def _nearest(places: list[int], days: np.ndarray, day: float) -> tuple[int, bool]:
    apart = np.abs(days[places] - day)
    if np.isnan(apart).all():
        return places[0], False
    at = int(np.nanargmin(apart))
    return places[at], bool(apart[at] == 0)


def _which_mouse(mouse: str, rows: pd.DataFrame, scope: list[str], origin: Origin) -> str:
    several = [role for role in scope if rows.loc[rows["mouse"] == mouse, role].nunique() > 1]
    listed = " and ".join(
        f"the {role}s {', '.join(map(repr, rows.loc[rows['mouse'] == mouse, role].unique()))}"
        for role in several
    )
    return (
        f"{origin.title}: the readings have a mouse {mouse!r} in {listed}, and the weights do not "
        f"say which of them was weighed. Write the {several[0]} beside each weight, or leave the "
        f"weights out: {_without(origin)}."
    )


def _with_rows(
    rows: pd.DataFrame, own: pd.DataFrame, alone: list[tuple[int, int]], part: int
) -> pd.DataFrame:
    """The rows and those of weights without a reading, named as the mouse's other rows are."""
    if not alone:
        return rows
    weighed = own.iloc[[at for at, _ in alone]].reset_index(drop=True)
    mouse = rows.iloc[[place for _, place in alone]].reset_index(drop=True)
    kept = {name: mouse[name] for name in _NAMES if name in mouse}
    new = with_columns(weighed, part=part, **kept)
    new = new[[name for name in new if name in rows]]
    stacked = pd.concat([rows, new], ignore_index=True)
    texts = [name for name in stacked if is_text(stacked[name]) and name != "day_is_date"]
    return stacked.fillna(dict.fromkeys(texts, "")).astype({"day_is_date": bool})


def _unmet(rows: pd.DataFrame, origin: Origin) -> Iterator[Finding]:
    if len(rows):
        names = [name for name in dict.fromkeys(rows["mouse"]) if name]
        yield Finding(
            "weights-without-readings",
            "warning",
            origin.file,
            origin.sheet,
            row_ranges(rows["row"].tolist()),
            "",
            f"{len(rows)} body weights are of mice that no tumour was measured of: "
            f"{', '.join(names[:5])}{', …' if len(names) > 5 else ''}; they were left out.",
            "Look whether the mice, or their arms, are named otherwise among the readings.",
        )
