"""How a growth fit was made, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xenotrack.model.growth_fit import GrowthFit

REFERENCE_NAMES = {
    "kenward-roger": "Kenward–Roger",
    "satterthwaite": "Satterthwaite",
    "cr2": "CR2 by mouse",
    "normal": "normal reference",
}
SHAPE_WORDS = {
    "gompertz": "Gompertz growth",
    "regrowth": "decay and regrowth",
    "curve": "curves",
    "phases": "lines that meet on declared days",
}
RESIDUAL_WORDS = {
    "caliper": "caliper error",
    "power": "error by a power of the diameter",
    "car1": "error correlated in time",
}
# References that rest on the model's variance: not where mice go their own pace.
MODELLED = ("kenward-roger", "satterthwaite")


def method_words(fit: GrowthFit) -> str:
    """How the rates were estimated and tested."""
    if not fit.pieces:
        return "not fitted"
    model = "mixed model by arm" if fit.variances == "by_arm" else "mixed model, pooled"
    caged = fit.design.rules.study.experimental_unit == "cage"
    reference = "each cage left out" if caged else REFERENCE_NAMES[fit.reference]
    if any(piece.mixed is None and len(piece.arms) > 1 for piece in fit.pieces):
        return "mouse lines, differences within blocks"
    mixed = [piece.mixed is not None for piece in fit.pieces]
    if not any(mixed):
        return "mouse lines, " + (reference if caged else "Welch")
    bent = {shape.name for shape in fit.shapes}
    shapes = " and ".join(words for name, words in SHAPE_WORDS.items() if name in bent)
    paced = any(piece.paced for piece in fit.pieces)
    notes = (
        f", {shapes}" if shapes else "",
        *(f", {words}" for key, words in RESIDUAL_WORDS.items() if key == fit.residual),
        ", within blocks" if fit.blocked else "",
        "; CR2 by mouse where of own pace" if paced and fit.reference in MODELLED else "",
        "" if all(mixed) else "; mouse lines where needed",
    )
    return f"{model}, {reference}" + "".join(notes)
