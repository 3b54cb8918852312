"""Dates of birth: a date after DOB, BORN and their kin."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.dates import DATE
from screening.detectors.text.recognisers.look_alikes import straight, straightened

_YEAR = r"(?:18|19|20)\d\d"
_BIRTH = re.compile(
    r"(?<![^\W\d_])(?:d\.?\s?[o0]\.?\s?b\b\.?|date\s?[o0]f\s?b[i1l]rth|b[i1l]rth\s?date|b-?date"
    r"|b[i1l]rthday|year\s?of\s?birth|born(?:\son)?|geboren|n[ée]e?\s?le|geb\.)"
    # "Date of birth/Date de naissance" stands in two languages before one date.
    rf"[^\d\n]{{0,28}}(?P<date>{DATE}|{_YEAR}(?!\d))",
    re.IGNORECASE,
)
# "Born in the USA 1984" is an album and "born 1998 in Kentucky" a whiskey: with BORN a whole date.
_BORN = re.compile(r"born|birthday", re.IGNORECASE)


class DatesOfBirth:
    """Score 0.9 after DOB or DATE OF BIRTH, 0.7 after BORN or with a year alone."""

    name: ClassVar[str] = "dates of birth"
    label: ClassVar[str] = "date_of_birth"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every date of birth with the words before it."""
        plain = straight(text)
        spans = []
        for match in _BIRTH.finditer(plain):
            year_alone = len(match["date"]) == 4
            loose = _BORN.match(match[0]) is not None
            if year_alone and loose:
                continue
            words = match[0][: match.start("date") - match.start()]
            misread = straightened(text, plain, *match.span()) + len(re.findall(r"\d", words))
            score = 0.7 if loose or year_alone else 0.9
            spans.append(claim(match.span(), score, "a date after words for birth", misread))
        return spans
