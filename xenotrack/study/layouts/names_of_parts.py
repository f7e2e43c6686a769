"""What the name of a block, a tab or a mouse says: an arm, a day, a cage, a mouse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from xenotrack.study.columns import header_words
from xenotrack.study.header_roles import means
from xenotrack.study.labels import is_label
from xenotrack.study.layouts.wide import day_of_header, kinds_of
from xenotrack.study.meaning import meaning_of

# What a worksheet is called when nobody named it, or named it for something that is no arm.
_NO_ARM = re.compile(
    r"(?:sheet|tabelle|feuil|hoja|foglio|table|page|cage|batch|cohort|experiment|exp|study|raw|data|"
    r"mouse|animal|copy|plate|run|rep|replicate|user|operator|jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|"
    r"sep|o[ck]t|nov|de[cz]|january|february|march|april|june|july|august|september|october|"
    r"november|december)(?![a-z]).*|.{0,3}\d+",
    re.IGNORECASE,
)
# What was measured, and what was made of it.
_MEASURE = re.compile(
    r"\b(?:volumes?|weights?|tv|rtv|bw|bodyweights?|calipers?|measurements?|readings?|lengths?|"
    r"widths?|survival|summary|results?|changes?|percent|notes?|legend|info|means?)\b|%",
    re.IGNORECASE,
)
# A block or a tab may be a cage, and say the arm that lives in it.
_CAGE = r"(?:cage|box|k(?:ä|ae)fig|jaula|gabbia|gaiola|kooi|клетка|笼|籠|ケージ|케이지)"
_CAGED = re.compile(
    rf"{_CAGE}\W*(?P<cage>\w+(?:-\w+)?)(?:\s*[:,(/|–—]\s*|\s+-\s+)(?P<arm>.*?\w.*?)\)?",
    re.IGNORECASE,
)
_MOUSED = re.compile(
    r"(?:mouse|animal|maus|tier|souris|rat[óo]n|topo|animale|小鼠|动物|マウス|마우스)\W*"
    r"(?P<mouse>\w+(?:-\w+)?)(?:\s*[:,(/|–—]\s*|\s+-\s+)(?P<arm>.*?\w.*?)\)?",
    re.IGNORECASE,
)
_A_CAGE = re.compile(rf"{_CAGE}\W*(?P<cage>\w+(?:-\w+)?)", re.IGNORECASE)
_PREFIX = re.compile(r"([^:=]+)\s*[:=]\s*(\S.*)")
_NAME_AND_NUMBER = re.compile(
    r"(?P<arm>[^\W\d_].*?[^\W_])(?:[\s_#.-]*#[\s#]*|[\s_.-]+)(?:M|No\.? ?)?\d+"
)
# What mice are called everywhere, whatever they are given.
_OF_MICE = re.compile(
    r".{1,2}|mouse|mice|animal|id|tag|rat|male|female|tumou?r|pdx|nsg|nude|scid|balb.?c?|c57.*|"
    r"left|right|maus|tier|souris|ratón|topo|小鼠|动物|マウス|동물",
    re.IGNORECASE,
)


_LETTERS_AND_NUMBER = re.compile(r"([^\W\d_]{1,12})(\d{1,3})")
_FEWEST_LETTERS = 3
# What a control is called by few letters, and what measures, sides, sexes and flanks are.
_CONTROL_LETTERS = frozenset(
    ("v", "c", "ve", "vh", "ct", "co", "u", "ut", "veh", "ctl", "con", "ctrl")
)
_OF_MEASURES = frozenset(
    ("l", "w", "h", "d", "r", "m", "f", "bw", "tv", "wt", "lf", "rf", "dx", "sx")
)


def meanings_of(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """What names over many rows can be: days of one kind, else arms ("" for one that is neither).

    >>> list(meanings_of(["Day 0", "Day 7", "alpelisib"]))
    [('day', ['0', '7', '']), ('arm', ['', '', 'alpelisib'])]
    >>> list(meanings_of(["Group: vehicle", "Sheet3", "Body weight (g)", "M112"]))
    [('arm', ['vehicle', '', '', ''])]
    """
    days = [day_of_header(_after_word(name, ("day", "date"))) for name in names]
    kinds = kinds_of(filter(None, days))
    if len(kinds) == 1:
        yield kinds[0], [day[1] if day else "" for day in days]
    arms = [
        "" if day or _is_no_arm(name) else arm_of(name)
        for name, day in zip(names, days, strict=True)
    ]
    if any(arms):
        yield "arm", arms


def arms_of_mice(names: Sequence[str]) -> list[str]:
    """The arm in each mouse's name, where all are a word and a number; none where any is not.

    >>> arms_of_mice(["Control #1", "Control #2", "", "Drug A 1", "Drug A 2"])
    ['Control', 'Control', '', 'Drug A', 'Drug A']
    >>> arms_of_mice(["m1", "m2", "f1", "f2"]), arms_of_mice(["Cage 1", "Cage 2", "x", "x"])
    ([], [])
    """
    found = {name: _NAME_AND_NUMBER.fullmatch(name) for name in names if name}
    stems = {name: match["arm"] for name, match in found.items() if match}
    often = Counter(stems.values())
    told = len(stems) == len(found) and len(often) > 1 and min(often.values()) > 1
    if not told or any(map(_is_no_arm, often)) or any(_OF_MICE.fullmatch(stem) for stem in often):
        return []
    return [stems.get(name, "") for name in names]


def arms_of_letters(names: Sequence[str]) -> list[str]:
    """The arm in each mouse's name, where letters and a number stand without a mark between them.

    The mice of each arm follow one another and are counted. Where letters are few, one of the arms
    is called as controls are; sexes, sides, measures and an alphabet of cages are no arms.

    >>> arms_of_letters(["V1", "V2", "A1", "A2"]), arms_of_letters(["Veh1", "Veh2", "Alp3", "Alp4"])
    (['V', 'V', 'A', 'A'], ['Veh', 'Veh', 'Alp', 'Alp'])
    >>> [arms_of_letters(names.split()) for names in ("M1 M2 F1 F2", "A1 A2 B1 B2", "V1 A1 V2 A2")]
    [[], [], []]
    """
    distinct = list(dict.fromkeys(names))
    found = [match for name in distinct if (match := _LETTERS_AND_NUMBER.fullmatch(name))]
    groups = [
        (stem, [int(match[2]) for match in own]) for stem, own in groupby(found, lambda m: m[1])
    ]
    stems = [stem.casefold() for stem, _ in groups]
    counted = all(len(own) > 1 and _counts(own) for _, own in groups)
    if len(found) < len(distinct) or len(stems) < 2 or len(set(stems)) < len(stems) or not counted:
        return []
    short = [stem for stem in stems if len(stem) < _FEWEST_LETTERS]
    controls = [stem for stem in stems if stem in _CONTROL_LETTERS]
    if short and (len(controls) != 1 or _are_alphabet(stems) or set(stems) & _OF_MEASURES):
        return []
    if any(_is_no_arm(s) or (s not in short and _OF_MICE.fullmatch(s)) for s in stems):
        return []
    return [match[1] for name in names if (match := _LETTERS_AND_NUMBER.fullmatch(name))]


def _counts(numbers: list[int]) -> bool:
    return numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _are_alphabet(stems: list[str]) -> bool:
    letters = sorted(stems)
    return all(len(a) == len(b) == 1 and ord(b) == ord(a) + 1 for a, b in pairwise(letters))


def cage_of(name: str) -> str:
    """The cage that a block or a tab is, "" where it is none.

    >>> cage_of("Cage 12"), cage_of("Käfig 3: vehicle"), cage_of("vehicle")
    ('12', '3', '')
    """
    match = _CAGED.fullmatch(name.strip()) or _A_CAGE.fullmatch(name.strip())
    return match["cage"] if match else ""


def mouse_of(name: str) -> str:
    """The mouse that a block or a tab is of, beside its arm; "" where it is none.

    >>> mouse_of("Mouse 12 (vehicle)"), mouse_of("Animal #3: Drug A"), mouse_of("vehicle")
    ('12', '3', '')
    """
    match = _MOUSED.fullmatch(name.strip())
    return match["mouse"] if match else ""


def owner_of(name: str) -> dict[str, str]:
    """The cage or the mouse that a name says beside its arm.

    >>> owner_of("Cage 3: vehicle"), owner_of("Mouse 12 (vehicle)"), owner_of("vehicle")
    ({'cage': '3'}, {'mouse': '12'}, {})
    """
    said = {"cage": cage_of(name), "mouse": mouse_of(name)}
    return {role: text for role, text in said.items() if text}


def _after_word(name: str, roles: Sequence[str]) -> str:
    """A name without the word for what it is: ``Date: 2024-03-18``."""
    match = _PREFIX.fullmatch(name.strip())
    if match is None or not any(means(header_words(match[1])[0], role) for role in roles):
        return name
    return match[2]


def _is_no_arm(name: str) -> bool:
    """Whether a name is what nobody chose, what was measured, or a label of the sheet."""
    if named := _CAGED.fullmatch(name.strip()) or _MOUSED.fullmatch(name.strip()):
        return _is_no_arm(named["arm"])
    meaning = meaning_of(name)
    return bool(
        _NO_ARM.fullmatch(name.strip()) or _MEASURE.search(name) or meaning or is_label(name)
    )


def arm_of(name: str) -> str:
    """The arm without the word for it: ``Group: vehicle``, but ``Group 2: vehicle`` whole.

    >>> arm_of("Group: vehicle"), arm_of("Cage 3: vehicle"), arm_of("Group 2: vehicle")
    ('vehicle', 'vehicle', 'Group 2: vehicle')
    """
    if named := _CAGED.fullmatch(name.strip()) or _MOUSED.fullmatch(name.strip()):
        return arm_of(named["arm"])
    return _after_word(name, ("arm",)).strip()
