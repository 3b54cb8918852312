"""One file from bytes to verdict, by a plan; no concurrency."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

from screening.config import ScreenConfig
from screening.detectors.base import FileDetector, FirstFrameDetector, FrameDetector
from screening.detectors.registry import detector_class
from screening.fusion import KnownPlaces, fuse
from screening.media import FrameReader, check_readable, identify, open_frames
from screening.media.embedded import copied_out
from screening.records import (
    Decision,
    Failure,
    FileResult,
    MediaFile,
    MediaKind,
    Verdict,
)
from screening.screen.embedded import to_follow
from screening.screen.examination import Examination, FrameSource
from screening.screen.plan import ScreenPlan, make_plan

logger = logging.getLogger(__name__)


class Screener:
    """Loaded detectors, ready to screen any number of files."""

    def __init__(self, plan: ScreenPlan, threads: int = 1) -> None:
        self._plan = plan
        resources = plan.resources(threads)
        detectors = [detector_class(name)(options, resources) for name, options in plan.detectors]
        self._known = _known_places(plan)
        self._on_frames = [one for one in detectors if isinstance(one, FrameDetector)]
        self._on_files = [one for one in detectors if isinstance(one, FileDetector)]
        self._on_first = [one for one in detectors if isinstance(one, FirstFrameDetector)]

    def screen(self, path: Path) -> FileResult:
        """Everything there is to say about one file; never raises because of its content."""
        exam = Examination(perf_counter() + self._plan.config.limits.time_limit_s)
        media = MediaFile(path, "", MediaKind.UNSUPPORTED, "application/octet-stream", 0)
        with exam.stage("media"):
            media = identify(path, self._plan.config.limits)
        if media.sha256:
            for detector in self._on_files:
                exam.ask(detector, partial(detector.detect_file, media))
            if self._on_frames or self._on_first:
                media = self._examine_frames(media, exam)
                self._examine_embedded(media.path, exam)
            else:
                with exam.stage("media"):
                    check_readable(media, self._plan.config.limits)
        return self._judge(media, exam)

    def _examine_frames(self, media: MediaFile, exam: Examination) -> MediaFile:
        reader: FrameReader | None = None
        with exam.stage("media"):
            reader = open_frames(media, self._plan.config.limits, video_known=exam.holds_video())
        if reader is None:
            return media
        source = FrameSource(iter(reader), exam)
        batch = source.next_batch(at_most=None if self._on_frames else 1)
        for frame in batch[:1]:
            for first_detector in self._on_first:
                exam.ask(first_detector, partial(first_detector.detect_first, media, frame))
        while batch and self._on_frames:
            for detector in self._on_frames:
                exam.ask(detector, partial(detector.detect, batch))
            batch = source.next_batch()
        with exam.stage("media"):
            reader.close()
        return replace(
            media,
            width_px=reader.width_px,
            height_px=reader.height_px,
            duration_s=reader.duration_s,
            frames=source.count,
        )

    def _examine_embedded(self, path: Path, exam: Examination) -> None:
        """Pictures and videos inside the file, each like a file of its own."""
        limits = self._plan.config.limits
        with exam.stage("media"):
            for finding in to_follow(exam.findings, limits.max_bytes):
                exam.embedded = finding
                with exam.stage("media"), copied_out(path, finding.spans) as copy:
                    self._examine_frames(identify(copy, limits), exam)
                exam.embedded = None

    def _judge(self, media: MediaFile, exam: Examination) -> FileResult:
        findings = exam.numbered_findings()
        with exam.stage("fusion"):
            findings = fuse(findings, self._known)
        verdict = Verdict(Decision.REVIEW)
        with exam.stage("policy"):
            findings = self._plan.registers.with_places(findings)
            verdict = self._plan.judge(
                findings, exam.failures, media.sha256, self._plan.config.profile
            )
        return FileResult(
            media=media,
            findings=findings,
            verdict=verdict,
            failures=tuple(exam.failures),
            fingerprint=self._plan.fingerprint,
            timings_s=exam.timings_s,
        )


def _known_places(plan: ScreenPlan) -> KnownPlaces:
    return KnownPlaces(
        {
            reference.id: reference.position
            for agency in plan.agencies
            for reference in agency.references
            if reference.position
        }
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
