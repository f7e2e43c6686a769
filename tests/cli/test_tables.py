"""What the commands say of the bundled samples, number by number."""

from __future__ import annotations

import pytest

COMMANDS = [
    *("growth", "compare", "progression", "response", "synergy", "tolerability", "check"),
]
SAMPLES = ["naive.toml", "resistant.toml", "combination.csv", "two_arm.csv", "wide.csv"]


@pytest.mark.parametrize("study", SAMPLES)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_numbers_of_a_sample_stay(ask, golden, sample, command, study) -> None:
    if (command, study) == ("synergy", "two_arm.csv"):
        pytest.skip("two arms make no combination")
    found = ask(command, sample(study), "-f", "csv", code=0).stdout
    golden(f"{command}.{study.partition('.')[0]}.csv", found)


@pytest.mark.parametrize("study", SAMPLES)
def test_the_first_rows_of_tidy_stay(ask, golden, sample, study) -> None:
    lines = ask("tidy", sample(study), "-f", "csv", code=0).stdout.splitlines(keepends=True)
    golden(f"tidy.{study.partition('.')[0]}.csv", "".join(lines[:30]))


@pytest.mark.parametrize("what", ["mice", "curve", "logrank"])
def test_the_details_of_progression_stay(ask, golden, sample, what) -> None:
    found = ask("progression", sample("resistant.toml"), f"--{what}", "-f", "csv", code=0).stdout
    golden(f"progression_{what}.resistant.csv", found)


def test_counts_by_arm_stay(ask, golden, sample) -> None:
    found = ask("response", sample("naive.toml"), "--by-arm", "-f", "csv", code=0).stdout
    golden("response_by_arm.naive.csv", found)


def test_pooled_variances_stay(ask, golden, sample) -> None:
    found = ask("growth", sample("naive.toml"), "--variances", "pooled", "-f", "csv", code=0)
    golden("growth_pooled.naive.csv", found.stdout)


def test_the_table_for_the_eye_stays(ask, golden, sample) -> None:
    golden("growth.naive.txt", ask("growth", sample("naive.toml"), code=0).stdout)


def test_the_template_stays_and_finds_its_sheet(ask, golden, sample) -> None:
    sheet = sample("two_arm.csv")
    written = ask("check", sheet, "--template").stdout
    assert f'sheet = "{sheet}"' in written
    golden("template.two_arm.toml", written.replace(sheet, "two_arm.csv"))
