"""Payment cards: numbers with a valid check digit, and the layout of a card."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import ClassVar

from stdnum import luhn

from screening.detectors.text.recognisers.base import Passage
from screening.detectors.text.recognisers.look_alikes import straight, straightened, sure

# Groups as embossed: 4-4-4-4 (Visa, Mastercard, Discover) and 4-6-5 (American Express).
_NUMBER = re.compile(
    r"(?<![\w.,-])(?:(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6(?:011|5\d\d|4[4-9]\d))(?P<sign>[ -]?)\d{4}"
    r"(?P=sign)\d{4}(?P=sign)\d{4}|3[47]\d\d(?P<amex>[ -]?)\d{6}(?P=amex)\d{5})(?![\w-]|[.,]\d)"
)
_BRAND = re.compile(
    r"master\s?card|\bvisa\b|american express|discover|maestro|rupay|debit card|credit card"
    r"|\bdebit\b|\bplatinum\b|\b(?:state )?bank\b",
    re.IGNORECASE,
)
_VALID = re.compile(r"\b(?:valid|va[il1]?[il1]d|thru|good|expires?|exp)\b", re.IGNORECASE)
_EXPIRY = re.compile(r"(?<![\d/])(?:0[1-9]|1[0-2])/\d\d(?![\d/])")
_GROUP = re.compile(r"\W*(?:\d{4}\W+){0,3}\d{4}\W*")


class PaymentCards:
    """Card numbers that hold their check digit (score 0.9), or the layout of a card (0.6).

    The layout is a brand or bank, VALID THRU, a month and year, and a group of four digits.
    """

    name: ClassVar[str] = "payment cards"
    label: ClassVar[str] = "payment_card"

    def find(self, lines: Sequence[str]) -> list[Passage]:
        """Card numbers in `lines`, or else one passage over a card's layout."""
        plain = [straight(line) for line in lines]
        numbers = [
            Passage(
                ((number, *match.span()),),
                sure(0.9, straightened(lines[number], line, *match.span())),
                "a card number with a valid check digit",
            )
            for number, line in enumerate(plain)
            for match in _NUMBER.finditer(line)
            if luhn.is_valid(re.sub(r"\D", "", match[0]))
        ]
        return numbers or _layout(plain)


def _layout(lines: Sequence[str]) -> list[Passage]:
    parts = []
    for what in (_BRAND, _VALID, _EXPIRY):
        found = [
            (number, *match.span())
            for number, line in enumerate(lines)
            for match in what.finditer(line)
        ]
        if not found:
            return []
        parts += found
    groups = [(number, 0, len(line)) for number, line in enumerate(lines) if _GROUP.fullmatch(line)]
    if not groups:
        return []
    return [Passage(tuple(sorted(parts + groups)), 0.6, "the layout of a payment card")]
