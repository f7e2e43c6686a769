"""What becomes of rates and verdicts without one of the mice."""

from __future__ import annotations

from collections.abc import Iterator

from xenotrack.present.numbers import join, number
from xenotrack.present.story import Sentence
from xenotrack.present.tell.claims import versus
from xenotrack.present.tell.facts import Facts


def one_mouse(facts: Facts) -> Iterator[Sentence]:
    """Whether one mouse carries the rate of its arm."""
    known = facts.tables["influence"].dropna(subset=["change_in_errors"])
    if known.empty:
        return
    rates = facts.tables["growth"].set_index("arm")
    low, high = (known["arm"].map(rates[end]) for end in ("conf_low", "conf_high"))
    beyond = known[(known["estimate"] < low) | (known["estimate"] > high)]
    most = known.loc[known["change_in_errors"].abs().idxmax()]
    if beyond.empty:
        yield Sentence(
            "Without any one mouse, the rate of its arm stays within its interval",
            evidence=f"largest change {number(abs(most['change_in_errors']), 2)} standard errors, "
            f"of {most['arm']} without mouse {most['mouse']}",
        )
        return
    places = zip(beyond["mouse"], beyond["arm"], strict=True)
    mice = join(f"{mouse} in {arm}" for mouse, arm in places)
    yield Sentence(f"Without {mice} the rate of the arm leaves its interval: look up its readings")


def one_out(facts: Facts) -> Iterator[Sentence]:
    """How many comparisons of growth keep their verdict whichever mouse is left out."""
    rows = facts.tables["leave_one_out"]
    if rows.empty:
        return
    turned = rows[rows["n_changes"] > 0]
    count = len(rows)
    if turned.empty:
        noun = "The comparison of growth keeps its verdict"
        if count > 1:
            noun = f"All {count} comparisons of growth keep their verdict"
        yield Sentence(f"{noun} whichever mouse is left out")
        return
    names = join(versus(*pair) for pair in turned[["arm", "against"]].to_numpy())
    yield Sentence(
        f"{count - len(turned)} of {count} comparisons of growth keep their verdict whichever "
        f"mouse is left out; one mouse turns it for {names}"
    )
