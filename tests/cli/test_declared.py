"""Rules declared beforehand, and what is said of them afterwards."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def declared(ask, sample, tmp_path):
    file = tmp_path / "declared.json"
    said = ask("check", sample("two_arm.csv"), "--declare", file, "--value", "3", code=0)
    assert f"Wrote {file}" in said.stderr
    return file


def test_the_file_holds_the_rules_and_their_digest(declared) -> None:
    content = json.loads(declared.read_text("utf-8"))
    assert content["rules"]["progression"]["value"] == 3
    assert content["rules"]["compare"]["adjust"] == "holm"
    assert content["rules"]["study"]["control"] == "vehicle"
    assert len(content["digest"]) == 64


def test_nothing_is_replaced_by_a_declaration(ask, sample, declared) -> None:
    before = declared.read_bytes()
    said = ask("check", sample("two_arm.csv"), "--declare", declared, code=1)
    assert declared.name in said.stderr
    assert declared.read_bytes() == before
    sheet = sample("two_arm.csv")
    assert "what was read" in ask("check", sheet, "--declare", sheet, code=2).stderr


def test_run_says_that_rules_are_as_declared(ask, sample, declared) -> None:
    typed = ("run", sample("two_arm.csv"), "-o", "-", "--declared", declared)
    assert "Rules as declared in declared.json" in ask(*typed, "--value", "3", code=0).stdout


def test_run_says_what_changed_since(ask, sample, declared) -> None:
    said = ask(
        *("run", sample("two_arm.csv"), "-o", "-", "--declared", declared),
        *("--adjust", "none", "--primary", "alpelisib - vehicle"),
        code=0,
    ).stdout
    text = " ".join(said.split())
    assert "Changed since declared.json: progression.value was 3.0, is 2.0" in text
    assert 'compare.adjust was "holm", is "none"' in text
    assert "compare.primary was not set" in text
    assert "Rules as declared" not in text


def test_a_named_rule_that_changed_is_told_by_its_name_and_key(ask, sample, tmp_path) -> None:
    def rules(text):
        path = tmp_path / "study.toml"
        sheet = f'[study]\nsheet = "{sample("two_arm.csv")}"\n[progression.rules]\n'
        path.write_text(sheet + text, "utf-8")
        return path

    file, typed = tmp_path / "declared.json", ("-o", "-", "--figures", "none", "--declared")
    before = 'late = { rule = "fold", value = 4 }\nsoon = { rule = "percent", value = 20 }'
    ask("check", rules(before), "--declare", file, code=0)
    now = 'late = { rule = "fold", value = 3 }\nnext = { rule = "fold", value = 5 }'
    text = " ".join(ask("run", rules(now), *typed, file, code=0).stdout.split())
    assert "progression.rules.late.value was 4.0, is 3.0" in text
    assert 'progression.rules.soon was { rule = "percent", value = 20.0' in text
    assert "progression.rules.next was not set, is {" in text


def test_a_file_that_was_edited_is_told(ask, sample, declared) -> None:
    declared.write_text(declared.read_text("utf-8").replace("3.0", "2.0"), "utf-8")
    said = ask("run", sample("two_arm.csv"), "-o", "-", "--declared", declared, code=0).stdout
    assert "was edited after it was written" in said


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"rules": {"a": 1}, "digest": ""}', "\x00"])
def test_another_file_is_no_declaration(ask, sample, tmp_path, text) -> None:
    file = tmp_path / "other.json"
    file.write_text(text, "utf-8")
    said = ask("run", sample("two_arm.csv"), "-o", "-", "--declared", file, code=1)
    assert "other.json is no declaration of rules" in said.stderr
    assert said.stdout == ""
