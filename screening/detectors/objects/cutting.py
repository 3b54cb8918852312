"""Cuts the pieces of a photo that the second look is shown."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.geometry import Box


class Shape(NamedTuple):
    """How a piece is cut.

    Attributes:
        side_px: of the square it is stretched to.
        margin: of the box's sides, taken along on each side.
    """

    side_px: int
    margin: float


PLACE = Shape(224, 0.08)
"""Of people, vehicles, buildings and whole frames: a hat or a light bar often stands out of the
box."""
EMBLEM = Shape(128, 0.5)
"""Of what may be a badge, patch, seal or logo: the cloth around it tells a badge from a button."""


def cut(pixels: NDArray[np.uint8], box: Box, shape: Shape = PLACE) -> NDArray[np.uint8]:
    """The box and a little around it, stretched to a square.

    Args:
        pixels: uint8 RGB, shape (H, W, 3).
        box: in pixels of it; what lies outside is left away.
        shape: how much around it, and how large.

    Returns:
        uint8 RGB, shape (side_px, side_px, 3).
    """
    height, width = pixels.shape[:2]
    x_margin, y_margin = shape.margin * box.width_px, shape.margin * box.height_px
    x_min = int(np.clip(box.x_min - x_margin, 0, width - 2))
    y_min = int(np.clip(box.y_min - y_margin, 0, height - 2))
    x_max = int(np.clip(np.ceil(box.x_max + x_margin), x_min + 2, width))
    y_max = int(np.clip(np.ceil(box.y_max + y_margin), y_min + 2, height))
    piece = pixels[y_min:y_max, x_min:x_max]
    shrinks = max(piece.shape[:2]) > shape.side_px
    kind = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    size = (shape.side_px, shape.side_px)
    return np.asarray(cv2.resize(piece, size, interpolation=kind), np.uint8)
