"""What becomes of rates and verdicts without one of the mice."""

from __future__ import annotations

from collections.abc import Iterator

from xenotrack.present.sentences import contrast_words, join, number
from xenotrack.present.tell.facts import Facts


def one_mouse(facts: Facts) -> Iterator[str]:
    """Whether one mouse carries the rate of its arm."""
    known = facts.tables["influence"].dropna(subset=["change_in_errors"])
    if known.empty:
        return
    rates = facts.tables["growth"].set_index("arm")
    low, high = (known["arm"].map(rates[end]) for end in ("conf_low", "conf_high"))
    beyond = known[(known["estimate"] < low) | (known["estimate"] > high)]
    most = known.loc[known["change_in_errors"].abs().idxmax()]
    largest = (
        f"the largest change, {number(abs(most['change_in_errors']), 2)} standard errors, is that "
        f"of {most['arm']} without mouse {most['mouse']}"
    )
    if beyond.empty:
        yield f"Without any one mouse, the rate of its arm stays within its interval; {largest}."
        return
    places = zip(beyond["mouse"], beyond["arm"], strict=True)
    told = join(f"{mouse} in {arm}" for mouse, arm in places)
    yield f"Without {told} the rate of the arm leaves its interval: look up what was read."


def one_out(facts: Facts) -> Iterator[str]:
    """How many comparisons of growth keep their verdict whichever mouse is left out."""
    found = facts.tables["leave_one_out"]
    if found.empty:
        return
    firm = int((found["n_changes"] == 0).sum())
    turned = found.loc[found["n_changes"] > 0, "contrast"]
    of_all = "The one comparison" if len(found) == 1 else f"Of {len(found)} comparisons"
    if turned.empty:
        keep = "keeps its" if len(found) == 1 else "all keep their"
        yield f"{of_all} of growth {keep} verdict whichever mouse is left out."
    elif len(found) == 1:
        yield f"{of_all} of growth has another verdict without one mouse: see the doubts."
    else:
        keep = "keeps its" if firm == 1 else "keep their"
        yield (
            f"{of_all} of growth {firm} {keep} verdict whichever mouse is left out; without one "
            f"mouse it turns for {join(map(contrast_words, turned))}."
        )
