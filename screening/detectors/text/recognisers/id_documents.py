"""Driver's licences, identity cards and passports, known by the words of their layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from screening.detectors.text.recognisers.base import Passage
from screening.detectors.text.recognisers.dates import DATE
from screening.detectors.text.recognisers.look_alikes import choice, straight


@dataclass(frozen=True)
class _Layout:
    """Words of one kind of document.

    Attributes:
        kind: what the evidence calls it.
        titles: at least one, unless many fields are there; may be run together by OCR.
        fields: captions that stand before a value.
        number: shape of its number; with a title it is enough.
        fewest_fields: beside a title.
    """

    kind: str
    titles: tuple[str, ...]
    fields: tuple[str, ...]
    number: str = "(?!)"
    fewest_fields: int = 3
    title: re.Pattern[str] = field(init=False)
    captions: tuple[re.Pattern[str], ...] = field(init=False)
    numbered: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", re.compile(choice(self.titles), re.IGNORECASE))
        captions = tuple(
            re.compile(rf"(?<![^\W_])(?:{choice(names.split('|'))})(?![^\W\d_])", re.IGNORECASE)
            for names in self.fields
        )
        object.__setattr__(self, "captions", captions)
        object.__setattr__(self, "numbered", re.compile(self.number))


_PERSON = (
    "dob|date of birth|d o b|birth date|year of birth", "sex|gender|male|female|sexe",
    "name|surname|last name|family name|fn|ln|nom", "given name|given names|first name|prenom",
    "exp|expires|expiration|date of expiry|valid till|valid until|date of expiration",
    "iss|issued|date of issue|doi|issue date", "address|add|addr", "signature|holder's signature",
)  # fmt: skip
_LAYOUTS = (
    _Layout(
        "driver_licence",
        ("driver license", "driver licence", "driver's license", "drivers license",
         "driver's licence", "driving licence", "driving license", "operator license",
         "operator's license", "commercial driver", "instruction permit", "learner permit",
         "learner's permit"),
        (*_PERSON, "dl|dln|lic|dl no|lic no|license no|licence no|license number|4d",
         "class|cov|cl", "hgt|ht|height", "wgt|wt|weight", "eyes|eye", "hair", "rest|rstr",
         "end|endorsements", "dd|donor|organ donor|veteran"),
    ),
    _Layout(
        "passport",
        ("passport", "passeport", "reisepass", "pasaporte", "passaporto"),
        (*_PERSON, "nationality|nationalite", "place of birth|lieu de naissance",
         "passport no|passport number|no du passeport", "authority|autorite|issuing authority",
         "type", "country code|code of issuing state|code", "personal no|personal number"),
    ),
    _Layout(
        "identity_card",
        ("identification card", "identity card", "permanent resident card", "resident card",
         "employment authorization card", "consular id", "carte nationale d'identite",
         "personalausweis", "unique identification authority", "aadhaar",
         "common access card", "uniformed services", "tribal id"),
        (*_PERSON, "id no|id number|card no|identification no|card number|uscis|uscis no",
         "nationality|citizenship", "country of birth|place of birth", "height|hgt|ht", "eyes",
         "rank|pay grade", "category"),
        number=r"(?<!\d)[2-9]\d{3}\s\d{4}\s\d{4}(?!\s?\d)|(?<!\w)[A-Z]{1,2}\d{6}\([\dA]\)",
    ),
    _Layout(
        "tax_card",
        ("permanent account number", "taxpayer identification card"),
        ("income tax department", "govt of india|government of india", "father's name",
         *_PERSON),
        number=r"(?<!\w)[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z](?!\w)",
        fewest_fields=2,
    ),
    _Layout(
        "social_security_card",
        ("this number has been established for", "social security administration",
         "social security card", "social security"),
        ("this number has been established for", "signature", "valid for work only"),
        number=r"(?<!\d)\d{3}-\d\d-\d{4}(?!\d)",
        fewest_fields=2,
    ),
)  # fmt: skip
_MOST_WORDS = 9
"""Captions stand in short lines; `name`, `class` and `issued` in a long one are running text."""

_FIELDS_WITHOUT_TITLE = 6
_ANY_DATE = re.compile(DATE, re.IGNORECASE)
# AAMVA DL/ID Card Design Standard: file type, issuer, versions, then the first subfile.
_LICENCE_BAR_CODE = re.compile(r"ANSI ?\d{6,10}\d{0,6}(?:DL|ID)|^ANSI ?\d{6}")


class IdDocuments:
    """A title and three captions, or a title and the number (score 0.85).

    Without a title six different captions and a date (0.7).
    """

    name: ClassVar[str] = "identity documents"
    label: ClassVar[str] = "id_document"

    def find(self, lines: Sequence[str]) -> list[Passage]:
        """At most one passage, over all lines that speak for the likeliest kind."""
        for number, line in enumerate(lines):
            if _LICENCE_BAR_CODE.search(line):
                return [
                    Passage(
                        ((number, 0, len(line)),),
                        0.95,
                        "the bar code of a driver's licence",
                        {"id_kind": "driver_licence"},
                    )
                ]
        found = [passage for layout in _LAYOUTS if (passage := _matched(layout, lines))]
        return sorted(found, key=lambda passage: (-passage.score, -len(passage.parts)))[:1]


def _matched(layout: _Layout, lines: Sequence[str]) -> Passage | None:
    titles = {number for number, line in enumerate(lines) if layout.title.search(line)}
    short = [number for number, line in enumerate(lines) if len(line.split()) <= _MOST_WORDS]
    captions = [
        {number for number in short if caption.search(lines[number])} for caption in layout.captions
    ]
    fields = [where for where in captions if where]
    numbers = {n for n, line in enumerate(lines) if layout.numbered.search(straight(line))}
    dates = {number for number in short if _ANY_DATE.search(straight(lines[number]))}
    if titles and ((numbers and fields) or len(fields) >= layout.fewest_fields):
        score, why = 0.85, "the title and the captions of an identity document"
    elif len(fields) >= _FIELDS_WITHOUT_TITLE and dates:
        score, why = 0.7, "the captions of an identity document"
    else:
        return None
    places = sorted(titles.union(*fields, numbers, dates))
    parts = tuple((number, 0, len(lines[number])) for number in places)
    return Passage(parts, score, why, {"id_kind": layout.kind})
