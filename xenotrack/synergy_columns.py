"""The columns of synergy, factorials and dose grids: unit and meaning of each, for the glossary."""

from __future__ import annotations

OF_SYNERGY: dict[str, tuple[str, str]] = {
    # synergy
    "combination": ("", "the arm of several drugs"),
    "reference": (
        "",
        "bliss, bliss_doublet, hsa, hsa_doublet (best part), additivity, interaction",
    ),
    "expectation": ("", "the arms that the expectation is built from"),
    "scale": (
        "",
        "rate (per day), ln_volume (change since day 0, at `day`), relative_volume (V/V₀ at "
        "`day`); negative = synergy",
    ),
    "combination_index": ("", "volume at `day` relative to the expected one; < 1 = synergy"),
    "index_low": ("", "lower limit of the index"),
    "index_high": ("", "upper limit of the index"),
    "band_low": ("", "lower limit of the excess, one for all visits together (sup-t)"),
    "band_high": ("", "upper limit of the excess, one for all visits together (sup-t)"),
    "beyond_from": ("day", "the first visit from which on that band lies beyond 0"),
    "p_plug_in": (
        "",
        "hsa only: p against the part that looks best, as often printed; it rarely finds synergy, "
        "and finds antagonism too often where parts are alike",
    ),
    "effect": ("", "the drugs of a main effect or interaction; or a joint test of several"),
    "order": ("", "main effect, two-way interaction, …, joint F test"),
    "averaged_over": ("", "drugs with and without which the effect was averaged"),
    "df_numerator": ("", "joint F tests: sums tested; `df` is that of the denominator"),
    "drug_a": ("", "one drug of a dose grid"),
    "dose_a": ("as in its name", "its dose; empty where its name holds none"),
    "drug_b": ("", "the other drug"),
    "dose_b": ("as in its name", "its dose; empty where its name holds none"),
}
