"""Social-security numbers of the United States."""

from __future__ import annotations

import re
from typing import ClassVar

from stdnum.us import ssn

from screening.detectors.text.recognisers.base import Span, claim
from screening.detectors.text.recognisers.look_alikes import straight, straightened

_WORDS = re.compile(
    r"\b(?:ssn|ss\s?(?:no|num|#)|soc(?:ial)?\.?\s?sec(?:urity)?)\b.{0,20}$", re.IGNORECASE
)
_WRITTEN = re.compile(r"(?<![\w.+-])(\d{3})([-\u2010-\u2014 ]\s?)(\d{2})\2(\d{4})(?![\w-]|\.\d)")
_BARE = re.compile(r"(?<![\w.+-])(\d{3})()(\d{2})(\d{4})(?![\w-]|\.\d)")


class SocialSecurityNumbers:
    """123-45-6789 where area, group and serial are ones that are given out (score 0.9).

    After SSN 0.95, and there also without a sign between (0.85). Alone on a line also with
    blanks between (0.6).
    """

    name: ClassVar[str] = "social-security numbers"
    label: ClassVar[str] = "social_security_number"
    joins_lines: ClassVar[bool] = True

    def find(self, text: str) -> list[Span]:
        """Every social-security number in `text`."""
        plain = straight(text)
        spans = []
        for match in (*_WRITTEN.finditer(plain), *_BARE.finditer(plain)):
            named = _WORDS.search(plain[: match.start()]) is not None
            bare, blank = not match[2], match[2].isspace()
            if ((bare or blank) and not named and not _alone(plain, match)) or not ssn.is_valid(
                f"{match[1]}-{match[3]}-{match[4]}"
            ):
                continue
            score = (0.85 if bare else 0.95) if named else (0.6 if blank else 0.9)
            why = "a valid number" + (" after words for social security" if named else "")
            misread = straightened(text, plain, *match.span())
            spans.append(claim(match.span(), score, why, misread))
        return spans


def _alone(text: str, match: re.Match[str]) -> bool:
    """Whether a line holds nothing but a number with blanks; others count things in threes."""
    return match[2].isspace() and match[0] == text.strip()
