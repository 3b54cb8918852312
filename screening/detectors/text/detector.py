"""The text detector: reads every line, then lets the recognisers look at each."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, ClassVar

import cv2
import numpy as np
from pydantic import Field, field_validator

from screening.config import StrictModel
from screening.detectors.base import DetectorResources, Example, Progress
from screening.detectors.text.barcodes import read_codes
from screening.detectors.text.engines import engine_class
from screening.detectors.text.engines.base import TextLine
from screening.detectors.text.pages import Page
from screening.detectors.text.recognisers import (
    RECOGNISER_LABELS,
    Knowledge,
    page_recognisers,
    recognisers,
)
from screening.detectors.text.recognisers.rosters import roster_digest
from screening.errors import DetectorError
from screening.records import Finding, Frame

logger = logging.getLogger(__name__)

_PACKAGES = (
    "better-profanity", "courts-db", "names", "phonenumbers", "python-stdnum", "rapidfuzz",
    "zxing-cpp",
)  # fmt: skip
"""What else decides what is recognised."""


class TextOptions(StrictModel):
    """Options of the text detector.

    Attributes:
        engine: `rapidocr`, `thorough` or `tesseract`.
        languages: Tesseract language codes joined by `+`; the other engines read Latin letters in
            every language, and with `chi_sim`, `chi_tra` or `jpn` among them those scripts too.
        min_score: lines the engine is less sure of are dropped.
        email_domains: work e-mail domains besides those in the reference catalogs.
        docket_patterns: case numbers of other courts, each as `name=regular expression`.
        region: two letters of the country whose phone numbers are written without country code.
        roster: file of names to look for, one per line; none for an empty text.
    """

    engine: str = "rapidocr"
    languages: Annotated[str, Field(pattern=r"^[A-Za-z_]+(\+[A-Za-z_]+)*$")] = "eng"
    min_score: Annotated[float, Field(ge=0, le=1)] = 0.5
    email_domains: list[str] = Field(default_factory=list)
    docket_patterns: list[str] = Field(default_factory=list)
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "US"
    roster: str = ""

    @field_validator("docket_patterns")
    @classmethod
    def _patterns(cls, written: list[str]) -> list[str]:
        for pattern in written:
            _named_pattern(pattern)
        return written


class TextDetector:
    """Raw lines as `text`, and what the recognisers know as findings of their own."""

    name: ClassVar[str] = "text"
    labels: ClassVar[frozenset[str]] = RECOGNISER_LABELS | {"text", "barcode"}
    version: ClassVar[str] = "2"
    summary: ClassVar[str] = (
        "Readable text and bar codes: agencies, courts, people, numbers, addresses, markings."
    )
    Options: ClassVar[type[StrictModel]] = TextOptions

    def __init__(self, options: StrictModel, resources: DetectorResources) -> None:
        self._options = _typed(options)
        self._engine = engine_class(self._options.engine)(
            self._options.languages, resources.threads
        )
        self._recognisers = recognisers(_knowledge(self._options, resources))
        self._page_recognisers = page_recognisers()

    @classmethod
    def prepare(
        cls, options: StrictModel, resources: DetectorResources, progress: Progress
    ) -> None:
        """Check that the engine is installed and that the roster can be used."""
        typed = _typed(options)
        engine_class(typed.engine).check_installed(typed.languages)
        recognisers(_knowledge(typed, resources))

    @classmethod
    def assets(cls, options: StrictModel, resources: DetectorResources) -> Mapping[str, str]:
        """What the engine's results depend on, and the names that are looked for."""
        typed = _typed(options)
        known = json.dumps(
            [[agency.name, agency.aliases, agency.email_domains] for agency in resources.agencies]
        )
        roster = {"roster": roster_digest(Path(typed.roster))} if typed.roster else {}
        return {
            **engine_class(typed.engine).assets(typed.languages),
            "agencies": hashlib.sha256(known.encode()).hexdigest(),
            **{package: version(package) for package in _PACKAGES},
            **roster,
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
                "email": "jane@mail.example.com",
                "phone_number": "314-555-0142",
                "social_security_number": "SSN 219-45-6789",
                "date_of_birth": "DOB 04/12/1987",
                "street_address": "1420 Elm Street",
                "incident_number": "INCIDENT 24-00123",
                "ranked_name": "SGT. EXAMPLE",
                "full_name": "SARAH THOMPSON",
                "credential": "PASSWORD: blue7fox",
                "payment_card": "4111 1111 1111 1111",
                "offensive_language": "BULLSHIT",
                "threat": "I WILL KILL YOU",
                "campaign": "RE-ELECT EXAMPLE",
            }.items()
        ]

    def detect(self, frames: Sequence[Frame]) -> list[Finding]:
        """Lines and recognised spans of every frame.

        Raises:
            DetectorError: the engine failed, or not all of the text was read.
        """
        findings: list[Finding] = []
        unread: dict[str, None] = {}
        pages = self._engine.read([frame.pixels for frame in frames])
        for frame, page in zip(frames, pages, strict=True):
            findings += self._findings(frame, page.lines)
            if page.unread:
                unread[page.unread] = None
        if unread:
            raise DetectorError(" ".join(unread), code="text_unread", findings=findings)
        return findings

    def _findings(self, frame: Frame, lines: list[TextLine]) -> list[Finding]:
        kept = [line for line in lines if line.score >= self._options.min_score]
        codes = read_codes(frame.pixels)
        logger.debug("read %d lines, %d codes in frame %d", len(kept), len(codes), frame.index)
        pages = [Page.of_frame(self.name, frame, kept, self._engine.name)]
        pages += [Page.of_code(self.name, frame, code) for code in codes]
        return [
            finding
            for page in pages
            for finding in (
                *page.read(),
                *page.recognised(self._recognisers, self._page_recognisers),
            )
        ]


def _print(words: str) -> Frame:
    canvas = np.full((160, 60 + 44 * len(words), 3), 255, np.uint8)
    cv2.putText(canvas, words, (30, 100), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (0, 0, 0), 4, cv2.LINE_AA)
    return Frame(canvas)


def _typed(options: StrictModel) -> TextOptions:
    return TextOptions.model_validate(options.model_dump())


def _knowledge(options: TextOptions, resources: DetectorResources) -> Knowledge:
    return Knowledge(
        agencies=resources.agencies,
        email_domains=options.email_domains,
        docket_patterns=dict(map(_named_pattern, options.docket_patterns)),
        region=options.region,
        roster=Path(options.roster) if options.roster else None,
    )


def _named_pattern(written: str) -> tuple[str, re.Pattern[str]]:
    """Name and pattern of `name=regular expression`.

    Raises:
        ValueError: no name, or no regular expression.
    """
    name, separator, pattern = written.partition("=")
    if not separator or not name.strip() or not pattern:
        raise ValueError("a pattern is written as name=regular expression")
    try:
        return name.strip(), re.compile(pattern)
    except re.error as error:
        raise ValueError(f"the pattern {name.strip()} is no regular expression: {error}") from None
