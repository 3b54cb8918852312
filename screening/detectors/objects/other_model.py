"""A network of the user's own, in place of the shipped ones: ONNX, or `.pt` with ultralytics."""

from __future__ import annotations

import ast
import hashlib
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from screening.detectors.objects.places import Eye, Place, find_places
from screening.detectors.quiet_openvino import forbid_telemetry
from screening.detectors.weights import compiled
from screening.errors import ConfigError, MissingDependencyError

_MIN_SCORE = 0.25
"""Of a model that says nothing about its scores; the default of Ultralytics."""
_KEY = "objects.model"

Pixels = NDArray[np.uint8]


class ModelFile(NamedTuple):
    """What the user asked for.

    Attributes:
        path: ONNX or `.pt`.
        renamed: label by class, where the names differ.
        prompts: classes to look for, in words.
        labels: what may be reported.
    """

    path: Path
    renamed: Mapping[str, str]
    prompts: tuple[str, ...]
    labels: frozenset[str]

    def label_of(self, name: str) -> str:
        """What a class is reported as; empty if it is not."""
        label = self.renamed.get(name, name.strip().lower().replace(" ", "_"))
        return label if label in self.labels else ""


class OtherModel:
    """What was loaded.

    Args:
        eye: the network, its labels empty where a class is not reported.
        least: by label, the score from which it is reported.
        digest: SHA-256 of the file.
    """

    def __init__(self, eye: Eye, least: Mapping[str, float], digest: str) -> None:
        self._eye, self._least, self.digest = eye, least, digest

    def places(self, pixels: Pixels, most_tiles: int) -> list[Place]:
        """What it sees, best first.

        Args:
            pixels: uint8 RGB, shape (H, W, 3).
            most_tiles: see `places.find_places`.
        """
        found = find_places(pixels, self._eye, min(self._least.values()), most_tiles)
        return [one for one in found if one.label and one.score >= self._least[one.label]]


def load_other(
    wanted: ModelFile, min_score: float | None, min_scores: Mapping[str, float], threads: int
) -> OtherModel:
    """Load a network.

    Args:
        wanted: what the user asked for.
        min_score: from which anything is reported.
        min_scores: the same for single labels.
        threads: of the processor.

    Raises:
        ConfigError: no such file, a package is missing, or no class has a label.
    """
    digest = other_digest(wanted.path)
    eye = _from_pt(wanted, threads) if wanted.path.suffix == ".pt" else _from_onnx(wanted, threads)
    least = dict.fromkeys(wanted.labels, _MIN_SCORE if min_score is None else min_score)
    return OtherModel(eye, {**least, **min_scores}, digest)


def other_digest(path: Path) -> str:
    """SHA-256 of the file.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigError(f"this model cannot be read: {error.strerror}", file=path) from error


def _labels(wanted: ModelFile, classes: Sequence[str]) -> list[str]:
    for name in wanted.renamed:
        if name not in classes:
            raise ConfigError(
                f"the model has no class {name!r}; it has {_listed(classes)}",
                file=wanted.path, key="objects.model_labels",
            )  # fmt: skip
    labels = [wanted.label_of(name) for name in classes]
    if not any(labels):
        raise ConfigError(
            "no class of this model has the name of a label; say which is which, such as --option"
            f" 'objects.model_labels=[\"{classes[0]}=uniform\"]'. Its classes:"
            f" {_listed(classes)}",
            file=wanted.path, key="objects.model_labels",
        )  # fmt: skip
    return labels


def _listed(classes: Sequence[str]) -> str:
    shown = ", ".join(classes[:20])
    return shown if len(classes) <= 20 else f"{shown} and {len(classes) - 20} more"


def _from_onnx(wanted: ModelFile, threads: int) -> Eye:
    forbid_telemetry()
    import openvino as ov  # noqa: PLC0415 - slow import, once per worker

    if wanted.prompts:
        raise ConfigError(
            "an ONNX file looks for the classes it was exported with; prompts need the .pt file",
            file=wanted.path, key="objects.prompts",
        )  # fmt: skip
    try:
        model = ov.Core().read_model(wanted.path)
        names = ast.literal_eval(str(model.get_rt_info(["framework", "names"]).value))
        classes = [str(names[number]) for number in range(len(names))]
        size, outputs = model.input().partial_shape, model.output().partial_shape
        fits = len(size) == 4 and len(outputs) == 3 and outputs[1].get_length() == 4 + len(classes)
    except (RuntimeError, ValueError, SyntaxError, KeyError, TypeError) as error:
        raise ConfigError(_NOT_OURS, file=wanted.path, key=_KEY) from error
    if not fits:
        raise ConfigError(_NOT_OURS, file=wanted.path, key=_KEY)
    fixed = None if size[2].is_dynamic else (size[2].get_length(), size[3].get_length())
    detect = partial(_run, wanted.path, threads)
    return Eye(detect, _labels(wanted, classes), fixed)


_NOT_OURS = (
    "this is no detection model as `yolo export format=onnx` of Ultralytics writes it (one input"
    " of pictures, one output of boxes and class scores, the names of the classes inside)"
)


def _run(path: Path, threads: int, picture: Pixels) -> NDArray[np.float32]:
    found: NDArray[np.float32] = compiled(path, (1, *picture.shape), threads)(picture[None])[0][0]
    return found


def _from_pt(wanted: ModelFile, threads: int) -> Eye:
    os.environ.setdefault("YOLO_OFFLINE", "true")  # it would send usage events
    try:
        import torch  # noqa: PLC0415 - an extra
        from ultralytics import YOLO  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingDependencyError(
            "a .pt file needs ultralytics: pip install 'screening[train]'; or export it once to"
            " ONNX with `yolo export format=onnx`",
            file=wanted.path, key=_KEY,
        ) from error  # fmt: skip
    torch.set_num_threads(threads)
    try:
        model = YOLO(wanted.path)
        if wanted.prompts:
            model.set_classes(list(wanted.prompts))
        classes = [str(model.names[number]) for number in range(len(model.names))]
    except (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigError(
            f"ultralytics cannot load this model: {error}", file=wanted.path, key=_KEY
        ) from error

    def detect(picture: Pixels) -> NDArray[np.float32]:
        found = model.predict(
            picture[..., ::-1], imgsz=max(picture.shape[:2]), conf=0.01, device="cpu", verbose=False
        )[0].boxes
        output = np.zeros((4 + len(classes), len(found)), np.float32)
        output[:4] = found.xywh.numpy().T
        output[4 + found.cls.numpy().astype(int), np.arange(len(found))] = found.conf.numpy()
        return output

    return Eye(detect, _labels(wanted, classes))
