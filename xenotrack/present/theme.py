"""How an arm, a fate and a response look, the same in every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xenotrack.present.words import drawable
from xenotrack.study.design import Arm, Design

CONTROL_COLOUR = "#000000"
# Black and the first seven are at least 35 apart (CIE 1976) to normal and to colour-blind eyes
# (Machado et al. 2009: protan, deutan, tritan), and orange + blue, blue + green, green + orange
# have a purple, a teal and an olive that look like their mixture. The rest is for large studies:
# each as far as can be from those before it. All have a contrast of 3 : 1 on white.
COLOURS = (
    *("#4f00f8", "#df7b05", "#004c06", "#d65aff", "#4f9fb4", "#63007f", "#95966d"),
    *("#881155", "#7722cc", "#cc0033", "#ff1199", "#9944bb", "#330044", "#aa1144"),
    *("#bb77dd", "#bb8844", "#000099", "#006677", "#667766"),
)
PRIMARY = 4  # the colours given to single drugs first
OTHER_COLOUR = "#767676"  # beyond twenty arms, and for what belongs to no arm

# Filled, so that an open symbol can mean a tumour below the limit.
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*", "p", "h", "<", ">", "d")

# plotnine has four line types and breaks at the fifth, so they are spelled out as on and off
# lengths: more drugs, more broken.
LINETYPES = ("solid", "solid", (0, (4, 1.2)), (0, (4, 1, 1, 1)), (0, (1.2, 1)))

# How a mouse left: symbol and words.
FATES = {
    "end_of_study": ("|", "end of study"),
    "tumor_size": ("^", "tumour size"),
    "toxicity": ("X", "toxicity"),
    "unrelated": ("D", "unrelated"),
    "technical": ("s", "technical"),
    "unknown": ("+", "unknown"),
}

# A category of mRECIST: symbol, filled or open, and words.
RESPONSES = {
    "CR": ("*", True, "complete (CR)"),
    "PR": ("o", True, "partial (PR)"),
    "SD": ("o", False, "stable (SD)"),
    "PD": ("x", True, "progressive (PD)"),
    "NE": (".", True, "not evaluable (NE)"),
}


def arm_colours(design: Design) -> dict[str, str]:
    """The colour of each arm: black for the control, a combination near the mixture of its parts.

    Single drugs take the first colours in their order; every combination, the smaller ones first,
    takes of the colours left the one nearest to the mean of its drugs' colours.
    """
    colours = {design.control: CONTROL_COLOUR} if design.control is not None else {}
    others = [arm for arm in design.arms if arm.name != design.control]
    free = list(COLOURS[: max(len(others), 7)])
    combinations = [arm for arm in others if len(arm.drugs) > 1]
    primaries = [arm for arm in others if len(arm.drugs) <= 1]
    for arm in primaries:
        colours[arm.name] = free.pop(0) if free else OTHER_COLOUR
    drugs = {
        drug: colours[arm.name] for arm in primaries for drug in arm.drugs if len(arm.drugs) == 1
    }
    for arm in sorted(combinations, key=lambda arm: len(arm.drugs)):
        colours[arm.name] = _take_nearest(free, _mixture(arm, drugs))
    return {name: colours[name] for name in design.arm_names}


def arm_shapes(design: Design) -> dict[str, str]:
    """The symbol of each arm, in display order; they recur after thirteen arms."""
    return {name: SHAPES[position % len(SHAPES)] for position, name in enumerate(design.arm_names)}


def arm_linetypes(design: Design) -> dict[str, object]:
    """The line of each arm: solid for the control and single drugs, broken for combinations."""
    last = len(LINETYPES) - 1
    return {arm.name: LINETYPES[min(len(arm.drugs), last)] for arm in design.arms}


def wrap_name(name: str, width: int) -> str:
    """An arm's name on lines of at most ``width`` characters where its ``+`` and spaces allow.

    >>> wrap_name("alpelisib+ribociclib+fulvestrant", 22).split(chr(10))
    ['alpelisib+ribociclib+', 'fulvestrant']
    >>> wrap_name("CDK4/6i + ET", 8).split(chr(10))
    ['CDK4/6i', '+ ET']
    >>> wrap_name("BYL-719-LEE-011", 8).split(chr(10))
    ['BYL-719-', 'LEE-011']
    """
    lines = [""]
    for piece in _pieces(drawable(name), width):
        if lines[-1].strip() and len((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.strip() for line in lines)


def _pieces(name: str, width: int) -> Iterator[str]:
    """The name cut after each ``+`` and each space, and where it has none, at the width."""
    piece = ""
    for letter in name:
        piece += letter
        if len(piece) >= width or (letter in "+ " and piece.strip() not in ("", "+")):
            yield piece
            piece = ""
    if piece:
        yield piece


def _mixture(arm: Arm, drugs: dict[str, str]) -> tuple[float, ...] | None:
    """The mean of the drugs' colours; none where no drug of the arm has one."""
    parts = [_rgb(drugs[drug]) for drug in sorted(arm.drugs) if drug in drugs]
    return tuple(sum(channel) / len(parts) for channel in zip(*parts, strict=True)) or None


def _take_nearest(free: list[str], wanted: tuple[float, ...] | None) -> str:
    """Take a colour out of those left; near the end of the list where nothing is wanted."""
    if not free:
        return OTHER_COLOUR
    nearest = free[0] if wanted is None else min(free, key=lambda one: _apart(_rgb(one), wanted))
    free.remove(nearest)
    return nearest


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _apart(one: Iterable[float], other: Iterable[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
