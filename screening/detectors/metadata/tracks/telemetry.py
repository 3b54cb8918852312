"""Reads positions out of single samples of metadata and text tracks.

Source: Google, Camera Motion Metadata specification (camm, types 5 and 6); QuickTime File Format
Specification, "Timed Metadata" (mebx); NMEA 0183 (RMC, GGA); layouts that have no specification
as ExifTool's QuickTimeStream documents them (Sony rtmd, DJI, dashcams, freeGPS).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from screening.detectors.metadata.positions import (
    Position,
    checked_position,
    degrees,
    parse_iso_6709,
)
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tracks.gpmf import TelemetryPosition

_NUMBER = rb"[-+]?\d{1,3}\.\d+"
_GPS_TUPLE = re.compile(rb"GPS ?\(\s*(%s),\s*(%s)(?:,\s*([-+]?\d+(?:\.\d+)?))?" % ((_NUMBER,) * 2))
_NAMED = re.compile(
    rb"\blat(?:itude)?\]?\s*[:=]\s*(%s).{0,40}?\blon(?:g|gt?itude)?\]?\s*[:=]\s*(%s)"
    % ((_NUMBER,) * 2),
    re.IGNORECASE | re.DOTALL,
)
_LETTERS = re.compile(
    rb"\b(?:([NS])[ :]?(\d{1,2}\.\d{2,}),?[ -]{0,3}([EW])[ :]?(\d{1,3}\.\d{2,})"
    rb"|(\d{1,2}\.\d{2,}) ?([NS]),? {0,3}(\d{1,3}\.\d{2,}) ?([EW]))\b"
)
_NMEA = re.compile(
    rb"(?:[A-Z]{2}RMC,(?P<time>\d{6})[\d.]*,A?|[A-Z]{2}GGA,[\d.]*|\bA,\d{6},[\d.]*)"
    rb",(?P<latitude>\d{3,4}\.\d+),(?P<ns>[NS]),(?P<longitude>\d{3,5}\.\d+),(?P<ew>[EW])"
    rb"(?:,[\d.]*,[\d.]*,(?P<date>\d{6}))?"
)
_ISO_6709 = re.compile(rb"[+-]\d{2,6}\.\d{2,}[+-]\d{3,7}\.\d{2,}(?:[+-]\d+(?:\.\d*)?)?/?")
_MASKED = (b"\xf2\xe1\xf0\xee", b"\xaa\xaa")
_MASKED_TEXT = re.compile(rb"([NS])(\d{2})(\d{6})([EW])(\d{3})(\d{6})")
_MASK = bytes(value ^ 0xAA for value in range(256))
_SHIFTED_BY_16 = bytes(max(value - 16, 0) for value in range(256))


def positions_in_text(sample: Source, name: str = "text") -> Iterator[TelemetryPosition]:
    """Positions that a text spells out, in any of the known ways."""
    text = sample.read_up_to(0, sample.size)
    for pattern, read in _TEXT_READERS:
        for match in pattern.finditer(text):
            position = read(match)
            if position is not None:
                spans = sample.spans(match.start(), match.end() - match.start())
                yield TelemetryPosition(name, position, True, spans)
    if text[2:6] == _MASKED[0] or text[4:6] == _MASKED[1]:
        masked = _MASKED_TEXT.search(text.translate(_MASK))
        position = _masked(masked) if masked else None
        if masked and position is not None:
            spans = sample.spans(masked.start(), masked.end() - masked.start())
            yield TelemetryPosition(name, position, True, spans)


def _longitude_first(match: re.Match[bytes]) -> Position | None:
    longitude, latitude, altitude = match.groups()
    return checked_position(float(latitude), float(longitude), float(altitude or 0) or None)


def _latitude_first(match: re.Match[bytes]) -> Position | None:
    return checked_position(float(match[1]), float(match[2]))


def _lettered(match: re.Match[bytes]) -> Position | None:
    parts = [part for part in match.groups() if part is not None]
    letters = [part for part in parts if part in b"NSEW"]
    latitude, longitude = (float(part) for part in parts if part not in b"NSEW")
    return checked_position(
        latitude * (-1 if b"S" in letters else 1), longitude * (-1 if b"W" in letters else 1)
    )


def _nmea(match: re.Match[bytes]) -> Position | None:
    latitude = packed_minutes(float(match["latitude"]), match["ns"])
    longitude = packed_minutes(float(match["longitude"]), match["ew"])
    date, time = (match["date"] or b"").decode(), (match["time"] or b"").decode()
    stamp = None
    if date and time:
        stamp = (
            f"20{date[4:]}-{date[2:4]}-{date[:2]}T{time[:2]}:{time[2:4]}:{time[4:]}Z"
        )  # fmt: skip
    return checked_position(latitude, longitude, None, stamp)


def _masked(match: re.Match[bytes]) -> Position | None:
    latitude = int(match[2]) + int(match[3]) / 600000
    longitude = int(match[5]) + int(match[6]) / 600000
    return checked_position(
        -latitude if match[1] == b"S" else latitude, -longitude if match[4] == b"W" else longitude
    )


def _annex_h(match: re.Match[bytes]) -> Position | None:
    return parse_iso_6709(match[0].decode("ascii"))


_TEXT_READERS = (
    (_GPS_TUPLE, _longitude_first),
    (_NAMED, _latitude_first),
    (_LETTERS, _lettered),
    (_NMEA, _nmea),
    (_ISO_6709, _annex_h),
)


def packed_minutes(value: float, letter: bytes = b"") -> float:
    """Degrees from `DDDMM.MMMM`, south and west negative."""
    whole = int(value / 100)
    found = whole + (value - whole * 100) / 60
    return -abs(found) if letter in (b"S", b"W") else found


def positions_in_camm(sample: Source) -> Iterator[TelemetryPosition]:
    """A camera motion packet; only types 5 and 6 hold a position.

    Raises:
        DamagedError: it is cut short.
    """
    data = sample.read_up_to(0, 64)
    if len(data) < 4:
        raise DamagedError
    (kind,) = struct.unpack_from("<H", data, 2)
    start, length = {5: (4, 24), 6: (16, 20)}.get(kind, (0, 0))
    if not start:
        return
    if len(data) < start + length:
        raise DamagedError
    latitude, longitude, altitude = struct.unpack_from("<ddd" if kind == 5 else "<ddf", data, start)
    fixed = kind == 5 or struct.unpack_from("<I", data, 12)[0] != 0
    position = checked_position(latitude, longitude, altitude)
    if position is not None:
        yield TelemetryPosition("camm", position, fixed, sample.spans(start, 16))


def positions_in_rtmd(sample: Source) -> Iterator[TelemetryPosition]:
    """Sony's real-time metadata: tag, length, value; 0x85xx is EXIF GPS tag xx.

    Raises:
        DamagedError: a value reaches over the end, or the position is incomplete.
    """
    data = sample.read_up_to(0, sample.size)
    found: dict[int, tuple[int, bytes]] = {}
    offset = int.from_bytes(data[:2], "big")
    while offset + 4 <= len(data):
        tag, length = struct.unpack_from(">HH", data, offset)
        if tag == 0:
            break
        if tag == 0x060E:
            offset += 16
            continue
        offset += 4
        if tag == 0x8300:
            continue
        if offset + length > len(data):
            raise DamagedError
        found[tag] = (offset, data[offset : offset + length])
        offset += length
    if 0x8502 not in found or 0x8504 not in found:
        return
    latitude = _rationals(found[0x8502][1], found.get(0x8501, (0, b""))[1], b"S")
    longitude = _rationals(found[0x8504][1], found.get(0x8503, (0, b""))[1], b"W")
    position = checked_position(latitude, longitude)
    if position is not None:
        fixed = found.get(0x8509, (0, b"A"))[1][:1] != b"V"
        spans = sample.spans(found[0x8502][0], 24) + sample.spans(found[0x8504][0], 24)
        yield TelemetryPosition("rtmd", position, fixed, spans)


def _rationals(raw: bytes, letter: bytes, negative: bytes) -> float | None:
    numbers = struct.unpack_from(f">{len(raw) // 4}I", raw)
    parts = [
        top / bottom if bottom else None
        for top, bottom in zip(numbers[::2], numbers[1::2], strict=False)
    ]
    value = degrees(parts)
    return -value if value and letter[:1] == negative else value


def positions_in_free_gps(block: Source) -> Iterator[TelemetryPosition]:
    """A `freeGPS` block of a dashcam: text, masked text, or 32-bit floats `DDDMM.MMMM`.

    Raises:
        DamagedError: in a layout that is not read here.
    """
    data = block.read_up_to(0, min(block.size, 0x8000))
    if data[4:12] != b"freeGPS ":
        raise DamagedError
    shifted = data[60:140].translate(_SHIFTED_BY_16)
    candidates = [(data, 0, _NMEA, _nmea), (shifted, 60, _NMEA, _nmea)]
    if data[18:26] == b"\xaa\xaa\xf2\xe1\xf0\xee\x54\x54":
        candidates.append((data[18:].translate(_MASK), 18, _MASKED_TEXT, _masked))
    for text, base, pattern, read in candidates:
        match = pattern.search(text)
        if match:
            position = read(match)
            if position is not None:
                spans = block.spans(base + match.start(), match.end() - match.start())
                yield TelemetryPosition("freeGPS", position, True, spans)
            return
    for letters, latitude_at, longitude_at in _FREE_GPS_FLOATS:
        status, north, east = (data[at : at + 1] for at in letters)
        if status in (b"A", b"V") and north in (b"N", b"S") and east in (b"E", b"W"):
            at = (latitude_at, longitude_at)
            position = _packed_floats(data, at, (north, east))
            if position is not None:
                spans = block.spans(min(at), max(at) - min(at) + 4)
                yield TelemetryPosition("freeGPS", position, status == b"A", spans)
            return
    if any(data[16:]):
        raise DamagedError(_UNKNOWN_DASHCAM)


_UNKNOWN_DASHCAM = "holds dashcam positions in a layout that is not read here"
# Where status, N or S, and E or W stand; where latitude and longitude do.
_FREE_GPS_FLOATS = (
    ((72, 73, 74), 76, 80),
    ((40, 41, 42), 44, 48),
    ((60, 68, 76), 64, 72),
    ((64, 65, 66), 96, 92),
)


def _packed_floats(
    data: bytes, at: tuple[int, int], letters: tuple[bytes, bytes]
) -> Position | None:
    if len(data) < max(at) + 4 or (at[0] == 76 and not any(data[75:80]) and any(data[80:92])):
        raise DamagedError(_UNKNOWN_DASHCAM)  # such as Akaso V1, whose positions are ciphered
    latitude, longitude = (struct.unpack_from("<f", data, start)[0] for start in at)
    if not (abs(latitude) <= 9000 and abs(longitude) <= 18000):
        raise DamagedError(_UNKNOWN_DASHCAM)
    return checked_position(
        packed_minutes(latitude, letters[0]), packed_minutes(longitude, letters[1])
    )
