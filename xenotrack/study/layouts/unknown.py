"""A sheet of no layout that is known: what was looked for, what was seen, what would settle it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from xenotrack.study.column_words import JOINT
from xenotrack.study.columns import header_words, refuse_missing_columns
from xenotrack.study.days import cycle_and_day
from xenotrack.study.drug_names import names_substance
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.evidence import holds_numbers, no_volumes, said_in
from xenotrack.study.layouts.grid import MEASURES, day_kind, measure_of
from xenotrack.study.layouts.layout import Layout, Recognition, columns_of_doses
from xenotrack.study.layouts.tall import CODES, OF_ADAM
from xenotrack.study.layouts.wide import day_columns, day_of_header
from xenotrack.study.layouts.wordeddays import no_cycles
from xenotrack.study.meaning import meaning_of

_SOME_COLUMN = "NAME OF ITS COLUMN"
_MOST_ARMS = 16
# Of the layouts that see as much of a sheet as any, so many are told.
_NEAREST = 3


def nothing_fits(
    sheet: Sheet,
    tried: Mapping[str, Recognition],
    declared: Mapping[str, str],
    layouts: Mapping[str, Layout],
) -> str:
    """Why a sheet has no layout: what was ``tried``, what was seen, and what would settle it."""
    seen = _header_seen(sheet, tried)
    if declared:
        refuse_missing_columns(seen, declared, sheet.title)
    nearest = tried.get("long")
    if nearest and {"mouse", "arm"} <= nearest.header.roles.keys() and day_kind(nearest.header):
        said = said_in(sheet, nearest)
        if said is not None:
            return no_volumes(sheet, said)
    if parameters := _parameters(sheet, tried):
        return parameters
    names = [name for name in seen if name]
    cycles = [name for name in names if cycle_and_day(name)]
    if len(cycles) > 1:
        return no_cycles(sheet, cycles)
    if listed := _mice_alone(sheet, tried):
        return listed
    armless = [one for one in tried.values() if one.why == "misses arm" and _has_days(one)]
    if armless:
        return _without_arm(sheet, armless[0])
    most = max(len(candidate.header.roles) for candidate in tried.values())
    near = [name for name, candidate in tried.items() if len(candidate.header.roles) == most][
        :_NEAREST
    ]
    others = [name for name in layouts if name not in near]
    lines = "".join(f"  {n}: {layouts[n].looks_for}; it {tried[n].why}.\n" for n in near)
    return (
        f"{sheet.title} has none of the layouts that are known.\n"
        f"Columns seen: {', '.join(names[:20])}{', …' if len(names) > 20 else ''}.\n"
        f"The nearest:\n{lines}"
        "Say which is which in study.toml, for example:\n\n[columns]\n"
        + _example(sheet, tried)
        + "\n\n`--arm NAME=` if all mice are in one arm."
        + (f" Other layouts: {', '.join(others)}." if others else "")
    )


def _parameters(sheet: Sheet, tried: Mapping[str, Recognition]) -> str:
    """What an export of ADaM holds beside or instead of a tumour's size, "" where it is none."""
    best = max(tried.values(), key=lambda recognition: len(recognition.header.roles))
    columns = {header_words(name)[0]: place for place, name in enumerate(best.header.names)}
    code = next((columns[word] for word in CODES if word in columns), None)
    if code is None or OF_ADAM not in columns:
        return ""
    body = sheet.grid[best.position + best.depth :, code]
    words = list(dict.fromkeys(text.strip() for text in body if text.strip()))
    ours = [word for word in words if measure_of(word) in MEASURES]
    listed = ", ".join(words[:_MOST_ARMS]) + (", …" if len(words) > _MOST_ARMS else "")
    return (
        f"{sheet.title} holds a parameter a row, in {best.header.names[code]} {listed}: "
        + (f"keep the rows of {', '.join(ours)} alone" if ours else "none is a tumour's size")
        + ". Read are a tumour's volume (TUMVOL), or its length and width (LENGTH, WIDTH), with "
        "USUBJID, TRT01A, ADY and AVAL."
    )


def _mice_alone(sheet: Sheet, tried: Mapping[str, Recognition]) -> str:
    """What settles a list of mice and their arms, without days or sizes; "" where it is none."""
    if "long" not in tried or _has_days(tried["long"]):
        return ""
    header, body = tried["long"].header, sheet.grid[tried["long"].position + 1 :]
    measured = {"volume", "length", "width"} & header.roles.keys() or any(
        holds_numbers(body[:, column]) for column in header.unknown if column < body.shape[1]
    )
    if measured or not {"mouse", "arm"} <= header.roles.keys():
        return ""
    return (
        f"{sheet.title} lists mice and their arms, and no readings. Give the sheet of readings, "
        f"and this one beside it: --allocation {sheet.file}"
    )


def _has_days(recognition: Recognition) -> bool:
    """Whether a header has a column of days, or columns of several days."""
    return day_kind(recognition.header) is not None or len(day_columns(recognition.header)) > 1


def _without_arm(sheet: Sheet, recognition: Recognition) -> str:
    """What settles a sheet that says everything but the arm of its mice."""
    names = [name for name in recognition.header.names if name]
    given = columns_of_doses(sheet, recognition.position, recognition.header)
    given = [column for column in given if not day_of_header(recognition.header.names[column])]
    sorting = _sorting_column(sheet, recognition) or _SOME_COLUMN
    drugs = [recognition.header.names[column] for column in given]
    if len(drugs) > 1 and any(map(names_substance, drugs)):
        sorting = JOINT.join(drugs)  # those that are given, or their doses
    return (
        f"{sheet.title} names mice and readings, and no arm.\n"
        f"Columns seen: {', '.join(names[:20])}{', …' if len(names) > 20 else ''}.\n"
        f'Name the column of the arm in study.toml:\n\n[columns]\narm = "{sorting}"\n\n'
        "`--arm NAME=` if all mice are in one arm; `--allocation FILE` if another file says the "
        "arm of each, as `xenotrack randomize` writes it."
    )


def _header_seen(sheet: Sheet, tried: Mapping[str, Recognition]) -> list[str]:
    """The header of the layout that came nearest, else the first line with text."""
    named = [recognition for recognition in tried.values() if recognition.header.roles]
    if named:
        best = max(named, key=lambda recognition: len(recognition.header.roles))
        return list(best.header.names)
    filled = (sheet.texts(position) for position in range(len(sheet.cells)))
    return next((texts for texts in filled if any(texts)), [])


def _example(sheet: Sheet, tried: Mapping[str, Recognition]) -> str:
    """The lines of ``[columns]`` that are still wanted."""
    best = max(tried.values(), key=lambda recognition: len(recognition.header.roles))
    wanted = {"mouse": "mouse", "arm": "arm", "day": "day", "volume": "volume_mm3"}
    missing = [ours for role, ours in wanted.items() if role not in best.header.roles]
    sorting = _sorting_column(sheet, best) if "arm" in missing else ""
    names = {"arm": sorting or _SOME_COLUMN, "volume_mm3": _volumes(best) or _SOME_COLUMN}
    lines = [f'{ours} = "{names.get(ours, _SOME_COLUMN)}"' for ours in missing or ["volume_mm3"]]
    if "volume_mm3" in lines[-1]:
        lines[-1] += "    # or length_mm and width_mm"
    return "\n".join(lines)


def _volumes(recognition: Recognition) -> str:
    """A column that is called as volumes are, if not as a reading is: ``mean_volume_mm3``."""
    header = recognition.header
    free = [name for c, name in enumerate(header.names) if c not in header.roles.values()]
    meant = [name for name in free if (m := meaning_of(name)) and m.quantity == "volume"]
    return meant[0] if len(meant) == 1 else ""


def _sorting_column(sheet: Sheet, recognition: Recognition) -> str:
    """A column without a role that sorts the rows into a few groups, "" where none does."""
    body = sheet.grid[recognition.position + recognition.depth :]
    free = set(range(min(len(recognition.header.names), body.shape[1])))
    for column in sorted(free - set(recognition.header.roles.values())):
        if not recognition.header.names[column]:
            continue
        texts = [text.strip() for text in body[:, column] if text.strip()]
        words = {text for text in texts if re.search(r"[^\W\d_]{2}", text)}
        if 1 < len(words) == len(set(texts)) <= _MOST_ARMS and len(texts) > 2 * len(words):
            return recognition.header.names[column]
    return ""
