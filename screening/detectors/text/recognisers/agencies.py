"""Names of the agencies in the reference catalogs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from screening.catalog import Agency
from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import Phrases

_SHORT_LETTERS = 5
_WHY = "a name in the catalog of agencies"


class AgencyNames:
    """Full names and aliases, whatever their case, spacing and punctuation.

    Aliases of five letters or fewer (FPD) must stand alone and be written as in the catalog.
    """

    name: ClassVar[str] = "agency names"
    label: ClassVar[str] = "agency_name"
    joins_lines: ClassVar[bool] = True

    def __init__(self, agencies: Sequence[Agency]) -> None:
        self._long = [
            (Phrases(names), agency.name)
            for agency in agencies
            if (names := _spellings(agency, short=False))
        ]
        self._short = [
            (_abbreviations(names), agency.name)
            for agency in agencies
            if (names := _spellings(agency, short=True))
        ]

    def find(self, text: str) -> list[Span]:
        """Every name in `text`."""
        spans = [
            claim(match.span(), 0.95, _WHY, phrases.misread(match[0]), {"agency": agency})
            for phrases, agency in self._long
            for match in phrases.finditer(text)
        ]
        return spans + [
            claim(match.span(), 0.95, _WHY, evidence={"agency": agency})
            for pattern, agency in self._short
            for match in pattern.finditer(text)
        ]


def _spellings(agency: Agency, *, short: bool) -> list[str]:
    names = (" ".join(re.findall(r"\w+", name)) for name in (agency.name, *agency.aliases))
    return [
        name for name in names if name and (len(name.replace(" ", "")) <= _SHORT_LETTERS) == short
    ]


def _abbreviations(names: Sequence[str]) -> re.Pattern[str]:
    choices = "|".join(r"[\s.]*".join(name.replace(" ", "")) for name in names)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")
