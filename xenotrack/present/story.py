"""What a study's results say, in the order in which people ask: the text behind every report."""

from __future__ import annotations

import msgspec


class Caption(msgspec.Struct, frozen=True):
    """The words beside a figure: its title, how to read it, and what it shows to who cannot see."""

    figure: str
    title: str
    note: str
    alt: str


class Sentence(msgspec.Struct, frozen=True):
    """One sentence: what it is about, what it says, and the numbers behind it.

    ``claims`` are the places, in the results' list of claims, of those that it states.
    """

    text: str
    about: str = ""
    evidence: str = ""
    claims: tuple[int, ...] = ()

    @property
    def whole(self) -> str:
        """As plain text.

        >>> Sentence("it grew slower", "A", "p = 0.01").whole
        'A: it grew slower (p = 0.01).'
        """
        about = f"{self.about}: " if self.about else ""
        evidence = f" ({self.evidence})" if self.evidence else ""
        return f"{about}{self.text}{evidence}."


class Answer(msgspec.Struct, frozen=True):
    """One question with all that answers it; ``figures`` and ``tables`` are names of files."""

    id: str
    question: str
    sentences: tuple[Sentence, ...]
    figures: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Tile(msgspec.Struct, frozen=True):
    """One answer at a glance: what it is about, what it says in a few words, and the numbers.

    ``mark`` is good, bad or open; ``question`` is the answer with the evidence.
    """

    about: str
    says: str
    numbers: str
    mark: str
    question: str
    caveats: tuple[str, ...] = ()
    claims: tuple[int, ...] = ()


class ArmRow(msgspec.Struct, frozen=True, kw_only=True):
    """One arm at a glance; rates are per day, None where there is none, and texts "" alike.

    ``regrew`` counts mice that came back from their smallest volume, where none progressed.
    ``course`` is its curve in the figure of growth: (day, geometric mean volume in mm³).
    """

    arm: str
    short: str
    mice: int
    rate: float | None
    rate_low: float | None
    rate_high: float | None
    doubling: str
    p_value: str
    progressed: int
    regrew: int = 0
    judged: int
    median: str
    responders: str
    weight: str
    verdict: str
    shape: str
    course: tuple[tuple[float, float], ...] = ()


class Guideline(msgspec.Struct, frozen=True):
    """One item of the ARRIVE 2.0 essential ten; ``text`` is empty where nobody supplied it."""

    number: str
    item: str
    asks: str
    text: str


class Story(msgspec.Struct, frozen=True):
    """The whole report as text and names: nothing in it has to be computed again.

    ``names`` says what the initials in short names stand for, ``best`` which arm grew slowest,
    ``caveat`` what must be borne in mind with what is seen first, and ``arms_note`` what the
    words of ``arms`` mean.
    """

    title: str
    headline: tuple[Sentence, ...]
    tiles: tuple[Tile, ...]
    arms: tuple[ArmRow, ...]
    names: str
    key_figure: str
    answers: tuple[Answer, ...]
    quality: tuple[str, ...]
    exclusions: tuple[str, ...]
    methods: tuple[str, ...]
    references: tuple[str, ...]
    arrive: tuple[Guideline, ...]
    captions: tuple[Caption, ...]
    best: Sentence | None = None
    caveat: Sentence | None = None
    arms_note: str = ""
