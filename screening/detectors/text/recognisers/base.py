"""What a recogniser is: a text in, spans out; or the lines of a whole picture in, passages out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from screening.detectors.text.recognisers.look_alikes import sure
from screening.records import EvidenceValue


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a line that a recogniser claims.

    Attributes:
        start: first character.
        end: one past the last character.
        score: how sure the recogniser is, 0..1, before the engine's own score is applied.
        why: a few words that may be shown; never the text itself.
        evidence: further facts that may be shown; never the text itself.
    """

    start: int
    end: int
    score: float
    why: str
    evidence: Mapping[str, EvidenceValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Passage:
    """Parts of several lines that mean something together.

    Attributes:
        parts: number of the line, first character and one past the last, of each part.
        score: see `Span`.
        why: see `Span`.
        evidence: see `Span`.
    """

    parts: tuple[tuple[int, int, int], ...]
    score: float
    why: str
    evidence: Mapping[str, EvidenceValue] = field(default_factory=dict)


class Recogniser(Protocol):
    """Finds spans of one label in a text.

    `joins_lines` says whether a match may run over two adjacent lines.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    joins_lines: ClassVar[bool]

    def find(self, text: str) -> list[Span]:
        """Spans in one line, or in two adjacent lines joined by a space."""


class PageRecogniser(Protocol):
    """Finds passages of one label in all lines of a picture."""

    name: ClassVar[str]
    label: ClassVar[str]

    def find(self, lines: Sequence[str]) -> list[Passage]:
        """Passages in `lines`, which are in reading order."""


def claim(
    place: tuple[int, int],
    score: float,
    why: str,
    misread: int = 0,
    evidence: Mapping[str, EvidenceValue] | None = None,
) -> Span:
    """A span whose score is lowered for misread letters, which its evidence counts."""
    facts = dict(evidence or {}) | ({"misread_letters": misread} if misread else {})
    return Span(*place, sure(score, misread), why, facts)


def other_words(text: str, start: int, end: int) -> list[str]:
    """Words of `text` besides those from `start` to `end`, in capitals."""
    return re.findall(r"\w+", f"{text[:start]} {text[end:]}".upper())


def outside(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """Those of `spans` that share no character with any of `taken`."""
    return [
        span
        for span in spans
        if not any(span.start < other.end and other.start < span.end for other in taken)
    ]
