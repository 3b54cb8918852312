"""How addresses in India end: with a state and a postal code, the PIN (India Post)."""

from __future__ import annotations

import re

STATE = (
    r"(?:Andhra\sPradesh|Arunachal\sPradesh|Assam|Bihar|Chandigarh|Chhattisgarh|Delhi|Goa|Gujarat"
    r"|Haryana|Himachal\sPradesh|Jharkhand|Karnataka|Kerala|Madhya\sPradesh|Maharashtra|Manipur"
    r"|Meghalaya|Mizoram|Nagaland|Odisha|Puducherry|Punjab|Rajasthan|Sikkim|Tamil\s?Nadu|Telangana"
    r"|Tripura|Uttarakhand|Uttar\sPradesh|West\sBengal)"
)
_DIVISION = r"(?:dist(?:rict)?|taluka?|tehsil|nagar|marg|mandal|india)"
_PLACE = re.compile(rf"\b(?:{STATE}|{_DIVISION})\b", re.IGNORECASE)
_POSTAL = re.compile(r"[1-8]\d{5}")


def is_postal_pin(value: str, before: str) -> bool:
    """Whether digits after PIN are a postal code: six of them behind words of an Indian address."""
    return _POSTAL.fullmatch(value) is not None and _PLACE.search(before) is not None
