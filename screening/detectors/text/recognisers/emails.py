"""Work e-mail addresses: domains of known agencies, courts and governments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span

# OCR puts blanks around @ and dots; a blank before a dot is allowed, one after it is too.
_EMAIL = re.compile(
    r"(?P<user>[\w.+-]{1,64})\s?[@©]\s?(?P<domain>[\w-]+(?:\s?\.\s?[\w-]+)*\s?\.\s?[A-Za-z]{2,24})"
)
_GOVERNMENT = (".gov", ".mil", ".gov.uk", ".police.uk", ".gc.ca", ".gov.au", ".govt.nz")


class WorkEmails:
    """Addresses at an agency's own domain (score 0.95) or under a government suffix (0.9)."""

    name: ClassVar[str] = "work e-mail domains"
    label: ClassVar[str] = "work_email"
    joins_lines: ClassVar[bool] = False

    def __init__(self, domains: Sequence[str]) -> None:
        self._domains = tuple(domain.lower().lstrip("@.") for domain in domains)

    def find(self, text: str) -> list[Span]:
        """Every work address in `text`."""
        spans = []
        for match in _EMAIL.finditer(text):
            domain = re.sub(r"\s", "", match["domain"]).lower()
            if any(domain == own or domain.endswith("." + own) for own in self._domains):
                spans.append(Span(*match.span(), 0.95))
            elif domain.endswith(_GOVERNMENT):
                spans.append(Span(*match.span(), 0.9))
        return spans
