"""What a recogniser is, and how words are spelled so that OCR confusions do not hide them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
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


_LOOK_ALIKES = {"O": "O0", "I": "I1L|", "L": "L1I|", "S": "S5", "B": "B8"}
"""What OCR reads in the place of a letter; for regular expressions that ignore case."""

NO_LETTER_BEFORE = r"(?<![^\W\d_])"
NO_LETTER_AFTER = r"(?![^\W\d_])"


def spelled(phrase: str) -> str:
    """Regular expression for `phrase` that forgives OCR confusions; compile with IGNORECASE.

    Between words anything but letters and digits may stand, or nothing: OCR loses blanks and
    adds specks.
    """
    return r"\W*".join("".join(map(_letter, word)) for word in phrase.upper().split())


def any_of(phrases: Iterable[str]) -> str:
    """Regular expression for any of `phrases` as whole words, the longest that fits."""
    longest_first = sorted(phrases, key=len, reverse=True)
    choices = "|".join(map(spelled, longest_first))
    return f"{NO_LETTER_BEFORE}(?:{choices}){NO_LETTER_AFTER}"


def other_words(text: str, start: int, end: int) -> list[str]:
    """Words of `text` besides those from `start` to `end`, in capitals."""
    return re.findall(r"\w+", f"{text[:start]} {text[end:]}".upper())


def _letter(char: str) -> str:
    return f"[{_LOOK_ALIKES[char]}]" if char in _LOOK_ALIKES else re.escape(char)
