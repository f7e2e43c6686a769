"""Curves of ln volume: the spline, its knots and days, and what R says of the same model."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from xenotrack.model.follow_up import half_and_three
from xenotrack.model.growth import fit_growth, fit_log_volumes, without_mouse
from xenotrack.model.log_volume import take_log_volumes
from xenotrack.model.shapes.curve import Curve, inner_knots, knots_for
from xenotrack.model.shapes.line import Line
from xenotrack.model.smallsample import KenwardRoger

from . import growth_studies as studies

KNOTS = np.array([0.0, 3, 10, 20, 42])
HEIGHTS = np.array([5, 5.4, 5.1, 6, 7])
TWICE_WEEKLY = (0, 3, 7, 10, 14, 17, 21, 24, 28)


def bent(mice: dict[str, int], turn: float = 21, until: float = 63, seed: int = 2, after=0.04):
    """Arms that shrink to a turn and then grow, mice with rates of their own."""
    rng = np.random.default_rng(seed)
    day = np.arange(0, until + 1, 3.5)
    course = -0.02 * np.minimum(day, turn) + after * np.maximum(day - turn, 0)
    return studies.sheet_of(
        {
            arm: [
                5 + rng.normal(0, 0.3) + course + rng.normal(0, 0.004) * day
                + rng.normal(0, 0.1, len(day))
                for _ in range(n)
            ]
            for arm, n in mice.items()
        },
        day,
    )  # fmt: skip


# ---- The spline -------------------------------------------------------------------------------


def test_it_is_the_natural_interpolating_spline_and_straight_beyond():
    spline = CubicSpline(KNOTS, HEIGHTS, bc_type="natural")
    inside = np.linspace(0, 42, 50)
    np.testing.assert_allclose(Curve(KNOTS).fixed(inside) @ HEIGHTS, spline(inside), atol=1e-12)
    before, after = Curve(KNOTS).fixed(np.array([-2.0, 45])) @ HEIGHTS
    assert before == pytest.approx(spline(0) - 2 * spline(0, 1))
    assert after == pytest.approx(spline(42) + 3 * spline(42, 1))


def test_a_straight_line_has_one_rate_over_any_days():
    curve, line = Curve(KNOTS), 5 + 0.03 * KNOTS
    for days in ((0, 42), (5, 6), (20, 60)):
        assert curve.rate(*days) @ line == pytest.approx(0.03)
        assert Line().rate(*days) @ [5, 0.03] == 0.03
    assert curve.change(10) @ line == pytest.approx(0.3)


def test_the_area_is_that_of_the_spline():
    spline = CubicSpline(KNOTS, HEIGHTS, bc_type="natural")
    assert Curve(KNOTS).area(2, 37) @ HEIGHTS == pytest.approx(float(spline.integrate(2, 37)))
    assert Line().area(0, 10) @ [5, 0.1] == pytest.approx(55)


def test_a_paced_mouse_goes_along_the_curve_of_its_arm():
    pace = Curve(KNOTS).paced(HEIGHTS).random(KNOTS)
    change = HEIGHTS - HEIGHTS[0]
    assert (pace[:, 0] == 1).all()
    np.testing.assert_allclose(pace[:, 1] * change[-1], change * pace[-1, 1], atol=1e-12)


@pytest.mark.parametrize(("visits", "knots"), [(3, 0), (4, 1), (6, 1), (7, 3), (11, 3), (12, 4)])
def test_knots_go_by_visits(visits, knots):
    assert knots_for(visits) == knots


def test_knots_stand_where_readings_are_and_never_twice():
    days = np.array([0.0] * 5 + [1, 2, 3, 40, 41])
    found = inner_knots(days, 3, 0, 41)
    assert (found[0], found[-1]) == (0, 41)
    assert (np.diff(found) > 0).all()


# ---- The days ---------------------------------------------------------------------------------


def followed(*last: float, limit_mm3: float = 0.0, **growth):
    """The follow-up of an arm whose mice have their last readings on these days."""
    mice = [[5.0 + 0.02 * day if day <= end else np.nan for day in TWICE_WEEKLY] for end in last]
    study = studies.study_of(studies.sheet_of({"a": mice}, TWICE_WEEKLY), limit_mm3, **growth)
    found = half_and_three(take_log_volumes(study))
    return found.from_day[0], found.until_day[0]


@pytest.mark.parametrize(
    ("last", "until"),
    [
        ((28,) * 8, 28),
        ((28, 28, 28, 28, 7, 7, 7, 7), 28),  # half of eight
        ((28, 28, 28, 10, 7, 7, 7, 7), 10),  # three of eight are not half
        ((28, 28, 14, 3), 14),  # half of four, but not three
        ((28, 10), 10),  # of two mice both
    ],
)
def test_an_arm_is_followed_while_half_of_its_mice_and_three_are_read(last, until):
    assert followed(*last) == (0, until)


def test_three_mice_must_still_be_measurable():
    day = np.array(TWICE_WEEKLY, dtype=float)
    gone = np.where(day < 12, 5.0, np.log(3))
    mice = {"a": [np.full(len(day), 5.0)] * 2 + [gone] * 4}
    study = studies.study_of(studies.sheet_of(mice, day), limit_mm3=15)
    assert half_and_three(take_log_volumes(study)).until_day.tolist() == [10]


def test_readings_after_the_follow_up_do_not_move_an_arm():
    sheet = bent({"a": 6})
    early = sheet["mouse"].isin(["a 0", "a 1", "a 2", "a 3"]) & (sheet["day"] > 28)
    one = studies.fit(sheet[~early], shape="curve")
    moved = sheet[~early].assign(volume=lambda rows: rows["volume"] * (1 + 9 * (rows["day"] > 28)))
    other = studies.fit(moved, shape="curve")
    assert one.to_frame()["until_day"].tolist() == [28]
    np.testing.assert_allclose(one.rates().values, other.rates().values, rtol=1e-9)


def test_a_contrast_is_over_the_days_that_its_arms_share():
    sheet = bent({"a": 6, "b": 6, "c": 6})
    sheet = sheet[(sheet["arm"] != "b") | (sheet["day"] <= 35)]
    fit = studies.fit(sheet, shape="curve")
    assert fit.over(["a", "c"]).rates().days(["a", "c"]) == (0, 63)
    shared = fit.over(["a", "b"])
    assert shared.rates().days(["a", "b"]) == (0, 35)
    assert np.isnan(shared.rates().values).tolist() == [False, False, True]
    change = fit.over(["a", "b"]).changes(35).values
    np.testing.assert_allclose(change[:2], 35 * shared.rates().values[:2])
    assert np.isnan(shared.changes(42).values).all()


def test_within_a_contrast_each_arm_has_as_few_knots_as_the_plainest():
    sheet = bent({"a": 6, "b": 6})
    sheet = sheet[(sheet["arm"] != "b") | (sheet["day"] <= 21)]
    fit = studies.fit(sheet, shape="curve")
    assert [shape.size for shape in fit.shapes] == [6, 5]
    assert [shape.size for shape in fit.over(["a", "b"]).shapes] == [5, 5]
    early = studies.fit(sheet[sheet["day"] <= 21], shape="curve")
    np.testing.assert_allclose(fit.over(["a", "b"]).rates().values, early.rates().values, rtol=1e-6)


def test_straight_lines_speak_of_all_their_days():
    fit = studies.fit(bent({"a": 6, "b": 6}))
    assert fit.over(["a", "b"]) is fit


# ---- The fit ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["regrowth", "two_by_two", "unequal_spread"])
def test_curves_are_those_of_lme4_and_pbkrtest(name):
    fit = studies.fit(studies.sheet(name), shape="curve", below_limit="drop")
    expected = studies.own_json(f"{name}.curve")["arms"]
    table, rates = fit.to_frame(), fit.rates()
    for code, row in enumerate(expected):
        mixed, shape = fit.pieces[code].mixed, fit.shapes[code]
        assert table.loc[code, ["from_day", "until_day"]].tolist() == [
            row["from_day"],
            row["until_day"],
        ]
        assert (getattr(shape, "pace", None) is not None) == row["own_pace"]
        assert mixed.log_likelihood == pytest.approx(row["loglik"], abs=1e-6)
        assert rates.values[code] == pytest.approx(row["estimate"], rel=1e-5)
        kind = "_cr2" if row["own_pace"] else ""
        assert table.loc[code, "std_error"] == pytest.approx(row[f"std_error{kind}"], rel=1e-6)
        assert table.loc[code, "df"] == pytest.approx(row[f"df{kind}"], rel=1e-6)
        asked, by_model = fit.rate_asked(code, shape), KenwardRoger(mixed)
        assert by_model.degrees_of_freedom(asked[None])[0] == pytest.approx(row["df"], rel=1e-6)
        std_error = np.sqrt(asked @ by_model.covariance @ asked)
        assert std_error == pytest.approx(row["std_error"], rel=1e-6)
        if isinstance(shape, Curve):
            np.testing.assert_allclose(
                shape.knots, [float(knot) for knot in row["knots"].split()], rtol=1e-12
            )


@pytest.mark.parametrize("name", ["regrowth", "two_by_two", "unequal_spread"])
def test_variances_clustered_by_mouse_are_those_of_clubsandwich(name):
    fit = studies.fit(studies.sheet(name), shape="curve", below_limit="drop", df="cr2")
    expected = studies.own_json(f"{name}.curve")["arms"]
    table = fit.to_frame()
    for column in ("std_error", "df"):
        wanted = [row[f"{column}_cr2"] for row in expected]
        np.testing.assert_allclose(table[column], wanted, rtol=1e-5)


def test_own_pace_is_a_working_model_whose_variance_is_clustered_by_mouse():
    fit = studies.fit(studies.sheet("regrowth"), shape="curve", below_limit="drop")
    clustered = studies.fit(studies.sheet("regrowth"), shape="curve", below_limit="drop", df="cr2")
    assert [piece.paced for piece in fit.pieces] == [True, False, False]
    one, other = (f.to_frame()["std_error"].to_numpy() for f in (fit, clustered))
    assert (one == other).tolist() == [True, False, False]
    assert "CR2 by mouse where of own pace" in fit.method


def test_few_visits_make_a_line_of_a_curve():
    sheet = studies.simulated({"a": 0.05, "b": 0.02}, days=(0, 7, 14))
    line, curve = (studies.fit(sheet, shape=shape) for shape in ("line", "curve"))
    np.testing.assert_allclose(curve.rates().values, line.rates().values, rtol=1e-12)


def test_a_fit_without_a_mouse_keeps_days_and_knots():
    study = studies.study_of(bent({"a": 6, "b": 5}), shape="curve")
    rows = take_log_volumes(study)
    fit = fit_log_volumes(rows, study.design)
    without = without_mouse(fit, rows, 0)
    assert without.shapes[0].knots.tolist() == fit.shapes[0].knots.tolist()
    assert without.rates().values[1] == fit.rates().values[1]
    assert without.rates().values[0] != fit.rates().values[0]


# ---- Verdicts ---------------------------------------------------------------------------------


def test_an_arm_that_shrank_and_came_back_regrew():
    growth = fit_growth(studies.study_of(bent({"a": 8}), shape="curve")).to_frame().iloc[0]
    assert growth["verdict"] == "regrew"
    assert growth["lowest_day"] == pytest.approx(21, abs=4)
    assert 0 < growth["regrowth_low"] < growth["regrowth_rate"]
    assert growth["late_low"] > 0


def test_an_arm_that_shrinks_to_the_end_is_shrinking():
    study = studies.study_of(bent({"a": 8}, after=-0.02), shape="curve")
    growth = fit_growth(study).to_frame().iloc[0]
    assert growth["verdict"] == "shrinking"
    assert growth["late_high"] < 0


def test_an_arm_that_surely_grows_late_is_not_called_blocked():
    rng = np.random.default_rng(4)
    day = np.arange(0, 64, 3.5)
    course = 0.05 * np.maximum(day - 49, 0)
    mice = [5 + course + rng.normal(0, 0.2) + rng.normal(0, 0.05, len(day)) for _ in range(8)]
    sheet = studies.sheet_of({"a": mice}, day)
    growth = fit_growth(studies.study_of(sheet, shape="curve", blocked_below=0.03)).to_frame()
    assert growth["conf_high"][0] < 0.03 < growth["late_low"][0]
    assert growth["verdict"][0] in ("growing", "regrew")


def test_the_escape_of_a_doublet_is_regrowth(faults, ask):
    """Seen as "blocked progression": every tumour grew again from day 45 on."""
    sheet = faults("claims/escape.csv")
    answer = ask("growth", sheet, "--shape", "curve", "-f", "json", code=0)
    rows = {row["arm"]: row for row in json.loads(answer.stdout)["rows"]}
    assert rows["alpelisib+ribociclib"]["verdict"] == "regrew"
    assert 35 < rows["alpelisib+ribociclib"]["lowest_day"] < 55
