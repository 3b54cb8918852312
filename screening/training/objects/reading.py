"""How training reads a picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

_MAX_SIDE_PX = 1280


def read_rgb(path: Path) -> NDArray[np.uint8] | None:
    """The picture upright as uint8 RGB, at most 1280 px wide or high; None if it is none."""
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR_RGB)
    if pixels is None:
        return None
    scale = _MAX_SIDE_PX / max(pixels.shape[:2])
    if scale < 1:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(pixels, np.uint8)
