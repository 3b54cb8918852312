"""Licence plates: a line that holds nothing but a plate-shaped mix of letters and digits."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span

_GAP = r"[\s\-.·•:]{0,2}"
_SHAPES = (
    rf"[A-Z]{{2,3}}{_GAP}\d{{3,4}}",  # many US states, Sweden, Hungary
    rf"\d{{3,4}}{_GAP}[A-Z]{{2,3}}",  # US, Spain
    r"\d[A-Z]{3}\d{3}",  # California
    rf"[A-Z]{{2}}\d{{2}}{_GAP}[A-Z]{{3}}",  # United Kingdom
    rf"[A-Z]{{2}}{_GAP}\d{{3}}{_GAP}[A-Z]{{2}}",  # France, Italy
    rf"[A-Z]{{1,3}}{_GAP}[A-Z]{{1,2}}{_GAP}\d{{2,4}}[EH]?",  # Germany
    rf"[A-Z]{{2}}{_GAP}\d{{2,5}}{_GAP}[A-Z]{{1,2}}",  # Slovakia, Croatia, Lithuania
    rf"\d[A-Z]\d{_GAP}\d{{4}}",  # Czechia
    rf"[A-Z]{{3}}{_GAP}\d[A-Z]\d{{2}}",  # Brazil, Mercosur
)
_PLATE = re.compile(rf"\s*(?:[A-Z]{{1,3}}\s+)?(?P<plate>{'|'.join(_SHAPES)})\s*")


class LicensePlates:
    """Score 0.6: shape alone does not tell a plate from a part number."""

    name: ClassVar[str] = "licence plates"
    label: ClassVar[str] = "license_plate"
    joins_lines: ClassVar[bool] = False

    def find(self, text: str) -> list[Span]:
        """The plate, if the whole line is one."""
        match = _PLATE.fullmatch(text)
        return [Span(*match.span("plate"), 0.6)] if match else []
