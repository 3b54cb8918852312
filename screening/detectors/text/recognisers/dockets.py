"""Docket and case numbers: federal, those of some states, and patterns of one's own.

Federal: format of the judiciary's case management system (CM/ECF), office:year-type-number-judges,
such as 4:21-cr-00123-ABC-DE; office and judges may be missing. Courts of appeals: 21-1234 after
"No.". States: Missouri 22SL-CR01234, Illinois and Ohio 2021-CF-001234, Florida
2021-CF-001234-A-O, California and New York by the word before the number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim, outside
from screening.detectors.text.recognisers.look_alikes import (
    NO_LETTER_BEFORE,
    Phrases,
    choice,
    straight,
    straightened,
)

# Hyphens and dashes U+2010 to U+2014: print and OCR use them all.
_DASH = r"\s?[-\u2010-\u2014_]\s?"
_COMMON_TYPES = "(?:cv|cr|mj|mc|bk|gj|mdl)"
_TYPES = "(?:cv|cr|mj|mc|bk|gj|mdl|ap|md|po|sw|mb|ms|pr|ad|at|fp)"
_JUDGES = r"(?:[-\u2010-\u2014][A-Z]{2,4}){0,3}"

_WITH_OFFICE = re.compile(
    rf"(?<!\w)[\dlI]{{1,2}}\s?[:;.]\s?\d{{2}}"
    rf"(?:{_DASH}{_TYPES}{_DASH}|\s{_COMMON_TYPES}\s)[OIl]{{0,2}}\d{{3,6}}{_JUDGES}(?!\w)",
    re.IGNORECASE,
)
# "Doors open 12 at 1000" and part numbers such as 24-AD-1234: without the office neither blanks
# nor the rarer types count.
_WITHOUT_OFFICE = re.compile(
    rf"(?<![\w.-])(?<!\d[:;.])(?<!\d[:;.]\s)\d{{2}}{_DASH}{_COMMON_TYPES}{_DASH}"
    rf"\d{{3,6}}{_JUDGES}(?!\w)",
    re.IGNORECASE,
)
_STATE_TYPES = "(?:CR|CV|CF|CM|CC|CT|TR|TC|DR|DV|DN|DP|JV|JU|JD|JA|FE|FA|PR|SC|CH|LM|MR|OP|MH|AC)"
_STATES = {
    "Missouri": re.compile(rf"(?<!\w)\d\d[A-Z][A-Z\d]-{_STATE_TYPES}\d{{5}}(?:-\d\d)?(?!\w)"),
    "year, type, number": re.compile(
        rf"(?<![\w-])(?:19|20)\d\d[-\s]{_STATE_TYPES}[-\s]?\d{{4,6}}(?:-[A-Z]{{1,2}}){{0,3}}(?!\w)"
    ),
}
# After these words anything with enough digits is a case number: letters and signs in between.
_CASE_WORDS = (
    "case no", "case number", "case #", "cause no", "cause number", "docket no", "docket number",
    "docket #", "docket", "index no", "index number", "civil action no", "criminal no",
    "crim no", "civ no", "citation no", "warrant no", "search warrant no", "indictment no",
)  # fmt: skip
_CASE_WORD_PHRASES = Phrases(_CASE_WORDS)
# "Case #" is a court's; "Case no. 4 of 12" is one of wine: four digits at least.
_NAMED = re.compile(
    rf"{NO_LETTER_BEFORE}(?P<words>{choice(_CASE_WORDS)})[\s.:#]{{0,4}}(?:is\s)?"
    rf"(?P<number>(?=(?:[A-Z-]*\d){{4}})[A-Z\d]{{1,14}}(?:[-/:][A-Z\d]{{1,8}}){{0,5}})(?![\w-])",
    re.IGNORECASE,
)
_APPEAL = re.compile(r"^\W*nos?\.?\s(?P<number>\d\d-\d{4,5})\W*$", re.IGNORECASE)


class DocketNumbers:
    """Federal numbers score 0.95 with an office and 0.85 without, those of states 0.85.

    A number after CASE NO. and its kin scores 0.8, No. 21-1234 alone on a line 0.5.

    Args:
        own: further patterns by name, from the options.
    """

    name: ClassVar[str] = "docket numbers"
    label: ClassVar[str] = "docket_number"
    joins_lines: ClassVar[bool] = False

    def __init__(self, own: Mapping[str, re.Pattern[str]] | None = None) -> None:
        self._own = own or {}

    def find(self, text: str) -> list[Span]:
        """Every docket number in `text`, each once."""
        plain = straight(text)
        spans: list[Span] = []
        for score, why, pattern in (
            *((0.95, f"the pattern {name}", pattern) for name, pattern in self._own.items()),
            (0.95, "a federal docket number", _WITH_OFFICE),
            (0.85, "a federal docket number without its office", _WITHOUT_OFFICE),
            *((0.85, f"a state case number ({name})", one) for name, one in _STATES.items()),
            (0.5, "a number of a court of appeals", _APPEAL),
        ):
            found = [
                claim(place, score, why, straightened(text, plain, *place))
                for match in pattern.finditer(plain)
                if (place := match.span("number" if "number" in pattern.groupindex else 0))
            ]
            spans += outside(found, spans)
        return spans + outside(_named(text, plain), spans)


def _named(text: str, plain: str) -> list[Span]:
    return [
        claim(
            match.span("number"),
            0.8,
            "a number after words for a case",
            _CASE_WORD_PHRASES.misread(match["words"])
            + straightened(text, plain, *match.span("number")),
        )
        for match in _NAMED.finditer(plain)
    ]
