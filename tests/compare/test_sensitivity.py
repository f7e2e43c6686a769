"""Claims of days gained under other definitions of progression."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenotrack import Results, Study
from xenotrack.compare.comparisons import compare_arms
from xenotrack.compare.composite import safe_from_toxicity
from xenotrack.compare.days_gained import days_gained
from xenotrack.compare.definitions import definitions
from xenotrack.compare.sensitivity import doubt_no_definition, sensitivity
from xenotrack.model.progression import fit_progression
from xenotrack.study.design import Design
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.rules import CompareRules, Rules

DAYS = np.arange(0, 43, 3.5)
RATES = {"vehicle": 0.08, "A": 0.05, "B": 0.06, "A+B": 0.0}


def study_of(rates=RATES, fates=None, **rules) -> Study:
    """Eight mice an arm that grow by its rate, a little apart from one another."""
    rows = [
        (f"{arm}{mouse}", arm, day, 100 * np.exp(rate * (1 + 0.08 * mouse) * day), fate)
        for arm, rate in rates.items()
        for mouse in range(8)
        for fate in [(fates or {}).get(f"{arm}{mouse}")]
        for day in DAYS[: 4 if fate == "toxicity" else None]
    ]
    frame = pd.DataFrame(rows, columns=["mouse", "arm", "day", "volume_mm3", "fate"])
    return Study.of_frame(frame, Design.of_names("toy", tuple(rates), Rules(**rules)))


def test_the_list_is_fixed_and_the_declared_definition_comes_first() -> None:
    usual = definitions(ProgressionRules())
    assert len(usual) == 24
    assert [one.declared for one in usual] == [True] + [False] * 23
    assert sum(one.estimand == "progression" for one in usual) == 12
    assert len({one.words for one in usual}) == 24


def test_a_definition_that_is_not_in_the_list_is_one_more() -> None:
    threefold = definitions(ProgressionRules(value=3.0, interpolate="log"))
    assert len(threefold) == 25
    assert threefold[0].words == "3 × baseline, interpolated on the log scale"
    assert all(one in threefold for one in definitions(ProgressionRules())[1:])


def test_of_a_declared_volume_the_list_is_of_volumes() -> None:
    own = [one.words for one in definitions(ProgressionRules(rule="absolute", value=800.0))]
    assert own[0] == "800 mm³"
    assert "400 mm³, on the visit day" in own
    assert not any("baseline" in words for words in own)


def test_under_the_declared_definition_numbers_are_those_of_compare() -> None:
    study = study_of(fates={"A+B0": "toxicity"})
    own = sensitivity(study)
    own = own[own["declared"]].set_index("contrast")
    source = safe_from_toxicity(days_gained, fit_progression(study))
    rows = compare_arms(source, study.design, ("control", "parts")).to_frame().set_index("contrast")
    for name in ("estimate", "conf_low", "conf_high", "p_value", "p_adjusted", "until_day"):
        np.testing.assert_array_equal(own[name], rows.loc[own.index, name])


def test_without_a_primary_contrast_arms_and_combinations_are_looked_at() -> None:
    found = sensitivity(study_of())
    assert list(found["contrast"].unique()) == [
        *("A - vehicle", "B - vehicle", "A+B - vehicle", "A+B - best part"),
    ]
    assert (found.groupby("contrast").size() == 24).all()
    own = found[found["contrast"] == "A+B - vehicle"]
    assert own.loc[own["same_estimand"], "holds"].all()
    assert not own.loc[own["estimand"] == "regrowth", "holds"].any()  # no tumour ever shrank


def test_a_primary_contrast_comes_first_in_the_direction_of_its_family() -> None:
    found = sensitivity(study_of(compare=CompareRules(primary="A - A+B")))
    assert list(found["contrast"].unique()) == ["A+B - A", "A+B - best part"]


def test_a_primary_contrast_that_no_family_holds_is_looked_at() -> None:
    found = sensitivity(study_of(compare=CompareRules(primary="A - B")))
    assert found["contrast"].iloc[0] == "A - B"
    assert np.isfinite(found["estimate"].iloc[0])


def test_what_cannot_be_estimated_does_not_hold_and_is_counted() -> None:
    rates = {"vehicle": 0.08, "A": 0.0}
    own = sensitivity(study_of(rates, progression=ProgressionRules(rule="absolute", value=90.0)))
    # Every mouse begins above 90 mm³, and below 1.73 times its smallest volume.
    assert not own.loc[own["same_estimand"] & own["estimate"].isna(), "holds"].any()
    assert own["same_estimand"].sum() == 12


def test_toxicity_as_an_event_counts_its_mice() -> None:
    found = sensitivity(study_of(fates={f"A+B{mouse}": "toxicity" for mouse in range(4)}))
    own = found[found["contrast"] == "A+B - vehicle"].set_index("definition")
    assert own.at["2 × baseline or toxicity", "n_events"] == own.at["2 × baseline", "n_events"] + 4
    assert own.at["2 × baseline or toxicity", "estimate"] < own.at["2 × baseline", "estimate"]
    assert not own.at["2 × baseline or toxicity", "same_estimand"]


def test_only_who_asks_gets_the_table_and_its_sentences() -> None:
    from xenotrack.present.collect import collect_tables
    from xenotrack.present.tell.answers import answers
    from xenotrack.present.tell.facts import Facts

    def said(results: Results) -> str:
        told = answers(Facts(results, collect_tables(results)))
        return " ".join(one.whole for answer in told for one in answer.sentences)

    study = study_of()
    assert "definitions" not in said(Results(study))
    asked = said(Results(study, with_sensitivity=True))
    assert "A+B vs vehicle: days gained are shown in 12 of 12 definitions" in asked
    assert "; shown in 12 of 12 definitions" in asked


def study_on(days) -> Study:
    frame = study_of().tidy
    frame = frame[frame["day"].isin(days)]
    return Study.of_frame(frame, Design.of_names("toy", tuple(RATES), Rules()))


def test_a_study_of_two_visits_is_answered() -> None:
    assert len(sensitivity(study_on(DAYS[:2]))) == 4 * 24


def test_a_study_of_one_visit_is_answered_in_one_sentence() -> None:
    from xenotrack.present.tell.definitions import under_definitions
    from xenotrack.present.tell.facts import Facts

    study = study_on(DAYS[:1])
    table = sensitivity(study)
    assert table.empty
    (doubt,) = doubt_no_definition(table)
    results = Results(study, with_sensitivity=True)
    (sentence,) = under_definitions(Facts(results, {"sensitivity": table}))
    assert sentence.text == doubt.text.rstrip(".")


def test_the_interval_of_a_claim_agrees_with_its_adjusted_p() -> None:
    rows = sensitivity(study_of({"vehicle": 0.08, "A": 0.06, "B": 0.068, "A+B": 0.05}))
    rows = rows.dropna(subset=["p_adjusted"])
    apart = (rows["claim_low"] > 0) | (rows["claim_high"] < 0)
    assert apart.eq(rows["p_adjusted"] < 0.05).all()
    assert ((rows["conf_low"] > 0) != apart).any()


def test_without_a_control_nothing_is_claimed() -> None:
    assert sensitivity(study_of({"A": 0.05, "B": 0.06})).empty


def test_of_a_control_alone_nothing_is_claimed() -> None:
    assert sensitivity(study_of({"vehicle": 0.08})).empty
