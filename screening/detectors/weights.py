"""Weights that ship with the package: held to their digests, compiled once per worker.

They run in float32 arithmetic wherever the file holds float32, so that a result does not depend on
the processor it was computed on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from screening.detectors.quiet_openvino import forbid_telemetry
from screening.errors import ConfigError
from screening.resources import shipped_dir

CHECKSUMS = "sha256.json"

Float32 = NDArray[np.float32]
Network = Callable[[NDArray[np.uint8]], list[Float32]]
"""uint8 RGB (N, H, W, 3) to the outputs of the network, each float32."""


def model_folder(detector: str) -> Path:
    """Where the weights of a detector lie.

    Raises:
        ConfigError: the installation is incomplete.
    """
    try:
        return shipped_dir("models") / detector
    except FileNotFoundError as error:
        raise ConfigError(str(error), key=detector) from error


def checked_digests(detector: str, names: Sequence[str]) -> dict[str, str]:
    """SHA-256 of each file of a detector's model, held to the ones it was shipped with.

    Raises:
        ConfigError: a file is missing or altered.
    """
    folder = model_folder(detector)
    found = {}
    try:
        wanted: dict[str, str] = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        for name in names:
            found[name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"the weights of the {detector} detector are missing; install the package again",
            file=folder,
        ) from error
    for name, digest in found.items():
        if wanted.get(name) != digest:
            raise ConfigError(
                f"this file of the {detector} detector is not the one it was shipped with; install"
                " the package again",
                file=folder / name,
            )
    return found


@cache
def compiled(path: Path, shape: tuple[int, ...], threads: int) -> Network:
    """A network for one shape of input: changing shapes cost more than they compute.

    Kept for the life of the worker and never unloaded (see text/engines/ppocr).

    Args:
        path: ONNX file whose one input is float32 (N, 3, H, W), 0..1.
        shape: N, H, W and 3.
        threads: of the processor.
    """
    forbid_telemetry()
    import openvino as ov  # noqa: PLC0415 - slow import, once per worker

    core = _core()
    steps = ov.preprocess.PrePostProcessor(core.read_model(path))
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().preprocess().convert_element_type(ov.Type.f32).scale(255.0)
    steps.input().model().set_layout(ov.Layout("NCHW"))
    built = steps.build()
    built.reshape(list(shape))
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
    }
    ready = core.compile_model(built, "CPU", settings)
    return lambda pixels: [np.array(one, np.float32) for one in ready(pixels).values()]


@cache
def _core() -> Any:
    import openvino as ov  # noqa: PLC0415

    return ov.Core()
