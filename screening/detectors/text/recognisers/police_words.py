"""Words that stand for law enforcement: POLICE, SHERIFF, MARSHAL, FBI and their kin."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, fold

_WORDS = (
    "police", "policeman", "policewoman", "sheriff", "sheriffs", "marshal", "marshals",
    "constable", "trooper", "state patrol", "highway patrol", "border patrol", "deputy sheriff",
    "detective", "bailiff", "law enforcement", "homeland security", "secret service",
    "corrections officer", "correctional officer", "department of corrections",
    "probation officer", "parole officer", "pretrial services", "crime scene", "bomb squad",
    "task force", "special agent",
)  # fmt: skip
_ABBREVIATIONS = (
    "FBI", "DEA", "ATF", "USMS", "SWAT", "HSI", "ICE", "CBP", "DHS", "K-9", "K9", "NCIS", "TSA",
    "USSS",
)  # fmt: skip

_WORD_PATTERN = re.compile(
    r"(?<![A-Z])(?:" + "|".join(fold(word).replace(" ", r"\W*") for word in _WORDS) + r")(?![A-Z])"
)
# ICE stands on many a freezer, so abbreviations must be alone on the line or beside a police word.
_ABBREVIATION_PATTERN = re.compile(r"(?<!\w)(?:" + "|".join(_ABBREVIATIONS) + r")(?!\w)")


class PoliceWords:
    """Whole words in any case; abbreviations only in capitals and nearly alone on the line."""

    name: ClassVar[str] = "police words"
    label: ClassVar[str] = "police_word"
    joins_lines: ClassVar[bool] = False

    def find(self, text: str) -> list[Span]:
        """Every such word in `text`."""
        spans = [Span(*match.span(), 0.9) for match in _WORD_PATTERN.finditer(fold(text))]
        for match in _ABBREVIATION_PATTERN.finditer(text):
            others = re.findall(r"\w+", text[: match.start()] + text[match.end() :])
            if spans or len(others) <= 1:
                spans.append(Span(*match.span(), 0.8))
        return spans
