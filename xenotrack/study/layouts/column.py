"""One column a mouse, one row a day; the arm repeated above its mice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.columns import Header
from xenotrack.study.compound_names import Key, labels_of
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding
from xenotrack.study.layouts.column_heads import (
    NUMBER,
    OF_A_DAY,
    Cells,
    arms_above,
    is_remark,
    is_worded_day,
    labelled,
    means_role,
    value_columns,
    with_head_of_mice,
)
from xenotrack.study.layouts.grid import day_kind
from xenotrack.study.layouts.layout import (
    Bare,
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    sheet_finding,
)
from xenotrack.study.layouts.names_of_parts import arms_of_letters
from xenotrack.study.layouts.sizes import dimensions_of, size_columns, with_sizes
from xenotrack.study.layouts.wide import day_of_header
from xenotrack.study.numbers import is_missing
from xenotrack.study.summaries import is_statistic, statistics_of_columns, summaries_in

_NUMBERED = re.compile(
    r"(.*?[^\s._#:/-])[\s._#:/-]+(?:(?:y|rep|replicate|mouse|animal)[\s._#-]*)?\d+", re.I
)


@dataclass(frozen=True)
class Mouse:
    """A mouse as the head of its column names it; no arm where nothing says it."""

    name: str
    arm: str


def recognise_column(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A column of days first, and beside it columns of numbers whose heads are arms or mice."""
    best = Recognition(False, "has no column of days before columns of one mouse each")
    for position, header in candidate_headers(sheet, declared):
        header = with_head_of_mice(sheet, position, header)
        complaint = _complaint(sheet, position, header)
        if complaint is None:
            kind = day_kind(header) or "day"
            own = Header(header.names, {kind: header.roles[kind]}, header.units)
            above = 1 if arms_above(sheet, position, own) else 0
            sized = set(size_columns(sheet)) & set(value_columns(own))
            bare: Bare = "diameters" if 2 * len(sized) > len(value_columns(own)) else "volumes"
            fit = Recognition(True, "one column a mouse", position, own, above=above, bare=bare)
            return replace(fit, armless=not all(m.arm for m in _mice(sheet, fit).values()))
        if day_kind(header) is not None and not best.header.roles:
            best = Recognition(False, complaint, position, header)
    return best


def lengthen_column(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each cell that says anything; a mouse without any keeps one empty row."""
    mice = _mice(sheet, recognition)
    _refuse_means(sheet, recognition, mice)
    if not all(mouse.arm for mouse in mice.values()):
        raise InputError(_which_arm(sheet, mice))
    body, findings = body_of(sheet, recognition)
    kind = day_kind(recognition.header) or "day"
    columns = list(mice)
    cells = body.iloc[:, columns].to_numpy(dtype=object)
    filled = ~np.asarray(np.frompyfunc(is_missing, 1, 1)(cells), dtype=bool)
    filled[0, ~filled.any(axis=0)] = True
    _refuse_summaries(sheet, cells, mice)
    column, row = np.nonzero(filled.T)
    frame = pd.DataFrame(
        {
            "row": body["row"].to_numpy()[row],
            "column": np.asarray(columns)[column],
            "day": body.iloc[:, recognition.header.roles[kind]].to_numpy()[row],
            "mouse": np.array([mouse.name for mouse in mice.values()], dtype=object)[column],
            "arm": np.array([mouse.arm for mouse in mice.values()], dtype=object)[column],
            "volume": cells[row, column],
        }
    )
    if recognition.bare == "diameters":
        frame, lone = with_sizes(sheet, frame)
        findings = (*findings, *lone)
    odd = (
        *_unnamed(sheet, body, recognition),
        *_summaries(sheet, recognition),
        *_lettered(sheet, recognition, mice),
    )
    return LongText(frame, recognition.header, kind, (*findings, *odd))


def _complaint(sheet: Sheet, position: int, header: Header) -> str | None:
    kind = day_kind(header)
    columns = value_columns(header)
    if kind is None or len(columns) < 2 or header.roles[kind] > min(columns):
        return "has no column of days before columns of one mouse each"
    repeated = max(Counter(header.names[column] for column in columns).values()) > 1
    # Above columns of mice `Treatment` names an arm: the one that is not the control.
    idle = (*OF_A_DAY, "arm") if repeated else OF_A_DAY
    others = [role for role in header.roles if role not in idle]
    others += [rival.role for rival in header.rivals if rival.role not in idle]
    if others:
        return f"has a column of its own for the {others[0].replace('_', ' ')}"
    # Days between the mice are those of a block beside: M1, M2 stand once, and are no arms.
    if any(means_role(header.names[column], role) for column in columns for role in OF_A_DAY):
        return "has several columns of days"
    # Mice may be called 1, 2, 3 or W1, where arms stand above them.
    arms = set(arms_above(sheet, position, header).values())
    names = [header.names[column] for column in columns]
    if (not arms or any(map(day_of_header, arms))) and any(map(day_of_header, names)):
        return "names columns by days"
    if any(map(is_worded_day, (*arms, *names))):
        return "names days above its columns, and seems to have mice before them"
    # One array, not a frame column by column, which takes seconds where there are ten thousand.
    cells = sheet.cells.iloc[position + 1 :, columns].to_numpy(dtype=object)
    filled = [[text for text in column if not is_missing(text)] for column in cells.T]
    filled = [["0" if dimensions_of(text) else text for text in column] for column in filled]
    wordy = [c for c, texts in zip(columns, filled, strict=True) if _are_words(texts)]
    if wordy and len(wordy) < len(columns):
        return f"holds words below {header.names[wordy[0]]!r}, beside its days"
    said = [text for column in filled for text in column if not is_remark(text)]
    texts = pd.Series(said, dtype=object)
    more = 2 * texts.str.fullmatch(NUMBER).sum() > len(texts)
    return None if more else "holds more words than numbers beside its days"


def _are_words(texts: Sequence[str]) -> bool:
    words = [text for text in texts if re.search(r"[^\W\d_]", text) and not is_remark(text)]
    return len(texts) > 2 and len(words) > 0.9 * len(texts)


def _mice(sheet: Sheet, recognition: Recognition) -> dict[int, Mouse]:
    header = recognition.header
    left_out = _statistics(sheet, recognition)
    names = {c: header.names[c] for c in value_columns(header) if c not in left_out}
    arms = arms_above(sheet, recognition.position, header)
    said = labelled(sheet, recognition.position, header)
    if {"mouse", "arm"} <= said.keys():
        return {
            column: Mouse(said["mouse"][column] or name, arms[column])
            for column, name in names.items()
        }
    repeated = Counter(names.values())
    if not arms:
        arms = _arms_of_names(names) or _arms_of_letters(names)
    keys: dict[int, Key] = {}
    seen = Counter[str]()
    for column, name in names.items():
        arm = arms.get(column, "")
        seen[arm] += 1
        is_name = repeated[name] == 1 and name != arm
        keys[column] = (name,) if is_name else (arm, str(seen[arm]))
    labels = labels_of(keys.values())
    return {column: Mouse(labels[key], arms.get(column, "")) for column, key in keys.items()}


def _statistics(sheet: Sheet, recognition: Recognition) -> dict[int, str]:
    """The columns that hold statistics of the mice beside them, as each or its arm is called."""
    header = recognition.header
    columns = value_columns(header)
    arms = arms_above(sheet, recognition.position, header)
    named = statistics_of_columns([header.names[column] for column in columns])
    of_arms = {c: arm for c, arm in arms.items() if is_statistic(arm)}
    return of_arms | {c: header.names[c] for c in columns if header.names[c] in named}


def _summaries(sheet: Sheet, recognition: Recognition) -> Iterator[Finding]:
    columns = _statistics(sheet, recognition)
    if columns:
        names = dict.fromkeys(columns.values())
        row = int(sheet.rows[recognition.position])
        yield sheet_finding(
            sheet,
            "column-of-a-summary",
            sheet.cell(row, min(columns)),
            f"{len(columns)} columns called {', '.join(names)} are summaries of mice; they were "
            "not read.",
            "Nothing to do, unless a mouse has this name: then give it another.",
        )


def _refuse_means(sheet: Sheet, recognition: Recognition, mice: Mapping[int, Mouse]) -> None:
    """One column an arm beside its SEM is a table of means, of which no mouse can be made."""
    several = Counter(mouse.arm or mouse.name for mouse in mice.values())
    statistics = _statistics(sheet, recognition)
    if statistics and (not mice or (max(several.values()) == 1 and len(statistics) >= len(mice))):
        raise InputError(
            f"{sheet.title} holds means of groups, not mice: beside its days stand "
            f"{', '.join(map(repr, recognition.header.names[1:5]))}. Take the sheet of single "
            "readings."
        )


def _refuse_summaries(sheet: Sheet, cells: Cells, mice: Mapping[int, Mouse]) -> None:
    """Columns of each arm that no word calls statistics may yet be its mean, error and number."""
    texts = pd.Series(cells.ravel()).astype(str).str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(dtype=float).reshape(cells.shape)
    arms = np.array([mouse.arm for mouse in mice.values()], dtype=object)
    summaries = summaries_in([numbers[:, arms == arm] for arm in dict.fromkeys(arms)])
    if summaries:
        raise InputError(
            f"{sheet.title} seems to hold {summaries} of groups below each arm, not mice. Take the "
            "sheet of single readings; if they are mice, name each in a row below its arm."
        )


def _arms_of_names(names: Mapping[int, str]) -> dict[int, str]:
    """The arm of each column: a name that returns, with or without a number of its own."""
    if not names:
        return {}
    whole = Counter(names.values())
    if max(whole.values()) > 1 and not any(_NUMBERED.fullmatch(name) for name in names.values()):
        return dict(names)
    stems = {c: (m[1] if (m := _NUMBERED.fullmatch(name)) else name) for c, name in names.items()}
    often = Counter(stems.values())
    # m_1, m_2, m_3 are mice of an arm that nobody named.
    if len(often) == 1 or max(often.values()) == 1:
        return dict(names) if max(whole.values()) > 1 else {}
    return stems


def _arms_of_letters(names: Mapping[int, str]) -> dict[int, str]:
    return dict(zip(names, arms_of_letters(list(names.values())), strict=False))


def _lettered(
    sheet: Sheet, recognition: Recognition, mice: Mapping[int, Mouse]
) -> Iterator[Finding]:
    """Arms that are no more than the letters before the numbers of their mice."""
    names = {column: mouse.name for column, mouse in mice.items()}
    arms = _arms_of_letters(names)
    if arms and all(mice[column].arm == arm for column, arm in arms.items()):
        yield sheet_finding(
            sheet,
            "arms-from-names",
            sheet.cell(int(sheet.rows[recognition.position]), min(mice)),
            "Nothing names the arms; they were taken from the names of the mice: "
            f"{', '.join(map(repr, dict.fromkeys(arms.values())))}.",
            "If these are no arms, write the arm of each mouse above it.",
        )


def _which_arm(sheet: Sheet, mice: Mapping[int, Mouse]) -> str:
    names = [mouse.name for mouse in mice.values()]
    return (
        f"{sheet.title} has one column a mouse ({', '.join(map(repr, names[:4]))}, …) and names no "
        "arm. If the columns are mice, write the arm of each above it, or say `--arm NAME=` if all "
        "are in one; means of groups cannot be read."
    )


def _unnamed(sheet: Sheet, body: pd.DataFrame, recognition: Recognition) -> Iterator[Finding]:
    """Columns without a name that hold something: nobody can say whose readings they are."""
    for column, name in enumerate(recognition.header.names):
        if name or column in recognition.header.roles.values():
            continue
        filled = body.iloc[:, column].map(lambda text: not is_missing(text)).to_numpy()
        if filled.any():
            row = int(body["row"].to_numpy()[filled][0])
            yield sheet_finding(
                sheet,
                "column-without-name",
                sheet.cell(row, column),
                f"Column {column + 1} has no name and holds {int(filled.sum())} values; they were "
                "not read.",
                "Write the arm or the mouse above it, or empty it.",
                "error",
            )


COLUMN = Layout(
    "column",
    "one column a mouse beside a column of days, the arm repeated above its mice",
    recognise_column,
    lengthen_column,
)
