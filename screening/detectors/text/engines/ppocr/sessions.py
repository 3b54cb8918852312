"""PP-OCR's two networks as OpenVINO sessions, loaded once per process.

The models (PP-OCRv6 small, Apache-2.0, PaddleOCR) come with the package `rapidocr`, whose own
pipeline is not used: it reads one picture at a time, at one scale.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.detectors.quiet_openvino import forbid_telemetry

if TYPE_CHECKING:
    import openvino

MODEL_PATTERNS = ("*_det_*.onnx", "PP-OCR*_rec_*.onnx")
_FIRST_IDEOGRAPH = "\u2e80"


class Networks(NamedTuple):
    """What is loaded.

    Attributes:
        text_map: uint8 RGB (1, H, W, 3), sides multiples of 32, to float32 (H, W): how likely
            each pixel belongs to text, 0..1.
        characters_at: uint8 RGB (N, 48, W, 3) to indexes into `alphabet`, int (N, T), and their
            probabilities, float32 (N, T); T is about W / 8.
        alphabet: characters by index; the first one, empty, is the blank of CTC.
    """

    text_map: Callable[[NDArray[np.uint8]], NDArray[np.float32]]
    characters_at: Callable[[NDArray[np.uint8]], tuple[NDArray[np.int32], NDArray[np.float32]]]
    alphabet: tuple[str, ...]


def model_files() -> list[Path]:
    """The models for detection and recognition inside the package, as far as they are there."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "models"
    return [path for pattern in MODEL_PATTERNS for path in sorted(folder.glob(pattern))[:1]]


@cache
def networks(threads: int, *, latin_only: bool) -> Networks:
    """Both networks, compiled for this processor and never unloaded.

    OpenVINO gives the process a signal stack per model and, when several models are unloaded,
    leaves it with one that is freed memory: the next Ctrl-C would then be a segmentation fault.

    Args:
        threads: processor threads each of them may use.
        latin_only: read Latin letters, digits and signs only, which takes a fifth less time; else
            Chinese and Japanese too.
    """
    forbid_telemetry()
    import openvino as ov  # noqa: PLC0415 - slow import, once per worker

    core = ov.Core()
    detection, recognition = (core.read_model(path) for path in model_files())
    characters = recognition.get_rt_info()["framework"]["character"].astype(str).splitlines()
    alphabet = ["", *characters, " "]
    if latin_only:
        kept = [index for index, char in enumerate(alphabet) if _is_latin(char)]
        alphabet = [alphabet[index] for index in kept]
        _keep_outputs(recognition, kept)
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        # A cache of programs per input shape grows without bound and saves nothing where every
        # picture has another size: over 130 pictures it took 0.3 GB.
        "CPU_RUNTIME_CACHE_CAPACITY": "0",
    }
    find = core.compile_model(_taking_pixels(detection), "CPU", settings)
    read = core.compile_model(_taking_pixels(_best_only(recognition)), "CPU", settings)

    def text_map(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = find(pixels)[0][0, 0]
        return found

    def characters_at(lines: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        best = read(lines)
        return best[1][:, :, 0], best[0][:, :, 0]

    return Networks(text_map, characters_at, tuple(alphabet))


def _taking_pixels(model: openvino.Model) -> openvino.Model:
    """The model with its normalisation (-1..1) and transposition inside; input uint8 RGB NHWC."""
    import openvino as ov  # noqa: PLC0415

    steps = ov.preprocess.PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().tensor().set_color_format(ov.preprocess.ColorFormat.RGB)
    steps.input().preprocess().convert_element_type(ov.Type.f32)
    steps.input().preprocess().convert_color(ov.preprocess.ColorFormat.BGR)
    steps.input().preprocess().mean(127.5).scale(127.5)
    steps.input().model().set_layout(ov.Layout("NCHW"))
    return steps.build()


def _is_latin(char: str) -> bool:
    """Whether it is no letter of another script; the empty blank of CTC is kept too."""
    is_letter = char.isalpha() and "LATIN" not in unicodedata.name(char, "")
    return not is_letter and char < _FIRST_IDEOGRAPH


def _keep_outputs(model: openvino.Model, kept: list[int]) -> None:
    """Cut the last layer down to some of its characters."""
    from openvino import opset13  # noqa: PLC0415

    softmax = model.get_results()[0].input_value(0).get_node()
    node = softmax
    while node.get_type_name() != "Add":
        node = node.input_value(0).get_node()
    product = node.input_value(0).get_node()
    weights, bias = (one.input_value(1).get_node().get_data()[..., kept] for one in (product, node))
    fewer = opset13.matmul(product.input_value(0), opset13.constant(weights), False, False)
    softmax.input(0).replace_source_output(opset13.add(fewer, opset13.constant(bias)).output(0))


def _best_only(model: openvino.Model) -> openvino.Model:
    """The model with only the best character per step; of all 18,710 that saves 4 MB per line."""
    import openvino as ov  # noqa: PLC0415
    from openvino import opset13  # noqa: PLC0415

    probabilities = model.get_results()[0].input_value(0)
    one = opset13.constant(np.int64(1))
    best = opset13.topk(probabilities, one, axis=2, mode="max", sort="none")
    results = [opset13.result(output) for output in best.outputs()]
    return ov.Model(results, model.get_parameters())
