"""What a report says is bound to the numbers, whatever the study has or lacks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xenotrack.present.collect import collect_tables
from xenotrack.present.figures.catalogue import FIGURES
from xenotrack.present.results import Results
from xenotrack.present.story import Story
from xenotrack.present.tell.arrive import ITEMS
from xenotrack.present.tell.references import WORKS, Citations
from xenotrack.present.tell.whole import tell
from xenotrack.study.ingest import read_study
from xenotrack.study.progression_rules import ProgressionRules
from xenotrack.study.rules import (
    ArriveRules,
    CompareRules,
    GrowthRules,
    Rules,
    StudyRules,
    VolumeRules,
)

SAMPLES = Path(__file__).parents[2] / "sample_data"
PAIR = "alpelisib+fulvestrant"


def told(sheet: str | bytes, **rules: object) -> Story:
    source = SAMPLES / sheet if isinstance(sheet, str) else sheet
    results = Results(read_study(source, Rules(**rules)))
    return tell(results, collect_tables(results))


def answer(story: Story, question: str) -> str:
    (found,) = [each for each in story.answers if each.id == question]
    return " ".join(one.whole for one in found.sentences)


def sheet_of(**rates: float) -> bytes:
    """Three mice an arm, on five days, each growing a little by its own."""
    rows = ["mouse,arm,day,volume"]
    for arm, rate in rates.items():
        for mouse in range(3):
            for day in (0, 3, 7, 10, 14):
                wobble = 0.02 * ((day * 7 + mouse * 5) % 3 - 1)
                volume = 100 * np.exp((rate + 0.004 * (mouse - 1)) * day + wobble)
                rows.append(f"{arm}{mouse},{arm},{day},{volume:.2f}")
    return "\n".join(rows).encode()


def test_every_answer_names_figures_with_captions_and_tables_that_are_written() -> None:
    results = Results(read_study(SAMPLES / "combination.csv"))
    tables = collect_tables(results)
    story = tell(results, tables)
    drawn = {figure.name for figure in FIGURES if not figure.on_request}
    assert {caption.figure for caption in story.captions} == drawn
    assert all(each.alt and each.note for each in story.captions)
    assert {name for each in story.answers for name in each.tables} <= set(tables)
    shown = {name for each in story.answers for name in each.figures}
    assert drawn <= shown | {story.key_figure}
    assert [one.figure for one in tell(results, tables, ("growth",)).captions] == ["growth"]
    assert not tell(results, tables, ()).captions


def test_every_doubt_is_told_once_or_more() -> None:
    results = Results(read_study(SAMPLES / "combination.csv"))
    story = tell(results, collect_tables(results))
    beside = {text for each in story.answers for text in each.doubts}
    assert beside == {doubt.text for doubt in results.doubts}


def test_a_study_of_one_arm_compares_nothing() -> None:
    story = told(sheet_of(drug=0.05))
    assert "Nothing was compared" in story.headline[0].whole
    assert [each.id for each in story.answers] == ["slowed", "blocked", "how-long", "price", "sure"]
    assert "compared with" not in " ".join(story.methods)
    assert "No body weights were recorded." in answer(story, "price")


def test_without_growth_the_report_says_so_and_goes_on() -> None:
    rows = ["mouse,arm,day,volume", "a,vehicle,0,100", "b,vehicle,0,110", "c,drug,0,100"]
    story = told("\n".join(rows).encode(), study=StudyRules(control="vehicle"))
    assert "Growth could not be fitted" in story.headline[0].whole
    assert "Growth could not be fitted" in answer(story, "slowed")
    assert story.key_figure == "progression"
    assert "mixed model" not in " ".join(story.methods)


def test_the_primary_contrast_is_the_headline_and_others_support_it() -> None:
    story = told("combination.csv", compare=CompareRules(primary=f"{PAIR} - fulvestrant"))
    first, second = story.headline[:2]
    assert first.about == "Primary contrast"
    assert first.text.startswith(f"{PAIR} ")
    assert first.evidence.endswith("not adjusted")
    assert (second.about, second.claims) == ("In support, each by itself", ())
    assert "hazard ratio" in second.text


def test_days_gained_by_an_arm_without_events_are_claimed_when_there_are_mice_enough() -> None:
    def shows(vehicle: int) -> str:
        study = read_study(
            days_of(vehicle=vehicle, drug=0), Rules(study=StudyRules(control="vehicle"))
        )
        (claim,) = [one for one in Results(study).claims if one.outcome == "rmst_days"]
        return claim.shows

    assert shows(vehicle=8) == "better"
    # Welch's test takes the spread of an arm without events as 0, and claims this, too.
    assert shows(vehicle=3) == "not shown"


def test_blocked_progression_needs_mice_that_were_still_followed() -> None:
    """Seven of ten left by day 14: that none of three progressed bounds little."""
    rows = days_of(vehicle=8, drug=0).decode().splitlines()
    gone = [
        row
        for row in rows
        if not (row.startswith("drug") and row[4] in "01234" and int(row.split(",")[2]) > 14)
    ]
    rules = {"study": StudyRules(control="vehicle")}
    assert "drug blocked progression" in answer(told("\n".join(rows).encode(), **rules), "blocked")
    story = told("\n".join(gone).encode(), **rules)
    few = answer(story, "blocked")
    assert "blocked progression" not in few
    assert "only 3 of 8 were still followed on day 28" in few
    assert any("only 3 of 8 were still followed" in one.text for one in story.headline)


def days_of(**events: int) -> bytes:
    """Eight mice an arm, of which so many progress, each on a day of its own; without fates."""
    rows = ["mouse,arm,day,volume"]
    for arm, count in events.items():
        for mouse in range(8):
            for day in (0, 7, 14, 21, 28):
                grown = 0.05 if mouse < count and day > 7 * (mouse % 4) else 0.002
                volume = 100 * np.exp(grown * day + 0.01 * ((day + mouse) % 3 - 1))
                rows.append(f"{arm}{mouse},{arm},{day},{volume:.2f}")
    return "\n".join(rows).encode()


def test_who_left_is_counted_and_named_though_nobody_says_why() -> None:
    sheet = days_of(vehicle=8, drug=0).decode().splitlines()
    gone = [row for row in sheet if not (row.startswith("drug0,") and row.split(",")[2] > "14")]
    story = told("\n".join(gone).encode(), study=StudyRules(control="vehicle"))
    assert "before day 28: drug 1 (no reason given)." in answer(story, "how-long")
    assert "drug0 left on day 14, no reason given" in answer(story, "blocked")
    assert "mice left, and the sheet does not say why" in story.headline[-1].text


def test_the_headline_ends_with_the_doubts_that_touch_it() -> None:
    story = told(sheet_of(vehicle=0.05, drug=0.01), study=StudyRules(control="vehicle"))
    assert story.headline[-1].about == "To bear in mind"
    assert "few mice in vehicle and drug" in story.headline[-1].text


def test_heavy_losses_before_leaving_are_doubted_and_unknown_exits_not_counted() -> None:
    rows = ["mouse,arm,day,volume,weight_g"]
    for arm in ("vehicle", "drug"):
        for mouse in range(4):
            for day in (0, 7, 14, 21):
                if arm == "drug" and mouse == 0 and day > 7:
                    continue
                weight = 20 - (4.4 if arm == "drug" and mouse == 0 and day == 7 else 0.1 * mouse)
                volume = 100 + 6 * day + mouse + day * mouse % 5
                rows.append(f"{arm}{mouse},{arm},{day},{volume},{weight}")
    study = read_study("\n".join(rows).encode(), Rules(study=StudyRules(control="vehicle")))
    results = Results(study)
    story = tell(results, collect_tables(results))
    (price,) = [each for each in story.answers if each.id == "price"]
    assert len(price.doubts) == 1
    assert price.doubts[0].startswith("1 mouse left having lost 15 % of body weight or more")
    assert results.tolerability["n_toxicity_exits"].isna().all()
    assert results.tolerability["n_loss_15"].tolist() == [0, 1]
    assert "nobody knows which mice left for toxicity" in price.sentences[-1].text


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"growth": GrowthRules(df="satterthwaite")}, "Degrees of freedom are Satterthwaite's [1]"),
        ({"growth": GrowthRules(variances="pooled")}, "one set of variances"),
        ({"growth": GrowthRules()}, "natural cubic spline"),
        ({"growth": GrowthRules(shape="line")}, "α_a + β_a·t_ij"),
        ({"growth": GrowthRules(shape="line", baseline="ratio")}, "ln(V_ij/V_i0)"),
        ({"progression": ProgressionRules(rule="absolute", value=800)}, "at or above 800 mm³"),
        ({"progression": ProgressionRules(size_cull="censor")}, "censored at their last reading."),
        ({"compare": CompareRules(adjust="dunnett")}, "by Dunnett ["),
        ({"volume": VolumeRules(formula="pi6_lw2")}, "π/6 · L · W²"),
        ({"volume": VolumeRules(limit_mm3=60)}, "limit of measurement was 60 mm³"),
        ({"volume": VolumeRules(rounding_mm=0.5)}, "Diameters were written to 0.5 mm"),
    ],
)
def test_the_methods_say_what_the_rules_in_force_are(rules, said) -> None:
    assert said in " ".join(told("two_arm.csv", **rules).methods)


def test_the_methods_name_the_cox_model_that_was_fitted() -> None:
    story = told("wide.csv", compare=CompareRules(hazards="efron"))
    assert "Efron's method" in " ".join(story.methods)


def test_works_are_listed_in_the_order_of_their_marks_and_only_if_cited() -> None:
    story = told("two_arm.csv")
    text = " ".join(story.methods)
    marks = sorted({int(one) for part in _brackets(text) for one in part.split(",")})
    assert marks == list(range(1, len(story.references) + 1))
    assert not any(work == WORKS["dunnett"] for work in story.references)
    cite = Citations()
    assert (cite("holm"), cite("gao", "holm"), cite.listed) == (
        "[1]",
        "[1,2]",
        (WORKS["holm"], WORKS["gao"]),
    )


def _brackets(text: str) -> list[str]:
    return [part.partition("]")[0] for part in text.split("[")[1:]]


def test_the_checklist_has_the_studys_words_before_ours_and_gaps_where_nobody_spoke() -> None:
    story = told("two_arm.csv", arrive=ArriveRules(blinding="The reader did not know the arms."))
    by_item = {each.item: each.text for each in story.arrive}
    assert len(story.arrive) == len(ITEMS) == 10
    assert by_item["Blinding"] == "The reader did not know the arms."
    assert by_item["Randomisation"] == ""
    assert "vehicle 8, alpelisib 8" in by_item["Sample size"]


def test_the_methods_begin_with_what_the_study_says_of_its_animals() -> None:
    words = ArriveRules(
        animals="Female NSG mice,\n8 weeks", procedures="Alpelisib 25 mg/kg by gavage."
    )
    first, second = told("two_arm.csv", arrive=words).methods[:2]
    assert first == "Female NSG mice, 8 weeks. Alpelisib 25 mg/kg by gavage."
    assert second.startswith("Tumours were measured")


def test_findings_are_counted_and_the_first_shown_with_their_place() -> None:
    rows = sheet_of(vehicle=0.08, drug=0.01).decode().splitlines()
    rows[2] = rows[2].rpartition(",")[0] + ",dead"
    story = told("\n".join(rows).encode(), study=StudyRules(control="vehicle"))
    text = " ".join(story.quality)
    assert "about the sheet" in text
    assert "row 3" in text


def cut(sheet: bytes, arm: str, last: float) -> bytes:
    """The sheet without an arm's readings after a day; every arm's where ``arm`` is empty."""
    heading, *rows = sheet.decode().splitlines()
    kept = [
        row
        for row in rows
        if arm not in ("", row.split(",")[1]) or float(row.split(",")[2]) <= last
    ]
    return "\n".join([heading, *kept]).encode()


@pytest.mark.parametrize(
    ("arm", "words"),
    [
        ("", "No mouse was followed after day 0: none can be seen to progress"),
        ("A", "No mouse was followed after day 0 in A: none can be seen to progress"),
    ],
)
def test_a_median_is_not_called_unreached_where_nobody_was_followed(arm, words) -> None:
    story = told(cut(sheet_of(vehicle=0.08, A=0.03), arm, 0))
    followed = {row.arm: row.median != "not followed" for row in story.arms}
    assert followed == {"vehicle": arm == "A", "A": False}
    assert words in answer(story, "how-long")


def test_a_control_with_nothing_beside_it_is_still_the_control() -> None:
    story = told(cut(sheet_of(vehicle=0.08, A=0.03), "A", 0))
    headline = " ".join(one.whole for one in story.headline)
    assert "No growth rate can be compared with that of vehicle" in headline
    assert "no arm is the control" not in headline


def test_arms_that_nobody_weighed_are_named() -> None:
    heading, *rows = sheet_of(vehicle=0.08, A=0.03, B=0.05).decode().splitlines()
    weighed = [f"{row},{'' if ',A,' in row else 21}" for row in rows]
    sheet = "\n".join([f"{heading},body_weight_g", *weighed]).encode()
    assert "No body weights were recorded of A" in answer(told(sheet), "price")


@pytest.mark.parametrize(("fate", "told_of"), [("", True), ("technical", False)])
def test_days_gained_that_rest_on_why_mice_left_are_told(fate, told_of) -> None:
    """Arms of eight, of which three leave on day 7 or 14."""
    rows = ["mouse,arm,day,volume,fate"]
    for arm, rate, left in (("vehicle", 0.07, 7), ("A", 0.03, 14)):
        for mouse in range(8):
            last = 42 if mouse < 5 else left
            own = rate * (1 + 0.02 * mouse)
            rows += [
                f"{arm}{mouse},{arm},{day},{150 * np.exp(own * day):.1f},"
                f"{fate if day == last != 42 else ''}"
                for day in range(0, last + 1, 7)
            ]
    said = answer(told("\n".join(rows).encode()), "how-long")
    assert "A stayed longer without progression than vehicle" in said
    assert ("no longer shown if the mice that left unexplained (3 of A and 3 of" in said) == told_of


def test_many_combinations_that_show_nothing_are_counted_in_the_headline() -> None:
    singles = {"vehicle": 0.1, "A": 0.08, "B": 0.08, "C": 0.08, "D": 0.08}
    pairs = dict.fromkeys(("A+B", "A+C", "A+D", "B+C", "B+D"), 0.079) | {"C+D": -0.2}
    results = Results(read_study(sheet_of(**singles, **pairs), Rules()))
    story = tell(results, collect_tables(results))
    texts = [sentence.whole for sentence in story.headline]
    silent = "5 of 6 combinations were not shown to grow slower than each of their parts."
    assert silent in texts
    assert any("10 verdicts would turn" in text for text in texts)
    (alone,) = [text for text in texts if "slower than each of its parts" in text]
    assert alone.startswith("C+D grew slower")
    stated = [place for sentence in story.headline for place in sentence.claims]
    asked = [
        place
        for place, claim in enumerate(results.claims)
        if claim.arm in pairs and (claim.best_part or claim.outcome == "bliss")
        if claim.outcome in ("growth_rate", "bliss")
    ]
    assert set(asked) <= set(stated)
