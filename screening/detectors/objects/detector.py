"""The objects detector: what nobody listed, seen by networks that this project trained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, ClassVar

import cv2
from pydantic import Field, field_validator

from screening.config import StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.detectors.objects.calibration import load_calibration, reported_from
from screening.detectors.objects.examples import drawn_examples
from screening.detectors.objects.judging import LEAST, Judged, judge, look_again
from screening.detectors.objects.networks import (
    ATTRIBUTES,
    DETECTOR,
    EMBLEMS,
    PLACES,
    load_networks,
    model_digests,
)
from screening.detectors.objects.other_model import ModelFile, OtherModel, load_other, other_digest
from screening.detectors.objects.places import Eye, Place, find_places
from screening.geometry import Box
from screening.records import EvidenceValue, Finding, Frame

LABELS = frozenset({*PLACES, *ATTRIBUTES} - {"vehicle", "building"})
"""Vehicles and buildings are only looked at again; nobody forbids them as such."""
_SEEN_AT_ONCE = LABELS & (frozenset(PLACES) - EMBLEMS)
"""What needs no second look."""
_MAY_BE_SUPPORTED = 0.4
"""Of the score from which something is reported: so much will do where a word or a badge speaks for
it; `screening.fusion` drops it otherwise."""
_SHOWN_DIGITS = 2


class ObjectsOptions(StrictModel):
    """Options of the objects detector.

    Attributes:
        min_score: the score from which anything is reported, instead of the shipped one of each
            label; 0.01 shows everything.
        min_scores: the same for single labels, each as `label=score`.
        max_tiles: pieces of a large photo that are looked at besides the whole, at most.
        model: an ONNX file of Ultralytics, or with ultralytics installed a .pt file, to use
            instead of the shipped networks; none for an empty text.
        model_labels: what classes of that model are reported as where the names differ, each as
            `class=label`.
        prompts: classes to look for, in words, for an open-vocabulary .pt file.
    """

    min_score: Annotated[float, Field(ge=0, le=1)] | None = None
    min_scores: list[str] = Field(default_factory=list)
    max_tiles: Annotated[int, Field(ge=0, le=4)] = 4
    model: str = ""
    model_labels: list[str] = Field(default_factory=list)
    prompts: list[str] = Field(default_factory=list)

    @field_validator("min_scores")
    @classmethod
    def _scores(cls, written: list[str]) -> list[str]:
        for label, score in split_pairs(written):
            _check_label(label)
            try:
                fits = 0 <= float(score) <= 1
            except ValueError:
                fits = False
            if not fits:
                raise ValueError(f"the score of {label} must be between 0 and 1, not {score!r}")
        return written

    @field_validator("model_labels")
    @classmethod
    def _names(cls, written: list[str]) -> list[str]:
        for _, label in split_pairs(written):
            _check_label(label)
        return written


def split_pairs(written: Sequence[str]) -> list[tuple[str, str]]:
    """What stands before and after the last `=` of each text.

    Raises:
        ValueError: a text without one.
    """
    pairs = [text.rpartition("=") for text in written]
    for name, equals, value in pairs:
        if not (equals and name.strip() and value.strip()):
            raise ValueError(f"{name or value!r} must be written as name=value")
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _check_label(label: str) -> None:
    if label not in LABELS:
        raise ValueError(f"there is no label {label!r}; there are {', '.join(sorted(LABELS))}")


class ObjectsDetector:
    """Finds people, vehicles, buildings and emblems, and looks again at what they are."""

    name: ClassVar[str] = "objects"
    labels: ClassVar[frozenset[str]] = LABELS
    version: ClassVar[str] = "1"
    summary: ClassVar[str] = (
        "Uniforms, robes, police vehicles, court buildings, people, faces, plates, firearms, and"
        " badges, patches, seals and logos of any agency."
    )
    Options: ClassVar[type[StrictModel]] = ObjectsOptions

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None:
        self._options = _typed(options)
        self._other = None
        if self._options.model:
            self._other = _other_model(self._options, resources.threads)
            self._weights = self._other.digest[:12]
            return
        self._weights = model_digests()[DETECTOR][:12]
        self._networks = load_networks(resources.threads)
        self._calibration = load_calibration()
        chosen = self._options
        self._least = reported_from(self._calibration, chosen.min_score, _single_scores(chosen))

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Check that the model can be used."""
        cls(options, resources)

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """Digests of the weights, versions of the libraries."""
        model = _typed(options).model
        weights = {"model": other_digest(Path(model))} if model else model_digests()
        return {"opencv": cv2.__version__, "openvino": version("openvino"), **weights}

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """A seal on a plain wall."""
        return drawn_examples()

    def detect(self, frames: Sequence[Frame]) -> list[Finding]:
        """Everything whose score suffices, frame by frame."""
        return [finding for frame in frames for finding in self._detect_frame(frame)]

    def _detect_frame(self, frame: Frame) -> Iterator[Finding]:
        if self._other is not None:
            seen = self._other.places(frame.pixels, self._options.max_tiles)
            yield from (self._finding(frame, _as_seen(place)) for place in seen)
            return
        least = min(LEAST, *self._least.values())
        eye = Eye(self._networks.detect)
        places = find_places(frame.pixels, eye, least, self._options.max_tiles)
        for place in places:
            if place.label in _SEEN_AT_ONCE and place.score >= self._least[place.label]:
                yield self._finding(frame, _as_seen(place))
        looks = look_again(frame.pixels, places, self._networks.look)
        for one in judge(looks, self._calibration):
            needed = self._least[one.label]
            if one.score >= needed:
                yield self._finding(frame, one)
            elif one.score >= _MAY_BE_SUPPORTED * needed:
                yield self._finding(frame, one, counts_from=needed)

    def _finding(self, frame: Frame, judged: Judged, **more: EvidenceValue) -> Finding:
        """Boxes in whole pixels and parts with few digits: they belong to the finding's id."""
        parts = {name: round(part, _SHOWN_DIGITS) for name, part in judged.parts.items()}
        corners = (float(round(one)) for one in judged.box.as_tuple())
        return Finding(
            detector=self.name,
            label=judged.label,
            score=round(judged.score, 3),
            box=Box(*corners),
            frame_index=frame.index,
            time_s=frame.time_s,
            evidence={**parts, **more, "weights": self._weights},
        )


def _as_seen(place: Place) -> Judged:
    return Judged(place.label, place.box, place.score, {})


def _other_model(options: ObjectsOptions, threads: int) -> OtherModel:
    """The user's own network, whose classes all have a label or are left out.

    Raises:
        ConfigError: it cannot be used; names the file.
    """
    wanted = ModelFile(
        Path(options.model), dict(split_pairs(options.model_labels)), tuple(options.prompts), LABELS
    )
    return load_other(wanted, options.min_score, _single_scores(options), threads)


def _single_scores(options: ObjectsOptions) -> dict[str, float]:
    return {label: float(score) for label, score in split_pairs(options.min_scores)}


def _typed(options: StrictModel) -> ObjectsOptions:
    return ObjectsOptions.model_validate(options.model_dump())
