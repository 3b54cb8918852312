"""Federal docket numbers.

Format of the judiciary's case management system (CM/ECF): office:year-type-number-judges,
such as 4:21-cr-00123-ABC-DE; office and judges may be missing.
"""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span

# Hyphens and dashes U+2010 to U+2014: print and OCR use them all.
_DASH = r"\s?[-\u2010-\u2014_]\s?"
_COMMON_TYPES = "(?:cv|cr|mj|mc|bk|gj|mdl)"
_TYPES = "(?:cv|cr|mj|mc|bk|gj|mdl|ap|md|po|sw|mb|ms|pr|ad|at|fp)"
_DIGIT = r"[\dOIl]"
_JUDGES = r"(?:[-\u2010-\u2014][A-Z]{2,4}){0,3}"

_WITH_OFFICE = re.compile(
    rf"(?<!\w)[\dl]{{1,2}}\s?[:;.]\s?{_DIGIT}{{2}}"
    rf"(?:{_DASH}{_TYPES}{_DASH}|\s{_COMMON_TYPES}\s)"
    rf"(?=[OIl]{{0,2}}\d){_DIGIT}{{3,6}}{_JUDGES}(?!\w)",
    re.IGNORECASE,
)
# "Doors open 12 at 1000" and part numbers such as 24-AD-1234: without the office neither blanks
# nor the rarer types count.
_WITHOUT_OFFICE = re.compile(
    rf"(?<![\w:;.-])(?<!\d[:;.]\s)\d{{2}}{_DASH}{_COMMON_TYPES}{_DASH}"
    rf"\d{_DIGIT}{{2,5}}{_JUDGES}(?!\w)",
    re.IGNORECASE,
)


class DocketNumbers:
    """Score 0.95 with an office number, 0.85 without."""

    name: ClassVar[str] = "federal docket numbers"
    label: ClassVar[str] = "docket_number"
    joins_lines: ClassVar[bool] = False

    def find(self, text: str) -> list[Span]:
        """Every docket number in `text`."""
        spans = [Span(*match.span(), 0.95) for match in _WITH_OFFICE.finditer(text)]
        return spans + [Span(*match.span(), 0.85) for match in _WITHOUT_OFFICE.finditer(text)]
