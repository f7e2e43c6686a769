"""Arms that pool what another column keeps apart: doses, models, sexes, batches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xenotrack.study.checks.factor_words import Kind, kind_of
from xenotrack.study.columns import joined_columns
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import Finding
from xenotrack.study.identity import filled_down
from xenotrack.study.layouts.layout import LongText, sheet_finding

# Within these mice are compared; beside them a name may return.
_APART = ("study", "line", "block")
# A column of unknown words sorts mice where it has few of them, and says each of several mice.
_FEW = 6
_SHOWN = 4
_LETTER = re.compile(r"[^\W\d_]")
# Of a sheet of thousands of columns these are looked at whose words are known.
_MANY_COLUMNS = 200
# How arms lie over a column, in a finding.
_UNEVENLY, _OF_ONE = "unevenly, ", "each arm has one of its own"


@dataclass(frozen=True)
class Factor:
    """A column that says one thing of each mouse: its values, and of how many mice, by arm."""

    column: int
    name: str
    kind: Kind
    by_arm: Mapping[str, Mapping[str, int]]
    groups: tuple[int, ...]

    @property
    def split(self) -> dict[str, Mapping[str, int]]:
        """The arms that have several of its values."""
        return {arm: counts for arm, counts in self.by_arm.items() if len(counts) > 1}

    @property
    def totals(self) -> dict[str, int]:
        totals: dict[str, int] = {}
        for counts in self.by_arm.values():
            for value, n in counts.items():
                totals[value] = totals.get(value, 0) + n
        return totals


def pooled_arms(
    sheet: Sheet, long: LongText, rows: pd.DataFrame, declared: Mapping[str, str]
) -> Iterator[Finding]:
    """Columns that are constant in each mouse, and differ between the mice that are compared.

    Of doses and models an arm's mean is no arm's: an error, until somebody says what they are.
    Of sexes or batches it is one over all, which is told. Groups may be an arm measured twice.
    """
    if "mouse" not in rows or not rows["arm"].any():
        return
    factors = list(_factors(sheet, long, rows, declared))
    head = sheet.cell(int(sheet.rows[0]))
    for factor in factors:
        if factor.kind in ("dose", "group") and factor.split:
            yield _treated(
                sheet, head, long, factor, factor.kind == "dose" and "arm" not in declared
            )
    models = [factor for factor in factors if factor.kind == "model" and _mixes_models(factor)]
    for factor in _apart(models):
        yield _models(sheet, factor)
    told = {factor.groups for factor in models}
    blocks = [
        factor
        for factor in factors
        if factor.groups not in told
        and (factor.kind == "block" or (factor.kind == "other" and factor.split))
        if factor.split or _confounds(factor)
    ]
    if blocks:
        yield _blocks(sheet, _apart(blocks))


def _factors(
    sheet: Sheet, long: LongText, rows: pd.DataFrame, declared: Mapping[str, str]
) -> Iterator[Factor]:
    header = long.header
    used = {*header.roles.values(), *joined_columns(header.names, declared)}
    used |= set(rows["column"].unique().tolist())
    free = [c for c, name in enumerate(header.names) if c not in used and _LETTER.search(name)]
    if "source" in rows:  # of our own table: the row of the sheet before
        free = [column for column in free if header.names[column] != "source"]
    place = pd.Series(range(len(sheet.rows)), index=sheet.rows)
    lines = place.reindex(rows["row"]).to_numpy()
    first = int(lines.min())
    keys = rows[[name for name in (*_APART, "arm", "mouse", "row", "part") if name in rows]]
    arms = filled_down(keys, "arm")
    keys = keys if arms is None else keys.assign(arm=arms)
    for column in free:
        values = {text.strip() for text in set(sheet.grid[first:, column])} - {""}
        if not 1 < len(values) <= 2 * _FEW + len(sheet.rows) // 4:
            continue
        kind = kind_of(header.names[column], values)
        if kind is None or (kind == "other" and len(free) > _MANY_COLUMNS):
            continue
        texts = sheet.grid[lines, column]
        factor = _factor(column, header.names[column], kind, keys, texts)
        if factor is not None:
            yield factor


def _factor(
    column: int, name: str, kind: Kind, keys: pd.DataFrame, texts: np.ndarray
) -> Factor | None:
    """The factor that a column is; nothing where it changes within a mouse or sorts none."""
    rows = keys.assign(value=np.array([text.strip() for text in texts], dtype=object))
    filled = filled_down(rows, "value")
    rows = rows if filled is None else rows.assign(value=filled)
    rows = rows[(rows["value"] != "") & (rows["arm"] != "") & (rows["mouse"] != "")]
    apart = [role for role in _APART if role in rows]
    mice = rows[[*apart, "arm", "mouse", "value"]].drop_duplicates()
    if mice.duplicated([*apart, "arm", "mouse"]).any():
        return None
    if mice["value"].nunique() < 2:
        return None
    groups = _groups(mice, apart)
    if kind == "other" and not _sorts(mice["value"]):
        return None
    by_arm: dict[str, dict[str, int]] = {}
    for key, own in mice.groupby([*apart, "arm"], sort=False)["value"]:
        arm = str(key[-1] if isinstance(key, tuple) else key)
        counts = own.value_counts(sort=False)
        if len(counts) > len(by_arm.get(arm, ())):
            by_arm[arm] = {str(value): int(n) for value, n in counts.items()}
    if apart and not any(len(counts) > 1 for counts in by_arm.values()):
        return None
    return Factor(column, name, kind, by_arm, groups)


def _groups(mice: pd.DataFrame, apart: Sequence[str]) -> tuple[int, ...]:
    """Which mice go together, whatever their group is called."""
    ordered = mice.sort_values([*apart, "arm", "mouse"], kind="stable")
    return tuple(pd.factorize(ordered["value"])[0].tolist())


def _sorts(values: pd.Series) -> bool:
    """Whether a column of unknown words has few, each said of several mice, and no measures."""
    counts = values.value_counts()
    measured = values.str.fullmatch(r"[-+]?\d+[.,]\d+").any()
    return len(counts) <= _FEW and int(counts.min()) > 1 and not measured


def _mixes_models(factor: Factor) -> bool:
    """Whether models share an arm, or differ between arms whose names do not say so."""
    if factor.split:
        return True
    if len(factor.totals) < 2:
        return False
    return not all(
        _plain(value) in _plain(arm) for arm, counts in factor.by_arm.items() for value in counts
    )


def _confounds(factor: Factor) -> bool:
    """Whether arms differ in it as a whole; a cohort of its own is what an arm may be called."""
    return len(factor.totals) > 1 and not _names_arms(factor)


def _names_arms(factor: Factor) -> bool:
    called = factor.name.casefold().startswith(("cohort", "set", "block", "series"))
    return called and len(factor.totals) == len(factor.by_arm)


def _plain(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalnum())


def _apart(factors: list[Factor]) -> list[Factor]:
    """One factor of those that sort mice alike."""
    return list({factor.groups: factor for factor in reversed(factors)}.values())[::-1]


def _told(by_arm: Mapping[str, Mapping[str, int]], numbered: bool = True) -> str:
    """What each arm holds, cut where it is long: ``A: f (4), m (5); B: f (3), m (6)``."""
    parts = [
        _cut([f"{value} ({n})" if numbered else value for value, n in counts.items()], ", ")
        for counts in by_arm.values()
    ]
    return _cut([f"{arm}: {own}" for arm, own in zip(by_arm, parts, strict=True)], "; ")


def _cut(parts: list[str], mark: str) -> str:
    return mark.join(parts[:_SHOWN]) + (f"{mark}…" if len(parts) > _SHOWN else "")


def _treated(sheet: Sheet, head: str, long: LongText, factor: Factor, alone: bool) -> Finding:
    names, roles = long.header.names, long.header.roles
    arm = names[roles["arm"]] if "arm" in roles else ""
    joined = f'arm = "{arm} + {factor.name}"' if arm else f'arm = "{factor.name}"'
    return sheet_finding(
        sheet,
        "arm-pools-groups",
        head if sheet.name else "",
        f"Mice of one arm differ in {factor.name!r} ({_told(factor.split, numbered=False)}); "
        "they would be read as one arm.",
        f'If they are arms of their own, set `{joined}` under [columns]; if not, `arm = "{arm}"`.',
        "error" if alone else "warning",
    )


def _models(sheet: Sheet, factor: Factor) -> Finding:
    what = "Mice of one arm" if factor.split else "The arms"
    apart = f'`line = "{factor.name}"` (each is a study of its own, and `run` pools them)'
    within = f'`block = "{factor.name}"` (arms are compared within it)'
    # Where an arm has one mouse of each there is no study of one line.
    alone = all(n == 1 for counts in factor.by_arm.values() for n in counts.values())
    first, second = (within, apart) if alone else (apart, within)
    return sheet_finding(
        sheet,
        "arm-pools-models",
        "",
        f"{what} differ in {factor.name!r} ({_told(factor.split or factor.by_arm)}), and what "
        "grows in them differs: one rate of both is that of neither.",
        f"Say what it is, with --column or under [columns]: {first}, {second} or "
        f'`ignore = ["{factor.name}"]` (all are one).',
        "error",
    )


def lies_unevenly(finding: Finding) -> bool:
    """Whether arms lie unevenly over a column that nobody declared."""
    apart = any(f"({words}" in finding.seen for words in (_UNEVENLY, _OF_ONE))
    return finding.rule == "factor-not-used" and apart


def _spread(factor: Factor) -> str:
    """How the mice of each arm lie over a factor."""
    if not factor.split:
        return _OF_ONE
    return ("" if _is_even(factor) else _UNEVENLY) + _told(factor.split)


def _is_even(factor: Factor) -> bool:
    """Whether arms lie over it as evenly as their numbers allow: to one mouse a value."""
    arms = [(counts, sum(counts.values())) for counts in factor.by_arm.values()]
    fewest = min(total for _, total in arms)
    shares = ([own.get(value, 0) / total for own, total in arms] for value in factor.totals)
    return all((max(by_arm) - min(by_arm)) * fewest <= 1 + 1e-9 for by_arm in shares)


def _blocks(sheet: Sheet, factors: list[Factor]) -> Finding:
    values = (_spread(factor) for factor in factors)
    listed_values = ", ".join(
        f"{factor.name!r} ({value})" for factor, value in zip(factors, values, strict=True)
    )
    first = next(
        (factor for factor in factors if factor.kind == "block" and factor.split), factors[0]
    )
    listed = ", ".join(f'"{factor.name}"' for factor in factors)
    return sheet_finding(
        sheet,
        "factor-not-used",
        "",
        f"Mice that are compared differ in {listed_values}; arms are compared over all of them.",
        f'Under [columns], `block = "{first.name}"` compares arms within it (of one column), and '
        f"`ignore = [{listed}]` says that it does not matter.",
    )
