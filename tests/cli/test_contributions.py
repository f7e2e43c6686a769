"""What is typed to ask for responses, indices and independent action."""

import io

import pandas as pd
import pytest

SHEET = "combination.csv"


def table(answer):
    return pd.read_csv(io.StringIO(answer.stdout))


def test_compare_gives_response_rates_and_leaves_out_ln_volume_unless_asked(ask, sample):
    found = table(ask("compare", sample(SHEET), "-f", "csv", code=0))
    assert list(dict.fromkeys(found["outcome"])) == [
        "growth_rate",
        "log_hazard",
        "rmst_days",
        "response_rate",
        "net_weight",
    ]
    weights = found[found["outcome"] == "net_weight"]
    assert set(weights["family"]) == {"control"}


def test_a_price_over_the_parts_is_asked_for_by_name_and_nothing_where_nobody_was_weighed(
    ask, sample
):
    typed = ("compare", sample(SHEET), "-f", "csv", "--contrasts", "parts")
    assert "net_weight" not in set(table(ask(*typed, code=0))["outcome"])
    found = table(ask(*typed, "--outcome", "net_weight", code=0))
    assert set(found["family"]) == {"parts"}
    bare = table(ask("compare", sample("wide.csv"), "-f", "csv", code=0))
    assert "net_weight" not in set(bare["outcome"])


def test_ln_volume_at_a_day_is_that_many_days_of_the_rate_of_a_line(ask, sample):
    typed = ("compare", sample(SHEET), "--shape", "line", "-f", "csv", "--outcome")
    rates = table(ask(*typed, "growth_rate", code=0))
    found = table(ask(*typed, "ln_volume", "--day", "14", code=0))
    assert found["estimate"].to_numpy() == pytest.approx(14 * rates["estimate"].to_numpy())
    last = table(ask(*typed, "ln_volume", code=0))
    assert last["estimate"].to_numpy() == pytest.approx(28 * rates["estimate"].to_numpy())


def test_a_day_without_ln_volume_is_a_slip_of_the_hand(ask, sample):
    answer = ask("compare", sample(SHEET), "--day", "14", code=2)
    assert "--outcome ln_volume" in answer.stderr
    assert not answer.stdout


def test_ln_volume_of_curves_is_that_of_the_day(ask, sample):
    typed = ("compare", sample(SHEET), "-f", "csv", "--outcome")
    rates = table(ask(*typed, "growth_rate", "--window", 0, 14, code=0))
    found = table(ask(*typed, "ln_volume", "--day", "14", code=0))
    assert found["estimate"].to_numpy() == pytest.approx(14 * rates["estimate"].to_numpy())
    assert rates["until_day"].unique().tolist() == [14]


def test_the_volume_of_slowing_tumours_is_the_one_that_was_read(ask, faults):
    """Gompertz controls: the line times the day said −.030 where −.816 was observed."""
    sheet = faults("bugs/c44_gompertz.csv")
    typed = ("compare", sheet, "--outcome", "ln_volume", "--day", "12", "-f", "csv")
    row = table(ask(*typed, code=0)).iloc[0]
    assert row["estimate"] == pytest.approx(-0.816, abs=0.03)
    assert row["p_value"] < 1e-4
    assert (row["from_day"], row["until_day"]) == (0, 12)


def test_an_arm_of_three_changes_no_other_claim(ask, faults, tmp_path):
    """It pooled the variances of all: p of A against vehicle went from .116 to .009."""
    sheet = pd.read_csv(faults("claims/cliff.csv"))
    mice = sheet.groupby("arm")["mouse"].nunique()
    (thin,) = mice.index[mice == 3]
    sheet[sheet["arm"] != thin].to_csv(tmp_path / "without.csv", index=False)
    typed = ("--outcome", "growth_rate", "--contrasts", "control", "-f", "csv")
    whole, without = (
        table(ask("compare", path, *typed, code=0)).set_index("contrast")
        for path in (faults("claims/cliff.csv"), tmp_path / "without.csv")
    )
    columns = ["estimate", "std_error", "df", "p_value", "until_day"]
    assert len(whole) == len(without) + 1
    pd.testing.assert_frame_equal(whole.loc[without.index, columns], without[columns])


def test_late_rates_speak_of_the_last_third(ask, sample):
    found = table(ask("compare", sample(SHEET), "--outcome", "late_rate", "-f", "csv", code=0))
    assert found["until_day"].unique().tolist() == [28]
    assert found["from_day"].to_numpy() == pytest.approx(28 * 2 / 3)
    line = ask("compare", sample(SHEET), "--outcome", "late_rate", "--shape", "line", code=1)
    assert "--shape curve" in line.stderr


def test_lines_are_followed_to_where_nobody_measured_and_curves_are_not(ask, sample):
    typed = ("compare", sample(SHEET), "--outcome", "ln_volume", "--day", "90", "-f", "csv")
    line = ask(*typed, "--shape", "line", code=0)
    assert "nobody measured" in line.stderr
    assert table(line)["estimate"].notna().all()
    curve = ask(*typed, code=0)
    assert "nothing is said" in curve.stderr
    assert table(curve)["estimate"].isna().all()


def test_indices_say_their_formula_day_and_mice(ask, sample):
    found = table(ask("indices", sample(SHEET), "-f", "csv", code=0)).set_index("index")
    first = found.loc["TGI_V"].iloc[0]
    assert (first["day"], first["n_arm"], first["n_control"]) == (28, 8, 8)
    assert "mean V_T / mean V_C" in first["formula"]


def test_indices_stand_at_the_day_asked_for(ask, sample):
    found = table(ask("indices", sample(SHEET), "--day", "14", "-f", "csv", code=0))
    assert set(found["day"].dropna()) == {14}


def test_net_cell_kill_needs_the_days_of_treatment(ask, sample):
    found = table(ask("indices", sample(SHEET), "--treatment-days", "21", "-f", "csv", code=0))
    assert "(T − C − 21)/(log₂10·Td)" in set(found["formula"])


def test_indices_need_a_control(ask, tmp_path):
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("mouse,arm,day,volume\n1,A,0,100\n1,A,9,150\n2,B,0,100\n2,B,9,150\n")
    assert "no control" in ask("indices", sheet, code=1).stderr


def test_independent_action_is_a_table_of_progression(ask, sample):
    typed = ("progression", sample(SHEET), "--independent-action", "-f", "csv")
    found = table(ask(*typed, "--day", "14", "--day", "21", code=0))
    assert list(found["day"]) == [14, 21]
    assert set(found["combination"]) == {"alpelisib+fulvestrant"}


def test_a_day_without_independent_action_is_a_slip_of_the_hand(ask, sample):
    assert "--independent-action" in ask("progression", sample(SHEET), "--day", "14", code=2).stderr


@pytest.mark.parametrize(
    ("name", "day", "tgi"),
    [("bugs/c36_staggered_visits.csv", 24, 66.3), ("bugs/c36c_smallest.csv", 13, 54.3)],
)
def test_indices_are_of_all_mice_where_cages_were_read_a_day_apart(ask, faults, name, day, tgi):
    answer = ask("indices", faults(name), "-f", "csv", code=0)
    row = table(answer).iloc[0]
    assert row["day"] == day
    assert row["n_arm"] == row["n_control"] > row["n_arm_interpolated"] > 0
    assert row["estimate"] == pytest.approx(tgi, abs=0.05)
    assert "had left" not in answer.stderr
