"""What to know of lines that are pooled: those left out, of other days, of few, of other sheets."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from xenotrack.compare.days_over_lines import cut_short
from xenotrack.compare.line_contrasts import LineContrasts
from xenotrack.compare.lines import Line, arms_over, control_over, estimable, is_panel
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.doubts import Doubt

FEW_LINES = 3  # up to so many a mean over lines rests on two degrees of freedom
BY_WINDOW = ("growth_rate", "late_rate")


def doubts_about_lines(
    lines: Sequence[Line],
    contrasts: Sequence[LineContrasts],
    groups: Mapping[str, Mapping[str, Sequence[str]]],
) -> Iterator[Doubt]:
    """Lines that are left out of a contrast and why, lines of other days, groups without lines."""
    control = control_over(lines)
    for line in lines if any(one.against for one in contrasts) else ():
        yield from _left_out(line, control, contrasts)
    yield from _arms_of_some(lines)
    yield from _windows(contrasts)
    # A panel counts the days of its mice by itself: what its lines were compared to says nothing.
    if not is_panel([n for line in lines for n in line.counts.values()]):
        yield from cut_short(contrasts, _followed(lines))
    yield from _held_back(contrasts)
    compared = [one for one in contrasts if one.against] or contrasts
    used = max((len(one.lines) for one in compared), default=0)
    if 0 < used <= FEW_LINES:
        yield Doubt(
            "few-lines",
            (),
            "",
            f"{used} lines say little of lines in general: a mean over them has "
            f"{used - 1} degree{'s' if used != 2 else ''} of freedom. Read each line.",
        )
    for factor, own in groups.items():
        yield from _grouping(factor, own, [line.name for line in lines])
        yield from _sheets(factor, own, lines)


def _left_out(
    line: Line, control: str | None, contrasts: Sequence[LineContrasts]
) -> Iterator[Doubt]:
    """What a line is left out of: every contrast, or some outcomes of arms that it has."""
    compared = [one for one in contrasts if one.against]
    # What one line alone has is pooled with nothing.
    pooled = [one for one in compared if len(one.lines) > 1]
    if not any(line.name in one.lines for one in pooled):
        shared = {arm for one in pooled for arm in (one.arm, one.against)}
        reason = _why_left_out(line, control, shared)
        yield Doubt("line-left-out", (), "", f"Line {line.name} is in no pooled contrast: {reason}")
        return
    has = {arm for arm, n in line.counts.items() if n}
    missing = [
        one for one in compared if line.name not in one.lines and {one.arm, one.against} <= has
    ]
    if missing:
        titles = ", ".join(dict.fromkeys(OUTCOMES[one.outcome].title.lower() for one in missing))
        arms = tuple(dict.fromkeys(one.arm for one in missing))
        yield Doubt(
            "line-left-out",
            arms,
            "",
            f"Line {line.name} is not in what is pooled of {titles} ({', '.join(arms)}): "
            f"{_why_left_out(line, control, has)}",
        )


def _followed(lines: Sequence[Line]) -> dict[tuple[str, str], dict[str, float]]:
    """Contrast → line → the day to which the line itself counts days gained."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for line in lines:
        if not len(line.compare):
            continue
        rows = estimable(line.compare.assign(line=line.name))
        rows = rows[rows["outcome"] == "rmst_days"]
        for arm, against, until in zip(
            rows["arm"], rows["against"], rows["until_day"], strict=True
        ):
            found.setdefault((arm, against), {})[line.name] = until
    return found


def _held_back(contrasts: Sequence[LineContrasts]) -> Iterator[Doubt]:
    """Claims that are withheld in a line, and so over lines."""
    for one in contrasts:
        if one.withheld:
            told = ", ".join(f"{line} ({rule})" for line, rule in one.withheld.items())
            yield Doubt(
                "line-withheld",
                (one.arm, one.against),
                OUTCOMES[one.outcome].source,
                f"{OUTCOMES[one.outcome].title} of {one.arm} against {one.against} is withheld in "
                f"{told}, and so is what is pooled of it.",
            )


def _why_left_out(line: Line, control: str | None, shared: Collection[str]) -> str:
    """``shared`` are the arms that are compared in several lines."""
    present = [arm for arm, n in line.counts.items() if n]
    if len(present) < 2:
        arm = f" ({present[0]})" if present else ""
        return f"it has one arm only{arm}, so nothing is compared within it."
    if control not in present:
        arms = ", ".join(present)
        return f"it has no mouse of {control}, the control of the other lines (arms: {arms})."
    if not set(present) & (set(shared) - {control}) and shared:
        return f"but for {control} no other line has its arms ({', '.join(present)})."
    few = [f"{arm} {n}" for arm, n in line.counts.items() if n < 2]
    if few:
        return f"it has one mouse in an arm ({', '.join(few)}), so it does not know its own error."
    return "it could not be estimated there."


def _arms_of_some(lines: Sequence[Line]) -> Iterator[Doubt]:
    """Arms that only some lines have: another name, or another design."""
    for arm in arms_over(lines):
        having = [line.name for line in lines if line.counts.get(arm)]
        if 0 < len(having) < len(lines) and 2 * len(having) <= len(lines):
            yield Doubt(
                "arm-in-some-lines",
                (arm,),
                "",
                f"Only {len(having)} of {len(lines)} lines have the arm {arm}: "
                f"{', '.join(having[:4])}{'…' if len(having) > 4 else ''}.",
            )


def _windows(contrasts: Sequence[LineContrasts]) -> Iterator[Doubt]:
    """Rates of lines over days that differ are not quite the same thing."""
    rates = [one for one in contrasts if one.outcome in BY_WINDOW and len(one.lines) > 1]
    last = [(one.until_day.min(), one.until_day.max(), one.arm) for one in rates]
    apart = [each for each in last if each[1] > 1.25 * each[0]]
    if apart:
        first, until, arm = max(apart, key=lambda each: each[1] - each[0])
        yield Doubt(
            "windows-differ",
            tuple(dict.fromkeys(each[2] for each in apart)),
            "growth",
            f"Lines were followed over different days: what is said of {arm} ends between day "
            f"{round(first, 1):g} and day {round(until, 1):g}.",
        )


def _grouping(
    factor: str, groups: Mapping[str, Sequence[str]], lines: Sequence[str]
) -> Iterator[Doubt]:
    named = {line for own in groups.values() for line in own}
    if unknown := sorted(named - set(lines)):
        yield Doubt(
            "group-without-line",
            (),
            "",
            f"[lines] {factor} names {', '.join(unknown)}, and there is no such line. The lines "
            f"are: {', '.join(lines)}.",
        )
    having = [name for name, own in groups.items() if set(own) & set(lines)]
    if len(having) < 2:
        yield Doubt(
            "one-group",
            (),
            "",
            f"Of the groups of {factor} only {having[0] if having else 'none'} has lines: nothing "
            "is compared by it.",
        )
    if outside := [line for line in lines if line not in named]:
        yield Doubt(
            "line-without-group",
            (),
            "",
            f"{', '.join(outside)} stand in no group of {factor}, and are in no mean by it.",
        )


def _sheets(
    factor: str, groups: Mapping[str, Sequence[str]], lines: Sequence[Line]
) -> Iterator[Doubt]:
    """Groups of which each was read from a sheet of its own: another lab, or another time."""
    sheets = {
        name: [line.sheets for line in lines if line.name in own and line.sheets]
        for name, own in groups.items()
    }
    known = {name: frozenset().union(*own) for name, own in sheets.items() if len(own) > 1}
    one_each = all(len(own) == 1 for own in known.values())
    if len(known) == len(groups) > 1 and one_each and len(set(known.values())) == len(known):
        told = ", ".join(f"{name} {next(iter(own))}" for name, own in known.items())
        yield Doubt(
            "group-is-sheet",
            (),
            "",
            f"Each group of {factor} was read from a sheet of its own ({told}): what they differ "
            "in may be what the sheets do.",
        )
