"""Every result of one study, each computed once, when first asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from xenotrack.doubts import Doubt, merge_doubts
from xenotrack.errors import FitError
from xenotrack.glossary import TABLES
from xenotrack.study.acceptance import accept_doubts, unmet
from xenotrack.study.refusal import refuse_errors
from xenotrack.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.compare.blocking import ArmBlocking
    from xenotrack.compare.claims import Claim
    from xenotrack.compare.contrasts import Contrasts
    from xenotrack.compare.independent_action import IndependentAction
    from xenotrack.compare.indices import GroupIndices
    from xenotrack.compare.leave_one_out import LeftOut
    from xenotrack.compare.synergy import Synergy
    from xenotrack.model.growth_fit import GrowthFit
    from xenotrack.model.log_volume import LogVolumes
    from xenotrack.model.net_weight import WeightFit
    from xenotrack.model.progression import ProgressionFit
    from xenotrack.present.comparing import Asked
    from xenotrack.present.figures.gallery import ggplot
    from xenotrack.response.responses import MouseResponses
    from xenotrack.study.declaration import Declaration


@dataclass(frozen=True)
class Results:
    """All that can be said of a study: one attribute a question.

    A study with errors is refused (``StudyError``), as by the commands, since nobody knows what
    its numbers would mean; ``in_spite_of_errors`` takes it as it stands. ``with_sensitivity`` puts
    the claims under other definitions of progression among its tables; what changed since rules
    were ``declared`` is told.
    """

    study: Study
    in_spite_of_errors: bool = False
    with_sensitivity: bool = False
    declared: Declaration | None = None

    def __post_init__(self) -> None:
        if not self.in_spite_of_errors:
            refuse_errors(self.study)

    @cached_property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Every table of ``run`` by its name, made when asked for; without rows where empty."""
        from xenotrack.present.collect import Tables

        return Tables(self)

    def figure(self, kind: str, width_mm: float | None = None) -> ggplot:
        """A figure by its name, as ``plot`` draws it, to be changed and drawn by plotnine.

        Raises ``InputError`` where there is none of this name, or its words need more width.
        """
        from xenotrack.present.figures.gallery import figure_of

        return figure_of(kind, self, width_mm)

    def _repr_html_(self) -> str:
        """The study as notebooks show it: its headline, a row an arm, its doubts."""
        from xenotrack.present.notebook import notebook_html

        return notebook_html(self)

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
            return Doubt("growth-not-fitted", (), "growth", str(error))

    @property
    def has_growth(self) -> bool:
        return not isinstance(self.growth_or_doubt, Doubt)

    @cached_property
    def progression(self) -> ProgressionFit:
        from xenotrack.model.between import with_schedules
        from xenotrack.model.progression import fit_progression

        return with_schedules(fit_progression(self.study))

    @cached_property
    def responses(self) -> MouseResponses:
        from xenotrack.response.responses import mouse_responses

        return mouse_responses(self.study)

    @property
    def response(self) -> pd.DataFrame:
        return self.responses.mice

    @cached_property
    def net_weight(self) -> WeightFit:
        """The change of body weight net of the tumour, a curve an arm."""
        from xenotrack.model.net_weight import fit_net_weight

        return fit_net_weight(self.study)

    @cached_property
    def tolerability(self) -> pd.DataFrame:
        from xenotrack.response.tolerability import tolerability

        return tolerability(self.study)

    @cached_property
    def trade_off(self) -> pd.DataFrame:
        """Growth against the change of net weight, a row an arm; nothing without growth."""
        from xenotrack.compare.trade_off import TRADE_OFF, trade_off

        design, weight = self.study.design, self.net_weight
        if not self.has_growth:
            return _nothing(TRADE_OFF)
        growth = self.growth.over(design.arm_names).rates()
        exits = self.tolerability.set_index("arm")["n_toxicity_exits"]
        return trade_off(growth, weight.average(design.arm_names), exits, design)

    def compare(
        self,
        outcomes: tuple[str, ...] = (),
        families: tuple[str, ...] = ("control", "parts"),
        day: float | None = None,
    ) -> tuple[Contrasts, ...]:
        """The contrasts of each outcome asked for, families never mixed.

        By default those of ``compare/outcomes.py`` that the declared estimand has, and that of the
        primary contrast, each as
        far as the study has it and in the families that it is read in; ``ln_volume`` is the change
        since day 0 at ``day`` (the last day fitted). Raises ``FitError`` where growth is asked for
        and cannot be measured.
        """
        from xenotrack.present.comparing import compared_outcomes

        return compared_outcomes(self, self._known, outcomes, families, day)

    @cached_property
    def _known(self) -> dict[Asked, Contrasts]:
        return {}

    @property
    def last_day_fitted(self) -> float:
        """The last day of which the growth fit speaks: of straight lines the last of any arm."""
        from xenotrack.compare.growth_synergy import last_shared_day

        return last_shared_day(self.growth)

    @cached_property
    def comparisons(self) -> tuple[Contrasts, ...]:
        return self.compare()

    @cached_property
    def contrasts(self) -> pd.DataFrame:
        """The contrasts of growth rates; none without a control or without growth."""
        return self._rows_of("growth_rate", self.has_growth)

    @cached_property
    def days_gained(self) -> pd.DataFrame:
        """The contrasts of days without progression; none without a control, or not claimed."""
        estimand = self.study.design.rules.compare.estimand
        return self._rows_of("rmst_days", estimand == "progression")

    def _rows_of(self, outcome: str, measured: bool) -> pd.DataFrame:
        if self.study.design.control is None or not measured:
            return _nothing(TABLES["compare"])
        (found,) = self.compare((outcome,))
        return found.to_frame()

    @cached_property
    def group_indices(self) -> GroupIndices:
        """At the last visit with every control mouse."""
        return self.group_indices_at(None)

    def group_indices_at(
        self, day: float | None, treatment_days: float | None = None
    ) -> GroupIndices:
        """At the visit nearest to a day; net cell kill where the days of treatment are told."""
        from xenotrack.compare.indices import group_indices

        growth = self.growth if self.has_growth else None
        return group_indices(self.study, growth, day, treatment_days)

    @cached_property
    def independent_action(self) -> IndependentAction:
        """At the day up to which restricted means are taken."""
        return self.independent_action_at(())

    def independent_action_at(self, days: tuple[float, ...]) -> IndependentAction:
        """Time to progression against independent action of the parts, by day."""
        from xenotrack.compare.independent_action import independent_action

        return independent_action(self.progression, days)

    @cached_property
    def blocked(self) -> pd.DataFrame:
        """How many mice of each arm did not grow, and how many progressed, with exact bounds."""
        from xenotrack.compare.blocking import with_bounds
        from xenotrack.response.blocked import blocked_by_arm

        design = self.study.design
        verdicts = self.growth.verdicts if self.has_growth else ("",) * len(design.arms)
        return with_bounds(blocked_by_arm(self.response, verdicts, design), self.blocking)

    @cached_property
    def blocking(self) -> tuple[ArmBlocking, ...]:
        """What each arm's growth and progression say together; none without growth."""
        from xenotrack.compare.blocking import judge_arms

        return judge_arms(self.growth, self.progression) if self.has_growth else ()

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """Everything that may be said of the arms, each claim with its evidence."""
        from xenotrack.compare import claims

        design = self.study.design
        compared: list[Claim] = []
        if design.control is not None:
            for contrasts in self.comparisons:
                compared += claims.contrast_claims(contrasts, design)
            if self.has_growth:
                compared += claims.synergy_claims(self.synergy, design, self.growth.days_shared)
        return claims.with_doubts((*compared, *claims.arm_claims(self.blocking)), self.doubts)

    @cached_property
    def synergy(self) -> Synergy:
        """On growth rates, and on volumes at the last day fitted."""
        return self.synergy_at(None)

    def synergy_at(self, days: tuple[float, ...] | None) -> Synergy:
        """On growth rates, and on volumes at each of these days (none named: the last fitted)."""
        from xenotrack.compare.growth_synergy import growth_synergy

        return growth_synergy(self.study, self.growth, days)

    @cached_property
    def synergy_by_day(self) -> pd.DataFrame:
        """The table ``synergy`` at every visit; none without a control or without growth."""
        if self.study.design.control is None or not self.has_growth or not self.visit_days:
            return _nothing(TABLES["synergy"])
        return self.synergy_at(self.visit_days).to_frame()

    @property
    def visit_days(self) -> tuple[float, ...]:
        """The days on which mice were measured, within those fitted."""
        from xenotrack.compare.growth_synergy import visit_days

        return tuple(visit_days(self.study, self.growth))

    @cached_property
    def _log_volumes(self) -> LogVolumes:
        """The readings that the growth model was fitted to."""
        from xenotrack.model.log_volume import take_log_volumes

        return take_log_volumes(self.study)

    @cached_property
    def residuals(self) -> pd.DataFrame:
        """What the growth model leaves of each reading; nothing without growth."""
        from xenotrack.model.diagnostics import RESIDUALS, residuals

        if not self.has_growth:
            return _nothing(RESIDUALS)
        return residuals(self.growth)

    @cached_property
    def influence(self) -> pd.DataFrame:
        """The growth rate of each mouse's arm without the mouse; nothing without growth."""
        from xenotrack.model.diagnostics import INFLUENCE, influence

        if not self.has_growth:
            return _nothing(INFLUENCE)
        return influence(self.growth)

    @cached_property
    def leave_one_out(self) -> pd.DataFrame:
        """The claims on growth without each mouse; nothing without a control or without growth."""
        return self._left_out.to_frame() if self._left_out else _nothing(TABLES["leave_one_out"])

    @cached_property
    def leave_one_out_mice(self) -> pd.DataFrame:
        """The p-value of each claim on growth without each mouse; nothing as above."""
        nothing = _nothing(TABLES["leave_one_out_mice"])
        return self._left_out.by_mouse() if self._left_out else nothing

    @cached_property
    def _left_out(self) -> LeftOut | None:
        from xenotrack.compare.leave_one_out import leave_each_out

        if self.study.design.control is None or not self.has_growth:
            return None
        return leave_each_out(self.growth, self._log_volumes)

    @cached_property
    def tipping_point(self) -> pd.DataFrame:
        """What mice that left would have to have done to end the claims on growth."""
        from xenotrack.compare.tipping_point import TIPPING_POINT, tipping_points

        if not len(self.contrasts):
            return _nothing(TIPPING_POINT)
        return tipping_points(self.study, self.contrasts)

    @cached_property
    def sensitivity(self) -> pd.DataFrame:
        """The claims of days gained under other definitions of progression."""
        from xenotrack.compare.sensitivity import sensitivity

        return sensitivity(self.study)

    @cached_property
    def factorial(self) -> pd.DataFrame:
        """Main effects and interactions of every full factorial among the arms."""
        from xenotrack.compare.growth_synergy import factorial_frame

        return factorial_frame(self.growth)

    @cached_property
    def dose_grid(self) -> pd.DataFrame:
        """The Bliss excess over every grid of doses of two drugs; nothing without growth."""
        from xenotrack.compare.growth_synergy import dose_grid_frame

        if not self.has_growth:
            return _nothing(TABLES["dose_grid"])
        return dose_grid_frame(self.growth)

    @cached_property
    def fit_doubts(self) -> tuple[Doubt, ...]:
        """The doubts of the growth and progression fits."""
        growth = self.growth_or_doubt
        return merge_doubts(
            (growth,) if isinstance(growth, Doubt) else growth.doubts, self.progression.doubts
        )

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """Every doubt of every result, each once, and what is accepted in vain."""
        from xenotrack.compare.blocking import doubts_about_blocking
        from xenotrack.compare.by_mouse import told_together
        from xenotrack.compare.leave_one_out import doubts_about_mice

        blocking = tuple(doubts_about_blocking(self.blocking))
        groups = [self.fit_doubts, self.responses.doubts, blocking]
        if self.study.design.control is not None:
            groups += [contrasts.doubts for contrasts in self.comparisons]
            # Why an index is missing stands in its row: a median not reached is no doubt.
            of_indices = self.group_indices.doubts
            days = tuple(doubt for doubt in of_indices if doubt.rule != "index-not-estimable")
            groups += [days, self.independent_action.doubts]
            if self.has_growth:
                groups.append(self.synergy.doubts)
                groups.append(tuple(doubts_about_mice(self.leave_one_out, self.growth.level)))
        found = self.study.design.in_words(told_together(merge_doubts(*groups)))
        known = accept_doubts(found, self.study.design.rules.accept)
        return (*known, *unmet(self.study, known))

    @property
    def accepted(self) -> tuple[str, ...]:
        """What the study declares as known, findings and doubts, each with its reason."""
        findings = (doubt.told for doubt in self.study.findings if doubt.accepted)
        return (*findings, *(doubt.told for doubt in self.doubts if doubt.accepted))


def _nothing(columns: Iterable[str]) -> pd.DataFrame:
    """A table without rows."""
    import pandas as pd

    return pd.DataFrame(columns=list(columns))
