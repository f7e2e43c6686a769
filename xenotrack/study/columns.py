"""Headers → roles: which column is the mouse, the arm, the day, the volume."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

import pandas as pd

from xenotrack.errors import InputError
from xenotrack.study.days import is_clock

# What study.toml calls a column, and the role it fills here.
COLUMN_ROLES = {
    "study": "study",
    "mouse": "mouse",
    "tumor": "tumor",
    "arm": "arm",
    "phase": "phase",
    "day": "day",
    "week": "week",
    "date": "date",
    "treatment_start": "start",
    "length_mm": "length",
    "width_mm": "width",
    "height_mm": "height",
    "volume_mm3": "volume",
    "area_mm2": "area",
    "body_weight_g": "body_weight",
    "fate": "fate",
    "cage": "cage",
    "operator": "operator",
}
NAME_OF_ROLE = {role: name for name, role in COLUMN_ROLES.items()}

# Words for each role, the plainest first: of two columns for one role the plainer word wins.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "study": (
        "study|study id|study name|study number|study no",
        "experiment|experiment id|experiment name|trial",
    ),
    "mouse": (
        "mouse|mouse id|mouseid|mouse no|mouse number|mouse nr|mouse name|mice|mice id|animal|"
        "animal id|animalid|animal no|animal number|animal nr|subject|subject id",
        "maus|maus nr|mausnummer|tier|tier nr|tiernummer|souris|ratón|topo",
        "id|mid|ear tag|eartag|tag|tag id",
        "number|no|nr|sample|sample id",
        "model id|model",
    ),
    "cage": ("cage|cage id|cage no|cage number|cage nr",),
    "tumor": (
        "tumor id|tumor no|tumor number|tumor site|tumor location|tumor name",
        "tumor|site|flank|side|location",
    ),
    "arm": (
        "arm|arms|arm name|treatment|treatments|treatment arm|treatment group|treatment name|"
        "drug regimen|regimen",
        "tx|tx group|tx arm|rx|rx group",
        "group|groups|group name|grp|treatment group id|group id",
        "gruppe|behandlung|groupe|traitement|grupo|tratamiento|gruppo|trattamento",
        "drug|drugs|compound|therapy|egp",
        "cohort",
    ),
    "phase": ("phase|treatment phase|study phase|period",),
    "day": (
        "day|days|study day|day of study|treatment day|day of treatment|days of treatment|"
        "days on treatment|days post t0|days post treatment|days after treatment|"
        "days since treatment|days since treatment start|day number|"
        "days post randomization|days post randomisation|days after randomization|"
        "days after randomisation|days since randomization|days since randomisation",
        "time|times|timepoint|time point|t",
        "tag|tage|studientag|versuchstag|jour|jours|día|días|dia|dias|giorno|giorni",
        "days post implant|days post implantation|days since implant|days since implantation|"
        "days post inoculation|dpi",
    ),
    "week": ("week|weeks|wk|study week|week number",),
    "date": (
        "date|measure date|measurement date|date measured|date of measurement|measured on|"
        "visit date|study date",
        "datum|messdatum|fecha|data",
    ),
    "start": (
        "treatment start|treatment start date|start of treatment|date of treatment start|"
        "treatment started|treatment started on",
    ),
    "length": (
        "length|tumor length|long|longest|longest diameter|long diameter|long axis|major axis|"
        "max diameter|maximum diameter|l",
        "länge|laenge|longueur|largo|lunghezza",
        "dmax|d max|diameter 1|dimension 1|dim 1",
    ),
    "width": (
        "width|tumor width|short|shortest|shortest diameter|short diameter|short axis|"
        "minor axis|min diameter|minimum diameter|perpendicular|w",
        "breite|largeur|ancho|larghezza",
        "dmin|d min|diameter 2|dimension 2|dim 2",
    ),
    "height": ("height|tumor height|depth|tumor depth|thickness|h", "höhe|hauteur|altura"),
    "volume": (
        "volume|tumor volume|tumor vol|tum vol|tumvol|tumorvolume|tv|vol",
        "size|tumor size",
        "tumorvolumen|volumen|volume tumoral",
        "value|measurement|v",
    ),
    "body_weight": (
        "body weight|bodyweight|bw|body wt|bodywt|animal weight|mouse weight",
        "weight|wt",
        "körpergewicht|koerpergewicht|kgw|gewicht|poids|peso",
        "body mass",
        "mass",
    ),
    "fate": (
        "fate|reason for removal|removal reason|exit reason|sacrifice reason|"
        "reason of sacrifice|reason for sacrifice|cull reason|reason for cull|"
        "euthanasia reason|reason for euthanasia|cause of death|reason of death|end reason",
        "reason|outcome",
    ),
    "operator": ("operator|technician|measured by|measurer|initials",),
}
RANKS: dict[str, dict[str, int]] = {
    role: {word: rank for rank, words in enumerate(tiers) for word in words.split("|")}
    for role, tiers in _SYNONYMS.items()
}
# Words of a caliper sheet in German, in which `Tag` is the day and no ear tag.
_GERMAN_WORDS = (
    "gruppe|behandlung|datum|länge|laenge|breite|höhe|volumen|tumorvolumen|gewicht|körpergewicht|"
    "koerpergewicht|kgw|maus|maus nr|mausnummer|tier|tier nr|tiernummer"
)
_GERMAN = frozenset(_GERMAN_WORDS.split("|"))
# Columns that a caliper sheet may well hold and that nothing here is computed from.
_UNREAD_WORDS = (
    "cohort|cohort id|sex|gender|strain|age|age months|age weeks|dob|date of birth|source|"
    "below limit|contributor|disease type|tumor type|model|model id|cell|cell line|passage|"
    "treatment group id|group id|group number|dose|dosing"
)
_UNREAD = frozenset(_UNREAD_WORDS.split("|"))
_UNITS = {
    "mm3": "mm3|mm^3|mm³|mmᶟ|cubic mm|cu mm|ul|µl|μl",
    "cm3": "cm3|cm^3|cm³|cc|ml|cubic cm",
    "mm": "mm|millimeter|millimeters|millimetre|millimetres",
    "mm2": "mm2|mm^2|mm²|square mm",
    "cm2": "cm2|cm^2|cm²|square cm",
    "cm": "cm|centimeter|centimeters|centimetre|centimetres",
    "g": "g|gr|gm|gram|grams",
    "days": "d|day|days",
    "weeks": "w|wk|wks|week|weeks",
}
UNIT_WORDS = {word: unit for unit, words in _UNITS.items() for word in words.split("|")}
_TRAILING = sorted((w for w in UNIT_WORDS if w not in ("d", "w", "day", "days")), key=len)
_ROLE_UNITS = {
    "volume": ("mm3", "cm3"),
    "area": ("mm2", "cm2"),
    "length": ("mm", "cm"),
    "width": ("mm", "cm"),
    "height": ("mm", "cm"),
    "body_weight": ("g",),
    "day": ("days", "weeks"),
    "week": ("weeks",),
}


@dataclass(frozen=True)
class Rivals:
    """Two or more columns of one sheet that could fill one role."""

    role: str
    chosen: int | None
    candidates: tuple[int, ...]


@dataclass(frozen=True)
class Header:
    """The roles of a header's columns, and what was left over.

    ``units`` are those written in the header; a unit that the role cannot have stands there as
    written.
    """

    names: tuple[str, ...]
    roles: Mapping[str, int]
    units: Mapping[str, str] = field(default_factory=dict)
    rivals: tuple[Rivals, ...] = ()
    unknown: tuple[int, ...] = ()


def header_words(name: str) -> tuple[str, str]:
    """A header as plain words, and the unit written in it.

    >>> header_words("TUMOR_VOLUME (mm³)"), header_words("animalID"), header_words("Tumour.Length")
    (('tumor volume', 'mm3'), ('animal id', ''), ('tumor length', ''))
    """
    bracketed = re.search(r"[\(\[\{]([^)\]}]*)[\)\]\}]", name)
    unit = _unit(bracketed[1]) if bracketed else ""
    bare = re.sub(r"[\(\[\{][^)\]}]*[\)\]\}]", " ", name)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=T0\b)", " ", bare)
    words = re.sub(r"[\s_.:\-/#]+", " ", spaced).strip().casefold().replace("tumour", "tumor")
    for word in _TRAILING:
        if not unit and words.endswith(" " + word):
            return words.removesuffix(word).strip(), UNIT_WORDS[word]
    return words, unit


def _unit(written: str) -> str:
    word = written.strip().casefold()
    return UNIT_WORDS.get(word, word)


def recognise_header(
    names: Sequence[str], declared: Mapping[str, str], body: pd.DataFrame | None = None
) -> Header:
    """The role of each column: as ``[columns]`` declares, else by its words.

    Of two columns for one role the one with the plainer word is taken; for the arm, words are
    taken before bare numbers, which are codes. ``body`` holds the cells below the header.
    """
    roles, units = _declared_roles(names, declared), {}
    words = [header_words(name) for name in names]
    candidates = _plausible(_candidates(words, roles), words, body)
    rivals = []
    for role, columns in candidates.items():
        chosen = _choose(role, columns, words, body)
        if len(columns) > 1:
            rivals.append(Rivals(role, chosen, tuple(columns)))
        if chosen is not None:
            roles[role] = chosen
    for role, column in roles.items():
        if words[column][1]:
            units[role] = words[column][1]
    roles, rivals = _settle_roles(roles, rivals, words)
    return Header(tuple(names), roles, units, tuple(rivals), _unknown(words, roles, rivals))


def _declared_roles(names: Sequence[str], declared: Mapping[str, str]) -> dict[str, int]:
    folded = [name.casefold() for name in names]
    roles = {}
    for ours, theirs in declared.items():
        wanted = theirs.strip()
        if wanted in names:
            roles[COLUMN_ROLES[ours]] = list(names).index(wanted)
        elif wanted.casefold() in folded:
            roles[COLUMN_ROLES[ours]] = folded.index(wanted.casefold())
    return roles


def _candidates(words: Sequence[tuple[str, str]], taken: Mapping[str, int]) -> dict[str, list[int]]:
    """The free columns that each free role could take."""
    free = [column for column in range(len(words)) if column not in taken.values()]
    found = {
        role: [column for column in free if words[column][0] in ranks]
        for role, ranks in RANKS.items()
        if role not in taken
    }
    # `l` beside `r` is a left flank, not a length; `w` is a width only beside a length.
    if any(text == "r" for text, _ in words):
        found["length"] = [c for c in found.get("length", ()) if words[c][0] != "l"]
    if not found.get("length") and "length" not in taken:
        found["width"] = [c for c in found.get("width", ()) if words[c][0] != "w"]
    return {role: columns for role, columns in found.items() if columns}


def _plausible(
    candidates: dict[str, list[int]], words: Sequence[tuple[str, str]], body: pd.DataFrame | None
) -> dict[str, list[int]]:
    """The candidates without columns whose word means something else in this sheet.

    A clock is no day, a cohort the arm only where nothing else is and its cells are words, a mass
    that of the body only in grams, and ``Tag`` an ear tag or, in German, the day.
    """
    tags = {column for column, (text, _) in enumerate(words) if text == "tag"}
    mice = [c for c in candidates.get("mouse", ()) if c not in tags]
    day = bool(mice) and any(text in _GERMAN for text, _ in words)
    cohorts = [c for c, (text, _) in enumerate(words) if text == "cohort"]
    arms = [c for c in candidates.get("arm", ()) if c not in cohorts]
    drop = {
        "day": [c for c in candidates.get("day", ()) if _are_clocks(body, c)],
        "arm": [c for c in cohorts if arms or body is None or _is_numbered(body, c)],
        "body_weight": [
            c for c, (text, unit) in enumerate(words) if text == "mass" and unit != "g"
        ],
    }
    drop["mouse" if day else "day"] = [*drop.get("mouse" if day else "day", ()), *tags]
    kept = {
        role: [column for column in columns if column not in drop.get(role, ())]
        for role, columns in candidates.items()
    }
    return {role: columns for role, columns in kept.items() if columns}


def _are_clocks(body: pd.DataFrame | None, column: int) -> bool:
    if body is None or column >= body.shape[1]:
        return False
    texts = [text for text in body.iloc[:, column].unique() if text.strip()]
    return bool(texts) and all(map(is_clock, texts))


def _is_numbered(body: pd.DataFrame, column: int) -> bool:
    """Whether the cells are numbers or letters that tell batches apart, as 2 or Cohort 2."""
    texts = (text.strip().casefold() for text in body.iloc[:, column].unique())
    return all(re.fullmatch(r"(?:cohort|batch)?[\s_#]*(?:[a-z]|\d*)", text) for text in texts)


def _choose(
    role: str, columns: list[int], words: Sequence[tuple[str, str]], body: pd.DataFrame | None
) -> int | None:
    """The plainest of the columns, or none where two are equally plain."""
    if role == "arm" and len(columns) > 1 and body is not None:
        columns = [column for column in columns if not _is_code(body, column)] or columns
    ranks = [RANKS[role][words[column][0]] for column in columns]
    best = [column for column, rank in zip(columns, ranks, strict=True) if rank == min(ranks)]
    if len(best) > 1 and body is not None and _all_alike(body, best):
        return best[0]
    return best[0] if len(best) == 1 else None


def _is_code(body: pd.DataFrame, column: int) -> bool:
    values = [value.strip() for value in body.iloc[:, column].unique()]
    return all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in values if value)


def _all_alike(body: pd.DataFrame, columns: list[int]) -> bool:
    first = body.iloc[:, columns[0]]
    return all((body.iloc[:, column] == first).all() for column in columns[1:])


def _settle_roles(
    roles: dict[str, int], rivals: list[Rivals], words: Sequence[tuple[str, str]]
) -> tuple[dict[str, int], list[Rivals]]:
    """One column fills one role: the model names the mouse only where nothing else does."""
    if "day" in roles and "weeks" in words[roles["day"]][1] and "week" not in roles:
        roles["week"] = roles.pop("day")
    rivals = [rival for rival in rivals if rival.role not in ("cage", "operator")]
    return roles, rivals


def _unknown(
    words: Sequence[tuple[str, str]], roles: Mapping[str, int], rivals: Sequence[Rivals]
) -> tuple[int, ...]:
    named = {column for rival in rivals for column in rival.candidates} | set(roles.values())
    return tuple(
        column
        for column, (text, _) in enumerate(words)
        if column not in named and text not in _UNREAD
    )


def known_units(role: str) -> tuple[str, ...]:
    """The units that a role's header may name."""
    return _ROLE_UNITS.get(role, ())


def refuse_missing_columns(names: Sequence[str], declared: Mapping[str, str], title: str) -> None:
    """Every column that ``[columns]`` names is in the sheet."""
    folded = {name.casefold() for name in names}
    for ours, theirs in declared.items():
        if theirs.strip().casefold() not in folded:
            seen = [name for name in names if name]
            near = get_close_matches(theirs, seen, n=1, cutoff=0.5)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise InputError(
                f"{title} has no column {theirs!r}, which [columns] {ours} names.{hint} "
                f"Its columns are: {', '.join(seen)}."
            )


def refuse_equal_rivals(header: Header, title: str) -> None:
    """Two columns that fit one role equally well are asked about, never guessed."""
    for rival in header.rivals:
        if rival.chosen is None:
            ours = NAME_OF_ROLE[rival.role]
            names = [header.names[column] for column in rival.candidates]
            listed = ", ".join(repr(name) for name in names)
            raise InputError(
                f"{title}: the columns {listed} could each be the {ours}. "
                f'Choose one in study.toml:\n\n[columns]\n{ours} = "{names[0]}"'
            )
