"""What is not analysed: a study with errors, or under ``--strict`` with anything doubtful."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xenotrack.doubts import Doubt
from xenotrack.errors import StudyError
from xenotrack.study.finding import Finding
from xenotrack.study.study import Study

SHOWN = 5
# Findings of one value each that is in no analysis.
LEFT_OUT = frozenset(
    ("not-a-number", "negative-value", "absurd-value", "reading-without-volume", "not-a-day")
)


def refuse_findings(study: Study, strict: bool, source: str) -> None:
    """Refuse a study for its errors (``strict``: for its warnings too, but those accepted).

    A primary contrast that is none of the study's is refused in its own words.
    """
    _ = study.design.primary
    _refuse(study.unaccepted if strict else study.errors, strict, source)


def refuse_errors(study: Study) -> None:
    """Refuse a study for its errors, in a script."""
    _ = study.design.primary
    if study.errors:
        raise StudyError(
            f"The sheet must be mended first ({count(len(study.errors), 'error')}):\n"
            f"{_listed(study.errors)}\n`study.errors` lists them all; "
            "Results(study, in_spite_of_errors=True) computes with what is left."
        )


def _refuse(refused: Sequence[Finding], strict: bool, source: str) -> None:
    if refused:
        raise StudyError(
            f"{'Refused by --strict' if strict else 'The sheet must be mended first'} "
            f"({count(len(refused), 'finding' if strict else 'error')}):"
            f"\n{_listed(refused)}\n"
            f"`xenotrack check {source}` lists them all."
        )


def _listed(findings: Sequence[Finding]) -> str:
    shown = "\n".join(f"  {finding}" for finding in findings[:SHOWN])
    more = f"\n  and {len(findings) - SHOWN} more" if len(findings) > SHOWN else ""
    return f"{shown}{more}"


def refuse_doubts(doubts: Iterable[Doubt]) -> None:
    """Refuse results for their doubts, but for those accepted."""
    listed = [f"  {doubt.text}" for doubt in doubts if not doubt.accepted]
    if listed:
        lines = "\n".join(listed)
        raise StudyError(f"Refused by --strict ({count(len(listed), 'doubt')}):\n{lines}")


def about_warnings(study: Study, source: str) -> str:
    """How many warnings a study does not accept, what they left out, and where they are listed."""
    warnings = count(len(study.unaccepted), "warning")
    out = sum(finding.rule in LEFT_OUT for finding in study.findings)
    left = f" {count(out, 'value')} of the sheet could not be used." if out else ""
    return f"{warnings} about the sheet: see `xenotrack check {source}`.{left}"


def count(number: int, noun: str) -> str:
    """
    >>> count(1, "warning"), count(2, "warning")
    ('1 warning', '2 warnings')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
