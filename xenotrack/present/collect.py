"""Every table of a study, by name."""

from __future__ import annotations

import pandas as pd

from xenotrack.glossary import TABLES
from xenotrack.present.results import Results
from xenotrack.present.tables import stack


def collect_tables(results: Results) -> dict[str, pd.DataFrame]:
    """Every table of the study by name; header only where there is nothing to say."""
    from xenotrack.compare.claims import claims_frame
    from xenotrack.compare.hazards import log_rank_frame
    from xenotrack.model.leaving import gray_frame, incidence_frame
    from xenotrack.response.by_arm import response_by_arm
    from xenotrack.study.finding import findings_frame

    study = results.study
    progression = results.progression
    found = {
        "findings": findings_frame(study.findings),
        "tidy": study.tidy,
        "response": results.responses.to_frame(),
        "response_by_arm": response_by_arm(study, results.responses),
        "progression": progression.to_frame(),
        "progression_mice": progression.mice,
        "progression_curve": progression.curve_frame(),
        "logrank": log_rank_frame(progression),
        "incidence": incidence_frame(progression),
        "gray": gray_frame(progression),
        "tolerability": results.tolerability,
        "trade_off": results.trade_off,
        "influence": results.influence,
        "blocked": results.blocked,
        "claims": claims_frame(results.claims),
    }
    if results.with_sensitivity:
        found["sensitivity"] = results.sensitivity
    if results.has_growth:
        found["growth"] = results.growth.to_frame()
        found["leave_one_out"] = results.leave_one_out
        found["factorial"] = results.factorial
        found["dose_grid"] = results.dose_grid
    if study.design.control is not None:
        found["compare"] = stack([each.to_frame() for each in results.comparisons])
        found["group_indices"] = results.group_indices.to_frame()
        found["independent_action"] = results.independent_action.to_frame()
        if results.has_growth:
            found["tipping_point"] = results.tipping_point
            found["synergy"] = results.synergy.to_frame()
    return {
        name: found[name] if name in found else pd.DataFrame(columns=list(columns))
        for name, columns in TABLES.items()
    }
