"""What is seen at a glance equals its tables, and says no more than its claims."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from costs import often

from xenotrack.compare.claims import Claim
from xenotrack.compare.synergy_verdicts import UNDECIDED
from xenotrack.compare.verdicts import WITHHELD
from xenotrack.present.collect import collect_tables
from xenotrack.present.numbers import days_range
from xenotrack.present.page.forest import MARGIN, WIDTH, forest_of
from xenotrack.present.results import Results
from xenotrack.present.story import ArmRow, Story
from xenotrack.present.tell.arm_rows import MEANINGS, VERDICTS
from xenotrack.present.tell.facts import Facts
from xenotrack.present.tell.glance import NOT_TESTED, SUPPORTING, excess_tile
from xenotrack.present.tell.whole import tell
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules

SAMPLES = Path(__file__).parents[3] / "sample_data"
STUDIES = ("naive.toml", "resistant.toml", "combination.csv", "two_arm.csv")


@pytest.fixture(scope="module", params=often(STUDIES, ["resistant.toml", "two_arm.csv"]))
def results(request: pytest.FixtureRequest) -> Results:
    path = SAMPLES / request.param
    return Results(read_study(path, read_rules(path if path.suffix == ".toml" else None, {})))


@pytest.fixture(scope="module")
def story(results: Results) -> Story:
    return tell(results, collect_tables(results))


def test_every_arm_has_one_row_whose_numbers_are_those_of_the_tables(results, story) -> None:
    growth = results.growth.to_frame()
    times = results.progression.to_frame()
    assert [row.arm for row in story.arms] == list(results.study.design.arm_names)
    assert [row.rate for row in story.arms] == growth["estimate"].tolist()
    assert [row.rate_high for row in story.arms] == growth["conf_high"].tolist()
    assert [row.progressed for row in story.arms] == times["n_events"].tolist()
    for row, median in zip(story.arms, times["median_days"], strict=True):
        assert (row.median == "not reached") == bool(np.isnan(median))


def test_short_names_are_unique_and_explained(story) -> None:
    short = [row.short for row in story.arms]
    assert len(set(short)) == len(short)
    if short != [row.arm for row in story.arms]:
        assert "=" in story.names


def test_there_are_at_most_four_tiles_of_few_words_each_with_its_claim(results, story) -> None:
    assert 1 <= len(story.tiles) <= 4
    for tile in story.tiles:
        assert len(tile.says.split()) <= 8
        assert tile.question in {answer.id for answer in story.answers}
        assert tile.claims or any(text in tile.numbers for text in (SUPPORTING, NOT_TESTED))
        shows = [results.claims[place].shows for place in tile.claims]
        assert (tile.mark == "good") == (shows[:1] in (["better"], ["synergy"]))


def test_whether_the_largest_combination_beats_its_best_part_is_answered(results, story) -> None:
    combinations = [name for name, _ in results.study.design.combinations()]
    asked = [tile for tile in story.tiles if tile.question == "parts"]
    assert len(asked) == bool(combinations)
    for tile in asked:
        assert results.claims[tile.claims[0]].best_part
        assert tile.about.startswith("Best part: ")


def test_numbers_of_a_contrast_carry_its_days(results, story) -> None:
    for tile in story.tiles:
        for place in tile.claims[:1]:  # another claim of a tile is there in words
            claim = results.claims[place]
            days = days_range(claim.from_day, claim.until_day)
            assert days
            assert days in tile.numbers


def test_numbers_of_a_tile_take_three_lines_at_most(story) -> None:
    """Some 32 characters stand on a line of a tile of a screen of 1300 pixels."""
    for tile in story.tiles:
        assert len(tile.numbers) <= 3.5 * 32, tile.numbers


def test_caveats_of_a_tile_name_arms_in_short_and_count_many(tmp_path) -> None:
    drugs = ["drugone", "drugtwo", "drugthree"]
    arms = ["vehicle", *drugs, "drugone+drugtwo", "drugone+drugthree", "+".join(drugs)]
    rows = ["mouse,arm,day,volume_mm3"]
    for place, arm in enumerate(arms):
        for mouse in range(2):
            volumes = [
                100 * np.exp((0.08 - 0.01 * place + 0.01 * mouse) * day) for day in (0, 4, 8)
            ]
            days = zip((0, 4, 8), volumes, strict=True)
            rows += [f"{place}-{mouse},{arm},{day},{volume:.1f}" for day, volume in days]
    results = Results(read_study(("\n".join(rows) + "\n").encode()))
    tiles = tell(results, collect_tables(results)).tiles
    told = [caveat for tile in tiles for caveat in tile.caveats]
    assert "few mice in vehicle and DO+DT+DTH" in told or any("all arms" in text for text in told)
    assert not any(drug in text for text in told for drug in drugs)
    for tile in tiles:
        assert len(set(tile.caveats)) == len(tile.caveats)


def test_a_word_that_is_no_plain_word_is_explained_where_it_stands(story) -> None:
    said = {row.verdict for row in story.arms}
    assert {word for word in MEANINGS if f" {word}: " in story.arms_note} == said & set(MEANINGS)
    assert ("↻" in story.arms_note) == any(row.regrew for row in story.arms)


def test_mice_that_regrew_stand_beside_none_that_progressed(results, story) -> None:
    regrew = {each.arm: each.n_regrew for each in results.blocking}
    for row in story.arms:
        assert row.regrew == (0 if row.progressed else regrew[row.arm])


def test_what_must_be_borne_in_mind_is_seen_by_short_names(story) -> None:
    said = [sentence for sentence in story.headline if sentence.about == "To bear in mind"]
    assert (story.caveat is None) == (not said)
    if story.caveat is not None:
        names = {row.arm: row.short for row in story.arms}
        long = [arm for arm in sorted(names, key=len, reverse=True) if arm != names[arm]]
        assert not any(arm in story.caveat.text for arm in long)


def test_a_verdict_has_a_shape_beside_its_colour() -> None:
    assert all(shape and word for shape, word in VERDICTS.values())


def row(low: float | None, rate: float | None, high: float | None) -> ArmRow:
    texts = dict.fromkeys(
        ("doubling", "p_value", "median", "responders", "weight", "verdict", "shape"), ""
    )
    return ArmRow(
        arm="A",
        short="A",
        mice=3,
        rate=rate,
        rate_low=low,
        rate_high=high,
        progressed=0,
        judged=3,
        **texts,
    )


def test_all_marks_stand_on_one_axis_with_zero_and_the_held_line() -> None:
    forest = forest_of([row(-0.03, -0.02, -0.01), row(0.04, 0.05, 0.06)], 0.01)
    first, second = forest.marks
    assert first is not None
    assert second is not None
    assert MARGIN == first.low < first.at < first.high < forest.zero < forest.held < second.low
    assert second.high == WIDTH - MARGIN


def test_an_arm_without_a_rate_has_no_mark_and_one_without_limits_a_point() -> None:
    nothing, point = forest_of([row(None, None, None), row(None, 0.02, None)], 0.01).marks
    assert nothing is None
    assert point is not None
    assert point.low == point.at == point.high


def test_an_arm_of_which_no_mouse_was_weighed_has_no_loss_beside_one_that_was() -> None:
    """All mice of the control left on the day on which they were first weighed."""
    rows = ["mouse,arm,day,volume_mm3,body_weight_g,fate"]
    rows += [f"v{m},vehicle,0,{100 + 10 * m},22,tumor_size" for m in range(3)]
    rows += [
        f"a{m},A,{day},{100 + 10 * m + day},{22 - day},end_of_study"
        for m in range(3)
        for day in (0, 3, 7)
    ]
    results = Results(read_study("\n".join(rows).encode()))
    story = tell(results, collect_tables(results))
    texts = [str(sentence) for sentence in story.headline]
    assert any("A 3 of 3" in text for text in texts), texts


def test_the_price_names_the_arm_that_lost_most(results, story) -> None:
    price = [tile for tile in story.tiles if tile.question == "price"]
    lowest = results.tolerability.set_index("arm")["weight_nadir_percent_mean"].idxmin()
    (row,) = [row for row in story.arms if row.arm == lowest]
    for tile in price:
        about = tile.about.removeprefix("Price: ").partition(" vs ")[0]
        weights = {each.short: each.weight for each in story.arms}
        told = f"{row.short}: lowest weight {row.weight}" in "; ".join(tile.caveats)
        lost = results.tolerability.set_index("arm").loc[lowest]
        much = bool(lost["n_loss_15"] or lost["n_toxicity_exits"])
        assert told == (weights[about] != row.weight and much)


def test_the_best_arm_is_that_of_the_table(results, story) -> None:
    rows = collect_tables(results)["best_arms"]
    if story.best is None:
        assert len(rows) < 3
        return
    lowest = rows[rows["among_best"]]["arm"].iloc[0]
    (row,) = [row for row in story.arms if row.arm == lowest]
    assert story.best.text.startswith(f"{row.short}, ")


def test_light_has_the_price_of_the_arm_in_question_though_no_claim(tmp_path) -> None:
    rows = ["mouse,arm,day,total flux (p/s),weight"]
    for arm, rate, lost in (("vehicle", 0.09, 0.0), ("drug", -0.01, 0.006)):
        for mouse in range(5):
            for day in range(0, 25, 4):
                light = 1e6 * np.exp((rate + 0.004 * mouse) * day + 0.03 * ((day + mouse) % 3))
                rows.append(f"{arm}{mouse},{arm},{day},{light:.4g},{22 * (1 - lost * day):.1f}")
    sheet = tmp_path / "light.csv"
    sheet.write_text("\n".join(rows) + "\n", encoding="utf-8")
    light = Results(read_study(sheet, read_rules(None, {"volume": {"readout": "flux"}})))
    (price,) = [t for t in tell(light, collect_tables(light)).tiles if t.question == "price"]
    assert price.says == "Lowest weight −15 %"
    assert price.numbers.startswith("vehicle 0 %")
    assert price.numbers.endswith(NOT_TESTED)


@pytest.mark.parametrize(
    ("shows", "says"),
    [(UNDECIDED, "More or less than predicted: not shown"), (WITHHELD, "No claim is made")],
)
def test_an_excess_that_a_doubt_withholds_is_no_claim(results, shows, says) -> None:
    arm = results.study.design.arm_names[-1]
    claim = Claim(
        **{"kind": "synergy", "outcome": "bliss", "family": "", "arm": arm, "against": ""},
        **{"arms": (arm,), "shows": shows, "estimate": 0.2, "low": 0.1, "high": 0.3},
        p_adjusted=0.3,
    )
    facts = Facts(results, {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Facts, "place_of", lambda *_: 0)
        assert excess_tile(claim, facts).says == says
