"""RapidOCR: PP-OCR detection and recognition, run by OpenVINO; models come with its package."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from screening.detectors.quiet_openvino import forbid_telemetry
from screening.detectors.text.engines.base import TextLine
from screening.errors import DetectorError, MissingDependencyError
from screening.geometry import Polygon

if TYPE_CHECKING:
    from rapidocr import RapidOCR

_MODELS = ("*_det_*.onnx", "PP-OCR*_rec_*.onnx")
_MAX_ASPECT = 4
_MAX_PIXELS = 1_600_000
"""Larger frames are scaled down to this: the worker then stays below 0.8 GB, at 4 MP 1.2 GB."""


class RapidOcrEngine:
    """The default engine.

    OpenVINO measured 2.3 times as fast as ONNX Runtime with the same recall on 1280x720 street
    photos. The angle classifier is off: it costs time and brought no recall there.
    """

    name: ClassVar[str] = "rapidocr"

    def __init__(self, languages: str, threads: int) -> None:
        # `languages` is for engines with one model per language; PP-OCR's reads Latin and Chinese.
        del languages
        self._ocr = _loaded(threads)

    @classmethod
    def check_installed(cls, languages: str) -> None:
        """The models must lie in the package: nothing is ever downloaded."""
        del languages
        if len(_model_files()) != len(_MODELS):
            raise MissingDependencyError(
                "the text models of rapidocr are missing; run: pip install --force-reinstall"
                " rapidocr",
                key="text.engine",
            )

    @classmethod
    def assets(cls, languages: str) -> Mapping[str, str]:
        """Digest of every model and the versions of the libraries that run them."""
        del languages
        digests = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _model_files()
        }
        return digests | {"rapidocr": version("rapidocr"), "openvino": version("openvino")}

    def read(self, pixels: NDArray[np.uint8]) -> list[TextLine]:
        """Lines from top to bottom."""
        from rapidocr.main import RapidOCRError  # noqa: PLC0415
        from rapidocr.utils.output import RapidOCROutput  # noqa: PLC0415

        height, width = pixels.shape[:2]
        scale = min(1.0, (_MAX_PIXELS / (height * width)) ** 0.5)
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        factors = width / pixels.shape[1], height / pixels.shape[0]
        try:
            # RapidOCR takes arrays as BGR.
            result = self._ocr(np.ascontiguousarray(_less_narrow(pixels)[..., ::-1]))
        except (RapidOCRError, RuntimeError, ValueError) as error:
            raise DetectorError(
                "The text in this picture could not be read; the text engine failed.",
                code="text_engine",
            ) from error
        if not isinstance(result, RapidOCROutput) or result.boxes is None:
            return []
        if result.txts is None or result.scores is None:
            return []
        return [
            TextLine(text, float(score), _quad(corners).scaled(*factors))
            for corners, text, score in zip(result.boxes, result.txts, result.scores, strict=True)
        ]


@cache
def _loaded(threads: int) -> RapidOCR:
    """The models, loaded once per process and never unloaded.

    OpenVINO gives the process a signal stack per model and, when several models are unloaded,
    leaves it with one that is freed memory: the next Ctrl-C would then be a segmentation fault.
    """
    forbid_telemetry()
    from rapidocr import EngineType, RapidOCR  # noqa: PLC0415 - slow import, once per worker

    _bound_shape_cache()
    detection, recognition = _model_files()
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Det.engine_type": EngineType.OPENVINO,
            "Rec.engine_type": EngineType.OPENVINO,
            # With a path given RapidOCR never downloads one.
            "Det.model_path": str(detection),
            "Rec.model_path": str(recognition),
            "EngineConfig.openvino.inference_num_threads": threads,
        }
    )


def _less_narrow(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Very long frames with a margin below or to the right, which moves no coordinate.

    RapidOCR enlarges the shorter side to 736 px: 1x29 pixels would become 736x21344 and take 11 s.
    """
    height, width = pixels.shape[:2]
    least = -(-max(height, width) // _MAX_ASPECT)
    margins = ((0, max(0, least - height)), (0, max(0, least - width)), (0, 0))
    return np.pad(pixels, margins, mode="edge") if max(margins)[1] else pixels


def _quad(corners: NDArray[np.float32]) -> Polygon:
    return Polygon(tuple((float(x), float(y)) for x, y in corners))


def _model_files() -> list[Path]:
    """The models for detection and recognition inside the package, as far as they are there."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "models"
    return [path for pattern in _MODELS for path in sorted(folder.glob(pattern))[:1]]


def _bound_shape_cache() -> None:
    """Make RapidOCR's OpenVINO sessions keep nothing per input shape.

    The cache brings nothing where every picture has another size, and grows: over 130 pictures it
    took 0.3 GB and saved no time. RapidOCR has no setting for it, so its settings class is
    replaced.
    """
    from rapidocr.inference_engine.openvino import device_config, main  # noqa: PLC0415

    class BoundedCache(device_config.CPUConfig):
        def get_config(self) -> dict[str, object]:
            return {**super().get_config(), "CPU_RUNTIME_CACHE_CAPACITY": "0"}

    vars(main)["CPUConfig"] = BoundedCache
