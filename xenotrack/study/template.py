"""A study.toml to start from, as the sheet was read."""

from __future__ import annotations

import json

from xenotrack.study.inputs import STDIN_NAME
from xenotrack.study.study import Study

_DEFAULTS = """
[volume]
# formula = "half_lw2"             # pi6_lw2, k052_lw2, pi6_lwh, half_lwh, pi6_lw_mean, …
# unit = "mm3"                     # mm3 | cm3, of a volume in the sheet
# length_unit = "mm"               # mm | cm
# limit_mm3 = 15                   # the smallest volume that calipers tell from nothing

[growth]
# from = 0                         # days used; default: each mouse's baseline to the end
# until = 60
# baseline = "arm"                 # arm | common | ratio
# variances = "by_arm"             # by_arm | pooled
# df = "kenward-roger"             # kenward-roger | satterthwaite | normal
# below_limit = "first"            # first | limit | half | drop
# blocked_below = 0.01             # per day

[progression]
# rule = "fold"                    # fold | nadir | absolute
# value = 2.0
# confirm = false
# interpolate = "linear"           # none | linear | log
# size_cull = "event"              # event | censor
# rmst_until = 60

[response]
# min_day = 10

[compare]
# adjust = "holm"                  # holm | dunnett | none
# primary = "A - B"
# level = 0.95
"""


def template(study: Study, sheet: str | None = None) -> str:
    """The study.toml of a study: its sheet, columns and arms, and every rule at its default.

    ``sheet`` is the path by which the file will find it; by default its name alone.
    """
    rules = study.design.rules.study
    sheets = [source.name for source in study.sources if not source.name.endswith(".toml")]
    sheets = ["calipers.csv"] if sheets == [STDIN_NAME] else sheets
    if sheet is not None and len(sheets) == 1:
        sheets = [sheet]
    written = json.dumps(sheets[0] if len(sheets) == 1 else sheets, ensure_ascii=False)
    control = study.design.control
    lines = [
        "# What the sheet cannot say. Every line is optional; options of the command line win.",
        "",
        "[study]",
        f"name = {_text(study.design.name)}",
        f"sheet = {written}",
        f"control = {_text(control)}" if control else '# control = "vehicle"',
        f'day_zero = {json.dumps(rules.day_zero)}                 # 0 | "first" | "2024-01-31"',
        f"# baseline_window_days = {rules.baseline_window_days:g}",
        f'# tumors = "{rules.tumors}"                   # sum | largest | each, of several tumours',
        *([f"phase = {_text(rules.phase)}"] if rules.phase else []),
        "",
        "[columns]                          # ours = theirs",
        *(f"{ours} = {_text(theirs)}" for ours, theirs in study.columns),
        "",
        "[arms]                             # order here is order everywhere; no drugs = vehicle",
        *(f"{_text(arm.name)} = {_list(arm.drugs)}" for arm in study.design.arms),
    ]
    return "\n".join(lines) + "\n" + _DEFAULTS


def _text(text: str) -> str:
    # A JSON string is a TOML one, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(drugs: frozenset[str]) -> str:
    return "[" + ", ".join(_text(drug) for drug in sorted(drugs)) + "]"
