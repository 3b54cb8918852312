"""A page: the lines of one frame or of one bar code, and how parts of them become findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from screening.detectors.text.barcodes import BarCode
from screening.detectors.text.engines.base import TextLine
from screening.detectors.text.layout import adjacent
from screening.detectors.text.recognisers.base import PageRecogniser, Passage, Recogniser, Span
from screening.geometry import Polygon
from screening.records import Evidence, Finding, Frame

Part = tuple[int, int, int]
"""Number of a line, first character and one past the last."""


@dataclass(frozen=True)
class Page:
    """Lines that are read together.

    Attributes:
        detector: name of the detector that the findings are of.
        frame: where the lines stand.
        lines: in reading order.
        pairs: lines where a reader goes on from the first to the second.
        evidence: how the lines were read; part of every finding.
        code: the bar code that holds the lines; every finding then has its place.
    """

    detector: str
    frame: Frame
    lines: Sequence[TextLine]
    pairs: Sequence[tuple[int, int]]
    evidence: Evidence
    code: BarCode | None = None

    @classmethod
    def of_frame(cls, detector: str, frame: Frame, lines: Sequence[TextLine], engine: str) -> Page:
        """The lines that `engine` read in `frame`."""
        return cls(detector, frame, lines, adjacent(lines), {"engine": engine})

    @classmethod
    def of_code(cls, detector: str, frame: Frame, code: BarCode) -> Page:
        """The content of a bar code, where each line is followed by the next."""
        lines = [TextLine(line, 1.0, code.quad) for line in code.lines()]
        pairs = list(zip(range(len(lines)), range(1, len(lines)), strict=False))
        return cls(detector, frame, lines, pairs, {"via": "barcode", "format": code.format}, code)

    def read(self) -> list[Finding]:
        """What was read: the whole code, or every line."""
        if self.code is not None:
            return [self._finding("barcode", (), self.code.text, 1.0, {"format": self.code.format})]
        return [
            self._finding(
                "text", ((number, 0, len(line.text)),), line.text, line.score, self.evidence
            )
            for number, line in enumerate(self.lines)
        ]

    def recognised(
        self, recognisers: Sequence[Recogniser], page_recognisers: Sequence[PageRecogniser]
    ) -> list[Finding]:
        """What the recognisers know in the lines, in the pairs of lines and in the whole page."""
        findings = []
        for recogniser in recognisers:
            alone: set[int] = set()
            for number, line in enumerate(self.lines):
                for span in recogniser.find(line.text):
                    alone.add(number)
                    parts = ((number, span.start, span.end),)
                    findings.append(self._claimed(recogniser, parts, span))
            if recogniser.joins_lines:
                for pair in self.pairs:
                    if not alone.issuperset(pair):
                        findings += self._over_two(recogniser, pair)
        for reader in page_recognisers:
            findings += [
                self._claimed(reader, passage.parts, passage)
                for passage in reader.find([line.text for line in self.lines])
            ]
        return findings

    def _over_two(self, recogniser: Recogniser, pair: tuple[int, int]) -> list[Finding]:
        """Matches that run over both lines of a pair."""
        first, second = pair
        upper, lower = self.lines[first].text, self.lines[second].text
        seam = len(upper)
        return [
            self._claimed(
                recogniser, ((first, span.start, seam), (second, 0, span.end - seam - 1)), span
            )
            for span in recogniser.find(f"{upper} {lower}")
            if span.start < seam and span.end > seam + 1
        ]

    def _claimed(
        self, by: Recogniser | PageRecogniser, parts: tuple[Part, ...], claim: Span | Passage
    ) -> Finding:
        text = " ".join(self.lines[number].text[start:end] for number, start, end in parts)
        readings = [self.lines[number].score for number, _, _ in parts]
        # A span falls with any of its lines; a passage rests on many and bears a doubtful one.
        reading = fmean(readings) if isinstance(claim, Passage) else min(readings)
        evidence = {**self.evidence, **claim.evidence, "recogniser": by.name, "why": claim.why}
        return self._finding(by.label, parts, text, claim.score * reading, evidence)

    def _finding(
        self, label: str, parts: tuple[Part, ...], text: str, score: float, evidence: Evidence
    ) -> Finding:
        """A finding whose place is a quad for one part, and the box around them for several."""
        height, width = self.frame.pixels.shape[:2]
        quads = (
            [self.code.quad]
            if self.code
            else [self.lines[number].span_quad(start, end) for number, start, end in parts]
        )
        outline = Polygon(tuple(point for quad in quads for point in quad.points))
        outline = outline.clip(width, height)
        return Finding(
            detector=self.detector,
            label=label,
            score=round(score, 3),
            box=outline.bounds,
            polygon=outline if len(quads) == 1 else None,
            frame_index=self.frame.index,
            time_s=self.frame.time_s,
            text=text,
            evidence=evidence,
        )
