"""The records that travel through the pipeline: media, frames, findings, verdicts, results.

All are frozen and slotted. A report writer may read them; nothing changes them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from screening.geometry import Box, Polygon

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# `json.dumps` would make a new encoder for every finding.
_as_json = json.JSONEncoder(sort_keys=True).encode

EvidenceValue = str | int | float | bool | None | list[str] | list[float]
Evidence = Mapping[str, EvidenceValue]


class Decision(StrEnum):
    """What to do with a file, in rising order: `allow < review < block`."""

    ALLOW = "allow"
    REVIEW = "review"
    BLOCK = "block"

    @property
    def rank(self) -> int:
        """0 for allow, 1 for review, 2 for block."""
        return _RANKS[self]


_RANKS = {decision: rank for rank, decision in enumerate(Decision)}


def strictest(decisions: Iterable[Decision]) -> Decision:
    """The highest-ranking decision; `allow` when there is none."""
    return max(decisions, key=lambda decision: decision.rank, default=Decision.ALLOW)


class MediaKind(StrEnum):
    """How a file is read, decided by its content."""

    IMAGE = "image"
    VIDEO = "video"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class MediaFile:
    """One file on disk, identified by content.

    Attributes:
        path: where the file lies.
        sha256: lowercase hexadecimal digest of all bytes; empty when it could not be read.
        kind: how it is read.
        media_type: IANA media type by content, such as `image/jpeg`;
            `application/octet-stream` when unknown.
        size_bytes: length of the file.
        width_px: width of the upright first frame; 0 until a frame was decoded.
        height_px: height of the upright first frame; 0 until a frame was decoded.
        frames: number of frames or pages decoded and examined.
        duration_s: length of a video in seconds; None for stills.
    """

    path: Path
    sha256: str
    kind: MediaKind
    media_type: str
    size_bytes: int
    width_px: int = 0
    height_px: int = 0
    frames: int = 0
    duration_s: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One upright picture of a file.

    Attributes:
        pixels: uint8 sRGB, shape (H, W, 3), read-only.
        index: 0-based position in the file (page, animation frame, video frame).
        time_s: presentation time in seconds; None for stills.
    """

    pixels: NDArray[np.uint8]
    index: int = 0
    time_s: float | None = None


@dataclass(frozen=True, slots=True, order=True)
class ByteSpan:
    """A run of bytes in a file: offset of the first one, and how many."""

    start: int
    size_bytes: int


def spans_within(outer: Iterable[ByteSpan], start: int, size_bytes: int) -> tuple[ByteSpan, ...]:
    """Where in a file a run of bytes lies that is counted within `outer`, put together."""
    found: list[ByteSpan] = []
    for span in outer:
        taken = min(span.size_bytes - start, size_bytes)
        if taken > 0:
            found.append(ByteSpan(span.start + start, taken))
            size_bytes -= taken
        start = max(start - span.size_bytes, 0)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a detector saw.

    Attributes:
        detector: name of the detector.
        label: one of the labels that detector declares.
        score: confidence, 0..1.
        box: place in the upright full-size frame; None means the whole file.
        polygon: tighter outline of the same place, if known.
        frame_index: 0-based frame the box refers to.
        time_s: time of that frame in seconds; None for stills.
        text: what was read, if anything; sensitive, masked in reports.
        evidence: facts that may be shown to anyone who may see the report.
        sensitive: facts that reports mask, such as coordinates and names.
        spans: the bytes of the file that say so, in the order they belong together.
        embedded: the spans hold a picture or video of its own, to be screened in its turn.
        within: id of the finding whose embedded picture or video this one was made in, and
            whose pixels `box` counts; empty for the file itself.
        id: set by `with_ids`; stable for the same content.
    """

    detector: str
    label: str
    score: float
    box: Box | None = None
    polygon: Polygon | None = None
    frame_index: int = 0
    time_s: float | None = None
    text: str | None = None
    evidence: Evidence = field(default_factory=dict)
    sensitive: Evidence = field(default_factory=dict)
    spans: tuple[ByteSpan, ...] = ()
    embedded: bool = False
    within: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"Finding needs a score in 0..1, got {self.score}")


def with_ids(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings in a stable order, each with its id.

    The id is a digest of what may be shown (detector, label, places, public evidence) and
    excludes the score and the spans, which a better reader can narrow down. It also excludes
    text and sensitive evidence: a digest of a licence plate can be undone by trying all plates.
    Findings that differ only in those get a running number.
    """
    seen: dict[str, int] = {}
    numbered = []
    for _, identity, finding in sorted(map(_in_stable_order, findings), key=itemgetter(0)):
        digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
        seen[digest] = seen.get(digest, 0) + 1
        suffix = "" if seen[digest] == 1 else f"-{seen[digest]}"
        numbered.append(replace(finding, id=digest + suffix))
    return tuple(numbered)


def _in_stable_order(finding: Finding) -> tuple[tuple[object, ...], str, Finding]:
    """What to sort by, the public identity, and the finding."""
    place = finding.box.as_tuple() if finding.box else ()
    identity = _public_identity(finding)
    order = (
        finding.within,
        finding.frame_index,
        finding.detector,
        finding.label,
        place,
        identity,
        _as_json([finding.text, dict(finding.sensitive)]),
        finding.spans,
        -finding.score,
    )
    return order, identity, finding


def _public_identity(finding: Finding) -> str:
    identity = [
        finding.detector,
        finding.label,
        finding.box.as_tuple() if finding.box else None,
        finding.polygon.points if finding.polygon else None,
        finding.frame_index,
        dict(finding.evidence),
    ]
    if finding.within:
        identity.append(finding.within)
    return _as_json(identity)


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that could not be examined; part of the result, never only a log line.

    Attributes:
        stage: `media`, `fusion`, `policy`, `run` or the name of a detector.
        error: stable code, such as `truncated`, `unsupported`, `timeout`.
        message: a sentence a person understands, without sensitive values.
    """

    stage: str
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a written policy.

    Attributes:
        id: unique within its document, such as `2.c(2)`.
        document: title of the document.
        section: how the document numbers the clause.
        quote: short verbatim quotation.
    """

    id: str
    document: str
    section: str
    quote: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """An entry of a register that settles a violation.

    Attributes:
        kind: `consent`, `approval` or `suppression`.
        entry: where it stands: name of the register's file, and line or number in it.
        reason: plain words for everybody's eyes.
    """

    kind: str
    entry: str
    reason: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One rule that the findings of a file break.

    Attributes:
        rule: stable rule id.
        category: insignia, security, identity, confidentiality or conduct.
        decision: review or block; allow where it is settled.
        clauses: what the rule rests on.
        findings: ids of the findings that broke it.
        message: plain words, without sensitive values.
        settled: the entries of registers that settle it; empty where it stands.
    """

    rule: str
    category: str
    decision: Decision
    clauses: tuple[Clause, ...]
    findings: tuple[str, ...]
    message: str
    settled: tuple[Settlement, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on one file and the violations behind it."""

    decision: Decision
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class FileResult:
    """Everything there is to say about one file.

    Attributes:
        media: the file.
        findings: in stable order, with ids.
        verdict: never `allow` while `failures` is not empty.
        failures: what could not be examined.
        fingerprint: digest of the configuration and of every model, pack and reference used.
        timings_s: seconds per stage.
    """

    media: MediaFile
    findings: tuple[Finding, ...]
    verdict: Verdict
    failures: tuple[Failure, ...]
    fingerprint: str
    timings_s: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.failures and self.verdict.decision is Decision.ALLOW:
            raise ValueError("a file that was not fully examined is never allowed")

    @property
    def complete(self) -> bool:
        """Whether everything in the file was examined."""
        return not self.failures
