"""Courts by name: spellings of `courts-db`, and the words that stand for a court."""

from __future__ import annotations

import re
from itertools import chain
from typing import ClassVar

from courts_db import find_court, find_court_by_id

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import (
    NO_LETTER_AFTER,
    NO_LETTER_BEFORE,
    Phrases,
    any_of,
    choice,
    spelled,
)

_KINDS = (
    "u s", "united states", "federal", "state", "county", "municipal", "city", "circuit",
    "district", "superior", "supreme", "juvenile", "family", "probate", "bankruptcy", "traffic",
    "criminal", "civil", "appeals", "appellate", "magistrate", "magistrates", "crown", "high",
    "justice", "trial", "tax", "drug", "small claims",
)  # fmt: skip
_PHRASES = (
    "courthouse", "court house", "courthouses", "courtroom", "court room", "court of appeal",
    "court of appeals", "court of claims", "court of common pleas", "court of justice",
    "clerk of court", "clerk of the court", "clerk of courts", "court clerk", "circuit clerk",
    "district clerk", "clerk's office of the court", "court clerk's office", "court officer",
    "court security", "court reporter", "court administrator", "judge's chambers",
    "judges' chambers", "judicial chambers", "chambers of the honorable", "chambers of judge",
    "chambers of the hon", "judge's bench", "judges' entrance", "jury room", "jury assembly",
    "jury deliberation", "judicial circuit", "judicial district", "hall of justice",
    "administrative office of the courts", "us probation", "u s probation",
    "probation and pretrial services", "public defender's office", "prosecuting attorney's office",
)  # fmt: skip
# "Supreme Court Street" is an address, "County Court Shopping Center" a shop.
_NOT_BEFORE = (
    r"(?!\W+(?:st|street|rd|road|ave|avenue|dr|drive|ln|lane|blvd|place|sq|square|plaza|apartments?"
    r"|apts?|hotel|inn|motel|shopping|tavern|pub|cafe|diner|shoes?)\b)"
)
_OF_SOME_KIND = (
    rf"{NO_LETTER_BEFORE}(?:(?:{choice(_KINDS)})\W*){{1,6}}"
    rf"{spelled('court')}[S5]?{NO_LETTER_AFTER}"
)
_COURT_WORDS = re.compile(rf"(?:{_OF_SOME_KIND}|{any_of(_PHRASES)}){_NOT_BEFORE}", re.IGNORECASE)
_VOCABULARY = Phrases([*_KINDS, *_PHRASES, "court", "courts", "of", "states", "united"])
_FEDERAL_DISTRICT = re.compile(
    r"\b(?:northern|southern|eastern|western|central|middle)\s*district\s*of\s*"
    r"(?:(?:new|north|south|west)\s*)?[a-z]{4,}\b",
    re.IGNORECASE,
)
_LONE_COURT = re.compile(rf"\W*(?:the\s+)?{spelled('court')}s?\W*", re.IGNORECASE)
_DOORS = (
    "chambers", "judges only", "jurors", "jurors only", "clerk's office", "office of the clerk",
)  # fmt: skip
# Alone on a door CHAMBERS is a judge's and CLERK'S OFFICE a court's or a town's.
_LONE_DOOR = re.compile(rf"\W*(?:{choice(_DOORS)})\W*", re.IGNORECASE)
_WORTH_A_LOOK = re.compile(r"c[o0]urt|tribunal|chancery", re.IGNORECASE)
_LETTER_FOR_ZERO = str.maketrans("0", "O")
_NO_SINGLE_COURT = "usdistct"
"""What `courts-db` calls any line "District Court"; states have district courts too."""


class CourtNames:
    """A court that `courts-db` knows (score 0.95), or words that mean some court (0.75).

    The lone word COURT on a line scores 0.6, a lone CHAMBERS or CLERK'S OFFICE in capitals 0.5.
    """

    name: ClassVar[str] = "court names"
    label: ClassVar[str] = "court_name"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Courts named in `text`."""
        if _WORTH_A_LOOK.search(text) and (court := _known_court(text)):
            misread = _VOCABULARY.misread(text)
            return [claim((0, len(text)), 0.95, "a court in courts-db", misread, court)]
        spans = [_district_span(match, text) for match in _FEDERAL_DISTRICT.finditer(text)]
        spans += [
            claim(match.span(), 0.75, "words for a court", _VOCABULARY.misread(match[0]))
            for match in _COURT_WORDS.finditer(text)
        ]
        if not spans and _LONE_COURT.fullmatch(text):
            misread = _VOCABULARY.misread(text)
            return [claim((0, len(text)), 0.6, "the word COURT alone on its line", misread)]
        if not spans and text == text.upper() and _LONE_DOOR.fullmatch(text):
            return [claim((0, len(text)), 0.5, "a word of court doors alone on its line")]
        return spans


def _district_span(match: re.Match[str], text: str) -> Span:
    """`courts-db` wants the full name, which letterheads spread over lines."""
    kind = "Bankruptcy" if "bankruptcy" in text.lower() else "District"
    court = _known_court(f"United States {kind} Court for the {match[0]}")
    return claim(match.span(), 0.95 if court else 0.75, "a federal district", evidence=court)


def _known_court(text: str) -> dict[str, str] | None:
    """Id and name of the one court `courts-db` finds; None when it finds none or several."""
    written = text.strip().translate(_LETTER_FOR_ZERO)
    found = set(
        chain.from_iterable(
            find_court(spelling, bankruptcy="bankruptcy" in text.lower())
            for spelling in {written, written.title()}
        )
    )
    if len(found) != 1 or _NO_SINGLE_COURT in found:
        return None
    court_id = found.pop()
    return {"court_id": court_id, "court": find_court_by_id(court_id)[0]["name"]}
