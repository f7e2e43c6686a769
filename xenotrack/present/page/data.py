"""What the page's script draws from: readings, events and claims, with arms and mice by number."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from xenotrack.present.figures.catalogue import FIGURES, LINE_FIGURES
from xenotrack.present.page.colours import colours_of
from xenotrack.present.page.tables import MOST_ROWS, Marks
from xenotrack.present.stored import StoredRun
from xenotrack.study.readout import Readout

# Beyond these the page would be larger than what it shows: points then say only whose they are.
MOST_READINGS = 12_000
Row = Mapping[str, Any]


def page_data(run: StoredRun, marks: Marks) -> Markup:
    """The data as JSON that can stand within a script element."""
    tables = run.results.tables
    names = [row.short for row in run.results.story.arms] or list(marks.arms)
    found = {
        "arms": [
            {"name": name, "short": short, "colour": colour}
            for name, short, colour in zip(marks.arms, names, colours_of(run), strict=False)
        ],
        "control": marks.arms.get(run.results.study.control or "", -1),
        "size": {
            "name": run.readout.words("Volume, mm³").rstrip(", "),
            "noun": run.readout.noun,
            "unit": run.readout.unit,
            "columns": [run.readout.column(name) for name in ("volume_mm3", "baseline_mm3")],
        },
        "first": run.manifest.rules["response"]["min_day"],
        "mice": _rows(_mice(tables, marks, run.readout)),
        "growth": _growth(tables.get("growth", ()), marks),
        "claims": _rows([_claim(row, marks) for row in tables.get("claims", ())]),
        "without": _without(tables, marks, 1 - run.manifest.rules["compare"]["level"]),
        "tables": _tables_behind(tables),
    }
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


def _tables_behind(tables: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    """The table with what each figure shows, of those tables that are whole in the page."""
    most = defaultdict(lambda: MOST_ROWS, tidy=MOST_READINGS)  # readings are drawn from
    behind = {one.name: one.data for one in (*FIGURES, *LINE_FIGURES)}
    whole = {name for name, rows in tables.items() if 0 < len(rows) <= most[name]}
    return {figure: table for figure, table in behind.items() if table in whole}


def _rows(records: Sequence[Row]) -> dict[str, list[Any]]:
    """Records that are alike, whose keys are said once.

    >>> _rows([{"arm": 1, "day": 7}, {"arm": 2, "day": 9}])
    {'keys': ['arm', 'day'], 'rows': [[1, 7], [2, 9]]}
    """
    return {
        "keys": list(records[0]) if records else [],
        "rows": [list(record.values()) for record in records],
    }


def _mice(
    tables: Mapping[str, Sequence[Row]], marks: Marks, readout: Readout
) -> list[dict[str, Any]]:
    """Each mouse in the order of its number: its readings, baseline, progression and fate.

    A progression between two readings is ``known`` from the second of them on.
    """
    readings = _readings(tables.get("tidy", ()), readout.column("volume_mm3"))
    ends = _by_mouse(tables.get("progression_mice", ()))
    rates = _by_mouse(tables.get("influence", ()))
    mice = []
    for mouse, row in _by_mouse(tables.get("response", ())).items():
        end, rate = ends.get(mouse, {}), rates.get(mouse, {})
        mice.append(
            {
                "name": mouse,
                "arm": marks.arms.get(row["arm"], -1),
                "fate": row["fate"],
                "base": short(row[readout.column("baseline_mm3")]),
                "days": readings[mouse, "day"],
                "volumes": readings[mouse, "volume"],
                "weights": readings[mouse, "weight"],
                "day": short(end.get("day")),
                "event": end.get("event"),
                "known": short(end.get("day_high") or end.get("day")),
                "rate": short(rate.get("estimate")),
                "errors": short(rate.get("change_in_errors"), 3),
            }
        )
    return mice


def _readings(rows: Sequence[Row], size: str) -> dict[tuple[str, str], list[float | None]]:
    """Days, sizes (the sum of a mouse's tumours) and weights of each mouse."""
    days: dict[tuple[str, float], list[Row]] = defaultdict(list)
    for row in rows if len(rows) <= MOST_READINGS else ():
        if row[size] is not None:
            days[row["mouse"], row["day"]].append(row)
    found: dict[tuple[str, str], list[float | None]] = defaultdict(list)
    for (mouse, day), own in days.items():
        found[mouse, "day"].append(short(day))
        found[mouse, "volume"].append(short(sum(row[size] for row in own)))
        found[mouse, "weight"].append(short(own[0]["body_weight_g"]))
    return found


def _growth(rows: Iterable[Row], marks: Marks) -> dict[int, list[float | None]]:
    """Rate and interval of each arm."""
    ends = ("estimate", "conf_low", "conf_high")
    return {marks.arms[row["arm"]]: [short(row[end]) for end in ends] for row in rows}


def _claim(row: Row, marks: Marks) -> dict[str, Any]:
    return {
        "outcome": row["outcome"],
        "arm": marks.arms.get(row["arm"], -1),
        "against": marks.arms.get(row["against"], -1),
        "from": short(row["from_day"]),
        "until": short(row["until_day"]),
        "estimate": short(row["estimate"]),
        "low": short(row["claim_low"]),
        "high": short(row["claim_high"]),
    }


def _without(
    tables: Mapping[str, Sequence[Row]], marks: Marks, alpha: float
) -> list[dict[str, Any]]:
    """Each claim on growth: its p with all mice, and that without each mouse which moves it."""
    each: dict[tuple[str, str], dict[int, float | None]] = defaultdict(dict)
    for row in tables.get("leave_one_out_mice", ()):
        each[row["family"], row["contrast"]][marks.mice[row["mouse"]]] = row["p_adjusted"]

    def turned(p: float, own: Mapping[int, float | None]) -> list[int]:
        return [mouse for mouse, q in own.items() if q is not None and (q < alpha) != (p < alpha)]

    def moved(p: float, own: Mapping[int, float | None]) -> dict[int, float | None]:
        shorts = {mouse: short(q, 3) for mouse, q in own.items()}
        return {mouse: q for mouse, q in shorts.items() if q != short(p, 3)}

    return [
        {
            "contrast": row["contrast"],
            "arm": marks.arms.get(row["arm"], -1),
            "against": marks.arms.get(row["against"], -1),
            "p": short(row["p_adjusted"], 3),
            "each": moved(row["p_adjusted"], each[row["family"], row["contrast"]]),
            "turned": turned(row["p_adjusted"], each[row["family"], row["contrast"]]),
        }
        for row in tables.get("leave_one_out", ())
    ]


def _by_mouse(rows: Iterable[Row]) -> dict[str, Row]:
    """The first row of each mouse."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row["mouse"], row)
    return found


def short(value: float | None, digits: int = 6) -> float | None:
    """
    >>> short(167.44499999999996), short(14.0), short(None)
    (167.445, 14, None)
    """
    if value is None:
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() else rounded
