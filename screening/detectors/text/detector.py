"""The text detector: reads every line, then lets the recognisers look at each."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Annotated, ClassVar

import cv2
import numpy as np
from pydantic import Field

from screening.config import StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.detectors.text.engines import engine_class
from screening.detectors.text.engines.base import TextLine
from screening.detectors.text.recognisers import RECOGNISER_LABELS, recognisers
from screening.detectors.text.recognisers.base import Recogniser, Span
from screening.errors import DetectorError
from screening.geometry import Box, Polygon
from screening.records import Finding, Frame

logger = logging.getLogger(__name__)


class TextOptions(StrictModel):
    """Options of the text detector.

    Attributes:
        engine: `rapidocr` or `tesseract`.
        languages: Tesseract language codes joined by `+`.
        min_score: lines the engine is less sure of are dropped.
        email_domains: work e-mail domains besides those in the reference catalogs.
    """

    engine: str = "rapidocr"
    languages: Annotated[str, Field(pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$")] = "eng"
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.5
    email_domains: list[str] = Field(default_factory=list)


class TextDetector:
    """Raw lines as `text`, and what the recognisers know as findings of their own."""

    name: ClassVar[str] = "text"
    labels: ClassVar[frozenset[str]] = RECOGNISER_LABELS | {"text"}
    version: ClassVar[str] = "1"
    summary: ClassVar[str] = (
        "Readable text: agencies, courts, police words, plates, numbers, markings."
    )
    Options: ClassVar[type[StrictModel]] = TextOptions

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None:
        self._options = _typed(options)
        self._engine = engine_class(self._options.engine)(
            self._options.languages, resources.threads
        )
        self._recognisers = recognisers(resources.agencies, self._options.email_domains)

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Check that the engine is installed."""
        typed = _typed(options)
        engine_class(typed.engine).check_installed(typed.languages)

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """What the engine's results depend on, and the names that are looked for."""
        typed = _typed(options)
        known = json.dumps(
            [[agency.name, agency.aliases, agency.email_domains] for agency in resources.agencies]
        )
        return dict(engine_class(typed.engine).assets(typed.languages)) | {
            "agencies": hashlib.sha256(known.encode()).hexdigest(),
            "courts-db": version("courts-db"),
        }

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """Black print on white, one picture per recogniser that needs no catalog."""
        return [
            Example(label=label, frames=(_print(words),))
            for label, words in {
                "text": "GOOD MORNING",
                "police_word": "POLICE",
                "court_name": "SUPREME COURT",
                "docket_number": "4:21-cr-00123",
                "marking": "CONFIDENTIAL",
                "badge_number": "BADGE NO 1234",
                "unit_number": "UNIT 4512",
                "license_plate": "ABC 1234",
                "work_email": "clerk@example.gov",
            }.items()
        ]

    def detect(self, frames: Sequence[Frame]) -> list[Finding]:
        """Lines and recognised spans of every frame.

        Raises:
            DetectorError: the engine failed on a frame; the other frames were read.
        """
        findings: list[Finding] = []
        failed: DetectorError | None = None
        for frame in frames:
            try:
                lines = self._engine.read(frame.pixels)
            except DetectorError as error:
                failed = error
                continue
            findings += self._findings(frame, lines)
        if failed is not None:
            raise DetectorError(str(failed), code=failed.code, findings=findings) from failed
        return findings

    def _findings(self, frame: Frame, lines: list[TextLine]) -> list[Finding]:
        kept = [line for line in lines if line.score >= self._options.min_score]
        logger.debug("read %d lines in frame %d", len(kept), frame.index)
        findings = [
            self._finding(frame, "text", line, Span(0, len(line.text), 1.0)) for line in kept
        ]
        adjacent = _adjacent(kept)
        for recogniser in self._recognisers:
            alone: set[int] = set()
            for number, line in enumerate(kept):
                for span in recogniser.find(line.text):
                    alone.add(number)
                    findings.append(self._finding(frame, recogniser.label, line, span, recogniser))
            if recogniser.joins_lines:
                pairs = [pair for pair in adjacent if not alone.issuperset(pair)]
                findings += self._joined(frame, kept, pairs, recogniser)
        return findings

    def _joined(
        self,
        frame: Frame,
        lines: list[TextLine],
        pairs: list[tuple[int, int]],
        recogniser: Recogniser,
    ) -> list[Finding]:
        """Matches that run over both lines of a pair."""
        findings = []
        for first, second in pairs:
            joined = f"{lines[first].text} {lines[second].text}"
            seam = len(lines[first].text)
            findings += [
                self._finding_over_two(frame, recogniser, (lines[first], lines[second]), span)
                for span in recogniser.find(joined)
                if span.start < seam < span.end
            ]
        return findings

    def _finding(
        self,
        frame: Frame,
        label: str,
        line: TextLine,
        span: Span,
        recogniser: Recogniser | None = None,
    ) -> Finding:
        height, width = frame.pixels.shape[:2]
        polygon = line.span_quad(span.start, span.end).clip(width, height)
        evidence = dict(span.evidence) | {"engine": self._engine.name}
        if recogniser is not None:
            evidence["recogniser"] = recogniser.name
        return Finding(
            detector=self.name,
            label=label,
            score=round(span.score * line.score, 3),
            box=polygon.bounds,
            polygon=polygon,
            frame_index=frame.index,
            time_s=frame.time_s,
            text=line.text[span.start : span.end],
            evidence=evidence,
        )

    def _finding_over_two(
        self,
        frame: Frame,
        recogniser: Recogniser,
        lines: tuple[TextLine, TextLine],
        span: Span,
    ) -> Finding:
        height, width = frame.pixels.shape[:2]
        seam = len(lines[0].text)
        parts = (
            lines[0].span_quad(span.start, seam),
            lines[1].span_quad(0, span.end - seam - 1),
        )
        box = Polygon(tuple(point for part in parts for point in part.points)).bounds
        text = f"{lines[0].text} {lines[1].text}"[span.start : span.end]
        return Finding(
            detector=self.name,
            label=recogniser.label,
            score=round(span.score * min(line.score for line in lines), 3),
            box=box.clip(width, height),
            frame_index=frame.index,
            time_s=frame.time_s,
            text=text,
            evidence=dict(span.evidence)
            | {"engine": self._engine.name, "recogniser": recogniser.name},
        )


def _adjacent(lines: list[TextLine]) -> list[tuple[int, int]]:
    """Pairs of lines where a reader goes on from the first to the second."""
    boxes = [line.quad.bounds for line in lines]
    return [
        (number, other)
        for number, first in enumerate(boxes)
        for other, second in enumerate(boxes)
        if _stands_below(first, second) or _stands_beside(first, second)
    ]


def _stands_below(first: Box, second: Box) -> bool:
    """Whether `second` is close below `first` and shares its columns."""
    gap = second.y_min - first.y_max
    height = max(first.height_px, second.height_px)
    return (
        second.y_min > first.y_min
        and -0.5 * height < gap < 0.8 * height
        and first.shared_width_px(second) > 0.4 * min(first.width_px, second.width_px)
    )


def _stands_beside(first: Box, second: Box) -> bool:
    """Whether `second` goes on in the row of `first`: engines split a line at a wide blank."""
    gap = second.x_min - first.x_max
    height = max(first.height_px, second.height_px)
    return (
        second.x_min > first.x_min
        and -0.5 * height < gap < 1.2 * height
        and first.shared_height_px(second) > 0.6 * height
    )


def _print(words: str) -> Frame:
    canvas = np.full((160, 60 + 44 * len(words), 3), 255, np.uint8)
    cv2.putText(canvas, words, (30, 100), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (0, 0, 0), 4, cv2.LINE_AA)
    return Frame(canvas)


def _typed(options: StrictModel) -> TextOptions:
    return TextOptions.model_validate(options.model_dump())
