"""Which lines a reader goes on from one to the other."""

from __future__ import annotations

from collections.abc import Sequence

from screening.detectors.text.engines.base import TextLine
from screening.geometry import Box


def adjacent(lines: Sequence[TextLine]) -> list[tuple[int, int]]:
    """Pairs of straight lines where a reader goes on from the first to the second."""
    boxes = [(number, line.quad.bounds) for number, line in enumerate(lines) if not line.circular]
    return [
        (number, other)
        for number, first in boxes
        for other, second in boxes
        if _stands_below(first, second) or _stands_beside(first, second)
    ]


def _stands_below(first: Box, second: Box) -> bool:
    """Whether `second` is close below `first` and shares its columns."""
    gap = second.y_min - first.y_max
    height = max(first.height_px, second.height_px)
    return (
        second.y_min > first.y_min
        and -0.5 * height < gap < 0.8 * height
        and first.shared_width_px(second) > 0.4 * min(first.width_px, second.width_px)
    )


def _stands_beside(first: Box, second: Box) -> bool:
    """Whether `second` goes on in the row of `first`: engines split a line at a wide blank."""
    gap = second.x_min - first.x_max
    height = max(first.height_px, second.height_px)
    return (
        second.x_min > first.x_min
        and -0.5 * height < gap < 1.2 * height
        and first.shared_height_px(second) > 0.6 * height
    )
