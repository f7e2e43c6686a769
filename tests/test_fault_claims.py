"""Studies of which too much could be said: small inputs kept beside the repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from xenotrack.present.results import Results
from xenotrack.study.ingest import read_study
from xenotrack.study.settings import read_rules


def claims_of(path: Path, **rules: dict) -> list:
    toml = path if path.suffix == ".toml" else None
    return list(Results(read_study(path, read_rules(toml, rules))).claims)


def shown(claims: list, **wanted: object) -> list[str]:
    return [
        claim.shows
        for claim in claims
        if all(getattr(claim, name) == value for name, value in wanted.items())
    ]


def test_a_comma_in_the_name_of_an_arm_changes_no_claim(faults) -> None:
    comma, semicolon = (
        claims_of(faults(f"claims/flip_{mark}.csv"), study={"control": "vehicle"})
        for mark in ("comma", "semi")
    )
    assert [one.shows for one in comma] == [one.shows for one in semicolon]
    assert [one.p_adjusted for one in comma] == pytest.approx(
        [one.p_adjusted for one in semicolon], nan_ok=True
    )


def test_names_with_a_dash_stay_whole(ask, faults, tmp_path) -> None:
    path = faults("claims/dash.toml")
    done = ask("run", path, "-o", tmp_path / "out", "--figures", "none", code=0)
    arms = {one.arm for one in claims_of(path)}
    assert all(arm in done.stdout for arm in arms)
    assert " against alpelisib+fulvestrant against " not in done.stdout


def test_progression_is_not_blocked_where_most_mice_left_for_toxicity(faults) -> None:
    claims = claims_of(faults("claims/tox.csv"))
    assert "blocked" not in shown(claims, kind="arm")


def test_tumours_that_come_back_have_not_blocked_progression(faults) -> None:
    claims = claims_of(faults("claims/escape.csv"))
    assert "blocked" not in shown(claims, kind="arm")


def test_three_against_three_cannot_show_a_hazard(faults) -> None:
    claims = claims_of(faults("claims/three.csv"))
    assert set(shown(claims, outcome="log_hazard")) <= {"not shown", "withheld"}


def test_a_growing_control_is_no_loss_of_weight(faults) -> None:
    claims = [one for one in claims_of(faults("claims/weight.csv")) if "weight" in one.outcome]
    assert claims
    assert {one.shows for one in claims} <= {"not shown", "withheld"}


def test_an_arm_of_three_does_not_turn_the_claims_of_others(faults, tmp_path) -> None:
    path = faults("claims/cliff.csv")
    rows = path.read_text(encoding="utf-8").splitlines()
    counts = {
        arm: len({row.split(",")[0] for row in rows[1:] if row.split(",")[1] == arm})
        for arm in {row.split(",")[1] for row in rows[1:]}
    }
    thin = min(counts, key=lambda arm: counts[arm])
    assert counts[thin] == 3
    without = tmp_path / "without.csv"
    without.write_text("\n".join(r for r in rows if f",{thin}," not in r), encoding="utf-8")
    both = [
        {
            (claim.arm, claim.outcome): claim.p_value
            for claim in claims_of(each)
            if claim.outcome == "growth_rate" and claim.arm != thin
        }
        for each in (path, without)
    ]
    assert both[0] == pytest.approx(both[1], rel=1e-6)


def test_every_claim_stands_in_results_json(ask, faults, tmp_path) -> None:
    path = faults("claims/flip_comma.csv")
    ask("run", path, "--control", "vehicle", "-o", tmp_path / "out", "--figures", "none", code=0)
    written = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    expected = claims_of(path, study={"control": "vehicle"})
    assert [one["shows"] for one in written["claims"]] == [one.shows for one in expected]
