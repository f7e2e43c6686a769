"""``[[accept]]`` from the command line: told with its reason everywhere, refused nowhere."""

from __future__ import annotations

import json

SHEET = "mouse,arm,day,volume\n" + "".join(
    f"m{mouse},{'vehicle' if mouse < 3 else 'drug'},{day},{volume}\n"
    for mouse in range(6)
    for day, volume in ((0, 200 + mouse), (3, 250 + 3 * mouse), (7, "x" if mouse == 1 else 380))
)
TOML = '[study]\nsheet = "sheet.csv"\n'
ACCEPT = '[[accept]]\nrule = "{}"\nreason = "known since the pilot"\n'


def study(folder, *rules: str):
    (folder / "sheet.csv").write_text(SHEET, encoding="utf-8")
    toml = folder / "study.toml"
    toml.write_text(TOML + "".join(map(ACCEPT.format, rules)), encoding="utf-8")
    return toml


def test_a_strict_command_takes_what_is_accepted_and_tells_it(ask, tmp_path) -> None:
    bare = study(tmp_path)
    refused = ask("growth", bare, "--strict", code=1).stderr
    assert "Refused by --strict (1 finding)" in refused
    # The warning is accepted; the doubts of the fit are not yet.
    refused = ask("growth", study(tmp_path, "not-a-number"), "--strict", code=1).stderr
    assert "doubt" in refused
    plain = ask("growth", study(tmp_path), "-f", "json", code=0).stdout
    rules = {doubt["rule"] for doubt in json.loads(plain)["doubts"]}
    assert rules
    toml = study(tmp_path, "not-a-number", *sorted(rules))
    answer = ask("growth", toml, "--strict", "-f", "json", code=0)
    told = json.loads(answer.stdout)
    assert {doubt["accepted"] for doubt in told["doubts"]} == {"known since the pilot"}
    assert "Accepted: known since the pilot." in told["accepted"][0]
    assert answer.stderr.count("Known: ") == 1 + len(told["doubts"])
    assert "Doubt: " not in answer.stderr


def test_check_lists_what_is_accepted_and_is_content(ask, tmp_path) -> None:
    answer = ask("check", study(tmp_path, "not-a-number"), "--strict", code=0)
    assert "Accepted: known since the pilot" in answer.stdout
    assert "1 finding, 0 errors, 1 of them known and accepted." in answer.stderr
    assert ask("check", study(tmp_path), "--strict", code=1).stdout


def test_a_run_tells_what_is_accepted_in_every_file_and_doubts_what_meets_nothing(
    ask, tmp_path
) -> None:
    out = tmp_path / "out"
    summary = ask("run", study(tmp_path, "not-a-number", "not-a-nubmer"), "-o", out, code=0).stdout
    reason = "known since the pilot"
    known, _, doubts = " ".join(summary.partition("\nKnown:")[2].split()).partition("Doubts:")
    assert reason in known
    assert "no such doubt or warning" in doubts
    for name in ("report.html", "README.txt", "methods.md", "results.json", "manifest.json"):
        assert reason in (out / name).read_text(encoding="utf-8"), name
    assert reason in (out / "tables" / "findings.csv").read_text(encoding="utf-8")
