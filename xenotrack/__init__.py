"""From a sheet of caliper measurements to growth rates, time to progression and arm comparisons.

The names of ``PUBLIC`` are loaded on first use, so that importing the package costs nothing.
"""

from importlib import import_module

__version__ = "0.1.0"

PUBLIC = {
    "Design": "xenotrack.study.design",
    "Results": "xenotrack.present.results",
    "Study": "xenotrack.study.study",
    "XenotrackError": "xenotrack.errors",
    "compare_arms": "xenotrack.compare.comparisons",
    "fit_growth": "xenotrack.model.growth",
    "fit_progression": "xenotrack.model.progression",
    "mouse_responses": "xenotrack.response.responses",
    "read_rules": "xenotrack.study.settings",
    "read_studies": "xenotrack.study.ingest",
    "read_study": "xenotrack.study.ingest",
    "summarise": "xenotrack.present.summary",
}
__all__ = sorted(PUBLIC)


def __getattr__(name: str) -> object:
    if name in PUBLIC:
        return getattr(import_module(PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *PUBLIC})
