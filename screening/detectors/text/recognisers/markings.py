"""Markings that say a paper or screen is not for everyone."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, fold

_PHRASES = {
    "confidential": ("confidential", "strictly confidential", "attorney eyes only", "privileged"),
    "sealed": ("filed under seal", "under seal", "sealed by order", "sealed", "grand jury"),
    "law_enforcement_sensitive": ("law enforcement sensitive", "law enforcement only"),
    "official_use": ("for official use only", "official use only", "not for public release"),
    "juvenile": ("juvenile", "juvenile record", "juvenile court"),
}
_PATTERNS = tuple(
    (
        kind,
        re.compile(
            r"(?<![A-Z])(?:"
            + "|".join(
                r"\W*".join(fold(word) for word in phrase.split())
                for phrase in sorted(phrases, key=len, reverse=True)
            )
            + r")(?![A-Z])"
        ),
    )
    for kind, phrases in _PHRASES.items()
)
# In running text ("keep it sealed, it stays fresh") these words mean little; as markings they
# stand in capitals or nearly alone.
_MOST_OTHER_WORDS = 3


class Markings:
    """Score 0.9 in capitals, 0.7 otherwise; lower-case words within a sentence do not count."""

    name: ClassVar[str] = "markings"
    label: ClassVar[str] = "marking"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every marking in `text`."""
        folded = fold(text)
        spans = []
        for kind, pattern in _PATTERNS:
            for match in pattern.finditer(folded):
                written = text[match.start() : match.end()]
                others = re.findall(r"\w+", text[: match.start()] + text[match.end() :])
                capitals = written == written.upper()
                if capitals or len(others) <= _MOST_OTHER_WORDS:
                    score = 0.9 if capitals else 0.7
                    spans.append(Span(*match.span(), score, {"marking_kind": kind}))
        return spans
