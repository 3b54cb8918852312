"""E-mail addresses: at known agencies, courts and governments, and all others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim, outside
from screening.detectors.text.recognisers.look_alikes import spelled

_GOVERNMENT = (
    "gov", "mil", "gov.uk", "police.uk", "gc.ca", "gov.au", "govt.nz", "gov.in",
    "state.[a-z]{2}.us", "co.[a-z]{2}.us", "ci.[a-z]{2}.us",
)  # fmt: skip
# OCR puts blanks around dots and @, and reads @ as one of the other round signs.
_DOT = r"\s?\.\s?"
_AT = r"\s?[@©®]\s?"
_NAME = r"(?<![\w.+-])[\w.+-]{1,64}"
_MISREAD_SIGN = re.compile(r"[©®]|\s|g0v")
_LABEL = r"[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?"
# Where OCR saw blanks beside @ the end must be a common one: "see you @ work.Today".
_COMMON_ENDS = "com|org|net|edu|info|biz|io|co|us|uk|ca|de|fr|es|it|nl|au|in|eu|gov|mil"
_ANY = re.compile(
    rf"{_NAME}(?:@|\s?[©®]\s?)(?:{_LABEL}\.){{1,4}}[a-z]{{2,18}}(?![\w@-]|\.\w)"
    rf"|{_NAME}(?:\s@\s?|@\s)(?=[a-z\d-]*[a-z])(?:{_LABEL}\.){{1,4}}(?:{_COMMON_ENDS})(?![\w@-]|\.\w)",
    re.IGNORECASE,
)


class WorkEmails:
    """Addresses at an agency's own domain (score 0.95) or under a government suffix (0.9)."""

    name: ClassVar[str] = "work e-mail domains"
    label: ClassVar[str] = "work_email"
    joins_lines: ClassVar[bool] = False

    def __init__(self, domains: Sequence[str]) -> None:
        own = [domain.lower().strip().lstrip("@.") for domain in domains]
        self._own = _addresses([_DOT.join(map(spelled, name.split("."))) for name in own if name])
        self._government = _addresses(
            [name.replace("o", "[o0]").replace(".", _DOT) for name in _GOVERNMENT]
        )

    def find(self, text: str) -> list[Span]:
        """Every work address in `text`."""
        own = [
            claim(match.span(), 0.95, "an address at a known agency", _signs(match[0]))
            for match in self._own.finditer(text)
        ]
        government = [
            claim(match.span(), 0.9, "an address under a government suffix", _signs(match[0]))
            for match in self._government.finditer(text)
        ]
        return own + outside(government, own)


class Emails:
    """Every other address (score 0.85)."""

    name: ClassVar[str] = "e-mail addresses"
    label: ClassVar[str] = "email"
    joins_lines: ClassVar[bool] = False

    def __init__(self, work: WorkEmails) -> None:
        self._work = work

    def find(self, text: str) -> list[Span]:
        """Every address in `text` that is no work address."""
        found = [
            claim(match.span(), 0.85, "an e-mail address", _signs(match[0]))
            for match in _ANY.finditer(text)
        ]
        return outside(found, self._work.find(text))


def _signs(address: str) -> int:
    return len(_MISREAD_SIGN.findall(address))


def _addresses(suffixes: Sequence[str]) -> re.Pattern[str]:
    """Addresses whose domain ends in one of `suffixes`; none at all for no suffix."""
    longest_first = sorted(suffixes, key=len, reverse=True)
    return re.compile(
        rf"{_NAME}{_AT}(?:[\w-]{{1,63}}{_DOT}){{0,6}}?"
        rf"(?:{'|'.join(longest_first) or '(?!)'})(?![\w@-]|\.\w)",
        re.IGNORECASE,
    )
