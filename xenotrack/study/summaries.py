"""Names of what a sheet computes from its mice: rows and columns that are no mouse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from xenotrack.arrays import Floats

_STATISTIC = (
    r"mean|average|avg|median|geo(?:metric)? ?-?mean|geomean|mittelwert|mittel|moyenne|media|"
    r"promedio|s ?e ?m|st(?:an)?d(?:ard)? ?dev(?:iation)?|std ?dev|st ?dev|"
    r"st(?:an)?d(?:ard)? ?err(?:or)?|cv|coefficient of variation|variance|tgi|t ?/ ?c|p-? ?value|"
    r"stabw|standardabweichung|[ée]cart[ -]type|erreur[ -]type|desviaci[óo]n est[áa]ndar|"
    r"(?:student )?t-? ?test|anova|mann[- ]whitney|wilcoxon|log-? ?rank|"
    r"durchschnitt|standardfehler|m[ée]dia(?:na|ne)?|error est[áa]ndar|desvio padr[ãa]o|"
    r"erro padr[ãa]o|deviazione standard|errore standard|gemiddelde|standaarddeviatie|średnia|"
    r"odchylenie standardowe|"
    r"среднее(?: значение)?|стандартное отклонение|ortalama|standart sapma|"
    r"平均(?:值|数|値)?|均值|中位数|中央値|标准差|標準差|标准误差?|標準誤差|標準偏差|"
    r"평균|표준 ?편차|표준 ?오차|중앙값|"
    r"\d\d ?% ?ci|ci \d\d ?%?|conf(?:idence)? ?int(?:erval)?|quartile|iqr"
)
# Mean of what: `Vehicle mean`, `Mean TV`, `Mean ± SEM`, `TGI (%)`, `Mean (n=4)`.
_OF = (
    r"tv|rtv|bw|vol(?:ume)?s?|tumou?r ?(?:vol(?:ume)?|size)?s?|weight|body ?weight|of .+|"
    rf"[±+/,&-]+ ?(?:{_STATISTIC}|sd|se|s d|s e|std)|%|p|vs\.? .+|\(.*\)|\[.*\]"
)
_PLAIN = re.compile(
    rf"(?:.* )?%? ?(?:{_STATISTIC})(?: ?(?:{_OF}))*|n ?= ?\d+|(?:mean|average|avg|median) [^\d]+"
)
_DIGIT = re.compile(r"\d")
# What a mouse may be called as well.
_DOUBTFUL = frozenset(
    (
        *("n", "sd", "se", "std", "s d", "s e", "sum", "total", "count", "max", "min", "maximum"),
        *("minimum", "range", "var", "ci", "summe", "anzahl", "somme"),
    )
)


def is_statistic(name: str) -> bool:
    """Whether a name is that of a statistic, and of no mouse or arm.

    >>> [is_statistic(name) for name in ("Mean", "S.E.M.", "Vehicle mean", "TGI (%)", "n=4")]
    [True, True, True, True, True]
    >>> [is_statistic(name) for name in ("平均值", "Média", "średnia", "平均值±标准差")]
    [True, True, True, True]
    >>> [is_statistic(name) for name in ("N", "m12", "mean 3", "Meandrin", "101")]
    [False, False, False, False, False]
    """
    return _PLAIN.fullmatch(_words(name)) is not None


def may_be_statistic(name: str) -> bool:
    """Whether a name is one that statistics have and mice may have: N, SD, Max."""
    return _words(name).removeprefix("group ") in _DOUBTFUL


def of_an_arm(name: str) -> bool:
    """Whether a column may hold the mean, error or number of the mice to its left."""
    return is_statistic(name) or may_be_statistic(name)


def statistics_of_columns(heads: Sequence[str]) -> set[str]:
    """Which heads of columns are statistics, where the arm stands over each of its mice.

    N is one where it stands once for each arm, and arms have several columns each.

    >>> statistics_of_columns(["Vehicle", "Vehicle", "n", "Drug", "Drug", "n"])
    {'n'}
    """
    often = Counter(heads)
    arms = [name for name in often if not of_an_arm(name)]
    several = len(arms) > 1 and min(often[name] for name in arms) > 1
    beside = {n for n, times in often.items() if of_an_arm(n) and times == len(arms)}
    return statistics_among(heads) | (beside if several else set())


def statistics_among(names: Iterable[str]) -> set[str]:
    """Which of a sheet's names are statistics.

    A doubtful one is where a plain one stands beside, or where mice are numbered and it is not.
    """
    seen = [name for name in dict.fromkeys(names) if name]
    # Which digits stand in a name is all one, and mice are many: each pattern is looked at once.
    patterns = {name: _DIGIT.sub("0", name) for name in seen}
    kinds = {pattern: is_statistic(pattern) for pattern in set(patterns.values())}
    plain = {name for name in seen if kinds[patterns[name]]}
    doubtful = {name for name in seen if name == patterns[name] and may_be_statistic(name)}
    others = [name for name in seen if name not in plain and name not in doubtful]
    numbered = sum("0" in patterns[name] for name in others)
    if plain or numbered > 0.8 * len(others):
        return plain | doubtful
    return plain


def summaries_in(groups: Sequence[Floats]) -> str:
    """What the columns of each group seem to be, where they are statistics of it; else nothing.

    ``groups`` have a row a visit and a column a mouse, or mean, error and number.

    >>> three = np.array([[150, 10, 8], [220, 15, 8], [340, 22, 7]], dtype=float)
    >>> summaries_in([three, three]), summaries_in([three[:, :2]] * 2), summaries_in([three * 1.01])
    ('means, errors and numbers of mice', 'means and errors', '')
    >>> limits = np.array([[150, 170, 130], [220, 250, 190], [340, 390, 290]], dtype=float)
    >>> summaries_in([limits, limits])
    'means and limits'
    """
    whole = [group[np.isfinite(group).all(axis=1)] for group in groups]
    widths = {group.shape[1] for group in groups}
    if len(groups) < 2 or len(widths) != 1 or any(len(group) < 3 for group in whole):
        return ""
    rows = np.vstack(whole)
    width = widths.pop()
    if width == 3 and all(map(_counts, whole)) and (rows[:, 1] < rows[:, 0]).all():
        return "means, errors and numbers of mice"
    if width == 3 and _limits(rows):
        return "means and limits"
    # Of two mice that begin alike one is not half of the other at every visit, in every arm.
    return "means and errors" if width == 2 and (2 * rows[:, 1] < rows[:, 0]).all() else ""


def _counts(group: Floats) -> bool:
    """Whether the last column counts mice: few, whole, and never more than at the visit before."""
    n = group[:, -1]
    return bool((n == np.round(n)).all() and (np.diff(n) <= 0).all() and 1 <= n[-1] <= n[0] <= 60)


def _limits(rows: Floats) -> bool:
    """Whether the second and third column lie as far above and below the first, at every visit."""
    up, down = rows[:, 1] - rows[:, 0], rows[:, 0] - rows[:, 2]
    return bool((up > 0).all() and np.allclose(up, down, rtol=0.02))


def _words(name: str) -> str:
    return re.sub(r"[\s._]+", " ", name).strip().casefold()
