"""Badge, shield and star numbers; unit and car numbers: digits after a word that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from screening.detectors.text.recognisers.base import NO_LETTER_BEFORE, Span, spelled

_SIGN = r"(?:\W{0,2}(?:n[o0]\b\.?|number|num\b\.?|#|№|:)\W{0,2})"
# At least one true digit among what OCR takes for digits; not the start of a price, a time, a
# phone number or a range.
_NUMBER = r"(?=[A-Z]{0,2}-?\w{0,5}\d)(?:[A-Z]{1,2}-?)?[\dOIlSB]{1,6}(?!\w|[-.,:/]\d)"
_GAP = r"\W{0,3}"
_YEAR = r"(?:19|20)\d\d(?!\d)"


def _words(phrases: Iterable[str]) -> str:
    return NO_LETTER_BEFORE + f"(?:{'|'.join(map(spelled, phrases))})"


_BADGE_WORDS = _words(("badge", "officer id", "employee id", "dsn"))
_EVERYDAY_BADGE_WORDS = _words(("shield", "star", "pid"))
_BADGE = re.compile(
    rf"{_BADGE_WORDS}(?:{_SIGN}|{_GAP}){_NUMBER}"
    rf"|{_EVERYDAY_BADGE_WORDS}{_SIGN}{_NUMBER}"
    # STAR 5 rates a hotel and STAR 2019 dates a trophy.
    rf"|{_EVERYDAY_BADGE_WORDS}{_GAP}(?!{_YEAR})(?=\d{{3,5}}\b){_NUMBER}",
    re.IGNORECASE,
)
_UNIT = re.compile(
    _words(
        ("squad", "squad car", "patrol car", "patrol unit", "precinct", "police unit",
         "police car", "police district", "police zone", "patrol beat")
    ) + rf"(?:{_SIGN}|{_GAP}){_NUMBER}",
    re.IGNORECASE,
)  # fmt: skip
# "Unit 3 for rent", "car 4 of the train": everyday words count alone on a line, from two digits.
_LONE_UNIT = re.compile(
    rf"\W*{_words(('unit', 'car'))}(?:{_SIGN}|{_GAP})(?=\w{{0,2}}-?\d\d){_NUMBER}\W*",
    re.IGNORECASE,
)


class BadgeNumbers:
    """BADGE NO. 1234, SHIELD #77, STAR 4512."""

    name: ClassVar[str] = "badge numbers"
    label: ClassVar[str] = "badge_number"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every badge number with the word before it."""
        return [Span(*match.span(), 0.85) for match in _BADGE.finditer(text)]


class UnitNumbers:
    """PRECINCT 7 and SQUAD CAR 12 (score 0.7); UNIT 12 and CAR 305 alone on a line (0.5)."""

    name: ClassVar[str] = "unit numbers"
    label: ClassVar[str] = "unit_number"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every unit number with the word before it."""
        if lone := _LONE_UNIT.fullmatch(text):
            return [Span(*lone.span(), 0.5)]
        return [Span(*match.span(), 0.7) for match in _UNIT.finditer(text)]
