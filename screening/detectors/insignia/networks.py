"""The two networks of this detector, trained by this project: one finds emblems, one compares them.

`models/insignia/MODEL_CARD.md` says on what they were trained.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.detectors.weights import Float32, checked_digests, compiled, model_folder

FOLDER = "insignia"
FINDER, EMBEDDER, CALIBRATION = "finder.onnx", "embedder.onnx", "calibration.json"

_TOGETHER = 2
"""Frames of one call: larger batches are no faster, and this one is rarely padded."""


class Networks(NamedTuple):
    """What is loaded.

    Attributes:
        find: uint8 RGB (H, W, 3), sides multiples of 32, to float32 (5, H / 8, W / 8): logit of an
            emblem's centre, its offset in cells x and y, logarithm of width and height in cells.
        embed: uint8 RGB (N, 96, 96, 3) to unit vectors float32 (N, 128), and corrections of the
            boxes the frames were cut around, float32 (N, 4): shift of the centre over width and
            height, logarithm of the ratios of width and height.
        dimensions: of the unit vectors.
    """

    find: Callable[[NDArray[np.uint8]], Float32]
    embed: Callable[[NDArray[np.uint8]], tuple[Float32, Float32]]
    dimensions: int = 128


def model_digests() -> dict[str, str]:
    """SHA-256 of each file of the model.

    Raises:
        ConfigError: a file is missing or altered.
    """
    return checked_digests(FOLDER, (FINDER, EMBEDDER, CALIBRATION))


@cache
def load_networks(threads: int) -> Networks:
    """Both networks, compiled for this processor.

    Args:
        threads: processor threads each of them may use.
    """
    folder = model_folder(FOLDER)

    def find(picture: NDArray[np.uint8]) -> Float32:
        network = compiled(folder / FINDER, (1, *picture.shape), threads)
        found: Float32 = network(picture[None])[0][0]
        return found

    def embed(frames: NDArray[np.uint8]) -> tuple[Float32, Float32]:
        count = len(frames)
        padded = np.concatenate([frames, frames[: count % _TOGETHER]])
        network = compiled(folder / EMBEDDER, (_TOGETHER, *frames.shape[1:]), threads)
        parts = [
            network(padded[start : start + _TOGETHER]) for start in range(0, len(padded), _TOGETHER)
        ]
        embeddings, corrections = (np.concatenate(one)[:count] for one in zip(*parts, strict=True))
        return embeddings, corrections

    return Networks(find, embed)
