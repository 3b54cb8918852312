"""Markings that say a paper or screen is not for everyone."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, any_of, other_words

_PHRASES = {
    "confidential": (
        "confidential", "strictly confidential", "attorney eyes only", "attorneys' eyes only",
        "attorney client privileged", "privileged and confidential", "privileged & confidential",
    ),
    "sealed": (
        "filed under seal", "under seal", "sealed by order", "sealed by court", "sealed document",
        "sealed case", "sealed record", "sealed records", "sealed exhibit", "sealed indictment",
        "grand jury",
    ),
    "law_enforcement_sensitive": ("law enforcement sensitive", "law enforcement only"),
    "official_use": (
        "for official use only", "official use only", "not for public release",
        "controlled unclassified information", "fouo",
    ),
    "juvenile": (
        "juvenile court", "juvenile record", "juvenile records", "juvenile case",
        "juvenile offender", "juvenile detention",
    ),
}  # fmt: skip
_PATTERNS = {kind: re.compile(any_of(phrases), re.IGNORECASE) for kind, phrases in _PHRASES.items()}
# FACTORY SEALED and JUVENILE SALMON: these words are markings only when nothing stands beside.
_ALONE = {"confidential": ("privileged",), "sealed": ("sealed",), "juvenile": ("juvenile",)}
_ALONE_PATTERNS = {kind: re.compile(any_of(words), re.IGNORECASE) for kind, words in _ALONE.items()}
_NOT_A_MARKING = re.compile(r"\b(?:non|not|l\.?\s?a\.?|kitchen)\W*$", re.IGNORECASE)
"""What stands before CONFIDENTIAL in its negation, in a film title and in a book title."""

# In running text ("this is confidential between you and me") these words mean little; as
# markings they stand in capitals or nearly alone.
_MOST_OTHER_WORDS = 3


class Markings:
    """Score 0.9 in capitals, 0.7 otherwise; lower-case words within a sentence do not count."""

    name: ClassVar[str] = "markings"
    label: ClassVar[str] = "marking"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every marking in `text`."""
        spans = []
        for kind, pattern in _PATTERNS.items():
            for match in pattern.finditer(text):
                capitals = match[0] == match[0].upper()
                few = len(other_words(text, *match.span())) <= _MOST_OTHER_WORDS
                if (capitals or few) and not _NOT_A_MARKING.search(text[: match.start()]):
                    spans.append(_span(match, kind))
        return spans + [
            _span(match, kind)
            for kind, pattern in _ALONE_PATTERNS.items()
            for match in pattern.finditer(text)
            if not other_words(text, *match.span())
        ]


def _span(match: re.Match[str], kind: str) -> Span:
    return Span(*match.span(), 0.9 if match[0] == match[0].upper() else 0.7, {"marking_kind": kind})
