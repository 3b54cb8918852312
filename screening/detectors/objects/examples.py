"""What the contract test shows the detector: art of the two fictional agencies on a plain wall."""

from __future__ import annotations

import cv2
import numpy as np

from screening.detectors.base import Example
from screening.records import Frame
from screening.resources import shipped_dir

_WALL_RGB = (184, 178, 168)
_ART = {
    "seal": "port_ellery_court/seal.png",
    "badge": "fairhaven_police/badge.png",
}


def drawn_examples() -> list[Example]:
    """One picture for each label whose art ships."""
    examples = []
    for label, file in _ART.items():
        art = cv2.imread(str(shipped_dir("reference_insignia") / file), cv2.IMREAD_UNCHANGED)
        art = cv2.cvtColor(
            cv2.resize(art, (220, 220), interpolation=cv2.INTER_AREA), cv2.COLOR_BGRA2RGBA
        )
        wall = np.full((480, 640, 3), _WALL_RGB, np.uint8)
        part = wall[120:340, 200:420]
        alpha = art[..., 3:].astype(np.float32) / 255
        part[:] = (art[..., :3] * alpha + part * (1 - alpha)).astype(np.uint8)
        examples.append(Example(label=label, frames=(Frame(wall),)))
    return examples
