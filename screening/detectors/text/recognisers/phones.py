"""Telephone numbers, by the numbering plans of `phonenumbers`."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim, outside
from screening.detectors.text.recognisers.look_alikes import straight, straightened

_CONTEXT = re.compile(
    r"(?:\b(?:tel|telephone|phone|ph|mobile|mob|cell|fax|call|text|sms|whatsapp|signal|contact|dial"
    r"|pager|desk|direct|office|home)\b|☎|✆)[^\d+]{0,24}$",
    re.IGNORECASE,
)
# ISBN, order and account numbers look like phone numbers; amounts and ranges of years too.
_NO_PHONE_BEFORE = re.compile(
    r"(?:\b(?:isbn|issn|upc|ean|sku|order|invoice|inv|account|acct|serial|model|part|item|ref"
    r"|tracking|batch|lot|po|nr|id|no|s/n|p/n|fcc|patent|pat|since|est)\b[\s.:#]*(?:no|number)?"
    r"|[$€£#]|№)[\s.:#]*$",
    re.IGNORECASE,
)
# Seven digits are a local number only after a word that says so.
_LOCAL = re.compile(r"(?<![\w.-])[2-9]\d{2}[-.\s]\d{4}(?![\w-]|\.\d)")
_DATE = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d{4}(?!\d)|\d{4}[-./]\d\d[-./]\d\d(?!\d)")
_TEN_DIGITS = re.compile(r"\d{9,13}")
_ABROAD = ("GB", "IN", "AU", "DE", "FR", "MX", "PH")
_LEAST_DIGITS_ABROAD = 9


class PhoneNumbers:
    """Numbers valid in their region score 0.85, after a word such as TEL 0.9.

    Without any sign between the digits (0.7), or with seven digits only (0.6), such a word must
    stand before. Toll-free numbers and others that are nobody's own are left out.

    Args:
        region: two letters of the country whose numbers are written without a country code.
    """

    name: ClassVar[str] = "phone numbers"
    label: ClassVar[str] = "phone_number"
    joins_lines: ClassVar[bool] = False

    def __init__(self, region: str) -> None:
        self._region = region

    def find(self, text: str) -> list[Span]:
        """Every phone number in `text`."""
        if sum(map(str.isdecimal, text)) < 6:
            return []
        plain = straight(text)
        whole = [
            claim(place, score, why, straightened(text, plain, *place))
            for place, score, why in self._valid(plain)
        ]
        local = [
            claim(
                match.span(),
                0.6,
                "seven digits after a word for telephones",
                straightened(text, plain, *match.span()),
            )
            for match in _LOCAL.finditer(plain)
            if _CONTEXT.search(plain[: match.start()])
        ]
        abroad = [
            claim(place, 0.6, why, straightened(text, plain, *place))
            for place, why in self._valid_abroad(plain)
        ]
        home = whole + outside(local, whole)
        return home + outside(abroad, home)

    def _valid_abroad(self, plain: str) -> list[tuple[tuple[int, int], str]]:
        """Numbers of people in the first of some other countries where they are valid."""
        import phonenumbers  # noqa: PLC0415

        if not any(map(_CONTEXT.search, _before_digits(plain))):
            return []
        kinds = phonenumbers.PhoneNumberType
        persons = {kinds.MOBILE, kinds.FIXED_LINE, kinds.FIXED_LINE_OR_MOBILE}
        found: dict[tuple[int, int], str] = {}
        for country in _ABROAD:
            for match in phonenumbers.PhoneNumberMatcher(plain, country):
                digits = sum(map(str.isdecimal, match.raw_string))
                if (
                    digits >= _LEAST_DIGITS_ABROAD
                    and phonenumbers.number_type(match.number) in persons
                    and "/" not in match.raw_string
                    and not _DATE.match(match.raw_string)
                    and _CONTEXT.search(plain[: match.start])
                ):
                    why = f"a phone number of {country} after a word for telephones"
                    found.setdefault((match.start, match.end), why)
        return list(found.items())

    def _valid(self, plain: str) -> list[tuple[tuple[int, int], float, str]]:
        import phonenumbers  # noqa: PLC0415 - its tables are read only where digits are

        kinds = phonenumbers.PhoneNumberType
        nobodys = {kinds.TOLL_FREE, kinds.PREMIUM_RATE, kinds.SHARED_COST, kinds.UAN}
        found = []
        for match in phonenumbers.PhoneNumberMatcher(plain, self._region):
            before = plain[: match.start]
            named = bool(_CONTEXT.search(before))
            bare = _TEN_DIGITS.fullmatch(match.raw_string) is not None
            if phonenumbers.number_type(match.number) in nobodys:
                continue
            if "/" in match.raw_string or _DATE.match(match.raw_string):
                continue
            if not named and (bare or _NO_PHONE_BEFORE.search(before)):
                continue
            score = 0.9 if named else 0.85
            why = "a valid phone number" + (" after a word for telephones" if named else "")
            found.append(((match.start, match.end), 0.7 if bare else score, why))
        return found


def _before_digits(plain: str) -> list[str]:
    """What stands before each group of digits."""
    return [plain[: match.start()] for match in re.finditer(r"(?<!\d)\d", plain)]
