"""Names of a roster: people whom a supervisor does not want to see named in a post.

The file has one name per line, `Jane M. Doe` or `Doe, Jane M.`. Empty lines, those that start with
`#` and a first line with the headings of columns are skipped. The content is sensitive: no message
and no evidence repeats any of it.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from pathlib import Path
from typing import ClassVar

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import skeleton
from screening.errors import ConfigError

_WORD = re.compile(r"[^\W_]+(?:['\u2019|-][^\W_]+)*")
_KEY = "options.text.roster"
_HEADINGS = frozenset(("NAME", "NAMES", "FULL", "FIRST", "LAST", "GIVEN", "FAMILY", "SURNAME"))
_MOST_BETWEEN = 1
"""Words between given and family name: a middle name or initial."""


class RosterNames:
    """Given and family name in either order score 0.95, an initial and the family name 0.6.

    A family name of four letters or more alone on its line, as on a name tape, scores 0.5. One
    of the two words may have a wrong letter from five letters on, two from nine on.
    """

    name: ClassVar[str] = "names of the roster"
    label: ClassVar[str] = "roster_name"
    joins_lines: ClassVar[bool] = True

    def __init__(self, path: Path) -> None:
        self._people = _read(path)
        self._by_word: dict[str, set[int]] = defaultdict(set)
        self._joined: dict[str, int] = {}
        for number, (given, family) in enumerate(self._people):
            self._by_word[family].add(number)
            if given:
                self._by_word[given].add(number)
                self._joined |= {given + family: number, family + given: number}
        self._vocabulary = list(self._by_word)

    def find(self, text: str) -> list[Span]:
        """Every name of the roster in `text`."""
        words = list(_WORD.finditer(text))
        keys = [_key(word[0]) for word in words]
        meant = [self._meant(key) for key in keys]
        spans = [
            Span(word.start(), word.end(), 0.9, "a name of the roster, run together")
            for word, key in zip(words, keys, strict=True)
            if key in self._joined
        ]
        skip_to = 0
        for first in range(len(words)):
            if first < skip_to:
                continue
            for second in range(first + 1, min(first + 2 + _MOST_BETWEEN, len(words))):
                if second - first > 1 and not _may_stand_between(words[first + 1][0]):
                    continue
                found = self._pair(keys, meant, first, second)
                if found is not None:
                    score, misread, why = found
                    place = (words[first].start(), words[second].end())
                    digits = sum(map(str.isdecimal, text[slice(*place)]))
                    spans.append(claim(place, score, why, misread + digits))
                    skip_to = second + 1
                    break
        if not spans and len(words) == 1:
            spans += self._lone(words[0], meant[0])
        return spans

    def _meant(self, key: str) -> dict[str, int]:
        """The words of the roster that `key` may stand for, and the letters it differs by."""
        allowed = (len(key) >= 5) + (len(key) >= 9)
        close = process.extract(
            key, self._vocabulary, scorer=Levenshtein.distance, score_cutoff=allowed, limit=20
        )
        return {word: int(distance) for word, distance, _ in close}

    def _pair(
        self, keys: list[str], meant: list[dict[str, int]], first: int, second: int
    ) -> tuple[float, int, str] | None:
        """Score, misread letters and reason when two words of a line name one person."""
        whole = [
            before + after
            for one, before in meant[first].items()
            for other, after in meant[second].items()
            if self._are_one(one, other) and (not before or not after)
        ]
        if whole:
            return 0.95, min(whole), "a name of the roster"
        for initial, family in ((keys[first], meant[second]), (keys[second], meant[first])):
            if len(initial) != 1 or second - first > 1:
                continue
            wrong = [
                distance
                for word, distance in family.items()
                for number in self._by_word[word]
                if self._people[number][1] == word and self._people[number][0][:1] == initial
            ]
            if wrong:
                return 0.6, min(wrong), "an initial and a family name of the roster"
        return None

    def _are_one(self, one: str, other: str) -> bool:
        return any(
            {one, other} == set(self._people[number]) and (one != other or self._twice(number))
            for number in self._by_word[one] & self._by_word[other]
        )

    def _twice(self, number: int) -> bool:
        given, family = self._people[number]
        return given == family

    def _lone(self, word: re.Match[str], meant: dict[str, int]) -> list[Span]:
        families = {family for _, family in self._people if len(family) >= 4}
        exact = [key for key, distance in meant.items() if key in families and distance == 0]
        return [claim(word.span(), 0.5, "a family name of the roster alone")] if exact else []


def roster_digest(path: Path) -> str:
    """SHA-256 of the file.

    Raises:
        ConfigError: it cannot be read.
    """
    return hashlib.sha256(_bytes(path)).hexdigest()


def _read(path: Path) -> list[tuple[str, str]]:
    """Given (may be empty) and family name of each person, as keys."""
    try:
        text = _bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("is not UTF-8 text", file=path, line=line, key=_KEY) from None
    people = [
        _person(line, number, path)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
        if number > 1 or not _HEADINGS.issuperset(re.findall(r"\w+", line.upper()))
    ]
    if not people:
        raise ConfigError("holds no name; write one name per line", file=path, key=_KEY)
    return people


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", file=path, key=_KEY) from None


def _person(line: str, number: int, path: Path) -> tuple[str, str]:
    family_first = "," in line
    parts = [part.strip(' "') for part in line.split(",")]
    if family_first:
        parts = [" ".join(parts[1:]), parts[0]]
    words = [_key(word[0]) for part in parts for word in _WORD.finditer(part)]
    long = [word for word in words if len(word) > 1]
    if not long or any(char.isdecimal() for char in line):
        raise ConfigError(
            "is no name; a line has a name and no digits, such as: Jane Doe",
            file=path,
            line=number,
            key=_KEY,
        )
    return (long[0] if len(long) > 1 else "", long[-1])


def _may_stand_between(word: str) -> bool:
    """Whether `word` can be a middle name or initial: not the "and" between two people."""
    return word[:1].isupper() and word.upper() != "AND"


def _key(word: str) -> str:
    """A word without accents, case, signs and look-alikes."""
    plain = unicodedata.normalize("NFKD", word)
    return skeleton("".join(char for char in plain if not unicodedata.combining(char)))
