"""Cuts the piece of a photo that the second look is shown."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.geometry import Box

SIDE_PX = 192
_MARGIN = 0.08
"""Of the box's sides: a hat or a light bar often stands out of the box."""


def cut(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The box and a little around it, stretched to a square.

    Args:
        pixels: uint8 RGB, shape (H, W, 3).
        box: in pixels of it; what lies outside is left away.

    Returns:
        uint8 RGB, shape (SIDE_PX, SIDE_PX, 3).
    """
    height, width = pixels.shape[:2]
    x_margin, y_margin = _MARGIN * box.width_px, _MARGIN * box.height_px
    x_min = int(np.clip(box.x_min - x_margin, 0, width - 2))
    y_min = int(np.clip(box.y_min - y_margin, 0, height - 2))
    x_max = int(np.clip(np.ceil(box.x_max + x_margin), x_min + 2, width))
    y_max = int(np.clip(np.ceil(box.y_max + y_margin), y_min + 2, height))
    piece = pixels[y_min:y_max, x_min:x_max]
    shrinks = max(piece.shape[:2]) > SIDE_PX
    kind = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(piece, (SIDE_PX, SIDE_PX), interpolation=kind), np.uint8)
