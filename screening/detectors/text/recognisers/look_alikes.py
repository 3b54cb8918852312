"""What OCR confuses: words are searched and numbers straightened here, for every recogniser.

Words: `Phrases` finds `P0LlCE` for POLICE and says how many letters were misread.
Numbers: `straight` turns the letters in `3l4-555-O142` back into digits, character by character,
so that positions stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import Levenshtein

_LETTERS = {
    "O": "[O0]", "I": "[I1L|]", "L": "[L1I|]", "S": "[S5]", "B": "[B8]", "Z": "[Z2]", "G": "[G6]",
    "M": "(?:M|RN)", "W": "(?:W|VV)",
}  # fmt: skip
"""What is read in the place of a letter; for regular expressions that ignore case."""

_TO_SKELETON = str.maketrans("015826L|", "OISBZGII")
_TO_DIGITS = str.maketrans("OoIl|SBZT", "001115821")
_NUMBER_WORD = re.compile(r"(?<![^\W_])[\dOoIl|SBZT]{2,}(?![^\W_])")
_COST = 0.93
"""What the score is multiplied by for every misread letter."""

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
    return f"{NO_LETTER_BEFORE}(?:{choice(phrases)}){NO_LETTER_AFTER}"


def choice(phrases: Iterable[str]) -> str:
    """The same without a look at what stands beside; `(?!)`, which fits nothing, for none."""
    longest_first = sorted(phrases, key=len, reverse=True)
    return "|".join(map(spelled, longest_first)) or "(?!)"


class Phrases:
    """A vocabulary: finds its phrases as whole words and counts the letters OCR misread."""

    def __init__(self, phrases: Iterable[str]) -> None:
        known = tuple(phrases)
        self._pattern = re.compile(any_of(known), re.IGNORECASE)
        self._meant = {skeleton(phrase): _plain(phrase) for phrase in known}

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every phrase in `text`, from left to right, none over another."""
        return self._pattern.finditer(text)

    def misread(self, words: str) -> int:
        """Letters by which `words` differ from the phrase they stand for, or each word from its."""
        if meant := self._meant.get(skeleton(words)):
            return Levenshtein.distance(_plain(words), meant)
        parts = ((_plain(word), self._meant.get(skeleton(word))) for word in words.split())
        return sum(Levenshtein.distance(word, meant) for word, meant in parts if meant)


def skeleton(words: str) -> str:
    """`words` in capitals without blanks and signs, all look-alikes written as one letter."""
    letters = _plain(words).translate(_TO_SKELETON)
    return letters.replace("RN", "M").replace("VV", "W")


def straight(text: str) -> str:
    """`text` of the same length with the letters inside its numbers written as digits.

    A word is a number when it has nothing but digits and their look-alikes, and no more
    look-alikes than digits: 12O4 is, BOSS and S5S are not.
    """
    return _NUMBER_WORD.sub(_as_digits, text)


def straightened(before: str, after: str, start: int, end: int) -> int:
    """How many characters from `start` to `end` differ between a text and its straight form."""
    pairs = zip(before[start:end], after[start:end], strict=True)
    return sum(one != other for one, other in pairs)


def sure(score: float, misread: int) -> float:
    """`score` lowered for every misread letter."""
    return round(float(score * _COST**misread), 3)


def _as_digits(word: re.Match[str]) -> str:
    digits = sum(char.isdecimal() for char in word[0])
    return word[0].translate(_TO_DIGITS) if 2 * digits >= len(word[0]) else word[0]


def _plain(words: str) -> str:
    return re.sub(r"[^\w|]|_", "", words).upper()


def _letter(char: str) -> str:
    return _LETTERS.get(char, re.escape(char))
