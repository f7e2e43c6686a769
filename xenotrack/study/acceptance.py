"""What a study declares as known: findings and doubts that are told with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from xenotrack.doubts import Doubt
from xenotrack.study.finding import Finding
from xenotrack.study.primary import BEST_PART
from xenotrack.study.rules import AcceptRule
from xenotrack.study.study import Study


def accept_findings(study: Study) -> tuple[Finding, ...]:
    """The findings of a study, each with the reason of the first rule that accepts it."""
    arms, rules = _arms_of_mice(study), _rules(study)
    return tuple(
        replace(finding, accepted=_reason(rule for rule in rules if _is_of(rule, finding, arms)))
        for finding in study.findings
    )


def accept_doubts(doubts: Iterable[Doubt], rules: Sequence[AcceptRule]) -> tuple[Doubt, ...]:
    """The doubts, each with the reason of the first rule that accepts it."""
    return tuple(
        replace(doubt, accepted=_reason(rule for rule in rules if _is_about(rule, doubt)))
        for doubt in doubts
    )


def unmet(study: Study, doubts: Sequence[Doubt]) -> Iterator[Doubt]:
    """A doubt for each rule that accepts nothing of a study whose doubts are all known."""
    arms = _arms_of_mice(study)
    for rule in _rules(study):
        if any(_is_of(rule, finding, arms) for finding in study.findings):
            continue
        if any(_is_about(rule, doubt) for doubt in doubts):
            continue
        yield Doubt(
            "accepts-nothing",
            rule.arms,
            "",
            f"[[accept]] names the rule {rule.rule!r}{_whose(rule)}, and the study has no such "
            f"doubt or warning.{_hint(rule, study, doubts)}",
            rule.mice,
        )


def rules_concerning(
    study: Study, others: Iterable[Study], partial: bool
) -> tuple[AcceptRule, ...]:
    """The rules but for those that are about the arms or mice of another study or phase.

    ``partial``: only some of the studies or phases of the sheet were read.
    """
    elsewhere = [other for other in others if other is not study]
    return tuple(
        rule
        for rule in _rules(study)
        if _concerns(rule, study)
        or not (partial or any(_concerns(rule, other) for other in elsewhere))
    )


def _rules(study: Study) -> tuple[AcceptRule, ...]:
    return study.design.rules.accept


def _arms_of_mice(study: Study) -> dict[str, str]:
    rows = study.measurements[["mouse", "arm"]].drop_duplicates("mouse")
    return dict(zip(rows["mouse"], rows["arm"], strict=True))


def _reason(rules: Iterator[AcceptRule]) -> str:
    return next((rule.reason for rule in rules), "")


def _is_of(rule: AcceptRule, finding: Finding, arm_of: Mapping[str, str]) -> bool:
    """Whether a rule accepts a finding; an error has to be mended."""
    if rule.rule != finding.rule or finding.severity == "error":
        return False
    arm = arm_of.get(finding.mouse)
    its_mouse = not rule.mice or finding.mouse in rule.mice
    return its_mouse and (not rule.arms or arm is None or arm in rule.arms)


def _is_about(rule: AcceptRule, doubt: Doubt) -> bool:
    """Whether a rule accepts a doubt: it names every arm, and every mouse, that this is about.

    A doubt about the study as a whole names no arm.
    """
    arms = set(doubt.arms) - {BEST_PART}
    if rule.rule != doubt.rule or (rule.arms and not arms <= set(rule.arms)):
        return False
    return not rule.mice or (bool(doubt.mice) and set(doubt.mice) <= set(rule.mice))


def _concerns(rule: AcceptRule, study: Study) -> bool:
    arms = not rule.arms or bool(set(rule.arms) & set(study.design.arm_names))
    return arms and (not rule.mice or bool(set(rule.mice) & set(study.measurements["mouse"])))


def _whose(rule: AcceptRule) -> str:
    return "".join(
        f" of {', '.join(map(repr, names))}" for names in (rule.arms, rule.mice) if names
    )


def _hint(rule: AcceptRule, study: Study, doubts: Sequence[Doubt]) -> str:
    """What may have been meant: a rule, arm or mouse of nearly the name."""
    if any(finding.rule == rule.rule for finding in study.errors):
        return " It is an error here, and an error has to be mended."
    named = [*(finding.rule for finding in study.findings), *(doubt.rule for doubt in doubts)]
    known = (
        ([rule.rule], named),
        (rule.arms, study.design.arm_names),
        (rule.mice, study.measurements["mouse"].unique().tolist()),
    )
    near = [
        found[0]
        for names, there in known
        for name in names
        if name not in there and (found := get_close_matches(name, there, n=1))
    ]
    return f" Did you mean {' and '.join(map(repr, near))}?" if near else ""
