"""What a pool over lines says: whether it holds in other lines, and in each group of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from xenotrack.compare.across import Pool
from xenotrack.compare.claims import Claim
from xenotrack.compare.line_contrasts import RATE
from xenotrack.compare.outcomes import OUTCOMES
from xenotrack.compare.pooled import ALL, DIFFERENCE, EACH, GROUP, Pooled
from xenotrack.compare.verdicts import BETTER, WITHHELD, WORSE, claim_level
from xenotrack.doubts import p_words
from xenotrack.present.figures.catalogue import LINE_FIGURES
from xenotrack.present.numbers import (
    confidence,
    days_range,
    effect,
    fixed,
    interval,
    join,
    number,
    per_day,
)
from xenotrack.present.story import Answer, Caption, Sentence, Story, Tile
from xenotrack.present.tell.doubts import ACROSS, in_short, with_remedy
from xenotrack.present.tell.references import Citations

ASKED = "Does it hold in other models?"
EACH_LINE = "What did each line do?"


def tell_pool(pool: Pool) -> Story:
    """Everything that the report of a pool says."""
    return pool.design.readout.struct(_told(pool), pool.design.names)


def _told(pool: Pool) -> Story:
    sentences = tuple(across(pool))
    lines = tuple(each_line(pool))
    cite = Citations()
    methods = tuple(how(pool, cite))
    doubts = tuple(with_remedy(doubt) for doubt in pool.doubts)
    return Story(
        title=f"{pool.name}: across models" if pool.name else "Across models",
        headline=tuple(headline(pool)),
        tiles=tuple(tiles(pool)),
        arms=(),
        names="",
        key_figure="forest_by_line",
        answers=(
            Answer(
                ACROSS,
                ASKED,
                sentences,
                ("forest_by_line", "growth_by_line"),
                ("pool", "pool_blocked"),
                doubts,
            ),
            Answer(
                "lines",
                EACH_LINE,
                lines,
                ("response_by_line", "waterfall_by_line"),
                ("pool_response", "pool_lines"),
            ),
        ),
        quality=doubts,
        exclusions=(),
        methods=methods,
        references=cite.listed,
        arrive=(),
        captions=tuple(
            Caption(one.name, one.title, one.note, f"{one.title}. {one.alt}")
            for one in LINE_FIGURES
        ),
    )


def headline(pool: Pool) -> Iterator[Sentence]:
    """The answer for the primary arm, else for the arm that did most."""
    arm = _foremost(pool)
    if arm is None:
        yield Sentence("No arm could be compared over lines")
        return
    yield from (blocked_sentence(pool, claim) for claim in _of(pool, "lines", arm))
    yield from (
        pooled_sentence(pool, claim)
        for claim in _of(pool, "pooled", arm)
        if claim.outcome == "growth_rate"
    )
    short = dict.fromkeys(in_short(doubt.rule, pool.doubts) for doubt in pool.doubts)
    told = [text for text in short if text]
    if told:
        yield Sentence(join(told), "To be read with this")


def tiles(pool: Pool) -> Iterator[Tile]:
    """The pooled claims at a glance: lines blocked, and growth over them."""
    arm = _foremost(pool)
    for claim in sorted(pool.claims, key=lambda claim: claim.kind != "lines"):
        growth = claim.kind == "pooled" and claim.outcome == "growth_rate" and claim.family == ALL
        if claim.arm != arm or not (growth or claim.kind == "lines"):
            continue
        teller = pooled_sentence if growth else blocked_sentence
        told = teller(pool, claim)
        mark = "good" if claim.shows in (BETTER, "blocked") else "open"
        mark = "bad" if claim.shows == WORSE else mark
        yield Tile(arm or "", told.text, told.evidence, mark, ACROSS, claims=told.claims)


def _foremost(pool: Pool) -> str | None:
    """The arm of the primary contrast, else the one whose growth differs most from control."""
    rows = [row for row in pool.rows if row.outcome == "growth_rate" and row.scope == ALL]
    # What a line alone has comes last: nothing is pooled of it.
    by_growth = sorted(rows, key=lambda row: (not isfinite(row.std_error), row.estimate))
    primary = [row for row in rows if row.primary] or by_growth
    return primary[0].arm if primary else None


def _of(pool: Pool, kind: str, arm: str) -> list[Claim]:
    return [claim for claim in pool.claims if claim.kind == kind and claim.arm == arm]


def across(pool: Pool) -> Iterator[Sentence]:
    """Every arm: lines blocked, then growth; of other outcomes what is shown over all lines."""
    for claim in pool.claims:
        if claim.kind == "lines":
            yield blocked_sentence(pool, claim)
    for claim in pool.claims:
        shown = claim.family == ALL and claim.shows in (BETTER, WORSE)
        if claim.kind == "pooled" and (claim.outcome == "growth_rate" or shown):
            yield pooled_sentence(pool, claim)


def blocked_sentence(pool: Pool, claim: Claim) -> Sentence:
    """In how many lines an arm blocked progression, and in which groups."""
    arm, n, n_lines = claim.arm, claim.n, claim.n_mice
    groups = [text for factor in pool.factors for text in [_by_group(pool, arm, factor)] if text]
    text = f"{arm} {_did(pool)} in {n} of {n_lines} lines"
    each = _each_of_rate(pool, arm)
    if claim.shows == "blocked" and each:
        text += f", in {_both(len(each[0].groups))} {each[0].factor} groups"
    limits = confidence(100 * claim.low, 100 * claim.high, pool.level, lambda end: fixed(end, 0))
    parts = [f"{limits} % of lines", *groups]
    for row in each:
        word = "blocked" if row.shows == "blocked" else "not shown to be blocked"
        parts.append(
            f"mean growth in each {row.factor} group {word}: at most {per_day(row.claim_high)}, "
            f"{p_words(row.p_adjusted)}, the larger of the groups'"
        )
    place = pool.claims.index(claim)
    rested = [pool.claims.index(one) for one in _of(pool, "pooled", arm) if one.outcome == RATE]
    return Sentence(text, evidence="; ".join(parts), claims=(place, *rested))


def _did(pool: Pool) -> str:
    """What is counted of a line: a block, or in a panel that none of its few mice progressed."""
    return "left no mouse to progress" if pool.is_panel else "blocked progression"


def _both(count: int) -> str:
    return "both" if count == 2 else f"all {count}"


def _each_of_rate(pool: Pool, arm: str) -> list[Pooled]:
    return [
        row
        for row in pool.rows
        if row.outcome == RATE and row.scope == EACH and row.arm == arm and row.shows
    ]


def _by_group(pool: Pool, arm: str, factor: str) -> str:
    """``mutant 2 of 2, wild_type 1 of 2``."""
    rows = pool.tables["pool_blocked"]
    rows = rows[(rows["arm"] == arm) & (rows["factor"] == factor)]
    told = [f"{row.group} {row.n} of {row.n_lines}" for row in rows.itertuples()]
    return ", ".join(told)


def pooled_sentence(pool: Pool, claim: Claim) -> Sentence:
    """What a pooled claim shows; the groups' own means are its evidence."""
    row = next(row for row in pool.rows if row.is_claim and _is_row(row, claim))
    teller = {ALL: _over_all, DIFFERENCE: _difference, EACH: _in_each}[row.scope]
    text, evidence = teller(pool, row)
    return Sentence(text, evidence=evidence, claims=(pool.claims.index(claim),))


def _is_row(row: Pooled, claim: Claim) -> bool:
    family = f"{row.scope}: {row.factor}" if row.factor else row.scope
    same = (row.outcome, row.arm, row.against, family) == (
        *(claim.outcome, claim.arm, claim.against, claim.family),
    )
    return same and (row.estimate == claim.estimate)


def _words(row: Pooled) -> str:
    """``A grew slower than B``, as it is shown."""
    outcome = OUTCOMES[row.outcome]
    if row.shows == BETTER:
        return f"{row.arm} {outcome.gained} {row.against}"
    if row.shows == WORSE:
        return f"{row.arm} {outcome.lost} {row.against}"
    if row.shows == WITHHELD:
        return f"what {row.arm} does to {outcome.title.lower()} is withheld"
    if row.scope == EACH:
        return f"{row.arm} was not shown to {outcome.gain} {row.against}"
    return f"{row.arm} was not shown to differ from {row.against} in {outcome.title.lower()}"


def _shown(pool: Pool, row: Pooled, low: float, high: float) -> str:
    display = OUTCOMES[row.outcome].display
    text = effect(display, row.estimate, low, high, pool.level)
    return f"difference {text}" if display == "percent_per_day" else text


def _over_all(pool: Pool, row: Pooled) -> tuple[str, str]:
    parts = [
        _days(row),
        f"mean {_shown(pool, row, row.claim_low, row.claim_high)}",
        _p(row),
        _next_line(pool, row),
    ]
    return f"{_words(row)} over {row.n_lines} lines", "; ".join(part for part in parts if part)


def _days(row: Pooled) -> str:
    """``days 0–28``; where lines were followed over other days ``days 0–28, by line up to 56``."""
    if row.from_day >= row.until_day:
        return f"each line's own days, the last of them {number(row.until_day)} or later"
    told = days_range(row.from_day, row.until_day)
    longer = row.until_last > 1.25 * row.until_day
    return f"{told}, by line up to {number(row.until_last)}" if told and longer else told


def _p(row: Pooled) -> str:
    return f"{p_words(row.p_adjusted)}{', not adjusted' if row.primary else ''}"


def _next_line(pool: Pool, row: Pooled) -> str:
    """Where the next line lies."""
    if not isfinite(row.predict_low) or row.next_line is None:
        return ""
    # At the level of the claim's interval: the next line would else seem surer than the mean.
    low, high = row.next_line(claim_level(row.p_value, row.p_adjusted, pool.level))
    low, high = min(low, row.claim_low), max(high, row.claim_high)
    return f"the next line {interval(OUTCOMES[row.outcome].display, low, high, pool.level)}"


def _in_each(pool: Pool, row: Pooled) -> tuple[str, str]:
    groups = [
        f"{one.group} {_shown(pool, one, one.conf_low, one.conf_high)}"
        for one in pool.rows
        if one.scope == GROUP
        and (one.outcome, one.arm, one.against, one.factor)
        == (row.outcome, row.arm, row.against, row.factor)
    ]
    p = f"{_p(row)}, the larger of the groups'"
    return f"{_words(row)} in {_both(len(groups))} {row.factor} groups", "; ".join([*groups, p])


def _difference(pool: Pool, row: Pooled) -> tuple[str, str]:
    """The interaction: never read from one p below 0.05 and one above."""
    first, second = row.groups
    outcome = OUTCOMES[row.outcome].title.lower()
    verb = "differed" if row.shows == "differ" else "were not shown to differ"
    verb = "are not compared" if row.shows == WITHHELD else verb
    text = f"{first} and {second} lines {verb} in what {row.arm} does to {outcome}"
    shown = _shown(pool, row, row.claim_low, row.claim_high)
    return text, f"{first} minus {second}: {shown}; {_p(row)}"


def each_line(pool: Pool) -> Iterator[Sentence]:
    """Each line by itself: which arms blocked progression, with the bound of each."""
    rows = pool.tables["pool_response"]
    for line in pool.lines:
        own = rows[rows["line"] == line.name]
        told = []
        for row in own.itertuples():
            if row.shows == "blocked":
                bound = f"at most {100 * row.share_high:.0f} % progress"
                told.append(
                    f"{row.arm} blocked progression to day {number(row.until_day)} ({bound})"
                )
            elif row.n_mice:
                mice = f"{row.n_disease_control} of {row.n_mice}"
                told.append(f"{row.arm} had disease control in {mice} mice")
        yield Sentence("; ".join(told) or "no arm", f"Line {line.name}")


def how(pool: Pool, cite: Citations) -> Iterator[str]:
    """The methods of a pool."""
    yield (
        "Lines were analysed one by one, each with its own baseline and window, and the contrasts "
        "of their arms were pooled. "
        + (_of_panels(pool, cite) if pool.is_panel else _of_means(cite))
    )
    if pool.factors:
        names = join(pool.factors)
        yield (
            f"Groups of lines ({names}) share one spread between lines. That an arm works in each "
            f"group is an intersection: its p is the largest of the groups' one-sided p, doubled "
            f"{cite('berger')}; a difference between groups is tested as such."
        )
    yield f"p-values are adjusted over arms within one outcome by Holm {cite('holm')}."


def _of_means(cite: Citations) -> str:
    return (
        f"A random-effects model was fitted with the variance between lines of Paule and Mandel "
        f"{cite('paule')}, t intervals on lines − groups degrees of freedom as Hartung, Knapp, "
        f"Sidik and Jonkman {cite('hartung')}, never narrower than those of one common effect; "
        f"the spread has its Q-profile interval {cite('viechtbauer')}, and the next line a "
        f"prediction interval over the confidence distribution of the spread {cite('nagashima')}."
    )


def _of_panels(pool: Pool, cite: Citations) -> str:
    rates = (
        "With one or two mice a line and arm, each mouse's rate was estimated over the days that "
        "the cells of its line share, and arms were compared within lines: "
    )
    if any(one.mice is not None for one in pool.contrasts):
        return (
            f"{rates}a mixed model of arm, with line and line by arm as random effects, was fitted "
            f"by REML, with Kenward and Roger's degrees of freedom {cite('kenward')}."
        )
    return f"{rates}a paired t test on lines − 1 degrees of freedom."
