"""The rules of an analysis as a lab declares them, in a file that it can date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from xenotrack.errors import InputError
from xenotrack.study.design import Design
from xenotrack.study.rules import Rules

SECTIONS = ("volume", "growth", "progression", "response", "compare")
OF_STUDY = ("day_zero", "baseline_window_days", "tumors", "experimental_unit", "never_took")
ABOUT = (
    "The rules of an analysis with xenotrack, as declared. Date this file where others see it, "
    "before the data are analysed; `xenotrack run --declared` says what changed since."
)
Table = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Declaration:
    """Declared rules by section and key; ``intact``: whether they have the digest beside them."""

    name: str
    rules: Table
    digest: str
    intact: bool

    def changes(self, design: Design) -> Iterator[str]:
        """What is other now, one rule after another."""
        now, usual = rules_of(design), _flat(_plain(Rules()))
        before = _flat(self.rules)
        for key, value in _flat(now).items():
            yield from _changed(key, before.get(key, usual.get(key)), value)


def rules_of(design: Design) -> Table:
    """The rules that decide what is claimed: every rule of the analysis, control and primary."""
    primary = design.primary
    table = _plain(design.rules)
    table["study"]["control"] = design.control
    table["compare"]["primary"] = (
        None if primary is None else f"{primary.label} in {primary.outcome}"
    )
    return table


def _plain(rules: Rules) -> Table:
    built = json.loads(msgspec.json.encode(rules))
    table: Table = {"study": {name: built["study"][name] for name in OF_STUDY}}
    table |= {section: built[section] for section in SECTIONS}
    table["progression"]["value"] = rules.progression.threshold
    return table


def declaration_text(design: Design) -> bytes:
    """The file: what it is, the digest of the rules, and the rules."""
    rules = rules_of(design)
    content = {"about": ABOUT, "digest": digest_of(rules), "rules": rules}
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def digest_of(rules: Table) -> str:
    """SHA-256 of the rules, however they are laid out."""
    text = json.dumps(rules, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_declaration(path: Path) -> Declaration:
    """A declared file; raises ``InputError`` where it is none."""
    try:
        content = json.loads(path.read_bytes())
        rules, digest = content["rules"], str(content["digest"])
        tables = all(isinstance(section, dict) for section in rules.values())
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(_no_declaration(path)) from error
    if not tables:
        raise InputError(_no_declaration(path))
    return Declaration(path.name, rules, digest, digest_of(rules) == digest)


def _no_declaration(path: Path) -> str:
    return (
        f"{path.name} is no declaration of rules. "
        "Write one with `xenotrack check STUDY --declare FILE`."
    )


def _flat(rules: Table) -> dict[str, Any]:
    return {
        f"{section}.{key}": value for section, keys in rules.items() for key, value in keys.items()
    }


def _changed(key: str, before: Any, now: Any) -> Iterator[str]:
    """What is other of one rule; of a table of named ones each by its name and key."""
    if isinstance(before, dict) and isinstance(now, dict):
        for name in dict.fromkeys((*before, *now)):
            yield from _changed(f"{key}.{name}", before.get(name), now.get(name))
    elif before != now:
        yield f"{key} was {_written(before)}, is {_written(now)}"


def _written(value: Any) -> str:
    """A value as study.toml has it, of a table what is set; "not set" where there is none."""
    if isinstance(value, dict):
        written = (f"{key} = {_written(own)}" for key, own in value.items() if own is not None)
        return f"{{ {', '.join(written)} }}"
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)
