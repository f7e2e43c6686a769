"""The role that a header's words name together, in the languages of the trade.

``Tumorlänge``, ``N° animal`` and ``肿瘤长径`` are made of parts, of which each language has a few;
a list of whole headers would never be complete.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from xenotrack.study.column_words import RANKS

# What each role's header is made of: the word for it, and what may stand beside it. In order:
# English; German; French; Spanish, Italian and Portuguese; Dutch, Swedish and Danish; Polish and
# Czech; Russian; Turkish; Chinese, Japanese and Korean.
_HEADS: dict[str, str] = {
    "mouse": "mouse|mice|animal|animals|subject|maus|mause|tier|tiere|souris|animal|animaux|raton|"
    "ratones|topo|topi|animale|camundongo|camundongos|animais|muis|muizen|dier|dieren|mus|djur|dyr|"
    "mysz|myszy|zwierze|zwierzecia|mys|mysi|zvire|мышь|мыши|мышеи|животное|животного|животные|fare|"
    "hayvan|denek|小鼠|鼠|动物|動物|マウス|个体|個体|마우스|동물|개체",
    "arm": "arm|group|groups|grp|treatment|gruppe|gruppen|behandlung|therapie|groupe|groupes|lot|"
    "lots|traitement|bras|grupo|grupos|brazo|tratamiento|gruppo|gruppi|braccio|trattamento|"
    "tratamento|groep|behandeling|grupp|grupa|grupy|leczenie|skupina|группа|группы|лечение|grup|"
    "grubu|gruplar|tedavi|组|組|组别|組別|分组|群|군|그룹",
    "day": "day|days|tag|tage|jour|jours|dia|dias|giorno|giorni|dag|dagen|dagar|dzien|dni|den|"
    "день|дни|днеи|сутки|gun|gunler|天|日|天数|天數|日数|日數|일|일차|일수|timepoint|zeitpunkt|zeit|temps|"
    "tiempo|tempo|tijdstip|tijd|tidpunkt|tid|czas|время|zaman|时间|時間|时间点|時間點|時点|시점",
    "date": "date|datum|fecha|data|dato|дата|tarih|tarihi|日期|日付|날짜|일자",
    "length": "length|lange|laenge|longueur|longitud|largo|lunghezza|comprimento|lengte|langd|"
    "laengde|lengde|dlugosc|delka|длина|uzunluk|uzunlugu|长|長|长度|長度|长径|長径|長徑|長さ|长轴|长边|"
    "길이|장경|장축",
    "width": "width|breite|largeur|anchura|ancho|larghezza|largura|breedte|bredd|bredde|szerokosc|"
    "sirka|ширина|genislik|genisligi|en|宽|寬|宽度|寬度|短径|短徑|短轴|短边|幅|너비|폭|단경|단축",
    "height": "height|hohe|hoehe|hauteur|altura|altezza|hoogte|hojd|hoyde|wysokosc|vyska|высота|"
    "yukseklik|高|高度|高さ|높이",
    "volume": "volume|vol|volumen|volym|volum|objetosc|objem|объем|hacim|hacmi|体积|體積|体積|부피|"
    "용적|체적",
    "body_weight": "weight|wt|gewicht|poids|peso|vikt|vaegt|vekt|masa|waga|hmotnost|vaha|вес|масса|"
    "agirlik|agirligi|体重|體重|体质量|체중|몸무게",
}
_NUMBER = (
    "no|nr|num|number|n|n°|nº|№|id|ids|code|name|nummer|kennung|numero|numer|c|cislo|номер|код|numara|"
    "numarasi|kod|编号|編號|号|號|番号|번호"
)
_OF = "of|the|de|du|des|d|del|di|da|do|della|la|le|les|el|der|die|das|van|的|の|in|per"
_TUMOR = (
    "tumor|tumors|tumoral|tumorale|tumeur|tumore|guz|guza|nador|nadoru|опухоли|опухолеи|опухоль|"
    "tumoru|肿瘤|腫瘤|瘤|腫瘍|종양"
)
_STUDY = (
    "study|experiment|experimental|treatment|treated|therapy|versuchs|studien|behandlungs|therapie|"
    "traitement|etude|experimentale|experimentaux|tratamiento|tratamento|estudio|estudo|experimento|"
    "trattamento|studio|sperimentale|behandling|behandel|leczenia|badania|doswiadczenia|опыта|"
    "эксперимента|лечения|tedavi|deney|给药|给藥|治疗|治療|处理|處理|实验|実験|試験|试验|投与|処置|시험|"
    "실험|투여|치료|처리"
)
_MEASURED = (
    "measurement|measurements|measured|measure|measuring|reading|visit|caliper|collection|"
    "observation|mess|messung|mesure|medicion|medida|medicao|misura|misurazione|meet|meting|mat|"
    "male|maling|pomiaru|mereni|"
    "измерения|olcum|测量|測定|計測|측정"
)
_BESIDE: dict[str, str] = {
    "mouse": _NUMBER,
    "arm": _STUDY,
    "day": f"{_STUDY}|{_MEASURED}|after|post|since|nach|apres|despues|dopo|apos|po|после|后|後",
    "date": f"{_TUMOR}|{_MEASURED}",
    "length": _TUMOR,
    "width": _TUMOR,
    "height": _TUMOR,
    "volume": _TUMOR,
    "body_weight": "body|mouse|animal|korper|koerper|maus|tier|corporel|corporal|corporeo|vivo|"
    "souris|animal|raton|topo|lichaams|kropps|krops|ciala|myszy|tela|тела|мыши|животного|vucut|小鼠|"
    "动物|動物|마우스|동물",
}


def _parts(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


_FRENCH = _parts("jour|jours|souris|longueur|largeur|hauteur|poids|traitement|n°|numero de|tumeur")


# Of these a bare word says too little: `en` is Spanish for `in`, and a weight may be an organ's.
_NEVER_ALONE = frozenset(("en", "mus", "lot", "lots", "masa"))
# `Number of mice` counts them.
_SEVERAL = _parts(
    "mice|animals|animaux|ratones|topi|camundongos|animais|muizen|dieren|mause|tiere|животные"
)
_NUMBERS = _parts(_NUMBER) - {"id", "ids", "name", "code", "kod", "код"}
_UNSPACED = re.compile(r"[\u0400-\u04ff]|[a-z]")
_GLUED = (
    *("tumor", "behandlungs", "versuchs", "studien", "therapie", "tier", "maus"),
    *("mess", "meet", "mat", "male"),
)


_HEADS_OF = {role: _parts(words) for role, words in _HEADS.items()}
_PARTS_OF = {role: heads | _parts(_BESIDE[role]) | _parts(_OF) for role, heads in _HEADS_OF.items()}
_UNWRITTEN = sorted(
    {
        part
        for parts in _PARTS_OF.values()
        for part in parts
        if not _UNSPACED.search(part) and part[0] > "\u2fff"
    },
    key=len,
    reverse=True,
)


@lru_cache(maxsize=1 << 14)
def roles_named(words: str) -> tuple[str, ...]:
    """The roles that a header's words (as ``header_words`` leaves them) name by their parts.

    >>> roles_named("tumorlänge"), roles_named("n° animal"), roles_named("肿瘤长径")
    (('length',), ('mouse',), ('length',))
    >>> roles_named("behandlungstag"), roles_named("treatment group"), roles_named("tümör hacmi")
    (('day',), ('arm',), ('volume',))
    >>> roles_named("messtag"), roles_named("jour de mesure"), roles_named("mätdag")
    (('day',), ('day',), ('day',))
    >>> roles_named("tumor weight"), roles_named("group mean"), roles_named("date of birth")
    ((), (), ())
    """
    parts = _cut(words)
    if not parts or len(parts) > 6 or (_SEVERAL & set(parts) and _NUMBERS & set(parts)):
        return ()
    return tuple(
        role
        for role, heads in _HEADS_OF.items()
        if set(parts) <= _PARTS_OF[role]
        and set(parts) & heads
        and not (len(parts) == 1 and parts[0] in _NEVER_ALONE)
    )


def _cut(words: str) -> list[str]:
    """The parts of a header: its words without accents, compounds and unspaced writing cut."""
    parts: list[str] = []
    for word in re.split(r"[\s,;'’.]+", _plain(words)):
        if word:
            parts.extend(_cut_word(word))
    return parts


def _cut_word(word: str) -> list[str]:
    if any(word in parts for parts in _PARTS_OF.values()):
        return [word]
    for first in _GLUED:
        rest = word.removeprefix(first)
        if rest not in ("", word) and any(rest in parts for parts in _PARTS_OF.values()):
            return [first, rest]
    if word[0] > "\u2fff":
        part = next((part for part in _UNWRITTEN if word.startswith(part)), None)
        if part is not None:
            rest = word.removeprefix(part)
            return [part, *(_cut_word(rest) if rest else ())]
    return [word]


def _plain(text: str) -> str:
    """Small letters without accents; those of Korean are put together again.

    >>> _plain("Größe"), _plain("Gün"), _plain("Długość")
    ('grosse', 'gun', 'dlugosc')
    """
    apart = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss").replace("№", "no "))
    # What is above kana belongs to them.
    bare = "".join(letter for letter in apart if not "\u0300" <= letter <= "\u036f")
    return unicodedata.normalize("NFC", bare.replace("ł", "l").replace("ı", "i").replace("ø", "o"))


def is_french(words: str) -> bool:
    """Whether a header is surely a French one.

    >>> is_french("longueur"), is_french("n° animal"), is_french("date")
    (True, True, False)
    """
    return bool(_FRENCH & set(_cut(words)))


def means(words: str, role: str) -> bool:
    """Whether a header's words are known for a role, whole or by their parts."""
    return words in RANKS[role] or (role in _HEADS_OF and role in roles_named(words))
