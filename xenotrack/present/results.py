"""Every result of one study, each computed once, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.errors import FitError
from xenotrack.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.compare.contrasts import Contrasts
    from xenotrack.compare.synergy import Synergy
    from xenotrack.model.growth_fit import GrowthFit
    from xenotrack.model.progression import ProgressionFit
    from xenotrack.response.responses import MouseResponses


@dataclass(frozen=True)
class Results:
    """All that can be said of a study: one attribute a question."""

    study: Study

    @cached_property
    def growth(self) -> GrowthFit:
        """Raises ``FitError`` where no arm's growth can be measured."""
        from xenotrack.model.growth import fit_growth

        return fit_growth(self.study)

    @cached_property
    def growth_or_doubt(self) -> GrowthFit | Doubt:
        """The growth fit, or why there is none."""
        try:
            return self.growth
        except FitError as error:
            return Doubt("growth-not-fitted", "", str(error))

    @property
    def has_growth(self) -> bool:
        return not isinstance(self.growth_or_doubt, Doubt)

    @cached_property
    def progression(self) -> ProgressionFit:
        from xenotrack.model.progression import fit_progression

        return fit_progression(self.study)

    @cached_property
    def responses(self) -> MouseResponses:
        from xenotrack.response.responses import mouse_responses

        return mouse_responses(self.study)

    @property
    def response(self) -> pd.DataFrame:
        return self.responses.mice

    @cached_property
    def tolerability(self) -> pd.DataFrame:
        from xenotrack.response.tolerability import tolerability

        return tolerability(self.study)

    def compare(
        self, outcomes: tuple[str, ...] = (), families: tuple[str, ...] = ("control", "parts")
    ) -> tuple[Contrasts, ...]:
        """The contrasts of each outcome asked for (all by default), families never mixed."""
        from xenotrack.compare.comparisons import compare_arms

        return tuple(
            compare_arms(source, self.study.design, families)
            for outcome, source in self._sources().items()
            if not outcomes or outcome in outcomes
        )

    def _sources(self) -> dict:
        from xenotrack.compare.hazards import hazard_source

        growth = {"growth_rate": self.growth.slopes()} if self.has_growth else {}
        return {
            **growth,
            "log_hazard": hazard_source(self.progression),
            "rmst_days": self.progression.days_without_progression(),
        }

    @cached_property
    def comparisons(self) -> tuple[Contrasts, ...]:
        return self.compare()

    @cached_property
    def synergy(self) -> Synergy:
        """On growth rates, with the index at the last day fitted."""
        from xenotrack.compare.synergy import estimate_synergy

        last_day = float(self.growth.facts()["last_day"].iloc[0])
        level = self.study.design.rules.compare.level
        return estimate_synergy(self.growth.slopes(), self.study.design, level, last_day)

    @cached_property
    def fit_doubts(self) -> tuple[Doubt, ...]:
        """The doubts of the growth and progression fits."""
        growth = self.growth_or_doubt
        return merge_doubts(
            (growth,) if isinstance(growth, Doubt) else growth.doubts, self.progression.doubts
        )

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """Every doubt of every result, each once."""
        groups = [self.fit_doubts, self.responses.doubts]
        if self.study.design.control is not None:
            groups += [contrasts.doubts for contrasts in self.comparisons]
            if self.has_growth:
                groups.append(self.synergy.doubts)
        return merge_doubts(*groups)
