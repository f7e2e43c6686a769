"""Columns named by a measure and a day, as ``LxW_2024-01-01`` or ``Day 3 length``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from xenotrack.errors import InputError
from xenotrack.study.column_words import COLUMN_ROLES, NAME_OF_ROLE, UNIT_WORDS
from xenotrack.study.columns import Header, header_words
from xenotrack.study.days import are_visits, cycle_and_day, is_baseline, is_date
from xenotrack.study.files.sheet import Sheet
from xenotrack.study.layouts.bilateral import flanks_of
from xenotrack.study.layouts.evidence import Said, no_volumes
from xenotrack.study.layouts.grid import lengthen_grid, measure_of, own_header
from xenotrack.study.layouts.layout import (
    Bare,
    Label,
    Layout,
    LongText,
    Recognition,
    body_of,
    candidate_headers,
    has_role,
)
from xenotrack.study.layouts.wide import (
    BASELINE,
    day_columns,
    day_of_header,
    is_day_zero,
    kinds_of,
    measured_by_w,
)
from xenotrack.study.layouts.wordeddays import no_cycles
from xenotrack.study.meaning import meaning_of

# A measure of which nobody said what it is.
ASKED = "?"
_SEPARATOR = re.compile(r"[\s_.:()@/-]+")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_BRACKET = re.compile(r"\s*[(\[]([^)\]]*)[)\]]\s*$")
_UNIT_LAST = re.compile(r"[\s_.-]+([mc]m[23³²]?|g)$", re.IGNORECASE)
_GLUED = re.compile(r"([^\W\d_]+?)((?:day|d|week|wk)?[ _.]?\d+(?:\.\d+)?)", re.IGNORECASE)
# What is computed from volumes: it is no reading where the volumes stand beside.
_RELATIVE = re.compile(
    r"rtv|(?:rel|relative|fold|normali[sz]ed)\b.*|.*\bchange|%.*|percent.*|tgi|t c", re.IGNORECASE
)
_MADE_OF_VOLUMES = ("relative", "log", "flux")
_OF_TUMORS = frozenset(("volume", "area", "length", ASKED))


@dataclass(frozen=True)
class Dated:
    """A column's name cut in two: what was measured, and on which day.

    ``counted`` is a bare number beside the measure, which may be that of a visit. What is "" where
    the name is a day alone.
    """

    what: str
    kind: str
    day: str
    counted: bool = field(default=False, repr=False)


def dated_of(name: str) -> Dated | None:
    """The measure and the day that a column's name says, nothing where it does not say both.

    A bare number is a day only beside a word for a measure: ``Group 1`` is no day.

    >>> dated_of("LxW_2024-01-01"), dated_of("Group_1"), dated_of("TV 14").day
    (Dated(what='LxW', kind='date', day='2024-01-01'), None, '14')
    >>> dated_of("Day 3 - length (mm)"), dated_of("TVDay7").day, dated_of("L4").what
    (Dated(what='length', kind='day', day='3'), '7', 'L')
    >>> dated_of("Tumor vol. (mm3) Day 7"), dated_of("vol_d7_mm3").what
    (Dated(what='Tumor vol. (mm3)', kind='day', day='7'), 'vol')
    """
    text = _without_unit(name.strip())
    if day_of_header(text) is not None:
        return None
    for cut in _SEPARATOR.finditer(text):
        head, tail = text[: cut.start()], text[cut.end() :].rstrip(") ")
        head += ")" if head.count("(") > head.count(")") else ""
        minus = "-" if text[: cut.end()].endswith(("_-", " -")) else ""
        for what, day in ((head, minus + tail), (tail, head)):
            day_kind = day_of_header(day)
            if day_kind is None or not what or day_of_header(what) is not None:
                continue
            counted = bool(_PLAIN_NUMBER.fullmatch(day)) and not is_date(day)
            if not counted or measure_of(what):
                return Dated(what, *day_kind, counted)
    match = _GLUED.fullmatch(text)
    day_kind = day_of_header(match[2]) if match else None
    if match and day_kind and measure_of(match[1]):
        return Dated(match[1], *day_kind, bool(_PLAIN_NUMBER.fullmatch(match[2])))
    return None


def _without_unit(text: str) -> str:
    match = _BRACKET.search(text) or _UNIT_LAST.search(text)
    named = match is not None and match[1].strip().casefold() in UNIT_WORDS
    return text[: match.start()] if match is not None and named else text


def recognise_dated(sheet: Sheet, declared: Mapping[str, str]) -> Recognition:
    """A header that names mouse and arm, and columns each named by a measure and a day."""
    best = Recognition(False, "has no columns named by a measure and a day, as LxW_2024-01-01")
    for position, header in candidate_headers(sheet, declared):
        dated = _of_one_word(_dated_columns(header, declared))
        complaint = _complaint(header, dated)
        if complaint is None:
            labels = _labels(dated, declared)
            whats = tuple(dict.fromkeys(entry.what for entry in dated.values() if entry.what))
            why = f"one row a mouse, a column for each {' and '.join(whats)} of a day"
            own = own_header(header, labels)
            return Recognition(True, why, position, own, whats, labels, bare=_bare(dated, labels))
        if dated and len(header.roles) > len(best.header.roles):
            best = Recognition(False, complaint, position, header)
    return best


def lengthen_dated(sheet: Sheet, recognition: Recognition) -> LongText:
    """A row for each mouse and day of which anything was written."""
    cycles = list(filter(cycle_and_day, recognition.header.names))
    if cycles:
        raise InputError(no_cycles(sheet, cycles))
    said = {column: dated_of(recognition.header.names[column]) for column in recognition.labels}
    for column, label in recognition.labels.items():
        if label.role == ASKED:
            one = said[column]
            what = one.what if one is not None else "W"
            meaning = meaning_of(what)
            if meaning is not None and meaning.quantity in _MADE_OF_VOLUMES:
                told = f"its columns are called {recognition.header.names[column]!r}"
                raise InputError(no_volumes(sheet, Said(meaning, told)))
            raise InputError(_which_measure(sheet, what, recognition.header.names[column]))
    by_w = measured_by_w(recognition.header)
    numbers = {c: one for c, one in said.items() if not is_baseline(recognition.labels[c].day)}
    counted = [c in by_w or (one is not None and one.counted) for c, one in numbers.items()]
    if all(counted) and are_visits(recognition.labels[column].day for column in numbers):
        raise InputError(
            _which_visits(sheet, [recognition.header.names[c] for c in recognition.labels])
        )
    body, findings = body_of(sheet, recognition)
    return lengthen_grid(body, recognition.header, recognition.labels, _kind(recognition), findings)


def _kind(recognition: Recognition) -> str:
    """What the days of the columns count."""
    numbers = (c for c, label in recognition.labels.items() if not is_baseline(label.day))
    name = recognition.header.names[next(numbers)]
    dated = dated_of(name) or day_of_header(name)
    if isinstance(dated, Dated):
        return dated.kind
    return "day" if dated is None or measured_by_w(recognition.header) else dated[0]


def _bare(dated: Mapping[int, Dated], labels: Mapping[int, Label]) -> Bare:
    """What columns of a day alone are taken for; beside columns of weights they are no weights."""
    if any(label.role == "body_weight" for label in labels.values()):
        return ""
    sides = any(label.tumor and measure_of(dated[c].what) is None for c, label in labels.items())
    sides = sides and {label.role for label in labels.values()} == {"volume"}
    return "volumes" if sides or not all(entry.what for entry in dated.values()) else ""


def _dated_columns(header: Header, declared: Mapping[str, str]) -> dict[int, Dated]:
    """The columns of a measure and a day; columns of a day alone are volumes beside weights."""
    said = {column: dated_of(name) for column, name in enumerate(header.names) if name}
    dated = {column: entry for column, entry in said.items() if entry is not None}
    by_w = {c: Dated("W", "day", day, counted=True) for c, day in measured_by_w(header).items()}
    dated = dict(sorted({**dated, **by_w}.items()))
    often = Counter(entry.what for entry in dated.values())
    dated = {column: entry for column, entry in dated.items() if often[entry.what] > 1}
    dated = _with_baselines(dated, header)
    read = {c: entry for c, entry in dated.items() if not _is_relative(entry.what, declared)}
    bare = {c: Dated("", *day) for c, day in day_columns(header).items() if c not in dated}
    roles = measures_said(dict.fromkeys(entry.what for entry in read.values()), declared)
    if bare and len(bare) > 1 and not _OF_TUMORS & {r for w, r in roles.items() if w != "W"}:
        days = {entry.day for entry in bare.values()}
        strays = {entry.what for entry in read.values() if entry.counted and entry.day not in days}
        own = {c: entry for c, entry in read.items() if entry.what not in strays}
        return dict(sorted({**bare, **own}.items())) if own else {}
    return read if _OF_TUMORS & set(roles.values()) else dated


def _with_baselines(dated: dict[int, Dated], header: Header) -> dict[int, Dated]:
    """The columns with that of a baseline alone, where they are of one measure.

    Beside a day 0 a baseline may be it or not, and is none of them.
    """
    bare = day_columns(header).values()
    days = [day for _, day in bare] + [entry.day for entry in dated.values()]
    whats = {entry.what for entry in dated.values()}
    if any(map(is_day_zero, days)):
        return {c: entry for c, entry in dated.items() if entry.kind != BASELINE}
    if len(whats) == 1 and not bare and BASELINE not in {entry.kind for entry in dated.values()}:
        alone = {c: name for c, name in enumerate(header.names) if is_baseline(name)}
        dated |= {c: Dated(whats.copy().pop(), BASELINE, name) for c, name in alone.items()}
    return dict(sorted(dated.items()))


def _of_one_word(dated: dict[int, Dated]) -> dict[int, Dated]:
    """The columns with one word for the baseline of all measures, where each has but one."""
    words = {c: entry for c, entry in dated.items() if is_baseline(entry.day)}
    if not words or len({entry.what for entry in words.values()}) < len(words):
        return dated
    first = next(iter(words.values())).day
    return dated | {c: replace(entry, day=first) for c, entry in words.items()}


def _is_relative(what: str, declared: Mapping[str, str]) -> bool:
    words = re.sub(r"[\s_./-]+", " ", what).strip()
    chosen = {theirs.strip().casefold() for theirs in declared.values()}
    return bool(_RELATIVE.fullmatch(words)) and what.strip().casefold() not in chosen


def _complaint(header: Header, dated: Mapping[int, Dated]) -> str | None:
    if not dated:
        return "has no columns named by a measure and a day, as LxW_2024-01-01"
    missing = [NAME_OF_ROLE[role] for role in ("mouse", "arm") if not has_role(header, role)]
    if missing:
        return f"misses {' and '.join(missing)}"
    for role in ("day", "date", "week", "volume", "length"):
        if role in header.roles and header.roles[role] not in dated:
            return f"has a column of its own for the {role} ({header.names[header.roles[role]]})"
    kinds = kinds_of((entry.kind, entry.day) for entry in dated.values())
    return f"names its columns by {' and by '.join(kinds)}" if len(kinds) != 1 else None


def _labels(dated: Mapping[int, Dated], declared: Mapping[str, str]) -> dict[int, Label]:
    words = dict.fromkeys(entry.what for entry in dated.values() if entry.what)
    labels = {"": Label(), **labels_said(words, declared)}
    return {c: replace(labels[entry.what], day=entry.day) for c, entry in dated.items()}


def labels_said(words: Mapping[str, object], declared: Mapping[str, str]) -> dict[str, Label]:
    """The measure and the flank of each word beside a day."""
    roles = measures_said(words, declared)
    flanks = flanks_of(word for word, role in roles.items() if role != "body_weight")
    chosen = {theirs.strip().casefold() for theirs in declared.values()}
    if any(word.strip().casefold() in chosen for word in flanks):
        flanks = {}
    return {word: Label(role) for word, role in roles.items()} | flanks


def measures_said(words: Mapping[str, object], declared: Mapping[str, str]) -> dict[str, str]:
    """The measure of each word: as ``[columns]`` says, else its plain meaning, else asked.

    ``LxW`` may head areas or volumes computed with that formula, and a width without a length is
    as likely a weight: both are asked about.
    """
    chosen = {theirs.strip().casefold(): COLUMN_ROLES[ours] for ours, theirs in declared.items()}
    plain = {word: measure_of(word) for word in words}
    settled = {*plain.values(), *chosen.values()}
    roles = {}
    for word, role in plain.items():
        lone = (role == "width" and "length" not in settled) or (
            role == "length" and "width" not in settled
        )
        asked = role is None or lone or (role == "area" and "area" not in header_words(word)[0])
        roles[word] = chosen.get(word.strip().casefold(), ASKED if asked else str(role))
    return roles


def _which_measure(sheet: Sheet, what: str, name: str) -> str:
    seen = f"{sheet.title}: what is {what!r} in columns such as {name!r}:"
    if measure_of(what) == "width":
        return (
            f"{seen} a body weight, or a width? Say so in study.toml:\n\n[columns]\n"
            f'body_weight_g = "{what}"    # or width_mm = "{what}"'
        )
    return (
        f"{seen} a volume, or an area length × width? Say so in study.toml:\n\n[columns]\n"
        f'area_mm2 = "{what}"    # or volume_mm3 = "{what}"'
    )


def _which_visits(sheet: Sheet, names: list[str]) -> str:
    example = names[0].rstrip("0123456789 _.")
    return (
        f"{sheet.title}: do the numbers of {', '.join(names[:3])}, … count days or visits? "
        f"Write the day of each in its name, as '{example} day 3', or its date."
    )


DATED = Layout(
    "dated",
    "one row a mouse, with columns each named by a measure and a day, as LxW_2024-01-01",
    recognise_dated,
    lengthen_dated,
    over=("wide",),
)
