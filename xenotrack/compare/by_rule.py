"""Time to progression by several rules beside the declared one, each named, each with its clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from xenotrack.compare.definitions import Definition, estimand_of, with_rules
from xenotrack.errors import InputError
from xenotrack.glossary import TABLES
from xenotrack.model.progression import ProgressionFit, fit_mice
from xenotrack.response.progression import progression_mice
from xenotrack.study.progression_rules import DECLARED, USUAL_VALUE, ProgressionRules
from xenotrack.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

WORDS: dict[str, dict[str, object]] = {
    "confirm": {"confirm": True},
    "visit": {"interpolate": "none"},
    "linear": {"interpolate": "linear"},
    "log": {"interpolate": "log"},
    "censor": {"size_cull": "censor"},
}
NUMBERS = {"rise": "rise", "until": "follow_until", "from": ""}


@dataclass(frozen=True)
class TimedRule:
    """A rule of progression by its name, whose clock starts on ``from_day``.

    From the end of treatment on it is regrowth off treatment: the baseline is the last reading up
    to that day, of the mice that are still followed.
    """

    name: str
    rules: ProgressionRules
    from_day: float = 0.0

    @property
    def words(self) -> str:
        """The rule as a row of a table names it."""
        words = Definition(self.rules, estimand_of(self.rules)).words
        return f"{words}, from day {self.from_day:g}" if self.from_day else words


def named_rules(declared: ProgressionRules) -> list[TimedRule]:
    """The declared rule, then the further ones of ``[progression.rules]`` under their names."""
    further = declared.rules.items()
    return [
        TimedRule(DECLARED, msgspec.structs.replace(declared, rules={})),
        *(TimedRule(name, rule.beside(declared), rule.from_day) for name, rule in further),
    ]


def rule_of_words(typed: str, declared: ProgressionRules) -> TimedRule:
    """The rule in words such as ``fold 4 confirm``, ``late = percent 20`` or ``fold 2 from 28``.

    First a name, where it has one, then a rule, its number (its usual one without), and choices;
    what is not chosen is as ``declared``. Raises ``InputError`` where a word is not known.

    >>> rule_of_words("nadir 1.2 rise 50", ProgressionRules()).words
    '1.2 × nadir and 50 mm³ above it'
    >>> rule_of_words("off drug = percent 20 from 28", ProgressionRules()).name
    'off drug'
    """
    name, _, words = typed.rpartition("=")
    kind, *rest = words.split() or [""]
    if kind not in USUAL_VALUE:
        raise _unknown(words, f"it begins with one of {', '.join(USUAL_VALUE)}")
    chosen: dict[str, object] = {"rule": kind, "value": None, "rise": 0.0, "confirm": False}
    chosen["rules"] = {}
    from_day, left = 0.0, iter(rest)
    for place, word in enumerate(left):
        if word in WORDS:
            chosen |= WORDS[word]
        elif word in NUMBERS:
            number = _number(next(left, ""), words)
            from_day = number if word == "from" else from_day
            chosen |= {NUMBERS[word]: number} if word != "from" else {}
        elif place == 0:
            chosen["value"] = _number(word, words)
        else:
            known = ", ".join((*WORDS, *(f"{name} NUMBER" for name in NUMBERS)))
            raise _unknown(words, f"after the number come {known}")
    rules = msgspec.structs.replace(declared, **chosen)
    if rules.rule in ("fold", "nadir") and rules.threshold <= 1:
        raise _unknown(words, "a tumour has progressed at a fold above 1")
    return TimedRule(name.strip() or words.strip(), rules, from_day)


def by_named_rules(study: Study) -> pd.DataFrame:
    """The table ``progression_by_rule``; empty where no further rule is declared."""
    declared = study.design.rules.progression
    return by_rule(study, named_rules(declared) if declared.rules else [])


def by_rule(study: Study, rules: Sequence[TimedRule]) -> pd.DataFrame:
    """Every arm by every rule: events, median and restricted mean, in days since the clock began.

    ``n_mice`` are those that can be judged and, where the clock starts late, are followed beyond.
    """
    import pandas as pd

    rows = [row for rule in rules for row in _rows_of(study, rule)]
    return pd.DataFrame(rows, columns=list(TABLES["progression_by_rule"]))


def _rows_of(study: Study, rule: TimedRule) -> Iterator[dict[str, object]]:
    fit = fit_rule(study, rule)
    for name, curve, median, mean in zip(
        fit.design.arm_names, fit.curves, fit.medians, fit.restricted_means, strict=True
    ):
        events = int(curve.n_events.sum())
        yield {
            "rule_name": rule.name,
            "definition": rule.words,
            "from_day": rule.from_day,
            "arm": name,
            "n_mice": curve.n_mice,
            "n_events": events,
            "n_censored": curve.n_mice - events,
            "median_days": median.estimate,
            "conf_low": median.conf_low,
            "conf_high": median.conf_high,
            "rmst_days": mean.estimate,
            "rmst_std_error": mean.std_error,
            "rmst_until": fit.until,
        }


def fit_rule(study: Study, rule: TimedRule) -> ProgressionFit:
    """Time to progression by one rule, from its day on."""
    later = _from_day(study, rule.from_day) if rule.from_day else study
    mice = progression_mice(later, _on_clock(rule), composite=False)
    return fit_mice(mice, with_rules(study.design, _on_clock(rule)))


def _from_day(study: Study, day: float) -> Study:
    """The mice that are followed beyond a day, with days counted from it."""
    followed = study.mice.loc[study.mice["last_day"] > day, "mouse"]
    rows = study.measurements[study.measurements["mouse"].isin(followed)]
    return replace(study, measurements=rows.assign(day=rows["day"] - day))


def _on_clock(rule: TimedRule) -> ProgressionRules:
    """The rules with their days counted from the clock's first."""
    days = ("follow_until", "rmst_until")
    own = {name: getattr(rule.rules, name) for name in days}
    moved = {name: day - rule.from_day for name, day in own.items() if day is not None}
    return msgspec.structs.replace(rule.rules, **moved)


def _number(word: str, words: str) -> float:
    """A positive number among the words of a rule."""
    try:
        number = float(word)
    except ValueError:
        number = float("nan")
    if not 0 < number < float("inf"):
        raise _unknown(words, f"{word!r} stands where a number above 0 is asked for")
    return number


def _unknown(words: str, why: str) -> InputError:
    return InputError(
        f"{words!r} is no rule of progression: {why}.\nWrite for example 'fold 4 confirm', "
        "'percent 20', 'nadir 1.2 rise 50', 'absolute 1000 visit' or 'fold 2 from 28'."
    )
