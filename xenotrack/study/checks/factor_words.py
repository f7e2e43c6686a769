"""What the header and the words of a column say that it sorts mice by."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from xenotrack.study.columns import header_words

Kind = Literal["dose", "group", "model", "block", "other"]

_TREATED = frozenset(
    (
        *("dose", "doses", "dosage", "dose level", "treatment", "treatments", "regimen", "drug"),
        *("treatment arm", "drugs", "compound", "therapy", "schedule", "dosing schedule"),
        *("dosing", "route", "combination"),
    )
)
_GROUPED = frozenset(
    (
        *("group", "group id", "group no", "group number", "group name", "treatment group"),
        *("treatment group id", "dose group"),
    )
)
# What grows in the mouse, or what the mouse is that it grows in.
_MODEL = re.compile(
    r"\b(?:models?|(?:cell )?lines?|cells?|pdx|cdx|gemm|xenografts?|allografts?|genotypes?|clones?|"
    r"(?:tumor|cancer|disease|tissue|xenograft)(?: type| kind| entity| subtype)?|subtype|entity|"
    r"histolog(?:y|ical type)|histotype|indication|diagnosis|patients?|donors?|"
    r"mutation(?:al)?(?: status)?|mutant|status|passage line|implanted|inoculum)\b"
)
_NO_MODEL = re.compile(
    r"\b(?:site|location|flank|side|no|number|nr|date|day|time|volume|size|weight|length|width|"
    r"injected|per mouse|dose|health|animal status|mouse status|vital|survival|live|alive)\b"
)
_ALLELES = re.compile(
    r"wt|wild[ -]?type|mut(?:ant|ated)?|ko|knock[ -]?(?:out|down|in)|null|het(?:erozygous)?|"
    r"hom(?:ozygous)?|parental|resistant|sensitive|[+-]/[+-]|(?:.* )?(?:wt|mut(?:ant)?|ko)"
)
# What comes with a mouse, or when and where it was treated.
_BLOCK = re.compile(
    r"\b(?:sex|gender|strains?|cohorts?|experiments?|expt?|batch(?:es)?|series|litters?|dam|sire|"
    r"vendor|supplier|source|breeder|colony|shipment|delivery|arrival|room|rack|housing|diet|feed|"
    r"sites?|cent(?:er|re)s?|facility|lab|laboratory|surgeon|injector|injected by|implanted by|"
    r"operators?|technician|implant(?:ation)?|inoculation|injection|passages?|generation|"
    r"(?:study |design |treatment )?(?:phase|stage|wave|round)|run|contributor|background|"
    r"replicate study|biological replicate|rep(?:licate)? no|block|set)\b"
)
# What is found out later, or tells mice and readings apart: it sorts nobody.
_NO_FACTOR = re.compile(
    r"\b(?:dead|death|died|alive|sacri\w*|cull\w*|euth\w*|status|events?|censor\w*|respon\w*|"
    r"remission|outcome|cr|pr|progress\w*|relapse\w*|remarks?|comments?|notes?|exclu\w*|flag\w*|"
    r"ulcer\w*|necro\w*|metast\w*|scores?|grade|condition|health|weights?|bw|wt|volumes?|vol|tv|"
    r"length|width|height|area|size|days?|dates?|dob|birth|times?|weeks?|age|ear|tags?|marks?|"
    r"colou?r|tail|toe|punch|position|path|file|rfid|chip|ids?|numbers?|no|nr|names?|mouse|animal|"
    r"replicates?|reps?|reading|measure\w*|below limit|units?|method|formula|visit)\b"
)


def kind_of(name: str, values: Iterable[str]) -> Kind | None:
    """What a column of these values sorts mice by, nothing where it sorts none.

    >>> kind_of("Tumour type", ["BRCA", "PDAC"]), kind_of("Sex", ["f", "m"]), kind_of("Farm", "AB")
    ('model', 'block', 'other')
    >>> kind_of("PIK3CA", ["mut", "WT"]), kind_of("Dose (mg/kg)", "12"), kind_of("Remarks", "ab")
    ('model', 'dose', None)
    """
    words = header_words(name)[0]
    if words in _TREATED:
        return "dose"
    if words in _GROUPED:
        return "group"
    if _alleles(values) or (_MODEL.search(words) and not _NO_MODEL.search(words)):
        return "model" if words != "status" or _alleles(values) else None
    if _BLOCK.search(words) and not re.search(r"\b(?:date|day|time|volume|weight)\b", words):
        return "block"
    return None if not words or _NO_FACTOR.search(words) else "other"


def _alleles(values: Iterable[str]) -> bool:
    folded = {value.strip().casefold() for value in values}
    return len(folded) > 1 and all(map(_ALLELES.fullmatch, folded))
