"""Addresses: house number, street, town and ZIP code; in India town, state and postal code."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.indian_places import STATE as _INDIAN_STATE
from screening.detectors.text.recognisers.look_alikes import straight, straightened

# The common suffixes of USPS Publication 28, appendix C1, and their abbreviations.
_SUFFIXES = """
alley aly avenue ave av boulevard blvd circle cir court ct crescent cres crossing xing drive dr
expressway expy freeway fwy gardens gdns grove grv heights hts highway hwy hill hls hollow holw
lane ln loop manor mnr parkway pkwy pike place pl plaza plz point pt ridge rdg road rd route rte
run square sq street st terrace ter terr trail trl turnpike tpke valley vly view vw way
"""
_SUFFIX = f"(?:{'|'.join(sorted(_SUFFIXES.split(), key=len, reverse=True))})"
_DIRECTION = r"(?:north|south|east|west|n\.?\s?[ew]\.?|s\.?\s?[ew]\.?|[nsew]\.?)"
_STATE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]"
    r"|T[NX]|UT|V[AT]|W[AIVY]|Missouri|Illinois|Kansas|California|Texas|Florida|New\sYork|Ohio)"
)
_NAME_WORD = r"(?:(?-i:[A-Z])[\w.'\u2019-]{1,18}|\d{1,3}(?:st|nd|rd|th))"
_UNIT = r"(?:,?\s(?:apt|apartment|unit|suite|ste|floor|fl|room|rm|#)\.?\s?#?\s?\w{1,6})?"
_PLACE = (
    rf"(?P<place>,?\s(?:[\w.'\u2019-]{{2,16}},?\s?){{1,3}}(?-i:{_STATE})\.?"
    r"(?:,?\s\d{5}(?:-\d{4})?)?)?"
)
_ADDRESS = re.compile(
    rf"(?<![\w.$€£#:/-])(?P<number>\d{{1,5}}(?:-\d{{1,4}})?[A-Z]?)\s(?:{_DIRECTION}\s)?"
    rf"(?P<name>{_NAME_WORD}(?:\s{_NAME_WORD}){{0,3}})\s(?P<suffix>{_SUFFIX})\b\.?"
    rf"(?:\s{_DIRECTION}(?!\w))?{_UNIT}{_PLACE}(?!\w)",
    re.IGNORECASE,
)
_POST_BOX = re.compile(
    rf"\bp\.?\s?o\.?\s?box\s\d{{1,6}}\b{_PLACE}",
    re.IGNORECASE,
)
_INDIAN_WORD = r"(?:[\w.'/#\u2019-]{1,20})"
_INDIAN = re.compile(
    rf"(?<!\w)(?:{_INDIAN_WORD}[,\s]\s?){{1,8}}{_INDIAN_STATE}[\s,.:-]{{1,3}}(?:India[\s,.:-]{{1,3}})?"
    r"(?:pin(?:\s?code)?[\s.:-]{0,3})?[1-8]\d{2}\s?\d{3}(?![\w-])",
    re.IGNORECASE,
)
_NOT_NAME_WORDS = """
WAY MILE MILES HOUR HOURS HR DAY DAYS MIN MINUTE MINUTES MINS STAR STARS PIECE PACK COUNT STEP STEPS
YEAR YEARS WEEK WEEKS MONTH MONTHS POINT POINTS TOP BEST NEW EASY GREAT FREE PER OF ON TO THE AND
FOR IN AT BY WITH LANE DOOR DOORS BED BEDS BATH SPEED WHEEL SEAT TON OZ LB LBS KG ML INCH FT FEET PM
AM USD PCS CT GB MB AD BC MPH KM CC STOP SALE OFF ITEM ITEMS CASH MORE HOLE PAR CAR CARS PEOPLE
TICKETS SETS REPS LAPS
"""
"""What stands between a number and WAY, DRIVE, COURT or POINT without being a street's name."""
_NOT_NAMES = frozenset(_NOT_NAME_WORDS.split())
_EVERYDAY_SUFFIX = frozenset(
    [
        "WAY",
        "RUN",
        "POINT",
        "VIEW",
        "DRIVE",
        "COURT",
        "PLACE",
        "SQUARE",
        "TRAIL",
        "LOOP",
        "HILL",
        "PT",
        "CT",
    ]
)


class StreetAddresses:
    """Score 0.7; with town and state or ZIP code 0.9; post-office boxes 0.6 and 0.85.

    In India a town with state and postal code scores 0.8.
    """

    name: ClassVar[str] = "street addresses"
    label: ClassVar[str] = "street_address"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every street address in `text`."""
        plain = straight(text)
        spans = []
        for match in _ADDRESS.finditer(plain):
            if _is_street(match):
                score = 0.9 if match["place"] else 0.7
                why = "a house number and street" + (" with its town" if match["place"] else "")
                misread = straightened(text, plain, *match.span())
                spans.append(claim(match.span(), score, why, misread))
        spans += [
            claim(match.span(), 0.8, "a town in India with state and postal code")
            for match in _INDIAN.finditer(plain)
        ]
        return spans + [
            claim(match.span(), 0.85 if match["place"] else 0.6, "a post-office box")
            for match in _POST_BOX.finditer(plain)
        ]


def _is_street(match: re.Match[str]) -> bool:
    names = re.findall(r"[\w'\u2019]+", match["name"].upper())
    if _NOT_NAMES.intersection(names) or (match["number"].startswith("0")):
        return False
    # "5 Course Run", "2 Great Courts": suffixes that are everyday words want three digits or two
    # words of a name.
    everyday = match["suffix"].upper() in _EVERYDAY_SUFFIX
    return bool(match["place"]) or not everyday or len(match["number"]) >= 3 or len(names) > 1
