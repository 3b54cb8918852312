"""What a detector is: three protocols, their options, what they are given, their examples.

A detector is a class with `name`, `labels`, `version`, an `Options` model and one method:
`detect(frames)` if it looks at pixels, `detect_file(media)` if it looks at the file,
`detect_first(media, frame)` if it compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol, runtime_checkable

from screening.catalog import Agency
from screening.config import StrictModel
from screening.records import Finding, Frame, MediaFile

Progress = Callable[[str, int, int], None]
"""Called with what is being done, steps done, steps in all."""


@dataclass(frozen=True, slots=True)
class DetectorResources:
    """What every detector may use.

    Attributes:
        agencies: names, e-mail domains and references of the shipped and the user's agencies.
        threads: processor threads a detector may use; never part of a fingerprint, so it must
            not change a result.
        cache_dir: where indexes that are built from references may be kept.
    """

    agencies: tuple[Agency, ...]
    threads: int
    cache_dir: Path


@dataclass(frozen=True, slots=True)
class Example:
    """Input on which a detector must report `label`; the contract test runs it.

    Attributes:
        label: what must be among the findings.
        frames: input of a frame detector.
        file_bytes: content of a file for a file detector.
        file_name: name that file is given.
    """

    label: str
    frames: tuple[Frame, ...] = ()
    file_bytes: bytes = b""
    file_name: str = "example"


@runtime_checkable
class Detector(Protocol):
    """What all detectors share.

    `prepare` runs once in the parent before any worker starts; it may build caches and raises
    `ConfigError` where the detector cannot work at all. `assets` names everything besides the
    options that decides results (model and catalog digests), for the fingerprint.
    """

    name: ClassVar[str]
    labels: ClassVar[frozenset[str]]
    version: ClassVar[str]
    summary: ClassVar[str]
    Options: ClassVar[type[StrictModel]]

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None: ...

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Check and build, once, in the parent."""

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """Versions and digests of models and references, by name; needs no loaded model."""

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """Inputs on which this detector, with default options, must fire."""


@runtime_checkable
class FrameDetector(Detector, Protocol):
    """Looks at pixels."""

    def detect(self, frames: Sequence[Frame]) -> list[Finding]:
        """Findings in `frames`; boxes in pixels of each full-size frame.

        Raises:
            DetectorError: with what was found so far.
        """


@runtime_checkable
class FileDetector(Detector, Protocol):
    """Looks at the bytes of a file, those of pictures and videos embedded in it included.

    A finding that is `embedded` has its spans shown to the frame detectors in their turn.
    """

    def detect_file(self, media: MediaFile) -> list[Finding]:
        """Findings in the file as a whole.

        Raises:
            DetectorError: with what was found so far.
        """


@runtime_checkable
class FirstFrameDetector(Detector, Protocol):
    """Compares the bytes of a file with the picture they show."""

    def detect_first(self, media: MediaFile, frame: Frame) -> list[Finding]:
        """Findings in the file as a whole, of which `frame` is the first.

        Raises:
            DetectorError: with what was found so far.
        """
