"""One file from bytes to verdict: the only place that knows every stage; no concurrency.

`make_plan` checks a configuration and builds what can be built once; a `Screener` loads models
and screens files by that plan. The one broad catch of the package stands here (`_Stage`):
whatever goes wrong in a stage becomes a `Failure` of that file.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from time import perf_counter

import platformdirs

from screening import __version__
from screening.catalog import Agency, load_agencies
from screening.config import ScreenConfig, StrictModel
from screening.detectors.base import (
    Detector,
    DetectorResources,
    FileDetector,
    FrameDetector,
    Progress,
)
from screening.detectors.registry import (
    detector_class,
    detector_names,
    detector_options,
    known_labels,
    selected,
)
from screening.errors import ConfigError, DetectorError, LimitExceededError, MediaError
from screening.media import FrameReader, identify, open_frames
from screening.policy import RulePack, evaluate, load_packs
from screening.records import (
    Decision,
    Failure,
    FileResult,
    Finding,
    Frame,
    MediaFile,
    MediaKind,
    Verdict,
    with_ids,
)
from screening.resources import shipped_dir

logger = logging.getLogger(__name__)

CACHE_DIR_VARIABLE = "SCREENING_CACHE_DIR"

_BATCH_FRAMES = 8
_BATCH_PIXELS = 16_000_000
"""Frames are handed to detectors in batches of at most so many frames and pixels (48 MB)."""


@dataclass(frozen=True, slots=True)
class ScreenPlan:
    """A checked configuration with everything the workers need; small enough to be sent to them.

    Attributes:
        config: what was asked for.
        detectors: names with their validated options, in registry order.
        packs: rule packs in force.
        agencies: shipped and own reference catalogs.
        cache_dir: where built indexes lie.
        fingerprint: SHA-256 over configuration, options, models, packs, references and version.
    """

    config: ScreenConfig
    detectors: tuple[tuple[str, StrictModel], ...]
    packs: tuple[RulePack, ...]
    agencies: tuple[Agency, ...]
    cache_dir: Path
    fingerprint: str

    def resources(self, threads: int = 1) -> DetectorResources:
        """What detectors of this plan may use."""
        return DetectorResources(self.agencies, threads, self.cache_dir)


def no_progress(what: str, done: int, total: int) -> None:
    """Report nothing."""


def make_plan(config: ScreenConfig, progress: Progress = no_progress) -> ScreenPlan:
    """Check `config`, build missing indexes, compute the fingerprint.

    Raises:
        ConfigError: anything wrong with detectors, options, packs, profile or references.
    """
    chosen = selected(config.detectors)
    for name, cls in chosen.items():
        _check_detector(name, cls)
    for name in config.options:
        if name not in detector_names():
            detector_class(name)
    options = {name: detector_options(cls, config.options) for name, cls in chosen.items()}
    agencies = load_agencies((shipped_dir("reference_insignia"), *config.references))
    packs = load_packs(config.policies, profile=config.profile, known_labels=known_labels())
    cache_dir = Path(
        os.environ.get(CACHE_DIR_VARIABLE) or platformdirs.user_cache_dir("screening", False)
    )
    resources = DetectorResources(agencies, 1, cache_dir)
    for name, cls in chosen.items():
        cls.prepare(options[name], resources, progress)
    return ScreenPlan(
        config=config,
        detectors=tuple(options.items()),
        packs=packs,
        agencies=agencies,
        cache_dir=cache_dir,
        fingerprint=_fingerprint(config, chosen, options, resources, packs),
    )


def _check_detector(name: str, cls: type[Detector]) -> None:
    """Mistakes of third parties that would otherwise switch a detector or its options off."""
    if cls.name != name:
        raise ConfigError(
            f"the detector registered as {name!r} calls itself {cls.name!r}; its author must"
            " register it under its own name",
            key="detectors",
        )
    if not (hasattr(cls, "detect") or hasattr(cls, "detect_file")):
        raise ConfigError(
            f"the detector {name!r} has neither a method detect nor a method detect_file",
            key="detectors",
        )


def _fingerprint(
    config: ScreenConfig,
    chosen: dict[str, type[Detector]],
    options: dict[str, StrictModel],
    resources: DetectorResources,
    packs: Sequence[RulePack],
) -> str:
    parts = {
        "version": __version__,
        "config": config.fingerprint(),
        "packs": [pack.sha256 for pack in packs],
        "detectors": {
            name: {
                "version": cls.version,
                "options": options[name].model_dump(mode="json"),
                "assets": dict(cls.assets(options[name], resources)),
            }
            for name, cls in chosen.items()
        },
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class _Examination:
    """What has been learned about one file so far.

    Attributes:
        deadline_s: reading of `perf_counter` after which no new frame is started.
    """

    deadline_s: float
    findings: list[Finding] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    timings_s: dict[str, float] = field(default_factory=dict)

    def stage(self, name: str) -> _Stage:
        """A `with` block that is timed and whose errors become failures."""
        return _Stage(self, name)

    def fail(self, failure: Failure) -> None:
        """Record a failure unless the same one is there."""
        if failure not in self.failures:
            self.failures.append(failure)

    def ask(self, detector: Detector, find: Callable[[], Iterable[Finding]]) -> None:
        """Run a detector as a stage; what it found before it failed is kept."""
        with self.stage(detector.name):
            try:
                found = find()
            except DetectorError as error:
                self._take(detector, error.findings)
                raise
            self._take(detector, found)

    def _take(self, detector: Detector, found: Iterable[Finding]) -> None:
        findings = with_ids(found)  # raises TypeError for what could not be written to a report
        self.findings += findings
        for label in sorted({one.label for one in findings} - detector.labels):
            message = (
                f"The detector {detector.name} reported {label!r}, which it does not declare;"
                " no policy can judge that. Please report it to the author of the detector."
            )
            self.fail(Failure(detector.name, "undeclared_label", message))


class _Stage:
    """Times a stage of an examination and turns whatever it raises into a failure."""

    def __init__(self, exam: _Examination, name: str) -> None:
        self._exam, self._name = exam, name

    def __enter__(self) -> None:
        self._start = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        name, timings_s = self._name, self._exam.timings_s
        timings_s[name] = timings_s.get(name, 0.0) + perf_counter() - self._start
        if isinstance(error, MediaError | DetectorError):
            self._exam.fail(Failure(name, error.code, str(error)))
            return True
        if isinstance(error, Exception | SystemExit):
            # The broad catch of this package: no file may stop a run. The message is neither
            # kept nor logged, because it may quote what was read.
            logger.warning("%s stopped on a file: %s", name, type(error).__name__)
            self._exam.fail(
                Failure(
                    name,
                    "internal",
                    f"The examination of {name} stopped with an internal error"
                    f" ({type(error).__name__}). Please report it; treat the file as not examined.",
                )
            )
            return True
        return False


class _FrameSource:
    """Frames of one file in batches; frames equal to an earlier one are counted, not repeated."""

    def __init__(self, frames: Iterator[Frame], exam: _Examination) -> None:
        self._frames = frames
        self._exam = exam
        self._seen: set[bytes] = set()
        self.count = 0

    def next_batch(self) -> list[Frame]:
        """At least one frame, or none when the file, or its time, is used up."""
        batch: list[Frame] = []
        pixels = 0
        with self._exam.stage("media"):
            while len(batch) < _BATCH_FRAMES and pixels < _BATCH_PIXELS:
                if self.count and perf_counter() > self._exam.deadline_s:
                    raise LimitExceededError(
                        f"The time for this file ran out after frame {self.count}; the rest was"
                        " not examined. Raise limits.time_limit_s to examine more."
                    )
                frame = next(self._frames, None)
                if frame is None:
                    break
                self.count += 1
                # The same bytes in other rows are another picture, so the shape is part of it.
                digest = hashlib.blake2b(repr(frame.pixels.shape).encode(), digest_size=16)
                digest.update(frame.pixels.data)
                if digest.digest() not in self._seen:
                    self._seen.add(digest.digest())
                    batch.append(frame)
                    pixels += frame.pixels.shape[0] * frame.pixels.shape[1]
        return batch


class Screener:
    """Loaded detectors, ready to screen any number of files."""

    def __init__(self, plan: ScreenPlan, threads: int = 1) -> None:
        self._plan = plan
        resources = plan.resources(threads)
        detectors = [detector_class(name)(options, resources) for name, options in plan.detectors]
        self._on_frames = [one for one in detectors if isinstance(one, FrameDetector)]
        self._on_files = [one for one in detectors if isinstance(one, FileDetector)]

    def screen(self, path: Path) -> FileResult:
        """Everything there is to say about one file; never raises because of its content."""
        exam = _Examination(perf_counter() + self._plan.config.limits.time_limit_s)
        media = MediaFile(path, "", MediaKind.UNSUPPORTED, "application/octet-stream", 0)
        with exam.stage("media"):
            media = identify(path, self._plan.config.limits)
        if media.sha256:
            for detector in self._on_files:
                exam.ask(detector, partial(detector.detect_file, media))
            media = self._examine_frames(media, exam)
        return self._judge(media, exam)

    def _examine_frames(self, media: MediaFile, exam: _Examination) -> MediaFile:
        reader: FrameReader | None = None
        with exam.stage("media"):
            reader = open_frames(media, self._plan.config.limits)
        if reader is None:
            return media
        source = _FrameSource(iter(reader), exam)
        while batch := source.next_batch():
            self._detect(batch, exam)
        with exam.stage("media"):
            reader.close()
        return replace(
            media,
            width_px=reader.width_px,
            height_px=reader.height_px,
            duration_s=reader.duration_s,
            frames=source.count,
        )

    def _detect(self, batch: Sequence[Frame], exam: _Examination) -> None:
        for detector in self._on_frames:
            exam.ask(detector, partial(detector.detect, batch))

    def _judge(self, media: MediaFile, exam: _Examination) -> FileResult:
        findings = with_ids(exam.findings)
        verdict = Verdict(Decision.REVIEW)
        with exam.stage("policy"):
            verdict = evaluate(self._plan.packs, findings, exam.failures, self._plan.config.profile)
        return FileResult(
            media=media,
            findings=findings,
            verdict=verdict,
            failures=tuple(exam.failures),
            fingerprint=self._plan.fingerprint,
            timings_s=exam.timings_s,
        )


def screen_file(path: Path | str, config: ScreenConfig | None = None) -> FileResult:
    """Screen one file in this process; for many files make one `Screener` and keep it.

    Args:
        path: a picture or video.
        config: what to look for and which policies apply; defaults to everything shipped.

    Raises:
        ConfigError: the configuration is wrong. Nothing about the file raises.
    """
    return Screener(make_plan(config or ScreenConfig())).screen(Path(path))


def unexamined(path: Path, failure: Failure, fingerprint: str) -> FileResult:
    """The result for a file whose worker died; only its bytes are hashed, nothing is decoded."""
    sha256, size_bytes = "", 0
    try:
        size_bytes = path.stat().st_size
        if path.is_file():
            with path.open("rb") as stream:
                sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        logger.warning("a file could not be hashed: %s", error.strerror)
    media = MediaFile(path, sha256, MediaKind.UNSUPPORTED, "application/octet-stream", size_bytes)
    return FileResult(media, (), Verdict(Decision.REVIEW), (failure,), fingerprint)
