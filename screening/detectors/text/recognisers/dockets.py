"""Federal docket numbers.

Format of the judiciary's case management system (CM/ECF): office:year-type-number-judges,
such as 4:21-cr-00123-ABC-DE; office and judges may be missing.
"""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span

# Hyphens and dashes U+2010 to U+2014: print and OCR use them all.
_DASH = r"\s?[-\u2010-\u2014_ ]\s?"
_TYPES = r"(?:cv|cr|mj|mc|bk|ap|md|po|sw|gj|mb|ms|pr|ad|at|fp|mdl)"
_DOCKET = re.compile(
    rf"(?<![\w])(?:\d{{1,2}}\s?[:;.]\s?)?\d{{2}}{_DASH}{_TYPES}{_DASH}\d{{3,6}}"
    rf"(?:[-\u2010-\u2014][A-Z]{{2,4}}){{0,3}}(?!\d)",
    re.IGNORECASE,
)


class DocketNumbers:
    """Score 0.95 with an office number, 0.85 without."""

    name: ClassVar[str] = "federal docket numbers"
    label: ClassVar[str] = "docket_number"
    joins_lines: ClassVar[bool] = False

    def find(self, text: str) -> list[Span]:
        """Every docket number in `text`."""
        return [
            Span(*match.span(), 0.95 if ":" in match[0] else 0.85)
            for match in _DOCKET.finditer(text)
        ]
