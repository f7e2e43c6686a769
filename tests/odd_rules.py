"""Options and study.toml files of which some make sense: strategies for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

OPTIONS = st.sampled_from(
    [
        *([()] * 6),
        ("--variances", "pooled"),
        ("--variances", "by_arm"),
        ("--baseline", "ratio", "--shape", "line", "--variances", "pooled"),
        ("--baseline", "common", "--shape", "line", "--variances", "pooled"),
        ("--df", "satterthwaite"),
        ("--df", "normal"),
        ("--below-limit", "drop"),
        ("--below-limit", "half", "--limit-mm3", "100"),
        ("--limit-mm3", "200"),
        ("--limit-mm3", "1e9"),
        ("--from", "3", "--until", "14"),
        ("--until", "0"),
        ("--day-zero", "first"),
        ("--day-zero", "7"),
        ("--rule", "nadir"),
        ("--rule", "absolute", "--value", "300", "--confirm"),
        ("--confirm", "--interpolate", "log"),
        ("--size-cull", "censor"),
        ("--rmst-until", "5"),
        ("--rmst-until", "1e9"),
        ("--adjust", "dunnett"),
        ("--adjust", "none"),
        ("--level", "0.5"),
        ("--level", "0.9999999"),
        ("--control", "A"),
        ("--min-day", "-5"),
        ("--mouse-ids", "arm"),
        ("--tumors", "each"),
        ("--decimal", ","),
        ("--unit", "cm3", "--length-unit", "cm"),
        ("--formula", "pi6_lwh"),
        ("--strict",),
    ]
)
"""Options of the command line; each command takes those that concern it."""


KEYS = {
    "study": [
        *("name", "sheet", "select", "phase", "control", "day_zero", "date_order", "mouse_ids"),
        *("baseline_window_days", "tumors", "contorl"),
    ],
    "columns": ["mouse", "arm", "day", "date", "volume", "tumor", "height", "study", "mice"],
    "arms": ["vehicle", "A", "B", "A+B", "C"],
    "volume": ["formula", "unit", "length_unit", "limit_mm3"],
    "growth": ["from", "until", "baseline", "variances", "df", "below_limit", "blocked_below"],
    "progression": ["rule", "value", "confirm", "interpolate", "size_cull", "rmst_until", "rules"],
    "response": ["min_day"],
    "compare": ["adjust", "primary", "level"],
    "grwoth": ["until"],
}
VALUES = st.sampled_from(
    [
        *("0", "1", "-1", "7", "2.5", "-0.0", "1e308", "1e-300", "inf", "-inf", "nan"),
        *("9223372036854775808", "true", "false", '""', '" "', '"A"', '"vehicle"', '"A+B"'),
        *('"day"', '"mouse"', '"length_mm"', '"first"', '"2024-01-31"', "2024-01-31", '"A - B"'),
        *('"A - vehicle"', '"vehicle - vehicle"', '"A+B - A"', '"sheet.csv"', '"none.csv"', '"."'),
        *('["sheet.csv", "sheet.csv"]', "[]", '["A"]', '["A", "B"]', "[1]", "{}", "12:30:00"),
        *('"../study.toml"', '"\\u0000"', '"a\\nb"', '"µ"', "no quotes", '"arm"', '"inf"', '"nan"'),
        *('"half_lw2"', '"lwh"', '"pi6_lwh"', '"cm3"', '"cm"', '"common"', '"ratio"', '"by_arm"'),
        *('"pooled"', '"normal"', '"drop"', '"half"', '"nadir"', '"absolute"', '"log"', '"none"'),
        *("{late = {value = 4, from = 7}}", '{late = {rule = "nadir"}}', "{late = {from = 1e9}}"),
        *('"censor"', '"dunnett"', "0.5", "0.99", "100", "1000"),
    ]
)


@st.composite
def bad_tomls(draw: st.DrawFn) -> bytes:
    """A study.toml for ``sheet.csv`` with a few keys of which some make no sense."""
    lines: dict[str, list[str]] = {"study": ['sheet = "sheet.csv"', 'control = "vehicle"']}
    for _ in range(draw(st.integers(0, 4))):
        section = draw(st.sampled_from([*KEYS]))
        key = draw(st.sampled_from(KEYS[section]))
        value = draw(VALUES)
        if section == "arms" and draw(st.booleans()):
            for arm in ("vehicle", "A", "B", "A+B"):
                lines.setdefault(section, []).append(f'"{arm}" = {list(arm.split("+"))!r}')
            continue
        shown = f'"{key}"' if section == "arms" else key
        kept = [line for line in lines.get(section, []) if not line.startswith(f"{shown} =")]
        lines[section] = [*kept, f"{shown} = {value}"]
    text = "\n".join(f"[{section}]\n" + "\n".join(rows) + "\n" for section, rows in lines.items())
    if draw(st.integers(0, 15)) == 15:
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(['"', "[", "=", "\x00", "ü", "#"])) + text[at:]
    encoding = "utf-8"
    if draw(st.integers(0, 15)) == 15:
        encoding = draw(st.sampled_from(["cp1252", "utf-16", "utf-8-sig"]))
    return text.encode(encoding, errors="replace")
