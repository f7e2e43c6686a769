"""Doubts about names: one mouse written in two ways, and names that read like empty cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from xenotrack.study.checks.places import about_study, at_row
from xenotrack.study.finding import Finding
from xenotrack.study.ledger import Ledger
from xenotrack.study.study import Study

# Control characters but tabs and ends of lines, and marks of direction and of joining.
_NOT_SEEN = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LIKE_MISSING = frozenset({"na", "n/a", "nan", "none", "null", "nil", "missing", "#n/a"})


def names_like_missing(study: Study) -> Iterator[Finding]:
    """An arm or mouse called None or NA, which other programs read as an empty cell."""
    mice = study.mice
    for role in ("arm", "mouse"):
        for name in mice[role].unique():
            if name.casefold() in _LIKE_MISSING:
                yield at_row(
                    study,
                    _first_row(study, role, name),
                    "name-like-missing",
                    f"The {role} {name!r} reads like an empty cell; it was taken as a name.",
                    f"Nothing to do if that is its name; else write the {role}.",
                )


def names_not_seen(study: Study) -> Iterator[Finding]:
    """Names with characters that nobody sees: a control character, or a mark of direction."""
    rows = study.measurements
    for role in ("arm", "mouse", "tumor", "line", "block", "cage"):
        unseen = [name for name in rows[role].unique() if name and _NOT_SEEN.search(name)]
        if unseen:
            more = ", …" if unseen[4:] else ""
            yield at_row(
                study,
                _first_row(study, role, unseen[0]),
                "name-with-control-character",
                f"Characters that cannot be seen stand in the {role} "
                f"{', '.join(map(repr, unseen[:4]))}{more}; they are part of the name, and shown "
                "as a sign.",
                "Type the name anew; it may have been copied from a terminal or a scanner.",
            )


def arms_of_the_same_drugs(study: Study) -> Iterator[Finding]:
    """Two arms whose names spell the same drugs in another order; declared arms are meant so."""
    if study.design.rules.arms:
        return
    alike: dict[frozenset[str], list[str]] = {}
    for arm in study.design.arms:
        alike.setdefault(frozenset(map(str.casefold, arm.drugs)), []).append(arm.name)
    for drugs, names in alike.items():
        if drugs and len(names) > 1:
            yield about_study(
                study,
                "same-drugs",
                f"The arms {' and '.join(map(repr, names))} name the same drugs.",
                "Write them alike if they are one arm; else declare them under [arms].",
            )


def mice_split(study: Study) -> Iterator[Finding]:
    """Two names of an arm differ in case, blanks, marks or zeros alone, and share no day."""
    mice = study.mice
    keys = pd.Series(_plain(mice["mouse"]), index=mice.index)
    if keys.is_unique:
        return
    alike = mice.assign(key=keys)[
        pd.DataFrame({"k": keys, "a": mice["arm"]}).duplicated(keep=False)
    ]
    for _, several in alike.groupby(["arm", "key"], sort=False):
        rows = study.measurements[study.measurements["mouse"].isin(several["mouse"])]
        if rows.duplicated(["tumor", "day"]).any():
            continue  # read on one day: they are two mice
        ordered = several.sort_values("n_readings", ascending=False, kind="stable")["mouse"]
        first, *others = ordered
        for other in others:
            yield at_row(
                study,
                _first_row(study, "mouse", other),
                "mouse-split",
                f"The mice {first!r} and {other!r} were never read on one day, and their names "
                "differ only in case, blanks, marks or zeros; they are two mice here.",
                f"If they are one, write {first!r} on every row.",
            )


def note_operators(rows: pd.DataFrame, ledger: Ledger) -> None:
    """A finding where mice were measured by several people: hands differ."""
    if "operator" not in rows:
        return
    operators = rows.loc[rows["operator"] != "", ["mouse", "operator"]].drop_duplicates()
    n_people = operators["mouse"].value_counts()
    if not (n_people > 1).any():
        return
    people = operators["operator"].unique().tolist()
    listed = ", ".join(people[:5]) + (f" and {len(people) - 5} more" if people[5:] else "")
    ledger.note(
        "operator-changed",
        f"{int((n_people > 1).sum())} of {rows['mouse'].nunique()} mice were measured by more than "
        f"one person ({listed}); hands differ by more than calipers do.",
        "Look whether volumes step where the person changes; one person should measure a mouse.",
    )


def _plain(names: pd.Series) -> list[str]:
    """Names without what a slip of the pen changes; all at once, for there may be many."""
    text = "\n".join(names).casefold()
    if text.count("\n") != len(names) - 1:  # a quoted name may span lines
        text = "\n".join(name.replace("\n", " ") for name in names).casefold()
    text = re.sub(r"[^\S\n]+|[\"'`´’“”_#-]", "", text)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", text).split("\n")


def _first_row(study: Study, role: str, name: str) -> object:
    rows = study.measurements
    return next(rows[rows[role] == name].head(1).itertuples())
