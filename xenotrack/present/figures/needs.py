"""What figures need of a study's results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from xenotrack.study.study import Study


class GrowthLines(Protocol):
    """A growth fit: a row an arm, and the fitted lines."""

    def to_frame(self) -> pd.DataFrame: ...

    def curves(self) -> pd.DataFrame: ...


class ProgressionCurves(Protocol):
    """A progression fit: a row an arm, the Kaplan–Meier curves, and a row a mouse."""

    @property
    def mice(self) -> pd.DataFrame: ...

    def to_frame(self) -> pd.DataFrame: ...

    def curve_frame(self) -> pd.DataFrame: ...


class Results(Protocol):
    """What the figures need to know of a study."""

    @property
    def study(self) -> Study: ...

    @property
    def has_growth(self) -> bool: ...

    @property
    def growth(self) -> GrowthLines | None: ...

    @property
    def contrasts(self) -> pd.DataFrame: ...

    @property
    def days_gained(self) -> pd.DataFrame: ...

    @property
    def synergy_by_day(self) -> pd.DataFrame: ...

    @property
    def dose_grid(self) -> pd.DataFrame: ...

    @property
    def residuals(self) -> pd.DataFrame: ...

    @property
    def influence(self) -> pd.DataFrame: ...

    @property
    def trade_off(self) -> pd.DataFrame: ...

    @property
    def sensitivity(self) -> pd.DataFrame: ...

    @property
    def response(self) -> pd.DataFrame: ...

    @property
    def progression(self) -> ProgressionCurves: ...


# What a figure may ask of the results; ``run`` sends it to the processes that draw.
ASKED = tuple(name for name, kind in vars(Results).items() if isinstance(kind, property))


def growth_of(results: Results) -> GrowthLines | None:
    """The growth fit, where there is one: asking for it where there is none is an error."""
    return results.growth if results.has_growth else None
