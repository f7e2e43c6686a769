"""The fit that one contrast rests on: every arm over the days that its arms share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from xenotrack.errors import FitError
from xenotrack.model.follow_up import FollowUp, Window, measurable_window
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.piece import Piece
from xenotrack.model.pieces import mixed_piece, step_without
from xenotrack.model.shapes.registry import curve_of
from xenotrack.study.design import Design


@dataclass(frozen=True, eq=False)
class SharedDays:
    """Narrows a fit of ``rows`` to one contrast.

    Arms of different follow-up bear different numbers of knots. Within a contrast each has as few
    as the plainest of them, so that alike arms are smoothed alike; those that had more are then
    fitted to the shared days only, since so few knots could not follow them any further.
    """

    rows: LogVolumes
    design: Design
    plainer: dict[tuple[int, int, Window], Piece] = field(default_factory=dict)

    def without_mouse(self, rows: LogVolumes, mouse: int) -> SharedDays:
        """The same for ``rows``, which lack a mouse: what was fitted of other arms stays."""
        code, kept = rows.mouse_arm[mouse], {}
        for key, piece in self.plainer.items():
            again = piece if key[0] != code else step_without(piece, mouse, self.design)
            if again is not None:
                kept[key] = again
        return SharedDays(rows, self.design, kept)

    def __call__(self, fit: GrowthFit, codes: tuple[int, ...]) -> GrowthFit:
        window = measurable_window(self.rows, codes, fit.follow_up.shared(codes))
        shared = np.isin(np.arange(len(fit.shapes)), codes)
        days = FollowUp(*(np.where(shared, day, np.nan) for day in window))
        return replace(fit, pieces=self._pieces(fit, codes, window), follow_up=days, narrow=None)

    def _pieces(self, fit: GrowthFit, codes: tuple[int, ...], window: Window) -> tuple[Piece, ...]:
        # Arms that were fitted together keep their knots, and declared days stay.
        together = any(len(piece.arms) > 1 for piece in fit.pieces)
        declared = self.design.rules.growth.shape != "curve"
        if together or declared or not window[0] < window[1]:
            return fit.pieces
        mixed = [p for p in fit.pieces if p.mixed is not None and p.arms[0] in codes]
        fewest = min((piece.shapes[0].size for piece in mixed), default=0)
        rich = [piece for piece in mixed if piece.shapes[0].size > fewest]
        return tuple(
            self._plainer(piece, fewest - 2, window) if piece in rich else piece
            for piece in fit.pieces
        )

    def _plainer(self, piece: Piece, knots: int, window: Window) -> Piece:
        """The piece of one arm again, with so many inner knots, on readings of these days."""
        code = piece.arms[0]
        key = (code, knots, window)
        if key not in self.plainer:
            days = FollowUp(*(np.full(self.rows.n_arms, day) for day in window))
            one_arm = self.rows.of_arms(np.arange(self.rows.n_arms) == code)
            own = one_arm.until(days.until_day)
            shape = curve_of(own, code, days, knots)
            try:
                self.plainer[key] = mixed_piece(own, np.array([code]), (shape,), self.design)
            except FitError:
                self.plainer[key] = piece
        return self.plainer[key]
