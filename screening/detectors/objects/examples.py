"""What the contract test shows the detector: a seal of a fictional court on a plain wall."""

from __future__ import annotations

import cv2
import numpy as np

from screening.detectors.base import Example
from screening.records import Frame
from screening.resources import shipped_dir

_WALL_RGB = (230, 230, 230)
_SIDE_PX = 90
_CORNER_XY = (200, 120)


def drawn_examples() -> list[Example]:
    """The one label whose art ships and needs no photo of somebody."""
    file = shipped_dir("reference_insignia") / "port_ellery_court" / "seal.png"
    art = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
    art = cv2.resize(art, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    alpha = art[..., 3:].astype(np.float32) / 255
    wall = np.full((480, 640, 3), _WALL_RGB, np.uint8)
    x, y = _CORNER_XY
    part = wall[y : y + _SIDE_PX, x : x + _SIDE_PX]
    part[:] = (art[..., 2::-1] * alpha + part * (1 - alpha)).astype(np.uint8)
    return [Example(label="seal", frames=(Frame(wall),))]
