"""The layouts that xenotrack reads, and the choice among them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xenotrack.errors import InputError, did_you_mean
from xenotrack.study.columns import refuse_equal_rivals, refuse_missing_columns
from xenotrack.study.days import is_date
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.finding import row_ranges
from xenotrack.study.layouts.across import ACROSS
from xenotrack.study.layouts.bilateral import BILATERAL
from xenotrack.study.layouts.calendar import CALENDAR
from xenotrack.study.layouts.coded import CODED
from xenotrack.study.layouts.column import COLUMN
from xenotrack.study.layouts.column_heads import is_worded_day
from xenotrack.study.layouts.dated import DATED
from xenotrack.study.layouts.eventlog import EVENTLOG
from xenotrack.study.layouts.evidence import (
    Said,
    no_light,
    no_volumes,
    said_of,
    speaks_of_tumors,
    with_said_unit,
)
from xenotrack.study.layouts.grid import measure_of
from xenotrack.study.layouts.heads import with_heads_joined
from xenotrack.study.layouts.layout import (
    Layout,
    LongText,
    Recognition,
    sheet_finding,
    with_all_columns_told,
)
from xenotrack.study.layouts.long import LONG, is_tidy
from xenotrack.study.layouts.means import table_of_means
from xenotrack.study.layouts.names_of_parts import cage_of
from xenotrack.study.layouts.paired import PAIRED
from xenotrack.study.layouts.pivot import PIVOT
from xenotrack.study.layouts.sections import complete
from xenotrack.study.layouts.sizes import SIZES
from xenotrack.study.layouts.tall import TALL
from xenotrack.study.layouts.times import table_of_times
from xenotrack.study.layouts.together import cut_by, told_together
from xenotrack.study.layouts.unknown import nothing_fits
from xenotrack.study.layouts.wide import WIDE
from xenotrack.study.layouts.wordeddays import settle_days
from xenotrack.study.meaning import Meaning
from xenotrack.study.readout import FLUX
from xenotrack.study.study import FACTORS

Fit = tuple[Sheet, str, Recognition]
# Why a sheet of something else is not read, by the readout that is wanted.
_NOT_WISHED = {"volume": no_volumes, "flux": no_light}


# What worksheets of graphs and of what they show are called.
_SUMMARY = re.compile(
    r"(?<![^\W\d_])(?:means?|averages?|avg|sem|sd|stdev|summar(?:y|ies)|graphs?|plots?|charts?|"
    r"fig(?:ure)?s?|prism|stats?|statistics?|pivot|mittelwerte?|grafik(?:en)?|diagramme?|moyennes?|"
    r"graphiques?|promedios?|m[eé]dias?|gr[aá]ficos?|medie|grafici|resumen|riassunto)(?![^\W\d_])|"
    r"平均|汇总|图表|グラフ|集計|그래프|요약|평균|график|средн",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Read:
    """What was read of a file: its sheets as long tables, and those that hold something else."""

    longs: list[tuple[Sheet, str, LongText]]
    others: dict[str, Said]


LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        LONG,
        WIDE,
        SIZES,
        BILATERAL,
        PAIRED,
        DATED,
        CODED,
        CALENDAR,
        COLUMN,
        ACROSS,
        EVENTLOG,
        PIVOT,
        TALL,
    )
}


def lengthen(
    sheets: Sequence[Sheet],
    declared: Mapping[str, str],
    wanted: str | None = None,
    readout: str | None = None,
) -> Read:
    """The sheet that holds readings, the layout it has, and its long table.

    They are several where each is one arm or one day. Ambiguity is asked, not guessed: several
    sheets, several layouts or none is an error that says what was looked for and what was seen.
    Where a title, a tab or a file's name says that bare numbers are no volumes they are none,
    unless the ``readout`` is said to be volumes; where it is light, they are light.
    """
    settled, wished = readout == "volume", readout or "volume"
    # Our own table is what it says, whatever the mice in it are called.
    tidy = [sheet for sheet in sheets if is_tidy(sheet)]
    if tidy and readout is None and FLUX in tidy[0].texts(0):
        raise InputError(no_volumes(tidy[0], Said(Meaning("flux"), f"it has a column {FLUX!r}")))
    if tidy and wanted is None:
        sheets, wanted = tidy, LONG.name
        declared = {name: name for name in FACTORS if name in tidy[0].texts(0)} | {**declared}
    layouts = _layouts(wanted)
    for refusal in (table_of_means, table_of_times) if wanted is None else ():
        if all(told := [refusal(sheet, declared) for sheet in sheets]):
            raise InputError(told[0])
    sheets, fits = _fitting_somehow(sheets, declared, layouts)
    fits = _with_cages(fits, declared, layouts)
    others = {} if settled else _of_another_quantity(fits, wished)
    rest = [sheet for sheet in sheets if sheet.name not in others]
    if not rest:
        raise InputError(_NOT_WISHED[wished](sheets[0], next(iter(others.values()))))
    fits = [fit for fit in fits if fit[0].name not in others]
    chosen = _chosen(rest, declared, fits, layouts, others)
    if not settled:
        _refuse_others(chosen, rest, wished)
    longs = [
        (sheet, name, _lengthened(layouts[name], sheet, recognition, readout))
        for sheet, name, recognition in chosen
    ]
    cut = _cut_by(fits, layouts) if len(fits) > 1 else ""
    others |= _summaries_left(fits, chosen)
    return Read(told_together(longs, cut) if cut else longs, others)


def recognitions(
    sheet: Sheet, declared: Mapping[str, str], layouts: Mapping[str, Layout] = LAYOUTS
) -> list[Recognition]:
    """What every layout thinks of a sheet."""
    return [_recognised(layout, sheet, declared) for layout in layouts.values()]


def _recognised(layout: Layout, sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """What a layout thinks of a sheet, thought once."""
    asked = (layout.name, *sorted(declared.items()))
    if asked not in sheet.memo:
        sheet.memo[asked] = layout.recognise(sheet, declared)
    found: Recognition = sheet.memo[asked]
    return found


def _chosen(
    sheets: Sequence[Sheet],
    declared: Mapping[str, str],
    fits: list[Fit],
    layouts: Mapping[str, Layout],
    others: Mapping[str, Said],
) -> list[Fit]:
    """The sheets to read: one, or several that are one arm or one day each."""
    armless = bool(fits) and all(recognition.armless for _, _, recognition in fits)
    if fits and not armless:
        return fits if _cut_by(fits, layouts) else [_the_one(sheets, declared, fits)]
    sections = complete(sheets, lambda sheet: recognitions(sheet, declared, layouts))
    if not sections and armless:
        return [_the_one(sheets, declared, fits)]
    if not sections:
        raise InputError(_nothing_fits(sheets, declared, layouts) + _left_aside(others))
    return [_the_one([sheet], declared, _fitting([sheet], declared, layouts)) for sheet in sections]


def _of_another_quantity(fits: list[Fit], readout: str) -> dict[str, Said]:
    """The sheets whose bare numbers are not the readout, as each says itself."""
    plain = {sheet.name for sheet, _, recognition in fits if not recognition.bare}
    return {
        sheet.name: one
        for sheet, _, recognition in fits
        if sheet.name not in plain and (one := said_of(sheet, recognition, readout)) is not None
        if not one.suits(recognition, readout)
    }


def _lengthened(
    layout: Layout, sheet: Sheet, recognition: Recognition, readout: str | None
) -> LongText:
    long = with_all_columns_told(sheet, recognition, layout.lengthen(sheet, recognition))
    long = _with_second_head_told(sheet, recognition, long)
    long = settle_days(sheet, long)
    if readout == "volume" or not recognition.bare:
        return long
    said = said_of(sheet, recognition, readout or "volume")
    return replace(with_said_unit(long, said, recognition), bare=said is None)


def _with_second_head_told(sheet: Sheet, recognition: Recognition, long: LongText) -> LongText:
    """The long table with an error where a line below its header says what its columns hold.

    No mouse stands there, and words for days or measures stand over most of what was read.
    """
    at, mouse = recognition.position + recognition.depth, recognition.header.roles.get("mouse")
    if mouse is None or at >= len(sheet.cells) or sheet.texts(at)[mouse]:
        return long
    texts = [sheet.texts(at)[column] for column in long.frame["column"].unique()]
    words = [t for t in texts if measure_of(t) or (is_worded_day(t) and not is_date(t))]
    if len(words) < 2 or 2 * len(words) <= len(texts):
        return long
    finding = sheet_finding(
        sheet,
        "head-on-two-lines-not-read",
        row_ranges([int(sheet.rows[at])]),
        f"The line below the header says what the columns hold ({', '.join(map(repr, words[:3]))}, "
        "…), and was not read.",
        "Write the day and what was measured in one line, as 'Day 7 length'.",
        "error",
    )
    return replace(long, findings=(*long.findings, finding))


def _refuse_others(chosen: list[Fit], sheets: Sequence[Sheet], readout: str) -> None:
    """Refuse what says that it is no volume, and what stands beside a sheet that says it is one."""
    unread = [
        sheet
        for sheet in sheets
        if sheet.name not in {sheet_beside.name for sheet_beside, _, _ in chosen}
    ]
    for sheet, _, recognition in chosen:
        said = said_of(sheet, recognition, readout) if recognition.bare else None
        if said is not None and not said.suits(recognition, readout):
            raise InputError(_NOT_WISHED[readout](sheet, said))
        beside = next(
            (sheet_beside for sheet_beside in unread if speaks_of_tumors(sheet_beside)), None
        )
        if recognition.bare and said is None and beside and not speaks_of_tumors(sheet):
            raise InputError(
                f"{sheet.file}: the worksheet {beside.name!r} says that it holds the tumours, and "
                f"has no layout that is known; {sheet.name!r} could be read, and does not say what "
                f"it holds. If it holds their volumes, choose it with --sheet {sheet.name!r}."
            )


def _left_aside(others: Mapping[str, Said]) -> str:
    return "".join(
        f"\nThe worksheet {name!r} could be read and holds {said.meaning.noun}: {said.told}."
        for name, said in others.items()
    )


def _with_cages(
    fits: list[Fit], declared: Mapping[str, str], layouts: Mapping[str, Layout]
) -> list[Fit]:
    """What fits, each with a column of its cage where every worksheet is called as one."""
    if not _are_cages(fits):
        return fits
    caged = [
        sheet.with_column(
            recognition.position,
            "cage",
            [cage_of(sheet.name)] * (len(sheet.cells) - recognition.position - 1),
        )
        for sheet, _, recognition in fits
        if "cage" not in recognition.header.roles
    ]
    again = _fitting(caged, declared, layouts)
    return again if len(again) == len(fits) else fits


def _are_cages(fits: Sequence[Fit]) -> bool:
    """Whether worksheets of one layout and of the same columns are each called as a cage."""
    names = [sheet.name for sheet, _, _ in fits]
    roles = {frozenset(recognition.header.roles) for _, _, recognition in fits}
    kinds = {layout for _, layout, _ in fits}
    several = len(set(names)) == len(names) > 1 and len(roles) == len(kinds) == 1
    return several and all(map(cage_of, names))


def _cut_by(found: list[Fit], layouts: Mapping[str, Layout]) -> str:
    """What one table was cut by into these sheets, "" where they are not one."""
    sheets, names, recognitions = zip(*found, strict=True)
    if _are_cages(found):
        return "cage"
    if len(found) < 2 or len(set(map(id, sheets))) < len(sheets) or len(set(names)) > 1:
        return ""
    try:
        longs = [layouts[name].lengthen(sheet, recognition) for sheet, name, recognition in found]
    except InputError:
        return ""
    return cut_by(recognitions, longs)


def _fitting(
    sheets: Sequence[Sheet], declared: Mapping[str, str], layouts: Mapping[str, Layout]
) -> list[Fit]:
    """The layouts that recognise themselves in each sheet, without those that see less of it."""
    found = [
        (sheet, name, recognition)
        for sheet in sheets
        for name, layout in layouts.items()
        if (recognition := _recognised(layout, sheet, declared)).fits
    ]
    return _without_plainer(found, layouts)


def _fitting_somehow(
    sheets: Sequence[Sheet], declared: Mapping[str, str], layouts: Mapping[str, Layout]
) -> tuple[Sequence[Sheet], list[Fit]]:
    """The sheets and what fits them, a lone sheet with a head on two lines if it fits only so."""
    fits = _fitting(sheets, declared, layouts)
    if len(sheets) == 1 and all(recognition.armless for _, _, recognition in fits):
        for joined in with_heads_joined(sheets[0]):
            again = _fitting([joined], declared, layouts)
            if again and not any(recognition.armless for _, _, recognition in again):
                return [joined], again
    return sheets, fits


def _the_one(sheets: Sequence[Sheet], declared: Mapping[str, str], fits: list[Fit]) -> Fit:
    """The one sheet and layout of those that fit, or the question which is meant."""
    fits = _without_summaries(fits)
    holders = list(dict.fromkeys(sheet.name for sheet, _, _ in fits))
    if len(holders) > 1:
        raise InputError(
            f"{sheets[0].file} has several sheets of readings: {', '.join(holders)}. "
            f"Choose one with --sheet {holders[0]!r}. If each is a model (PDX, cell line), run "
            "each into a folder of its own, and give the folders to `xenotrack pool`."
        )
    if len(fits) > 1:
        names = [name for _, name, _ in fits]
        raise InputError(
            f"{fits[0][0].title} could be read as {' or as '.join(names)}. "
            f"Choose one with --layout {names[0]}."
        )
    sheet, _, recognition = fits[0]
    known = (*recognition.header.names, *recognition.also)
    refuse_missing_columns(known, declared, sheet.title)
    refuse_equal_rivals(recognition.header, sheet.title)
    return fits[0]


def _summaries_left(fits: list[Fit], chosen: list[Fit]) -> dict[str, Said]:
    """The worksheets that could be read, and were left because of what they are called."""
    read = {sheet.name for sheet, _, _ in chosen}
    return {
        sheet.name: Said(Meaning("summary"), f"its worksheet is called {sheet.name!r}")
        for sheet, _, _ in fits
        if sheet.name not in read and _SUMMARY.search(sheet.name)
    }


def _without_summaries(fits: list[Fit]) -> list[Fit]:
    """What fits, without worksheets called as graphs or means are, where others are not."""
    return [fit for fit in fits if not _SUMMARY.search(fit[0].name)] or fits


def _without_plainer(fits: list[Fit], layouts: Mapping[str, Layout]) -> list[Fit]:
    """What fits, without the layouts that a richer one of the same sheet stands over."""
    return [
        (sheet, name, recognition)
        for sheet, name, recognition in fits
        if not any(other is sheet and name in layouts[rich].over for other, rich, _ in fits)
    ]


def _layouts(wanted: str | None) -> dict[str, Layout]:
    if wanted is None:
        return LAYOUTS
    if wanted not in LAYOUTS:
        hint = did_you_mean(wanted, LAYOUTS)
        raise InputError(f"There is no layout {wanted!r}.{hint} Known: {', '.join(LAYOUTS)}.")
    return {wanted: LAYOUTS[wanted]}


def _nothing_fits(
    sheets: Sequence[Sheet], declared: Mapping[str, str], layouts: Mapping[str, Layout]
) -> str:
    sheet = max(sheets, key=lambda candidate: candidate.cells.shape[0] * candidate.cells.shape[1])
    tried = {name: _recognised(layout, sheet, declared) for name, layout in layouts.items()}
    return nothing_fits(sheet, tried, declared, layouts)
