"""Whether what is said holds wherever readings below the limit may lie."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from xenotrack.doubts import Doubt
from xenotrack.errors import FitError
from xenotrack.model.blocks import PairedBlocks
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.growth_verdicts import UNDECIDED, judge_growth
from xenotrack.model.log_volume import LogVolumes, take_log_volumes
from xenotrack.model.piece import Piece
from xenotrack.model.pieces import fit_pieces, fitted_again, lines_piece
from xenotrack.model.shared_days import SharedDays
from xenotrack.study.design import Design
from xenotrack.study.study import Study


def other_placements(
    study: Study, fit: GrowthFit, fit_rows: Callable[[LogVolumes, Design], GrowthFit]
) -> tuple[GrowthFit, ...]:
    """The fits with the limit halved and doubled, of the same shapes over the same days.

    Where readings below the limit are given a number by name, those with them at the limit and at
    half of it. None where no reading is below the limit.
    """
    if not study.readings["below_limit"].any():
        return ()
    if study.design.rules.growth.below_limit == "censored":
        own = take_log_volumes(study) if fit.narrow is None else fit.narrow.rows
        return tuple(_with_other_limit(study, fit, own, factor) for factor in (0.5, 2.0))
    fits = []
    for treatment in ("limit", "half"):
        try:
            fits.append(fit_rows(take_log_volumes(study, treatment), study.design))
        except FitError:
            continue
    return tuple(fits)


def _with_other_limit(study: Study, fit: GrowthFit, own: LogVolumes, factor: float) -> GrowthFit:
    """The fit to ``own`` readings as it would be with another limit; arms without change stay."""
    rows = take_log_volumes(_with_limit(study, factor * study.limit_mm3))
    rows = rows.until(own.days_by_arm()[1])
    changed = {code for code in range(rows.n_arms) if not _alike(rows, own, code)}
    pieces: list[Piece] = []
    for piece in fit.pieces:
        codes = np.array(piece.arms)
        if not changed.intersection(piece.arms):
            pieces.append(piece)
        elif piece.mixed is None:
            pieces.append(lines_piece(rows, piece.arms[0]))
        else:
            again = rows.of_arms(np.isin(np.arange(rows.n_arms), codes))
            try:
                pieces.append(fitted_again(piece, again, fit.design))
            except FitError:
                pooled = fit.variances == "pooled"
                pieces.extend(fit_pieces(again, codes, fit.shapes, fit.design, pooled)[0])
    narrow: SharedDays | PairedBlocks | None = None
    if isinstance(fit.narrow, PairedBlocks):
        narrow = PairedBlocks(rows)
    elif fit.narrow is not None:
        kept = {key: p for key, p in fit.narrow.plainer.items() if key[0] not in changed}
        narrow = SharedDays(rows, fit.design, kept)
    return replace(fit, pieces=tuple(pieces), narrow=narrow, late=None)


def _alike(rows: LogVolumes, own: LogVolumes, code: int) -> bool:
    """Whether an arm has the same readings in both."""
    here, there = (each.of_arms(np.arange(each.n_arms) == code) for each in (rows, own))
    below = (each.n_below for each in (here, there))
    return len(set(below)) == 1 and np.array_equal(here.y, there.y)


def _with_limit(study: Study, limit_mm3: float) -> Study:
    """The study as it would be if calipers told so much from nothing."""
    rows = study.measurements
    volume, below = rows["volume_mm3"], rows["below_limit"]
    known = volume.notna()
    # What was marked without a volume stays below any limit.
    below = below.where(~known, volume < limit_mm3).astype(bool)
    return replace(study, measurements=rows.assign(below_limit=below), limit_mm3=limit_mm3)


def agreed_verdicts(
    fit: GrowthFit, others: Sequence[GrowthFit]
) -> tuple[tuple[str, ...], tuple[Doubt, ...]]:
    """The verdicts on which all placements agree; else undecided, with a doubt."""
    verdicts, names = judge_growth(fit), fit.design.arm_names
    where = "at the limit and at half of it"
    if fit.design.rules.growth.below_limit == "censored":
        where = "with the limit halved and doubled"
    elsewhere = [judge_growth(other) for other in others]
    agreed, doubts = [], []
    for arm, verdict, *rest in zip(names, verdicts, *elsewhere, strict=True):
        stable = not verdict or all(other in ("", verdict) for other in rest)
        agreed.append(verdict if stable else UNDECIDED)
        if not stable:
            doubts.append(
                Doubt(
                    "below-limit-verdict",
                    (arm,),
                    "growth",
                    f"{arm}: the verdict depends on where readings below the limit lie "
                    f"({verdict}; {', '.join(rest)} {where}).",
                )
            )
    return tuple(agreed), tuple(doubts)
