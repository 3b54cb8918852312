"""Words that stand for law enforcement: POLICE, SHERIFF, MARSHAL, FBI and their kin."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim, other_words
from screening.detectors.text.recognisers.look_alikes import Phrases

_WORDS = (
    "police", "policeman", "policemen", "policewoman", "policewomen", "police officer", "sheriff",
    "sheriffs", "sheriff's", "marshal", "marshals", "constable", "trooper", "troopers",
    "state patrol", "highway patrol", "border patrol", "deputy sheriff", "detective",
    "detectives", "bailiff", "law enforcement", "homeland security", "secret service",
    "corrections officer", "correctional officer", "department of corrections",
    "probation officer", "parole officer", "pretrial services", "crime scene", "bomb squad",
    "gang task force", "drug task force", "fugitive task force", "special agent",
    "special agents", "federal agent",
    # OCR joins the L and I of worn lettering; measured on photos of police cars.
    "pouce",
)  # fmt: skip
_PHRASES = Phrases(_WORDS)

# The same words in films, brands and manners of speaking.
_NOT_POLICE = re.compile(
    r"\b(?:grand|field|air|sky) marshals?\b|\bmarshal (?:law|arts?|amps?)\b"
    r"|\b(?:storm|super|star|isuzu) ?troopers?\b"
    r"|\bdetective (?:pikachu|conan|comics)\b|\b(?:fashion|grammar|thought) police\b"
    r"|\bsheriff (?:woody|tiraspol)\b",
    re.IGNORECASE,
)
_ABBREVIATIONS = re.compile(
    r"(?<!\w)(?:F\.?\s?B\.?\s?I|USMS|U\.?S\.? Marshals|S\.?W\.?A\.?T|HSI|CBP|DHS|NCIS|USSS|USPP"
    r"|[A-Z]{2,4}PD)\b\.?(?!\w)"
)
# ICE stands on many a freezer, ATF on gear oil, TSA on luggage locks and K9 on dog food.
_EVERYDAY_ABBREVIATIONS = re.compile(r"(?<!\w)(?:ICE|DEA|ATF|TSA|K-?9)(?!\w)")
_COMPANY_WORDS = (
    "AGENT AGENTS FEDERAL OFFICER OFFICERS UNIT TEAM DIVISION US U S DOJ DHS HSI FBI ERO"
)
_COMPANY = frozenset(_COMPANY_WORDS.split())
_MOST_OTHER_WORDS = 1


class PoliceWords:
    """Whole words in any case (score 0.9); abbreviations in capitals.

    FBI may have one other word on its line (0.8). ICE and others with an everyday meaning must
    be alone (0.6) or among police words (0.8).
    """

    name: ClassVar[str] = "police words"
    label: ClassVar[str] = "police_word"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every such word in `text`."""
        excused = [match.span() for match in _NOT_POLICE.finditer(text)]
        spans = [
            claim(match.span(), 0.9, "a police word", _PHRASES.misread(match[0]))
            for match in _PHRASES.finditer(text)
            if not any(start <= match.start() < end for start, end in excused)
        ]
        for match in _ABBREVIATIONS.finditer(text):
            if spans or len(other_words(text, *match.span())) <= _MOST_OTHER_WORDS:
                spans.append(claim(match.span(), 0.8, "a police abbreviation"))
        for match in _EVERYDAY_ABBREVIATIONS.finditer(text):
            others = other_words(text, *match.span())
            if spans or _COMPANY.issuperset(others):
                spans.append(claim(match.span(), 0.8 if others else 0.6, "a police abbreviation"))
        return spans
