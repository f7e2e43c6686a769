"""Sentences on a page: names of places in it, and links that a reader may follow."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from xenotrack.present.story import Sentence

DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(10\.\d{4,9}/[^\s<>\"']*[^\s<>\"'.,;)])")

NOT_PLAIN = re.compile(r"[&<>'\"]")
BREAKS = re.compile(r"(?<=[+_])(?=.)")

# A line must not end between a number and its %, nor within "p < 0.05".
APART = re.compile(r"(?<=\d) (?=%)|(?<=\bp) (?=[<=])|(?<=\bp [<=]) (?=\d)")


def anchor(name: str) -> str:
    """A name as a place in the page.

    >>> anchor("How long?"), anchor("growth_by_arm")
    ('how-long', 'growth-by-arm')
    """
    return "-".join(re.findall(r"[a-z0-9]+", name.lower())) or "part"


def prose(text: str) -> Markup:
    """Text with its DOIs as links, and its numbers kept beside their signs.

    >>> prose("Gao <2015>, doi:10.1038/nm.3954.")
    Markup('Gao &lt;2015&gt;, <a href="https://doi.org/10.1038/nm.3954">doi:10.1038/nm.3954</a>.')
    """
    text = APART.sub("\u00a0", text)
    parts, end = [], 0
    for match in DOI.finditer(text):
        link = Markup('<a href="https://doi.org/{0}">doi:{0}</a>').format(match[1])
        parts += [escape(text[end : match.start()]), link]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


# Where a line would end at the dash.
DAYS = re.compile(r"days? [\d.]+–[\d.]+")


def in_few_lines(text: str) -> Markup:
    """The numbers of a tile, whose lines are short: the days of a range stay together.

    >>> in_few_lines("p = 1, days 0–28")
    Markup('p\xa0=\xa01, <span class="together">days 0–28</span>')
    """
    return Markup(DAYS.sub(r'<span class="together">\g<0></span>', str(prose(text))))


def stated(sentence: Sentence) -> Markup:
    """A sentence whose subject is set apart, and whose numbers stand back behind its words.

    >>> stated(Sentence("it grew slower", "A", "95 days"))
    Markup('<strong>A:</strong> it grew slower <span class="numbers">(95 days)</span>.')
    """
    about = Markup("<strong>{}:</strong> ").format(prose(sentence.about)) if sentence.about else ""
    numbers = ""
    if sentence.evidence:
        places = Markup(' data-claims="{}"').format(" ".join(map(str, sentence.claims)))
        numbers = Markup(' <span class="numbers"{}>({})</span>').format(
            places if sentence.claims else "", prose(sentence.evidence)
        )
    return Markup("{}{}{}.").format(about, prose(sentence.text), numbers)


def breakable(text: str) -> Markup:
    """A name that may be broken after each + and _.

    >>> breakable("A+<B>")
    Markup('A+<wbr>&lt;B&gt;')
    """
    return Markup(broken(text))


def broken(text: str) -> str:
    """The same as a plain text, of which a table has tens of thousands."""
    safe = escaped(text)
    return BREAKS.sub("<wbr>", safe) if "+" in safe or "_" in safe else safe


def escaped(text: str) -> str:
    """A text as html has it, as a plain text."""
    return str(escape(text)) if NOT_PLAIN.search(text) else text
