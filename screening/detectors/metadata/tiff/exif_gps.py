"""Reads the GPS directory of EXIF: where the camera was, and where its subject.

A position is empty, and no finding, where the device had no fix: latitude and longitude are
missing, 0/0, or exactly 0, 0 while no time, altitude, speed or direction shows that there was
one. Half a position and one that is not on Earth are damage, because a position may have been
meant. Everything else is a position.

Source: EXIF 3.0 (CIPA DC-008-2023), section 4.6.7.
"""

from __future__ import annotations

from dataclasses import replace

from screening.detectors.metadata.harvest import Harvest
from screening.detectors.metadata.positions import Position, checked_position, degrees
from screening.detectors.metadata.source import DamagedError, Source
from screening.detectors.metadata.tiff.exif_tags import Tag, Tags
from screening.detectors.metadata.values import iso_time
from screening.records import ByteSpan

CARRIER = "EXIF"

_FIX_TAGS = ("GPSSpeed", "GPSTrack", "GPSImgDirection", "GPSDOP", "GPSTimeStamp")
_FIX_TEXTS = ("GPSSatellites", "GPSDate")
_DIRECTIONS = {"GPS": ("GPSImgDirection", "GPSTrack"), "GPSDest": ("GPSDestBearing",)}
_METRES_PER_SECOND = {"K": 1 / 3.6, "M": 0.44704, "N": 1852 / 3600}
_METHODS = frozenset({"GPS", "CELLID", "WLAN", "MANUAL", "NETWORK", "FUSED", "HYBRID-FIX"})
_LAST_OF_CLOCK = (23, 59, 60)
_WORLD = ("", "WGS84")


def note_gps(block: Source, tags: Tags, harvest: Harvest) -> None:
    """Note the positions, place and texts of one GPS directory, with the bytes they stand in."""
    own = _note_position(block, tags, harvest, "GPS")
    _note_position(block, tags, harvest, "GPSDest")
    if not own and "GPSDate" in tags:
        harvest.add_time(CARRIER, "GPSDateStamp", _timestamp(tags), _spans(block, tags, "GPSDate"))
    area = tags.get("GPSAreaInformation")
    if area:
        spans = _spans(block, tags, "GPSAreaInformation")
        harvest.add_place(CARRIER, "GPSAreaInformation", [area.marked_text], spans)
    method = tags.get("GPSProcessingMethod")
    if method and method.marked_text.strip().upper() not in _METHODS:
        spans = _spans(block, tags, "GPSProcessingMethod")
        harvest.add_description(CARRIER, "GPSProcessingMethod", method.marked_text, spans)


def _note_position(block: Source, tags: Tags, harvest: Harvest, prefix: str) -> bool:
    """Whether there was one, be it damaged."""
    own = prefix == "GPS"
    names = (f"{prefix}Latitude", f"{prefix}Longitude")
    references = [_text(tags, f"{name}Ref").strip()[:1].upper() for name in names]
    with harvest.reading("EXIF block"):
        if any(name in tags and any(tags[name].raw) for name in names):
            raise DamagedError  # coordinates that are no numbers
        position = checked_position(
            _signed(degrees(_numbers(tags, names[0])), references[0], "S"),
            _signed(degrees(_numbers(tags, names[1])), references[1], "W"),
            _altitude(tags) if own else None,
            _timestamp(tags) if own else None,
            other_content=own and _has_fix(tags),
        )
        if position is None:
            return False
        remarks: dict[str, str | int | float] = {}
        if not all(references):
            remarks["hemisphere"] = "assumed north and east"
        datum = "".join(_text(tags, "GPSMapDatum").upper().split()).replace("-", "")
        if not datum.startswith(_WORLD[1]) and datum != _WORLD[0]:
            remarks["datum"] = "not WGS84, so up to some hundred metres off"
        accuracy_m = _first(tags, "GPSHPositioningError")
        if own and accuracy_m is not None:
            remarks["accuracy_m"] = round(accuracy_m, 1)
        harvest.add_position(
            CARRIER,
            names[0],
            _with_movement(position, tags, prefix),
            remarks,
            _spans(block, tags, *names),
        )
    return True


def _with_movement(position: Position, tags: Tags, prefix: str) -> Position:
    directions = (_first(tags, name) for name in _DIRECTIONS[prefix])
    direction = next((value for value in directions if value is not None), None)
    speed = _first(tags, "GPSSpeed") if prefix == "GPS" else None
    unit = _METRES_PER_SECOND.get(_text(tags, "GPSSpeedRef").strip()[:1].upper() or "K")
    return replace(
        position,
        direction_deg=direction if direction is not None and 0 <= direction <= 360 else None,
        speed_m_s=speed * unit if speed is not None and unit is not None else None,
    )


def _has_fix(tags: Tags) -> bool:
    return any(any(_numbers(tags, name)) for name in _FIX_TAGS) or any(
        char in "123456789" for name in _FIX_TEXTS for char in _text(tags, name)
    )


def _signed(value: float | None, reference: str, negative: str) -> float | None:
    return -abs(value) if value is not None and reference == negative else value


def _altitude(tags: Tags) -> float | None:
    """Metres; reference 1 is below sea level, 3 below the ellipsoid (EXIF 3.0)."""
    altitude = _first(tags, "GPSAltitude")
    reference = tags.get("GPSAltitudeRef")
    below = reference is not None and (
        reference.raw[:1] in (b"\1", b"\3", b"1", b"3") or reference.numbers[:1] in ((1,), (3,))
    )
    return -altitude if altitude is not None and below else altitude


def _timestamp(tags: Tags) -> str | None:
    """ISO 8601 in UTC; the date alone where the clock is impossible, None without a date."""
    date = iso_time(_text(tags, "GPSDate"))
    if date is None:
        return None
    whole = [int(part) for part in _numbers(tags, "GPSTimeStamp") if part is not None]
    if len(whole) != 3 or not all(
        0 <= part <= highest for part, highest in zip(whole, _LAST_OF_CLOCK, strict=True)
    ):
        return date[:10]
    hour, minute, second = whole
    return f"{date[:10]}T{hour:02}:{minute:02}:{second:02}Z"


def _numbers(tags: Tags, name: str) -> tuple[float | None, ...]:
    tag: Tag | None = tags.get(name)
    return tag.numbers if tag else ()


def _first(tags: Tags, name: str) -> float | None:
    return next(iter(_numbers(tags, name)), None)


def _text(tags: Tags, name: str) -> str:
    tag = tags.get(name)
    return tag.text if tag else ""


def _spans(block: Source, tags: Tags, *names: str) -> tuple[ByteSpan, ...]:
    entries = [tags[name].entry for name in names if name in tags]
    return tuple(span for entry in entries for span in block.spans(entry.offset, entry.size_bytes))
