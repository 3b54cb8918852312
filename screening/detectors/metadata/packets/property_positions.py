"""Finds positions among properties, in any namespace and spelling.

Source: Adobe XMP Specification Part 2 (2016), 2.4 (`GPSCoordinate`); EXIF 3.0, 4.6.6
(references and units); Darwin Core (`decimalLatitude`); W3C Basic Geo (`lat`, `long`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from math import isfinite

from screening.detectors.metadata.packets.properties import Structure, Text
from screening.detectors.metadata.positions import Position, checked_position, degrees
from screening.detectors.metadata.values import iso_time

_NORTH = "latitude"
# One drone maker has the spelling mistake.
_EAST = ("longitude", "longtitude")
_SHORT = {"lat": _NORTH, "long": _EAST[0], "lon": _EAST[0], "lng": _EAST[0]}
_PART = r"(\d+(?:\.\d+)?(?:/\d+)?)"
_GAP = r"[,;:°º'\"\u2032\u2033\s]+"
_COORDINATE = re.compile(
    rf"([NSEW]?)\s*([+-]?){_PART}(?:{_GAP}{_PART})?(?:{_GAP}{_PART})?[°º'\"\u2032\u2033\s]*([NSEW]?)$",
    re.IGNORECASE,
)
_SPEED_UNITS_M_S = {"K": 1000 / 3600, "M": 1609.344 / 3600, "N": 1852 / 3600}

Found = tuple[str, Position | None, tuple[Text, ...]]


def positions_in(structure: Structure) -> Iterator[Found]:
    """Field, position (None for an empty one) and texts of every position in a structure.

    Drone makers have namespaces of their own, so a latitude belongs to the longitude of the
    same namespace and stem (`GPS`, `GPSDest`); the n-th one to the n-th one.

    Raises:
        DamagedError: half a position, or one that is not on Earth. No further one is looked for.
    """
    groups: dict[tuple[str, str], tuple[list[Text], list[Text]]] = {}
    for name, texts in structure.texts.items():
        if "itude" not in name and name not in _SHORT:
            continue
        stem, axis = _coordinate_name(name)
        if axis is None:
            continue
        for text in texts:
            groups.setdefault((text.namespace, stem), ([], []))[axis].append(text)
    for (namespace, stem), (north, east) in groups.items():
        for index, pair in enumerate(zip_longest(north, east)):
            known: list[Text] = [text for text in pair if text]
            around = _Surroundings(structure, namespace, stem, index)
            field = "/".join(filter(None, (structure.owner, known[0].name)))
            yield field, around.position(*pair), tuple(known)


def _coordinate_name(name: str) -> tuple[str, int | None]:
    """Stem of a lower-case name, and 0 for latitudes, 1 for longitudes, None for others."""
    name = _SHORT.get(name, name)
    if name.endswith(_NORTH):
        return name.removesuffix(_NORTH), 0
    for ending in _EAST:
        if name.endswith(ending):
            return name.removesuffix(ending), 1
    return "", None


class _Surroundings:
    """What stands beside one position: the properties of its namespace and stem."""

    def __init__(self, structure: Structure, namespace: str, stem: str, index: int) -> None:
        self._structure, self._namespace = structure, namespace
        self._stem, self._index = stem, index

    def position(self, north: Text | None, east: Text | None) -> Position | None:
        """The position itself.

        Raises:
            DamagedError: as `positions_in`.
        """
        direction_deg, speed_m_s = number(self._text("imgdirection")), self._speed_m_s()
        position = checked_position(
            _coordinate(north, self._text(f"{_NORTH}ref")),
            _coordinate(east, self._text(f"{_EAST[0]}ref")),
            self._altitude_m(),
            iso_time(self._text("timestamp")),
            other_content=bool(direction_deg or speed_m_s),
        )
        if position is None:
            return None
        return replace(position, direction_deg=direction_deg, speed_m_s=speed_m_s)

    def _text(self, ending: str) -> str:
        texts = self._structure.texts.get(f"{self._stem}{ending}", ())
        own = [text.text for text in texts if text.namespace == self._namespace]
        return own[self._index].strip() if self._index < len(own) else ""

    def _altitude_m(self) -> float | None:
        """Metres; reference 1 is below sea level."""
        altitude = number(self._text("altitude"))
        if altitude is None and not self._index:
            texts = self._structure.texts.get("absolutealtitude", ())
            altitude = number(texts[0].text) if texts else None
        return -altitude if altitude and self._text("altituderef") == "1" else altitude

    def _speed_m_s(self) -> float | None:
        speed = number(self._text("speed"))
        unit = _SPEED_UNITS_M_S.get(self._text("speedref").upper() or "K")
        return None if speed is None or unit is None else speed * unit


def _coordinate(text: Text | None, reference: str) -> float | None:
    """Signed degrees from `12,34.5678N`, `12,34,56S`, decimals, rationals or degree signs.

    NaN where it is none of these. Converters from EXIF leave the hemisphere in a property of
    its own, `reference`; some write decimal degrees with a comma.
    """
    if text is None:
        return None
    match = _COORDINATE.match(text.text.strip())
    if match is None:
        return float("nan")
    before, sign, *parts, behind = match.groups("")
    whole, minutes, seconds = (number(part) if part else None for part in parts)
    if whole is None:
        return float("nan")
    if minutes is not None and minutes >= 60 and seconds is None:
        value = number(f"{parts[0]}.{parts[1]}") or 0.0
    else:
        value = degrees([whole, minutes, seconds]) or 0.0
    hemisphere = before or behind or reference[:1]
    return -value if sign == "-" or hemisphere.upper() in ("S", "W") else value


def number(text: str) -> float | None:
    """A finite number from a decimal or a rational such as `501/2`; None where it is none."""
    numerator, _, denominator = text.partition("/")
    try:
        value = float(numerator) / float(denominator or 1)
    except (ValueError, ZeroDivisionError):
        return None
    return value if isfinite(value) else None
