"""Texts and times as metadata spells them, into plain ones."""

from __future__ import annotations

import re

_TIME = re.compile(
    r"(?P<year>\d{4})(?:[-:/. ]?(?P<month>\d{2})(?:[-:/. ]?(?P<day>\d{2}))?)?"
    r"(?:[T ]*(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)


def clean_text(text: str | None) -> str | None:
    """One line without control characters or padding; None when nothing is left."""
    if not text:
        return None
    printable = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(printable.split()) or None


def decode_text(raw: bytes) -> str:
    """UTF-8 where it is, else Latin-1; up to the first NUL."""
    raw = raw.partition(b"\0")[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def iso_time(text: str | None) -> str | None:
    """ISO 8601 (RFC 3339 separators) from EXIF, XMP, IPTC or ISO spelling.

    Fractions of a second are dropped. None for blank, zero and impossible times.
    """
    match = _TIME.match((clean_text(text) or "").strip("'\""))
    if match is None:
        return None
    parts = match.groupdict()
    numbers = {key: int(parts[key] or low) for key, low in _LOWEST.items()}
    if any(not low <= numbers[key] <= _HIGHEST[key] for key, low in _LOWEST.items()):
        return None
    date = "-".join(parts[key] for key in ("year", "month", "day") if parts[key])
    if parts["hour"] is None or parts["day"] is None:
        return date
    zone = parts["zone"] or ""
    if zone and zone != "Z" and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    return f"{date}T{parts['hour']}:{parts['minute']}:{parts['second'] or '00'}{zone}"


_LOWEST = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
_HIGHEST = {"year": 9999, "month": 12, "day": 31, "hour": 24, "minute": 59, "second": 60}
