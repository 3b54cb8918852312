"""Work e-mail addresses: domains of known agencies, courts and governments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, spelled

_GOVERNMENT = (
    "gov", "mil", "gov.uk", "police.uk", "gc.ca", "gov.au", "govt.nz",
    "state.[a-z]{2}.us", "co.[a-z]{2}.us", "ci.[a-z]{2}.us",
)  # fmt: skip
# OCR puts blanks around dots and @, and reads @ as one of the other round signs.
_DOT = r"\s?\.\s?"
_AT = r"\s?[@©®]\s?"


class WorkEmails:
    """Addresses at an agency's own domain (score 0.95) or under a government suffix (0.9)."""

    name: ClassVar[str] = "work e-mail domains"
    label: ClassVar[str] = "work_email"
    joins_lines: ClassVar[bool] = False

    def __init__(self, domains: Sequence[str]) -> None:
        own = [domain.lower().strip().lstrip("@.") for domain in domains]
        self._own = _addresses([_DOT.join(map(spelled, name.split("."))) for name in own if name])
        self._government = _addresses([name.replace("o", "[o0]").replace(".", _DOT)
                                       for name in _GOVERNMENT])  # fmt: skip

    def find(self, text: str) -> list[Span]:
        """Every work address in `text`."""
        own = [Span(*match.span(), 0.95) for match in self._own.finditer(text)]
        known = {span.start for span in own}
        return own + [
            Span(*match.span(), 0.9)
            for match in self._government.finditer(text)
            if match.start() not in known
        ]


def _addresses(suffixes: Sequence[str]) -> re.Pattern[str]:
    """Addresses whose domain ends in one of `suffixes`; none at all for no suffix."""
    longest_first = sorted(suffixes, key=len, reverse=True)
    return re.compile(
        rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}(?:[\w-]{{1,63}}{_DOT}){{0,6}}?"
        rf"(?:{'|'.join(longest_first) or '(?!)'})(?![\w@-]|\.\w)",
        re.IGNORECASE,
    )
