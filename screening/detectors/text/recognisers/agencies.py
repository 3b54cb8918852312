"""Names of the agencies in the reference catalogs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from screening.catalog import Agency
from screening.detectors.text.recognisers.base import Span, any_of

_SHORT_LETTERS = 5


class AgencyNames:
    """Full names and aliases, whatever their case, spacing and punctuation.

    Aliases of five letters or fewer (FPD) must stand alone and be written as in the catalog.
    """

    name: ClassVar[str] = "agency names"
    label: ClassVar[str] = "agency_name"
    joins_lines: ClassVar[bool] = True

    def __init__(self, agencies: Sequence[Agency]) -> None:
        self._patterns = [
            (pattern, agency.name) for agency in agencies for pattern in _patterns(agency)
        ]

    def find(self, text: str) -> list[Span]:
        """Every name in `text`."""
        return [
            Span(*match.span(), 0.95, {"agency": agency})
            for pattern, agency in self._patterns
            for match in pattern.finditer(text)
        ]


def _patterns(agency: Agency) -> list[re.Pattern[str]]:
    """One pattern for the long spellings, so that the longest wins, and one for the short."""
    spellings = [" ".join(re.findall(r"\w+", name)) for name in (agency.name, *agency.aliases)]
    short = [name for name in spellings if len(name.replace(" ", "")) <= _SHORT_LETTERS]
    patterns = []
    if long := [name for name in spellings if name and name not in short]:
        patterns.append(re.compile(any_of(long), re.IGNORECASE))
    if short := [name for name in short if name]:
        choices = "|".join(r"[\s.]*".join(name.replace(" ", "")) for name in short)
        patterns.append(re.compile(rf"(?<!\w)(?:{choices})(?!\w)"))
    return patterns
