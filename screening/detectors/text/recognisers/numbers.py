"""Badge, shield and star numbers; unit and car numbers: digits after a word that says so."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span

_NUMBER = r"\W{0,3}(?:n[o0]\.?|number|num\.?|#)?\W{0,3}(?P<number>[A-Z]{0,2}-?\d{1,6})\b"
_BADGE = re.compile(
    rf"\b(?:badge|shield|star|officer id|employee id|serial|dsn|pid){_NUMBER}", re.IGNORECASE
)
_UNIT = re.compile(
    rf"\b(?:unit|squad|patrol car|car|cruiser|precinct|beat|district|zone){_NUMBER}", re.IGNORECASE
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
    """UNIT 12, CAR 305, PRECINCT 7."""

    name: ClassVar[str] = "unit numbers"
    label: ClassVar[str] = "unit_number"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every unit number with the word before it."""
        return [Span(*match.span(), 0.7) for match in _UNIT.finditer(text)]
