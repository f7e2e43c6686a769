from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from xenotrack.compare.by_rule import TimedRule, by_named_rules, by_rule, named_rules, rule_of_words
from xenotrack.errors import InputError
from xenotrack.study.design import Design
from xenotrack.study.progression_rules import FurtherRule, ProgressionRules
from xenotrack.study.rules import Rules
from xenotrack.study.study import Study

DECLARED = ProgressionRules()


@pytest.fixture(scope="module")
def study():
    """Vehicle doubles by day 10; A shrinks to day 28 and comes back, but for one that is cured."""
    days = np.arange(0, 64, 7.0)
    back = np.exp(np.where(days <= 28, -0.04 * days, -1.12 + 0.05 * (days - 28)))
    courses = {"v": [np.exp(0.07 * days)] * 3, "a": [back, back, np.exp(-0.04 * days)]}
    rows = [
        (f"{arm}{n}", {"v": "vehicle", "a": "A"}[arm], day, 200 * volume)
        for arm, own in courses.items()
        for n, course in enumerate(own)
        for day, volume in zip(days, course, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["mouse", "arm", "day", "volume_mm3"])
    return Study.of_frame(frame, Design.of_names("regrowth", ["vehicle", "A"]))


def rows_of(study, *words):
    table = by_rule(study, [rule_of_words(each, DECLARED) for each in words])
    return table.drop(columns="rule_name").set_index(["definition", "arm"])


def test_a_percent_is_a_fold_in_other_words(study):
    table = rows_of(study, "percent 100 visit", "fold 2 visit")
    one, other = (table.loc[name] for name in table.index.unique(0))
    pd.testing.assert_frame_equal(one, other)
    assert one.loc["vehicle", "median_days"] == 14


def test_the_clock_off_treatment_starts_at_its_last_reading(study):
    table = rows_of(study, "fold 2", "fold 2 from 28")
    assert table.loc[("2 × baseline", "A"), "n_events"] == 0
    own = table.loc[("2 × baseline, from day 28", "A")]
    assert (own["n_events"], own["n_mice"], own["from_day"]) == (2, 3, 28)
    # ln 2 / .05 days, interpolated between two visits a week apart.
    assert own["median_days"] == pytest.approx(np.log(2) / 0.05, abs=0.5)


def test_a_rule_is_as_declared_where_nothing_is_chosen():
    declared = ProgressionRules(interpolate="log", size_cull="censor", confirm=True)
    rule = rule_of_words("fold", declared)
    assert rule.words == "2 × baseline, interpolated on the log scale, size limit censored"
    assert rule_of_words("nadir 1.2 rise 50 confirm", DECLARED) == TimedRule(
        "nadir 1.2 rise 50 confirm",
        ProgressionRules(rule="nadir", value=1.2, rise=50, confirm=True),
    )


def test_what_a_further_rule_does_not_say_is_as_declared():
    declared = ProgressionRules(
        rule="nadir",
        value=1.5,
        rise=50,
        confirm=True,
        size_cull="censor",
        rules={
            "unconfirmed": FurtherRule(),
            "larger": FurtherRule(value=3, interpolate="log"),
            "off drug": FurtherRule(rule="fold", confirm=True, from_day=28),
        },
    )
    assert [(rule.name, rule.words) for rule in named_rules(declared)] == [
        ("declared", "1.5 × nadir and 50 mm³ above it, confirmed, size limit censored"),
        ("unconfirmed", "1.5 × nadir, size limit censored"),
        ("larger", "3 × nadir, interpolated on the log scale, size limit censored"),
        ("off drug", "2 × baseline, confirmed, size limit censored, from day 28"),
    ]


def test_a_rule_is_the_same_in_the_toml_and_in_words(study):
    rules = ProgressionRules(rules={"off drug": FurtherRule(value=2, from_day=28)})
    design = replace(study.design, rules=Rules(progression=rules))
    table = by_named_rules(replace(study, design=design))
    typed = by_rule(
        study, [*named_rules(DECLARED), rule_of_words("off drug=fold 2 from 28", DECLARED)]
    )
    pd.testing.assert_frame_equal(table, typed)
    assert list(table["rule_name"]) == ["declared"] * 2 + ["off drug"] * 2
    assert by_named_rules(study).empty


def test_a_clock_that_starts_after_the_last_reading_has_no_mouse(study):
    table = by_rule(study, [TimedRule("late", DECLARED, 99)])
    assert list(table["n_mice"]) == [0, 0]
    assert table["median_days"].isna().all()


@pytest.mark.parametrize(
    "words", ["", "twice", "fold 1", "fold -2", "fold 2 from", "fold 2 soon", "percent inf"]
)
def test_what_is_no_rule_is_told_with_rules_that_are(words):
    with pytest.raises(InputError, match="is no rule of progression"):
        rule_of_words(words, DECLARED)
