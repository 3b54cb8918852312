"""The two networks of this detector: one says where something is, one looks again at what it is.

`models/objects/MODEL_CARD.md` says on what they were trained.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.detectors.weights import Float32, checked_digests, compiled, model_folder

FOLDER = "objects"
DETECTOR, SECOND_LOOK, CALIBRATION = "detector.onnx", "second_look.onnx", "calibration.json"
SHIPPED = (DETECTOR, SECOND_LOOK, CALIBRATION)

PLACES = (
    "person", "face", "license_plate", "weapon", "vehicle", "building", "badge", "patch", "seal",
    "logo",
)  # fmt: skip
"""What the detector network tells apart, in the order of its outputs."""
EMBLEMS = frozenset({"badge", "patch", "seal", "logo"})
ATTRIBUTES = ("uniform", "judicial_robe", "police_vehicle", "courthouse")
"""What only the second look tells of people, vehicles and buildings."""
TOLD = (*ATTRIBUTES, "emblem")
"""What the second look tells, in the order of its outputs; an emblem is any of `EMBLEMS`."""


class Networks(NamedTuple):
    """What is loaded.

    Attributes:
        detect: uint8 RGB (H, W, 3), sides multiples of 32, to float32 (4 + len(PLACES), N): centre
            x and y, width and height in pixels, then a score 0..1 for each of `PLACES`.
        look: uint8 RGB (N, side, side, 3), as `cutting` cuts them, to logits float32
            (N, len(TOLD)).
    """

    detect: Callable[[NDArray[np.uint8]], Float32]
    look: Callable[[NDArray[np.uint8]], Float32]


def model_digests() -> dict[str, str]:
    """SHA-256 of each file of the model.

    Raises:
        ConfigError: a file is missing or altered.
    """
    return checked_digests(FOLDER, SHIPPED)


def load_networks(threads: int) -> Networks:
    """Both shipped networks, compiled for this processor.

    Args:
        threads: processor threads each of them may use.
    """
    return networks_in(model_folder(FOLDER), threads)


@cache
def networks_in(folder: Path, threads: int) -> Networks:
    """Both networks of a folder, compiled for this processor.

    Args:
        folder: holds `DETECTOR` and `SECOND_LOOK`.
        threads: processor threads each of them may use.
    """

    def detect(picture: NDArray[np.uint8]) -> Float32:
        network = compiled(folder / DETECTOR, (1, *picture.shape), threads)
        found: Float32 = network(picture[None])[0][0]
        return found

    def look(pieces: NDArray[np.uint8]) -> Float32:
        network = compiled(folder / SECOND_LOOK, (1, *pieces.shape[1:]), threads)
        return np.concatenate([network(piece[None])[0] for piece in pieces])

    return Networks(detect, look)
