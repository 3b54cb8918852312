"""Positions on Earth: degrees from their parts, ISO 6709, and what is not a position."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from screening.detectors.metadata.source import DamagedError

_NOT_A_PLACE = "holds a position that is incomplete or not a place on Earth"
_NUMBER = r"[+-]\d+(?:\.\d*)?"
_ISO_6709 = re.compile(rf"({_NUMBER})({_NUMBER})({_NUMBER})?(?:CRS[^/]*)?/?")


@dataclass(frozen=True, slots=True)
class Position:
    """WGS84, decimal degrees, north and east positive; altitude in metres, up positive.

    Direction is that of the camera, else that of its way, in degrees from north, clockwise;
    speed in metres per second.
    """

    latitude_deg: float
    longitude_deg: float
    altitude_m: float | None = None
    timestamp_utc: str | None = None
    direction_deg: float | None = None
    speed_m_s: float | None = None

    def as_values(self) -> dict[str, str | float]:
        """What is known, by name; numbers rounded to 7 decimals (1 cm on the ground)."""
        values: dict[str, str | float] = {
            "latitude_deg": round(self.latitude_deg, 7),
            "longitude_deg": round(self.longitude_deg, 7),
        }
        for name in ("altitude_m", "direction_deg", "speed_m_s"):
            value = getattr(self, name)
            if value is not None and isfinite(value):
                values[name] = round(value, 7)
        if self.timestamp_utc:
            values["timestamp_utc"] = self.timestamp_utc
        return values


def checked_position(
    latitude_deg: float | None,
    longitude_deg: float | None,
    altitude_m: float | None = None,
    timestamp_utc: str | None = None,
    other_content: bool = False,
) -> Position | None:
    """A position from its parts, or None where a device wrote none.

    Exactly 0, 0 is what devices without a fix write. It counts as empty unless altitude,
    time or `other_content` (speed, direction, satellites) shows that there was a fix.

    Raises:
        DamagedError: half a position, or one that is not on Earth.
    """
    if not latitude_deg and not longitude_deg:
        fixed = bool(altitude_m or timestamp_utc or other_content)
        if not fixed or latitude_deg is None or longitude_deg is None:
            return None
    if latitude_deg is None or longitude_deg is None:
        raise DamagedError(_NOT_A_PLACE)
    # Comparisons with NaN are false, so a value that could not be read is refused here too.
    if not (abs(latitude_deg) <= 90 and abs(longitude_deg) <= 180):
        raise DamagedError(_NOT_A_PLACE)
    return Position(latitude_deg, longitude_deg, altitude_m, timestamp_utc)


def degrees(parts: Sequence[float | None]) -> float | None:
    """Decimal degrees from degrees, minutes and seconds; missing minutes and seconds are 0.

    None where the degrees themselves are missing.
    """
    if not parts or parts[0] is None:
        return None
    return sum((part or 0.0) / 60.0**power for power, part in enumerate(parts[:3]))


def parse_iso_6709(text: str) -> Position | None:
    """A position in ISO 6709 Annex H spelling, such as `+12.3456-045.6789+010.5/`.

    Raises:
        DamagedError: it is not in that spelling, or not on Earth.
    """
    compact = "".join(text.split())
    if not compact:
        return None
    match = _ISO_6709.match(compact)
    if match is None:
        raise DamagedError(_NOT_A_PLACE)
    latitude, longitude, altitude = match.groups()
    return checked_position(
        _packed_degrees(latitude, 2),
        _packed_degrees(longitude, 3),
        float(altitude) if altitude else None,
    )


def _packed_degrees(text: str, degree_digits: int) -> float:
    """`±DD.D`, `±DDMM.M` or `±DDMMSS.S` (one more D for longitudes) as decimal degrees."""
    sign, digits = (-1 if text[0] == "-" else 1), text[1:]
    whole = len(digits.partition(".")[0])
    if whole <= degree_digits:
        return sign * float(digits)
    cut, rest = degree_digits, digits[degree_digits:]
    parts = [float(digits[:cut])]
    if whole <= degree_digits + 2:
        parts.append(float(rest))
    else:
        parts += [float(rest[:2]), float(rest[2:])]
    return sign * (degrees(parts) or 0.0)
