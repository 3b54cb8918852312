"""Numbers of incidents, reports and 911 calls: digits after the words of dispatchers."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import (
    NO_LETTER_BEFORE,
    Phrases,
    choice,
    spelled,
    straight,
    straightened,
)

_STRONG = (
    "incident no", "incident number", "incident id", "incident", "incident report",
    "police report", "police report no", "offense report", "offense no", "arrest no",
    "arrest report", "booking no", "booking number", "cad no", "cad number", "cad id",
    "cad incident", "cfs", "cfs no", "call for service", "calls for service", "event no",
    "event number", "complaint no", "complaint number", "crash report", "accident report",
    "evidence no", "evidence item", "property no", "inmate no", "inmate id", "inmate number",
    "ori", "oca", "nic", "fbi no", "fbi number", "sid no", "911 call", "911 call no", "911 call id",
    "9-1-1 call", "run no", "dr no", "rd no", "summons no", "ticket no", "citation",
)  # fmt: skip
_WEAK = ("report no", "report number", "report", "complaint", "cad", "event", "call no")
_VOCABULARY = Phrases((*_STRONG, *_WEAK, "no", "number"))
_SIGN = r"(?:[\s.:]{0,3}(?:n[o0]\b\.?|num(?:ber)?\b|#|№)[\s.:#]{0,3}|[\s.:#]{1,4})"
_MUST_SIGN = r"(?:[\s.:]{0,3}(?:n[o0]\b\.?|num(?:ber)?\b|#|№)[\s.:#]{0,3}|\s?:\s?|\s?#\s?)"
# Not a time, a date, a price or a year.
_NUMBER = (
    r"(?P<number>(?!(?:19|20)\d\d(?![\w-]))(?!\d{1,2}[:/]\d)(?=(?:[A-Z]{0,5}-?){0,2}\d)"
    r"(?=(?:[A-Z-]*\d){4})[A-Z\d]{1,12}(?:-[A-Z\d]{1,10}){0,3})(?![\w/$%]|[.:,]\d)"
)
_ANY = re.compile(
    rf"{NO_LETTER_BEFORE}(?:(?P<strong>{choice(_STRONG)}){_SIGN}|(?:{choice(_WEAK)}){_MUST_SIGN}"
    # Canadian dollars have no hyphen.
    rf"|{spelled('cad')}\s(?=\d+-\d))" + _NUMBER,
    re.IGNORECASE,
)
_TWO_DATES = re.compile(r"(?:19|20)\d\d-(?:19|20)?\d\d$|(?:19|20)\d\d-\d\d-\d\d$")
_CALL = re.compile(
    r"(?<!\w)9-?1-?1\s(?:call|caller|transcript|dispatch|recording)\b.{0,12}?"
    r"(?:\d{1,2}:\d\d|\d{2}-\d{4,})",
    re.IGNORECASE,
)


class IncidentNumbers:
    """After INCIDENT, CFS, CAD NO. and their kin score 0.85; after REPORT # and others 0.7."""

    name: ClassVar[str] = "incident numbers"
    label: ClassVar[str] = "incident_number"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every such number with the words before it."""
        plain = straight(text)
        spans = [
            claim(
                match.span(),
                0.85 if match["strong"] else 0.7,
                "a number after words of police reports",
                _VOCABULARY.misread(plain[match.start() : match.start("number")])
                + straightened(text, plain, *match.span()),
            )
            for match in _ANY.finditer(plain)
            if not _TWO_DATES.match(match["number"])
        ]
        if spans:
            return spans
        return [
            claim(match.span(), 0.75, "a 911 call and its time or number")
            for match in _CALL.finditer(plain)
        ]
