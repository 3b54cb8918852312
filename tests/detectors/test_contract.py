"""What every registered detector promises; a new one is covered without an edit here."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from screening.config import MediaLimits, StrictModel
from screening.detectors.base import (
    Detector,
    DetectorResources,
    FileDetector,
    FirstFrameDetector,
    FrameDetector,
)
from screening.detectors.registry import (
    detector_class,
    detector_names,
    detector_options,
    known_labels,
    selected,
)
from screening.errors import ConfigError, DetectorError
from screening.media import identify
from screening.records import Finding, Frame, with_ids

CLASSES = selected(None)
FRAME_CLASSES = {name: cls for name, cls in CLASSES.items() if hasattr(cls, "detect")}
FILE_CLASSES = {name: cls for name, cls in CLASSES.items() if hasattr(cls, "detect_file")}
FIRST_CLASSES = {name: cls for name, cls in CLASSES.items() if hasattr(cls, "detect_first")}
ODD_SHAPES = [(1, 1), (2, 3000), (3000, 2), (1, 40), (33, 17)]

every_detector = pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
every_frame_detector = pytest.mark.parametrize("cls", FRAME_CLASSES.values(), ids=FRAME_CLASSES)
every_first_frame_detector = pytest.mark.parametrize(
    "cls", FIRST_CLASSES.values(), ids=FIRST_CLASSES
)
every_file_detector = pytest.mark.parametrize("cls", FILE_CLASSES.values(), ids=FILE_CLASSES)


def default_options(cls: type[Detector]) -> StrictModel:
    return detector_options(cls, {})


def prepared(cls: type[Detector], resources: DetectorResources) -> Detector:
    cls.prepare(default_options(cls), resources, lambda what, done, total: None)
    return cls(default_options(cls), resources)


def frame_detector(cls: type[Detector], resources: DetectorResources) -> FrameDetector:
    detector = prepared(cls, resources)
    assert isinstance(detector, FrameDetector)
    return detector


def noise(height: int, width: int, index: int = 0) -> Frame:
    generator = np.random.default_rng(index)
    gray = generator.integers(0, 256, (height, width, 1), np.uint8)
    pixels = np.repeat(gray, 3, axis=2)
    pixels.flags.writeable = False
    return Frame(pixels, index)


def check(findings: Sequence[Finding], cls: type[Detector], frames: Sequence[Frame]) -> None:
    sizes = {frame.index: frame.pixels.shape[1::-1] for frame in frames}
    for finding in findings:
        assert finding.detector == cls.name
        assert finding.label in cls.labels
        assert 0 <= finding.score <= 1
        assert finding.frame_index in sizes or (finding.frame_index == 0 and not sizes)
        if finding.box is not None:
            assert finding.box == finding.box.clip(*sizes[finding.frame_index])
        if finding.polygon is not None:
            bounds = finding.polygon.bounds
            assert finding.box == bounds == bounds.clip(*sizes[finding.frame_index])
    assert pickle.loads(pickle.dumps(findings)) == findings  # noqa: S301 - written here
    assert len(with_ids(findings)) == len(findings), "evidence must be ready for JSON"


def test_there_are_detectors_of_all_kinds() -> None:
    assert set(FRAME_CLASSES) | set(FILE_CLASSES) | set(FIRST_CLASSES) == set(CLASSES)
    assert {"text", "insignia"} <= set(FRAME_CLASSES)
    assert "metadata" in FILE_CLASSES
    assert "previews" in FIRST_CLASSES


@every_detector
def test_says_what_it_is(cls: type[Detector]) -> None:
    assert detector_class(cls.name) is cls
    assert cls.name in detector_names()
    assert cls.labels
    assert cls.labels <= known_labels()
    assert cls.version
    assert cls.summary.endswith(".")
    kinds = (FRAME_CLASSES, FILE_CLASSES, FIRST_CLASSES)
    assert sum(cls.name in kind for kind in kinds) == 1


@every_detector
def test_options_are_frozen_and_refuse_unknown_keys(cls: type[Detector]) -> None:
    assert cls.Options.model_config.get("frozen")
    with pytest.raises(ConfigError) as caught:
        detector_options(cls, {cls.name: {"no_such_option": 1}})
    assert caught.value.key == "no_such_option"
    assert cls.name in str(caught.value)


@every_detector
def test_assets_are_stable_texts(cls: type[Detector], resources: DetectorResources) -> None:
    assets = cls.assets(default_options(cls), resources)
    assert assets
    assert all(isinstance(item, str) and item for pair in assets.items() for item in pair)
    # Neither threads nor the place of the cache may change a fingerprint.
    elsewhere = replace(resources, threads=2, cache_dir=resources.cache_dir / "other")
    assert cls.assets(default_options(cls), elsewhere) == assets


@every_detector
def test_preparing_twice_changes_nothing(cls: type[Detector], resources: DetectorResources) -> None:
    prepared(cls, resources)
    before = sorted(path.name for path in resources.cache_dir.iterdir())
    prepared(cls, resources)
    assert sorted(path.name for path in resources.cache_dir.iterdir()) == before


@every_detector
def test_every_example_fires_its_label(
    cls: type[Detector], resources: DetectorResources, tmp_path: Path
) -> None:
    detector = prepared(cls, resources)
    examples = cls.examples()
    assert examples
    for number, example in enumerate(examples):
        assert example.label in cls.labels
        if isinstance(detector, FrameDetector):
            findings = detector.detect(example.frames)
        else:
            path = tmp_path / str(number) / example.file_name
            path.parent.mkdir()
            path.write_bytes(example.file_bytes)
            media = identify(path, MediaLimits())
            if isinstance(detector, FirstFrameDetector):
                findings = detector.detect_first(media, example.frames[0])
            else:
                assert isinstance(detector, FileDetector)
                findings = detector.detect_file(media)
            assert path.read_bytes() == example.file_bytes
        check(findings, cls, example.frames)
        assert example.label in {finding.label for finding in findings}


@every_frame_detector
def test_no_frames_no_findings(cls: type[Detector], resources: DetectorResources) -> None:
    assert frame_detector(cls, resources).detect([]) == []


@every_frame_detector
@pytest.mark.parametrize("shape", ODD_SHAPES, ids=str)
def test_tiny_and_narrow_frames(
    cls: type[Detector], resources: DetectorResources, shape: tuple[int, int]
) -> None:
    frames = [
        noise(*shape),
        Frame(np.zeros((*shape, 3), np.uint8), 1),
        Frame(np.full((*shape, 3), 255, np.uint8), 2),
    ]
    check(frame_detector(cls, resources).detect(frames), cls, frames)


@every_frame_detector
def test_noise_says_nothing_a_policy_names(
    cls: type[Detector], resources: DetectorResources
) -> None:
    frames = [noise(360, 480, index) for index in range(3)]
    findings = frame_detector(cls, resources).detect(frames)
    check(findings, cls, frames)
    assert {finding.label for finding in findings} <= {"text"}


@every_frame_detector
def test_pixels_stay_as_they_are(cls: type[Detector], resources: DetectorResources) -> None:
    """Frames are read-only; a writable one must not be changed either."""
    detector = frame_detector(cls, resources)
    [shown] = cls.examples()[0].frames
    writable, locked = shown.pixels.copy(), shown.pixels.copy()
    locked.flags.writeable = False
    before = hashlib.sha256(writable.tobytes()).digest()
    first = detector.detect([Frame(writable)])
    second = detector.detect([Frame(locked)])
    assert first == second
    assert hashlib.sha256(writable.tobytes()).digest() == before
    assert hashlib.sha256(locked.tobytes()).digest() == before


@every_frame_detector
def test_frames_in_any_memory_layout(cls: type[Detector], resources: DetectorResources) -> None:
    detector = frame_detector(cls, resources)
    [shown] = cls.examples()[0].frames
    mirrored_twice = np.ascontiguousarray(shown.pixels[:, ::-1])[:, ::-1]
    assert not mirrored_twice.flags.c_contiguous
    assert detector.detect([Frame(mirrored_twice)]) == detector.detect([shown])


@every_frame_detector
def test_two_instances_agree_whatever_else_they_saw(
    cls: type[Detector], resources: DetectorResources
) -> None:
    frames = [
        Frame(frame.pixels, index, index / 2)
        for index, frame in enumerate(
            [frame for example in cls.examples() for frame in example.frames]
        )
    ]
    first, second = frame_detector(cls, resources), frame_detector(cls, resources)
    second.detect([noise(200, 300)])
    together = first.detect(frames)
    check(together, cls, frames)
    assert together == second.detect(frames)
    assert together == [finding for frame in frames for finding in second.detect([frame])]
    assert all(finding.time_s == finding.frame_index / 2 for finding in together)


@every_file_detector
@pytest.mark.parametrize("content", [b"", b"\0", b"\xff\xd8", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_empty_and_stunted_files(
    cls: type[Detector], resources: DetectorResources, tmp_path: Path, content: bytes
) -> None:
    detector = prepared(cls, resources)
    assert isinstance(detector, FileDetector)
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    try:
        findings = detector.detect_file(identify(path, MediaLimits()))
    except DetectorError as error:
        findings = list(error.findings)
    check(findings, cls, [])
    assert path.read_bytes() == content


@every_first_frame_detector
@pytest.mark.parametrize("content", [b"", b"\0", b"\xff\xd8", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
@pytest.mark.parametrize("shape", ODD_SHAPES, ids=str)
def test_first_frames_of_any_shape_and_stunted_files(
    cls: type[Detector],
    resources: DetectorResources,
    tmp_path: Path,
    content: bytes,
    shape: tuple[int, int],
) -> None:
    detector = prepared(cls, resources)
    assert isinstance(detector, FirstFrameDetector)
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    frame = noise(*shape)
    try:
        findings = detector.detect_first(identify(path, MediaLimits()), frame)
    except DetectorError as error:
        findings = list(error.findings)
    check(findings, cls, [frame])
    assert path.read_bytes() == content


@every_first_frame_detector
def test_first_frame_detectors_agree(
    cls: type[Detector], resources: DetectorResources, tmp_path: Path
) -> None:
    example = cls.examples()[0]
    path = tmp_path / example.file_name
    path.write_bytes(example.file_bytes)
    media = identify(path, MediaLimits())
    results = []
    for _ in range(2):
        detector = prepared(cls, resources)
        assert isinstance(detector, FirstFrameDetector)
        results.append(detector.detect_first(media, example.frames[0]))
    assert results[0] == results[1] != []


@every_file_detector
def test_file_detectors_agree(
    cls: type[Detector], resources: DetectorResources, tmp_path: Path
) -> None:
    example = cls.examples()[0]
    path = tmp_path / example.file_name
    path.write_bytes(example.file_bytes)
    results = []
    for _ in range(2):
        detector = prepared(cls, resources)
        assert isinstance(detector, FileDetector)
        results.append(detector.detect_file(identify(path, MediaLimits())))
    assert results[0] == results[1] != []


def test_unknown_detectors_are_named_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match="metadata, previews, text, insignia"):
        selected(["text", "no_such_detector"])
    with pytest.raises(ConfigError, match="at least one"):
        selected([])
    assert list(selected(["insignia", "metadata"])) == ["metadata", "insignia"]
