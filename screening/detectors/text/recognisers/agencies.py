"""Names of the agencies in the reference catalogs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from screening.catalog import Agency
from screening.detectors.text.recognisers.base import Span, fold


class AgencyNames:
    """Full names and aliases, whatever their case, spacing and punctuation.

    Aliases of five letters or fewer (FPD) must stand alone and in capitals.
    """

    name: ClassVar[str] = "agency names"
    label: ClassVar[str] = "agency_name"
    joins_lines: ClassVar[bool] = True

    def __init__(self, agencies: Sequence[Agency]) -> None:
        self._patterns = [
            (_pattern(spelling), agency.name)
            for agency in agencies
            for spelling in (agency.name, *agency.aliases)
        ]

    def find(self, text: str) -> list[Span]:
        """Every name in `text`."""
        folded = fold(text)
        return [
            Span(*match.span(), 0.95, {"agency": agency})
            for pattern, agency in self._patterns
            for match in pattern.finditer(text if pattern.pattern.startswith("(?<!") else folded)
        ]


def _pattern(spelling: str) -> re.Pattern[str]:
    words = re.findall(r"\w+", spelling)
    if sum(map(len, words)) <= 5:
        return re.compile(r"(?<!\w)" + r"[\s.]*".join(map(re.escape, words)) + r"(?!\w)")
    return re.compile(r"\b" + r"\W*".join(re.escape(fold(word)) for word in words) + r"\b")
