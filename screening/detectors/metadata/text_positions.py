"""Finds positions in free text, and notes what a comment in a file says and gives away.

Spellings: ISO 6709:2022 annex H; degrees, minutes and seconds or decimal degrees with N, S, E
and W; the words latitude and longitude; RFC 5870 (`geo:`); links to maps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from screening.detectors.metadata.harvest import Harvest, Spans
from screening.detectors.metadata.positions import (
    Position,
    checked_position,
    degrees,
    parse_iso_6709,
)
from screening.detectors.metadata.source import DamagedError
from screening.detectors.metadata.values import account_name, local_path, may_hold_path

_MAX_POSITIONS = 16
"""Per text; a track written out in a comment is noted by its first points."""

_DIGITS = re.compile(r"\d[.,:°º'\u2032\s]|\ddeg")
_DECIMAL = r"[+-]?\d{1,3}\.\d{3,12}"
_PARTS = (
    r"(\d{1,3}(?:\.\d{1,12})?)\s?(?:°|º|deg|d)\s?"
    r"(?:(\d{1,2}(?:\.\d{1,12})?)\s?(?:['\u2032\u2019]|min|m)?\s?)?"
    r"(?:(\d{1,2}(?:\.\d{1,12})?)\s?(?:[\"\u2033\u201d]|''|sec|s)?\s?)?"
)
_BETWEEN = r"[\s,;/|&]{1,4}"
_ISO_6709 = re.compile(
    r"(?<![\d.+-])[+-]\d{2,6}\.\d{2,9}[+-]\d{3,7}\.\d{2,9}(?:[+-]\d+(?:\.\d+)?)?/?"
)
_LETTERS_BEHIND = re.compile(
    rf"(\d{{1,2}}\.\d{{2,12}})\s?°?\s?([NS])\b{_BETWEEN}(\d{{1,3}}\.\d{{2,12}})\s?°?\s?([EW])\b"
)
_LETTERS_BEFORE = re.compile(
    rf"\b([NS])\s?(\d{{1,2}}\.\d{{2,12}})°?{_BETWEEN}([EW])\s?(\d{{1,3}}\.\d{{2,12}})"
)
_PARTS_BEHIND = re.compile(rf"{_PARTS}([NS])\b{_BETWEEN}{_PARTS}([EW])\b")
_PARTS_BEFORE = re.compile(rf"\b([NS])\s?{_PARTS}{_BETWEEN}?([EW])\s?{_PARTS}")
_WORDS = re.compile(
    r"\blat(?:itude)?\b[^\d\w+-]{0,8}([+-]?\d{1,2}\.\d{1,12})"
    r".{0,24}?\blon(?:g|gitude)?\b[^\d\w+-]{0,8}([+-]?\d{1,3}\.\d{1,12})",
    re.IGNORECASE | re.DOTALL,
)
_LINK = re.compile(
    rf"(?:\bgeo:|[/@?&](?:@|q=|ll=|query=|center=|daddr=|loc:)?)({_DECIMAL}),(?:%20)?({_DECIMAL})"
)
_WHOLE_TEXT = re.compile(rf"\s*[(\[]?({_DECIMAL})[\s,;/]{{1,3}}({_DECIMAL})[)\]]?\s*")
_WEST_SOUTH = "SW"

_ENCODER_MARKS = re.compile(
    r"CREATOR:|Lavc\d|x264|LEAD Technologies|File written by Adobe Photoshop|"
    r"Adobe ImageReady|Intel\(R\) JPEG Library|AppleMark|ACD Systems|ScanSnap|"
    r"(?:Created|Edited|Made|Saved) (?:with|using)\b|"
    r"(?:Processed|Compressed|Optimized|Generated) (?:by|with|using)\b|"
    r"Ulead|JPEG Encoder|ImageMagick|GIFBuilder|Handmade Software|MozJPEG|libjpeg|LIVE_",
    re.IGNORECASE,
)
_MAX_MARK_CHARACTERS = 200


def find_positions(text: str) -> list[Position]:
    """Positions that a text spells out; numbers that only might be one are left alone."""
    if not _DIGITS.search(text):
        return []
    found: dict[tuple[float, float], Position] = {}
    for position in _candidates(text):
        found.setdefault((position.latitude_deg, position.longitude_deg), position)
        if len(found) >= _MAX_POSITIONS:
            break
    return list(found.values())


def note_text(
    harvest: Harvest, carrier: str, field: str, text: str | None, spans: Spans = ()
) -> None:
    """Note a comment: as the mark of a program or as a description, with what is in it.

    Raises:
        DamagedError: as `note_traces`.
    """
    if not text:
        return
    if len(text) <= _MAX_MARK_CHARACTERS and _ENCODER_MARKS.search(text):
        harvest.add_edit(carrier, field, "software", text, spans)
    else:
        harvest.add_description(carrier, field, text, spans)
    note_traces(harvest, carrier, field, text, spans)


def note_traces(harvest: Harvest, carrier: str, field: str, text: str, spans: Spans = ()) -> None:
    """Note the positions in a text, and a path on somebody's disk with whose account it names.

    Raises:
        DamagedError: the file has far more text than any real file.
    """
    harvest.spend_search(len(text))
    for position in find_positions(text):
        harvest.add_position(carrier, field, position, spans=spans)
    path = local_path(text) if may_hold_path(text) else None
    if path:
        harvest.add_edit(carrier, field, "file_path", path, spans)
        harvest.add_person(carrier, field, account_name(path), spans)


def _candidates(text: str) -> Iterator[Position]:
    for match in _ISO_6709.finditer(text):
        try:
            position = parse_iso_6709(match.group())
        except DamagedError:
            continue
        if position:
            yield position
    for latitude, south, longitude, west in _LETTERS_BEHIND.findall(text):
        yield from _decimal(latitude, longitude, south, west)
    for south, latitude, west, longitude in _LETTERS_BEFORE.findall(text):
        yield from _decimal(latitude, longitude, south, west)
    for *parts, south, degrees_east, minutes_east, seconds_east, west in _PARTS_BEHIND.findall(
        text
    ):
        yield from _sexagesimal(parts, [degrees_east, minutes_east, seconds_east], south, west)
    for south, *parts, west, degrees_east, minutes_east, seconds_east in _PARTS_BEFORE.findall(
        text
    ):
        yield from _sexagesimal(parts, [degrees_east, minutes_east, seconds_east], south, west)
    pairs = _WORDS.findall(text) + _LINK.findall(text)
    whole = _WHOLE_TEXT.fullmatch(text)
    for latitude, longitude in [*pairs, *([whole.groups()] if whole else [])]:
        yield from _decimal(latitude, longitude)


def _decimal(latitude: str, longitude: str, south: str = "", west: str = "") -> list[Position]:
    return _checked(_signed(float(latitude), south), _signed(float(longitude), west))


def _sexagesimal(
    latitude: list[str], longitude: list[str], south: str, west: str
) -> list[Position]:
    north_deg, east_deg = (
        degrees([float(part) if part else None for part in parts])
        for parts in (latitude, longitude)
    )
    return _checked(_signed(north_deg or 0.0, south), _signed(east_deg or 0.0, west))


def _signed(value: float, letter: str) -> float:
    return -value if letter and letter in _WEST_SOUTH else value


def _checked(latitude_deg: float, longitude_deg: float) -> list[Position]:
    """One position, or none where the numbers are no place on Earth and so meant otherwise."""
    try:
        position = checked_position(latitude_deg, longitude_deg)
    except DamagedError:
        return []
    return [position] if position else []
