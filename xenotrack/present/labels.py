"""The short name of each arm: what is declared, else the initials of its drugs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from xenotrack.present.theme import wrap_name
from xenotrack.present.words import drawable
from xenotrack.study.design import Arm, Design
from xenotrack.study.order import natural_key

SHORT = 8  # characters of a name that needs no shorter one
LONGEST_INITIAL = 4  # letters
MOST_WORDS = 12  # characters of the words by which the doses of a drug differ
LONGEST = 16  # characters of a name that had to stay, as far as it is then still unlike the others


def short_names(design: Design) -> dict[str, str]:
    """Each arm's short name: its ``label``, else its drugs' shortest unique initials (A+R+F).

    A name of a few letters stays as it is, and so does one whose initials another arm has as well.
    """
    initials = _initials({drug for arm in design.arms for drug in arm.drugs})
    short = {arm.name: _short(arm, design, initials) for arm in design.arms}
    counts = Counter(short.values())
    own = {
        arm.name: short[arm.name]
        if arm.label or counts[short[arm.name]] == 1
        else drawable(arm.name)
        for arm in design.arms
    }
    cut = Counter(_cut(name) for name in own.values())
    return {arm: _cut(name) if cut[_cut(name)] == 1 else name for arm, name in own.items()}


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1].rstrip() + "…"


MOST_EXPLAINED = 8  # initials that a reader looks up; more where their key has two lines
TWO_LINES = 260  # characters below a figure


def arm_labels(design: Design, width: int, before: int = 0) -> dict[str, str]:
    """What a figure calls each arm, on lines of at most ``width`` characters.

    A name that fits on two lines is not called by the number of a drug, which says nothing.
    """
    called = called_on_a_line(design, width, before)
    numbered = _numbered(design)
    for arm in design.arms:
        on_lines = wrap_name(arm.name, width - before)
        if not arm.label and arm.drugs & numbered and on_lines.count("\n") < 2:
            called[arm.name] = drawable(arm.name)
    return {arm: wrap_name(name, width) for arm, name in called.items()}


def _numbered(design: Design) -> frozenset[str]:
    """The drugs whose initials are a letter and a number."""
    plain = _plain({drug for arm in design.arms for drug in arm.drugs})
    late = {drug for drug in plain if _differs_late(drug, plain)}
    return frozenset(late - _by_words(plain, late).keys())


def called_on_a_line(design: Design, width: int, before: int = 0) -> dict[str, str]:
    """What each arm is called where a line has at most ``width`` characters.

    Its declared label; else the name in full where those of all arms of as many drugs fit, else the
    short name: a reader does not meet "R 100" beside "ribociclib 50 mg/kg". Where too many
    initials would have to be explained, the name, on several lines. ``before``: characters that
    stand before each.
    """
    short = short_names(design)
    long = {arm for arm in design.arm_names if len(drawable(arm)) + before > width}
    shorter = {arm for arm in long if len(short[arm]) < len(drawable(arm))}
    counts = {len(design.drugs_of(arm)) for arm in shorter if design.drugs_of(arm)}
    alike = {arm.name for arm in design.arms if len(arm.drugs) in counts}
    shorter |= {arm for arm in alike if len(short[arm]) < len(drawable(arm))}
    if not _looked_up(_explained(design, shorter)):
        shorter = set()
    shorter |= {arm.name for arm in design.arms if arm.label}
    return {arm: short[arm] if arm in shorter else drawable(arm) for arm in design.arm_names}


def _looked_up(key: Mapping[str, str]) -> bool:
    """Whether a reader would look up what these initials stand for.

    >>> _looked_up({f"D{i}": f"drug {i}" for i in range(12)})
    True
    >>> _looked_up({f"D{i}": f"drug {i}, 25 mg/kg once a day" for i in range(12)})
    False
    """
    letters = sum(len(f"{one} = {drug}, ") for one, drug in key.items())
    return len(key) <= MOST_EXPLAINED or letters <= TWO_LINES


def drug_labels(design: Design, width: int) -> dict[str, str]:
    """What a figure calls each drug: its initials where its name is longer than ``width``."""
    initials = _initials({drug for arm in design.arms for drug in arm.drugs})
    long = {drug for drug in initials if len(drawable(drug)) > width}
    if not _looked_up({initials[drug]: drawable(drug) for drug in long}):
        long = set()
    return {drug: one if drug in long else drawable(drug) for drug, one in initials.items()}


def about_names(
    design: Design, labels: Mapping[str, str], drugs: Mapping[str, str] | None = None
) -> str:
    """What the initials in labels of arms and drugs stand for; "" where all are names in full."""
    short = {arm for arm, label in labels.items() if _without_blanks(label) != _without_blanks(arm)}
    explained = _explained(design, short) | {
        label: drawable(drug) for drug, label in (drugs or {}).items() if label != drawable(drug)
    }
    key = ", ".join(
        f"{one} = {drug}".replace(" ", "\N{NO-BREAK SPACE}")
        for one, drug in sorted(explained.items(), key=lambda pair: natural_key(pair[0]))
    )
    return f"{key}." if key else ""


def shortest(*called: Mapping[str, str]) -> dict[str, str]:
    """The shortest of what a figure calls each arm in several places."""
    return {arm: min((names[arm] for names in called), key=len) for arm in called[0]}


def _without_blanks(text: str) -> str:
    return "".join(drawable(text).split())


def _explained(design: Design, arms: set[str]) -> dict[str, str]:
    """The initials of the drugs of some arms that are called by them, and what they stand for."""
    initials = _initials({drug for arm in design.arms for drug in arm.drugs})
    short = short_names(design)
    spelled = {
        drug
        for arm in design.arms
        if arm.name in arms and short[arm.name] == _by_initials(arm, design, initials)
        for drug in arm.drugs
    }
    return {initials[drug]: drawable(drug) for drug in sorted(spelled)}


def _by_initials(arm: Arm, design: Design, initials: Mapping[str, str]) -> str:
    return "+".join(initials[drug] for drug in _in_order(arm, design))


def _short(arm: Arm, design: Design, initials: Mapping[str, str]) -> str:
    if arm.label:
        return drawable(arm.label)
    name = drawable(arm.name)
    if len(name) <= SHORT:
        return name
    if not arm.drugs:
        return name.split(" ")[0]
    return _by_initials(arm, design, initials)


def _in_order(arm: Arm, design: Design) -> list[str]:
    """The drugs of an arm as it is declared, else as its name has them."""
    declared = design.rules.arms.get(arm.name)
    if declared is not None:
        return list(dict.fromkeys(declared.drugs))
    return sorted(arm.drugs, key=lambda drug: (drug not in arm.name, arm.name.find(drug), drug))


def _initials(drugs: Iterable[str]) -> dict[str, str]:
    """The fewest first letters by which each drug differs from the others.

    Drugs that differ late, as doses do, have their first letters and the words that differ; where
    these are many, a number.

    >>> sorted(_initials({"alpelisib", "abemaciclib", "ribociclib"}).values())
    ['Ab', 'Al', 'R']
    >>> sorted(_initials({"drug 10 mg", "drug 30 mg", "vehicle"}).values())
    ['D 10', 'D 30', 'V']
    >>> sorted(_initials({"drug-10-mg-twice-a-day", "drug-30-mg-twice-a-day"}).values())
    ['D1', 'D2']
    """
    plain = _plain(drugs)
    initials = {drug: _prefix(drug, plain) for drug in plain}
    late = [drug for drug in plain if _differs_late(drug, plain)]
    for number, drug in enumerate(late, 1):
        initials[drug] = f"{plain[drug][:1]}{number}"
    initials |= _by_words(plain, late)
    return {drug: (each[:1].upper() + each[1:]).strip() for drug, each in initials.items()}


def _by_words(plain: Mapping[str, str], late: Iterable[str]) -> dict[str, str]:
    """Those of the drugs that differ late whose words that differ are few, by these words.

    >>> plain = _plain({"fulvestrant 5 mg", "fulvestrant 5 mg once weekly"})
    >>> list(_by_words(plain, plain).values())
    ['f', 'f once weekly']
    """
    families = defaultdict(list)
    for drug in late:
        families[plain[drug].split()[0]].append(drug)
    called: dict[str, str] = {}
    for first, family in families.items():
        others = [name for name in plain.values() if name.split()[0] != first]
        letters = _prefix_among(first, others)
        words = _what_differs([plain[drug].split() for drug in family])
        if max(map(len, words)) <= MOST_WORDS and len(letters) <= LONGEST_INITIAL:
            called |= dict(
                zip(family, [f"{letters} {each}".strip() for each in words], strict=True)
            )
    return called


def _what_differs(names: Sequence[Sequence[str]]) -> list[str]:
    """The words of each name without those that all begin and end with.

    >>> _what_differs([["drug", "10", "mg"], ["drug", "30", "mg"], ["drug", "mg"]])
    ['10', '30', '']
    """
    shortest = min(map(len, names))
    before = next((n for n in range(shortest) if len({name[n] for name in names}) > 1), shortest)
    most = shortest - before
    after = next((n for n in range(most) if len({name[-1 - n] for name in names}) > 1), most)
    return [" ".join(name[before : len(name) - after]) for name in names]


def _plain(drugs: Iterable[str]) -> dict[str, str]:
    return {drug: drawable(drug).strip().casefold() for drug in sorted(drugs)}


def _differs_late(drug: str, plain: Mapping[str, str]) -> bool:
    return len(_prefix(drug, plain)) > LONGEST_INITIAL


def _prefix(drug: str, plain: Mapping[str, str]) -> str:
    """The shortest beginning of a drug's name that no other has; all of it where others go on."""
    return _prefix_among(plain[drug], [name for other, name in plain.items() if other != drug])


def _prefix_among(name: str, others: Sequence[str]) -> str:
    starts = (name[:end] for end in range(1, len(name)))
    unique = (one for one in starts if not any(other.startswith(one) for other in others))
    return next(unique, name)
