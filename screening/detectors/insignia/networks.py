"""The two networks of this detector, trained by this project: one finds emblems, one compares them.

`models/insignia/MODEL_CARD.md` says on what they were trained. They run in float32 on every
processor, so that a result does not depend on where it was computed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.detectors.quiet_openvino import forbid_telemetry
from screening.errors import ConfigError
from screening.resources import shipped_dir

FOLDER = "insignia"
FINDER, EMBEDDER, CALIBRATION = "finder.onnx", "embedder.onnx", "calibration.json"
CHECKSUMS = "sha256.json"


Float32 = NDArray[np.float32]

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


def model_folder() -> Path:
    """Where the weights lie.

    Raises:
        ConfigError: the installation is incomplete.
    """
    try:
        return shipped_dir("models") / FOLDER
    except FileNotFoundError as error:
        raise ConfigError(str(error), key="insignia") from error


def checked_digests() -> dict[str, str]:
    """SHA-256 of each file of the model, held to the ones it was shipped with.

    Raises:
        ConfigError: a file is missing or altered.
    """
    folder = model_folder()
    found = {}
    try:
        wanted: dict[str, str] = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        for name in (FINDER, EMBEDDER, CALIBRATION):
            found[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise ConfigError(
            "the weights of the insignia detector are missing; install the package again",
            file=folder,
        ) from error
    for name, digest in found.items():
        if wanted.get(name) != digest:
            raise ConfigError(
                "this file of the insignia detector is not the one it was shipped with; install"
                " the package again",
                file=folder / name,
            )
    return found


@cache
def load_networks(threads: int) -> Networks:
    """Both networks, compiled for this processor and never unloaded (see text/engines/ppocr).

    Args:
        threads: processor threads each of them may use.
    """
    forbid_telemetry()
    import openvino as ov  # noqa: PLC0415 - slow import, once per worker

    core = ov.Core()
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
    }

    @cache
    def compiled(name: str, shape: tuple[int, ...]) -> Callable[[NDArray[np.uint8]], list[Float32]]:
        """A network for one shape of input: changing shapes cost more than they compute."""
        model = core.read_model(model_folder() / name)
        steps = ov.preprocess.PrePostProcessor(model)
        steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
        steps.input().preprocess().convert_element_type(ov.Type.f32).scale(255.0)
        steps.input().model().set_layout(ov.Layout("NCHW"))
        built = steps.build()
        built.reshape(list(shape))
        ready = core.compile_model(built, "CPU", settings)
        return lambda pixels: [np.array(one, np.float32) for one in ready(pixels).values()]

    def find(picture: NDArray[np.uint8]) -> Float32:
        found: Float32 = compiled(FINDER, (1, *picture.shape))(picture[None])[0][0]
        return found

    def embed(frames: NDArray[np.uint8]) -> tuple[Float32, Float32]:
        count = len(frames)
        padded = np.concatenate([frames, frames[: count % _TOGETHER]])
        parts = [
            compiled(EMBEDDER, (_TOGETHER, *frames.shape[1:]))(padded[start : start + _TOGETHER])
            for start in range(0, len(padded), _TOGETHER)
        ]
        embeddings, corrections = (np.concatenate(one)[:count] for one in zip(*parts, strict=True))
        return embeddings, corrections

    return Networks(find, embed)
