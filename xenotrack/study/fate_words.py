"""What words mean that say why a mouse left: one of six fates, or an event to be asked about."""

from __future__ import annotations

import re
import unicodedata

_WORDS = {
    "end_of_study": (
        "end of study|end of experiment|end study|end experiment|study end|end|eos|completed|"
        "scheduled|scheduled sacrifice|terminal|study terminated|termination|terminated|alive|"
        "survived|endpoint of study|planned|sacrificed at end"
    ),
    "tumor_size": (
        "tumor size|tumor volume|tumor burden|tumor too large|tumor too big|large tumor|size|"
        "tumor|tumor endpoint|volume endpoint|size endpoint|max tumor size|maximum tumor size|"
        "tumor size limit|tumor limit|tumor load|progression|tumor progression"
    ),
    "toxicity": (
        "toxicity|toxic|tox|body weight loss|bodyweight loss|weight loss|bw loss|drug toxicity|"
        "treatment related|treatment related death|adverse event"
    ),
    "unrelated": (
        "unrelated|unrelated death|not related|fight|fighting|fight wounds|infection|dermatitis|"
        "hydrocephalus|malocclusion|bladder stones|urosepsis|flooded cage|other disease"
    ),
    "technical": (
        "technical|technical error|technical failure|procedure|procedural|gavage|gavage error|"
        "gavage accident|dosing error|died after injection|injection|anesthesia|anaesthesia|"
        "died under anesthesia|excluded|mistake|accident|escaped"
    ),
    "unknown": (
        "unknown|found dead|dead in cage|dead|died|death|sacrificed|culled|euthanized|euthanised|"
        "humane endpoint|moribund|sick|missing|lost|other"
    ),
}
FATE_WORDS = {word: fate for fate, words in _WORDS.items() for word in words.split("|")}
FATE_WORDS |= {fate.replace("_", " "): fate for fate in _WORDS}


# Words by which a mouse left for the size of its tumour, or for what it was given: whether it
# progressed rests on them.
_SIZE = re.compile(
    r"\b(?:tumou?rs?|tv|vol(?:ume)?|mm ?[3³]|cm ?[3³]|mm|cm|size|burden|load|diameter|end ?point|"
    r"progress\w*|ulcer\w*|limit|cut ?off|too (?:big|large)|max(?:imum|imal)?|big|large)\b|[>≥³]",
    re.IGNORECASE,
)
_TOXICITY = re.compile(
    r"\b(?:weight|bw|bwl|tox\w*|adverse|ae|drug|treatment|lethar\w*|cachexi\w*|diarrh\w*|loss)\b",
    re.IGNORECASE,
)


# Words for leaving alone, which say nothing of why, in the languages of the trade.
_LEFT = (
    r"found dead|dead|died|deaths?|deceased|demise|dod|doa|fd|euth\w*|eutanasi\w*|sac|sacs|sacd|"
    r"sacked|sacced|sacrific\w*|sacrifi|culls?|culled|kill|killed|humane(?: end ?points?)?|hep|"
    r"moribund|put down|removed|terminated|tot|verstorben|gestorben|getotet|"
    r"eingeschlafert|mort|morte|morto|morta|muert[oa]|fallecid[oa]|obito|dood|padl[ay]|zgon|"
    r"умер\w*|погиб\w*|пал[аи]?|мертв\w*|эвтаназ\w*|死亡|死|安乐死|安樂死|安楽死|处死|處死|사망|안락사|†"
)
_LEAVES = re.compile(rf"(?<!not )(?<!no )(?<![^\W\d_])(?:{_LEFT})(?![^\W\d_])")
_ENDS = re.compile(r"\b(?:end of (?:study|experiment)|study end|eos)\b")
# What stands between the leaving and its reason: on day 12 due to.
_BETWEEN = re.compile(
    r"\b(?:d|day) ?\d+|\b(?:was|were|mouse|animal|found|on|in|at|day|d|due|to|for|because|of|the|"
    r"by|from|as|with|reason|cage|over ?night|today|early|study)\b|[^\w†]+|\d+|_"
)


def says_leaving(text: str) -> bool:
    """Whether words say that a mouse left alive or dead, whatever else they say.

    >>> [says_leaving(text) for text in ("found dead", "Euthanised, 2 g lost", "sac'd", "missing")]
    [True, True, True, False]
    """
    bare = plain_words(text)
    return _LEAVES.search(bare) is not None or _ENDS.search(bare) is not None


def begins_leaving(text: str) -> bool:
    """Whether the first of some words says that a mouse left.

    >>> begins_leaving("sac (size)"), begins_leaving("e3 sac")
    (True, False)
    """
    return _LEAVES.match(plain_words(text)) is not None


def plain_words(text: str) -> str:
    """Small letters without accents and apostrophes, tumours as in America.

    >>> plain_words("Sac'd: TUMOUR"), plain_words("nicht tastbar, zu klein")
    ('sacd: tumor', 'nicht tastbar, zu klein')
    """
    apart = unicodedata.normalize("NFKD", text.casefold().replace("'", "").replace("’", ""))
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", bare).replace("tumour", "tumor").replace("ł", "l")


def fate_of(text: str) -> str | None:
    """The fate that a sheet's words mean, nothing where they mean none that is known.

    >>> fate_of("Bodyweight Loss"), fate_of("End Of Experiment"), fate_of("mauve")
    ('toxicity', 'end_of_study', None)
    >>> [fate_of(text) for text in ("Euthanized (tumour burden)", "sac d14", "dead, gavage error")]
    ['tumor_size', 'unknown', 'technical']
    >>> fate_of("sac EOS"), fate_of("sac > 2000")
    ('end_of_study', None)
    """
    bare = plain_words(text)
    words = re.sub(r"[^a-z]+", " ", bare).strip()
    if words in FATE_WORDS:
        return FATE_WORDS[words]
    if not _LEAVES.search(bare):
        return None
    reason = " ".join(_BETWEEN.sub(" ", _LEAVES.sub(" ", bare)).split())
    if not reason:
        return None if re.search("[>≥]", text) else "unknown"
    return FATE_WORDS.get(reason)


def event_guessed(word: str) -> str | None:
    """The event that a word may mean."""
    if _TOXICITY.search(word):
        return "toxicity"
    return "tumor_size" if _SIZE.search(word) else None
