"""Blocks (batches, experiments, operators): which arms can be compared within them, and how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xenotrack.arrays import Codes, Floats
from xenotrack.doubts import Doubt
from xenotrack.model.follow_up import FollowUp
from xenotrack.model.growth_fit import GrowthFit
from xenotrack.model.lines import fit_mouse_lines
from xenotrack.model.log_volume import LogVolumes
from xenotrack.model.piece import Piece
from xenotrack.model.shapes.line import Line, Ray


def cells(rows: LogVolumes) -> Floats:
    """The number of mice that were read of each arm in each block, (arms, blocks)."""
    found = np.zeros((rows.n_arms, len(rows.block_names)))
    if rows.block is not None:
        mice = np.unique(rows.mouse)
        np.add.at(found, (rows.mouse_arm[mice], rows.block[mice]), 1.0)
    return found


def one_mouse_a_cell(rows: LogVolumes) -> bool:
    """Whether most cells of arm and block have but one mouse: arms are then paired."""
    counts = cells(rows)
    return rows.block is not None and bool(np.median(counts[counts > 0]) <= 1)


def linked(rows: LogVolumes, codes: Codes) -> list[Codes]:
    """Arms that blocks link to one another: others share no block, not even by way of a third."""
    shared = cells(rows)[codes] > 0
    reach = (shared @ shared.T) | np.eye(len(codes), dtype=bool)
    for _ in codes:
        reach = reach @ reach
    groups = np.unique(reach, axis=0)
    return [codes[group] for group in groups[np.argsort(groups.argmax(axis=1))]]


def doubt_blocks(rows: LogVolumes, names: Sequence[str]) -> Iterator[Doubt]:
    """Blocks of which nothing is learned of differences, and arms that no block links."""
    if rows.block is None:
        return
    counts = cells(rows)
    alone = np.flatnonzero((counts > 0).sum(axis=0) == 1)
    if len(alone):
        arms = [names[int(counts[:, block].argmax())] for block in alone]
        told = "; ".join(
            f"{rows.block_names[int(block)]}: {arm}" for block, arm in zip(alone, arms, strict=True)
        )
        yield Doubt(
            "block-of-one-arm",
            tuple(dict.fromkeys(arms)),
            "growth",
            f"Blocks that hold one arm say nothing of how arms differ ({told}).",
        )
    read = np.flatnonzero(counts.any(axis=1))
    groups = linked(rows, read)
    if len(groups) > 1:
        told = " / ".join(", ".join(names[int(code)] for code in group) for group in groups)
        yield Doubt(
            "blocks-not-shared",
            tuple(names[int(code)] for code in read),
            "growth",
            f"Arms share no block ({told}): a difference between them may be one of blocks, and is "
            "not claimed.",
        )


@dataclass(frozen=True, eq=False)
class PairedBlocks:
    """Narrows a fit of one mouse a block and arm to one contrast: differences within blocks.

    Each arm has the rate of its mouse over the shared days (a line through its readings), and
    only blocks that hold every arm of the contrast count.
    """

    rows: LogVolumes

    def without_mouse(self, rows: LogVolumes, mouse: int) -> PairedBlocks:
        """The same for other rows."""
        return PairedBlocks(rows)

    def __call__(self, fit: GrowthFit, codes: tuple[int, ...]) -> GrowthFit:
        window = fit.follow_up.shared(codes)
        shared = np.isin(np.arange(len(fit.shapes)), codes)
        days = FollowUp(*(np.where(shared, day, np.nan) for day in window))
        inside = self.rows.placed().of_arms(shared)
        inside = inside.until(np.full(self.rows.n_arms, window[1]))
        paired = paired_piece(inside, codes)
        if paired is None:
            return replace(fit, follow_up=days, narrow=None)
        others = tuple(piece for piece in fit.pieces if not set(piece.arms) & set(codes))
        return replace(fit, pieces=(*others, paired), follow_up=days, narrow=None)


def paired_piece(rows: LogVolumes, codes: Sequence[int]) -> Piece | None:
    """Arms as means over the blocks that hold them all, t on blocks − 1; None with fewer than two.

    A cell of several mice counts as their mean.
    """
    shape = Ray() if rows.through_origin else Line()
    by_block = _lines_by_block(rows, codes)[:, :, -shape.size :]
    whole = by_block[np.isfinite(by_block).all(axis=(1, 2))].reshape(-1, len(codes) * shape.size)
    n = len(whole)
    if n < 2:
        return None
    return Piece(
        rows=rows,
        arms=tuple(codes),
        shapes=(shape,) * len(codes),
        lift=np.eye(whole.shape[1]),
        values=whole.mean(axis=0),
        covariance=np.atleast_2d(np.cov(whole.T)) / n,
        degrees_of_freedom=lambda weights: np.full(len(weights), float(n - 1)),
        mixed=None,
    )


def _lines_by_block(rows: LogVolumes, codes: Sequence[int]) -> Floats:
    """Intercept and slope of each block and arm, (blocks, arms, 2); NaN without a mouse."""
    lines = fit_mouse_lines(rows)
    both = np.column_stack([lines.intercept, lines.slope])
    block = np.zeros(len(both), dtype=np.intp) if rows.block is None else rows.block
    found = np.full((len(rows.block_names), len(codes), 2), np.nan)
    known = ~np.isnan(lines.slope)
    for place, code in enumerate(codes):
        for own in np.unique(block[known & (rows.mouse_arm == code)]):
            mice = known & (rows.mouse_arm == code) & (block == own)
            found[own, place] = both[mice].mean(axis=0)
    return found
