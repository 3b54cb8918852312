"""What is learned about one file, stage by stage; whatever goes wrong becomes a `Failure`.

The one broad catch of the package stands here (`_Stage`).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from time import perf_counter

from screening.detectors.base import Detector
from screening.errors import DetectorError, LimitExceededError, MediaError
from screening.records import Failure, Finding, Frame, spans_within, with_ids

logger = logging.getLogger(__name__)

_BATCH_FRAMES = 8
_BATCH_PIXELS = 16_000_000
"""Frames are handed to detectors in batches of at most so many frames and pixels (48 MB)."""


@dataclass(slots=True)
class Examination:
    """What has been learned about one file so far.

    Attributes:
        deadline_s: reading of `perf_counter` after which no new frame is started.
        embedded: the finding whose embedded picture or video is being examined; None for the
            file itself.
        answers: calls of detectors that found something.
        seen_frames: digests; the pages of an MPO are embedded pictures as well.
    """

    deadline_s: float
    embedded: Finding | None = None
    findings: list[Finding] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    timings_s: dict[str, float] = field(default_factory=dict)
    seen_frames: set[bytes] = field(default_factory=set)
    answers: int = 0

    def stage(self, name: str) -> _Stage:
        """A `with` block that is timed and whose errors become failures."""
        return _Stage(self, name)

    def fail(self, failure: Failure) -> None:
        """Record a failure unless the same one is there."""
        if self.embedded:
            where = (
                f"In the picture or video inside this file ({self.embedded.evidence['carrier']})"
            )
            failure = replace(failure, message=f"{where}: {failure.message}")
        if failure not in self.failures:
            self.failures.append(failure)

    def numbered_findings(self) -> tuple[Finding, ...]:
        """All findings in a stable order, each with its id."""
        # What came from one call of one detector is in order already.
        return tuple(self.findings) if self.answers < 2 else with_ids(self.findings)

    def holds_video(self) -> bool:
        """Whether a video inside the file is known, and so will be looked at."""
        return any(
            finding.embedded and str(finding.evidence.get("media_type")).startswith("video/")
            for finding in self.findings
        )

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
        if self.embedded:
            found = [_seen_in(self.embedded, finding) for finding in found]
        findings = with_ids(found)  # raises TypeError for what could not be written to a report
        self.findings += findings
        self.answers += bool(findings)
        for label in sorted({one.label for one in findings} - detector.labels):
            message = (
                f"The detector {detector.name} reported {label!r}, which it does not declare;"
                " no policy can judge that. Please report it to the author of the detector."
            )
            self.fail(Failure(detector.name, "undeclared_label", message))


def _seen_in(embedded: Finding, finding: Finding) -> Finding:
    """`finding` with its place in the file instead of in what is embedded there."""
    spans = tuple(
        outer
        for span in finding.spans
        for outer in spans_within(embedded.spans, span.start, span.size_bytes)
    )
    return replace(finding, within=embedded.id, spans=spans)


class _Stage:
    """Times a stage of an examination and turns whatever it raises into a failure."""

    def __init__(self, exam: Examination, name: str) -> None:
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


class FrameSource:
    """Frames of one file in batches; frames equal to an earlier one are counted, not repeated."""

    def __init__(self, frames: Iterator[Frame], exam: Examination) -> None:
        self._frames = frames
        self._exam = exam
        self.count = 0

    def next_batch(self, at_most: int | None = None) -> list[Frame]:
        """At least one frame, or none when the file, or its time, is used up."""
        batch: list[Frame] = []
        pixels = 0
        with self._exam.stage("media"):
            while len(batch) < (at_most or _BATCH_FRAMES) and pixels < _BATCH_PIXELS:
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
                if digest.digest() not in self._exam.seen_frames:
                    self._exam.seen_frames.add(digest.digest())
                    batch.append(frame)
                    pixels += frame.pixels.shape[0] * frame.pixels.shape[1]
        return batch
