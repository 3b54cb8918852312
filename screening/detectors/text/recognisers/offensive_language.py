"""Obscenity and slurs, from the word list of the package better-profanity (MIT licence).

Only its data is read. Half of the list is everyday words (fat, god, kill, cowgirl), so those
words of it count that are built on a stem that is offensive in any sentence.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import spelled

_STEMS = re.compile(
    r"fuck|fvck|fxck|f4nny|fux0r|s(?:h|\W)[i1!][t+]|shit|cunt|cnut|bitch|nigg|n1gg|fagg|fagot|wh[o0]re"
    r"|slut|arsehole|asshole|ass(?:fuck|munch|bang)|dickhead|knobhead|cocks?(?:uck)|cockm|douche|m[o0](?:th|-?f)"
    r"|muth[ae]|jizz|cumshot|bl[o0]w.?job|hand.?job|jerk.?[o0]ff|jack.?off|gang.?bang|wetback|kike"
    r"|gooks|polack|she.?male|heeb|dildo|tittie|titwank|piss.?off|son-of|retard$|bastard|twat|wanker"
    r"|dumass|dumbass|fatass|smegma|rtard|r-tard|paki$",
    re.IGNORECASE,
)


_LONG = 6


class OffensiveLanguage:
    """Whole words of the list, in any case (score 0.8). Scunthorpe is a town."""

    name: ClassVar[str] = "offensive language"
    label: ClassVar[str] = "offensive_language"
    joins_lines: ClassVar[bool] = False

    def find(self, text: str) -> list[Span]:
        """Every such word in `text`."""
        return [
            claim(match.span(), 0.8, "a word of the list of offensive words")
            for match in _pattern().finditer(text)
        ]


def word_list() -> list[str]:
    """The words that count, in lower case."""
    listed = files("better_profanity").joinpath("profanity_wordlist.txt").read_text("utf-8")
    words = {line.strip().lower() for line in listed.splitlines()}
    return sorted(word for word in words if _STEMS.search(word) and "*" not in word)


def _written(word: str) -> str:
    """Longer words also with the look-alikes of OCR; short ones would become others."""
    if len(word) >= _LONG and word.isalpha():
        return spelled(word)
    return re.escape(word).replace(r"\ ", r"[\s-]?")


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(word_list(), key=len, reverse=True)
    choices = "|".join(map(_written, longest_first))
    return re.compile(rf"(?<![\w@#/.])(?:{choices})(?:e?s)?(?![\w@])", re.IGNORECASE)
