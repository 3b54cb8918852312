"""Protected places: a position inside one is a finding of its own.

Distances are along great circles of a sphere of the mean Earth radius (IUGG); they err by at
most 0.6 %, which is less than a phone's position in a street.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, hypot, radians, sin, sqrt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from screening.config import StrictModel
from screening.documents import load_json
from screening.errors import ConfigError
from screening.records import Finding
from screening.registers.entries import Text, load_entries

PROTECTED_PLACE = "protected_place"
DETECTOR = "places"
_EARTH_RADIUS_M = 6_371_008.8

_Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
_Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
_Kind = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
_Radius = Annotated[float, Field(gt=0, le=100_000, allow_inf_nan=False)]
Degrees = tuple[float, float]
"""Latitude and longitude, WGS84."""


class PlaceForm(StrictModel):
    """One row of a CSV file or one `[[places]]` of a TOML file."""

    name: Text
    kind: _Kind
    latitude_deg: _Latitude
    longitude_deg: _Longitude
    radius_m: _Radius


@dataclass(frozen=True, slots=True)
class Place:
    """A point or an outline with everything around it.

    Attributes:
        entry: where it stands.
        name: sensitive; the home of somebody may be among them.
        kind: such as `courthouse`, `station` or `home`.
        outline: corners; a single one for a point.
        radius_m: how far around them a position counts as inside.
    """

    entry: str
    name: str
    kind: str
    outline: tuple[Degrees, ...]
    radius_m: float

    def holds(self, position: Degrees) -> bool:
        """Whether a position is inside."""
        corner = self.outline[0]
        if len(self.outline) == 1:
            return distance_m(corner, position) <= self.radius_m
        return _is_inside(self.outline, position) or any(
            _to_edge_m(position, one, other) <= self.radius_m
            for one, other in pairwise(self.outline)
        )


def distance_m(one: Degrees, other: Degrees) -> float:
    """Metres between two positions (haversine formula)."""
    lat_1, lat_2 = radians(one[0]), radians(other[0])
    d_lat, d_lon = lat_2 - lat_1, radians(other[1] - one[1])
    half = sin(d_lat / 2) ** 2 + cos(lat_1) * cos(lat_2) * sin(d_lon / 2) ** 2
    return 2 * _EARTH_RADIUS_M * asin(min(1.0, sqrt(half)))


def _flat_m(origin: Degrees, position: Degrees) -> tuple[float, float]:
    """East and north of `origin` in metres; good to a few kilometres."""
    d_lon = (position[1] - origin[1] + 180) % 360 - 180
    east = radians(d_lon) * cos(radians(origin[0])) * _EARTH_RADIUS_M
    return east, radians(position[0] - origin[0]) * _EARTH_RADIUS_M


def _to_edge_m(position: Degrees, one: Degrees, other: Degrees) -> float:
    ax, ay = _flat_m(position, one)
    bx, by = _flat_m(position, other)
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / length))
    return hypot(ax + along * dx, ay + along * dy)


def _is_inside(outline: Sequence[Degrees], position: Degrees) -> bool:
    """Even-odd rule on the flat map around the position."""
    corners = [_flat_m(position, corner) for corner in outline]
    inside = False
    for (ax, ay), (bx, by) in pairwise(corners):
        if (ay > 0) != (by > 0) and ax - ay * (bx - ax) / (by - ay) > 0:
            inside = not inside
    return inside


def _position(value: tuple[float, ...]) -> tuple[float, ...]:
    if len(value) < 2 or not (abs(value[0]) <= 180 and abs(value[1]) <= 90):
        raise ValueError("a position is longitude and latitude in degrees, in this order")
    return value


_Position = Annotated[tuple[float, ...], AfterValidator(_position)]


def _closed(ring: tuple[_Position, ...]) -> tuple[_Position, ...]:
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise ValueError("an outline has at least four positions, and the last is the first")
    return ring


class _Point(StrictModel):
    type: Literal["Point"]
    coordinates: _Position


class _Polygon(StrictModel):
    type: Literal["Polygon"]
    coordinates: Annotated[
        tuple[Annotated[tuple[_Position, ...], AfterValidator(_closed)], ...], Field(min_length=1)
    ]


class _Properties(StrictModel):
    model_config = ConfigDict(extra="ignore", frozen=True)  # maps carry properties of their own

    name: Text
    kind: _Kind
    radius_m: _Radius


class _Feature(StrictModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["Feature"]
    geometry: Annotated[_Point | _Polygon, Field(discriminator="type")]
    properties: _Properties


class _Collection(StrictModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    type: Literal["FeatureCollection"]
    features: Annotated[tuple[_Feature, ...], Field(min_length=1)]


def load_places(path: Path) -> tuple[Place, ...]:
    """Every place of a .csv, .toml, .geojson or .json file (RFC 7946; points and polygons).

    Raises:
        ConfigError: with file, line and key.
    """
    if path.suffix.lower() not in (".geojson", ".json"):
        if path.suffix.lower() not in (".csv", ".toml"):
            raise ConfigError("places stand in a .csv, .toml or .geojson file", file=path)
        return tuple(
            Place(
                entry,
                form.name,
                form.kind,
                ((form.latitude_deg, form.longitude_deg),),
                form.radius_m,
            )
            for entry, form in load_entries(path, PlaceForm, "places")
        )
    features = load_json(path, _Collection).features
    return tuple(
        Place(
            f"{path.name}, feature {number}",
            feature.properties.name,
            feature.properties.kind,
            _outline(feature.geometry),
            feature.properties.radius_m,
        )
        for number, feature in enumerate(features, start=1)
    )


def _outline(geometry: _Point | _Polygon) -> tuple[Degrees, ...]:
    if isinstance(geometry, _Point):
        return ((geometry.coordinates[1], geometry.coordinates[0]),)
    return tuple((position[1], position[0]) for position in geometry.coordinates[0])


def protected_places(findings: Iterable[Finding], places: Sequence[Place]) -> list[Finding]:
    """A finding for every place in which one of the positions among `findings` lies."""
    if not places:
        return []
    found: dict[tuple[str, int], Finding] = {}
    for finding in findings:
        position = _position_of(finding)
        if position is None:
            continue
        for number, place in enumerate(places):
            if (finding.within, number) not in found and place.holds(position):
                found[finding.within, number] = Finding(
                    DETECTOR,
                    PROTECTED_PLACE,
                    1.0,
                    evidence={"place_kind": place.kind, "radius_m": place.radius_m},
                    sensitive={"place": place.name},
                    within=finding.within,
                )
    return list(found.values())


def _position_of(finding: Finding) -> Degrees | None:
    latitude = finding.sensitive.get("latitude_deg")
    longitude = finding.sensitive.get("longitude_deg")
    if isinstance(latitude, int | float) and isinstance(longitude, int | float):
        return float(latitude), float(longitude)
    return None
