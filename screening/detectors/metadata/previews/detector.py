"""The previews detector: small copies inside a file that show something else than its picture.

A program that crops a picture, or covers a face in it, often leaves the thumbnail as it was.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, ClassVar

import cv2
import numpy as np
from pydantic import Field

from screening.config import MediaLimits, StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.detectors.metadata.harvest import Preview
from screening.detectors.metadata.previews.comparison import Comparison, Pixels, compare
from screening.detectors.metadata.previews.examples import picture_with_other_thumbnail
from screening.detectors.metadata.previews.heif_thumbnails import (
    HEIF_TYPES,
    heif_thumbnails,
    primary_pixels,
)
from screening.detectors.metadata.reading import read_metadata
from screening.detectors.metadata.source import DamagedError, Source
from screening.errors import DetectorError, MediaError, UnreadableMediaError
from screening.media import identify, open_frames
from screening.records import Finding, Frame, MediaFile, MediaKind

_LABEL = "embedded_preview_mismatch"
_UNREADABLE = "preview_unreadable"
# Readers hand over pixels that lie in a file without coding as a portable pixmap.
_PIXMAP_START = b"P6"
_REASONS = {
    "empty": "is empty",
    "limit": "is larger than the limits allow to examine",
    "truncated": "is cut off",
    "unsupported": "is no picture of a kind that is read here",
}


class PreviewOptions(StrictModel):
    """Options of the previews detector.

    Attributes:
        similarity_threshold: correlation of structure below which a preview shows another
            picture. 697 real and 500 made copies had at least 0.88, 32 others at most 0.42.
        outside_threshold: share of a preview outside the picture from which it shows more of
            the scene. Of those copies none had more than 0.017.
        covered_threshold: strength of the most different place from which something was
            covered in the picture. Real copies had at most 0.34, made ones 0.97.
        max_preview_bytes: longest preview that is compared; a longer one makes the file
            incomplete.
    """

    similarity_threshold: Annotated[float, Field(ge=0, le=1)] = 0.65
    outside_threshold: Annotated[float, Field(gt=0, le=1)] = 0.03
    covered_threshold: Annotated[float, Field(gt=0)] = 1.0
    max_preview_bytes: Annotated[int, Field(ge=65536)] = 16 * 1024**2


class PreviewDetector:
    """Compares the small copies that a picture file carries with the picture."""

    name: ClassVar[str] = "previews"
    labels: ClassVar[frozenset[str]] = frozenset({_LABEL})
    version: ClassVar[str] = "1"
    summary: ClassVar[str] = (
        "Compares the thumbnails hidden in a picture file with the picture, and tells when one"
        " shows something else, more of the scene, or what was covered."
    )
    Options: ClassVar[type[StrictModel]] = PreviewOptions

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None:
        if not isinstance(options, PreviewOptions):
            raise TypeError(f"PreviewDetector needs PreviewOptions, got {type(options).__name__}")
        self._options = options

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Nothing to prepare."""

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """The libraries whose version can change what is compared."""
        return {name: version(name) for name in ("opencv-python-headless", "pillow")}

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """A JPEG whose EXIF thumbnail shows another picture."""
        content, frame = picture_with_other_thumbnail()
        return [Example(_LABEL, frames=(frame,), file_bytes=content, file_name="photo.jpg")]

    def detect_first(self, media: MediaFile, frame: Frame) -> list[Finding]:
        """One finding per preview that shows something else; `box` is None.

        The preview of a video may be any frame of it and is not compared; nor are previews
        inside pictures that are embedded in the file, whose own turn comes.

        `evidence` has `carrier` (the preview), `field`, `container`, `difference` (in words),
        `similarity` (-1..1), `outside` (0..1), and of the preview `preview_width_px`,
        `preview_height_px` and `media_type`. A finding is `embedded` where the preview lies in
        the file as it stands.

        Raises:
            DetectorError: code `preview_unreadable`; a preview cannot be opened, or one that
                shows something else cannot be handed to the other detectors.
        """
        if media.kind is not MediaKind.IMAGE:
            return []
        findings: list[Finding] = []
        problems: dict[str, None] = {}
        try:
            with media.path.open("rb") as handle:
                source = Source(handle, self._options.max_preview_bytes)
                for preview in _previews(source, media, problems):
                    finding, problem = self._examine(preview, media, frame)
                    findings += [finding] if finding else []
                    problems |= {problem: None} if problem else {}
        except OSError as error:
            raise DetectorError(
                "The previews in this file could not be read, because the file could not be"
                f" opened: {error.strerror}.",
                code=_UNREADABLE,
            ) from error
        if problems:
            raise DetectorError(" ".join(problems), code=_UNREADABLE, findings=findings)
        return findings

    def _examine(
        self, preview: Preview, media: MediaFile, frame: Frame
    ) -> tuple[Finding | None, str]:
        """What one preview shows, and what could not be examined of it."""
        try:
            shown = _decoded(preview.source)
        except (DamagedError, MediaError) as error:
            return None, _unreadable(preview, error)
        finding = self._judge(compare(frame.pixels, shown.pixels), preview, media, shown)
        handed_on = finding is None or finding.embedded
        return finding, "" if handed_on else _not_handed_on(preview)

    def _judge(
        self, comparison: Comparison, preview: Preview, media: MediaFile, shown: _Decoded
    ) -> Finding | None:
        limits, similarity = self._options, max(comparison.similarity, 0.0)
        if similarity < limits.similarity_threshold:
            difference = "shows another picture"
            score = 1 - similarity / limits.similarity_threshold / 2
        elif comparison.outside > limits.outside_threshold:
            difference = "shows more of the scene"
            score = min(1.0, 0.5 + 2 * comparison.outside)
        elif comparison.covered > limits.covered_threshold:
            difference = "shows a part that was changed or covered"
            score = min(1.0, comparison.covered / limits.covered_threshold / 2)
        else:
            return None
        return Finding(
            detector=self.name,
            label=_LABEL,
            score=score,
            evidence={
                "carrier": preview.name,
                "field": "preview",
                "container": media.media_type,
                "difference": difference,
                "similarity": round(comparison.similarity, 2),
                "outside": round(comparison.outside, 2),
                "preview_width_px": shown.pixels.shape[1],
                "preview_height_px": shown.pixels.shape[0],
                "media_type": shown.media_type,
            },
            spans=preview.source.spans(),
            embedded=preview.source.exact,
        )


def _previews(source: Source, media: MediaFile, problems: dict[str, None]) -> Iterator[Preview]:
    """All previews of the file itself; what keeps some from being found goes to `problems`."""
    yield from _distinct(read_metadata(source).previews)
    if media.media_type in HEIF_TYPES:
        try:
            yield from heif_thumbnails(source)
        except DamagedError as error:
            problems[f"The list of thumbnails in this file {error.reason}."] = None


def _distinct(previews: Sequence[Preview]) -> Iterator[Preview]:
    """Previews of the file itself, each once, although several tags may name its bytes."""
    seen = set()
    for preview in previews:
        place = preview.source.spans()
        if not preview.inside and not (preview.source.exact and place in seen):
            seen.add(place)
            yield preview


@dataclass(frozen=True, slots=True, eq=False)
class _Decoded:
    """A preview: uint8 RGB, its own EXIF orientation applied, and its media type by content."""

    pixels: Pixels
    media_type: str


def _decoded(source: Source) -> _Decoded:
    """The preview, opened by the same rules as any file.

    Raises:
        MediaError: it cannot be decoded to its end.
        DamagedError: its bytes are not all there, or too many.
    """
    content = source.read_all()
    limits = MediaLimits()
    if content.startswith(_PIXMAP_START):
        return _Decoded(_pixmap(content), "image/x-portable-pixmap")
    with tempfile.TemporaryDirectory(prefix="screening-") as folder:
        path = Path(folder) / "preview"
        path.write_bytes(content)
        media = identify(path, limits)
        if media.media_type in HEIF_TYPES:
            return _Decoded(primary_pixels(content, limits), media.media_type)
        with open_frames(media, limits) as frames:
            pixels = [frame.pixels for frame in frames]  # all: only the end tells it is not cut
    return _Decoded(pixels[0], media.media_type)


def _pixmap(content: bytes) -> Pixels:
    """Pixels of a portable pixmap, as the readers of this package make them."""
    try:
        decoded = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR_RGB)
    except cv2.error:
        decoded = None
    if decoded is None:
        raise UnreadableMediaError("Its pixels are damaged.")
    return np.asarray(decoded, np.uint8)


def _unreadable(preview: Preview, error: Exception) -> str:
    known = _REASONS.get(error.code) if isinstance(error, MediaError) else None
    reason = error.reason if isinstance(error, DamagedError) else known or "is damaged"
    return (
        f"The {preview.name} in this file {reason}, so it could not be compared with the picture."
        " Save the picture without previews and screen that."
    )


def _not_handed_on(preview: Preview) -> str:
    return (
        f"The {preview.name} in this file shows something else than the picture, and is stored in"
        " a way that only allows comparing it: what it shows was not examined. Save the picture"
        " without previews and screen that."
    )
