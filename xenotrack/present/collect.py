"""Every table of a study, by name, and the doubts that each rests on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import pandas as pd

from xenotrack.compare.best_arms import best_arms
from xenotrack.compare.by_mouse import told_together
from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.glossary import TABLES
from xenotrack.present.results import Results
from xenotrack.present.tables import stack

Maker = Callable[[], pd.DataFrame]


def collect_tables(results: Results, names: Collection[str] = ()) -> dict[str, pd.DataFrame]:
    """Tables of the study by name (none named: every one); header only where nothing is to say."""
    made = _makers(results)
    return {
        name: made[name]() if name in made else pd.DataFrame(columns=list(columns))
        for name, columns in TABLES.items()
        if name in names or not names
    }


class Tables(Mapping[str, pd.DataFrame]):
    """The tables of a study by name, each made when it is first asked for."""

    def __init__(self, results: Results) -> None:
        self._results = results
        self._made: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in TABLES:
            raise KeyError(f"{name}; tables: {', '.join(TABLES)}")
        if name not in self._made:
            self._made |= collect_tables(self._results, (name,))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(TABLES)

    def __len__(self) -> int:
        return len(TABLES)


def _makers(results: Results) -> dict[str, Maker]:
    """What makes each table that the study has."""
    from xenotrack.compare.by_rule import by_named_rules
    from xenotrack.compare.claims import claims_frame
    from xenotrack.compare.hazards import log_rank_frame
    from xenotrack.compare.unknown_fates import unknown_fates
    from xenotrack.model.between import accelerated_frame, turnbull_frame
    from xenotrack.model.leaving import gray_frame, incidence_frame
    from xenotrack.model.milestones import milestone_frame
    from xenotrack.response.by_arm import response_by_arm
    from xenotrack.study.finding import findings_frame

    study = results.study
    made: dict[str, Maker] = {
        "findings": lambda: findings_frame(study.findings),
        "tidy": lambda: study.tidy,
        "response": lambda: results.responses.to_frame(),
        "response_by_arm": lambda: response_by_arm(study, results.responses),
        "progression": lambda: results.progression.to_frame(),
        "progression_by_rule": lambda: by_named_rules(study),
        "progression_mice": lambda: results.progression.mice,
        "progression_curve": lambda: results.progression.curve_frame(),
        "logrank": lambda: log_rank_frame(results.progression),
        "incidence": lambda: incidence_frame(results.progression),
        "gray": lambda: gray_frame(results.progression),
        "milestones": lambda: milestone_frame(results.progression),
        "unknown_fates": lambda: unknown_fates(results.progression),
        "turnbull": lambda: turnbull_frame(results.progression),
        "accelerated": lambda: accelerated_frame(results.progression),
        "tolerability": lambda: results.tolerability,
        "trade_off": lambda: results.trade_off,
        "influence": lambda: results.influence,
        "blocked": lambda: results.blocked,
        "claims": lambda: claims_frame(results.claims),
    }
    if results.with_sensitivity:
        made["sensitivity"] = lambda: results.sensitivity
    if study.design.control is not None:
        made["compare"] = lambda: stack([each.to_frame() for each in results.comparisons])
        made["group_indices"] = lambda: results.group_indices.to_frame()
        made["independent_action"] = lambda: results.independent_action.to_frame()
    return made | _of_growth(results)


def _of_growth(results: Results) -> dict[str, Maker]:
    """The tables that need growth, each empty where it cannot be measured."""
    made: dict[str, Maker] = {
        "growth": lambda: results.growth.to_frame(),
        "best_arms": lambda: best_arms(
            results.growth.to_frame(), results.compare(("growth_rate",), ("all",))[0].to_frame()
        ),
        "leave_one_out": lambda: results.leave_one_out,
        "leave_one_out_mice": lambda: results.leave_one_out_mice,
        "factorial": lambda: results.factorial,
        "dose_grid": lambda: results.dose_grid,
    }
    if results.study.design.control is not None:
        made["tipping_point"] = lambda: results.tipping_point
        made["synergy"] = lambda: results.synergy.to_frame()
    return {name: _if_growing(results, name, maker) for name, maker in made.items()}


def _if_growing(results: Results, name: str, maker: Maker) -> Maker:
    return lambda: maker() if results.has_growth else pd.DataFrame(columns=list(TABLES[name]))


def doubts_about(results: Results, names: Iterable[str]) -> tuple[Doubt, ...]:
    """The doubts about some of the tables; those of results that no table needs are not asked."""
    about: dict[str, Callable[[], tuple[Doubt, ...]]] = {
        **dict.fromkeys(("findings", "tidy", "tolerability"), tuple),
        **dict.fromkeys(("response", "response_by_arm"), lambda: results.responses.doubts),
        **dict.fromkeys(("growth", "influence"), lambda: _about_growth(results)),
        **dict.fromkeys(_OF_PROGRESSION, lambda: results.progression.doubts),
        "compare": lambda: told_together(
            merge_doubts(*(each.doubts for each in results.comparisons))
        ),
    }
    whole = [name for name in names if name not in about]
    if whole or results.study.design.control is None:
        about["compare"] = tuple
    doubts = merge_doubts(*(about[name]() for name in names if name in about))
    return results.doubts if whole else doubts


_OF_PROGRESSION = (
    "progression",
    "progression_by_rule",
    "progression_mice",
    "progression_curve",
    "logrank",
    "incidence",
    "gray",
)


def _about_growth(results: Results) -> tuple[Doubt, ...]:
    growth = results.growth_or_doubt
    return (growth,) if isinstance(growth, Doubt) else growth.doubts
