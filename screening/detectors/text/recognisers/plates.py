"""Licence plates: a line that holds nothing but a plate-shaped mix of letters and digits."""

from __future__ import annotations

import re
from typing import ClassVar

from screening.detectors.text.recognisers.base import Span, claim

# Bolts, seals and inspection stickers between the groups are read as all sorts of signs.
_GAP = r"[^A-Za-z0-9/$€£%]{0,3}"
_SEEN_GAP = r"[^A-Za-z0-9/$€£%]{1,3}"
_DIGIT = "[0-9O]"
_SHAPES = (
    rf"[A-Z]{{2,3}}{_GAP}[0-9]{{3,4}}",  # many US states, Sweden, Hungary
    rf"[0-9]{{3,4}}{_GAP}[A-Z]{{2,3}}",  # US, Spain
    rf"[0-9][A-Z]{{3}}{_GAP}[0-9]{{3}}",  # California
    rf"[A-Z]{{2}}[0-9]{_GAP}[A-Z][0-9][A-Z]",  # Missouri
    rf"[A-Z]{{2}}{_GAP}[0-9]{{5}}",  # Illinois, Norway, Poland
    rf"[A-Z]{{2}}[0-9]{{2}}{_GAP}[A-Z]{{3}}",  # United Kingdom
    # France, Italy, Slovakia
    rf"[A-Z]{{2}}{_GAP}{_DIGIT}{{3}}{_GAP}[A-Z0][A-Z]|[A-Z]{{2}}{_GAP}{_DIGIT}{{3}}{_GAP}[A-Z]0",
    rf"[A-Z]{{1,3}}{_SEEN_GAP}[A-Z]{{1,2}}{_GAP}[0-9]{{2,4}}[EH]?",  # Germany
    rf"[A-Z]{{2,3}}{_GAP}[0-9]{{3,4}}{_GAP}[A-Z]{{1,2}}",  # Croatia, Singapore
    rf"[A-Z]{{2}}{_GAP}[0-9]{{1,2}}{_GAP}[A-Z]{{1,2}}{_GAP}[0-9]{{4}}",  # India
    rf"[0-9][A-Z][0-9]{_GAP}[0-9]{{4}}|[0-9][A-Z][0-9]{{5}}",  # Czechia
    rf"[A-Z]{{3}}{_GAP}[0-9][A-Z][0-9]{{2}}",  # Brazil, Mercosur
)
_PLATE = re.compile(rf"[^A-Za-z0-9#$€£]{{0,2}}(?P<plate>{'|'.join(_SHAPES)})\W{{0,2}}")
_LETTERS = re.compile(r"[A-Z]+")

# Letters that stand beside numbers in any street: MAY 2021, BMW 320, RM 204, 500 ML.
_EVERYDAY_LETTERS = """
months, days, eras: JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC
    MON TUE WED THU FRI SAT SUN EST AD BC AM PM
money: USD EUR GBP CAD AUD SGD CHF JPY INR RM RS HK CNY YEN
units: ML MG KG LB LBS OZ KM MM CM FT IN NET HP KW MW KWH MAH GB MB TB KB HZ KHZ MHZ GHZ DPI PPI PSI
    MPH KMH KPH RPM CC CAL PCS PC QTY CT PT HR HRS MIN SEC DEG
addresses, roads: APT STE BOX POB BLK LOT BAY ST ND RD TH AVE DR LN HWY RTE SR CR FM US BUS
numbers, papers: NO NR NUM NOS TEL FAX EXT REF INV ISO DIN EN SN PN ID PO SKU VAT TAX FIG VOL PG CH
    DSN CAD
machines: CAR CV BMW VW GT GTI GTX RTX MP USB HD VGA LED LCD SPF PIN ATM DVD CD TV UHD AWG PVC
words: THE AND FOR OFF TOP VIP NEW OLD AGE ALL GET ONE TWO TEN OK
"""
_EVERYDAY = frozenset(re.findall(r"\b[A-Z]+\b", _EVERYDAY_LETTERS))

_STATE_CODES = """
AL AK AZ AR CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ
NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY
"""
_STATES = frozenset(_STATE_CODES.split())
_POSTCODE = re.compile(r"([A-Z]{2})\s+[0-9]{5}")


class LicensePlates:
    """Score 0.6: shape alone does not tell a plate from a part number."""

    name: ClassVar[str] = "licence plates"
    label: ClassVar[str] = "license_plate"
    joins_lines: ClassVar[bool] = False

    def find(self, text: str) -> list[Span]:
        """The plate, if the whole line is one."""
        match = _PLATE.fullmatch(text)
        if match is None:
            return []
        # Only the first letters tell: what closes a plate (AD in Slovakia) is no unit there.
        letters = _LETTERS.search(match["plate"])
        if letters and letters[0] in _EVERYDAY:
            return []
        postcode = _POSTCODE.fullmatch(match["plate"])
        if postcode and postcode[1] in _STATES:
            return []
        return [claim(match.span("plate"), 0.6, "the shape of a plate, alone on its line")]
