"""The arms of a study: its names, their drugs, their order."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

import pandas as pd

from xenotrack.errors import did_you_mean
from xenotrack.study.design import NO_DRUG_WORDS, Arm, Design
from xenotrack.study.drug_names import Names, read_names
from xenotrack.study.frames import with_columns
from xenotrack.study.ledger import Ledger, Row, each_row
from xenotrack.study.primary import PrimaryError
from xenotrack.study.rules import ArmRule, Rules


def read_design(name: str, rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> Design:
    """The design: the arms that have mice, as ``[arms]`` orders and fills them."""
    seen = rows["arm"].unique().tolist()
    declared = {arm.strip(): rule for arm, rule in rules.arms.items()}
    if declared:
        _note_undeclared(seen, declared, rows, ledger)
    order = [arm for arm in declared if arm in seen] + [arm for arm in seen if arm not in declared]
    _note_split_names(rows, ledger)
    read = read_names([arm for arm in order if arm not in declared], rules.study.control)
    arms = tuple(
        Arm(arm, frozenset(declared[arm].drugs), declared[arm].label)
        if arm in declared
        else Arm(arm, read.drugs[arm])
        for arm in order
    )
    _note_controls(read, rows, ledger)
    _note_names(read, rows, ledger)
    if rules.study.control not in declared and not _stayed(rows, rules.study.control):
        arms = _empty_control(arms, rules.study.control, rows, ledger)
    _note_lost_words([arm for arm in order if arm not in declared], rows, ledger)
    design = Design(name, arms, rules)
    _note_control(design, ledger)
    _note_primary(design, ledger)
    _note_colours(design, ledger)
    return design


def _note_controls(read: Names, rows: pd.DataFrame, ledger: Ledger) -> None:
    for name in read.controls:
        ledger.note_row(
            "control-by-name",
            _first_row(rows, name),
            f"The arm {name!r} was taken to receive no drug, by its name.",
            f"Say so: `control = {json.dumps(name, ensure_ascii=False)}` under [study], or name "
            "its drugs under [arms].",
            role="arm",
        )


def _note_names(read: Names, rows: pd.DataFrame, ledger: Ledger) -> None:
    for name in read.matched:
        ledger.note_row(
            "drugs-matched",
            _first_row(rows, name),
            f"The arm {name!r} was read as {' and '.join(map(repr, sorted(read.drugs[name])))}, "
            "as the other arms are called.",
            f"Nothing to do if that is so; else declare it under [arms]: {_line(name)}.",
            role="arm",
        )
    for name in read.unclear:
        ledger.note_row(
            "combination-not-split",
            _first_row(rows, name),
            f"The arm {name!r} reads like a combination, and its name does not say of which drugs.",
            f"Declare the arms under [arms], each with its drugs: {_line(name)}; synergy and best "
            "parts need it.",
            role="arm",
        )


def _line(name: str) -> str:
    return f'`{json.dumps(name, ensure_ascii=False)} = ["DRUG 1", "DRUG 2"]`'


def _stayed(rows: pd.DataFrame, control: str | None) -> bool:
    """Whether mice stayed in the control as others were given something new: it is a treatment."""
    return "stayed" in rows and bool(rows.loc[rows["arm"] == control, "stayed"].eq(True).any())


def _empty_control(
    arms: tuple[Arm, ...], control: str | None, rows: pd.DataFrame, ledger: Ledger
) -> tuple[Arm, ...]:
    """A declared control named after what nobody else receives (PBS, DMSO) is given no drug."""
    others = frozenset().union(*(arm.drugs for arm in arms if arm.name != control))
    named = [arm for arm in arms if arm.name == control and arm.drugs and not arm.drugs & others]
    if not named:
        return arms
    ledger.note_row(
        "control-without-drug",
        _first_row(rows, named[0].name),
        f"The control {control!r} was taken to receive no drug, as no other arm receives it.",
        f"Say so under [arms]: {control!r} = [], or name its drugs there.",
        role="arm",
    )
    return tuple(replace(arm, drugs=frozenset()) if arm.name == control else arm for arm in arms)


def _note_undeclared(
    seen: list[str], declared: Mapping[str, ArmRule], rows: pd.DataFrame, ledger: Ledger
) -> None:
    for arm in seen:
        if arm not in declared:
            near = get_close_matches(arm, declared, n=1)
            hint = f" or mend its name to {near[0]!r}" if near else ""
            ledger.note_row(
                "arm-not-declared",
                _first_row(rows, arm),
                f"The arm {arm!r} is not among [arms]: {', '.join(declared)}.",
                f"Add it under [arms] with its drugs{hint}.",
                role="arm",
                severity="error",
            )
    for arm in declared:
        if arm not in seen:
            ledger.note(
                "arm-without-mice",
                f"[arms] declares {arm!r}, and no mouse of the sheet is in it.",
                f"Remove it, or look for its name in the sheet: {', '.join(seen)}.",
            )


def unite_split_names(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> pd.DataFrame:
    """The rows with one spelling an arm, the commonest, where nobody declared the arms."""
    if rules.arms:
        return rows
    spelling: dict[str, str] = {}
    for arm in _commonest_first(rows):
        first = spelling.setdefault(_plain(arm), arm)
        if first != arm:
            for row in each_row(rows[rows["arm"] == arm]):
                ledger.note_row(
                    "arm-split",
                    row,
                    f"The arms {first!r} and {arm!r} differ only in case, blanks or quotes; "
                    "they were made one.",
                    "Nothing to do; declare them under [arms] if they are two.",
                    role="arm",
                )
    names = rows["arm"].map({arm: spelling[_plain(arm)] for arm in rows["arm"].unique()})
    return with_columns(rows, arm=names.to_numpy())


def unite_spellings_of_mice(rows: pd.DataFrame, rules: Rules, ledger: Ledger) -> pd.DataFrame:
    """The rows with one spelling of an arm that some mouse has in several.

    No mouse is in two arms that differ in case and blanks alone.
    """
    arms = rows["arm"].unique().tolist()
    if rules.arms or len(arms) == len(set(map(_plain, arms))):
        return rows
    pairs = rows.loc[rows["arm"] != "", ["mouse", "arm"]].drop_duplicates()
    pairs = pairs.assign(plain=pairs["arm"].map(_plain))
    spelled = pairs.groupby(["mouse", "plain"], sort=False)["arm"].nunique()
    mixed = {str(plain) for _, plain in spelled.index[spelled > 1]}
    if not mixed:
        return rows
    counts = rows["arm"].value_counts()
    names = rows["arm"].to_numpy(dtype=object).copy()
    for plain in sorted(mixed):
        first, *others = [arm for arm in counts.index if _plain(arm) == plain]
        changed = rows["arm"].isin(others).to_numpy()
        ledger.note_rows(
            "arm-split",
            rows[changed],
            f"The arms {first!r} and {', '.join(map(repr, others))} differ only in case, blanks or "
            "quotes, and mice have both; they were made one.",
            "Nothing to do; declare them under [arms] if they are two.",
        )
        names[changed] = first
    return with_columns(rows, arm=names)


def _plain(arm: str) -> str:
    return re.sub(r"[\s\"'`´’“”]+", "", arm.casefold())


def _commonest_first(rows: pd.DataFrame) -> list[str]:
    """The arms' names by their number of readings, of equals the one read first.

    A reading written twice counts once, so that ``--fix`` keeps the spelling that was advised.
    """
    arms = rows["arm"].unique().tolist()
    if len(arms) == len(set(map(_plain, arms))):
        return arms  # no two spellings: whose is the commonest changes nothing
    reading = [name for name in ("arm", "mouse", "tumor", "day", "date") if name in rows]
    counts = rows.drop_duplicates(reading)["arm"].value_counts()
    return sorted(arms, key=lambda name: -counts[name])


def _note_split_names(rows: pd.DataFrame, ledger: Ledger) -> None:
    """Names that differ only by case, blanks or quotes are probably one arm."""
    alike: dict[str, str] = {}
    # The rarer spelling is the slip.
    for arm in _commonest_first(rows):
        first = alike.setdefault(_plain(arm), arm)
        if first != arm:
            ledger.note_row(
                "arm-split",
                _first_row(rows, arm),
                f"The arms {first!r} and {arm!r} differ only in case, blanks or quotes; "
                "they are two arms here.",
                f"If they are one, write {first!r} on every row.",
                role="arm",
            )


def _note_lost_words(names: list[str], rows: pd.DataFrame, ledger: Ledger) -> None:
    for name in names:
        words = [word.strip() for word in name.split("+")]
        empty = [word for word in words if word.casefold() in NO_DRUG_WORDS]
        if empty and len(words) > 1:
            ledger.note_row(
                "no-drug-in-combination",
                _first_row(rows, name),
                f"In the arm {name!r}, {empty[0]!r} was read as no drug.",
                "If it is one, declare the arm's drugs under [arms].",
                role="arm",
            )


def _note_control(design: Design, ledger: Ledger) -> None:
    names = ", ".join(design.arm_names)
    declared = design.rules.study.control
    if declared is not None and declared not in design.arm_names:
        hint = did_you_mean(declared, design.arm_names)
        ledger.note(
            "control-not-an-arm",
            f"The control {declared!r} is no arm of the study. The arms are: {names}.",
            f"Choose one of them with --control.{hint}",
            severity="error",
        )
    elif design.control is None and len(design.arms) > 1:
        ledger.note(
            "no-control",
            f"No arm is plainly the control. The arms are: {names}.",
            'Name it with --control, or `control = "NAME"` under [study]; comparisons need it.',
        )


def _note_primary(design: Design, ledger: Ledger) -> None:
    try:
        _ = design.primary
    except PrimaryError as error:
        ledger.note("primary-not-of-arms", error.seen, error.proposal, severity="error")


def _note_colours(design: Design, ledger: Ledger) -> None:
    drugs = sorted(frozenset().union(*(arm.drugs for arm in design.arms)))
    for drug in design.rules.colours:
        if drug not in drugs:
            hint = did_you_mean(drug, drugs)
            ledger.note(
                "colour-without-drug",
                f"[colours] gives {drug!r} a colour, and no arm receives it.",
                f"The drugs are: {', '.join(drugs) or 'none'}.{hint}",
            )


def _first_row(rows: pd.DataFrame, arm: str) -> Row:
    return each_row(rows[rows["arm"] == arm].head(1))[0]
