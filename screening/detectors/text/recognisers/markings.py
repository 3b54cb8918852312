"""Markings that say a paper or screen is not for everyone."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim, other_words
from screening.detectors.text.recognisers.look_alikes import Phrases

_PHRASES = {
    "confidential": (
        "confidential", "strictly confidential", "attorney eyes only", "attorneys' eyes only",
        "attorney client privileged", "attorney client privilege", "attorney work product",
        "privileged and confidential", "privileged & confidential", "confidential informant",
        "confidential source", "for internal use only", "internal use only",
        "medical confidential", "protected health information",
    ),
    "sealed": (
        "filed under seal", "under seal", "sealed by order", "sealed by court", "sealed document",
        "sealed case", "sealed record", "sealed records", "sealed exhibit", "sealed indictment",
        "sealed matter", "ordered sealed", "grand jury", "in camera review", "expunged record",
        "expunged records", "closed record", "closed records", "presentence report",
        "presentence investigation report", "protective order material",
    ),
    "law_enforcement_sensitive": (
        "law enforcement sensitive", "law enforcement only", "law enforcement use only",
        "official law enforcement use only", "for law enforcement use only", "police use only",
        "tlp red", "tlp amber",
    ),
    "criminal_justice_information": (
        "criminal justice information", "ncic", "nlets", "cjis", "criminal history record",
        "criminal history record information", "criminal history", "iii query", "rap sheet",
    ),
    "official_use": (
        "for official use only", "official use only", "not for public release",
        "not for public disclosure", "not for release", "controlled unclassified information",
        "sensitive but unclassified", "sensitive security information", "fouo", "cui",
        "do not disseminate", "not for dissemination", "no dissemination", "do not release",
        "not for distribution", "limited distribution",
    ),
    "classified": ("top secret", "secret noforn", "noforn", "classified secret"),
    "juvenile": (
        "juvenile court", "juvenile record", "juvenile records", "juvenile case",
        "juvenile offender", "juvenile detention", "juvenile file", "juvenile suspect",
        "juvenile victim", "juvenile subject", "juvenile information",
    ),
}  # fmt: skip
_KINDS = {kind: Phrases(phrases) for kind, phrases in _PHRASES.items()}
# FACTORY SEALED, RESTRICTED AREA and JUVENILE SALMON: these words are markings only when nothing
# stands beside.
_ALONE = {
    "confidential": Phrases(("privileged", "restricted", "restricted information")),
    "sealed": Phrases(("sealed",)),
    "juvenile": Phrases(("juvenile", "juveniles")),
    "criminal_justice_information": Phrases(("cji", "chri")),
}
_CAPITALS_ONLY = frozenset(
    {"NCIC", "NLETS", "CJIS", "CUI", "NOFORN", "TOPSECRET", "CJI", "CHRI", "DONOTRELEASE"}
)
"""Abbreviations, and words that in small letters mean recipes and balloons."""

_NOT_A_MARKING = re.compile(r"\b(?:non|not|l\.?\s?a\.?|kitchen)\W*$", re.IGNORECASE)
"""What stands before CONFIDENTIAL in its negation, in a film title and in a book title."""

# In running text ("this is confidential between you and me") these words mean little; as
# markings they stand in capitals or nearly alone.
_MOST_OTHER_WORDS = 3


class Markings:
    """Score 0.9 in capitals, 0.7 otherwise; lower-case words within a sentence do not count."""

    name: ClassVar[str] = "markings"
    label: ClassVar[str] = "marking"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every marking in `text`."""
        spans = []
        for kind, phrases in _KINDS.items():
            for match in phrases.finditer(text):
                few = len(other_words(text, *match.span())) <= _MOST_OTHER_WORDS
                if (_in_capitals(match[0]) or (few and _may_be_small(match[0]))) and not (
                    _NOT_A_MARKING.search(text[: match.start()])
                ):
                    spans.append(_span(match, kind, phrases))
        return spans + [
            _span(match, kind, phrases)
            for kind, phrases in _ALONE.items()
            for match in phrases.finditer(text)
            if not other_words(text, *match.span())
            and (_in_capitals(match[0]) or _may_be_small(match[0]))
        ]


def _in_capitals(words: str) -> bool:
    # OCR reads a capital I as a small l.
    return words.replace("l", "I") == words.replace("l", "I").upper()


def _may_be_small(words: str) -> bool:
    return re.sub(r"\W", "", words).upper() not in _CAPITALS_ONLY


def _span(match: re.Match[str], kind: str, phrases: Phrases) -> Span:
    score = 0.9 if _in_capitals(match[0]) else 0.7
    why = "a marking in capitals" if _in_capitals(match[0]) else "the words of a marking"
    return claim(match.span(), score, why, phrases.misread(match[0]), {"marking_kind": kind})
