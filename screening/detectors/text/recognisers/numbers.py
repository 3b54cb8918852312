"""Badge, shield and star numbers; unit and car numbers: digits after a word that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import (
    NO_LETTER_BEFORE,
    Phrases,
    choice,
    straight,
    straightened,
)

_SIGN = r"(?:\W{0,2}(?:n[o0]\b\.?|number|num\b\.?|#|№|:)\W{0,2})"
# Not the start of a price, a time, a phone number or a range.
_NUMBER = r"(?:[A-Z]{1,2}-?|\d-)?\d{1,6}(?!\w|[-.,:/]\d)"
_GAP = r"\W{0,3}"
_YEAR = r"(?:19|20)\d\d(?!\d)"

_BADGE_WORDS = (
    "badge", "officer id", "employee id", "dsn", "police id", "deputy id",
    "shield number", "star number", "officer no", "officer number", "deputy no",
)  # fmt: skip
_EVERYDAY_BADGE_WORDS = ("shield", "star", "pid")
_UNIT_WORDS = (
    "squad", "squad car", "patrol car", "patrol unit", "precinct", "police unit", "police car",
    "police district", "police zone", "patrol beat", "radio car", "radio no", "radio number",
    "radio id", "unit no", "car no", "vehicle no", "cruiser no", "call sign", "police cruiser",
    "squad no", "beat no",
)  # fmt: skip
_EVERYDAY_UNIT_WORDS = ("unit", "car", "cruiser", "beat", "sector", "adam")


def _words(phrases: Iterable[str]) -> str:
    return NO_LETTER_BEFORE + f"(?:{choice(phrases)})"


_VOCABULARY = Phrases(
    (*_BADGE_WORDS, *_EVERYDAY_BADGE_WORDS, *_UNIT_WORDS, *_EVERYDAY_UNIT_WORDS, "no", "number")
)
_BADGE = re.compile(
    rf"{_words(_BADGE_WORDS)}(?:{_SIGN}|{_GAP}){_NUMBER}"
    rf"|{_words(_EVERYDAY_BADGE_WORDS)}{_SIGN}{_NUMBER}"
    # STAR 5 rates a hotel and STAR 2019 dates a trophy.
    rf"|{_words(_EVERYDAY_BADGE_WORDS)}{_GAP}(?!{_YEAR})(?=\d{{3,5}}\b){_NUMBER}",
    re.IGNORECASE,
)
_UNIT = re.compile(rf"{_words(_UNIT_WORDS)}(?:{_SIGN}|{_GAP}){_NUMBER}", re.IGNORECASE)
# "Unit 3 for rent", "car 4 of the train": everyday words count alone on a line, from two digits.
_LONE_UNIT = re.compile(
    rf"\W*{_words(_EVERYDAY_UNIT_WORDS)}(?:{_SIGN}|{_GAP})(?=(?:[A-Z]{{1,2}}-?|\d-)?\d\d){_NUMBER}\W*",
    re.IGNORECASE,
)


class BadgeNumbers:
    """BADGE NO. 1234, SHIELD #77, STAR 4512."""

    name: ClassVar[str] = "badge numbers"
    label: ClassVar[str] = "badge_number"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every badge number with the word before it."""
        plain = straight(text)
        return [_span(match, text, plain, 0.85) for match in _BADGE.finditer(plain)]


class UnitNumbers:
    """PRECINCT 7 and SQUAD CAR 12 (score 0.7); UNIT 12 and CAR 305 alone on a line (0.5)."""

    name: ClassVar[str] = "unit numbers"
    label: ClassVar[str] = "unit_number"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every unit number with the word before it."""
        plain = straight(text)
        if lone := _LONE_UNIT.fullmatch(plain):
            return [_span(lone, text, plain, 0.5)]
        return [_span(match, text, plain, 0.7) for match in _UNIT.finditer(plain)]


def _span(match: re.Match[str], text: str, plain: str, score: float) -> Span:
    words = re.sub(r"\S*\d\S*$", "", match[0])
    misread = _VOCABULARY.misread(words) + straightened(text, plain, *match.span())
    return claim(match.span(), score, "a number after the word for it", misread)
