"""What lies around a place of a picture, at the sizes at which references are laid on it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from screening.detectors.insignia.alignment import Float32, normalise_locally
from screening.detectors.insignia.framing import Matrix, Pyramid
from screening.geometry import Box

FINE_PX = (48, 64, 96, 128)
"""Sizes at which a place is compared: the largest one it fills."""
_MARGIN = 0.3


class Look(NamedTuple):
    """Surroundings of a place at one size: locally normalised, and the way there."""

    pixels: Float32
    there: Matrix


class Place:
    """The surroundings of a box at the sizes they are compared at."""

    def __init__(self, gray: Pyramid, box: Box) -> None:
        self._gray, self.box = gray, box
        self._looks: dict[int, Look] = {}
        self.size_px = max(box.width_px, box.height_px)
        self.fine_px = max((px for px in FINE_PX if px <= self.size_px), default=FINE_PX[0])

    def at(self, side_px: int) -> Look:
        """The surroundings with the box `side_px` long."""
        if side_px not in self._looks:
            self._looks[side_px] = self._look(side_px)
        return self._looks[side_px]

    def _look(self, side_px: int) -> Look:
        scale = side_px / self.size_px
        wide, high = self.box.width_px, self.box.height_px
        left, top = self.box.x_min - _MARGIN * wide, self.box.y_min - _MARGIN * high
        size = (round((1 + 2 * _MARGIN) * wide * scale), round((1 + 2 * _MARGIN) * high * scale))
        there = np.array([[scale, 0, -left * scale], [0, scale, -top * scale], [0, 0, 1]])
        part = self._gray.cut(there, (max(size[0], 8), max(size[1], 8)), 1 / scale)
        return Look(normalise_locally(part, side_px), there)
