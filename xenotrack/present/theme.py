"""How an arm, a fate and a response look, the same in every figure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from xenotrack.present.drug_colours import drug_colours, mixture
from xenotrack.present.words import drawable
from xenotrack.study.design import Design

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
FIRST = 7  # so many are as far apart as can be
OTHER_COLOUR = "#767676"  # beyond twenty arms, and for what belongs to no arm

# Filled, so that an open symbol can mean a tumour below the limit.
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*", "p", "h", "<", ">", "d")

# plotnine has four line types and breaks at the fifth, so they are spelled out as on and off
# lengths: more drugs, more broken.
LINETYPES = ("solid", "solid", (0, (4, 1.2)), (0, (4, 1, 1, 1)), (0, (1.2, 1)))

# How a mouse left.
FATE_SYMBOLS = {
    "end_of_study": "|",
    "tumor_size": "^",
    "toxicity": "X",
    "unrelated": "D",
    "technical": "s",
    "unknown": "+",
}

# A category of mRECIST: symbol, colour and words. The colours differ to all eyes, and the symbols
# say the same without them.
RESPONSES = {
    "CR": ("*", "#0b4f8a", "complete (CR)"),
    "PR": ("o", "#4a93c9", "partial (PR)"),
    "SD": ("s", "#8c8c8c", "stable (SD)"),
    "PD": ("^", "#c04a00", "progressive (PD)"),
    "NE": (".", "#595959", "not evaluable (NE)"),
}


def arm_colours(design: Design) -> dict[str, str]:
    """The colour of each arm: black for the control, that of its drug for a single drug.

    A combination, the smaller ones first, has of the colours left the one nearest to the mean of
    its drugs' colours; so has an arm of a drug that another arm has taken. An arm without a drug
    that is not the control is greyish.
    """
    colours = {design.control: CONTROL_COLOUR} if design.control is not None else {}
    others = [arm for arm in design.arms if arm.name != design.control]
    every = sorted({drug for arm in others for drug in arm.drugs})
    drugs = drug_colours(every, COLOURS, design.rules.colours, OTHER_COLOUR)
    alone: dict[str, str] = {}
    for arm in others:
        if len(arm.drugs) == 1:
            (drug,) = arm.drugs
            alone.setdefault(drug, arm.name)
    colours |= {arm: drugs[drug] for drug, arm in alone.items()}
    mixed = [arm for arm in others if arm.name not in colours]
    free = [colour for colour in COLOURS if colour not in drugs.values()]
    free = free[: max(len(mixed), FIRST - len(drugs))]
    for arm in sorted(mixed, key=lambda arm: (len(arm.drugs), sorted(arm.drugs), arm.name)):
        colours[arm.name] = _take(free, [drugs[drug] for drug in sorted(arm.drugs)])
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


def _take(free: list[str], parts: list[str]) -> str:
    """Take out of the colours left the one that looks most like a mixture of its parts.

    Without parts it is the greyest.
    """
    if not free:
        return OTHER_COLOUR
    taken = mixture(parts, COLOURS)
    if taken not in free:
        mixed = [_rgb(colour) for colour in parts or [OTHER_COLOUR]]
        mean = [sum(channel) / len(mixed) for channel in zip(*mixed, strict=True)]
        taken = min(free, key=lambda one: _apart(_rgb(one), mean))
    free.remove(taken)
    return taken


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _apart(colour: Iterable[float], other: Iterable[float]) -> float:
    return sum((a - b) ** 2 for a, b in zip(colour, other, strict=True))
