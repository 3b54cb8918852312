"""What a recogniser is, and how text is folded so that OCR confusions do not hide a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

from screening.records import EvidenceValue


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a line that a recogniser claims.

    Attributes:
        start: first character.
        end: one past the last character.
        score: how sure the recogniser is, 0..1, before the engine's own score is applied.
        evidence: facts that may be shown; never the text itself.
    """

    start: int
    end: int
    score: float
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


_CONFUSABLE = str.maketrans({"0": "O", "1": "I", "L": "I", "5": "S", "8": "B", "|": "I"})


def fold(text: str) -> str:
    """Upper case with the digits that OCR takes for letters turned into those letters.

    The result has the length of `text`, so that positions carry over. `L` and `I` fold
    together; fold both sides of a comparison.
    """
    upper = "".join(char.upper() if len(char.upper()) == 1 else char for char in text)
    return upper.translate(_CONFUSABLE)
